"""The calls of layers that were inferred against those that were recorded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from kerashape.diagnostic import Span
from kerashape.dynamic.compare.agreement import agree, compatible, is_shape, output_of
from kerashape.dynamic.compare.places import Places
from kerashape.dynamic.compare.verdicts import (
    CONFIRMED,
    CONTRADICTED,
    NOT_REACHED,
    ONLY_SEEN,
    UNKNOWN,
    Compared,
)
from kerashape.dynamic.events import LayerCall, Shapes

if TYPE_CHECKING:
    from kerashape.analysis import CallFact


def compare_calls(
    places: Places, facts: Sequence[CallFact], recorded: Sequence[LayerCall]
) -> list[Compared]:
    """Each call that was inferred or recorded, those of the same place and layer in pairs."""
    numbers = {id(fact): index for index, fact in enumerate(facts)}
    by_class: dict[str, list[tuple[Span, CallFact]]] = defaultdict(list)
    for fact in facts:
        by_class[fact.call.operation.class_name].append((fact.site.span, fact))
    groups: dict[tuple[Span, str], list[tuple[LayerCall, Span]]] = defaultdict(list)
    for event in _last_of_stacked(recorded):
        if event.mode == "eager" or event.interrupted:
            continue
        where = places.of(event.where)
        around = [span for span, _ in by_class[event.layer] if places.covers(span, where)]
        if event.end is not None and len(set(around)) > 1:
            line, column = event.end
            after = places.of((event.where[0], line))
            exact = [s for s in around if (s.end_line, s.end_column) == (after.line, column)]
            around = exact or around
        key = min(around, key=lambda span: span.end_line - span.line, default=where)
        groups[key, event.layer].append((event, where))
    found: list[Compared] = []
    for name, sited in by_class.items():
        for span in dict.fromkeys(span for span, _ in sited):
            inferred = [fact for s, fact in sited if s == span]
            events = [event for event, _ in groups.pop((span, name), ())]
            for entry, source in _matched(span, name, inferred, events):
                entry.fact = None if source is None else numbers[id(source)]
                found.append(entry)
    for (span, name), pairs in groups.items():
        for event, _ in pairs:
            found.append(
                Compared(ONLY_SEEN, span, name, None, event.output, "no call was seen there",
                         event.mode, event.operation)
            )  # fmt: skip
    return found


def _last_of_stacked(recorded: Sequence[LayerCall]) -> list[LayerCall]:
    """A Sequential that grows calls all its layers again: the last time is the one that stays."""
    last = {e.number: e for e in recorded if e.stacked}
    return [e for e in recorded if not e.stacked or last[e.number] is e]


def _matched(
    span: Span, name: str, facts: Sequence[CallFact], events: Sequence[LayerCall]
) -> Iterator[tuple[Compared, CallFact | None]]:
    """Pair the evaluations of one call: equal shapes first, then the unknown ones."""
    left = [(fact, output_of(fact)) for fact in facts]
    rest: list[LayerCall] = []
    # Keras traces the call of a user's layer as often as it likes.
    traced = bool(events) and all(event.mode == "traced" for event in events)
    for event in _distinct(events) if traced else events:
        outputs = [event.output, _of_any_batch(event.output)] if traced else [event.output]
        equal = next((pair for pair in left if any(agree(pair[1], o) for o in outputs)), None)
        if equal is None:
            rest.append(event)
            continue
        if not traced:
            left.remove(equal)
        yield _entry(CONFIRMED, span, name, equal[1], event), equal[0]
    for event in rest:
        maybe = next((pair for pair in left if compatible(pair[1], event.output)), None)
        if maybe is not None:
            left.remove(maybe)
            reason = maybe[0].call.reason or "a dimension is not known"
            yield _entry(UNKNOWN, span, name, maybe[1], event, reason), maybe[0]
        elif left and not traced:
            fact, output = left.pop(0)
            yield _entry(CONTRADICTED, span, name, output, event), fact
        elif traced and _all_seen(facts, events):
            yield _entry(CONTRADICTED, span, name, output_of(facts[0]), event), facts[0]
        else:
            reason = "fewer calls were seen there"
            yield _entry(ONLY_SEEN, span, name, None, event, reason), None
    for fact, output in [] if traced else left:
        operation = not fact.call.operation.is_layer
        yield Compared(NOT_REACHED, span, name, output, operation=operation), fact


def _of_any_batch(output: Shapes) -> Shapes:
    """The shapes that a batch of another size gives: a trace is for the size of one batch."""
    if is_shape(output):
        return [None, *output[1:]]
    if isinstance(output, dict):
        return {key: _of_any_batch(value) for key, value in output.items()}
    return [_of_any_batch(item) for item in output] if isinstance(output, list) else output


def _all_seen(facts: Sequence[CallFact], events: Sequence[LayerCall]) -> bool:
    """Whether the analysis claims to know the shapes of as many calls as Keras traced."""
    known = [output_of(fact) for fact in facts if fact.call.status == "known"]
    distinct = [shapes for i, shapes in enumerate(known) if shapes not in known[:i]]
    return len(known) == len(facts) and len(distinct) >= len(_distinct(events))


def _distinct(events: Sequence[LayerCall]) -> list[LayerCall]:
    found: list[LayerCall] = []
    for event in events:
        if not any(event.output == other.output for other in found):
            found.append(event)
    return found


def _entry(
    verdict: str, span: Span, name: str, inferred: Shapes, event: LayerCall, reason: str = ""
) -> Compared:
    return Compared(
        verdict, span, name, inferred, event.output, reason, event.mode, event.operation
    )
