"""The journal: what changed on a branch, so that both sides of it can be run and joined."""

from __future__ import annotations

from typing import Any

from kerashape.interpret.clock import CLOCK
from kerashape.interpret.containers import Attributes, DictValue, ListValue
from kerashape.interpret.join import join_states
from kerashape.interpret.streams import Stream
from kerashape.keras.graph import Tensor
from kerashape.keras.layers.base import Array, Layer
from kerashape.shapes import Shape, Symbol, Unknown
from kerashape.shapes.shape import same_dim

Delta = dict[int, tuple[Any, Any]]
"""By identity: the object and its state."""


class Journal:
    """Records the state of each object before its first change on the running branch."""

    def __init__(self) -> None:
        self._branches: list[Delta] = []
        self._started: list[int] = []

    @property
    def branching(self) -> bool:
        """Whether a branch is running."""
        return bool(self._branches)

    def touch(self, thing: Any) -> None:
        """Call before ``thing`` changes. What was born on the branch goes with it."""
        if isinstance(thing, Attributes):
            thing = thing.holder
        elif isinstance(thing, (ListValue, DictValue)) and thing.kin:
            self._unsettle(thing)
        if (
            self._branches
            and getattr(thing, "born", 0) < self._started[-1]
            and id(thing) not in self._branches[-1]
        ):
            self._branches[-1][id(thing)] = (thing, save(thing))

    def _unsettle(self, thing: Any) -> None:
        """What may be the same list or dict may change with it."""
        pending, seen = list(thing.kin), {id(thing)}
        while pending:
            other = pending.pop()
            if id(other) in seen:
                continue
            seen.add(id(other))
            pending += other.kin
            if other.items is not None:
                kin, other.kin = other.kin, []
                self.touch(other)
                other.kin = kin
                other.forget("what may be the same was changed")

    @property
    def depth(self) -> int:
        """How many branches are running, one within the other."""
        return len(self._branches)

    def changes(self) -> Delta:
        """What changed so far on the running branch."""
        return {key: (thing, save(thing)) for key, (thing, _) in self._branches[-1].items()}

    def abandon(self, depth: int) -> None:
        """Go back to ``depth`` running branches: what happened on the others stays."""
        while len(self._branches) > depth:
            started = self._branches.pop()
            self._started.pop()
            if self._branches:
                for key, (thing, state) in started.items():
                    if getattr(thing, "born", 0) < self._started[-1]:
                        self._branches[-1].setdefault(key, (thing, state))

    def start(self) -> None:
        """Start a branch."""
        CLOCK.now += 1
        self._branches.append({})
        self._started.append(CLOCK.now)

    def rewind(self) -> Delta:
        """End the branch, put everything back as it was, and return how it was at its end."""
        before = self._branches.pop()
        self._started.pop()
        after = {key: (thing, save(thing)) for key, (thing, _) in before.items()}
        for thing, state in before.values():
            restore(thing, state)
        return after

    def replay(self, delta: Delta) -> None:
        """Bring about the state at the end of a branch."""
        for thing, state in delta.values():
            self.touch(thing)
            restore(thing, state)

    def merge(self, deltas: list[Delta]) -> bool:
        """Bring about what holds at the end of every one of the branches.

        Returns:
            Whether anything differs from the state before them.
        """
        things: dict[int, Any] = {}
        for delta in deltas:
            things.update((key, thing) for key, (thing, _) in delta.items())
        changed = False
        for key, thing in things.items():
            before = save(thing)
            states = [delta[key][1] if key in delta else before for delta in deltas]
            joined = states[0]
            for state in states[1:]:
                joined = join_states(thing, joined, state)
            self.touch(thing)
            restore(thing, joined)
            changed = changed or not _same(before, joined)
        return changed


def save(thing: Any) -> Any:
    """The state of an object, detached from it."""
    return dict(vars(thing)) if isinstance(thing, Layer) else thing.save()


def restore(thing: Any, state: Any) -> None:
    """Put an object back into a saved state."""
    if isinstance(thing, Layer):
        vars(thing).clear()
        vars(thing).update(state)
    else:
        thing.restore(state)


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(a[k] is b[k] or _equal(a[k], b[k]) for k in a)
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(_same(x, y) for x, y in zip(a, b))
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(x is y or _equal(x, y) for x, y in zip(a, b))
    return a is b or _equal(a, b)


def _equal(a: Any, b: Any) -> bool:
    """Whether as much is known of both: two unknown values differ in nothing that is known."""
    if isinstance(a, Unknown) and isinstance(b, Unknown):
        return True
    if type(a) is not type(b):
        return False
    if isinstance(a, Tensor):
        return a.call is b.call and _as_much(a.shape, b.shape)
    if isinstance(a, Array):
        return _as_much(a.shape, b.shape)
    if isinstance(a, tuple):
        return len(a) == len(b) and all(x is y or _equal(x, y) for x, y in zip(a, b))
    if isinstance(a, Stream):
        return a.as_much(b, _equal)
    return isinstance(a, (bool, int, float, str, bytes)) and bool(a == b)


def _as_much(a: Shape, b: Shape) -> bool:
    return (
        a.open == b.open
        and len(a.dims) == len(b.dims)
        and all(
            same_dim(x, y) or (isinstance(x, Symbol) and isinstance(y, Symbol))
            for x, y in zip(a.dims, b.dims)
        )
    )
