"""What comes piece by piece: iterators, and the streams of the data libraries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kerashape.interpret.clock import CLOCK
from kerashape.interpret.plain import to_python
from kerashape.shapes import Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine


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

    @property
    def traced(self) -> Stream:
        """The stream as a graph is made for it: for all of its pieces at once."""
        return self

    @property
    def first(self) -> Any:
        """The first piece, where more is known of it than of any; None otherwise."""
        return None

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
