"""Matrix multiplication, as ``keras.ops.matmul`` infers it."""

from __future__ import annotations

from kerashape.shapes.broadcast import broadcast
from kerashape.shapes.outcome import Fault
from kerashape.shapes.shape import Shape


def matmul(first: Shape, second: Shape) -> Shape:
    """(..., n, k) @ (..., k, m) -> (..., n, m); a vector counts as one row or column.

    Raises:
        Fault: ``op-mismatch`` where the inner sizes differ, or the leading ones do not
            broadcast, or one has no dimensions.
        Undecided: if the rank of one is not known and may be 1.
    """
    row, column = _is_vector(first), _is_vector(second)
    left = Shape((1, first[0])) if row else first
    right = Shape((second[0], 1)) if column else second
    inner, against = left[-1], right[-2]
    if isinstance(inner, int) and isinstance(against, int) and inner != against:
        raise Fault(
            "op-mismatch",
            "Inner dimensions (`x1.shape[-1]` and `x2.shape[-2]`) must be equal, but received "
            f"`x1.shape={left}` and `x2.shape={right}`.",
            expected=f"{inner} rows in the second",
            found=f"{first} and {second}",
        )
    leading = broadcast(left[:-2], right[:-2])
    rows = () if row else (left[-2],)
    columns = () if column else (right[-1],)
    return leading + rows + columns


def _is_vector(shape: Shape) -> bool:
    """Whether it has one dimension. Raises :class:`Undecided` where that is open."""
    if len(shape.dims) >= 2:
        return False
    if shape.rank == 0:
        raise Fault(
            "op-mismatch", "index out of range", expected="one dimension or more", found=shape
        )
    return True
