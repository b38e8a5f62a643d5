"""The checks: from the facts of an analysis to diagnostics, one function a rule.

A check is a generator function registered with the name of its rule. It reads the facts and
yields findings; whether the rule is on, and what is reported in the end, is decided here.
Adding a rule is a page in ``rules/`` and a function in one of these modules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kerashape.checks import (
    arguments,
    comments,
    data,
    faults,
    freezing,
    graph,
    indices,
    labels,
    logs,
    losses,
    masking,
    metrics,
    migration,
    opinions,
    practice,
    scaling,
    states,
    structure,
    unpacking,
)
from kerashape.checks.base import Facts, registered
from kerashape.rulebook import rulebook

if TYPE_CHECKING:
    from kerashape.analysis import Analysis
    from kerashape.diagnostic import Diagnostic
    from kerashape.rulebook import RuleSet

MODULES = (
    graph,
    faults,
    unpacking,
    states,
    comments,
    losses,
    structure,
    freezing,
    metrics,
    logs,
    labels,
    data,
    indices,
    arguments,
    practice,
    masking,
    migration,
    scaling,
    opinions,
)


def check(analysis: Analysis, rules: RuleSet) -> list[Diagnostic]:
    """The diagnostics of one program, in no particular order, each said once."""
    facts = Facts.of(analysis)
    found: dict[tuple[str, int, str], Diagnostic] = {}
    for rule, function in registered():
        if rule is not None and rule not in rules:
            continue
        for finding in function(facts):
            if not finding.site.certain or (finding.site.doubtful and _is_of_values(finding.rule)):
                continue
            key = (finding.rule, id(finding.site.node), finding.message)
            if key not in found:
                diagnostic = finding.diagnostic(rules)
                if diagnostic is not None:
                    found[key] = diagnostic
    return list(found.values())


def _is_of_values(rule: str) -> bool:
    """Whether the values that are at hand decide, and not what is written: KS3xx and KS4xx."""
    return "KS3" < rulebook().find(rule).code < "KS5"


__all__ = ["check"]
