"""``match``: whether a case fits, and what it binds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from kerashape.interpret import operators
from kerashape.interpret.values import is_constant, truth
from kerashape.shapes import Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine


def matches(machine: Machine, case: cst.MatchCase, subject: Any) -> bool | None:
    """Whether the case is taken; None where that is not known. Binds its names."""
    fits = _fits(machine, case.pattern, subject)
    if fits is not False and case.guard is not None:
        guard = truth(machine.evaluate(case.guard))
        if guard is not True:
            return None if guard is None else False
    return fits


def _fits(machine: Machine, pattern: cst.MatchPattern, subject: Any) -> bool | None:
    if isinstance(pattern, cst.MatchAs):
        fits = True if pattern.pattern is None else _fits(machine, pattern.pattern, subject)
        if pattern.name is not None:
            machine.bind(pattern.name.value, subject)
        return fits
    if isinstance(pattern, (cst.MatchValue, cst.MatchSingleton)):
        value = machine.evaluate(pattern.value)
        outcome = operators.compare(machine, "Equal", subject, value, pattern)
        return truth(outcome)
    if isinstance(pattern, cst.MatchOr):
        answers = [_fits(machine, element.pattern, subject) for element in pattern.patterns]
        return True if True in answers else None if None in answers else False
    for child in pattern.children:
        _bind_all(machine, child)
    return False if is_constant(subject) and not isinstance(subject, tuple) else None


def _bind_all(machine: Machine, node: cst.CSTNode) -> None:
    """Names bound by a pattern that is not followed."""
    if isinstance(node, (cst.MatchAs, cst.MatchStar)) and node.name is not None:
        machine.bind(node.name.value, Unknown("bound by a pattern"))
    for child in node.children:
        _bind_all(machine, child)
