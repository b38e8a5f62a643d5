"""Axes: which dimension an index means, and what is left when some are reduced.

Follows ``keras.src.backend.common.backend_utils`` and ``keras.src.ops.operation_utils``.
"""

from __future__ import annotations

import operator
from typing import Any

from kerashape.shapes.outcome import Fault, Undecided, Unknown
from kerashape.shapes.shape import Shape
from kerashape.shapes.symbol import Dim, Symbol


def integer(value: Any, argument: str = "axis") -> int:
    """The integer that an argument is.

    Raises:
        Fault: ``bad-argument`` if it is none.
        Undecided: if it is not known.
    """
    if isinstance(value, (str, float, list, tuple, dict, type(None))):
        raise Fault(
            "bad-argument",
            f"'{type(value).__name__}' object cannot be interpreted as an integer",
            argument=argument,
            expected="an integer",
            found=value,
        )
    if not hasattr(value, "__index__"):
        raise Undecided(f"the value of {argument} is not known")
    return operator.index(value)


def canonical_axis(axis: Any, rank: int) -> int:
    """The axis counted from the front.

    Raises:
        Fault: ``op-mismatch`` if it is out of bounds, ``bad-argument`` if it is no integer.
    """
    index = integer(axis)
    if not -rank <= index < rank:
        raise Fault(
            "op-mismatch",
            f"axis {index} is out of bounds for an array with dimension {rank}.",
            argument="axis",
            expected=f"an axis in [{-rank}, {rank})",
            found=index,
        )
    return index + rank if index < 0 else index


def item_axis(axis: Any, shape: Shape, kind: str = "list", argument: str = "axis") -> int:
    """The axis counted from the front, where Keras looks it up in a list or tuple of sizes.

    Raises:
        Fault: ``op-mismatch`` if it is out of range, ``bad-argument`` if it is no integer.
    """
    if isinstance(axis, (str, float, list, tuple, dict, type(None))):
        raise Fault(
            "bad-argument",
            f"{kind} indices must be integers or slices, not {type(axis).__name__}",
            argument=argument,
            expected="an integer",
            found=axis,
        )
    index = integer(axis, argument)
    if shape.open:
        return index
    if not -shape.rank <= index < shape.rank:
        raise Fault(
            "op-mismatch",
            "index out of range",
            argument=argument,
            expected=f"an axis of {shape}",
            found=index,
        )
    return index % shape.rank


def canonical_axes(axis: Any, rank: int) -> tuple[int, ...]:
    """Several axes, or one, counted from the front (see :func:`canonical_axis`)."""
    if isinstance(axis, (list, tuple)):
        return tuple(canonical_axis(item, rank) for item in axis)
    return (canonical_axis(axis, rank),)


def reduce_shape(shape: Shape, axis: Any = None, keepdims: Any = False) -> Shape:
    """What a reduction leaves: the axes are gone, or of size 1 with ``keepdims``.

    Raises:
        Fault: see :func:`canonical_axis`; also if an axis is given twice and the second
            time lies beyond what is left.
    """
    if axis is None:
        return Shape(1 for _ in shape) if keepdims else Shape()
    if isinstance(axis, (str, dict)):
        axis = list(axis)
    if not isinstance(axis, (int, list, tuple, Unknown, Symbol)):
        raise Fault(
            "bad-argument",
            f"'{type(axis).__name__}' object is not iterable",
            argument="axis",
            expected="an integer or a tuple of integers",
            found=axis,
        )
    if shape.open:
        return _reduce_open(shape, axis, keepdims)
    axes = canonical_axes(axis, shape.rank)
    dims = list(shape)
    if keepdims:
        for index in axes:
            dims[index] = 1
        return Shape(dims)
    for index in sorted(axes, reverse=True):
        if index >= len(dims):
            raise Fault(
                "op-mismatch",
                "list assignment index out of range",
                argument="axis",
                expected="different axes",
                found=axis,
            )
        del dims[index]
    return Shape(dims)


def _reduce_open(shape: Shape, axis: Any, keepdims: Any) -> Shape:
    """Of a shape whose leading dimensions are not known, by negative axes."""
    axes = {integer(item) for item in (axis if isinstance(axis, (list, tuple)) else [axis])}
    if not all(-len(shape.dims) <= index < 0 for index in axes):
        raise Undecided("the rank of the shape is not known")
    dims: list[Dim] = []
    for index in range(-len(shape.dims), 0):
        if index not in axes:
            dims.append(shape[index])
        elif keepdims:
            dims.append(1)
    return Shape(dims, open=True)


def add(*dims: Dim) -> Dim:
    """The sum of sizes; None if one is."""
    if any(dim is None for dim in dims):
        return None
    total: int | Symbol = 0
    for dim in dims:
        total = total + dim  # type: ignore[operator]
    return total


__all__ = ["add", "canonical_axes", "canonical_axis", "integer", "item_axis", "reduce_shape"]
