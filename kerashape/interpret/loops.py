"""What loops mean."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kerashape.interpret import operators
from kerashape.interpret.containers import ListValue
from kerashape.interpret.iteration import first_of, iterable
from kerashape.interpret.leaving import Signal, alternatives, fold, meet, signalled, take
from kerashape.interpret.statements import executes, run
from kerashape.interpret.streams import Stream
from kerashape.syntax import LOOPS, ForNode

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

_FIXPOINT_PASSES = 4
_CHEAP_TURNS = 16
_COSTLY = 10_000
"""After so many turns that took so many steps a loop is no longer followed turn by turn."""
_IN_VAIN = {2: 4_000, _CHEAP_TURNS: 1_000}
"""The same of one in which nothing is made or called that belongs to a model: a training, say."""
_IN_VAIN_IF_SHORT = {2: 4_000}
"""And in a comprehension, which counts and lists more often than it trains."""
_PERHAPS_LEFT = 8
"""After so many turns with an exit that was perhaps taken it is not known how often it runs."""


@executes(*LOOPS)
def _for(machine: Machine, node: ForNode) -> Signal:
    value = iterable(machine, machine.evaluate(node.iter))
    depth = machine.journal.depth
    if isinstance(value, ListValue) and value.items is not None:
        return _over_list(machine, node, value)
    items = machine.items_of(value, node.iter)
    if items:
        long, followed = len(items) > machine.budget.unroll, Followed(machine)
        for count, item in enumerate(items):
            if (long and count) or followed.is_enough(count):
                return _unknown_often(machine, node, value, depth, again=count > 0)
            signal = _turn(machine, node, item)
            if signal == "break":
                return meet(machine, depth, ("break",), signal)
            if signal is not None:
                return _leave_loop(machine, depth, signal)
    if items is not None:
        return _end(machine, depth, node.orelse)
    return _unknown_often(machine, node, value, depth)


def _over_list(machine: Machine, node: ForNode, value: ListValue) -> Signal:
    """A list may grow or shrink under its loop."""
    depth = machine.journal.depth
    index, followed = 0, Followed(machine)
    while value.items is not None and index < len(value.items):
        if index >= machine.budget.unroll or followed.is_enough(index):
            return _unknown_often(machine, node, value, depth, again=index > 0)
        signal = _turn(machine, node, value.items[index])
        if signal == "break":
            return meet(machine, depth, ("break",), signal)
        if signal is not None:
            return _leave_loop(machine, depth, signal)
        index += 1
    if value.items is None:
        return _unknown_often(machine, node, value, depth)
    return _end(machine, depth, node.orelse)


class Followed:
    """A loop that is followed turn by turn, and what that costs; ``short``: a comprehension."""

    def __init__(self, machine: Machine, *, short: bool = False) -> None:
        self._machine = machine
        self._in_vain = _IN_VAIN_IF_SHORT if short else _IN_VAIN
        self._start = machine.budget.left
        self._depth = machine.journal.depth
        self._calls = len(machine.analysis.calls)
        self._names = machine.names.save()
        self._useful = 0

    def is_enough(self, turns: int) -> bool:
        """Whether the rest is taken as if it were not known how often the loop runs.

        It is a long training, or a generator that gives more items than anybody follows.
        """
        machine = self._machine
        if machine.frame.enough:
            return True
        if turns >= _PERHAPS_LEFT and machine.journal.depth > self._depth:
            return True
        spent = self._start - machine.budget.left
        if turns >= _CHEAP_TURNS and spent > _COSTLY:
            return True
        costly = any(turns >= least and spent > steps for least, steps in self._in_vain.items())
        return costly and not self._is_of_use(turns)

    def _is_of_use(self, turns: int) -> bool:
        """Whether something was made, or a call became known, in the later half of the turns."""
        machine = self._machine
        names, calls = machine.names.save(), machine.analysis.calls[self._calls :]
        if names != self._names or any(fact.call.status == "known" for fact in calls):
            self._names, self._calls = names, len(machine.analysis.calls)
            self._useful = turns
        return turns <= 2 * self._useful


def _unknown_often(
    machine: Machine, node: ForNode, value: Any, depth: int, *, again: bool = False
) -> Signal:
    """A loop that runs it is not known how often; ``again``: after some turns that were followed."""
    item = operators.item_of(value)
    certain = isinstance(value, Stream) and value.nonempty
    if certain and not again:  # what the first piece brings about holds in every other turn
        signal = _turn(machine, node, first_of(value))
        if signal == "break":
            return meet(machine, depth, ("break",), signal)
        if signal is not None:
            return _leave_loop(machine, depth, signal)

    def turn() -> Signal:
        return _turn(machine, node, item)

    return _repeat(machine, turn, node.orelse, depth, again=certain or again)


@executes(ast.While)
def _while(machine: Machine, node: ast.While) -> Signal:
    depth = machine.journal.depth
    endless = isinstance(node.test, (ast.Name, ast.Constant))
    for _ in range(machine.budget.endless if endless else machine.budget.unroll):
        if machine.frame.enough:
            break
        decided = machine.truth(machine.evaluate(node.test), node.test)
        if decided is False:
            return _end(machine, depth, node.orelse)
        if decided is None:
            break
        perhaps = machine.journal.depth
        signal = _turn(machine, node)
        if signal == "break":
            return meet(machine, depth, ("break",), signal)
        if signal is not None:
            return _leave_loop(machine, depth, signal)
        if machine.journal.depth > perhaps:
            break  # a way out was taken perhaps: how often it runs is not known

    def turn() -> Signal:
        machine.evaluate(node.test)
        return _turn(machine, node)

    return _repeat(machine, turn, node.orelse, depth)


def _turn(machine: Machine, node: ForNode | ast.While, *item: Any) -> Signal:
    """One turn of a loop: a ``continue`` ends it."""
    machine.budget.step()
    depth = machine.journal.depth

    def once() -> Signal:
        if isinstance(node, LOOPS):
            machine.assign(node.target, item[0])
        return run(machine, node.body)

    return meet(machine, depth, ("continue",), signalled(machine, once))


def _end(machine: Machine, depth: int, orelse: Any) -> Signal:
    """The loop was not left, or perhaps by a ``break`` that was met above ``depth``."""
    signal = run(machine, orelse)
    return _leave_loop(machine, depth, signal)


def _leave_loop(machine: Machine, depth: int, signal: Signal) -> Signal:
    """After a loop: what holds whether or not one of its breaks was taken."""
    return meet(machine, depth, ("break",), signal)


def repeat(machine: Machine, turn: Callable[[], None]) -> None:
    """Something that happens it is not known how often, after it happened already."""
    _repeat(machine, turn, [], machine.journal.depth, again=True)


def _repeat(
    machine: Machine,
    turn: Callable[[], Signal],
    orelse: Any,
    start: int,
    *,
    again: bool = False,
) -> Signal:
    """A loop that runs it is not known how often: until nothing changes any more.

    The facts of the last pass hold for every turn; those of the passes before are dropped.
    ``start`` is the depth of the journal before the loop. ``again`` says that there was a turn
    already: where another one changes nothing, it has no facts of its own either.
    """
    facts, journal = machine.analysis, machine.journal
    for attempt in range(_FIXPOINT_PASSES):
        mark = facts.mark()
        depth = journal.depth
        last = attempt == _FIXPOINT_PASSES - 1
        _, changed = alternatives(
            machine, [lambda: None, turn], widen=operators.forgotten if last else None
        )
        if not changed or last:
            if again and not changed and attempt == 0 and journal.depth == depth:
                facts.rewind(mark)
            break
        facts.rewind(mark)
        if journal.depth > depth:  # the ways out of a pass that did not hold
            fold(machine, depth + 1)
            take(machine, depth + 1)
            journal.replay(journal.rewind())
    return _end(machine, start, orelse)
