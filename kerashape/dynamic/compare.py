"""What was inferred against what Keras did.

A shape is compared as a list of sizes, ``None`` and, where the analysis does not know, ``"?"``.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kerashape.diagnostic import Diagnostic, Severity, Span
from kerashape.dynamic.events import (
    Event,
    LayerCall,
    Line,
    ModelBuilt,
    Raised,
    Reached,
    Shapes,
    Statement,
)
from kerashape.keras.graph import Tensor, flatten, map_structure
from kerashape.parsing import Range, Unreadable
from kerashape.report.facts import shape_json
from kerashape.shapes import Unknown
from kerashape.source import Source

if TYPE_CHECKING:
    from kerashape.analysis import Analysis, CallFact, ModelFact

CONFIRMED = "confirmed"
CONTRADICTED = "contradicted"
UNKNOWN = "unknown"
ONLY_SEEN = "only seen at run time"
NOT_REACHED = "not reached"
REFUTED = "refuted"


@dataclass
class Compared:
    """One call or model: what was inferred, what Keras did, and the verdict on it."""

    verdict: str
    span: Span
    layer: str
    inferred: Shapes = None
    actual: Shapes = None
    reason: str = ""
    mode: str = "symbolic"
    operation: bool = False


@dataclass
class Judged:
    """A diagnostic, and what the run said to it, in Keras's own words."""

    diagnostic: Diagnostic
    verdict: str
    exception: str = ""


@dataclass
class Comparison:
    """Everything about one program."""

    calls: list[Compared] = field(default_factory=list)
    models: list[Compared] = field(default_factory=list)
    params: list[Compared] = field(default_factory=list)
    diagnostics: list[Judged] = field(default_factory=list)
    exceptions: list[Raised] = field(default_factory=list)
    """Those that Keras raised."""


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
    found.calls = _calls(places, [] if analysis is None else analysis.calls, recorded)
    latest = {e.number: e for e in events if isinstance(e, ModelBuilt)}
    models = [] if analysis is None else analysis.models
    found.models, found.params = _models(places, models, latest.values())
    found.diagnostics = [_judge(places, d, events) for d in diagnostics]
    found.exceptions = [e for e in events if isinstance(e, Raised) and e.keras]
    return found


class Places:
    """Lines of the program that ran as places in the file or the notebook's cells."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._file = os.path.realpath(source.file or source.path)

    def of(self, where: Line) -> Span:
        """The recorded line as a span of no width."""
        path, line = where
        if os.path.realpath(path) == self._file:
            return self.source.locate(Range(line, 1, line, 1))
        return Span(path, None, line, 1, line, 1)

    def same_file(self, span: Span, other: Span) -> bool:
        """Whether two spans are in the same cell of the same file."""
        return span.cell == other.cell and self._real(span.path) == self._real(other.path)

    def _real(self, path: str) -> str:
        return self._file if path == self.source.path else os.path.realpath(path)

    def covers(self, span: Span, where: Span) -> bool:
        """Whether the line ``where`` is one of ``span``."""
        return self.same_file(span, where) and span.line <= where.line <= span.end_line


# -- calls -----------------------------------------------------------------------------------


def _calls(
    places: Places, facts: Sequence[CallFact], recorded: Sequence[LayerCall]
) -> list[Compared]:
    by_class: dict[str, list[tuple[Span, CallFact]]] = defaultdict(list)
    for fact in facts:
        by_class[fact.call.operation.class_name].append((fact.site.span, fact))
    groups: dict[tuple[Span, str], list[tuple[LayerCall, Span]]] = defaultdict(list)
    for event in _last_of_stacked(recorded):
        if event.mode == "eager":
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
            found += _matched(span, name, inferred, events)
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
) -> list[Compared]:
    """Pair the evaluations of one call: equal shapes first, then the unknown ones."""
    left = [(fact, output_of(fact)) for fact in facts]
    found: list[Compared] = []
    rest: list[LayerCall] = []
    # Keras traces the call of a user's layer as often as it likes.
    traced = all(event.mode == "traced" for event in events)
    for event in _distinct(events) if traced else events:
        equal = next((pair for pair in left if agree(pair[1], event.output)), None)
        if equal is None:
            rest.append(event)
            continue
        if not traced:
            left.remove(equal)
        found.append(_entry(CONFIRMED, span, name, equal[1], event))
    matched = {id(pair[0]) for pair in left}
    for event in rest:
        maybe = next((pair for pair in left if compatible(pair[1], event.output)), None)
        if maybe is not None:
            left.remove(maybe)
            reason = maybe[0].call.reason or "a dimension is not known"
            found.append(_entry(UNKNOWN, span, name, maybe[1], event, reason))
        elif left and not traced:
            wrong = left.pop(0)
            found.append(_entry(CONTRADICTED, span, name, wrong[1], event))
        elif traced and facts and all(fact.call.status == "known" for fact in facts):
            found.append(_entry(CONTRADICTED, span, name, output_of(facts[0]), event))
        else:
            found.append(_entry(ONLY_SEEN, span, name, None, event, "fewer calls were seen there"))
    if traced and events:
        left = []
    found += [
        Compared(NOT_REACHED, span, name, output, None, operation=not fact.call.operation.is_layer)
        for fact, output in left
        if id(fact) in matched or not traced
    ]
    return found


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


def output_of(fact: CallFact) -> Shapes:
    """The inferred output, in the form of a recorded one."""
    return map_structure(_leaf, fact.call.output)


_NO_SHAPE = "unknown"


def _leaf(value: object) -> Shapes:
    """A shape; a word where even the rank is not known; None of what is no tensor."""
    if isinstance(value, Tensor):
        shape = shape_json(value.shape)
        return _NO_SHAPE if shape is None else shape
    return _NO_SHAPE if value is None or isinstance(value, Unknown) else None


def agree(inferred: Shapes, actual: Shapes) -> bool:
    """Whether a known output is the one that Keras gave (whatever kind of nesting)."""
    ours, theirs = list(_shapes(inferred)), list(_shapes(actual))
    return bool(ours) and ours == theirs and all(_known(shape) for shape in ours)


def compatible(inferred: Shapes, actual: Shapes) -> bool:
    """Whether an output that is not (all) known could be the one that Keras gave."""
    ours, theirs = list(_shapes(inferred)), list(_shapes(actual))
    if not ours or ours == [_NO_SHAPE]:
        return True
    return len(ours) == len(theirs) and all(
        a == _NO_SHAPE or (len(a) == len(b) and all(x in ("?", y) for x, y in zip(a, b)))
        for a, b in zip(ours, theirs)
    )


def _known(shape: Any) -> bool:
    return shape != _NO_SHAPE and "?" not in shape


def _is_shape(value: Any) -> bool:
    return isinstance(value, list) and all(
        size is None or isinstance(size, int) or size == "?" for size in value
    )


def _leaves(value: Shapes) -> Iterable[Any]:
    """The shapes within; ``[None, None]`` is a shape of rank 2."""
    if isinstance(value, dict):
        for key in sorted(value):
            yield from _leaves(value[key])
    elif isinstance(value, (list, tuple)) and not _is_shape(value):
        for item in value:
            yield from _leaves(item)
    else:
        yield value


def _shapes(value: Shapes) -> Iterable[Any]:
    return (shape for shape in _leaves(value) if shape is not None)


# -- models ----------------------------------------------------------------------------------


def _models(
    places: Places, facts: Sequence[ModelFact], recorded: Iterable[ModelBuilt]
) -> tuple[list[Compared], list[Compared]]:
    models: list[Compared] = []
    params: list[Compared] = []
    waiting = [(fact.site.span, fact) for fact in facts]
    for event in recorded:
        if event.inputs is None or event.outputs is None:
            continue
        where = places.of(event.where)
        actual = [event.inputs, event.outputs]
        candidates = [pair for pair in waiting if places.covers(pair[0], where)]
        exact = [pair for pair in candidates if agree(ends_of(pair[1]), actual)]
        pair = next(iter(exact or candidates), None)
        if pair is None and event.library:
            continue
        if pair is None:
            models.append(Compared(ONLY_SEEN, where, event.layer, None, actual))
            params.append(Compared(ONLY_SEEN, where, event.layer, None, event.params))
            continue
        waiting.remove(pair)
        span, fact = pair
        inferred = ends_of(fact)
        verdict = CONFIRMED if exact else UNKNOWN if compatible(inferred, actual) else CONTRADICTED
        models.append(Compared(verdict, span, event.layer, inferred, actual))
        count = fact.model.count_params()
        verdict = UNKNOWN if count is None else CONFIRMED
        if count is not None and event.params is not None and count != event.params:
            verdict = CONTRADICTED
        if event.params is not None:
            params.append(Compared(verdict, span, event.layer, count, event.params))
    models += [
        Compared(NOT_REACHED, span, fact.model.class_name, ends_of(fact)) for span, fact in waiting
    ]
    return models, params


def ends_of(fact: ModelFact) -> Shapes:
    """The shapes of a model's inputs and of its outputs."""
    model = fact.model
    return [
        [_leaf(tensor) for tensor in flatten(model.inputs)],
        [_leaf(tensor) for tensor in flatten(model.outputs)],
    ]


# -- diagnostics -----------------------------------------------------------------------------

_LATE = frozenset({"KS101", "KS103", "KS308"})
"""Rules about what is wrong in the model, but raises only when it is used."""


def _judge(places: Places, diagnostic: Diagnostic, events: Sequence[Event]) -> Judged:
    """Whether Keras raised where the diagnostic says, or at least could have."""
    span = diagnostic.span
    statement = _statement(places, span)
    for event in events:
        if isinstance(event, Raised) and event.error != "NameError":
            lines = [places.of(line) for line in event.lines]
            if any(places.covers(statement, line) for line in lines):
                return Judged(diagnostic, CONFIRMED, f"{event.error}: {event.message}")
    if diagnostic.code in _LATE:
        for event in events:
            if isinstance(event, Raised) and event.keras:
                return Judged(diagnostic, CONFIRMED, f"{event.error}: {event.message}")
    reached = any(
        places.covers(statement, places.of(line))
        for event in events
        if isinstance(event, Reached)
        for line in event.lines
    )
    slow = any(
        isinstance(e, Statement)
        and e.how != "done"
        and places.covers(_lines(places, e.statement), span)
        for e in events
    )
    if not reached or slow:
        return Judged(diagnostic, NOT_REACHED)
    silent = diagnostic.severity is not Severity.ERROR
    return Judged(diagnostic, UNKNOWN if silent else REFUTED)


def _lines(places: Places, extent: tuple[int, int]) -> Span:
    first = places.source.locate(Range(extent[0], 1, extent[1], 1))
    return first


def _statement(places: Places, span: Span) -> Span:
    """The innermost statement around a span; the span itself where there is none."""
    import ast

    try:
        tree = ast.parse(places.source.text)
    except (SyntaxError, ValueError, Unreadable):
        return span
    best: Span | None = None
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and not hasattr(node, "body"):
            end = node.end_lineno or node.lineno
            extent = places.source.locate(Range(node.lineno, 1, end, 1))
            if places.covers(extent, span) and (
                best is None or extent.end_line - extent.line < best.end_line - best.line
            ):
                best = extent
    return best or span
