"""Between the abstract values and plain ones, as the records of layers and the laws take them."""

from __future__ import annotations

from typing import Any

from kerashape.interpret.containers import DictValue, DictView, ListValue, SetValue
from kerashape.interpret.objects import Instance
from kerashape.shapes import Unknown

SCALARS = (bool, int, float, complex, str, bytes, type(None), type(...), range)


def is_constant(value: Any) -> bool:
    """Whether it is a plain Python constant (or a tuple of them)."""
    if isinstance(value, tuple):
        return all(is_constant(item) for item in value)
    return isinstance(value, SCALARS)


def to_python(value: Any, depth: int = 24) -> Any:
    """As a layer record or shape law takes it: lists and dicts in place of abstract ones.

    What nests deeper than ``depth``, a list within itself say, is unknown there.
    """
    if depth == 0:
        return Unknown("it nests too deep")
    if isinstance(value, SetValue):
        return Unknown("a set") if value.items is None else set(value.items)
    if isinstance(value, ListValue):
        if value.items is None:
            return Unknown(value.reason or "the content of a list")
        return [to_python(item, depth - 1) for item in value.items]
    if isinstance(value, DictValue):
        if value.items is None:
            return Unknown(value.reason or "the content of a dict")
        return {key: to_python(item, depth - 1) for key, item in value.items.items()}
    if isinstance(value, tuple):
        return tuple(to_python(item, depth - 1) for item in value)
    if isinstance(value, DictView):
        return to_python(ListValue(value.items))
    if isinstance(value, Instance) and value.cls.is_named_tuple:
        return tuple(to_python(item, depth - 1) for item in value.attributes.values())
    return value


def from_python(value: Any) -> Any:
    """The inverse of :func:`to_python`."""
    if isinstance(value, list):
        return ListValue([from_python(item) for item in value])
    if isinstance(value, dict):
        return DictValue({key: from_python(item) for key, item in value.items()})
    if isinstance(value, tuple):
        return tuple(from_python(item) for item in value)
    return value
