"""Conditions that depend on each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import libcst as cst

from kerashape.interpret.values import is_constant
from kerashape.shapes import Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine


def excluded(
    machine: Machine, test: cst.BaseExpression, before: tuple[cst.BaseExpression, ...]
) -> bool:
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


def _equalities(machine: Machine, test: cst.BaseExpression) -> Iterator[tuple[str, Any]]:
    """The names that are not known, with the constants that they are if the condition holds."""
    if isinstance(test, cst.BooleanOperation) and isinstance(test.operator, cst.And):
        yield from _equalities(machine, test.left)
        yield from _equalities(machine, test.right)
    if not isinstance(test, cst.Comparison) or len(test.comparisons) != 1:
        return
    comparison, name = test.comparisons[0], test.left
    if not isinstance(comparison.operator, cst.Equal) or not isinstance(name, cst.Name):
        return
    if isinstance(comparison.comparator, (cst.Integer, cst.SimpleString)):
        value = machine.evaluate(comparison.comparator)
        if is_constant(value) and type(machine.evaluate(name)) is Unknown:
            yield name.value, value


def _is_simple(test: cst.BaseExpression) -> bool:
    """Whether it compares names and constants, and so changes nothing."""
    if isinstance(test, cst.BooleanOperation):
        return _is_simple(test.left) and _is_simple(test.right)
    if isinstance(test, cst.Comparison):
        return all(map(_is_simple, [test.left, *(c.comparator for c in test.comparisons)]))
    return isinstance(test, (cst.Name, cst.Integer, cst.SimpleString))
