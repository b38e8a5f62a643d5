"""The builtins that ask what a value is: its type, and its attributes by name."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from kerashape.interpret import keras_attributes, migration
from kerashape.interpret.builtins import handles
from kerashape.interpret.callables import Bound, Builtin, External, Function, Method, Partial
from kerashape.interpret.containers import DictValue, ListValue, SetValue
from kerashape.interpret.objects import Class, Instance, ModuleValue
from kerashape.interpret.plain import is_constant
from kerashape.interpret.raising import ExceptionValue, is_caught, type_of
from kerashape.keras.graph import Operation
from kerashape.keras.layers.base import Layer
from kerashape.keras.signature import Arguments
from kerashape.shapes import Symbol, Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

_TYPES: dict[str, tuple[type, ...]] = {
    "bool": (bool,), "int": (int,), "float": (float,), "str": (str,), "tuple": (tuple,),
    "list": (ListValue,), "set": (SetValue,), "dict": (DictValue,), "bytes": (bytes,),
    "complex": (complex,), "range": (range,), "slice": (slice,),
}  # fmt: skip
_STRINGS = ("basestring", "unicode")
_NUMBERS: dict[str, tuple[type, ...]] = {
    "numbers.Number": (int, float, complex), "numbers.Integral": (int,),
    "numbers.Real": (int, float), "numpy.integer": (), "numpy.floating": (), "numpy.ndarray": (),
    "collections.abc.Sequence": (str, bytes, tuple, range, ListValue),
    "collections.abc.Mapping": (DictValue,), "collections.Mapping": (DictValue,),
    "collections.abc.Iterable": (str, bytes, tuple, range, ListValue, DictValue),
    "collections.Iterable": (str, bytes, tuple, range, ListValue, DictValue),
    "collections.Sequence": (str, bytes, tuple, range, ListValue),
    "collections.OrderedDict": (),
    "collections.abc.Callable": (Function, Bound, Class, Builtin, Method, Partial),
    "typing.Sequence": (str, bytes, tuple, range, ListValue),
}  # fmt: skip


@handles("isinstance")
def _isinstance(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    if len(arguments.positional) < 2:
        return Unknown("isinstance")
    return _answer(arguments.positional[0], arguments.positional[1])


def _answer(value: Any, kinds: Any) -> Any:
    answer = _is_any(value, kinds)
    return Unknown("a type that is not known") if answer is None else answer


def _is_any(value: Any, kinds: Any) -> bool | None:
    if isinstance(kinds, tuple):
        answers = [_is_any(value, kind) for kind in kinds]
        return True if True in answers else None if None in answers else False
    return is_instance(value, kinds)


def is_instance(value: Any, kind: Any) -> bool | None:
    """``isinstance(value, kind)``; None where that is not known."""
    if isinstance(value, (Unknown, Symbol)) or isinstance(kind, Unknown):
        return None
    if isinstance(value, ExceptionValue):
        return is_caught(value, kind)
    cls = getattr(value, "cls", None)
    if isinstance(kind, Class):
        return isinstance(cls, Class) and any(c is kind for c in cls.lineage())
    if isinstance(kind, Builtin):
        return _is_builtin(value, kind.name, cls)
    if isinstance(kind, External):
        return _is_external(value, kind.path, cls)
    if kind is None:
        return value is None
    return None


def _is_builtin(value: Any, name: str, cls: Any) -> bool | None:
    if name == "object":
        return True
    if isinstance(cls, Class):
        if cls.is_named_tuple:
            return name == "tuple"
        if any(isinstance(base, Builtin) and base.name == name for base in cls.lineage()):
            return True
        return None if cls.is_open or cls.external_bases else False
    if isinstance(value, External):
        return None  # a constant of a library is no object that we know
    if name in _STRINGS:
        return isinstance(value, str)
    if name == "type":
        return isinstance(value, (Class, Builtin))
    if name == "dict":
        return isinstance(value, DictValue) and not isinstance(value, SetValue)
    if name in ("set", "frozenset"):
        return None if isinstance(value, SetValue) else False
    if name in _TYPES:
        return isinstance(value, _TYPES[name])
    return None


def _is_external(value: Any, path: str, cls: Any) -> bool | None:
    if isinstance(value, Operation):
        from kerashape.interpret.keras_layers import is_keras_instance

        return is_keras_instance(value, path)
    if isinstance(cls, Class):
        if path in cls.external_bases:
            return True
        return None if cls.is_open or cls.external_bases else path.startswith("object")
    if _NUMBERS.get(path):
        kinds = _NUMBERS[path]
        return isinstance(value, kinds) and not (
            kinds == (DictValue,) and isinstance(value, SetValue)
        )
    if is_constant(value) or isinstance(value, (ListValue, DictValue, Function)):
        known = path.partition(".")[0] in ("keras", "tensorflow", "numpy", "pandas", "torch", "jax")
        if path.endswith(("Sequence", "Mapping", "Iterable", "Callable", "Number", "TensorShape")):
            return None
        return False if known else None
    return None


@handles("issubclass")
def _issubclass(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    if len(arguments.positional) < 2 or not isinstance(arguments.positional[0], Class):
        return Unknown("issubclass")
    cls, kinds = arguments.positional[:2]
    kinds = kinds if isinstance(kinds, tuple) else (kinds,)
    if any(base is kind or base == kind for base in cls.lineage() for kind in kinds):
        return True
    if cls.is_open or not all(isinstance(kind, (Class, Builtin)) for kind in kinds):
        return Unknown("a type that is not known")
    return any(kind == Builtin("object") for kind in kinds)


_PLAIN: dict[type, type] = {ListValue: list, DictValue: dict, SetValue: set}


def has_attribute(value: Any, name: str) -> bool | None:
    """``hasattr(value, name)``; None where that is not known."""
    if isinstance(value, Instance):
        if name in value.attributes or value.cls.find(name) is not None:
            return True
        opaque = value.cls.is_open or value.cls.external_bases or value.cls.find("__getattr__")
        builtin = any(isinstance(base, Builtin) for base in value.cls.lineage())
        return None if opaque or builtin or name.startswith("__") else False
    if isinstance(value, Class):
        if value.find(name) is not None:
            return True
        opaque = value.is_open or value.external_bases or name.startswith("__")
        return None if opaque else False
    if isinstance(value, ModuleValue):
        if name in value.scope.variables:
            return True
        return None if value.scope.stars or value.scope.variables.get("__getattr__") else False
    if isinstance(value, Function):
        return name in value.attributes or hasattr(has_attribute, name)
    if type(value) in _PLAIN:
        return hasattr(_PLAIN[type(value)], name)
    if is_constant(value) and not isinstance(value, tuple):
        return hasattr(value, name)
    return None


@handles("hasattr")
def _hasattr(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    value, name = (*arguments.positional, None, None)[:2]
    found = _has(machine, value, name) if isinstance(name, str) else None
    return Unknown("whether it has an attribute") if found is None else found


def _has(machine: Machine, value: Any, name: str) -> bool | None:
    if isinstance(value, External):
        return migration.has_name(machine, value, name)
    if isinstance(value, Layer) and machine.keras_version >= 3:
        return keras_attributes.has(value, name)
    return has_attribute(value, name)


@handles("getattr")
def _getattr(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    value, name = (*arguments.positional, None, None)[:2]
    if not isinstance(name, str):
        return Unknown("an attribute whose name is not known")
    if len(arguments.positional) > 2:
        if _has(machine, value, name) is False:
            return arguments.positional[2]
        if isinstance(value, Unknown):
            return Unknown(value.reason)
    return machine.attribute(value, name, node)


@handles("setattr")
def _setattr(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    from kerashape.interpret import attributes

    if len(arguments.positional) == 3:
        value, name, item = arguments.positional
        if isinstance(name, str):
            attributes.set(machine, value, name, item)
        else:
            machine.forget(value, "an attribute was set whose name is not known")
    return None


@handles("delattr")
def _delattr(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    from kerashape.interpret import attributes

    if len(arguments.positional) == 2 and isinstance(arguments.positional[1], str):
        attributes.delete(machine, *arguments.positional)
    return None


@handles("vars")
def _vars(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    if not arguments.positional:
        return DictValue(None, "the names of a scope")
    return machine.attribute(arguments.positional[0], "__dict__", node)


@handles("callable")
def _callable(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    value = arguments.positional[0] if arguments.positional else Unknown("a missing argument")
    if isinstance(value, (Function, Bound, Class, Builtin, Partial, Method)):
        return True
    if isinstance(value, Instance) and value.cls.find("__call__") is not None:
        return True
    return False if is_constant(value) else Unknown("whether it is callable")


@handles("type")
def _type(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    if len(arguments.positional) != 1:
        return Unknown("a class that is made by type()")
    value = arguments.positional[0]
    cls = getattr(value, "cls", None)
    if isinstance(cls, Class):
        return cls
    if isinstance(value, ExceptionValue):
        return type_of(value)
    for name, kinds in _TYPES.items():
        if type(value) in kinds:
            return Builtin(name)
    return Unknown("a type")
