"""Objects with attributes: the classes of the program, their instances, and its modules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kerashape.interpret.callables import Builtin, External
from kerashape.interpret.clock import CLOCK
from kerashape.shapes import Unknown

if TYPE_CHECKING:
    import ast

    from kerashape.interpret.scope import Scope
    from kerashape.source import Source


class Mutable:
    """An object with attributes that can change: saved and joined attribute by attribute."""

    attributes: dict[str, Any]
    born: int

    def save(self) -> Any:
        return dict(self.attributes)

    def restore(self, state: Any) -> None:
        self.attributes = dict(state)


class Class(Mutable):
    """A user's class: its name, bases (values) and namespace, and the file that it stands in."""

    def __init__(
        self,
        name: str,
        node: ast.ClassDef,
        bases: list[Any],
        attributes: dict[str, Any],
        source: Source | None = None,
    ) -> None:
        self.name = name
        self.node = node
        self.bases = bases
        self.attributes = attributes
        self.source = source
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
