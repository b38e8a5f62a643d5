"""What a replay shows: the steps that were carried out against the facts they came from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kerashape.diagnostic import Diagnostic, Span
from kerashape.dynamic.compare.agreement import NO_SHAPE, compatible, ends_of, output_of
from kerashape.dynamic.compare.judging import Evidence, Problem, judge
from kerashape.dynamic.compare.places import Places
from kerashape.dynamic.compare.verdicts import (
    CONFIRMED,
    CONTRADICTED,
    NOT_REACHED,
    ONLY_SEEN,
    Compared,
    Comparison,
    Trained,
)
from kerashape.dynamic.events import Event, Replayed
from kerashape.dynamic.plan import Plan, Step
from kerashape.source import Source

if TYPE_CHECKING:
    from kerashape.analysis import Analysis


def compare_replay(
    source: Source,
    analysis: Analysis,
    diagnostics: Sequence[Diagnostic],
    plan: Plan,
    events: Sequence[Event],
) -> Comparison:
    """Compare an analysis with the replay of its plan."""
    done = {e.step: e for e in events if isinstance(e, Replayed)}
    places = Places(source)
    found = Comparison()
    evidence = Evidence(values=False, program=False)
    calls: dict[int, tuple[Step, Replayed]] = {}
    models: dict[int, tuple[Step, Replayed]] = {}
    for number, step in enumerate(plan.steps):
        event = done.get(number)
        if event is None:
            continue
        if step["do"] == "call" and step["fact"] is not None:
            calls[step["fact"]] = step, event
        elif step["do"] == "check":
            models[step["fact"]] = step, event
        span = _span(analysis, step)
        if span is None or event.skipped:
            continue
        evidence.reached.append(span)
        model = step.get("layer") if step["do"] in ("check", "compile", "train") else None
        if model is not None:
            evidence.models.append((span, model))
        if event.error:
            evidence.errors.append(Problem([span], event.error, True, model))
        elif step.get("partial"):
            evidence.unfinished.append(span)
        elif step["do"] == "train":
            evidence.used.add(model)
        if step["do"] in ("compile", "train"):
            how = step.get("how", "compile")
            found.trained.append(Trained(span, how, event.error, event.seconds, event.peak))
    failed: set[int] = set()
    for index, fact in enumerate(analysis.calls):
        name = fact.call.operation.class_name
        span, inferred = fact.site.span, output_of(fact)
        carried_out = calls.get(index)
        entry = _call(span, name, inferred, plan, index, carried_out, failed)
        if carried_out is not None and carried_out[1].error and "layer" in carried_out[0]:
            failed.add(carried_out[0]["layer"])
        entry.fact = index
        entry.operation = not fact.call.operation.is_layer
        found.calls.append(entry)
    for index, model in enumerate(analysis.models):
        span, name = model.site.span, model.model.class_name
        _model(found, span, name, ends_of(model), plan, index, models.get(index))
    found.diagnostics = [judge(places, d, evidence) for d in diagnostics]
    return found


def _span(analysis: Analysis, step: Step) -> Span | None:
    """Where the fact is that a step is about."""
    if step["do"] == "call" and step["fact"] is not None:
        return analysis.calls[step["fact"]].site.span
    if step["do"] == "check":
        return analysis.models[step["fact"]].site.span
    if step.get("fault") is not None and step["do"] in ("model", "refused"):
        return analysis.faults[step["fault"]].site.span
    if step["do"] in ("compile", "train"):
        return analysis.methods[step["method"]].site.span
    return None


def _call(
    span: Span,
    name: str,
    inferred: object,
    plan: Plan,
    index: int,
    carried_out: tuple[Step, Replayed] | None,
    failed: set[int],
) -> Compared:
    if carried_out is None or carried_out[1].skipped:
        reason = plan.reasons.get(("call", index)) or (
            carried_out[1].skipped if carried_out else "it was not replayed"
        )
        return Compared(NOT_REACHED, span, name, inferred, None, reason)
    step, event = carried_out
    if step["fault"]:
        verdict = CONFIRMED if event.error else CONTRADICTED
        return Compared(verdict, span, name, None, event.output, event.error)
    expected = [NO_SHAPE if shape is None else shape for shape in step["expected"]]
    if event.error:
        # Of a call that is not understood nothing is claimed, nor of a layer that Keras gave up.
        verdict = ONLY_SEEN if set(map(str, expected)) <= {NO_SHAPE} else CONTRADICTED
        verdict = NOT_REACHED if step.get("layer") in failed else verdict
        return Compared(verdict, span, name, inferred, None, event.error)
    fits = compatible(expected, event.output)
    known = expected and not any(shape == NO_SHAPE or "?" in shape for shape in expected)
    verdict = (CONFIRMED if known else ONLY_SEEN) if fits else CONTRADICTED
    return Compared(verdict, span, name, inferred, event.output)


def _model(
    found: Comparison,
    span: Span,
    name: str,
    inferred: object,
    plan: Plan,
    index: int,
    carried_out: tuple[Step, Replayed] | None,
) -> None:
    if carried_out is None or (carried_out[1].skipped and not carried_out[1].output):
        reason = plan.reasons.get(("model", index)) or (
            carried_out[1].skipped if carried_out else "it was not replayed"
        )
        found.models.append(Compared(NOT_REACHED, span, name, inferred, None, reason))
        return
    step, event = carried_out
    actual = [event.inputs, event.output]
    agrees = compatible(step["inputs"], event.inputs) and compatible(step["outputs"], event.output)
    verdict, reason = (CONFIRMED if agrees else CONTRADICTED), event.error
    if event.batch is not None and not _batch_fits(step["outputs"], event.batch):
        reason = f"on data, Keras returns {event.batch}"
    if agrees and reason:  # the graph is as inferred; what Keras does with data is another matter
        verdict = ONLY_SEEN
    entry = Compared(verdict, span, name, inferred, actual, reason)
    entry.seconds, entry.peak = event.seconds, event.peak
    found.models.append(entry)
    if event.params is not None and step["params"] is not None:
        verdict = CONFIRMED if event.params == step["params"] else CONTRADICTED
        found.params.append(Compared(verdict, span, name, step["params"], event.params))


def _batch_fits(inferred: Sequence[object], actual: Sequence[object]) -> bool:
    """Whether a real batch has the inferred shapes, where those are sizes."""
    return len(inferred) == len(actual) and all(
        isinstance(ours, list)
        and isinstance(theirs, list)
        and len(ours) == len(theirs)
        and all(a in (None, "?", b) for a, b in zip(ours, theirs))
        for ours, theirs in zip(inferred, actual)
    )
