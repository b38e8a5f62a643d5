"""Python's builtin functions and classes."""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kerashape.interpret import operators, texts
from kerashape.interpret.callables import Bound
from kerashape.interpret.containers import DictValue, DictView, ListValue
from kerashape.interpret.objects import Instance, Super
from kerashape.interpret.plain import is_constant
from kerashape.interpret.raising import ExceptionValue, exception_class
from kerashape.interpret.streams import Foreign
from kerashape.keras.graph import Tensor
from kerashape.keras.layers.base import Array
from kerashape.keras.signature import Arguments
from kerashape.shapes import Symbol, Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

Handler = Callable[["Machine", Arguments, ast.AST], Any]
_HANDLERS: dict[str, Handler] = {}

_PURE: dict[str, Callable[..., Any]] = {
    "int": int, "float": float, "bool": bool, "abs": abs, "round": round,
    "divmod": divmod, "pow": pow, "ord": ord, "chr": chr, "hex": hex, "bin": bin, "oct": oct,
    "complex": complex, "bytes": bytes, "ascii": ascii,
}  # fmt: skip

_EXCEPTIONS = frozenset(name for name in dir(builtins) if exception_class(name) is not None)


_NO_NUMBER = (
    "A KerasTensor is symbolic: it's a placeholder for a shape an a dtype. It doesn't have any "
    "actual numerical value. You cannot convert it to {}."
)


def handles(*names: str) -> Callable[[Handler], Handler]:
    """Register what builtins do."""

    def register(function: Handler) -> Handler:
        for name in names:
            _HANDLERS[name] = function
        return function

    return register


def call(machine: Machine, name: str, arguments: Arguments, node: ast.AST) -> Any:
    """Call a builtin."""
    handler = _HANDLERS.get(name)
    if handler is not None:
        return handler(machine, arguments, node)
    if name in _EXCEPTIONS:
        return ExceptionValue(name, tuple(arguments.positional))
    function = _PURE.get(name)
    if function is None or arguments.more_positional or arguments.more_keywords:
        return Unknown(f"what {name}() returns")
    keywords = arguments.keywords or {}
    values = [*arguments.positional, *keywords.values()]
    if len(values) == 1 and isinstance(values[0], Instance):
        return _converted(machine, name, values[0], node)
    if name in ("int", "float") and len(values) == 1 and isinstance(values[0], Tensor):
        text = _NO_NUMBER.format("an int" if name == "int" else "a float")
        machine.refuse_symbolic(values[0], node, text, "a number", f"builtins.{name}")
    if not all(is_constant(value) for value in values):
        return _size_of(machine, name, values)
    if _huge(name, values):
        return Unknown(f"what {name}() returns")
    try:
        return function(*arguments.positional, **keywords)
    except (ValueError, TypeError, ArithmeticError, LookupError) as error:
        return machine.throw(type(error).__name__, str(error))


def _huge(name: str, values: list[Any]) -> bool:
    if name == "pow" and len(values) == 2:
        return operators.is_too_large("Power", *values)
    return name == "bytes" and any(isinstance(v, int) and abs(v) > 1000 for v in values)


_CONVERSIONS = {"int": "__int__", "float": "__float__", "abs": "__abs__", "round": "__round__"}


def _converted(machine: Machine, name: str, value: Instance, node: ast.AST) -> Any:
    if name == "bool":
        decided = machine.truth_of(value)
        return Unknown("a condition that is not known") if decided is None else decided
    method = value.cls.find(_CONVERSIONS.get(name, "")) or (
        value.cls.find("__index__") if name == "int" else None
    )
    if method is None:
        return Unknown(f"what {name}() returns")
    return machine.call(Bound(method, value), Arguments([], {}), node)


def _size_of(machine: Machine, name: str, values: list[Any]) -> Any:
    """``int(n)`` of a size is the size."""
    if name == "int" and len(values) == 1 and isinstance(values[0], (Symbol, Unknown)):
        return values[0]
    if name == "bool" and len(values) == 1:
        decided = machine.truth_of(values[0])
        return Unknown("a condition that is not known") if decided is None else decided
    return Unknown(f"what {name}() returns")


def first(arguments: Arguments) -> Any:
    """The first argument."""
    return arguments.positional[0] if arguments.positional else Unknown("a missing argument")


def _make_text(name: str) -> None:
    @handles(name)
    def handler(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
        values = arguments.positional
        if arguments.more_positional or arguments.keywords or len(values) > 1:
            if name == "format" and len(values) == 2 and isinstance(values[1], str):
                found = texts.formatted(machine, values[0], None, values[1])
                return Unknown("a formatted string") if found is None else found
            return Unknown(f"what {name}() returns")
        if not values:
            return ""
        return texts.text_of(machine, values[0], quoted=name == "repr")


for _name in ("str", "repr", "format"):
    _make_text(_name)


@handles("len")
def _len(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    value = first(arguments)
    if isinstance(value, (Tensor, Array)):
        if value.shape.open:
            return Unknown("the length of something not known")
        return value.shape.dims[0] if value.shape.dims else Unknown("a scalar has no length")
    if isinstance(value, (ListValue, DictValue)):
        return Unknown(value.reason) if value.items is None else len(value.items)
    if isinstance(value, range) and value[sys.maxsize :]:
        return machine.throw("OverflowError", "Python int too large to convert to C ssize_t")
    if isinstance(value, (str, bytes, tuple, range)):
        return len(value)
    if isinstance(value, Foreign):
        return machine.attribute(value, "__len__", node)
    if isinstance(value, Instance) and value.cls.find("__len__") is not None:
        return machine.call(Bound(value.cls.find("__len__"), value), Arguments([], {}), node)
    if isinstance(value, DictView) or _has_length(value):
        items = machine.items_of(value, node)
        if items is not None:
            return len(items)
    return Unknown("the length of something not known", label="len")


def _has_length(value: Any) -> bool:
    return bool(getattr(getattr(value, "cls", value), "is_named_tuple", False)) or bool(
        getattr(value, "is_enum", False)
    )


@handles("range", "xrange")
def _range(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    if all(isinstance(v, int) for v in arguments.positional) and arguments.positional:
        try:
            return range(*arguments.positional)
        except (ValueError, TypeError) as error:
            return machine.throw(type(error).__name__, str(error))
    return Unknown("a range that is not known")


@handles("slice")
def _slice(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    if arguments.more_positional or not 1 <= len(arguments.positional) <= 3:
        return Unknown("a slice")
    return slice(*arguments.positional)


@handles("dict")
def _dict(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    return operators.make_dict(machine, arguments)


@handles("super")
def _super(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    from kerashape.interpret.objects import Class

    frame = machine.frame
    if len(arguments.positional) == 2 and isinstance(arguments.positional[0], Class):
        return Super(arguments.positional[0], arguments.positional[1])
    if frame.owner is None or frame.receiver is None:
        return Unknown("super() outside of a method")
    return Super(frame.owner, frame.receiver)


@handles("print")
def _print(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    return None


@handles("exit", "quit")
def _exit(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    return operators.EXIT


@handles("globals")
def _globals(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    scope = machine.scope.module
    return DictValue(None, "the names of a module") if scope.stars else scope_dict(scope.variables)


def scope_dict(variables: dict[str, Any]) -> DictValue:
    """A dict of names; what is stored into it is not followed."""
    return DictValue(dict(variables))


OLD_NAMES = frozenset(["unicode", "xrange", "raw_input", "basestring", "long"])
"""Those of Python 2."""

NAMES = _EXCEPTIONS | frozenset(_PURE) | frozenset(
    ["str", "repr", "format", "len", "range", "slice", "dict", "super", "print", "exit", "quit", "globals",
     "list", "tuple", "set", "zip", "enumerate", "reversed", "sorted", "map", "filter", "sum",
     "any", "all", "max", "min", "iter", "next", "isinstance", "issubclass", "hasattr", "getattr",
     "setattr", "delattr", "callable", "type", "vars", "object", "property", "staticmethod",
     "classmethod", "input", "open", "id", "hash", "dir", "locals", "eval", "exec",
     "frozenset", "bytearray", "memoryview", "display", "get_ipython", "__name__", "__file__", "__doc__", "NotImplemented",
     "__import__", "compile", "breakpoint", "help", "aiter", "anext", "__build_class__"]
)  # fmt: skip
