"""Checks of what Keras 3 took away: KS601 to KS603."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from kerashape.analysis import FaultFact
from kerashape.checks.advice import finished
from kerashape.checks.base import Facts, Finding, check_for
from kerashape.checks.repairs.migration import by_new_names, where_it_is_now
from kerashape.checks.repairs.saving import with_another_ending
from kerashape.diagnostic import Severity
from kerashape.keras.migration.arguments import IGNORED

MIGRATION = frozenset({"removed-api", "renamed-argument", "saved-format"})


def _of(facts: Facts, rule: str) -> Iterator[FaultFact]:
    return (fact for fact in facts.faults if fact.fault.rule == rule)


@check_for("removed-api")
def removed(facts: Facts) -> Iterator[Finding]:
    """KS601: a name, an attribute or a method that Keras 3 has not."""
    for fact in _of(facts, "removed-api"):
        yield Finding(
            "removed-api",
            fact.site,
            f"`{fact.fault.found}` is gone in Keras 3",
            label="gone in Keras 3",
            help=fact.fault.help or "",
            note=f"Python raises: {fact.fault.text}",
            fix=partial(where_it_is_now, fact),
        )


@check_for("renamed-argument")
def renamed(facts: Facts) -> Iterator[Finding]:
    """KS602: an argument by its old name, or one that is gone."""
    for fact in _of(facts, "renamed-argument"):
        fault = fact.fault
        old = fault.found if isinstance(fault.found, list) else [fault.argument]
        new = fault.expected if isinstance(fault.expected, Mapping) else {}
        said = ", ".join(f"`{n}`" + (f" (now `{new[n]}`)" if n in new else "") for n in old)
        callee = fact.callee.removeprefix("keras.").removeprefix("layers.")
        ignored = fault.text in IGNORED.values()
        yield Finding(
            "renamed-argument",
            fact.site,
            f"`{callee}` does not take {said} any more",
            label=f"now `{new[old[0]]}`" if old[0] in new else "gone in Keras 3",
            fix=partial(by_new_names, fact),
            help=fault.help or "",
            note=f"Keras {'warns' if ignored else 'raises'}: {finished(fault.text)}",
            at_most=Severity.WARNING if ignored else None,
        )


@check_for("saved-format")
def saved_format(facts: Facts) -> Iterator[Finding]:
    """KS603: a path whose ending Keras 3 does not save to."""
    told: set[int] = set()
    for fact in _of(facts, "saved-format"):
        if not fact.site.certain or id(fact.site.node) in told:
            continue  # in a loop it is another path each time
        told.add(id(fact.site.node))
        fault = fact.fault
        callee = fact.callee.removeprefix("keras.").removeprefix("callbacks.")
        yield Finding(
            "saved-format",
            fact.site,
            f"`{callee}` needs {fault.expected}, not {fault.found}",
            label="the ending is not one of them",
            fix=partial(with_another_ending, fact),
            help=fault.help or "",
            note=f"Keras raises: {fault.text}",
        )
