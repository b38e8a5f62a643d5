"""What was inferred against what Keras did.

A shape is compared as a list of sizes, ``None`` and, where the analysis does not know, ``"?"``.
"""

from __future__ import annotations

import ast
import functools
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kerashape.diagnostic import Diagnostic, Severity, Span
from kerashape.dynamic.events import (
    Event,
    Finished,
    LayerCall,
    Line,
    MethodCalled,
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
    from kerashape.keras.layers.base import Layer

CONFIRMED = "confirmed"
CONTRADICTED = "contradicted"
UNKNOWN = "unknown"
ONLY_SEEN = "only seen at run time"
NOT_REACHED = "not reached"
REFUTED = "refuted"
SILENT = "silent"
"""A diagnostic about what Keras does without a word: a run neither confirms nor refutes it."""


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
    seconds: float | None = None
    """How long a batch took, and the peak of memory meanwhile."""
    peak: int | None = None
    fact: int | None = None
    """The index of the fact among the analysis's calls."""


@dataclass
class Trained:
    """A compile, or a step of training, evaluation or prediction; with what Keras said to it."""

    span: Span
    how: str
    error: str = ""
    seconds: float | None = None
    peak: int | None = None


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
    trained: list[Trained] = field(default_factory=list)
    exceptions: list[Raised] = field(default_factory=list)
    """Those that ended a statement of the program."""


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
    found.calls = _calls(places, facts, recorded)
    latest = {e.number: e for e in events if isinstance(e, ModelBuilt)}
    models = [] if analysis is None else analysis.models
    stopped = {places.of(line) for e in events if isinstance(e, Raised) for line in e.lines}
    others = {
        id(layer)
        for model in ([] if analysis is None else analysis.models)
        if _is_partial(places, model, stopped)
        for layer in _stack_of(model)
    }
    for entry in found.calls:
        fact = None if entry.fact is None else facts[entry.fact]
        if entry.verdict == CONTRADICTED and fact and id(fact.call.operation) in others:
            entry.verdict = NOT_REACHED  # it was called on what another layer gave
    cut_off = None if any(isinstance(e, Finished) for e in events) else max(latest, default=None)
    found.models, found.params = _models(places, models, latest.values(), stopped, cut_off)
    evidence = evidence_of_run(places, events)
    found.diagnostics = [judge(places, d, evidence) for d in diagnostics]
    found.trained = [
        Trained(places.of(e.where), e.method, "" if e.done else "an exception")
        for e in events
        if isinstance(e, MethodCalled)
    ]
    found.exceptions = [e for e in events if isinstance(e, Raised) and e.error != "SystemExit"]
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

    def statement(self, span: Span) -> Span:
        """The innermost simple statement around a span; the span itself where there is none."""
        around = [s for s in self._statements if self.covers(s, span)]
        return min(around, key=lambda s: s.end_line - s.line, default=span)

    @functools.cached_property
    def _statements(self) -> list[Span]:
        try:
            tree = ast.parse(self.source.text)
        except (SyntaxError, ValueError, RecursionError, Unreadable):
            return []
        return [
            self.source.locate(Range(node.lineno, 1, node.end_lineno or node.lineno, 1))
            for node in ast.walk(tree)
            if isinstance(node, ast.stmt) and not hasattr(node, "body")
        ]

    def covers(self, span: Span, where: Span) -> bool:
        """Whether the line ``where`` is one of ``span``."""
        return self.same_file(span, where) and span.line <= where.line <= span.end_line


# -- calls -----------------------------------------------------------------------------------


def _calls(
    places: Places, facts: Sequence[CallFact], recorded: Sequence[LayerCall]
) -> list[Compared]:
    numbers = {id(fact): index for index, fact in enumerate(facts)}
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
    if _is_shape(output):
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


def output_of(fact: CallFact) -> Shapes:
    """The inferred output, in the form of a recorded one."""
    return map_structure(_leaf, fact.call.output)


NO_SHAPE = "unknown"


def _leaf(value: object) -> Shapes:
    """A shape; a word where even the rank is not known; None of what is no tensor."""
    if isinstance(value, Tensor):
        shape = shape_json(value.shape)
        return NO_SHAPE if shape is None else shape
    return NO_SHAPE if value is None or isinstance(value, Unknown) else None


def agree(inferred: Shapes, actual: Shapes) -> bool:
    """Whether a known output is the one that Keras gave (whatever kind of nesting)."""
    ours, theirs = list(_shapes(inferred)), list(_shapes(actual))
    return bool(ours) and ours == theirs and all(_known(shape) for shape in ours)


def compatible(inferred: Shapes, actual: Shapes) -> bool:
    """Whether an output that is not (all) known could be the one that Keras gave."""
    ours, theirs = list(_shapes(inferred)), list(_shapes(actual))
    if not ours or ours == [NO_SHAPE]:
        return True
    return len(ours) == len(theirs) and all(
        a == NO_SHAPE or (len(a) == len(b) and all(x in ("?", y) for x, y in zip(a, b)))
        for a, b in zip(ours, theirs)
    )


def _known(shape: Any) -> bool:
    return shape != NO_SHAPE and "?" not in shape


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
    places: Places,
    facts: Sequence[ModelFact],
    recorded: Iterable[ModelBuilt],
    stopped: set[Span],
    cut_off: int | None = None,
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
        span, fact = pair
        count = fact.model.count_params()
        partial = event.number == cut_off or _is_partial(places, fact, stopped)
        if partial and not (exact and count == event.params):
            continue  # the program stopped at one of its layers: this is a part of the model
        waiting.remove(pair)
        inferred = ends_of(fact)
        maybe = all(compatible(ours, theirs) for ours, theirs in zip(inferred, actual))
        verdict = CONFIRMED if exact else UNKNOWN if maybe else CONTRADICTED
        models.append(Compared(verdict, span, event.layer, inferred, actual))
        verdict = UNKNOWN if count is None else CONFIRMED
        if count is not None and event.params is not None and count != event.params:
            verdict = CONTRADICTED
        if event.params is not None:
            params.append(Compared(verdict, span, event.layer, count, event.params))
    models += [
        Compared(NOT_REACHED, span, fact.model.class_name, ends_of(fact)) for span, fact in waiting
    ]
    return models, params


def _is_partial(places: Places, fact: ModelFact, stopped: set[Span]) -> bool:
    """Whether the program stopped at one of the layers of a Sequential, which it has not then."""
    sites = [layer.site.span for layer in _stack_of(fact) if layer.site is not None]
    return any(places.covers(site, line) for site in sites for line in stopped)


def _stack_of(fact: ModelFact) -> Sequence[Layer]:
    stack = getattr(fact.model, "stack", ())
    return stack if isinstance(stack, (list, tuple)) else ()


def ends_of(fact: ModelFact) -> Shapes:
    """The shapes of a model's inputs and of its outputs."""
    model = fact.model
    return [
        [_leaf(tensor) for tensor in flatten(model.inputs)],
        [_leaf(tensor) for tensor in flatten(model.outputs)],
    ]


# -- diagnostics -----------------------------------------------------------------------------

LATE = frozenset({"KS101", "KS103", "KS307", "KS308", "KS309", "KS310", "KS409"})
"""Rules about what is wrong in the model, but raises only when it is used."""
OF_VALUES = frozenset({"KS305", "KS409"})
"""Rules about the values in arrays, of which a replay knows nothing, and only TensorFlow looks at."""
_SAID = {"KS409": re.compile(r"\bindices\b")}
"""What the exception is known by, where others may come of the same use."""
_ANYTHING = re.compile("")


@dataclass
class Evidence:
    """What was seen that speaks for or against diagnostics.

    Attributes:
        errors: the exceptions.
        reached: lines that began to run.
        unfinished: lines that were not run to their end for another reason, or not with
            everything that the program gives.
        used: the models that were trained without an exception; None where it is not known
            which one was.
        models: the places that are about one model.
        unbuilt: the places of models of whose layers Keras was told, but not of an input.
        values: whether the data were the program's own.
    """

    errors: list[Problem] = field(default_factory=list)
    reached: list[Span] = field(default_factory=list)
    unfinished: list[Span] = field(default_factory=list)
    used: set[int | None] = field(default_factory=set)
    models: list[tuple[Span, int]] = field(default_factory=list)
    unbuilt: list[Span] = field(default_factory=list)
    values: bool = True


@dataclass
class Problem:
    """An exception: the lines on the way to it, what it said, whether Keras raised, and in the
    use of which model, where that is known."""

    lines: list[Span]
    text: str
    keras: bool
    model: int | None = None


def evidence_of_run(places: Places, events: Sequence[Event]) -> Evidence:
    """What a run of the program shows."""
    found = Evidence()
    for event in events:
        if isinstance(event, Raised) and event.error != "NameError":
            lines = [places.of(line) for line in event.lines]
            found.errors.append(Problem(lines, f"{event.error}: {event.message}", event.keras))
        elif isinstance(event, Reached):
            found.reached += [places.of(line) for line in event.lines]
        elif isinstance(event, Finished):
            found.values = event.backend == "tensorflow"
        elif isinstance(event, MethodCalled) and event.done and event.method != "compile":
            found.used.add(None)
        elif isinstance(event, Statement) and event.how != "done":
            first, last = event.statement
            found.unfinished.append(places.source.locate(Range(first, 1, last, 1)))
    latest = {e.number: e for e in events if isinstance(e, ModelBuilt)}
    found.unbuilt = [places.of(e.where) for e in latest.values() if e.inputs is None]
    return found


def judge(places: Places, diagnostic: Diagnostic, evidence: Evidence) -> Judged:
    """Whether Keras raised where the diagnostic says, or at least could have."""
    span = diagnostic.span
    statement = places.statement(span)
    for problem in evidence.errors:
        if any(places.covers(statement, line) for line in problem.lines):
            return Judged(diagnostic, CONFIRMED, problem.text)
    for problem in evidence.errors:  # of a model that is built late: where it is used
        if _is_said(diagnostic, problem.text):
            return Judged(diagnostic, CONFIRMED, problem.text)
    late = diagnostic.code in LATE
    about = {model for place, model in evidence.models if places.covers(statement, place)}
    if late:
        said = _SAID.get(diagnostic.code, _ANYTHING)
        for problem in evidence.errors:
            if not said.search(problem.text):
                continue
            if problem.keras and (not about or problem.model is None or problem.model in about):
                return Judged(diagnostic, CONFIRMED, problem.text)
    if not any(places.covers(statement, line) for line in evidence.reached):
        return Judged(diagnostic, NOT_REACHED)
    if diagnostic.severity is not Severity.ERROR:
        return Judged(diagnostic, SILENT)
    undecided = (
        any(places.covers(extent, span) for extent in evidence.unfinished)
        or (
            diagnostic.code.startswith("KS2")
            and any(places.covers(statement, place) for place in evidence.unbuilt)
        )
        or (late and not evidence.used & {None, *about})
        or (diagnostic.code in OF_VALUES and not evidence.values)
    )
    return Judged(diagnostic, NOT_REACHED if undecided else REFUTED)


_FORETOLD = "Keras raises: "


def _is_said(diagnostic: Diagnostic, text: str) -> bool:
    """Whether an exception says, word for word, what the diagnostic foretells."""
    foretold = diagnostic.note.removeprefix(_FORETOLD)
    return diagnostic.note.startswith(_FORETOLD) and foretold in text
