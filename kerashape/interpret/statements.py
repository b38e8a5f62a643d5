"""What statements mean."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kerashape.interpret import comments, migration, operators
from kerashape.interpret.classes import define_class
from kerashape.interpret.conditions import excluded, is_free
from kerashape.interpret.functions import define_function
from kerashape.interpret.imports import import_from, import_names
from kerashape.interpret.leaving import Signal, branch
from kerashape.interpret.raising import ExceptionValue, Raised
from kerashape.syntax import FUNCTIONS, OPERATORS, FunctionNode

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

Executor = Callable[["Machine", Any], Signal]
EXECUTORS: dict[type[ast.AST], Executor] = {}


def executes(*kinds: type[ast.AST]) -> Callable[[Executor], Executor]:
    """Register the meaning of some kinds of statements."""

    def register(function: Executor) -> Executor:
        for kind in kinds:
            EXECUTORS[kind] = function
        return function

    return register


def run(machine: Machine, body: list[ast.stmt]) -> Signal:
    """Run the statements of a block."""
    frame = machine.frame
    stated = frame.source.comments
    for statement in body:
        machine.budget.step()
        executor = EXECUTORS.get(type(statement))
        if executor is None:
            continue
        outer, frame.statement = frame.statement, statement
        try:
            signal = executor(machine, statement)
        except Raised as raised:
            frame.leaving, signal = raised.value, "raise"
        if stated:
            comments.note(machine, statement, stated)
        frame.statement = outer
        if signal is not None:
            return signal
    return None


# -- simple statements --------------------------------------------------------------


@executes(ast.Expr)
def _expression(machine: Machine, node: ast.Expr) -> Signal:
    value = machine.evaluate(node.value)
    if value is operators.EXIT:
        machine.frame.leaving = ExceptionValue("SystemExit")
        return "raise"
    return None


@executes(ast.Assign)
def _assign(machine: Machine, node: ast.Assign) -> Signal:
    value = machine.evaluate(node.value)
    for target in node.targets:
        machine.assign(target, value)
    return None


@executes(ast.AnnAssign)
def _annotated(machine: Machine, node: ast.AnnAssign) -> Signal:
    if node.value is not None:
        value = machine.evaluate(node.value)
        machine.assign(node.target, value)
        comments.note_annotation(machine, node.annotation, value)
    return None


@executes(ast.AugAssign)
def _augmented(machine: Machine, node: ast.AugAssign) -> Signal:
    left, right = machine.evaluate(node.target), machine.evaluate(node.value)
    name = OPERATORS[type(node.op)]
    machine.assign(node.target, operators.augmented(machine, name, left, right, node))
    return None


@executes(ast.Return)
def _return(machine: Machine, node: ast.Return) -> Signal:
    value = machine.evaluate(node.value) if node.value is not None else None
    machine.frame.leaving = value
    return "return"


@executes(ast.Break)
def _break(machine: Machine, node: ast.Break) -> Signal:
    return "break"


@executes(ast.Continue)
def _continue(machine: Machine, node: ast.Continue) -> Signal:
    return "continue"


@executes(ast.Global)
def _global(machine: Machine, node: ast.Global) -> Signal:
    machine.scope.globals_.update(node.names)
    return None


@executes(ast.Nonlocal)
def _nonlocal(machine: Machine, node: ast.Nonlocal) -> Signal:
    machine.scope.nonlocals.update(node.names)
    return None


@executes(ast.Delete)
def _delete(machine: Machine, node: ast.Delete) -> Signal:
    for target in node.targets:
        machine.delete(target)
    return None


@executes(ast.Import)
def _import(machine: Machine, node: ast.Import) -> Signal:
    import_names(machine, node)
    return None


@executes(ast.ImportFrom)
def _import_from(machine: Machine, node: ast.ImportFrom) -> Signal:
    import_from(machine, node)
    return None


@executes(*FUNCTIONS)
def _function(machine: Machine, node: FunctionNode) -> Signal:
    machine.bind(node.name, define_function(machine, node))
    return None


@executes(ast.ClassDef)
def _class(machine: Machine, node: ast.ClassDef) -> Signal:
    machine.bind(node.name, define_class(machine, node))
    return None


# -- branches -----------------------------------------------------------------------


@executes(ast.If)
def _if(machine: Machine, node: ast.If) -> Signal:
    return _chained(machine, node, ())


def _chained(machine: Machine, node: ast.If, before: tuple[ast.expr, ...]) -> Signal:
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
    with machine.perhaps_older(older), machine.doubting(not is_free(machine, node.test)):
        signal = branch(
            machine,
            [lambda: run(machine, node.body), lambda: _otherwise(machine, node.orelse, tests)],
        )
    if older and (machine.journal.depth > depth or _raises(node)):
        machine.frame.older = True  # what follows is for the other versions
    return signal


def _raises(node: ast.If) -> bool:
    return isinstance(node.body[-1], ast.Raise)


def _otherwise(machine: Machine, orelse: list[ast.stmt], tests: tuple[ast.expr, ...]) -> Signal:
    """``else``; an ``if`` alone in it goes on with the chain, as ``elif`` does."""
    if len(orelse) == 1 and isinstance(orelse[0], ast.If):
        outer, machine.frame.statement = machine.frame.statement, orelse[0]
        machine.budget.step()
        signal = _chained(machine, orelse[0], tests)
        machine.frame.statement = outer
        return signal
    return run(machine, orelse)


@executes(ast.Match)
def _match(machine: Machine, node: ast.Match) -> Signal:
    from kerashape.interpret.matching import matches

    subject = machine.evaluate(node.subject)
    sides: list[Callable[[], Signal]] = []
    for case in node.cases:
        fits = matches(machine, case, subject)
        if fits is False:
            continue

        def side(case: ast.match_case = case) -> Signal:
            matches(machine, case, subject)
            return run(machine, case.body)

        sides.append(side)
        if fits is True:
            break
    else:
        sides.append(lambda: None)
    return sides[0]() if len(sides) == 1 else branch(machine, sides)
