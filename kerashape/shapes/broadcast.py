"""Broadcasting, as numpy does it and as ``keras.ops`` does it with None."""

from __future__ import annotations

from collections.abc import Sequence

from kerashape.shapes.outcome import Fault
from kerashape.shapes.shape import Shape, same_dim
from kerashape.shapes.symbol import Dim, Symbol, unknown_dim


def broadcast(a: Shape, b: Shape) -> Shape:
    """The shape of an elementwise operation on both (``keras.src.ops.broadcast_shapes``).

    Raises:
        Fault: ``op-mismatch``.
    """
    if a.open or b.open:
        return _broadcast_open(a, b)
    rank = max(a.rank, b.rank)
    dims_a = (1,) * (rank - a.rank) + a.dims
    dims_b = (1,) * (rank - b.rank) + b.dims
    return Shape(_broadcast_dim(i, j, a, b) for i, j in zip(dims_a, dims_b))


def broadcast_all(shapes: Sequence[Shape]) -> Shape:
    """The shape of an elementwise operation on all of them.

    Raises:
        Fault: ``op-mismatch``.
    """
    result = Shape()
    for shape in shapes:
        result = broadcast(result, shape)
    return result


def fit(a: Shape, b: Shape, but: Sequence[int] = ()) -> bool:
    """Whether two shapes may be the same, apart from the axes ``but``; None fits anything.

    What is not known fits as well (``keras.src.backend.common.variables.shape_equal``).
    """
    if a.open or b.open:
        return True
    if a.rank != b.rank:
        return False
    skipped = {axis % a.rank for axis in but if a.rank}
    pairs = (pair for axis, pair in enumerate(zip(a.dims, b.dims)) if axis not in skipped)
    return all(i == j for i, j in pairs if isinstance(i, int) and isinstance(j, int))


def list_text(shape: Shape) -> str:
    """A shape as Python prints a list."""
    return f"[{', '.join(map(str, shape.dims))}]"


def _broadcast_open(a: Shape, b: Shape) -> Shape:
    """Only the trailing dimensions that either lists are known."""
    count = max(len(a.dims), len(b.dims))
    pairs = zip(_last(a, count), _last(b, count))
    return Shape([_broadcast_dim(i, j, a, b) for i, j in pairs], open=True)


def _last(shape: Shape, count: int) -> list[Dim]:
    """The last dimensions; those that it does not list are 1, or not known if it is open."""
    missing = count - len(shape.dims)
    ahead: list[Dim] = [unknown_dim() if shape.open else 1 for _ in range(missing)]
    return [*ahead, *shape.dims]


def _broadcast_dim(i: Dim, j: Dim, a: Shape, b: Shape) -> Dim:
    if same_dim(i, j):
        return i
    if isinstance(i, Symbol) or isinstance(j, Symbol):
        return _with_symbol(i, j)
    if i == 1:
        return j
    if i is None:
        return None if j == 1 else j
    if j == 1 or j is None:
        return i
    raise Fault(
        "op-mismatch",
        f"Cannot broadcast shape, the failure dim has value {i}, which cannot be "
        f"broadcasted to {j}. Input shapes are: {list_text(a)} and {list_text(b)}.",
        expected="equal sizes, or 1",
        found=f"{a} and {b}",
    )


def _with_symbol(i: Dim, j: Dim) -> Dim:
    """A symbol against anything else: only a size other than 1 tells what comes out."""
    for one, other in ((i, j), (j, i)):
        if isinstance(one, int):
            return other if one == 1 else one
    return unknown_dim()
