"""Iterables: what a loop visits, and the builtins that go over one."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kerashape.interpret.builtins import handles
from kerashape.interpret.callables import Bound
from kerashape.interpret.containers import DictValue, ListValue, SetValue
from kerashape.interpret.join import joined
from kerashape.interpret.objects import Class, Instance
from kerashape.interpret.operators import item_of
from kerashape.interpret.plain import from_python, to_python
from kerashape.interpret.raising import ExceptionValue, Raised
from kerashape.interpret.sorting import ordered
from kerashape.interpret.streams import Given, IteratorValue, Stream
from kerashape.interpret.values import iterate, truth
from kerashape.keras.datasets import classes_of
from kerashape.keras.layers.base import Array
from kerashape.keras.signature import Arguments
from kerashape.shapes import Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

_MOST = 600


def iterable(machine: Machine, value: Any) -> Any:
    """A stream as it is there: in a graph nobody knows how many rows a batch will have."""
    if not isinstance(value, Stream):
        return value
    graph = any(frame.function is not None and frame.function.graph for frame in machine.frames)
    return value.traced if graph else value


def items_of(machine: Machine, value: Any, node: ast.AST) -> list[Any] | None:
    """The items that ``for`` would visit; None where they are not known."""
    if isinstance(value, Instance) and not value.cls.is_named_tuple:
        return _instance_items(machine, value, node)
    if isinstance(value, Class) and value.is_enum:
        return [item for item in value.attributes.values() if isinstance(item, Instance)]
    found = iterate(iterable(machine, value))
    if found is None:
        machine.risks += 1
    return found


def _instance_items(machine: Machine, value: Instance, node: ast.AST) -> list[Any] | None:
    if value.cls.find("__iter__") is not None:
        inner = machine.call(Bound(value.cls.find("__iter__"), value), Arguments([], {}), node)
        if not isinstance(inner, Instance):
            return iterate(inner)
        return _until(machine, inner, "__next__", "StopIteration", node, counted=False)
    if value.cls.find("__getitem__") is not None:
        return _until(machine, value, "__getitem__", "IndexError", node, counted=True)
    return None


def _until(
    machine: Machine, value: Instance, name: str, end: str, node: ast.AST, *, counted: bool
) -> list[Any] | None:
    """Call a method until it raises the exception that ends the iteration."""
    method = value.cls.find(name)
    if method is None:
        return None
    found: list[Any] = []
    depth, risks = machine.journal.depth, machine.risks
    machine.trying += 1
    try:
        for index in range(_MOST):
            arguments = Arguments([index] if counted else [], {})
            found.append(machine.call(Bound(method, value), arguments, node))
            if machine.journal.depth > depth or machine.risks != risks:
                return None
    except Raised as raised:
        known = isinstance(raised.value, ExceptionValue) and raised.value.name == end
        return found if known else None
    finally:
        machine.trying -= 1
    return None


def iterator(machine: Machine, items: list[Any] | None) -> IteratorValue:
    """An iterator over these items."""
    return IteratorValue(machine, lambda: Given(items, True, joined(items or [])))


def _items(machine: Machine, value: Any, node: ast.AST) -> list[Any] | None:
    return machine.items_of(value, node)


def in_any_order(machine: Machine, value: Any, node: ast.AST) -> list[Any] | None:
    """The items, for one who does not mind their order: that of a set is not known."""
    if isinstance(value, SetValue):
        return None if value.items is None else list(value.items)
    return machine.items_of(value, node)


def _first(arguments: Arguments) -> Any:
    return arguments.positional[0] if arguments.positional else Unknown("a missing argument")


def _several(
    machine: Machine, values: list[Any], node: ast.AST, *, longest: bool = False
) -> list[list[Any]] | None:
    """The items of each; an iterator that is given several times is shared."""
    shared = {id(v) for v in values if isinstance(v, IteratorValue)}
    if len(shared) < sum(isinstance(v, IteratorValue) for v in values):
        if len(shared) > 1 or not all(isinstance(v, IteratorValue) for v in values):
            return None
        whole = iterate(values[0])
        if whole is None:
            return None
        return [whole[k :: len(values)] for k in range(len(values))]
    if len(values) > 1 and shared and not longest:
        return _side_by_side(machine, values, node)
    parts = [_items(machine, value, node) for value in values]
    return None if any(part is None for part in parts) else [part or [] for part in parts]


def _side_by_side(machine: Machine, values: list[Any], node: ast.AST) -> list[list[Any]] | None:
    """As ``zip`` asks: one of each in turn, until one of them ends."""
    sources = [v if isinstance(v, IteratorValue) else _items(machine, v, node) for v in values]
    parts: list[list[Any]] = [[] for _ in values]
    for index in range(_MOST):
        for source, part in zip(sources, parts):
            if source is None:
                return None
            if isinstance(source, list):
                found: Any = (source[index], True) if index < len(source) else (None, False)
            else:
                found = source.take()
            if found is None:
                return None
            if not found[1]:
                return parts
            part.append(found[0])
    return None


def _streams(machine: Machine, sources: list[Any]) -> Any:
    """Pieces of data, each in a tuple with an item of every other source."""
    from kerashape.interpret.data.values import GENERATOR, Pipeline

    sources = [iterable(machine, source) for source in sources]
    better = any(isinstance(source, Stream) and source.first is not None for source in sources)
    return Pipeline(
        GENERATOR,
        tuple(to_python(item_of(source)) for source in sources),
        Unknown("how many there are"),
        nonempty=all(source.nonempty for source in sources if isinstance(source, Stream)),
        first=tuple(to_python(first_of(source)) for source in sources) if better else None,
    )


def first_of(value: Any) -> Any:
    """The first item, as far as it is known, of something that has one."""
    first = value.first if isinstance(value, Stream) else None
    return item_of(value) if first is None else from_python(first)


@handles("iter")
def _iter(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    value = iterable(machine, _first(arguments))
    if isinstance(value, Stream):
        return value if value.first is None else _from_the_first(machine, value)
    if len(arguments.positional) != 1:
        return Unknown("an iterator")
    if isinstance(value, Instance) and value.cls.find("__iter__") is not None:
        return machine.call(Bound(value.cls.find("__iter__"), value), Arguments([], {}), node)
    items = _items(machine, value, node)
    return Unknown("an iterator") if items is None else iterator(machine, items)


def _from_the_first(machine: Machine, stream: Stream) -> IteratorValue:
    return IteratorValue(
        machine, lambda: Given([from_python(stream.first)], False, from_python(stream.piece))
    )


@handles("next")
def _next(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    value = _first(arguments)
    if isinstance(value, Instance) and value.cls.find("__next__") is not None:
        return machine.call(Bound(value.cls.find("__next__"), value), Arguments([], {}), node)
    found = value.take() if isinstance(value, IteratorValue) else None
    if found is None and isinstance(value, Stream):
        return item_of(value)
    if found is None:
        return Unknown("what an iterator gives")
    if found[1]:
        return found[0]
    if len(arguments.positional) > 1:
        return arguments.positional[1]
    return machine.throw("StopIteration", "")


def _known(machine: Machine, arguments: Arguments, node: ast.AST) -> list[Any] | None:
    """The items of the only argument; none at all where there is no argument."""
    if arguments.more_positional:
        return None
    return _items(machine, arguments.positional[0], node) if arguments.positional else []


@handles("list")
def _list(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    items = _known(machine, arguments, node)
    return ListValue(items, "" if items is not None else "a list of something not known")


@handles("tuple")
def _tuple(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    items = _known(machine, arguments, node)
    return Unknown("a tuple of something not known") if items is None else tuple(items)


@handles("set", "frozenset")
def _set(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    from kerashape.interpret.items import is_key

    given = arguments.positional[0] if arguments.positional else ()
    classes = _classes(given, every=True)
    items = in_any_order(machine, given, node) if classes is None else list(range(classes))
    if items is None or not all(is_key(item) for item in items):
        return SetValue(None, "a set of something not known")
    return SetValue(dict.fromkeys(items))


def _classes(labels: Any, *, every: bool = False) -> int | None:
    """How many classes a row of all the labels of a data set has."""
    one_row = isinstance(labels, Array) and not labels.shape.open and labels.shape.rank == 1
    return classes_of(labels, every=every) if one_row else None


@handles("zip")
def _zip(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    values = list(arguments.positional)
    parts = None if arguments.more_positional else _several(machine, values, node)
    if parts is None:
        if any(isinstance(value, Stream) for value in values):
            return _streams(machine, values)
        return ListValue(None, "a zip of something not known")
    return iterator(machine, list(zip(*parts)))


@handles("enumerate")
def _enumerate(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    items = _items(machine, _first(arguments), node)
    if items is None and isinstance(_first(arguments), Stream):
        return _streams(machine, [ListValue(None, "the counter of a loop"), _first(arguments)])
    start = (arguments.keywords or {}).get("start", 0)
    if len(arguments.positional) > 1:
        start = arguments.positional[1]
    if items is None or not isinstance(start, int):
        return ListValue(None, "an enumeration of something not known")
    return iterator(machine, list(enumerate(items, start)))


@handles("reversed")
def _reversed(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    items = _items(machine, _first(arguments), node)
    if items is None:
        return ListValue(None, "something reversed")
    return iterator(machine, items[::-1])


@handles("sorted")
def _sorted(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    items = in_any_order(machine, _first(arguments), node)
    found = None if items is None else ordered(machine, items, arguments.keywords or {}, node)
    return ListValue(found, "" if found is not None else "something sorted")


@handles("map")
def _map(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    function, *sources = arguments.positional or [None]
    parts = None if arguments.more_positional else _several(machine, sources, node)
    if parts is None:
        return ListValue(None, "a map over something not known")
    rows = list(zip(*parts))
    return iterator(machine, [machine.call_function(function, *row, node=node) for row in rows])


@handles("filter")
def _filter(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    if len(arguments.positional) < 2:
        return Unknown("a filter")
    items = _items(machine, arguments.positional[1], node)
    if items is None:
        return ListValue(None, "a filter of something not known")
    function, kept = arguments.positional[0], []
    for item in items:
        value = item if function is None else machine.call_function(function, item, node=node)
        keep = machine.truth_of(value)
        if keep is None:
            return ListValue(None, "a filter whose answer is not known")
        if keep:
            kept.append(item)
    return iterator(machine, kept)


@handles("sum")
def _sum(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    from kerashape.interpret import operators

    items = _items(machine, _first(arguments), node)
    if items is None:
        return Unknown("a sum of something not known")
    total = arguments.positional[1] if len(arguments.positional) > 1 else 0
    total = (arguments.keywords or {}).get("start", total)
    for item in items:
        total = operators.binary(machine, "Add", total, item, node)
    return total


@handles("any")
def _any(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    return _quantify(machine, arguments, node, True)


@handles("all")
def _all(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    return _quantify(machine, arguments, node, False)


def _quantify(machine: Machine, arguments: Arguments, node: ast.AST, decisive: bool) -> Any:
    items = in_any_order(machine, _first(arguments), node)
    if items is None:
        return Unknown("a condition that is not known")
    truths = [machine.truth_of(item) for item in items]
    if decisive in truths:
        return decisive
    return Unknown("a condition that is not known") if None in truths else not decisive


def _make_extreme(name: str, greatest: bool) -> None:
    @handles(name)
    def handler(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
        keywords = dict(arguments.keywords or {})
        several = len(arguments.positional) != 1
        classes = None if several or keywords else _classes(arguments.positional[0])
        if classes is not None:
            return classes - 1 if greatest else 0
        items = (
            list(arguments.positional)
            if several
            else in_any_order(machine, arguments.positional[0], node)
        )
        default = keywords.pop("default", None)
        unknown = Unknown(f"the {name}imum of something not known")
        if items is None or arguments.more_positional:
            return unknown
        if not items:
            return default if "default" in (arguments.keywords or {}) else unknown
        # the first of several equal ones wins, as in a stable sort
        ranked = ordered(machine, items, {**keywords, "reverse": greatest}, node)
        return unknown if ranked is None else ranked[0]


_make_extreme("max", True)
_make_extreme("min", False)

Answer = Callable[..., Any]
__all__ = ["DictValue", "items_of", "iterator", "truth"]
