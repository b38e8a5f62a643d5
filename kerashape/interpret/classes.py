"""Classes of the user: definition, and instances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from kerashape.interpret import user_layers
from kerashape.interpret.functions import enclosing_scope
from kerashape.interpret.scope import Scope
from kerashape.interpret.values import (
    Bound,
    Class,
    Decorated,
    Function,
    Instance,
)
from kerashape.keras.signature import REQUIRED, Arguments, Signature, bind
from kerashape.shapes import Fault, Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine


def define_class(machine: Machine, node: cst.ClassDef) -> Any:
    """``class``: run the body in a scope of its own."""
    from kerashape.interpret.machine import Frame

    bases = [machine.evaluate(base.value) for base in node.bases if base.star == ""]
    cls = Class(node.name.value, node, bases, {})
    outer = machine.frame
    enclosing = enclosing_scope(machine)
    scope = Scope(enclosing, enclosing.module)
    scope.variables = cls.attributes
    machine.frame = Frame(outer.source, scope, owner=cls, caller=outer.caller)
    machine.frames.append(machine.frame)
    try:
        machine.run(node.body)
    finally:
        machine.frames.pop()
        machine.frame = outer
    cls.attributes = scope.variables
    for value in cls.attributes.values():
        function = value.function if isinstance(value, Decorated) else value
        if isinstance(function, Function) and function.owner is None:
            function.owner = cls
    machine.classes.append(cls)
    for decorator in node.decorators:
        machine.evaluate(decorator.decorator)
    return cls


def bind_attribute(machine: Machine, receiver: Any, value: Any) -> Any:
    """What ``receiver.name`` gives when the class holds ``value`` under that name."""
    if isinstance(value, Function):
        return Bound(value, receiver)
    if isinstance(value, Decorated):
        if value.kind == "property":
            return machine.call_function(value.function, receiver, node=cst.Name("property"))
        if value.kind == "staticmethod":
            return value.function
        cls = getattr(receiver, "cls", receiver)
        return Bound(value.function, cls)
    return value


def instantiate(machine: Machine, cls: Class, arguments: Arguments, node: cst.CSTNode) -> Any:
    """``Class(*arguments)``."""
    cls.called = True
    kind = user_layers.kind_of(cls)
    if kind is not None:
        return user_layers.construct(machine, cls, kind, arguments, node)
    if cls.is_open:
        machine.escape(arguments, "it was passed to a class that is not known")
        return Unknown("an instance of a class with a base that is not known")
    instance = Instance(cls)
    method = cls.find("__init__")
    if isinstance(method, Function):
        machine.call(Bound(method, instance), arguments, node)
    elif cls.is_named_tuple:
        _fill_dataclass(machine, cls, instance, arguments)
    elif cls.external_bases:
        return _external_instance(machine, cls, arguments, node)
    elif _is_dataclass(cls):
        _fill_dataclass(machine, cls, instance, arguments)
    return instance


def _external_instance(
    machine: Machine, cls: Class, arguments: Arguments, node: cst.CSTNode
) -> Any:
    """An instance of a class without ``__init__`` that derives from a library's class."""
    if cls.external_bases == ["object"] or set(cls.external_bases) <= {"abc.ABC", "typing.Generic"}:
        return Instance(cls)
    instance = Instance(cls)
    machine.escape(arguments, "it was passed to a library class")
    return instance


def _is_dataclass(cls: Class) -> bool:
    return any("dataclass" in _name_of(d.decorator) for d in cls.node.decorators)


def _name_of(node: cst.BaseExpression) -> str:
    if isinstance(node, cst.Call):
        node = node.func
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return node.value if isinstance(node, cst.Name) else ""


def _fill_dataclass(machine: Machine, cls: Class, instance: Instance, arguments: Arguments) -> None:
    fields: dict[str, Any] = {}
    for owner in reversed([c for c in cls.lineage() if isinstance(c, Class)]):
        for line in owner.node.body.body:
            for small in (
                getattr(line, "body", ()) if isinstance(line, cst.SimpleStatementLine) else ()
            ):
                if isinstance(small, cst.AnnAssign) and isinstance(small.target, cst.Name):
                    name = small.target.value
                    fields[name] = owner.attributes.get(name, REQUIRED)
    try:
        bound = bind(Signature(fields, {}), arguments, cls.name)
    except Fault:
        return
    instance.attributes.update(bound.values)
