"""Attributes: what ``value.name`` gives, and what ``value.name = x`` does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from kerashape.interpret import (
    keras_attributes,
    keras_objects,
    libraries,
    migration,
    user_layers,
)
from kerashape.interpret.values import (
    Bound,
    Builtin,
    Class,
    DictValue,
    External,
    Foreign,
    Instance,
    ListValue,
    Method,
    ModuleValue,
    Mutable,
    Super,
)
from kerashape.keras.graph import Tensor
from kerashape.keras.layers.base import Array, Layer
from kerashape.shapes import Shape, Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine


def get(machine: Machine, value: Any, name: str, node: cst.CSTNode) -> Any:
    """``value.name``."""
    if isinstance(value, External):
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
        found = value.find(name)
        if found is not None:
            from kerashape.interpret.values import Decorated

            if isinstance(found, Decorated) and found.kind == "staticmethod":
                return found.function
            if isinstance(found, Decorated) and found.kind == "classmethod":
                return Bound(found.function, value)
            return found
        return value.name if name == "__name__" else Unknown(f"the attribute {name} of a class")
    if isinstance(value, ModuleValue):
        return value.scope.variables.get(name, Unknown(f"{name} is not known in {value.name}"))
    if isinstance(value, Super):
        return _super_attribute(machine, value, name)
    if isinstance(value, keras_objects.UnknownModel):
        migration.note_member_of_model(machine, name, node)
        return Method(value, name)
    if isinstance(value, Unknown):
        return Unknown(value.reason, label=name)
    if isinstance(value, Builtin):
        return Method(value, name)
    if isinstance(value, (ListValue, DictValue, str, bytes, tuple, range, int, float)):
        if isinstance(value, int) and name in ("real", "numerator", "value"):
            return value  # .value: a Dimension of TensorFlow 1
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

    if name in value.attributes:
        return value.attributes[name]
    found = value.cls.find(name)
    if found is not None:
        return bind_attribute(machine, value, found)
    if name == "__class__":
        return value.cls
    if name == "__dict__":
        return DictValue(dict(value.attributes))
    return Unknown(f"the attribute {name} of an instance", label=name)


def _super_attribute(machine: Machine, value: Super, name: str) -> Any:
    from kerashape.interpret.classes import bind_attribute

    cls = getattr(value.receiver, "cls", None)
    lineage_of = cls if isinstance(cls, Class) else value.owner
    found = lineage_of.find(name, after=value.owner)
    if found is not None:
        return bind_attribute(machine, value.receiver, found)
    if isinstance(value.receiver, user_layers.UserLayer):
        return user_layers.inherited(machine, value.receiver, name)
    return Method(value, name)


def _tensor_attribute(machine: Machine, value: Tensor | Array, name: str, node: cst.CSTNode) -> Any:
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
    if isinstance(value, Unknown) and value.label is None:
        value.label = name
    if isinstance(receiver, user_layers.UserLayer):
        machine.journal.touch(receiver)
        receiver.attributes = {**receiver.attributes, name: value}
    elif isinstance(receiver, (Instance, Class)) or (
        isinstance(receiver, Foreign) and isinstance(receiver, Mutable)
    ):
        machine.journal.touch(receiver)
        receiver.attributes[name] = value
    elif isinstance(receiver, Layer):
        machine.journal.touch(receiver)
        keras_attributes.set_attribute(machine, receiver, name, value)
    elif isinstance(receiver, ModuleValue):
        machine.journal.touch(receiver.scope)
        receiver.scope.variables[name] = value
