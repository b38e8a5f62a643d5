"""What statements mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import libcst as cst

from kerashape.interpret import comments, migration, operators
from kerashape.interpret.classes import define_class
from kerashape.interpret.conditions import excluded
from kerashape.interpret.functions import define_function
from kerashape.interpret.imports import import_from, import_names
from kerashape.interpret.leaving import Signal, branch
from kerashape.interpret.raising import ExceptionValue, Raised

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

Executor = Callable[["Machine", Any], Signal]
EXECUTORS: dict[type[cst.CSTNode], Executor] = {}


def executes(*kinds: type[cst.CSTNode]) -> Callable[[Executor], Executor]:
    """Register the meaning of some kinds of statements."""

    def register(function: Executor) -> Executor:
        for kind in kinds:
            EXECUTORS[kind] = function
        return function

    return register


_SUITES = frozenset([cst.IndentedBlock, cst.SimpleStatementSuite])


def run(machine: Machine, body: Any) -> Signal:
    """Run a suite, or a sequence of statements."""
    statements = body.body if type(body) in _SUITES else body
    frame = machine.frame
    for statement in statements:
        machine.budget.step()
        executor = EXECUTORS.get(type(statement))
        if executor is None:
            continue
        outer, frame.statement = frame.statement, statement
        try:
            signal = executor(machine, statement)
        except Raised as raised:
            frame.leaving, signal = raised.value, "raise"
        frame.statement = outer
        if signal is not None:
            return signal
    return None


@executes(cst.SimpleStatementLine)
def _line(machine: Machine, node: cst.SimpleStatementLine) -> Signal:
    signal = run(machine, node.body)
    if node.trailing_whitespace.comment is not None or node.leading_lines:
        comments.note(machine, node)
    return signal


# -- simple statements --------------------------------------------------------------


@executes(cst.Expr)
def _expression(machine: Machine, node: cst.Expr) -> Signal:
    value = machine.evaluate(node.value)
    if value is operators.EXIT:
        machine.frame.leaving = ExceptionValue("SystemExit")
        return "raise"
    return None


@executes(cst.Assign)
def _assign(machine: Machine, node: cst.Assign) -> Signal:
    value = machine.evaluate(node.value)
    for target in node.targets:
        machine.assign(target.target, value)
    return None


@executes(cst.AnnAssign)
def _annotated(machine: Machine, node: cst.AnnAssign) -> Signal:
    if node.value is not None:
        value = machine.evaluate(node.value)
        machine.assign(node.target, value)
        comments.note_annotation(machine, node.annotation, value)
    return None


@executes(cst.AugAssign)
def _augmented(machine: Machine, node: cst.AugAssign) -> Signal:
    left, right = machine.evaluate(node.target), machine.evaluate(node.value)
    name = type(node.operator).__name__.removesuffix("Assign")
    machine.assign(node.target, operators.augmented(machine, name, left, right, node))
    return None


@executes(cst.Return)
def _return(machine: Machine, node: cst.Return) -> Signal:
    value = machine.evaluate(node.value) if node.value is not None else None
    machine.frame.leaving = value
    return "return"


@executes(cst.Break)
def _break(machine: Machine, node: cst.Break) -> Signal:
    return "break"


@executes(cst.Continue)
def _continue(machine: Machine, node: cst.Continue) -> Signal:
    return "continue"


@executes(cst.Global)
def _global(machine: Machine, node: cst.Global) -> Signal:
    machine.scope.globals_.update(item.name.value for item in node.names)
    return None


@executes(cst.Nonlocal)
def _nonlocal(machine: Machine, node: cst.Nonlocal) -> Signal:
    machine.scope.nonlocals.update(item.name.value for item in node.names)
    return None


@executes(cst.Del)
def _delete(machine: Machine, node: cst.Del) -> Signal:
    machine.delete(node.target)
    return None


@executes(cst.Import)
def _import(machine: Machine, node: cst.Import) -> Signal:
    import_names(machine, node)
    return None


@executes(cst.ImportFrom)
def _import_from(machine: Machine, node: cst.ImportFrom) -> Signal:
    import_from(machine, node)
    return None


@executes(cst.FunctionDef)
def _function(machine: Machine, node: cst.FunctionDef) -> Signal:
    machine.bind(node.name.value, define_function(machine, node))
    return None


@executes(cst.ClassDef)
def _class(machine: Machine, node: cst.ClassDef) -> Signal:
    machine.bind(node.name.value, define_class(machine, node))
    return None


# -- branches -----------------------------------------------------------------------


@executes(cst.If)
def _if(machine: Machine, node: cst.If) -> Signal:
    return _chained(machine, node, ())


def _chained(machine: Machine, node: cst.If, before: tuple[cst.BaseExpression, ...]) -> Signal:
    """``if`` or ``elif``; ``before`` are the conditions of the chain that did not hold."""
    decided = machine.truth(machine.evaluate(node.test), node.test)
    if decided is None and before and excluded(machine, node.test, before):
        decided = False
    tests = (*before, node.test)
    if decided is True:
        return run(machine, node.body)
    if decided is False:
        return _otherwise(machine, node.orelse, tests)
    older = migration.is_guard(machine, node.test)
    depth = machine.journal.depth
    with machine.perhaps_older(older):
        signal = branch(
            machine,
            [lambda: run(machine, node.body), lambda: _otherwise(machine, node.orelse, tests)],
        )
    if older and (machine.journal.depth > depth or _raises(node)):
        machine.frame.older = True  # what follows is for the other versions
    return signal


def _raises(node: cst.If) -> bool:
    last = node.body.body[-1] if node.body.body else None
    if isinstance(last, cst.SimpleStatementLine):
        last = last.body[-1]
    return isinstance(last, cst.Raise)


def _otherwise(
    machine: Machine, orelse: cst.If | cst.Else | None, tests: tuple[cst.BaseExpression, ...]
) -> Signal:
    if orelse is None:
        return None
    if isinstance(orelse, cst.If):
        outer, machine.frame.statement = machine.frame.statement, orelse
        machine.budget.step()
        signal = _chained(machine, orelse, tests)
        machine.frame.statement = outer
        return signal
    return run(machine, orelse.body)


@executes(cst.Match)
def _match(machine: Machine, node: cst.Match) -> Signal:
    from kerashape.interpret.matching import matches

    subject = machine.evaluate(node.subject)
    sides: list[Callable[[], Signal]] = []
    for case in node.cases:
        fits = matches(machine, case, subject)
        if fits is False:
            continue

        def side(case: cst.MatchCase = case) -> Signal:
            matches(machine, case, subject)
            return run(machine, case.body)

        sides.append(side)
        if fits is True:
            break
    else:
        sides.append(lambda: None)
    return sides[0]() if len(sides) == 1 else branch(machine, sides)
