"""Arguments for products of tensors and linear algebra."""

from __future__ import annotations

from typing import Any

from tests.oracle.case import T
from tests.oracle.draw import Draw
from tests.oracle.op_makers.pieces import (
    Arguments,
    Maker,
    dtype_of,
    floating,
    maybe,
    one_axis,
    tensor,
)


def _matmul(d: Draw) -> Arguments:
    size = d.dim(1, 6)
    left = d.of((), (d.dim(),), (d.batch(), d.dim(1, 4)), (2, 3, 4))
    right = d.of((d.dim(),), (), (d.batch(), d.dim()))
    a = (*left, size)
    b = (size,) if not right else (*right[:-1], size, right[-1])
    if len(right) > 1 and len(left) > 1 and d.chance(0.8):
        b = (left[0], *b[1:])
    dtype = dtype_of(d)
    return {"x1": T(a, dtype), "x2": T(b, dtype if d.chance(0.6) else dtype_of(d))}


def _two(low: int, high: int) -> Maker:
    def make(d: Draw) -> Arguments:
        x = tensor(d, low, high)
        y = T(x.shape, x.dtype) if d.chance(0.6) else tensor(d, low, high)
        return {"x1": x, "x2": y}

    return make


def _inner(d: Draw) -> Arguments:
    x, y = tensor(d, 1, 3), tensor(d, 1, 3)
    return {"x1": x, "x2": T((*y.shape[:-1], x.shape[-1]), y.dtype)}


def _tensordot(d: Draw) -> Arguments:
    x = d.shape(d.randint(1, 4), 5)
    count = d.randint(0, len(x))
    kind = d.random()
    if kind < 0.5:
        y = (*x[len(x) - count :], *d.shape(d.randint(0, 2), 5))
        return {"x1": T(x), "x2": T(y), "axes": count}
    mine = d.sample(range(len(x)), max(1, count))
    y = list(d.shape(d.randint(len(mine), 4), 5))
    theirs = d.sample(range(len(y)), len(mine))
    for a, b in zip(mine, theirs):
        y[b] = x[a]
    axes: Any = (mine, theirs) if len(mine) > 1 or d.chance(0.5) else (mine[0], theirs[0])
    return {"x1": T(x), "x2": T(tuple(y)), "axes": list(axes) if d.chance(0.3) else axes}


_EINSUMS = (
    "ij,jk->ik", "bij,bjk->bik", "ij->ji", "ij->", "ii->i", "i,j->ij", "bhqd,bhkd->bhqk", "ij,jk",
    "...ij,...jk->...ik", "i,i->", "bij->bj", "abc,cd->abd", "b...->b", "ij,jk,kl->il", "ijk->kji",
    "ii", "b...d,de->b...e",
)  # fmt: skip


def _einsum(d: Draw) -> Arguments:
    equation = d.choice(_EINSUMS)
    sizes: dict[str, int | None] = {}
    operands = []
    for term in equation.split("->")[0].split(","):
        head, dots, tail = term.partition("...")
        dims = [sizes.setdefault(letter, d.dim(1, 6, 0.15)) for letter in head]
        if dots:
            dims += [sizes.setdefault(str(i), d.dim(1, 4)) for i in range(2)]
        dims += [sizes.setdefault(letter, d.dim(1, 6, 0.15)) for letter in tail]
        operands.append(T(tuple(dims), "float32" if d.chance(0.8) else dtype_of(d)))
    return {"subscripts": equation, "*": operands}


def _cross(d: Draw) -> Arguments:
    x = d.shape(d.randint(1, 3), 6)[:-1]
    one, two = (*x, d.of(3, 3, 2, None)), (*x, d.of(3, 3, 2))
    given: Arguments = {"x1": T(one, dtype_of(d)), "x2": T(two)}
    return maybe(d, given, 0.15, axis=-1, axisc=0)


def _cdist(d: Draw) -> Arguments:
    size = d.dim(1, 5)
    lead = d.of((), (d.batch(),))
    return {"x": T((*lead, d.dim(), size)), "y": T((*lead, d.dim(), size))}


def _square(d: Draw) -> Arguments:
    size = d.size(1, 5)
    shape = (*d.of((), (d.batch(),), (2, 3)), size, size)
    return {"x": T(shape, floating(d) if d.chance(0.9) else dtype_of(d))}


def _square_with(**extra: tuple[Any, ...]) -> Maker:
    def make(d: Draw) -> Arguments:
        return maybe(d, _square(d), 0.5, **{name: d.choice(of) for name, of in extra.items()})

    return make


def _matrix(**extra: tuple[Any, ...]) -> Maker:
    def make(d: Draw) -> Arguments:
        x = tensor(d, 2, 4, floating(d))
        return maybe(d, {"x": x}, 0.5, **{name: d.choice(of) for name, of in extra.items()})

    return make


def _solve(d: Draw) -> Arguments:
    size = d.size(1, 5)
    lead = d.of((), (d.batch(),))
    b = (*lead, size, d.size(1, 3)) if d.chance(0.6) else (*lead, size)
    return {"a": T((*lead, size, size)), "b": T(b)}


def _lstsq(d: Draw) -> Arguments:
    rows = d.size(1, 5)
    return {
        "a": T((rows, d.size(1, 5))),
        "b": T((rows, d.size(1, 3)) if d.chance(0.5) else (rows,)),
    }


def _norm(d: Draw) -> Arguments:
    x = tensor(d, 1, 4)
    rank = len(x.shape)
    axis: Any = d.of(None, one_axis(d, rank), tuple(d.sample(range(rank), 2)) if rank > 1 else 0)
    order = d.of(None, 1, 2, "fro", "nuc", 3)
    return maybe(d, {"x": x, "axis": axis}, 0.5, ord=order, keepdims=d.chance(0.5))


def _normalize(d: Draw) -> Arguments:
    x = tensor(d, 1, 4)
    return maybe(d, {"x": x}, 0.4, axis=one_axis(d, len(x.shape)), order=d.of(1, 2, 3))


MAKERS: dict[str, Maker] = {
    "matmul": _matmul,
    "dot": _matmul,
    "inner": _inner,
    "outer": _two(0, 3),
    "vdot": _two(0, 3),
    "kron": _two(1, 3),
    "cross": _cross,
    "tensordot": _tensordot,
    "einsum": _einsum,
    "cdist": _cdist,
    "cholesky": _square_with(upper=(True, False)),
    "cholesky_inverse": _square_with(upper=(True, False)),
    "det": _square,
    "eig": _square,
    "eigh": _square,
    "inv": _square,
    "logdet": _square,
    "slogdet": _square,
    "lu_factor": _matrix(),
    "matrix_rank": _matrix(tol=(0.1,)),
    "pinv": _matrix(rcond=(0.1,)),
    "qr": _matrix(mode=("reduced", "complete")),
    "svd": _matrix(full_matrices=(True, False), compute_uv=(True, False)),
    "solve": _solve,
    "solve_triangular": _solve,
    "lstsq": _lstsq,
    "norm": _norm,
    "normalize": _normalize,
}
