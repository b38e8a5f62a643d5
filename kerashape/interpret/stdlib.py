"""The part of the standard library that model code computes with."""

from __future__ import annotations

import ast
import itertools
import posixpath
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kerashape.interpret import operators, texts
from kerashape.interpret.callables import External, NullContext, Partial, Python
from kerashape.interpret.containers import Attributes, Deque, DictValue, ListValue
from kerashape.interpret.join import joined
from kerashape.interpret.objects import Instance
from kerashape.interpret.plain import is_constant
from kerashape.interpret.streams import Given, IteratorValue
from kerashape.keras.signature import Arguments
from kerashape.shapes import Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

Handler = Callable[["Machine", Arguments, ast.AST], Any]
_HANDLERS: dict[str, Handler] = {}
_MOST = 4096


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


def iterator(machine: Machine, items: list[Any], *, whole: bool = True) -> IteratorValue:
    """An iterator over these items; of an endless one they are just the first."""
    return IteratorValue(machine, lambda: Given(items, whole, joined(items)))


# -- functools ------------------------------------------------------------------------


@handles("functools.partial", "functools.partialmethod")
def _partial(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    if arguments.more_positional or arguments.more_keywords or not arguments.positional:
        return Unknown("a partial with arguments that are not known")
    function, *rest = arguments.positional
    return Partial(function, tuple(rest), dict(arguments.keywords or {}))


@handles("functools.reduce")
def _reduce(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    several = len(arguments.positional) > 1
    items = machine.items_of(arguments.positional[1], node) if several else None
    if items is None:
        return Unknown("a reduction over something not known")
    items = [*arguments.positional[2:3], *items]
    if not items:
        return machine.throw("TypeError", "reduce() of empty iterable with no initial value")
    result = items[0]
    for item in items[1:]:
        result = machine.call_function(arguments.positional[0], result, item, node=node)
    return result


# -- operator -------------------------------------------------------------------------

_BINARY = {
    "add": "Add", "sub": "Subtract", "mul": "Multiply", "truediv": "Divide",
    "floordiv": "FloorDivide", "mod": "Modulo", "pow": "Power", "and_": "BitAnd",
    "or_": "BitOr", "xor": "BitXor", "matmul": "MatrixMultiply", "concat": "Add",
}  # fmt: skip
_COMPARE = {
    "eq": "Equal", "ne": "NotEqual", "lt": "LessThan", "le": "LessThanEqual",
    "gt": "GreaterThan", "ge": "GreaterThanEqual", "is_": "Is", "is_not": "IsNot",
}  # fmt: skip


def _make_operator(name: str, operator: str, function: Callable[..., Any]) -> None:
    @handles(f"operator.{name}")
    def handler(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
        if len(arguments.positional) != 2:
            return Unknown(f"what operator.{name}() returns")
        left, right = arguments.positional
        return function(machine, operator, left, right, node)


for _name, _operator in _BINARY.items():
    _make_operator(_name, _operator, operators.binary)
for _name, _operator in _COMPARE.items():
    _make_operator(_name, _operator, operators.compare)


def _make_unary(name: str, operator: str) -> None:
    @handles(f"operator.{name}")
    def handler(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
        value = arguments.positional[0] if arguments.positional else None
        return operators.unary(machine, operator, value, node)


_make_unary("neg", "Minus")
_make_unary("not_", "Not")
_make_unary("pos", "Plus")


@handles("operator.itemgetter")
def _itemgetter(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    keys = list(arguments.positional)

    def get(m: Machine, given: Arguments, node: ast.AST) -> Any:
        found = [operators.subscript(m, given.positional[0], key, node) for key in keys]
        return found[0] if len(found) == 1 else tuple(found)

    return Python("itemgetter", get)


@handles("operator.attrgetter")
def _attrgetter(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    names = list(arguments.positional)
    if not all(isinstance(name, str) for name in names):
        return Unknown("an attribute whose name is not known")

    def get(m: Machine, given: Arguments, node: ast.AST) -> Any:
        found = []
        for name in names:
            value = given.positional[0]
            for part in name.split("."):
                value = m.attribute(value, part, node)
            found.append(value)
        return found[0] if len(found) == 1 else tuple(found)

    return Python("attrgetter", get)


@handles("operator.methodcaller")
def _methodcaller(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    if not arguments.positional or not isinstance(arguments.positional[0], str):
        return Unknown("a method whose name is not known")
    name, *rest = arguments.positional

    def call(m: Machine, given: Arguments, node: ast.AST) -> Any:
        method = m.attribute(given.positional[0], name, node)
        return m.call(method, Arguments(rest, arguments.keywords), node)

    return Python("methodcaller", call)


# -- collections and copy ---------------------------------------------------------------


@handles("collections.OrderedDict")
def _ordered_dict(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    return operators.make_dict(machine, arguments)


@handles("collections.defaultdict")
def _defaultdict(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    factory, *rest = arguments.positional or [None]
    found = operators.make_dict(machine, Arguments(rest, arguments.keywords))
    found.default = factory
    return found


@handles("collections.Counter")
def _counter(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    counts: dict[Any, Any] = {}
    if arguments.keywords or arguments.more_keywords or arguments.more_positional:
        return DictValue(None, "a counter")
    value = arguments.positional[0] if arguments.positional else ()
    if isinstance(value, DictValue):
        counts = dict(value.items) if value.items is not None else {}
        known = value.items is not None
    else:
        items = machine.items_of(value, node)
        known = items is not None and all(map(operators.is_key, items))
        for item in items or () if known else ():
            counts[item] = counts.get(item, 0) + 1
    found = DictValue(counts if known else None, "" if known else "a counter")
    found.counts = True
    return found


@handles("collections.deque")
def _deque(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    items = machine.items_of(arguments.positional[0], node) if arguments.positional else []
    bounded = len(arguments.positional) > 1 or bool(arguments.keywords)
    return Deque(None if bounded else items, "a queue")


@handles("copy.copy")
def _copy(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    value = arguments.positional[0] if arguments.positional else None
    return _copied(value, {})


@handles("copy.deepcopy")
def _deepcopy(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    value = arguments.positional[0] if arguments.positional else None
    return _copied(value, {}, deep=True)


def _copied(value: Any, made: dict[int, Any], *, deep: bool = False) -> Any:
    if id(value) in made:
        return made[id(value)]

    def inner(item: Any) -> Any:
        return _copied(item, made, deep=True) if deep else item

    if isinstance(value, (ListValue, DictValue)):
        if len(made) > 10_000:
            return Unknown("a copy that is too large")
        kind = DictValue if isinstance(value, Attributes) else type(value)
        copied: Any = kind(None, value.reason)
        made[id(value)] = copied
        if isinstance(value, ListValue) and value.items is not None:
            copied.items = [inner(item) for item in value.items]
        elif isinstance(value, DictValue) and value.items is not None:
            copied.items = {key: inner(item) for key, item in value.items.items()}
        if isinstance(value, DictValue):
            copied.default, copied.counts = value.default, value.counts
        return copied
    if isinstance(value, tuple):
        return tuple(inner(item) for item in value)
    if isinstance(value, Instance):
        if value.cls.is_enum:
            return value
        if any(value.cls.find(name) for name in ("__copy__", "__deepcopy__", "__reduce__")):
            return Unknown("a copy")
        made[id(value)] = other = Instance(value.cls)
        other.attributes = {name: inner(item) for name, item in value.attributes.items()}
        return other
    return value if is_constant(value) else Unknown("a copy")


# -- itertools --------------------------------------------------------------------------


def _parts(machine: Machine, values: Any, node: ast.AST) -> list[list[Any]] | None:
    parts = [machine.items_of(value, node) for value in values]
    return None if any(part is None for part in parts) else [part or [] for part in parts]


def _make_itertool(
    name: str, function: Callable[..., Any], takes: int | None = None, plain: tuple[str, ...] = ()
) -> None:
    """One that takes ``takes`` iterables (None: any number), then plain values."""

    @handles(f"itertools.{name}")
    def handler(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
        unknown = ListValue(None, f"what itertools.{name}() gives")
        keywords = arguments.keywords or {}
        if arguments.more_positional or arguments.more_keywords or set(keywords) - set(plain):
            return unknown
        given = list(arguments.positional)
        split = len(given) if takes is None else takes
        parts = _parts(machine, given[:split], node)
        rest = given[split:]
        if parts is None or not all(isinstance(v, (int, type(None))) for v in rest):
            return unknown
        try:
            found = list(itertools.islice(function(*parts, *rest, **keywords), _MOST + 1))
        except (TypeError, ValueError, OverflowError):
            return unknown
        return unknown if len(found) > _MOST else iterator(machine, found)


_make_itertool("chain", itertools.chain)
_make_itertool("product", itertools.product, plain=("repeat",))
_make_itertool("permutations", itertools.permutations, 1, ("r",))
_make_itertool("combinations", itertools.combinations, 1, ("r",))
_make_itertool("combinations_with_replacement", itertools.combinations_with_replacement, 1, ("r",))
_make_itertool("zip_longest", itertools.zip_longest, plain=("fillvalue",))
_make_itertool("compress", itertools.compress, 2)
_make_itertool("pairwise", itertools.pairwise, 1)


@handles("itertools.islice")
def _islice(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    source, *bounds = arguments.positional or [None]
    unknown = ListValue(None, "what itertools.islice() gives")
    if not bounds or not all(isinstance(v, (int, type(None))) for v in bounds):
        return unknown
    first = bounds[0] if len(bounds) == 1 else bounds[1]
    if isinstance(source, IteratorValue) and first is not None:
        taken: list[Any] = []
        while len(taken) < first:
            found = source.take()
            if found is None:
                return unknown
            if not found[1]:
                break
            taken.append(found[0])
        return iterator(machine, list(itertools.islice(taken, *bounds)))
    items = machine.items_of(source, node)
    if items is None:
        return unknown
    try:
        return iterator(machine, list(itertools.islice(items, *bounds)))
    except ValueError:
        return unknown


@handles("itertools.chain.from_iterable")
def _flattened(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    outer = machine.items_of(arguments.positional[0], node) if arguments.positional else None
    parts = None if outer is None else _parts(machine, outer, node)
    if parts is None:
        return ListValue(None, "a chain of something not known")
    return iterator(machine, [item for part in parts for item in part])


_FIRST = 64


@handles("itertools.count")
def _count(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    values = [*arguments.positional, *(arguments.keywords or {}).values()]
    if not all(isinstance(value, (int, float)) for value in values):
        return Unknown("a counter")
    counter = itertools.count(*arguments.positional, **(arguments.keywords or {}))
    return iterator(machine, list(itertools.islice(counter, _FIRST)), whole=False)


@handles("itertools.cycle")
def _cycle(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    items = machine.items_of(arguments.positional[0], node) if arguments.positional else None
    if not items:
        return Unknown("a cycle of something not known")
    return iterator(machine, list(itertools.islice(itertools.cycle(items), _FIRST)), whole=False)


@handles("itertools.repeat")
def _repeat(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    value, *times = arguments.positional or [None]
    times = times or [v for k, v in (arguments.keywords or {}).items() if k == "times"]
    if not times:
        return iterator(machine, [value] * _FIRST, whole=False)
    if not isinstance(times[0], int) or times[0] > _MOST:
        return ListValue(None, "a repetition")
    return iterator(machine, [value] * times[0])


@handles("itertools.accumulate")
def _accumulate(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    items = machine.items_of(arguments.positional[0], node) if arguments.positional else None
    keywords = dict(arguments.keywords or {})
    function = (
        arguments.positional[1] if len(arguments.positional) > 1 else keywords.pop("func", None)
    )
    if items is None or set(keywords) - {"initial"}:
        return ListValue(None, "an accumulation")
    if "initial" in keywords:
        items = [keywords["initial"], *items]
    totals: list[Any] = items[:1]
    for item in items[1:]:
        totals.append(
            operators.binary(machine, "Add", totals[-1], item, node)
            if function is None
            else machine.call_function(function, totals[-1], item, node=node)
        )
    return iterator(machine, totals)


@handles("itertools.starmap")
def _starmap(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    several = len(arguments.positional) == 2
    rows = machine.items_of(arguments.positional[1], node) if several else None
    parts = None if rows is None else _parts(machine, rows, node)
    if parts is None:
        return ListValue(None, "a map over something not known")
    function = arguments.positional[0]
    return iterator(machine, [machine.call_function(function, *row, node=node) for row in parts])


@handles("itertools.takewhile")
def _takewhile(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    return _while(machine, arguments, node, taking=True)


@handles("itertools.dropwhile")
def _dropwhile(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    return _while(machine, arguments, node, taking=False)


def _while(machine: Machine, arguments: Arguments, node: ast.AST, *, taking: bool) -> Any:
    several = len(arguments.positional) == 2
    items = machine.items_of(arguments.positional[1], node) if several else None
    unknown = ListValue(None, "a filter of something not known")
    if items is None:
        return unknown
    for index, item in enumerate(items):
        holds = machine.truth_of(machine.call_function(arguments.positional[0], item, node=node))
        if holds is None:
            return unknown
        if not holds:
            return iterator(machine, items[:index] if taking else items[index:])
    return iterator(machine, items if taking else [])


# -- others -----------------------------------------------------------------------------


@handles("contextlib.nullcontext")
def _nullcontext(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    return NullContext(arguments.positional[0] if arguments.positional else None)


_PATHS = ("join", "basename", "dirname", "splitext", "split", "normpath", "isabs")


def _make_path(name: str) -> None:
    @handles(f"os.path.{name}")
    def handler(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
        values = arguments.positional
        if values and all(isinstance(v, str) for v in values) and not arguments.keywords:
            try:
                return getattr(posixpath, name)(*values)
            except TypeError:
                return Unknown("a path")
        return Unknown("a path")


for _name in _PATHS:
    _make_path(_name)


@handles("typing.cast")
def _cast(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    return arguments.positional[-1] if len(arguments.positional) == 2 else Unknown("a cast")


@handles("typing.TypeVar", "typing.NewType")
def _type_variable(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    return External("typing.Any")


@handles("sys.exit", "os._exit", "quit", "exit")
def _exit(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    return operators.EXIT


__all__ = ["Deque", "NullContext", "find", "handles", "iterator", "texts"]
