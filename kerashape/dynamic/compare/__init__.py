"""What was inferred against what Keras did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kerashape.diagnostic import Diagnostic
from kerashape.dynamic.compare.calls import compare_calls
from kerashape.dynamic.compare.judging import evidence_of_run, judge
from kerashape.dynamic.compare.models import compare_models, is_partial, stack_of
from kerashape.dynamic.compare.places import Places
from kerashape.dynamic.compare.verdicts import CONTRADICTED, NOT_REACHED, Comparison, Trained
from kerashape.dynamic.events import Event, Finished, LayerCall, MethodCalled, ModelBuilt, Raised
from kerashape.source import Source

if TYPE_CHECKING:
    from kerashape.analysis import Analysis


def compare(
    source: Source,
    analysis: Analysis | None,
    diagnostics: Sequence[Diagnostic],
    events: Sequence[Event],
) -> Comparison:
    """Compare the analysis of a program with the record of its run."""
    places = Places(source)
    found = Comparison()
    recorded = [e for e in events if isinstance(e, LayerCall)]
    facts = [] if analysis is None else analysis.calls
    found.calls = compare_calls(places, facts, recorded)
    latest = {e.number: e for e in events if isinstance(e, ModelBuilt)}
    models = [] if analysis is None else analysis.models
    stopped = {places.of(line) for e in events if isinstance(e, Raised) for line in e.lines}
    others = {
        id(layer)
        for model in models
        if is_partial(places, model, stopped)
        for layer in stack_of(model)
    }
    for entry in found.calls:
        fact = None if entry.fact is None else facts[entry.fact]
        if entry.verdict == CONTRADICTED and fact and id(fact.call.operation) in others:
            entry.verdict = NOT_REACHED  # it was called on what another layer gave
    cut_off = None if any(isinstance(e, Finished) for e in events) else max(latest, default=None)
    found.models, found.params = compare_models(places, models, latest.values(), stopped, cut_off)
    evidence = evidence_of_run(places, events)
    found.diagnostics = [judge(places, d, evidence) for d in diagnostics]
    found.trained = [
        Trained(places.of(e.where), e.method, "" if e.done else "an exception")
        for e in events
        if isinstance(e, MethodCalled)
    ]
    found.exceptions = [e for e in events if isinstance(e, Raised) and e.error != "SystemExit"]
    return found
