"""Sorting values, as far as their order is known."""

from __future__ import annotations

import ast
import functools
from typing import TYPE_CHECKING, Any

from kerashape.interpret.objects import Instance
from kerashape.interpret.plain import is_constant
from kerashape.interpret.values import truth
from kerashape.shapes import Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine


class _NoOrder(Exception):
    """Which of two values comes first is not known."""


def ordered(machine: Machine, items: list[Any], options: Any, node: ast.AST) -> list[Any] | None:
    """The items as ``sorted(items, **options)`` gives them; None where that is not known."""
    from kerashape.interpret import operators, texts

    key = options.get("key")
    reverse = truth(options.get("reverse", False))
    if reverse is None or set(options) - {"key", "reverse"}:
        return None
    ranks = items
    if key is not None:
        ranks = [machine.call_function(key, item, node=node) for item in items]
    plain = [texts.plain(rank) for rank in _leading(ranks)]

    def before(one: Any, other: Any) -> bool:
        answer = truth(operators.compare(machine, "LessThan", one, other, node))
        if answer is None:
            raise _NoOrder
        return answer

    def compared(one: int, other: int) -> int:
        if before(ranks[one], ranks[other]):
            return -1
        return 1 if before(ranks[other], ranks[one]) else 0

    try:
        if not any(isinstance(rank, Unknown) for rank in plain):
            order = sorted(range(len(items)), key=plain.__getitem__, reverse=reverse)
        elif all(isinstance(rank, Instance) for rank in ranks):
            order = sorted(range(len(items)), key=functools.cmp_to_key(compared), reverse=reverse)
        else:
            return None
    except (TypeError, _NoOrder):
        return None
    return [items[index] for index in order]


def _leading(ranks: list[Any]) -> list[Any]:
    """Of tuples their first items, if these alone decide on the order: no two are the same."""
    firsts = [rank[0] if isinstance(rank, tuple) and rank else rank for rank in ranks]
    decide = all(isinstance(rank, tuple) and rank and is_constant(rank[0]) for rank in ranks)
    return firsts if decide and len(set(firsts)) == len(firsts) else ranks
