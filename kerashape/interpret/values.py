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

if TYPE_CHECKING:
    import libcst as cst

    from kerashape.interpret.scope import Scope
    from kerashape.site import Site


class ListValue:
    """A list, or None as items where its content is not known (``reason`` says why).

    ``display`` is the place where it was written out, if it was.
    """

    __slots__ = ("born", "display", "items", "reason")

    def __init__(
        self, items: list[Any] | None, reason: str = "", display: Site | None = None
    ) -> None:
        self.items = items
        self.reason = reason
        self.display = display
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


class DictValue:
    """A dict with constant keys, or None as items where its content is not known.

    ``display`` is the place where it was written out, if it was.
    """

    __slots__ = ("born", "display", "items", "reason")

    def __init__(
        self, items: dict[Any, Any] | None, reason: str = "", display: Site | None = None
    ) -> None:
        self.items = items
        self.reason = reason
        self.display = display
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


class SetValue(DictValue):
    """A set of constants: the keys of a dict."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "a set" if self.items is None else repr(set(self.items))


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
    node: cst.FunctionDef | cst.Lambda
    scope: Scope
    defaults: dict[str, Any]
    owner: Class | None = None
    called: bool = False
    fallback: bool = False
    """Whether it is defined on a branch for other versions of a library."""

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


class Class(Mutable):
    """A user's class: its name, bases (values) and namespace."""

    def __init__(
        self, name: str, node: cst.ClassDef, bases: list[Any], attributes: dict[str, Any]
    ) -> None:
        self.name = name
        self.node = node
        self.bases = bases
        self.attributes = attributes
        self.called = False
        self.born = CLOCK.now

    def __repr__(self) -> str:
        return f"the class {self.name}"

    def lineage(self) -> list[Any]:
        """The class and its bases, nearest first (depth first, each once)."""
        found: list[Any] = []
        queue: list[Any] = [self]
        while queue and len(found) < 50:
            current = queue.pop(0)
            if any(current is other for other in found):
                continue
            found.append(current)
            if isinstance(current, Class):
                queue = list(current.bases) + queue
        return found

    def find(self, name: str, after: Class | None = None) -> Any:
        """The attribute in the class or its bases (after ``after``); None if there is none."""
        lineage = self.lineage()
        if after is not None:
            lineage = lineage[next((i for i, c in enumerate(lineage) if c is after), -1) + 1 :]
        for owner in lineage:
            if isinstance(owner, Class) and name in owner.attributes:
                return owner.attributes[name]
        return None

    @property
    def external_bases(self) -> list[str]:
        """The library classes that it derives from, by path."""
        return [base.path for base in self.lineage() if isinstance(base, External)]

    @property
    def is_named_tuple(self) -> bool:
        """Whether its instances are tuples with names: their attributes, in order."""
        return "typing.NamedTuple" in self.external_bases

    @property
    def is_open(self) -> bool:
        """Whether it derives from something that is not known."""
        return any(isinstance(base, Unknown) for base in self.lineage())


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
    if isinstance(value, External):
        return None
    if isinstance(value, Instance):
        return None if value.cls.find("__bool__") or value.cls.find("__len__") else True
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
    if isinstance(value, Instance) and value.cls.is_named_tuple:
        return list(value.attributes.values())
    if isinstance(value, Stream):
        return value.listed()
    if isinstance(value, Array) and not value.shape.open and value.shape.dims:
        count = value.shape.dims[0]
        return [row_of(value)] * count if isinstance(count, int) and count <= _FEW_ROWS else None
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
    return Array(
        Shape(value.shape.dims[1:]), value.dtype, value.origin, classes=value.classes,
        one_hot=one_hot, eager=value.eager,
    )  # fmt: skip


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
