"""Conditions that depend on each other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kerashape.interpret.callables import Builtin, External
from kerashape.interpret.plain import is_constant
from kerashape.keras.graph import Tensor
from kerashape.keras.layers.base import Array
from kerashape.shapes import Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine


def excluded(machine: Machine, test: ast.expr, before: tuple[ast.expr, ...]) -> bool:
    """Whether ``test`` can only hold where a condition before it would have held, too.

    In ``if a == b: ... elif a == 2: ...`` the second one cannot hold if ``b`` is 2.
    """
    values = list(_equalities(machine, test))
    if not values:
        return False
    risks = machine.risks
    machine.journal.start()
    try:
        with machine.guard():
            for name, value in values:
                machine.bind(name, value)
            return any(
                machine.truth_of(machine.evaluate(other)) is True
                for other in before
                if _is_simple(other)
            )
    finally:
        machine.journal.rewind()
        machine.risks = risks


def _equalities(machine: Machine, test: ast.expr) -> Iterator[tuple[str, Any]]:
    """The names that are not known, with the constants that they are if the condition holds."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        for part in test.values:
            yield from _equalities(machine, part)
    if not isinstance(test, ast.Compare) or len(test.ops) != 1:
        return
    (other,), name = test.comparators, test.left
    if not isinstance(test.ops[0], ast.Eq) or not isinstance(name, ast.Name):
        return
    if _is_literal(other):
        value = machine.evaluate(other)
        if is_constant(value) and type(machine.evaluate(name)) is Unknown:
            yield name.id, value


def is_free(machine: Machine, test: ast.expr) -> bool:
    """Whether only what the program is given decides: options, parameters, the world around it.

    What was lost sight of may depend on the very values that the branch is for.
    """
    if isinstance(test, ast.BoolOp):
        return all(is_free(machine, part) for part in test.values)
    if isinstance(test, ast.UnaryOp):
        return is_free(machine, test.operand)
    if isinstance(test, ast.Compare):
        return all(is_free(machine, part) for part in (test.left, *test.comparators))
    if isinstance(test, (ast.Name, ast.Attribute)):
        value = machine.evaluate(test)
        if isinstance(value, Unknown):
            return value.reason.startswith(_GIVEN)
        return not isinstance(value, (Tensor, Array))
    if isinstance(test, ast.Call):
        function = machine.evaluate(test.func)
        known = isinstance(function, External)
        given = known and not function.path.startswith(_COMPUTING)
        given = given or (known and ".config." in function.path)
        return given or (isinstance(function, Builtin) and function.name == "input")
    return isinstance(test, ast.Constant)


_GIVEN = (
    "the parameter", "the name", "the option", "the arguments of the command line", "a flag",
    "the state of",
    "what input()", "what os.", "what sys.", "what json.", "what yaml.", "what random.",
)  # fmt: skip
"""Reasons of what a program is given, or asks the world for."""
_COMPUTING = ("keras", "tensorflow", "numpy", "math", "itertools", "functools", "operator")


def _is_literal(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) in (int, str)


def _is_simple(test: ast.expr) -> bool:
    """Whether it compares names and constants, and so changes nothing."""
    if isinstance(test, ast.BoolOp):
        return all(map(_is_simple, test.values))
    if isinstance(test, ast.Compare):
        return all(map(_is_simple, [test.left, *test.comparators]))
    return isinstance(test, ast.Name) or _is_literal(test)
