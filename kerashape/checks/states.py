"""Check of the states from which recurrent layers start: KS212."""

from __future__ import annotations

from collections.abc import Iterator

from kerashape.checks.base import Facts, Finding, check_for
from kerashape.keras.graph import Call, Tensor
from kerashape.keras.states import RULE, check_states, initial_states
from kerashape.shapes import Fault
from kerashape.site import Site
from kerashape.syntax import keyword


@check_for(RULE)
def state_mismatch(facts: Facts) -> Iterator[Finding]:
    """KS212: other states than the layer has; a call in a loop is told once."""
    told: set[int] = set()
    for site, call, fault in _faults(facts):
        if id(site.node) not in told:
            told.add(id(site.node))
            yield _finding(site, call, fault)


def _faults(facts: Facts) -> Iterator[tuple[Site, Call, Fault]]:
    for fact in facts.calls:
        if fact.call.fault is not None or not fact.site.certain:
            continue
        try:
            check_states(fact.call)
        except Fault as fault:
            yield fact.site, fact.call, fault
    for failed in facts.faults:  # on data
        if failed.fault.rule == RULE and failed.call is not None:
            yield failed.site, failed.call, failed.fault


def _finding(site: Site, call: Call, fault: Fault) -> Finding:
    named, given = keyword(site.node, "initial_state"), initial_states(call)
    layer = call.operation
    who = layer.title
    if isinstance(fault.expected, int):
        message = (
            f"{who} has {fault.expected} units, but starts from a state of shape {fault.found}"
        )
        help = f"give both layers as many units, or bring the state to {fault.expected} by a Dense"
    else:
        each = " in each direction" if layer.class_name == "Bidirectional" else ""
        message = f"{who} starts from {fault.expected}{each}, but is given {len(given)}"
        help = "pass all that a layer of its kind returns with return_state=True, in their order"
    return Finding(
        RULE,
        site.at(named.value) if named is not None else site,
        message,
        label=f"receives {', '.join(str(each.shape) for each in given)}",
        note=f"Keras builds it, and raises when it runs: {fault.text}",
        help=help,
        tensor=next((each for each in given if isinstance(each, Tensor)), None),
    )
