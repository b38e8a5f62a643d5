"""Rows of evenly spaced numbers, such as the rates by which the layers of a model drop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kerashape.keras.layers.base import Array
from kerashape.keras.signature import Arguments
from kerashape.shapes import Shape

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

_MOST = 100
_ENDS = (int, float)
CHANGING = frozenset(["sort", "fill", "partition", "put", "itemset", "byteswap", "setfield"])
"""The methods that change an array in place, but not its shape."""


def note(result: Any, arguments: Arguments) -> None:
    """Note what ``linspace(start, stop, num)`` holds, if nothing else is asked of it.

    numpy and TensorFlow both count in steps from the start, and end with the stop.
    """
    given: dict[str, Any] = dict(zip(("start", "stop", "num"), arguments.positional))
    given.update(arguments.keywords or {})
    start: Any = given.get("start")
    stop: Any = given.get("stop")
    count = given.get("num", 50)
    if not isinstance(result, Array) or set(given) - {"start", "stop", "num", "name"}:
        return
    if type(start) not in _ENDS or type(stop) not in _ENDS or type(count) is not int:
        return
    if 1 < count <= _MOST:
        step = (stop - start) / (count - 1)
        result.numbers = (*(start + step * i for i in range(count - 1)), float(stop))
    elif count == 1:
        result.numbers = (float(start),)


def forget(machine: Machine, array: Array) -> None:
    """The array may hold other numbers from now on."""
    if array.numbers is not None:
        machine.journal.touch(array)
        array.numbers = None


def items(array: Array) -> list[Any]:
    """What a loop over such numbers visits: of TensorFlow, tensors of one number each."""
    assert array.numbers is not None
    if not array.eager:
        return list(array.numbers)
    found = []
    for value in array.numbers:
        one = Array(Shape(), array.dtype, array.origin, eager=True)
        one.numbers = (value,)
        found.append(one)
    return found


def number(value: Any) -> Any:
    """The one number that an array holds, if it is known; the value itself else."""
    held = value.numbers if isinstance(value, Array) and not value.shape.dims else None
    return held[0] if held is not None and len(held) == 1 else value


def item(array: Array, index: Any) -> Any:
    """``array[index]`` of such numbers; None if that is to be found out otherwise."""
    assert array.numbers is not None
    if type(index) is int and -len(array.numbers) <= index < len(array.numbers):
        return array.numbers[index]
    if isinstance(index, slice) and all(
        part is None or type(part) is int for part in (index.start, index.stop, index.step)
    ):
        numbers = array.numbers[index]
        found = Array(Shape((len(numbers),)), array.dtype, array.origin)
        found.numbers = numbers
        return found
    return None
