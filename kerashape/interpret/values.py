"""The abstract values, and what holds of them all.

Numbers, strings, bytes, booleans, ``None``, ``...``, ranges and tuples stand for
themselves; sizes that are not known are :class:`~kerashape.shapes.Symbol`; anything not
known is :class:`~kerashape.shapes.Unknown`. Layers, models, tensors and arrays come from
``kerashape.keras``. The rest is beside this: ``containers``, ``streams``, ``callables`` and
``objects``; ``plain`` makes plain Python of them and back.
"""

from __future__ import annotations

from typing import Any

from kerashape.interpret import series
from kerashape.interpret.callables import External
from kerashape.interpret.containers import DictValue, DictView, ListValue, SetValue
from kerashape.interpret.objects import Instance
from kerashape.interpret.plain import SCALARS, is_constant
from kerashape.interpret.streams import IteratorValue, Stream
from kerashape.keras.graph import Operation, Tensor
from kerashape.keras.layers.base import Array
from kerashape.shapes import Shape, Symbol, Unknown


class Lost(Unknown):
    """One of several objects, or something unknown: a change to it may change any of them."""

    __slots__ = ("among",)

    def __init__(self, reason: str, among: tuple[Any, ...], label: str | None = None) -> None:
        super().__init__(reason, label=label)
        self.among = among


def lost(value: Unknown, label: str | None = None) -> Unknown:
    """Something of what is not known."""
    if isinstance(value, Lost):
        return Lost(value.reason, value.among, label)
    return Unknown(value.reason, label=label)


FAULTY = "Keras raises here"
"""The reason for what is unknown after a fault."""


def truth(value: Any) -> bool | None:
    """The truth of a value; None where it is not known."""
    value = series.number(value)
    if isinstance(value, (Unknown, Symbol, Array)):
        return None
    if isinstance(value, (ListValue, DictValue)):
        return None if value.items is None else bool(value.items)
    if isinstance(value, (tuple, *SCALARS)):
        return bool(value)
    if isinstance(value, DictView):
        return truth(value.of)
    if isinstance(value, External):
        return None
    if isinstance(value, (Instance, IteratorValue)):
        return None if isinstance(value, Instance) else True
    if isinstance(value, Tensor):
        return None
    return True


def iterate(value: Any) -> list[Any] | None:
    """The items that ``for`` would visit; None where they are not known."""
    if isinstance(value, ListValue):
        return None if value.items is None else list(value.items)
    if isinstance(value, SetValue):
        return _in_order(value)
    if isinstance(value, DictValue):
        return None if value.items is None else list(value.items)
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, str):
        return list(value)
    if isinstance(value, bytes):
        return list(value)
    if isinstance(value, range) and not value[_LONG:]:
        return list(value)
    if isinstance(value, IteratorValue):
        return value.take_all()
    if isinstance(value, Stream):
        return value.listed()
    if isinstance(value, DictView):
        return value.items
    if isinstance(value, Instance) and value.cls.is_named_tuple:
        return list(value.attributes.values())
    if isinstance(value, Array) and value.numbers is not None and value.shape.dims:
        return series.items(value)
    if isinstance(value, Array) and not value.shape.open and value.shape.dims:
        count = value.shape.dims[0]
        return [row_of(value)] * count if isinstance(count, int) and count <= _FEW_ROWS else None
    return None


def _in_order(value: SetValue) -> list[Any] | None:
    """The items of a set; None where their order is up to the run (the hashes of strings)."""
    if value.items is None or len(value.items) < 2:
        return None if value.items is None else list(value.items)
    if all(isinstance(item, int) and 0 <= item < 8 for item in value.items):
        return sorted(value.items)
    return None


_LONG = 100_000
"""How many numbers of a range a loop visits."""
_FEW_ROWS = 32
"""How many rows of an array a loop visits one by one."""


def row_of(value: Array) -> Any:
    """One row of an array; unknown where it may be an object."""
    if value.shape.open or not value.shape.dims:
        return Unknown("an item of something whose rank is not known")
    if len(value.shape.dims) == 1 and not value.is_numeric:
        return Unknown("an element of an array of objects")
    one_hot = value.one_hot and len(value.shape.dims) > 1
    row = Array(
        Shape(value.shape.dims[1:]), value.dtype, value.origin, classes=value.classes,
        one_hot=one_hot, eager=value.eager,
    )  # fmt: skip
    row.scaled = value.scaled
    return row


def describe(value: Any) -> str:
    """A value in a few words, for messages."""
    if isinstance(value, Tensor):
        return f"a tensor of shape {value.shape}"
    if isinstance(value, Array):
        return f"an array of shape {value.shape}"
    if isinstance(value, Operation):
        return f"the layer {value.name}"
    if isinstance(value, ListValue):
        return "a list"
    if isinstance(value, DictValue):
        return "a dict"
    if isinstance(value, External):
        return value.path
    return repr(value) if is_constant(value) else type(value).__name__.lower()
