"""What ``x[...]`` makes of a shape.

An index is what stands in the brackets: an int, a slice, ``None`` (a new axis), ``...``,
a tuple of those; or an :class:`ArrayIndex` where an array of indices or a mask stands.
A position that is not known is :class:`Unknown` or a symbol.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from kerashape.shapes.broadcast import broadcast_all
from kerashape.shapes.outcome import Fault, Undecided, Unknown
from kerashape.shapes.shape import Shape
from kerashape.shapes.symbol import Dim, Symbol, unknown_dim


@dataclass(frozen=True, slots=True)
class ArrayIndex:
    """An array in the brackets: of indices, or a mask if ``boolean``."""

    shape: Shape
    boolean: bool = False


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a library words its faults, and what a mask leaves.

    Args:
        out_of_bounds: the text for an index beyond a size, from shape, key, index, axis, size.
        too_many: the text for more indices than dimensions, from shape, key, count.
        selected: the number of elements that a mask selects.
    """

    out_of_bounds: Callable[[Shape, Any, int, int, int], str]
    too_many: Callable[[Shape, Any, int], str]
    selected: Callable[[], Dim]


KERAS = Dialect(
    lambda shape, key, *_: f"Array has shape {shape} but out-of-bounds index {key} was requested.",
    lambda shape, key, _: (
        f"Array has shape {shape} but slice has to many indices. Received: `{key}`"
    ),
    lambda: None,
)
NUMPY = Dialect(
    lambda shape, key, index, axis, size: (
        f"index {index} is out of bounds for axis {axis} with size {size}"
    ),
    lambda shape, key, count: (
        f"too many indices for array: array is {shape.rank}-dimensional, but {count} were indexed"
    ),
    unknown_dim,
)
TENSORFLOW = Dialect(
    lambda shape, key, index, axis, size: f"slice index {index} of dimension {axis} out of bounds",
    lambda shape, key, count: "Index out of range using input dim",
    lambda: None,
)


def subscript(shape: Shape, key: Any, dialect: Dialect = NUMPY) -> Shape:
    """The shape of ``x[key]`` as numpy defines it.

    Raises:
        Fault: ``op-mismatch`` for an index out of bounds or too many indices,
            ``bad-argument`` for what is no index.
        Undecided: if it is not known.
    """
    items = _items(key)
    if dialect is not KERAS and any(isinstance(item, bool) for item in items):
        raise Undecided("a truth value as an index")
    consumed = sum(_consumes(item) for item in items)
    if shape.open:
        return _subscript_open(shape, items, key, dialect)
    if consumed > shape.rank:
        raise Fault(
            "op-mismatch",
            dialect.too_many(shape, key, consumed),
            expected=f"at most {shape.rank} indices",
            found=consumed,
        )
    dims: list[Dim] = []
    axis = 0
    arrays: list[Shape] = []
    placed: list[int] = []
    advanced = any(isinstance(item, ArrayIndex) for item in items)
    for position, item in enumerate(items):
        if item is Ellipsis:
            skipped = shape.rank - consumed
            dims.extend(shape[axis : axis + skipped])
            axis += skipped
        elif item is None:
            dims.append(1)
        elif isinstance(item, slice):
            dims.append(slice_size(shape[axis], item))
            axis += 1
        elif isinstance(item, ArrayIndex):
            if item.boolean:
                arrays.append(Shape((dialect.selected(),)))
            else:
                arrays.append(item.shape)
            placed.append(position)
            if len(placed) == 1:
                start = len(dims)
            axis += _consumes(item)
        else:
            _check_index(shape, key, item, axis, dialect)
            if advanced:
                arrays.append(Shape())
                placed.append(position)
                if len(placed) == 1:
                    start = len(dims)
            axis += 1
    dims.extend(shape[axis:])
    if not advanced:
        return Shape(dims)
    together = placed == list(range(placed[0], placed[-1] + 1))
    common = broadcast_all(arrays)
    at = start if together else 0
    return Shape(dims[:at]) + common + Shape(dims[at:])


def _items(key: Any) -> list[Any]:
    items = list(key) if isinstance(key, tuple) else [key]
    for item in items:
        if isinstance(item, Unknown):
            raise Undecided(item.reason)
        if isinstance(item, (str, float)):
            raise Fault(
                "bad-argument",
                "only integers, slices (`:`), ellipsis (`...`)",
                expected="integers or slices",
                found=item,
            )
    ellipses = sum(item is Ellipsis for item in items)
    if ellipses > 1:
        raise Fault(
            "bad-argument",
            "an index can only have a single ellipsis ('...')",
            expected="one ellipsis",
            found=ellipses,
        )
    return items


def _consumes(item: Any) -> int:
    """How many dimensions an item of an index takes."""
    if item is None or item is Ellipsis:
        return 0
    if isinstance(item, ArrayIndex) and item.boolean:
        return item.shape.rank
    return 1


def _check_index(shape: Shape, key: Any, item: Any, axis: int, dialect: Dialect) -> None:
    """An integer index within the size."""
    size = shape[axis]
    if isinstance(item, Symbol) or not hasattr(item, "__index__"):
        return
    index = operator.index(item)
    if isinstance(size, int) and not -size <= index < size:
        raise Fault(
            "op-mismatch",
            dialect.out_of_bounds(shape, key, index, axis, size),
            expected=f"an index below {size}",
            found=index,
        )


def _subscript_open(shape: Shape, items: Sequence[Any], key: Any, dialect: Dialect) -> Shape:
    """Of a tensor whose leading dimensions are not known: what follows ``...`` is seen."""
    at = next((i for i, item in enumerate(items) if item is Ellipsis), None)
    if at is None or any(isinstance(item, ArrayIndex) for item in items):
        raise Undecided("the rank of the tensor is not known")
    after = list(items[at + 1 :])
    count = sum(_consumes(item) for item in after)
    if count > len(shape.dims):
        raise Undecided("the rank of the tensor is not known")
    last = Shape(shape.dims[len(shape.dims) - count :])
    kept = shape.dims[: len(shape.dims) - count] if at == 0 else ()
    return Shape(kept, open=True) + subscript(last, tuple(after), dialect)


class _AtRunTime:
    """A bound of a slice that is decided when the program runs: so is the size."""


AT_RUN_TIME = _AtRunTime()


def slice_size(size: Dim, part: slice) -> Dim:
    """How many elements ``part`` takes of an axis; None of None, or if a bound is ``AT_RUN_TIME``.

    Raises:
        Fault: ``bad-argument`` for a step of 0 or bounds that are no integers.
    """
    bounds = (part.start, part.stop, part.step)
    if any(bound is AT_RUN_TIME for bound in bounds):
        return None
    for bound in bounds:
        if isinstance(bound, (str, float, list, tuple)):
            raise Fault(
                "bad-argument",
                "slice indices must be integers or None or have an __index__ method",
                expected="integers",
                found=bound,
            )
    if any(isinstance(bound, Unknown) for bound in bounds):
        return None if size is None else unknown_dim()
    if part.step == 0 if isinstance(part.step, int) else False:
        if size is None:
            return None
        raise Fault("bad-argument", "slice step cannot be zero", expected="another step", found=0)
    if size is None:
        return None
    start, stop, step = bounds
    if all(bound is None or isinstance(bound, int) for bound in bounds):
        if isinstance(size, int):
            return len(range(*slice(start, stop, step).indices(size)))
        return _of_symbol(size, start, stop, step or 1)
    whole = all(bound is None or isinstance(bound, int) for bound in (start, step))
    if whole and (start or 0, step or 1) == (0, 1) and isinstance(stop, Symbol) and stop.same(size):
        return size
    return unknown_dim()


def _of_symbol(size: Symbol, start: int | None, stop: int | None, step: int) -> Dim:
    """Of a size that is not known, but no less than 1 (an anonymous one may even be None)."""
    if size.anonymous:
        return size if (start or 0, stop, step) == (0, None, 1) else unknown_dim()
    if step < 0:
        return size if (start, stop, step) == (None, None, -1) else unknown_dim()
    ahead, behind = start or 0, 0 if stop is None else stop
    if ahead == 0 and behind == 0 and stop is None:
        return size if step == 1 else (size + (step - 1)) // step
    if step == 1 and (ahead, stop) in ((1, None), (0, -1)):
        return size - 1
    if step == 1 and ahead == -1 and stop is None:
        return 1
    return unknown_dim()


__all__ = [
    "AT_RUN_TIME",
    "KERAS",
    "NUMPY",
    "TENSORFLOW",
    "ArrayIndex",
    "Dialect",
    "slice_size",
    "subscript",
]
