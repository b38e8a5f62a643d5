"""Ways out that may have been taken: ``return``, ``break``, ``continue`` and exceptions.

Where one side of an unknown branch leaves and another goes on, all that follows happens
only perhaps. So the journal starts a branch there, which stays open until the ways out meet
again: at the end of the turn, of the loop, of the ``try`` or of the function.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kerashape.interpret.raising import Raised

if TYPE_CHECKING:
    from kerashape.interpret.frame import Frame
    from kerashape.interpret.journal import Delta
    from kerashape.interpret.machine import Machine

Signal = str | None
"""How statements ended: None, or ``return``, ``break``, ``continue`` or ``raise``."""


@dataclass(eq=False)
class Pending:
    """A way out of ``frame`` that was met on one side of a branch.

    ``delta`` is what changed on it since the branch of the journal at ``depth`` started.
    """

    kind: str
    value: Any
    delta: Delta
    depth: int
    frame: Frame


def signalled(machine: Machine, action: Callable[[], Signal]) -> Signal:
    """Do something; that it raises for certain becomes a signal."""
    try:
        return action()
    except Raised as raised:
        machine.frame.leaving = raised.value
        return "raise"


def branch(
    machine: Machine, sides: list[Callable[[], Signal]], left: list[Pending] | None = None
) -> Signal:
    """Run each side from the same state, and go on with what holds after all that go on.

    ``left`` are ways out that were met before, from this state.
    """
    return alternatives(machine, sides, left)[0]


def alternatives(
    machine: Machine,
    sides: list[Callable[[], Signal]],
    left: list[Pending] | None = None,
    widen: Callable[[Delta], Delta] | None = None,
) -> tuple[Signal, bool]:
    """As :func:`branch`; also whether anything differs after it from what was before."""
    journal, frame = machine.journal, machine.frame
    ends: list[Delta] = []
    left = list(left or ())
    for side in sides:
        journal.start()
        depth = journal.depth
        signal = signalled(machine, side)
        fold(machine, depth)
        left += take(machine, depth)
        delta = journal.rewind()
        if signal is None:
            ends.append(delta)
        elif signal != "raise" or machine.trying:
            left.append(Pending(signal, frame.leaving, delta, depth, frame))
    if not ends:
        return _leave(machine, left), False
    if widen is not None:
        ends = [widen(delta) for delta in ends]
    attach(machine, left)
    return None, journal.merge(ends)


def _leave(machine: Machine, left: list[Pending]) -> Signal:
    """Every side left: the last way out becomes the signal, the others stay pending."""
    own = [p for p in left if p.frame is machine.frame]
    last = next((p for p in reversed(own) if p.kind != "raise"), own[-1] if own else None)
    if last is None:
        attach(machine, left)
        return "raise"
    left.remove(last)
    attach(machine, left)
    machine.journal.replay(last.delta)
    machine.frame.leaving = last.value
    return last.kind


def attach(machine: Machine, left: list[Pending]) -> None:
    """Start the branch that the ways out, met from this state, are not on."""
    if left:
        machine.journal.start()
        for pending in left:
            pending.depth = machine.journal.depth
        machine.pending += left


def take(machine: Machine, depth: int) -> list[Pending]:
    """Remove and return the ways out that belong to the branch at ``depth``."""
    found = [p for p in machine.pending if p.depth == depth]
    if found:
        machine.pending = [p for p in machine.pending if p.depth != depth]
    return found


def fold(machine: Machine, depth: int) -> None:
    """End the branches above ``depth``: the ways out become relative to that one."""
    journal = machine.journal
    while journal.depth > depth:
        top = journal.depth
        after = journal.rewind()
        before = journal.changes()
        for pending in machine.pending:
            if pending.depth == top:
                pending.delta = {**before, **pending.delta}
                pending.depth -= 1
        journal.replay(after)


def meet(machine: Machine, depth: int, kinds: tuple[str, ...], signal: Signal) -> Signal:
    """The ways out of these kinds that were met above ``depth`` come together here.

    ``signal`` is how the statements ended; a signal of one of the kinds is a plain end here.
    """
    journal, frame = machine.journal, machine.frame
    if signal in kinds:
        signal = None
    if journal.depth == depth:
        return signal
    fold(machine, depth + 1)
    left = take(machine, depth + 1)
    here = [p for p in left if p.frame is frame and p.kind in kinds]
    left = [p for p in left if not (p.frame is frame and p.kind in kinds)]
    after = journal.rewind()
    if not here:
        attach(machine, left)
        journal.replay(after)
        return signal
    if signal is not None and (signal != "raise" or machine.trying):
        left.append(Pending(signal, frame.leaving, after, 0, frame))
    attach(machine, left)
    journal.merge([*([after] if signal is None else []), *(p.delta for p in here)])
    return None


def finally_do(
    machine: Machine, depth: int, signal: Signal, action: Callable[[], Signal]
) -> Signal:
    """Do something on every way out that was met above ``depth``, and at the plain end."""
    journal, frame = machine.journal, machine.frame
    value = frame.leaving
    if journal.depth > depth:
        fold(machine, depth + 1)
        left = take(machine, depth + 1)
        after = journal.rewind()
        for pending in left:
            journal.start()
            inner = journal.depth
            journal.replay(pending.delta)
            signalled(machine, action)
            fold(machine, inner)
            take(machine, inner)
            pending.delta = journal.rewind()
        attach(machine, left)
        journal.replay(after)
    final = signalled(machine, action)
    if final is not None:
        return final
    frame.leaving = value
    return signal
