"""Python's builtin functions and classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import libcst as cst

from kerashape.interpret import operators
from kerashape.interpret.values import (
    Bound,
    Builtin,
    Class,
    Decorated,
    DictValue,
    External,
    Foreign,
    Function,
    Instance,
    ListValue,
    SetValue,
    Stream,
    Super,
    from_python,
    is_constant,
    iterate,
    to_python,
    truth,
)
from kerashape.keras.graph import Operation, Tensor
from kerashape.keras.layers.base import Array
from kerashape.keras.signature import Arguments
from kerashape.shapes import Symbol, Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

Handler = Callable[["Machine", Arguments, cst.CSTNode], Any]
_HANDLERS: dict[str, Handler] = {}

_PURE: dict[str, Callable[..., Any]] = {
    "int": int, "float": float, "bool": bool, "str": str, "abs": abs, "round": round,
    "divmod": divmod, "pow": pow, "ord": ord, "chr": chr, "hex": hex, "bin": bin, "repr": repr,
    "complex": complex, "bytes": bytes, "format": format, "hash": hash, "ascii": ascii,
}  # fmt: skip

_EXCEPTIONS = [
    "BaseException",
    "Exception",
    "ValueError",
    "TypeError",
    "KeyError",
    "IndexError",
    "RuntimeError",
    "OSError",
    "IOError",
    "ImportError",
    "ModuleNotFoundError",
    "AttributeError",
    "NotImplementedError",
    "StopIteration",
    "AssertionError",
    "FileNotFoundError",
    "KeyboardInterrupt",
    "ZeroDivisionError",
    "UnicodeDecodeError",
    "DeprecationWarning",
    "UserWarning",
    "FutureWarning",
    "Warning",
    "ArithmeticError",
]


def handles(name: str) -> Callable[[Handler], Handler]:
    """Register what a builtin does."""

    def register(function: Handler) -> Handler:
        _HANDLERS[name] = function
        return function

    return register


def call(machine: Machine, name: str, arguments: Arguments, node: cst.CSTNode) -> Any:
    """Call a builtin."""
    handler = _HANDLERS.get(name)
    if handler is not None:
        return handler(machine, arguments, node)
    function = _PURE.get(name)
    values = [*arguments.positional, *(arguments.keywords or {}).values()]
    if function is not None and not arguments.more_positional and not arguments.more_keywords:
        if all(is_constant(value) for value in values) and not _huge(name, values):
            try:
                return function(*arguments.positional, **(arguments.keywords or {}))
            except (ValueError, TypeError, ArithmeticError, LookupError):
                return Unknown(f"{name}() raises here")
        return _size_of(name, values)
    return Unknown(f"what {name}() returns")


def _huge(name: str, values: list[Any]) -> bool:
    return name in ("pow", "bytes") and any(isinstance(v, int) and abs(v) > 1000 for v in values)


def _size_of(name: str, values: list[Any]) -> Any:
    """``int(n)`` of a size is the size."""
    if name == "int" and len(values) == 1:
        if isinstance(values[0], Symbol):
            return values[0]
        if isinstance(values[0], Unknown):
            return values[0]
    return Unknown(f"what {name}() returns")


def _one(arguments: Arguments) -> Any:
    return arguments.positional[0] if arguments.positional else Unknown("a missing argument")


@handles("len")
def _len(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    value = _one(arguments)
    if isinstance(value, (Tensor, Array)):
        if value.shape.open:
            return Unknown("the length of something not known")
        return value.shape.dims[0] if value.shape.dims else Unknown("a scalar has no length")
    if isinstance(value, (ListValue, DictValue)):
        return Unknown(value.reason) if value.items is None else len(value.items)
    if isinstance(value, (str, bytes, tuple, range)):
        return len(value)
    if isinstance(value, Foreign):
        return machine.attribute(value, "__len__", node)
    if isinstance(value, Instance) and value.cls.find("__len__") is not None:
        return machine.call(Bound(value.cls.find("__len__"), value), Arguments([], {}), node)
    return Unknown("the length of something not known", label="len")


@handles("range")
def _range(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    if all(isinstance(v, int) for v in arguments.positional) and arguments.positional:
        try:
            return range(*arguments.positional)
        except (ValueError, TypeError):
            return Unknown("range() raises here")
    return Unknown("a range that is not known")


@handles("list")
def _list(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    if not arguments.positional:
        return ListValue([])
    items = iterate(_one(arguments))
    return ListValue(items, "" if items is not None else "a list of something not known")


@handles("tuple")
def _tuple(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    if not arguments.positional:
        return ()
    items = iterate(_one(arguments))
    return Unknown("a tuple of something not known") if items is None else tuple(items)


@handles("set")
def _set(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    items = iterate(_one(arguments)) if arguments.positional else []
    if items is None or not all(is_constant(item) for item in items):
        return SetValue(None, "a set of something not known")
    return SetValue(dict.fromkeys(items))


@handles("dict")
def _dict(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    return operators.make_dict(arguments)


def _side_by_side(sources: list[Any]) -> Any:
    """Pieces of data, each in a tuple with an item of every other source."""
    from kerashape.interpret.data.values import GENERATOR, Pipeline

    element = tuple(to_python(operators.item_of(source)) for source in sources)
    nonempty = all(source.nonempty for source in sources if isinstance(source, Stream))
    return Pipeline(GENERATOR, element, Unknown("how many there are"), nonempty=nonempty)


@handles("zip")
def _zip(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    parts = [iterate(value) for value in arguments.positional]
    if arguments.more_positional or any(part is None for part in parts):
        if any(isinstance(value, Stream) for value in arguments.positional):
            return _side_by_side(list(arguments.positional))
        return ListValue(None, "a zip of something not known")
    return ListValue(list(zip(*(part for part in parts if part is not None))))


@handles("enumerate")
def _enumerate(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    items = iterate(_one(arguments))
    if items is None and isinstance(_one(arguments), Stream):
        return _side_by_side([ListValue(None, "the counter of a loop"), _one(arguments)])
    start = (arguments.keywords or {}).get("start", 0)
    if len(arguments.positional) > 1:
        start = arguments.positional[1]
    if items is None or not isinstance(start, int):
        return ListValue(None, "an enumeration of something not known")
    return ListValue(list(enumerate(items, start)))


@handles("reversed")
def _reversed(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    items = iterate(_one(arguments))
    return ListValue(None if items is None else items[::-1], "something reversed")


@handles("sorted")
def _sorted(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    items = iterate(_one(arguments))
    keywords = arguments.keywords or {}
    if items is None or "key" in keywords or not all(is_constant(item) for item in items):
        return ListValue(None, "something sorted")
    try:
        return ListValue(sorted(items, reverse=bool(truth(keywords.get("reverse", False)))))
    except TypeError:
        return ListValue(None, "sorted() raises here")


@handles("map")
def _map(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    function, *sources = arguments.positional or [None]
    parts = [iterate(value) for value in sources]
    if arguments.more_positional or any(part is None for part in parts):
        return ListValue(None, "a map over something not known")
    rows = list(zip(*(part for part in parts if part is not None)))
    return ListValue([machine.call_function(function, *row, node=node) for row in rows])


@handles("filter")
def _filter(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    items = iterate(arguments.positional[1]) if len(arguments.positional) > 1 else None
    if items is None:
        return ListValue(None, "a filter of something not known")
    function, kept = arguments.positional[0], []
    for item in items:
        keep = truth(item if function is None else machine.call_function(function, item, node=node))
        if keep is None:
            return ListValue(None, "a filter whose answer is not known")
        if keep:
            kept.append(item)
    return ListValue(kept)


def _items(arguments: Arguments) -> list[Any] | None:
    if arguments.more_positional:
        return None
    if len(arguments.positional) == 1:
        return iterate(arguments.positional[0])
    return list(arguments.positional)


@handles("sum")
def _sum(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    items = iterate(_one(arguments))
    if items is None:
        return Unknown("a sum of something not known")
    start = arguments.positional[1] if len(arguments.positional) > 1 else 0
    for item in items:
        start = operators.binary(machine, "Add", start, item, node)
    return start


def _make_extreme(name: str, function: Callable[..., Any]) -> None:
    def handler(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
        items = _items(arguments)
        if items and not arguments.keywords and all(is_constant(item) for item in items):
            try:
                return function(items)
            except TypeError:
                return Unknown(f"{name}() raises here")
        return Unknown(f"the {name}imum of something not known")

    _HANDLERS[name] = handler


_make_extreme("max", max)
_make_extreme("min", min)


@handles("any")
def _any(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    return _quantify(arguments, True)


@handles("all")
def _all(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    return _quantify(arguments, False)


def _quantify(arguments: Arguments, decisive: bool) -> Any:
    items = iterate(_one(arguments))
    if items is None:
        return Unknown("a condition that is not known")
    truths = [truth(item) for item in items]
    if decisive in truths:
        return decisive
    return Unknown("a condition that is not known") if None in truths else not decisive


@handles("isinstance")
def _isinstance(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    if len(arguments.positional) < 2:
        return Unknown("isinstance")
    value, kinds = arguments.positional[:2]
    kinds = kinds if isinstance(kinds, tuple) else (kinds,)
    answers = [_is_instance(value, kind) for kind in kinds]
    if True in answers:
        return True
    return Unknown("a type that is not known") if None in answers else False


_TYPES: dict[str, tuple[type, ...]] = {
    "int": (int,), "float": (float,), "str": (str,), "bool": (bool,), "tuple": (tuple,),
    "list": (ListValue,), "dict": (DictValue,), "bytes": (bytes,), "complex": (complex,),
}  # fmt: skip


def _is_instance(value: Any, kind: Any) -> bool | None:
    if isinstance(value, (Unknown, Symbol)) or isinstance(kind, Unknown):
        return None
    if isinstance(kind, Builtin) and kind.name in _TYPES:
        return isinstance(value, _TYPES[kind.name])
    cls = getattr(value, "cls", None)
    if isinstance(kind, Class):
        return isinstance(cls, Class) and any(c is kind for c in cls.lineage())
    if isinstance(kind, External):
        if is_constant(value) or isinstance(value, (ListValue, DictValue)):
            return False
        if isinstance(value, Operation):
            from kerashape.interpret.keras_layers import is_keras_instance

            return is_keras_instance(value, kind.path)
    return None


@handles("hasattr")
def _hasattr(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    value, name = (*arguments.positional, None, None)[:2]
    if isinstance(value, Instance) and isinstance(name, str):
        if name in value.attributes or value.cls.find(name) is not None:
            return True
        return Unknown("an attribute") if value.cls.is_open or value.cls.external_bases else False
    return Unknown("whether it has an attribute")


@handles("getattr")
def _getattr(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    value, name = (*arguments.positional, None, None)[:2]
    if not isinstance(name, str):
        return Unknown("an attribute whose name is not known")
    if len(arguments.positional) > 2:
        found = _hasattr(machine, Arguments([value, name]), node)
        if found is False:
            return arguments.positional[2]
        if isinstance(value, Unknown):
            return Unknown(value.reason)
    return machine.attribute(value, name, node)


@handles("setattr")
def _setattr(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    from kerashape.interpret import attributes

    if len(arguments.positional) == 3:
        value, name, item = arguments.positional
        if isinstance(name, str):
            attributes.set(machine, value, name, item)
        else:
            machine.forget(value, "an attribute was set whose name is not known")
    return None


@handles("callable")
def _callable(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    value = _one(arguments)
    if isinstance(value, (Function, Bound, Class, Builtin)):
        return True
    return False if is_constant(value) else Unknown("whether it is callable")


@handles("type")
def _type(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    value = _one(arguments)
    cls = getattr(value, "cls", None)
    if isinstance(cls, Class):
        return cls
    for name, kinds in _TYPES.items():
        if type(value) in kinds:
            return Builtin(name)
    return Unknown("a type")


@handles("super")
def _super(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    frame = machine.frame
    if len(arguments.positional) == 2 and isinstance(arguments.positional[0], Class):
        return Super(arguments.positional[0], arguments.positional[1])
    if frame.owner is None or frame.receiver is None:
        return Unknown("super() outside of a method")
    return Super(frame.owner, frame.receiver)


@handles("print")
def _print(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    return None


@handles("exit")
@handles("quit")
def _exit(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    return operators.EXIT


@handles("iter")
def _iter(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    value = _one(arguments)
    return value if isinstance(value, Stream) else Unknown("an iterator")


@handles("next")
def _next(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    value = _one(arguments)
    return (
        operators.item_of(value) if isinstance(value, Stream) else Unknown("what an iterator gives")
    )


@handles("slice")
def _slice(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    try:
        return slice(*arguments.positional)
    except TypeError:
        return Unknown("a slice")


NAMES = frozenset(
    [*_HANDLERS, *_PURE, *_EXCEPTIONS, "object", "property", "staticmethod", "classmethod",
     "input", "open", "id", "vars", "dir", "globals", "locals", "eval", "exec", "delattr",
     "frozenset", "bytearray", "memoryview", "issubclass", "unicode", "xrange", "raw_input",
     "display", "get_ipython", "__name__", "__file__", "__doc__", "NotImplemented"]
)  # fmt: skip

__all__ = ["NAMES", "Decorated", "call", "from_python"]
