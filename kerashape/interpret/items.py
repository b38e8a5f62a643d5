"""Items of containers: reading, setting and deleting them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from kerashape.interpret import series
from kerashape.interpret.callables import Bound, External
from kerashape.interpret.containers import DictValue, ListValue, SetValue
from kerashape.interpret.logs import Logs
from kerashape.interpret.objects import Class, Instance
from kerashape.interpret.places import HERE
from kerashape.interpret.plain import is_constant
from kerashape.interpret.streams import Foreign
from kerashape.interpret.values import iterate, lost
from kerashape.keras.graph import Tensor
from kerashape.keras.layers.base import Array
from kerashape.keras.signature import Arguments
from kerashape.shapes import Fault, Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine


def is_key(value: Any) -> bool:
    """Whether a value can be a key of a dict that is followed."""
    if isinstance(value, tuple):
        return all(map(is_key, value))
    if isinstance(value, Instance):
        return value.cls.find("__eq__") is None and value.cls.find("__hash__") is None
    return is_constant(value) or isinstance(value, (External, Class))


def subscript(machine: Machine, value: Any, index: Any, node: ast.AST) -> Any:
    """``value[index]``."""
    if isinstance(value, (Tensor, Array)):
        from kerashape.interpret import tensors

        return tensors.item(machine, value, index, node)
    if isinstance(value, DictValue) and not isinstance(value, SetValue):
        return _dict_item(machine, value, index, node)
    if isinstance(value, Logs):
        return _figure(machine, value, index, node)
    if isinstance(value, Unknown):
        return lost(value)
    if isinstance(value, External):
        if value.path in ("numpy.c_", "numpy.r_"):
            return machine.call(value, Arguments([index], {}), node)
        return value  # a generic such as list[int]
    if isinstance(value, Class):
        return _class_item(machine, value, index, node)
    if isinstance(value, Instance):
        method = value.cls.find("__getitem__")
        if value.cls.is_named_tuple:
            return _sequence_item(machine, tuple(value.attributes.values()), index)
        if method is not None:
            return machine.call(Bound(method, value), Arguments([index], {}), node)
        return Unknown("an item of an instance")
    if isinstance(value, (tuple, str, bytes, range, ListValue)):
        return _sequence_item(machine, value, index)
    if isinstance(value, Foreign):
        from kerashape.interpret import data

        return data.item(machine, value, index, node)
    return Unknown("an item of something that is not followed")


def _figure(machine: Machine, logs: Logs, name: Any, node: ast.AST) -> Any:
    """``history.history[name]``."""
    logged = logs.logged
    if logged is None or not isinstance(name, str) or not logged.lacks(name):
        return Unknown(f"a figure of the training, {name}")
    machine.throw("KeyError", name)
    fault = Fault("unlogged-metric", name, expected=logged, found=name)
    return machine.fault(fault, node)


def _class_item(machine: Machine, cls: Class, index: Any, node: ast.AST) -> Any:
    if cls.is_enum:
        found = cls.find(index) if isinstance(index, str) else None
        return found if isinstance(found, Instance) else Unknown("a member of an enum")
    return cls  # a generic


def _dict_item(machine: Machine, value: DictValue, index: Any, node: ast.AST) -> Any:
    if value.items is None:
        return Unknown(value.reason)
    if not is_key(index):
        return Unknown("a key that is not known")
    if index in value.items:
        return value.items[index]
    if value.default is not None:
        machine.journal.touch(value)
        made = machine.call(value.default, Arguments([], {}), node)
        if value.items is not None:
            value.items[index] = made
        return made
    if value.counts:
        return 0
    return machine.throw("KeyError", index)


def _sequence_item(machine: Machine, value: Any, index: Any) -> Any:
    items = value.items if isinstance(value, ListValue) else value
    if items is None:
        return Unknown(value.reason)
    if isinstance(index, slice):
        if not _is_known_slice(index):
            return Unknown("a slice that is not known")
        result = items[index]
        return ListValue(result) if isinstance(value, ListValue) else result
    if isinstance(index, int):
        try:
            return items[index]
        except IndexError:
            return machine.throw("IndexError", "index out of range")
    return Unknown("an index that is not known")


def _is_known_slice(index: slice) -> bool:
    parts = (index.start, index.stop, index.step)
    return all(part is None or isinstance(part, int) for part in parts) and index.step != 0


def store(machine: Machine, container: Any, key: Any, value: Any) -> None:
    """``container[key] = value``."""
    if isinstance(container, (ListValue, DictValue)):
        machine.journal.touch(container)
    if isinstance(container, ListValue) and container.items is not None:
        _store_in_list(machine, container, container.items, key, value)
    elif isinstance(container, DictValue) and container.items is not None:
        if is_key(key):
            container.items[key] = value
        else:
            container.forget("an item was set under a key that is not known")
    elif isinstance(container, Foreign):
        from kerashape.interpret import data

        data.set_item(machine, container, key, value)
    elif isinstance(container, Instance):
        method = container.cls.find("__setitem__")
        if method is not None:
            node = HERE
            machine.call_function(method, container, key, value, node=node)
    elif isinstance(container, Array):
        series.forget(machine, container)
    elif isinstance(container, Unknown):
        machine.risks += 1
        machine.forget(container, "an item was set in what may be it")


def _store_in_list(
    machine: Machine, container: ListValue, items: list[Any], key: Any, value: Any
) -> None:
    if isinstance(key, int):
        if -len(items) <= key < len(items):
            items[key] = value
        else:
            machine.throw("IndexError", "list assignment index out of range")
        return
    if isinstance(key, slice) and _is_known_slice(key):
        given = iterate(value)
        if given is not None:
            try:
                items[key] = given
            except ValueError as error:
                machine.throw("ValueError", str(error))
            return
    container.forget("an item was set at a place that is not known")


def delete(machine: Machine, container: Any, key: Any) -> None:
    """``del container[key]``."""
    if isinstance(container, (ListValue, DictValue)) and container.items is not None:
        machine.journal.touch(container)
        known = (
            is_key(key)
            if isinstance(container, DictValue)
            else isinstance(key, int) or (isinstance(key, slice) and _is_known_slice(key))
        )
        if not known:
            container.forget("an item was deleted")
            return
        try:
            del container.items[key]
        except LookupError as error:
            machine.throw(type(error).__name__, str(error))
    elif isinstance(container, Instance):
        method = container.cls.find("__delitem__")
        if method is not None:
            node = HERE
            machine.call_function(method, container, key, node=node)
    else:
        machine.risks += 1
        machine.forget(container, "an item was deleted from what may be it")
