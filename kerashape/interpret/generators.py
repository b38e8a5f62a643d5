"""Generators: their bodies, run when somebody first asks for an item."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kerashape.interpret.join import joined
from kerashape.interpret.leaving import meet
from kerashape.interpret.raising import Raised
from kerashape.interpret.streams import Given
from kerashape.interpret.walking import has_own
from kerashape.shapes import Unknown
from kerashape.syntax import FUNCTIONS

if TYPE_CHECKING:
    from kerashape.interpret.callables import Function, GeneratorContext
    from kerashape.interpret.machine import Machine
    from kerashape.interpret.scope import Scope

_MOST = 600
"""How many items of one generator are followed."""


_ENDLESS = 4
"""And of one without an end."""
_YIELDS = frozenset([ast.Yield, ast.YieldFrom])


def is_generator(machine: Machine, function: Function) -> bool:
    """Whether a function's own body yields."""
    node = function.node
    if not isinstance(node, FUNCTIONS):
        return False
    found = machine.generators.get(node)
    if found is None:
        mentioned = machine.source_of(function.scope).has_yield
        found = machine.generators[node] = mentioned and has_own(node.body, _YIELDS)
    return found


def generate(
    machine: Machine, function: Function, scope: Scope, receiver: Any, node: ast.AST
) -> Given:
    """What a generator gives.

    What it changes outside itself may happen later, or not at all.
    """
    from kerashape.interpret.functions import entered

    items: list[Any] = []
    given: list[Any] = []
    most = _ENDLESS if _is_endless(function.node) else _MOST
    known = True
    machine.journal.start()
    start = machine.journal.depth
    try:
        with entered(machine, function, scope, receiver, node) as frame:
            frame.called_at = start - 1

            def take(value: Any) -> Any:
                nonlocal known
                given.append(value)
                if frame.enough or machine.journal.depth > start:
                    # it may not get here, or after others that are not known
                    known = known and frame.enough
                elif known:
                    items.append(value)
                    frame.enough = len(items) >= most
                return None if known else Unknown("what is sent to a generator")

            frame.on_yield = take
            assert isinstance(function.node, FUNCTIONS)
            signal = machine.run(function.node.body)
            meet(machine, start, ("return",), signal)
            known = known and machine.journal.depth == start and signal != "raise"
            whole = not frame.enough
    finally:
        machine.journal.abandon(start)
        machine.pending = [pending for pending in machine.pending if pending.depth < start]
        after = machine.journal.rewind()
    if after:
        machine.journal.merge([{}, after])
    return Given(items if known else None, whole, joined(given))


def _is_endless(node: ast.AST) -> bool:
    return any(
        isinstance(part, ast.While) and isinstance(part.test, (ast.Name, ast.Constant))
        for part in (node.body if isinstance(node, FUNCTIONS) else ())
    )


def run_around(
    machine: Machine,
    context: GeneratorContext,
    on_yield: Callable[[Any], Any],
    node: ast.AST,
) -> None:
    """Run a generator that serves as a context manager; the body is run by ``on_yield``."""
    from kerashape.interpret.functions import entered, scope_for

    scope = scope_for(context.function, context.arguments)
    receiver = next(iter(scope.variables.values()), None) if context.function.owner else None
    depth = machine.journal.depth
    with entered(machine, context.function, scope, receiver, node) as frame:
        frame.on_yield = on_yield
        assert isinstance(context.function.node, FUNCTIONS)
        signal = machine.run(context.function.node.body)
        if meet(machine, depth, ("return",), signal) == "raise":
            raise Raised(frame.leaving)
