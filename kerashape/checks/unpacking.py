"""Check of the names that a result is taken apart into: KS113."""

from __future__ import annotations

from collections.abc import Iterator

from kerashape.analysis import FaultFact
from kerashape.checks.base import Facts, Finding, check_for
from kerashape.interpret.unpacking import RULE, Returned


@check_for(RULE)
def counts(facts: Facts) -> Iterator[Finding]:
    """KS113: as many names as a layer, a method or a loader returns values."""
    told: set[int] = set()
    for fact in facts.faults:
        if fact.fault.rule == RULE and id(fact.site.node) not in told:
            told.add(id(fact.site.node))
            yield _finding(fact)


def _finding(fact: FaultFact) -> Finding:
    returned, count = fact.fault.found, fact.fault.expected
    assert isinstance(returned, Returned)
    assert isinstance(count, int)
    found = len(returned.values)
    what = "value" if returned.operation is None else "tensor"
    return Finding(
        RULE,
        fact.site,
        f"{returned.maker} returns {found} {what}{'s' if found > 1 else ''}, but is taken apart "
        f"into {count}",
        label=f"gets {', '.join(returned.values)}",
        note=f"Python raises: {fact.fault.text}",
        help=_repair(returned, count),
    )


def _repair(returned: Returned, count: int) -> str:
    found = len(returned.values)
    if returned.maker == "`load_data`":
        return "write (x_train, y_train), (x_test, y_test)"
    if returned.operation is None and returned.values[0] != "loss":
        return "it returns two arrays, for training and for testing, for each that it is given"
    if found > count:
        return f"take all {found}, or gather those that are left, as in: first, *rest"
    if returned.operation is None:
        return "name metrics in compile, or take the loss alone"
    return f"take {found}"
