"""Classes of the user: definition, and instances."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from kerashape.interpret import records, user_layers
from kerashape.interpret.callables import Bound, Builtin, Decorated, External, Function
from kerashape.interpret.containers import DictValue, ListValue
from kerashape.interpret.frame import Frame
from kerashape.interpret.functions import decorate, enclosing_scope
from kerashape.interpret.objects import Class, Instance
from kerashape.interpret.places import HERE
from kerashape.interpret.raising import ExceptionValue
from kerashape.interpret.scope import Scope
from kerashape.keras.signature import Arguments
from kerashape.shapes import Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

_DATACLASS = ("dataclasses.dataclass", "flax.struct.dataclass", "attr.dataclass")


def define_class(machine: Machine, node: ast.ClassDef) -> Any:
    """``class``: run the body in a scope of its own."""
    bases = [machine.evaluate(b) for b in node.bases if not isinstance(b, ast.Starred)]
    for keyword in node.keywords:
        meta = machine.evaluate(keyword.value)
        if isinstance(meta, Class) and meta.attributes:
            bases.append(Unknown("a metaclass of the program"))
    cls = Class(node.name, node, bases, {}, machine.frame.source)
    outer = machine.frame
    enclosing = enclosing_scope(machine)
    scope = Scope(enclosing, enclosing.module)
    scope.variables = cls.attributes
    machine.frame = Frame(outer.source, scope, owner=cls, caller=outer.caller)
    machine.frames.append(machine.frame)
    inner = machine.frame
    try:
        machine.run(node.body)
    finally:
        machine.frames.pop()
        machine.frame = outer
        for pending in machine.pending:
            if pending.frame is inner:
                pending.frame = outer
    cls.attributes = scope.variables
    for value in cls.attributes.values():
        own_function(cls, value)
    if cls.is_named_tuple:
        cls.fields = records.annotated_fields(cls)
    elif cls.is_enum:
        records.finish_enum(cls)
    machine.classes.append(cls)
    result: Any = cls
    for decorator in reversed(node.decorator_list):
        result = _decorate(machine, decorator, result)
    return result


def own_function(cls: Class, value: Any) -> None:
    """A function in the body of a class is its method."""
    if isinstance(value, Decorated):
        own_function(cls, value.function)
        own_function(cls, value.setter)
    elif isinstance(value, Function) and value.owner is None:
        value.owner = cls


def _decorate(machine: Machine, expression: ast.expr, value: Any) -> Any:
    called = expression.func if isinstance(expression, ast.Call) else expression
    target = machine.evaluate(called)
    if isinstance(target, External):
        if target.path in _DATACLASS and isinstance(value, Class):
            records.finish_dataclass(value)
        elif isinstance(expression, ast.Call):
            machine.evaluate(expression)
        return value
    if isinstance(target, Unknown):
        return value  # a decorator of classes nearly always gives the class
    found = decorate(machine, expression, value)
    return value if isinstance(found, Unknown) else found


def bind_attribute(machine: Machine, receiver: Any, value: Any) -> Any:
    """What ``receiver.name`` gives when the class holds ``value`` under that name."""
    if isinstance(value, Function):
        return Bound(value, receiver)
    if isinstance(value, Decorated):
        if value.kind == "property":
            return machine.call_function(value.function, receiver, node=HERE)
        if value.kind == "staticmethod":
            return value.function
        if value.kind == "classmethod":
            return Bound(value.function, getattr(receiver, "cls", receiver))
        return Bound(value, receiver)
    return value


def instantiate(machine: Machine, cls: Class, arguments: Arguments, node: ast.AST) -> Any:
    """``Class(*arguments)``."""
    cls.called = True
    kind = user_layers.kind_of(cls)
    if kind is not None:
        return user_layers.construct(machine, cls, kind, arguments, node)
    if cls.is_open:
        machine.escape(arguments, "it was passed to a class that is not known")
        return Unknown("an instance of a class with a base that is not known")
    if cls.is_enum:
        return _member(machine, cls, arguments)
    new = cls.find("__new__")
    if new is not None:
        function = new.function if isinstance(new, Decorated) else new
        made = machine.call(Bound(function, cls), arguments, node)
        if not isinstance(made, Instance) or made.cls is not cls:
            return made
        return _initialise(machine, cls, made, arguments, node)
    container = _container(machine, cls, arguments)
    if container is not None:
        return container
    return _initialise(machine, cls, Instance(cls), arguments, node)


def _initialise(
    machine: Machine, cls: Class, instance: Instance, arguments: Arguments, node: ast.AST
) -> Any:
    method = cls.find("__init__")
    if isinstance(method, (Function, Decorated)):
        machine.call(Bound(method, instance), arguments, node)
    elif records.fields_of(cls):
        records.fill(machine, cls, instance, arguments, node)
    elif _is_exception(cls):
        instance.attributes["args"] = tuple(arguments.positional)
    elif cls.external_bases and not set(cls.external_bases) <= _PLAIN_BASES:
        machine.escape(arguments, "it was passed to a library class")
    elif method is None and (arguments.positional or arguments.keywords):
        machine.throw("TypeError", f"{cls.name}() takes no arguments")
    return instance


_PLAIN_BASES = frozenset({"object", "abc.ABC", "typing.Generic", "typing.Protocol"})
_CONTAINERS = frozenset({"dict", "list", "tuple", "str", "int", "float", "set"})


def _container(machine: Machine, cls: Class, arguments: Arguments) -> Any:
    """An instance of a subclass of a container or number: what it holds is not followed."""
    bases = {base.name for base in cls.lineage() if isinstance(base, Builtin)}
    if bases & _CONTAINERS:
        machine.escape(arguments, "it was passed to a container of the program's own")
        return Unknown(f"an instance of a subclass of {min(bases & _CONTAINERS)}")
    return None


def _is_exception(cls: Class) -> bool:
    return any(isinstance(base, Builtin) for base in cls.lineage())


def _member(machine: Machine, cls: Class, arguments: Arguments) -> Any:
    wanted = arguments.positional[0] if len(arguments.positional) == 1 else None
    for member in cls.attributes.values():
        if not isinstance(member, Instance) or "value" not in member.attributes:
            continue
        value = member.attributes["value"]
        if isinstance(value, (str, int, float)) and isinstance(wanted, (str, int, float)):
            if value == wanted:
                return member
        else:
            return Unknown("a member of an enum")
    return machine.throw("ValueError", f"{wanted!r} is not a valid {cls.name}")


def class_attribute(machine: Machine, cls: Class, name: str) -> Any:
    """``Class.name``."""
    found = cls.find(name)
    if isinstance(found, Decorated):
        if found.kind == "staticmethod":
            return found.function
        if found.kind == "classmethod":
            return Bound(found.function, cls)
        return found
    if found is not None or cls.has(name):
        return found
    if name in ("__name__", "__qualname__"):
        return cls.name
    if name in ("__mro__", "__bases__"):
        if cls.is_open or cls.external_bases:
            return Unknown(f"the attribute {name} of a class")
        lineage = cls.lineage() if name == "__mro__" else cls.bases
        rest = () if Builtin("object") in lineage else (Builtin("object"),)
        return (*lineage, *rest)
    if name == "__dict__":
        return DictValue(dict(cls.attributes))
    if name == "__members__" and cls.is_enum:
        members = {k: v for k, v in cls.attributes.items() if isinstance(v, Instance)}
        return DictValue(members)
    if name in ("_make", "_fields") and cls.is_named_tuple:
        return tuple(records.fields_of(cls)) if name == "_fields" else Unknown("_make()")
    if name == "__subclasses__":
        return Unknown("the subclasses of a class")
    if not (cls.is_open or cls.external_bases or _is_exception(cls)) and not name.startswith("__"):
        return machine.throw("AttributeError", name)
    return Unknown(f"the attribute {name} of a class")


__all__ = ["ExceptionValue", "ListValue", "bind_attribute", "define_class", "instantiate"]
