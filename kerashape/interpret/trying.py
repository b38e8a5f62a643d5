"""What ``try``, ``raise`` and ``assert`` mean."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kerashape.interpret import migration
from kerashape.interpret.callables import Builtin, External
from kerashape.interpret.leaving import (
    Pending,
    Signal,
    attach,
    branch,
    finally_do,
    fold,
    signalled,
    take,
)
from kerashape.interpret.objects import Class
from kerashape.interpret.raising import ExceptionValue, exception_class, is_caught
from kerashape.interpret.statements import executes, run
from kerashape.shapes import Unknown
from kerashape.syntax import dotted

if TYPE_CHECKING:
    from kerashape.interpret.journal import Delta
    from kerashape.interpret.machine import Machine


@executes(ast.Raise)
def _raise(machine: Machine, node: ast.Raise) -> Signal:
    frame = machine.frame
    if node.exc is None:
        frame.leaving = frame.handled
        return "raise"
    with machine.guard():
        value = machine.evaluate(node.exc)
        if isinstance(value, (Builtin, Class)):
            value = machine.call_function(value, node=node)
    frame.leaving = value
    return "raise"


@executes(ast.Assert)
def _assert(machine: Machine, node: ast.Assert) -> Signal:
    holds = machine.truth(machine.evaluate(node.test), node.test)
    if holds is False and machine.trying:
        machine.frame.leaving = ExceptionValue("AssertionError")
        return "raise"
    if holds is None:
        machine.risks += 1
    return None


@executes(ast.Try, getattr(ast, "TryStar", ast.Try))
def _try(machine: Machine, node: ast.Try) -> Signal:
    depth = machine.journal.depth
    if not node.handlers:
        signal = signalled(machine, lambda: _plain(machine, node))
    else:
        with machine.perhaps_older(_catches_faults(node) or _catches_any(node, _IMPORTING)):
            signal = _guarded(machine, node)
    if node.finalbody:
        return finally_do(machine, depth, signal, lambda: run(machine, node.finalbody))
    return signal


def _guarded(machine: Machine, node: ast.Try) -> Signal:
    if not _only_imports(node.body):
        return _handled(machine, node)
    if migration.imports_what_is_gone(machine, node.body):
        return _handled(machine, node)
    with machine.guard():
        signal = signalled(machine, lambda: run(machine, node.body))
    if any(_unresolved(machine, node.body)):
        return _handle_any(machine, node, {}, signal, [])
    return signalled(machine, lambda: _otherwise(machine, node)) if signal is None else signal


def _plain(machine: Machine, node: ast.Try) -> Signal:
    signal = run(machine, node.body)
    return _otherwise(machine, node) if signal is None else signal


def _otherwise(machine: Machine, node: ast.Try) -> Signal:
    return run(machine, node.orelse)


def _handled(machine: Machine, node: ast.Try) -> Signal:
    """A ``try`` with handlers: exactly, if nothing that is not known could have raised."""
    journal, frame = machine.journal, machine.frame
    journal.start()
    depth = journal.depth
    risks = machine.risks
    machine.trying += 1
    try:
        if _catches_faults(node):
            with machine.guard():
                signal = signalled(machine, lambda: run(machine, node.body))
        else:
            signal = signalled(machine, lambda: run(machine, node.body))
    finally:
        machine.trying -= 1
    value = frame.leaving
    fold(machine, depth)
    left = take(machine, depth)
    raised = [p for p in left if p.frame is frame and p.kind == "raise"]
    left = [p for p in left if p not in raised]
    after = journal.rewind()
    if machine.risks != risks or raised:
        return _handle_any(machine, node, after, signal, raised, left)
    attach(machine, left)
    journal.replay(after)
    frame.leaving = value
    if signal == "raise":
        return _handle(machine, node, value)
    return signalled(machine, lambda: _otherwise(machine, node)) if signal is None else signal


def _handle(machine: Machine, node: ast.Try, value: Any) -> Signal:
    """The handlers, for an exception that was raised for certain."""
    sides: list[Callable[[], Signal]] = []
    for handler in node.handlers:
        caught = True if handler.type is None else _catches(machine, handler, value)
        if caught is False:
            continue
        sides.append(lambda handler=handler: _run_handler(machine, handler, value))  # type: ignore[misc]
        if caught:
            break
    else:
        sides.append(lambda: _again(machine, value))
    return signalled(machine, sides[0]) if len(sides) == 1 else branch(machine, sides)


def _catches(machine: Machine, handler: Any, value: Any) -> bool | None:
    return is_caught(value, machine.evaluate(handler.type))


def _again(machine: Machine, value: Any) -> Signal:
    machine.frame.leaving = value
    return "raise"


def _run_handler(machine: Machine, handler: Any, value: Any) -> Signal:
    frame = machine.frame
    outer, frame.handled = frame.handled, value
    if handler.name is not None:
        machine.bind(handler.name, value)
    signal = run(machine, handler.body)
    frame.handled = outer
    if handler.name is not None:
        machine.unbind(handler.name)
    return signal


def _handle_any(
    machine: Machine,
    node: ast.Try,
    after: Delta,
    signal: Signal,
    raised: list[Pending],
    left: list[Pending] | None = None,
) -> Signal:
    """The body got through (``after``), or it stopped somewhere and a handler ran instead.

    It may have stopped anywhere, so a handler starts from what holds both before and after
    the body, and wherever it is known to raise.
    """
    frame = machine.frame
    value = frame.leaving

    def finish() -> Signal:
        machine.journal.replay(after)
        frame.leaving = value
        return _otherwise(machine, node) if signal is None else signal

    def stopped() -> None:
        machine.journal.merge([{}, after, *(p.delta for p in raised)])

    def handle(handler: Any) -> Signal:
        stopped()
        if handler.type is not None:
            machine.evaluate(handler.type)
        return _run_handler(machine, handler, Unknown("an exception"))

    def escape() -> Signal:
        stopped()
        return _again(machine, Unknown("an exception"))

    sides: list[Callable[[], Signal]] = [finish] if signal != "raise" else []
    sides += [lambda handler=handler: handle(handler) for handler in node.handlers]  # type: ignore[misc]
    if machine.trying and not any(_takes_all(handler) for handler in node.handlers):
        sides.append(escape)
    return branch(machine, sides, left)


def _takes_all(handler: Any) -> bool:
    kind = handler.type
    return kind is None or (isinstance(kind, ast.Name) and kind.id == "BaseException")


_CATCHING = frozenset(
    [
        "BaseException",
        "Exception",
        "ValueError",
        "TypeError",
        "RuntimeError",
        "AttributeError",
        "StandardError",
        "ArithmeticError",
        "AssertionError",
        "InvalidArgumentError",
        "NotImplementedError",
    ]
)


_IMPORTING = frozenset({"ImportError", "ModuleNotFoundError"})


def _catches_faults(node: ast.Try) -> bool:
    """Whether a handler catches what Keras raises."""
    return _catches_any(node, _CATCHING)


def _catches_any(node: ast.Try, names: frozenset[str]) -> bool:
    """Whether a handler catches one of these, or what it catches is not known."""
    for handler in node.handlers:
        if handler.type is None:
            return True
        for kind in handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]:
            name = dotted(kind).rpartition(".")[2]
            if not name or name in names:
                return True
            if exception_class(name) is None:
                return True
    return False


def _only_imports(body: list[ast.stmt]) -> bool:
    return all(isinstance(statement, (ast.Import, ast.ImportFrom)) for statement in body)


def _unresolved(machine: Machine, body: list[ast.stmt]) -> list[bool]:
    """For each name that the body imports, whether it is not known to exist."""
    names = [
        alias.asname or alias.name.partition(".")[0]
        for statement in body
        if isinstance(statement, (ast.Import, ast.ImportFrom))
        for alias in statement.names
        if alias.name != "*"
    ]
    values = [machine.look_up(name) for name in names]
    return [not isinstance(value, External) and isinstance(value, Unknown) for value in values]
