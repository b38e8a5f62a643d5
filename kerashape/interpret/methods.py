"""Methods of values that are not instances of a user's class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from kerashape.interpret import keras_methods, keras_objects, migration
from kerashape.interpret.values import (
    DictValue,
    Foreign,
    ListValue,
    Method,
    SetValue,
    from_python,
    is_constant,
    iterate,
    to_python,
)
from kerashape.keras.graph import Tensor
from kerashape.keras.layers.base import Array, Layer
from kerashape.keras.signature import Arguments
from kerashape.shapes import Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine


def call(machine: Machine, method: Method, arguments: Arguments, node: cst.CSTNode) -> Any:
    """Call a method."""
    receiver, name = method.receiver, method.name
    if isinstance(receiver, ListValue):
        return _list_method(machine, receiver, name, arguments)
    if isinstance(receiver, DictValue):
        return _dict_method(machine, receiver, name, arguments)
    if isinstance(receiver, (str, bytes, int, float, tuple, range)):
        return _constant_method(receiver, name, arguments)
    if isinstance(receiver, keras_objects.UnknownModel):
        migration.check_saving(machine, f"keras.Model.{name}", arguments, node)
        migration.check_call(machine, f"keras.Model.{name}", arguments, node)
        return Unknown(f"what {name}() returns")
    if isinstance(receiver, Layer):
        return keras_methods.call_method(machine, receiver, name, arguments, node)
    if isinstance(receiver, (Tensor, Array)):
        from kerashape.interpret.tensors import call_method

        return call_method(machine, receiver, name, arguments, node)
    if isinstance(receiver, Foreign):
        from kerashape.interpret import data

        return data.call_method(machine, receiver, name, arguments, node)
    return Unknown(f"what {name}() returns")


def _list_method(machine: Machine, value: ListValue, name: str, arguments: Arguments) -> Any:
    positional = list(arguments.positional)
    if name in ("copy", "index", "count"):
        return (
            ListValue(value.items, value.reason)
            if name == "copy"
            else _search(value, name, positional)
        )
    machine.journal.touch(value)
    items = value.items
    if items is None:
        return Unknown(value.reason)
    if name == "append" and len(positional) == 1:
        items.append(positional[0])
    elif name == "extend" and len(positional) == 1:
        more = iterate(positional[0])
        if more is None:
            value.forget("it was extended by something not known")
        else:
            items.extend(more)
    elif name == "insert" and len(positional) == 2 and isinstance(positional[0], int):
        items.insert(positional[0], positional[1])
    elif name == "pop" and all(isinstance(p, int) for p in positional):
        try:
            return items.pop(*positional)
        except IndexError:
            return Unknown("pop from an empty list")
    elif name == "reverse":
        items.reverse()
    elif name == "clear":
        items.clear()
    else:
        value.forget(f"{name}() was called on it")
        return Unknown(f"what {name}() returns")
    return None


def _search(value: ListValue, name: str, positional: list[Any]) -> Any:
    items = value.items
    if items is None or len(positional) != 1 or not is_constant(positional[0]):
        return Unknown(f"what {name}() returns")
    if not all(is_constant(item) for item in items):
        return Unknown(f"what {name}() returns")
    try:
        return getattr(items, name)(positional[0])
    except ValueError:
        return Unknown("the item is not in the list")


def _dict_method(machine: Machine, value: DictValue, name: str, arguments: Arguments) -> Any:
    positional = list(arguments.positional)
    items = value.items
    if items is None:
        if name in ("update", "pop", "setdefault", "clear", "popitem", "add"):
            machine.journal.touch(value)
        if name in ("keys", "values", "items"):
            return ListValue(None, value.reason)
        return Unknown(value.reason or "a dict that is not known")
    if name == "keys":
        return ListValue(list(items))
    if name == "values":
        return ListValue(list(items.values()))
    if name == "items":
        return ListValue(list(items.items()))
    if name == "copy":
        return type(value)(dict(items))
    key = positional[0] if positional else None
    if name == "get" and positional:
        if not is_constant(key):
            return Unknown("a key that is not known")
        return items.get(key, positional[1] if len(positional) > 1 else None)
    machine.journal.touch(value)
    if isinstance(value, SetValue):
        if name == "add" and is_constant(key):
            items[key] = None
            return None
    elif name in ("pop", "setdefault") and is_constant(key):
        if name == "setdefault":
            return items.setdefault(key, positional[1] if len(positional) > 1 else None)
        default = positional[1] if len(positional) > 1 else Unknown("a missing key")
        return items.pop(key, default)
    elif name == "update":
        return _update(value, arguments)
    value.forget(f"{name}() was called on it")
    return Unknown(f"what {name}() returns")


def _update(value: DictValue, arguments: Arguments) -> None:
    for other in arguments.positional:
        if not isinstance(other, DictValue) or other.items is None or value.items is None:
            value.forget("it was updated by something not known")
            return
        value.items.update(other.items)
    if arguments.more_keywords:
        value.forget("it was updated by something not known")
    elif value.items is not None:
        value.items.update(arguments.keywords or {})


def _constant_method(value: Any, name: str, arguments: Arguments) -> Any:
    if isinstance(value, tuple) and name in ("as_list", "to_list"):  # a TensorShape
        return ListValue(list(value))
    positional = [to_python(argument) for argument in arguments.positional]
    keywords = {key: to_python(item) for key, item in (arguments.keywords or {}).items()}
    values = [*positional, *keywords.values()]
    plain = all(is_constant(v) or (isinstance(v, list) and is_constant(tuple(v))) for v in values)
    method = getattr(value, name, None)
    allowed = is_constant(value) and plain and not arguments.more_positional
    if not allowed or method is None or arguments.more_keywords or name == "zfill":
        return Unknown(f"what {name}() returns")
    try:
        return from_python(method(*positional, **keywords))
    except (TypeError, ValueError, LookupError, OverflowError):
        return Unknown(f"{name}() raises here")
