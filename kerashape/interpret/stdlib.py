"""The part of the standard library that model code computes with."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import libcst as cst

from kerashape.interpret import operators
from kerashape.interpret.values import (
    DictValue,
    ListValue,
    Partial,
    from_python,
    iterate,
)
from kerashape.keras.signature import Arguments
from kerashape.shapes import Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

Handler = Callable[["Machine", Arguments, cst.CSTNode], Any]
_HANDLERS: dict[str, Handler] = {}


def handles(*paths: str) -> Callable[[Handler], Handler]:
    """Register what a library function does."""

    def register(function: Handler) -> Handler:
        for path in paths:
            _HANDLERS[path] = function
        return function

    return register


def find(path: str) -> Handler | None:
    """What the function at ``path`` does, if it is known."""
    return _HANDLERS.get(path)


@handles("functools.partial")
def _partial(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    if arguments.more_positional or arguments.more_keywords or not arguments.positional:
        return Unknown("a partial with arguments that are not known")
    function, *rest = arguments.positional
    return Partial(function, tuple(rest), dict(arguments.keywords or {}))


@handles("functools.reduce")
def _reduce(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    items = iterate(arguments.positional[1]) if len(arguments.positional) > 1 else None
    if items is None:
        return Unknown("a reduction over something not known")
    items = [*arguments.positional[2:3], *items]
    if not items:
        return Unknown("an empty reduction")
    result = items[0]
    for item in items[1:]:
        result = machine.call_function(arguments.positional[0], result, item, node=node)
    return result


@handles("operator.mul", "operator.add", "operator.sub", "operator.floordiv")
def _operator(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    return Unknown("an operator function")


@handles("collections.OrderedDict")
def _ordered_dict(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    return operators.make_dict(arguments)


@handles("collections.defaultdict", "collections.Counter")
def _defaultdict(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    return DictValue(None, "a dict that fills itself")


@handles("copy.copy", "copy.deepcopy")
def _copy(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    value = arguments.positional[0] if arguments.positional else None
    if isinstance(value, (ListValue, DictValue)) and value.items is not None:
        return type(value)(value.items.copy())  # type: ignore[arg-type]
    if isinstance(value, (int, float, str, tuple, type(None))):
        return value
    return Unknown("a copy")


@handles("itertools.chain")
def _chain(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    parts = [iterate(value) for value in arguments.positional]
    if arguments.more_positional or any(part is None for part in parts):
        return ListValue(None, "a chain of something not known")
    return ListValue([item for part in parts for item in part or ()])


@handles("itertools.product")
def _product(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    import itertools

    parts = [iterate(value) for value in arguments.positional]
    if arguments.more_positional or arguments.keywords or any(part is None for part in parts):
        return ListValue(None, "a product of something not known")
    return from_python(list(itertools.islice(itertools.product(*parts), 4096)))  # type: ignore[arg-type]


@handles("sys.exit", "os._exit", "quit", "exit")
def _exit(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    return operators.EXIT
