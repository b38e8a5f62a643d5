"""Lists, dicts and sets: their items, or none where the content is not known.

Whatever can change has ``save`` and ``restore``, so that the
:class:`~kerashape.interpret.journal.Journal` can run both sides of a branch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kerashape.interpret.clock import CLOCK
from kerashape.shapes import Unknown

if TYPE_CHECKING:
    from kerashape.interpret.objects import Instance
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
