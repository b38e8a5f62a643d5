"""The abstract values.

Numbers, strings, bytes, booleans, ``None``, ``...``, ranges and tuples stand for
themselves; sizes that are not known are :class:`~kerashape.shapes.Symbol`; anything not
known is :class:`~kerashape.shapes.Unknown`. Layers, models, tensors and arrays come from
``kerashape.keras``. The rest is here.

Whatever can change has :meth:`save`, :meth:`restore` and :meth:`join`, so that the
:class:`~kerashape.interpret.journal.Journal` can run both sides of a branch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kerashape.interpret.clock import CLOCK
from kerashape.keras.graph import Operation, Tensor
from kerashape.keras.layers.base import Array
from kerashape.shapes import Shape, Symbol, Unknown
from kerashape.syntax import FunctionNode

if TYPE_CHECKING:
    import ast

    from kerashape.interpret.machine import Machine
    from kerashape.interpret.scope import Scope
    from kerashape.keras.signature import Arguments
    from kerashape.site import Site


class ListValue:
    """A list, or None as items where its content is not known (``reason`` says why).

    ``display`` is the place where it was written out, if it was. ``kin`` are lists that it
    may be the same as, after a branch on one side of which it was bound: if the one changes,
    the others may have.
    """

    __slots__ = ("born", "display", "items", "kin", "reason")

    def __init__(
        self, items: list[Any] | None, reason: str = "", display: Site | None = None
    ) -> None:
        self.items = items
        self.reason = reason
        self.display = display
        self.kin: list[Any] = []
        self.born = CLOCK.now

    def forget(self, reason: str) -> None:
        """Its content is not known from now on."""
        self.items, self.reason = None, reason

    def save(self) -> Any:
        return None if self.items is None else list(self.items), self.reason

    def restore(self, state: Any) -> None:
        items, self.reason = state
        self.items = None if items is None else list(items)

    def __repr__(self) -> str:
        return "a list" if self.items is None else repr(self.items)


class Deque(ListValue):
    """A ``collections.deque``."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, eq=False)
class NullContext:
    """``contextlib.nullcontext(value)``."""

    value: Any


class DictValue:
    """A dict with constant keys, or None as items where its content is not known.

    ``display`` is the place where it was written out, if it was. ``default`` makes what it lacks
    (``defaultdict``); ``counts`` says that it holds 0 of that (``Counter``).
    """

    __slots__ = ("born", "counts", "default", "display", "items", "kin", "reason")

    def __init__(
        self, items: dict[Any, Any] | None, reason: str = "", display: Site | None = None
    ) -> None:
        self.items = items
        self.reason = reason
        self.display = display
        self.kin: list[Any] = []
        self.default: Any = None
        self.counts = False
        self.born = CLOCK.now

    def forget(self, reason: str) -> None:
        """Its content is not known from now on."""
        self.items, self.reason = None, reason

    def save(self) -> Any:
        return None if self.items is None else dict(self.items), self.reason

    def restore(self, state: Any) -> None:
        items, self.reason = state
        self.items = None if items is None else dict(items)

    def __repr__(self) -> str:
        return "a dict" if self.items is None else repr(self.items)


class Attributes(DictValue):
    """``vars(instance)``: the attributes of an instance as a dict."""

    __slots__ = ("holder",)

    def __init__(self, holder: Instance) -> None:
        self.holder = holder
        super().__init__(holder.attributes)

    @property
    def items(self) -> dict[Any, Any]:
        """The attributes themselves."""
        return self.holder.attributes

    @items.setter
    def items(self, value: dict[Any, Any] | None) -> None:
        if value is None:
            reason = "its attributes were changed by something not known"
            value = {name: Unknown(reason) for name in self.holder.attributes}
        self.holder.attributes = value


class SetValue(DictValue):
    """A set of constants: the keys of a dict."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "a set" if self.items is None else repr(set(self.items))


class Foreign:
    """An object of a data library: its attributes and methods are those of its ``kind``."""

    kind: str
    attributes: dict[str, Any]


class Stream(Foreign):
    """Data that come piece by piece."""

    def joined(self, other: Any, join: Callable[[Any, Any], Any]) -> Any:
        """The one or the other, as far as they agree."""
        raise NotImplementedError

    def as_much(self, other: Any, same: Callable[[Any, Any], bool]) -> bool:
        """Whether as much is known of the other one."""
        raise NotImplementedError

    @property
    def piece(self) -> Any:
        """One piece, as a plain structure."""
        raise NotImplementedError

    def listed(self) -> list[Any] | None:
        """All pieces, where there are few; None otherwise."""
        raise NotImplementedError

    nonempty: bool
    """Whether there certainly is a piece."""


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """What an iterator gives: its items, or None where they are not known one by one.

    ``whole`` says whether those are all; ``element`` is what holds of each.
    """

    items: list[Any] | None
    whole: bool = True
    element: Any = None


class IteratorValue(Stream):
    """An iterator: each item is given once. ``start`` gives the items, once somebody asks."""

    kind = "generator"

    def __init__(self, machine: Machine, start: Callable[[], Given]) -> None:
        self._machine = machine
        self._start: Callable[[], Given] | None = start
        self._given = Given([])
        self._taken: int | None = 0
        self.attributes = {}
        self.born = CLOCK.now

    def _begin(self) -> list[Any] | None:
        if self._start is not None:
            self._machine.journal.touch(self)
            start, self._start = self._start, None
            self._given = start()
        return self._given.items

    @property
    def remaining(self) -> list[Any] | None:
        """The items that were not given yet; None where they are not known."""
        items = self._begin()
        if items is None or self._taken is None or not self._given.whole:
            return None
        return items[self._taken :]

    def take_all(self) -> list[Any] | None:
        """Exhaust it."""
        rest = self.remaining
        self._machine.journal.touch(self)
        self._taken = None if rest is None or self._taken is None else self._taken + len(rest)
        return rest

    def take(self) -> tuple[Any, bool] | None:
        """(the next item, True), (None, False) at the end; None where that is not known."""
        items = self._begin()
        if items is None or self._taken is None:
            return None
        if self._taken >= len(items):
            return (None, False) if self._given.whole else None
        self._machine.journal.touch(self)
        self._taken += 1
        return items[self._taken - 1], True

    def forget(self) -> None:
        """How much of it was taken is not known from now on."""
        self._machine.journal.touch(self)
        self._taken = None

    @property
    def piece(self) -> Any:
        self._begin()
        element = self._given.element
        return Unknown("an item of something not known") if element is None else to_python(element)

    @property
    def nonempty(self) -> bool:  # type: ignore[override]
        """Whether there certainly is a piece."""
        items = self._begin()
        return bool(items) and self._taken == 0

    def listed(self) -> list[Any] | None:
        return self.take_all()

    def joined(self, other: Any, join: Callable[[Any, Any], Any]) -> Any:
        return self if self is other else Unknown("two iterators on two branches")

    def as_much(self, other: Any, same: Callable[[Any, Any], bool]) -> bool:
        return self is other

    def save(self) -> Any:
        return self._start, self._given, self._taken

    def restore(self, state: Any) -> None:
        self._start, self._given, self._taken = state

    def unsure(self) -> Any:
        """A state in which it is not known what is left."""
        return None, Given(None, False, self._given.element), None


@dataclass(frozen=True, slots=True, eq=False)
class DictView:
    """``keys()``, ``values()`` or ``items()`` of a dict: what it holds when it is asked."""

    of: DictValue
    kind: str

    @property
    def items(self) -> list[Any] | None:
        """What it holds now."""
        if self.of.items is None:
            return None
        if self.kind == "items":
            return list(self.of.items.items())
        return list(self.of.items if self.kind == "keys" else self.of.items.values())


@dataclass(frozen=True, slots=True, eq=False)
class GeneratorContext:
    """A generator that serves as a context manager (``contextlib.contextmanager``)."""

    function: Function
    arguments: Arguments


@dataclass(frozen=True, slots=True)
class External:
    """A name of a library, by its canonical dotted path: ``keras.layers.Dense``.

    ``root`` is the name by which Keras was reached, ``keras`` or ``tf.keras``.
    """

    path: str
    root: str = field(default="", compare=False)

    def __repr__(self) -> str:
        return self.path


@dataclass(frozen=True, slots=True)
class Builtin:
    """A builtin function or class."""

    name: str

    def __repr__(self) -> str:
        return f"the function {self.name}"


@dataclass(frozen=True, slots=True, eq=False)
class Method:
    """A method of a value that is not an instance of a user's class: ``"a b".split``."""

    receiver: Any
    name: str

    def __repr__(self) -> str:
        return f"the method {self.name}"


@dataclass(frozen=True, slots=True, eq=False)
class Python:
    """A function of the interpreter's own, called with (positional, keywords)."""

    name: str
    function: Callable[..., Any]

    def __repr__(self) -> str:
        return f"the function {self.name}"


@dataclass(slots=True, eq=False)
class Function:
    """A user's function or lambda. ``defaults`` are by parameter name."""

    name: str
    node: FunctionNode | ast.Lambda
    scope: Scope
    defaults: dict[str, Any]
    owner: Class | None = None
    called: bool = False
    fallback: bool = False
    """Whether it is defined on a branch for other versions of a library."""
    attributes: dict[str, Any] = field(default_factory=dict)
    born: int = 0

    def save(self) -> Any:
        return dict(self.attributes)

    def restore(self, state: Any) -> None:
        self.attributes = dict(state)

    def __repr__(self) -> str:
        return "a lambda" if self.name == "<lambda>" else f"the function {self.name}"


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """A function with its first argument."""

    function: Any
    receiver: Any

    def __repr__(self) -> str:
        return str(self.function).replace("the function", "the method")


@dataclass(frozen=True, slots=True, eq=False)
class Partial:
    """``functools.partial``."""

    function: Any
    positional: tuple[Any, ...]
    keywords: dict[str, Any]

    def __repr__(self) -> str:
        return f"{self.function} with some of its arguments"


@dataclass(frozen=True, slots=True, eq=False)
class Decorated:
    """A function marked ``property``, ``staticmethod`` or ``classmethod``."""

    kind: str
    function: Any
    setter: Any = None

    def __repr__(self) -> str:
        return f"a {self.kind}"


class Mutable:
    """An object with attributes that can change: saved and joined attribute by attribute."""

    attributes: dict[str, Any]
    born: int

    def save(self) -> Any:
        return dict(self.attributes)

    def restore(self, state: Any) -> None:
        self.attributes = dict(state)


class Lost(Unknown):
    """One of several objects, or something unknown: a change to it may change any of them."""

    __slots__ = ("among",)

    def __init__(self, reason: str, among: tuple[Any, ...], label: str | None = None) -> None:
        super().__init__(reason, label=label)
        self.among = among


def lost(value: Unknown, label: str | None = None) -> Unknown:
    """Something of what is not known."""
    if isinstance(value, Lost):
        return Lost(value.reason, value.among, label)
    return Unknown(value.reason, label=label)


class Class(Mutable):
    """A user's class: its name, bases (values) and namespace."""

    def __init__(
        self, name: str, node: ast.ClassDef, bases: list[Any], attributes: dict[str, Any]
    ) -> None:
        self.name = name
        self.node = node
        self.bases = bases
        self.attributes = attributes
        self.called = False
        self.fields: dict[str, Any] | None = None
        """Of a dataclass or named tuple: its own fields with their defaults."""
        self.born = CLOCK.now
        self._lineage: list[Any] | None = None

    def __repr__(self) -> str:
        return f"the class {self.name}"

    def lineage(self) -> list[Any]:
        """The class and its bases in Python's order of resolution, nearest first."""
        if self._lineage is None:
            lines = [base.lineage() if isinstance(base, Class) else [base] for base in self.bases]
            self._lineage = [self, *_merged([*lines, list(self.bases)])][:_MOST_BASES]
        return self._lineage

    def find(self, name: str, after: Class | None = None) -> Any:
        """The attribute in the class or its bases (after ``after``); None if there is none."""
        lineage = self.lineage()
        if after is not None:
            lineage = lineage[next((i for i, c in enumerate(lineage) if c is after), -1) + 1 :]
        for owner in lineage:
            if isinstance(owner, Class) and name in owner.attributes:
                return owner.attributes[name]
        return None

    def has(self, name: str) -> bool:
        """Whether the class or one of its bases binds the name."""
        return any(isinstance(c, Class) and name in c.attributes for c in self.lineage())

    @property
    def external_bases(self) -> list[str]:
        """The library classes that it derives from, by path."""
        return [base.path for base in self.lineage() if isinstance(base, External)]

    @property
    def is_named_tuple(self) -> bool:
        """Whether its instances are tuples with names: their attributes, in order."""
        return "typing.NamedTuple" in self.external_bases

    @property
    def is_enum(self) -> bool:
        """Whether its attributes are the members of an enum."""
        return any(path.startswith("enum.") for path in self.external_bases)

    @property
    def is_open(self) -> bool:
        """Whether it derives from something that is not known."""
        return any(isinstance(base, Unknown) for base in self.lineage())


_MOST_BASES = 50


def _is_same_base(a: Any, b: Any) -> bool:
    return a is b or (isinstance(a, (External, Builtin)) and isinstance(b, type(a)) and a == b)


def _merged(lines: list[list[Any]]) -> list[Any]:
    """Python's order of several lines of bases: each before its own, else as they are given."""
    found: list[Any] = []
    lines = [list(line) for line in lines if line]
    while lines and len(found) < _MOST_BASES:
        for line in lines:
            head = line[0]
            if not any(_is_same_base(head, other) for rest in lines for other in rest[1:]):
                break
        else:
            head = lines[0][0]
        found.append(head)
        for line in lines:
            line[:] = [item for item in line if not _is_same_base(item, head)]
        lines = [line for line in lines if line]
    return found


class Instance(Mutable):
    """An instance of a user's class that is no Keras layer."""

    def __init__(self, cls: Class) -> None:
        self.cls = cls
        self.attributes: dict[str, Any] = {}
        self.born = CLOCK.now

    def __repr__(self) -> str:
        return f"an object of class {self.cls.name}"


@dataclass(frozen=True, slots=True, eq=False)
class Super:
    """``super()`` in a method of ``owner``, for ``receiver``."""

    owner: Class
    receiver: Any


@dataclass(frozen=True, slots=True, eq=False)
class ModuleValue:
    """A module of the project."""

    name: str
    scope: Scope

    def __repr__(self) -> str:
        return f"the module {self.name}"


FAULTY = "Keras raises here"
"""The reason for what is unknown after a fault."""

SCALARS = (bool, int, float, complex, str, bytes, type(None), type(...), range)


def is_constant(value: Any) -> bool:
    """Whether it is a plain Python constant (or a tuple of them)."""
    if isinstance(value, tuple):
        return all(is_constant(item) for item in value)
    return isinstance(value, SCALARS)


def truth(value: Any) -> bool | None:
    """The truth of a value; None where it is not known."""
    if isinstance(value, (Unknown, Symbol, Array)):
        return None
    if isinstance(value, (ListValue, DictValue)):
        return None if value.items is None else bool(value.items)
    if isinstance(value, (tuple, *SCALARS)):
        return bool(value)
    if isinstance(value, DictView):
        return truth(value.of)
    if isinstance(value, External):
        return None
    if isinstance(value, (Instance, IteratorValue)):
        return None if isinstance(value, Instance) else True
    if isinstance(value, Tensor):
        return None
    return True


def to_python(value: Any, depth: int = 24) -> Any:
    """As a layer record or shape law takes it: lists and dicts in place of abstract ones.

    What nests deeper than ``depth``, a list within itself say, is unknown there.
    """
    if depth == 0:
        return Unknown("it nests too deep")
    if isinstance(value, SetValue):
        return Unknown("a set") if value.items is None else set(value.items)
    if isinstance(value, ListValue):
        if value.items is None:
            return Unknown(value.reason or "the content of a list")
        return [to_python(item, depth - 1) for item in value.items]
    if isinstance(value, DictValue):
        if value.items is None:
            return Unknown(value.reason or "the content of a dict")
        return {key: to_python(item, depth - 1) for key, item in value.items.items()}
    if isinstance(value, tuple):
        return tuple(to_python(item, depth - 1) for item in value)
    if isinstance(value, DictView):
        return to_python(ListValue(value.items))
    if isinstance(value, Instance) and value.cls.is_named_tuple:
        return tuple(to_python(item, depth - 1) for item in value.attributes.values())
    return value


def from_python(value: Any) -> Any:
    """The inverse of :func:`to_python`."""
    if isinstance(value, list):
        return ListValue([from_python(item) for item in value])
    if isinstance(value, dict):
        return DictValue({key: from_python(item) for key, item in value.items()})
    if isinstance(value, tuple):
        return tuple(from_python(item) for item in value)
    return value


def iterate(value: Any) -> list[Any] | None:
    """The items that ``for`` would visit; None where they are not known."""
    if isinstance(value, ListValue):
        return None if value.items is None else list(value.items)
    if isinstance(value, SetValue):
        return _in_order(value)
    if isinstance(value, DictValue):
        return None if value.items is None else list(value.items)
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, str):
        return list(value)
    if isinstance(value, bytes):
        return list(value)
    if isinstance(value, range) and len(value) <= 100_000:
        return list(value)
    if isinstance(value, IteratorValue):
        return value.take_all()
    if isinstance(value, Stream):
        return value.listed()
    if isinstance(value, DictView):
        return value.items
    if isinstance(value, Instance) and value.cls.is_named_tuple:
        return list(value.attributes.values())
    if isinstance(value, Array) and not value.shape.open and value.shape.dims:
        count = value.shape.dims[0]
        return [row_of(value)] * count if isinstance(count, int) and count <= _FEW_ROWS else None
    return None


def _in_order(value: SetValue) -> list[Any] | None:
    """The items of a set; None where their order is up to the run (the hashes of strings)."""
    if value.items is None or len(value.items) < 2:
        return None if value.items is None else list(value.items)
    if all(isinstance(item, int) and 0 <= item < 8 for item in value.items):
        return sorted(value.items)
    return None


_FEW_ROWS = 32
"""How many rows of an array a loop visits one by one."""


def row_of(value: Array) -> Any:
    """One row of an array; unknown where it may be an object."""
    if value.shape.open or not value.shape.dims:
        return Unknown("an item of something whose rank is not known")
    if len(value.shape.dims) == 1 and not value.is_numeric:
        return Unknown("an element of an array of objects")
    one_hot = value.one_hot and len(value.shape.dims) > 1
    row = Array(
        Shape(value.shape.dims[1:]), value.dtype, value.origin, classes=value.classes,
        one_hot=one_hot, eager=value.eager,
    )  # fmt: skip
    row.scaled = value.scaled
    return row


def describe(value: Any) -> str:
    """A value in a few words, for messages."""
    if isinstance(value, Tensor):
        return f"a tensor of shape {value.shape}"
    if isinstance(value, Array):
        return f"an array of shape {value.shape}"
    if isinstance(value, Operation):
        return f"the layer {value.name}"
    if isinstance(value, ListValue):
        return "a list"
    if isinstance(value, DictValue):
        return "a dict"
    if isinstance(value, External):
        return value.path
    return repr(value) if is_constant(value) else type(value).__name__.lower()
