"""Arguments for functions that rearrange, join and split tensors."""

from __future__ import annotations

from typing import Any

from tests.oracle.case import T
from tests.oracle.draw import Draw
from tests.oracle.op_makers.pieces import (
    Arguments,
    Maker,
    dtype_of,
    maybe,
    one_axis,
    partner,
    tensor,
)


def _list_of(d: Draw, same: bool, axis: int | None = None, low: int = 1) -> list[T]:
    x = tensor(d, low, 4)
    found = []
    for _ in range(d.size(1, 4)):
        dims = list(x.shape)
        for i in range(len(dims)):
            if d.chance(0.06):
                dims[i] = d.of(None, dims[i])
        if not same and axis is not None and -len(dims) <= axis < len(dims):
            dims[axis] = d.dim(1, 6)
        found.append(T(tuple(dims), x.dtype if d.chance(0.8) else dtype_of(d)))
    return found


def _concatenate(d: Draw) -> Arguments:
    axis = d.of(0, -1, 1, -1, 2, -2)
    given = {"xs": _list_of(d, False, axis)}
    return given | {"axis": axis} if axis or d.chance(0.5) else given


def _stack(d: Draw) -> Arguments:
    tensors = _list_of(d, True, low=0)
    rank = len(tensors[0].shape) + 1
    return maybe(d, {"x": tensors}, 0.7, axis=one_axis(d, rank))


def _hstack(axis: int) -> Maker:
    return lambda d: {"xs": _list_of(d, False, d.of(axis, axis, -1))}


def _append(d: Draw) -> Arguments:
    axis = d.of(None, 0, -1, 1)
    x, *more = _list_of(d, False, axis)
    return {"x1": x, "x2": more[0] if more else x, "axis": axis}


def _meshgrid(d: Draw) -> Arguments:
    tensors = [T((d.dim(),), dtype_of(d)) for _ in range(d.size(1, 3))]
    return maybe(d, {"*": tensors}, 0.5, indexing=d.of("xy", "ij"))


def _reshape(d: Draw) -> Arguments:
    x = tensor(d, 0, 4)
    known = [size for size in x.shape if size is not None]
    product = 1
    for size in known:
        product *= size
    target: list[int] = []
    while product > 1 and len(target) < 3:
        factor = d.choice([f for f in range(1, product + 1) if product % f == 0])
        target.append(factor)
        product //= factor
    if product > 1:
        target.append(product)
    if len(known) < len(x.shape) or d.chance(0.4):
        target.insert(d.randint(0, len(target)), -1)
        if d.chance(0.5) and len(target) > 1:
            target.pop(1 if target[0] == -1 else 0)
    if d.chance(0.06):
        target.append(d.of(2, -1, 0))
    shape: Any = tuple(target) if d.chance(0.8) else list(target)
    return {"x": x, "newshape": -1 if target == [-1] and d.chance(0.5) else shape}


def _broadcast_to(d: Draw) -> Arguments:
    shape = tuple(size or 2 for size in d.shape(d.randint(1, 4), 5))
    return {"x": T(partner(d, shape)), "shape": shape}


def _transpose(d: Draw) -> Arguments:
    x = tensor(d, 0, 5)
    axes = list(range(len(x.shape)))
    d.shuffle(axes)
    if axes and d.chance(0.2):
        axes[0] -= len(axes)
    return maybe(d, {"x": x}, 0.75, axes=tuple(axes) if d.chance(0.7) else axes)


def _moveaxis(d: Draw) -> Arguments:
    x = tensor(d, 1, 5)
    rank = len(x.shape)
    if d.chance(0.6):
        return {"x": x, "source": one_axis(d, rank), "destination": one_axis(d, rank)}
    count = d.randint(1, rank)
    return {
        "x": x,
        "source": d.sample(range(rank), count),
        "destination": d.sample(range(rank), count),
    }


def _swapaxes(d: Draw) -> Arguments:
    x = tensor(d, 1, 4)
    return {"x": x, "axis1": one_axis(d, len(x.shape)), "axis2": one_axis(d, len(x.shape))}


def _squeeze(d: Draw) -> Arguments:
    dims = [1 if d.chance(0.5) else size for size in d.shape(d.randint(0, 5))]
    x = T(tuple(dims), dtype_of(d))
    ones = [i for i, size in enumerate(dims) if size == 1]
    if d.chance(0.3) or not ones:
        return {"x": x} if d.chance(0.7) else {"x": x, "axis": one_axis(d, len(dims))}
    axis: Any = d.choice(ones) - len(dims) * d.chance(0.4)
    return {"x": x, "axis": tuple(d.some(ones, 1)) if d.chance(0.25) else axis}


def _expand_dims(d: Draw) -> Arguments:
    x = tensor(d, 0, 4)
    axis: Any = one_axis(d, len(x.shape) + 1)
    if d.chance(0.2):
        axis = d.of((0, 1), (0, -1), [1], (1, 2), (-1, -2))
    return {"x": x, "axis": axis}


def _roll(d: Draw) -> Arguments:
    x = tensor(d, 1, 4)
    return maybe(d, {"x": x, "shift": d.of(1, -2, 0)}, 0.6, axis=one_axis(d, len(x.shape)))


def _rot90(d: Draw) -> Arguments:
    x = tensor(d, 2, 4)
    rank = len(x.shape)
    return maybe(d, {"array": x}, 0.5, k=d.randint(-2, 5), axes=tuple(d.sample(range(rank), 2)))


def _tile(d: Draw) -> Arguments:
    x = tensor(d, 0, 4)
    length = max(0, len(x.shape) + d.of(0, 0, 0, 1, -1))
    repeats: Any = [d.size(1, 3) for _ in range(length)]
    return {"x": x, "repeats": d.of(repeats, tuple(repeats), tuple(repeats), 2)}


def _repeat(d: Draw) -> Arguments:
    x = tensor(d, 0, 4)
    axis = d.of(None, one_axis(d, len(x.shape)), one_axis(d, len(x.shape)))
    repeats: Any = d.size(1, 3)
    if axis is not None and -len(x.shape) <= axis < len(x.shape) and d.chance(0.3):
        repeats = [d.size(1, 3) for _ in range(x.shape[axis] or 2)]
    return {"x": x, "repeats": repeats, "axis": axis}


def _pad(d: Draw) -> Arguments:
    x = tensor(d, 1, 4)
    pairs: Any = tuple((d.size(0, 3), d.size(0, 3)) for _ in x.shape)
    kind = d.random()
    if kind < 0.2:
        pairs = d.size(0, 3)
    elif kind < 0.35:
        pairs = d.of((1, 2), ((1, 2),), [1], (2,))
    given = {"x": x, "pad_width": pairs}
    if d.chance(0.5):
        given["mode"] = d.of("constant", "reflect", "symmetric", "edge")
    return maybe(d, given, 0.15, constant_values=1)


def _split(d: Draw) -> Arguments:
    x = tensor(d, 1, 4)
    axis = one_axis(d, len(x.shape))
    dims = list(x.shape)
    parts: Any = d.size(1, 4)
    if d.chance(0.4):
        parts = sorted(d.sample(range(0, 8), d.randint(1, 3)))
        parts = tuple(parts) if d.chance(0.3) else parts
    elif -len(dims) <= axis < len(dims) and dims[axis] is not None and d.chance(0.8):
        dims[axis] = parts * d.size(1, 3)
    given: Arguments = {"x": T(tuple(dims), x.dtype), "indices_or_sections": parts}
    return given | {"axis": axis} if axis or d.chance(0.5) else given


def _split_on(axis: int, low: int) -> Maker:
    def make(d: Draw) -> Arguments:
        dims = list(d.shape(d.randint(low, 4), 7))
        parts = d.of(1, 2, 3, [1], [1, 2], (2,))
        where = axis if len(dims) > axis else 0
        if isinstance(parts, int) and d.chance(0.8):
            dims[where] = parts * d.size(1, 3)
        return {"x": T(tuple(dims)), "indices_or_sections": parts}

    return make


def _unstack(d: Draw) -> Arguments:
    x = tensor(d, 1, 4)
    axis = one_axis(d, len(x.shape))
    given: Arguments = {"x": x, "axis": axis}
    size = x.shape[axis] if -len(x.shape) <= axis < len(x.shape) else 2
    if size is None or d.chance(0.2):
        given["num"] = size or 3
    return given


_PATTERNS = (
    ("b h w c -> b (h w) c", 4, {}), ("b c h w -> b h w c", 4, {}), ("b (h p) c -> b h p c", 3, {"p": 2}),
    ("b h w -> b (h w)", 3, {}), ("a b -> b a", 2, {}), ("b (h a) (w d) -> b h w (a d)", 3, {"a": 2, "d": 2}),
    ("b ... -> ... b", 3, {}),
)  # fmt: skip


def _rearrange(d: Draw) -> Arguments:
    pattern, rank, lengths = d.choice(_PATTERNS)
    shape = list(d.shape(rank, 6))
    if lengths:
        shape[1:] = [None if d.chance(0.1) else 2 * d.size(1, 3) for _ in shape[1:]]
    return {"tensor": T(tuple(shape)), "pattern": pattern, **lengths}


def _diag(low: int, high: int) -> Maker:
    return lambda d: maybe(d, {"x": tensor(d, low, high)}, 0.5, k=d.of(0, 1, -1, 2))


def _diagonal(d: Draw) -> Arguments:
    x = tensor(d, 2, 4)
    rank = len(x.shape)
    one, two = d.sample(range(rank), 2)
    given = maybe(d, {"x": x}, 0.5, offset=d.of(0, 1, -1, 2))
    return given | ({"axis1": one, "axis2": two - rank * d.chance(0.3)} if d.chance(0.6) else {})


MAKERS: dict[str, Maker] = {
    "concatenate": _concatenate,
    "stack": _stack,
    "hstack": _hstack(1),
    "vstack": _hstack(0),
    "dstack": _hstack(2),
    "append": _append,
    "meshgrid": _meshgrid,
    "reshape": _reshape,
    "broadcast_to": _broadcast_to,
    "transpose": _transpose,
    "moveaxis": _moveaxis,
    "swapaxes": _swapaxes,
    "squeeze": _squeeze,
    "expand_dims": _expand_dims,
    "roll": _roll,
    "rot90": _rot90,
    "tile": _tile,
    "repeat": _repeat,
    "pad": _pad,
    "split": _split,
    "array_split": _split,
    "hsplit": _split_on(1, 1),
    "vsplit": _split_on(0, 1),
    "dsplit": _split_on(2, 3),
    "unstack": _unstack,
    "diag": _diag(1, 3),
    "diagflat": _diag(0, 3),
    "tril": _diag(1, 4),
    "triu": _diag(1, 4),
    "diagonal": _diagonal,
    "trace": _diagonal,
    "rearrange": _rearrange,
}
