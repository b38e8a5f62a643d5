"""Attributes: what ``value.name`` gives, and what ``value.name = x`` does."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from kerashape.interpret import (
    keras_attributes,
    keras_objects,
    libraries,
    migration,
    user_layers,
)
from kerashape.interpret.callables import (
    Bound,
    Builtin,
    Decorated,
    External,
    Function,
    Method,
    Partial,
    Python,
)
from kerashape.interpret.containers import Attributes, DictValue, DictView, ListValue
from kerashape.interpret.objects import Class, Instance, ModuleValue, Mutable, Super
from kerashape.interpret.options import FLAGS, flag
from kerashape.interpret.places import HERE
from kerashape.interpret.raising import ExceptionValue
from kerashape.interpret.streams import Foreign, IteratorValue
from kerashape.interpret.user_weights import keep
from kerashape.interpret.values import lost
from kerashape.keras.graph import Tensor
from kerashape.keras.layers.base import Array, Layer
from kerashape.keras.signature import Arguments
from kerashape.shapes import Shape, Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine


def get(machine: Machine, value: Any, name: str, node: ast.AST) -> Any:
    """``value.name``."""
    if isinstance(value, External):
        if value.path in FLAGS:
            return flag(machine, name)
        if value.path == "tensorflow" and name == "keras":
            from kerashape.interpret.imports import note_keras

            note_keras(machine, "tensorflow.keras", node)
        found = libraries.attribute(value.path, name)
        return migration.noted(machine, value, name, found, node)
    if isinstance(value, (Tensor, Array)):
        migration.note_member(machine, value, name, node)
        return _tensor_attribute(machine, value, name, node)
    if isinstance(value, user_layers.UserLayer):
        return user_layers.attribute(machine, value, name, node)
    if isinstance(value, Layer):
        migration.note_member(machine, value, name, node)
        return keras_attributes.attribute(machine, value, name, node)
    if isinstance(value, Instance):
        return _instance_attribute(machine, value, name)
    if isinstance(value, Class):
        from kerashape.interpret.classes import class_attribute

        return class_attribute(machine, value, name)
    if isinstance(value, Function):
        return _function_attribute(machine, value, name)
    if isinstance(value, ModuleValue):
        return _module_attribute(machine, value, name, node)
    if isinstance(value, Super):
        return _super_attribute(machine, value, name)
    if isinstance(value, keras_objects.UnknownModel):
        migration.note_member_of_model(machine, name, node)
        if name in keras_attributes.DATA_ATTRIBUTES:
            return Unknown(f"the {name} of a model that is not known", label=name)
        return Method(value, name)
    if isinstance(value, Unknown):
        return lost(value, name)
    if isinstance(value, Builtin):
        return value.name if name == "__name__" else Method(value, name)
    if isinstance(value, ExceptionValue):
        return value.arguments if name == "args" else Unknown(f"the attribute {name}")
    if isinstance(value, Partial) and name in ("func", "args", "keywords"):
        kept = {"func": value.function, "args": value.positional}
        return kept.get(name, DictValue(dict(value.keywords)))
    if isinstance(value, Bound):
        if name == "__self__":
            return value.receiver
        return machine.attribute(value.function, name, node)
    if isinstance(value, (IteratorValue, DictView)):
        return Method(value, name)
    if isinstance(value, range) and name in ("start", "stop", "step"):
        return getattr(value, name)
    if name == "__class__" and isinstance(value, (ListValue, DictValue, str, tuple, int, float)):
        return machine.call_function(Builtin("type"), value, node=node)
    if isinstance(value, (ListValue, DictValue, str, bytes, tuple, range, int, float)):
        if isinstance(value, int) and name in ("real", "numerator", "value"):
            return int(value)  # .value: a Dimension of TensorFlow 1
        if isinstance(value, str) and name in ("name", "as_numpy_dtype", "base_dtype"):  # a dtype
            return value
        if isinstance(value, tuple) and name in ("rank", "ndims"):  # a TensorShape
            return len(value)
        return Method(value, name)
    if isinstance(value, Foreign):
        from kerashape.interpret import data

        return data.attribute(value, name)
    if isinstance(value, keras_objects.KerasObject):
        migration.note_member_of(machine, value.path, name, node)
        return keras_objects.object_attribute(value, name)
    return Unknown(f"the attribute {name}")


def _instance_attribute(machine: Machine, value: Instance, name: str) -> Any:
    from kerashape.interpret.classes import bind_attribute

    found = value.cls.find(name)
    if isinstance(found, Decorated) and found.kind == "property":
        return bind_attribute(machine, value, found)
    if name in value.attributes:
        return value.attributes[name]
    if found is not None or value.cls.has(name):
        return bind_attribute(machine, value, found)
    if name == "__class__":
        return value.cls
    if name == "__dict__":
        return Attributes(value)
    if value.cls.is_named_tuple and name in ("_asdict", "_replace", "index", "count"):
        return Method(value, name)
    if value.cls.is_named_tuple and name == "_fields":
        return tuple(value.attributes)
    fallback = value.cls.find("__getattr__")
    if fallback is not None:
        return machine.call_function(Bound(fallback, value), name, node=HERE)
    plain = not value.cls.external_bases and not value.cls.is_open
    if plain and not name.startswith("__") and not _derives(value.cls):
        return machine.throw("AttributeError", name)
    return Unknown(f"the attribute {name} of an instance", label=name)


def _derives(cls: Class) -> bool:
    """Whether it derives from a builtin class, which has methods of its own."""
    return any(isinstance(base, Builtin) and base.name != "object" for base in cls.lineage())


def _function_attribute(machine: Machine, value: Function, name: str) -> Any:
    if name in value.attributes:
        return value.attributes[name]
    if name in ("__name__", "__qualname__"):
        return value.name if name == "__name__" else Unknown("a qualified name")
    if name.startswith("__"):
        return Unknown(f"the attribute {name} of a function")
    return machine.throw("AttributeError", name)


def _module_attribute(machine: Machine, value: ModuleValue, name: str, node: ast.AST) -> Any:
    scope = value.scope
    if name in scope.variables:
        return scope.variables[name]
    for module in reversed(scope.stars):
        found = libraries.exported(module, name)
        if found is not None:
            return found
    fallback = scope.variables.get("__getattr__")
    if isinstance(fallback, Function):
        return machine.call_function(fallback, name, node=node)
    return Unknown(f"{name} is not known in {value.name}")


def _super_attribute(machine: Machine, value: Super, name: str) -> Any:
    from kerashape.interpret.classes import bind_attribute

    cls = getattr(value.receiver, "cls", None)
    lineage_of = cls if isinstance(cls, Class) else value.owner
    found = lineage_of.find(name, after=value.owner)
    if found is not None:
        return bind_attribute(machine, value.receiver, found)
    if name == "__new__":
        return Python(name, _new)
    if name == "__init__" and isinstance(value.receiver, Instance):
        return Python(name, _plain_init)
    if name == "__setattr__":
        return Python(
            name, lambda m, given, node: set_plainly(m, value.receiver, *given.positional)
        )
    if isinstance(value.receiver, user_layers.UserLayer):
        return user_layers.inherited(machine, value.receiver, name)
    return Method(value, name)


def _new(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    """``super().__new__(cls)``."""
    cls = arguments.positional[0] if arguments.positional else None
    if not isinstance(cls, Class) or cls.is_open or _derives(cls):
        return Unknown("what __new__() returns")
    return Instance(cls)


def _plain_init(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    """``super().__init__()`` where no class of the program has one."""
    receiver = machine.frame.receiver
    if isinstance(receiver, Instance) and _derives(receiver.cls):
        attributes = {**receiver.attributes, "args": tuple(arguments.positional)}
        machine.journal.touch(receiver)
        receiver.attributes = attributes
    return None


def _tensor_attribute(machine: Machine, value: Tensor | Array, name: str, node: ast.AST) -> Any:
    if name == "shape":
        return shape_value(value.shape)
    if name in ("_keras_shape",):
        return shape_value(value.shape)
    if name == "dtype":
        return value.dtype
    if name in ("ndim", "rank"):
        return Unknown("a rank that is not known") if value.shape.open else len(value.shape.dims)
    if name == "name" and isinstance(value, Tensor):
        return Unknown("the name of a tensor")
    from kerashape.interpret.tensors import property_of

    found = property_of(value, name)
    return Method(value, name) if found is None else found


def shape_value(shape: Shape) -> Any:
    """A shape as the tuple that ``x.shape`` is."""
    return Unknown("a shape that is not known") if shape.open else tuple(shape.dims)


def set(machine: Machine, receiver: Any, name: str, value: Any) -> None:
    """``receiver.name = value``."""
    cls = getattr(receiver, "cls", None)
    if isinstance(cls, Class):
        found = cls.find(name)
        if isinstance(found, Decorated) and found.setter is not None:
            node = HERE
            machine.call_function(Bound(found.setter, receiver), value, node=node)
            return
        method = cls.find("__setattr__")
        if method is not None and isinstance(receiver, Instance):
            node = HERE
            machine.call_function(Bound(method, receiver), name, value, node=node)
            return
    set_plainly(machine, receiver, name, value)


def set_plainly(machine: Machine, receiver: Any, name: str, value: Any) -> None:
    """``object.__setattr__(receiver, name, value)``."""
    if isinstance(value, Unknown) and value.label is None:
        value.label = name
    if isinstance(receiver, Unknown):
        machine.forget(receiver, f"{name} was set on what may be it")
    elif isinstance(receiver, user_layers.UserLayer):
        machine.journal.touch(receiver)
        receiver.attributes = {**receiver.attributes, name: value}
        keep(receiver, name, value)
    elif isinstance(receiver, (Instance, Class, Function)) or (
        isinstance(receiver, Foreign) and isinstance(receiver, Mutable)
    ):
        machine.journal.touch(receiver)
        receiver.attributes[name] = value
        if isinstance(receiver, Class):
            from kerashape.interpret.classes import own_function

            own_function(receiver, value)
    elif isinstance(receiver, Layer):
        machine.journal.touch(receiver)
        keras_attributes.set_attribute(machine, receiver, name, value)
    elif isinstance(receiver, ModuleValue):
        machine.journal.touch(receiver.scope)
        receiver.scope.variables[name] = value
    elif isinstance(receiver, Array) and name == "shape":
        from kerashape.interpret.tensors import set_shape

        set_shape(machine, receiver, value)


def delete(machine: Machine, receiver: Any, name: str) -> None:
    """``del receiver.name``."""
    if isinstance(receiver, (Instance, Class)):
        if name not in receiver.attributes:
            machine.throw("AttributeError", name)
            return
        machine.journal.touch(receiver)
        receiver.attributes = {k: v for k, v in receiver.attributes.items() if k != name}
    elif isinstance(receiver, user_layers.UserLayer):
        machine.journal.touch(receiver)
        receiver.attributes = {k: v for k, v in receiver.attributes.items() if k != name}
