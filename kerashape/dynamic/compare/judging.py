"""What a run says to a diagnostic."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from kerashape.diagnostic import Diagnostic, Severity, Span
from kerashape.dynamic.compare.places import Places
from kerashape.dynamic.compare.verdicts import CONFIRMED, NOT_REACHED, REFUTED, SILENT, Judged
from kerashape.dynamic.events import (
    Event,
    Finished,
    MethodCalled,
    ModelBuilt,
    Raised,
    Reached,
    Statement,
)
from kerashape.parsing import Range

LATE = frozenset({"KS101", "KS103", "KS212", "KS307", "KS308", "KS309", "KS310", "KS409"})
"""Rules about what is wrong in the model, but raises only when it is used."""
OF_VALUES = frozenset({"KS305", "KS409"})
"""Rules about the values in arrays, of which a replay knows nothing, and only TensorFlow looks at."""
OF_PYTHON = frozenset({"KS113", "KS311"})
"""Rules about what the program does with what Keras gave it, which a replay leaves out."""
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
        used: the models that were trained without an exception, and (below 0) the compilations
            that were; None where it is not known which one was.
        models: the places that are about one model, or one compilation.
        unbuilt: the places of models of whose layers Keras was told, but not of an input.
        values: whether the data were the program's own.
        program: whether it was the program that ran, not a replay.
    """

    errors: list[Problem] = field(default_factory=list)
    reached: list[Span] = field(default_factory=list)
    unfinished: list[Span] = field(default_factory=list)
    used: set[int | None] = field(default_factory=set)
    models: list[tuple[Span, int]] = field(default_factory=list)
    unbuilt: list[Span] = field(default_factory=list)
    values: bool = True
    program: bool = True


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
    compiled: dict[int | None, int] = {}
    for event in events:
        if isinstance(event, Raised):
            lines = [places.of(line) for line in event.lines]
            if event.error == "NameError":  # something before it did not run
                found.unfinished += map(places.statement, lines)
                continue
            found.errors.append(Problem(lines, f"{event.error}: {event.message}", event.keras))
        elif isinstance(event, Reached):
            found.reached += [places.of(line) for line in event.lines]
        elif isinstance(event, Finished):
            found.values = event.backend == "tensorflow"
        elif isinstance(event, MethodCalled) and event.interrupted:  # another model's, almost
            found.unfinished.append(places.statement(places.of(event.where)))
        elif isinstance(event, MethodCalled) and event.method == "compile":
            compiled[event.number] = -1 - len(found.models)
            found.models.append((places.of(event.where), compiled[event.number]))
        elif isinstance(event, MethodCalled) and event.done:
            found.used |= {event.number, compiled.get(event.number, event.number)}
        elif isinstance(event, Statement) and event.how != "done":
            first, last = event.statement
            found.unfinished.append(places.source.locate(Range(first, 1, last, 1)))
    latest = {e.number: e for e in events if isinstance(e, ModelBuilt)}
    found.models += [(places.of(e.where), e.number) for e in latest.values()]
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
    following = places.after(statement)
    went_on = following is None or any(places.covers(following, at) for at in evidence.reached)
    undecided = (
        (evidence.program and not went_on)  # somebody caught what it raised, perhaps
        or any(places.covers(extent, span) for extent in evidence.unfinished)
        or (
            diagnostic.code.startswith("KS2")
            and any(places.covers(statement, place) for place in evidence.unbuilt)
        )
        or (late and not evidence.used & {None, *about})
        or (diagnostic.code in OF_VALUES and not evidence.values)
        or (diagnostic.code in OF_PYTHON and not evidence.program)
    )
    return Judged(diagnostic, NOT_REACHED if undecided else REFUTED)


_FORETOLD = "Keras raises: "


def _is_said(diagnostic: Diagnostic, text: str) -> bool:
    """Whether an exception says, word for word, what the diagnostic foretells."""
    foretold = diagnostic.note.removeprefix(_FORETOLD)
    return diagnostic.note.startswith(_FORETOLD) and foretold in text
