"""What loops mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import libcst as cst

from kerashape.interpret import operators
from kerashape.interpret.statements import Signal, executes, run
from kerashape.interpret.values import Stream, truth

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

_FIXPOINT_PASSES = 4
_CHEAP_TURNS = 16
_COSTLY = 10_000
"""After so many turns that took so many steps a loop is no longer followed turn by turn."""


@executes(cst.For)
def _for(machine: Machine, node: cst.For) -> Signal:
    value = machine.evaluate(node.iter)
    items = machine.items_of(value, node.iter)
    if items is not None and len(items) <= machine.budget.unroll:
        start = machine.budget.left
        for count, item in enumerate(items):
            if count >= _CHEAP_TURNS and start - machine.budget.left > _COSTLY:
                break  # a long training: the rest is as if it were not known how long it is
            machine.budget.step()
            machine.assign(node.target, item)
            signal = _turn(machine, node.body)
            if signal in ("return", "raise"):
                return signal
            if signal == "break":
                _leave_loop(machine)
                return None
        else:
            _leave_loop(machine)
            return run(machine, node.orelse.body) if node.orelse is not None else None

    def turn() -> Signal:
        machine.assign(node.target, operators.item_of(value))
        return _turn(machine, node.body)

    certain = isinstance(value, Stream) and value.nonempty
    return _repeat(machine, turn, node.orelse, at_least_once=certain)


@executes(cst.While)
def _while(machine: Machine, node: cst.While) -> Signal:
    endless = not isinstance(node.test, cst.Comparison)
    for _ in range(machine.budget.endless if endless else machine.budget.unroll):
        if machine.frame.yields is not None:
            break  # how far a generator is run is up to who asks
        decided = truth(machine.evaluate(node.test))
        if decided is False:
            _leave_loop(machine)
            return run(machine, node.orelse.body) if node.orelse is not None else None
        if decided is None:
            break
        pending = len(machine.frame.pending)
        signal = _turn(machine, node.body)
        if signal in ("return", "raise"):
            return signal
        if signal == "break":
            _leave_loop(machine)
            return None
        if len(machine.frame.pending) > pending:
            break  # a way out was taken perhaps: how often it runs is not known

    def turn() -> Signal:
        machine.evaluate(node.test)
        return _turn(machine, node.body)

    return _repeat(machine, turn, node.orelse)


def _turn(machine: Machine, body: cst.BaseSuite) -> Signal:
    """One turn of a loop: a ``continue`` ends it."""
    pending = machine.frame.pending
    before = len(pending)
    signal = run(machine, body)
    early = [p for p in pending[before:] if p.kind == "continue"]
    if early:
        pending[before:] = [p for p in pending[before:] if p.kind != "continue"]
        deltas = [p.delta for p in early]
        if signal in (None, "continue"):
            deltas.append({})
            signal = None
        machine.journal.merge(deltas)
        if signal is not None:
            return None
    return None if signal == "continue" else signal


def _leave_loop(machine: Machine) -> None:
    """After a loop: what holds whether or not one of its breaks was taken."""
    pending = machine.frame.pending
    breaks = [p for p in pending if p.kind == "break"]
    if breaks:
        machine.frame.pending = [p for p in pending if p.kind != "break"]
        machine.journal.merge([{}, *(p.delta for p in breaks)])


def _repeat(
    machine: Machine, turn: Callable[[], Signal], orelse: Any, *, at_least_once: bool = False
) -> Signal:
    """A loop that runs it is not known how often: until nothing changes any more.

    The facts of the last pass hold for every turn; those of the passes before are dropped.
    """
    facts = machine.analysis
    for attempt in range(_FIXPOINT_PASSES):
        mark = facts.mark()
        pending = len(machine.frame.pending)
        machine.journal.start()
        signal = turn()
        after = machine.journal.rewind()
        if attempt == _FIXPOINT_PASSES - 1:
            after = operators.forgotten(after)
        changed = machine.journal.merge([{}, after]) if signal in (None, "break") else False
        if not changed:
            if at_least_once and signal in (None, "break"):
                machine.journal.replay(after)
            break
        if attempt < _FIXPOINT_PASSES - 1:
            facts.rewind(mark)
            del machine.frame.pending[pending:]
    _leave_loop(machine)
    return run(machine, orelse.body) if orelse is not None else None
