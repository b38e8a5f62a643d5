"""An outcome as plain JSON, and back."""

from __future__ import annotations

from collections import Counter
from typing import Any

from kerashape.diagnostic import Diagnostic, Edit, Fix, Label, Severity, Span, Step
from kerashape.outcome import Gap, Outcome
from kerashape.suppress import Suppression, Suppressions

Json = Any


def to_json(outcome: Outcome) -> Json:
    """Without what it imports."""
    found = outcome.suppressions
    return {
        "path": outcome.path,
        "diagnostics": [_diagnostic(diagnostic) for diagnostic in outcome.diagnostics],
        "analysed": outcome.analysed,
        "known": outcome.known,
        "calls": outcome.calls,
        "known_models": outcome.known_models,
        "models": outcome.models,
        "reasons": list(outcome.reasons.items()),
        "gaps": [[_span(gap.span), gap.reason] for gap in outcome.gaps],
        "suppressions": None if found is None else [_suppression(one) for one in found],
    }


def from_json(value: Json) -> Outcome:
    """The inverse. Raises KeyError, TypeError or ValueError for what it did not make."""
    found = value["suppressions"]
    return Outcome(
        path=_text(value["path"]),
        diagnostics=[_to_diagnostic(item) for item in value["diagnostics"]],
        analysed=bool(value["analysed"]),
        known=int(value["known"]),
        calls=int(value["calls"]),
        known_models=int(value["known_models"]),
        models=int(value["models"]),
        reasons=Counter({_text(reason): int(times) for reason, times in value["reasons"]}),
        gaps=[Gap(_to_span(span), _text(reason)) for span, reason in value["gaps"]],
        suppressions=None if found is None else Suppressions(map(_to_suppression, found)),
    )


def _span(span: Span) -> Json:
    return [span.path, span.cell, span.line, span.column, span.end_line, span.end_column]


def _to_span(value: Json) -> Span:
    path, cell, *numbers = value
    line, column, end_line, end_column = map(int, numbers)
    return Span(
        _text(path), None if cell is None else int(cell), line, column, end_line, end_column
    )


def _diagnostic(d: Diagnostic) -> Json:
    fix = d.fix
    return [
        d.code, d.name, int(d.severity), d.message, _span(d.span), d.label, d.help, d.note, d.url,
        [[_span(label.span), label.text] for label in d.related],
        [[_span(step.span), step.text, step.shape] for step in d.trace],
        None if fix is None else
        [fix.message, fix.safe, [[_span(edit.span), edit.replacement] for edit in fix.edits]],
    ]  # fmt: skip


def _to_diagnostic(value: Json) -> Diagnostic:
    code, name, severity, message, span, label, help, note, url, related, trace, fix = value
    return Diagnostic(
        code=_text(code),
        name=_text(name),
        severity=Severity(severity),
        message=_text(message),
        span=_to_span(span),
        label=_text(label),
        help=_text(help),
        note=_text(note),
        url=_text(url),
        related=tuple(Label(_to_span(span), _text(text)) for span, text in related),
        trace=tuple(Step(_to_span(s), _text(text), _text(shape)) for s, text, shape in trace),
        fix=None if fix is None else _to_fix(*fix),
    )


def _to_fix(message: Json, safe: Json, edits: Json) -> Fix:
    made = tuple(Edit(_to_span(span), _text(replacement)) for span, replacement in edits)
    return Fix(_text(message), made, bool(safe))


def _suppression(s: Suppression) -> Json:
    rules = None if s.rules is None else {rule: sorted(codes) for rule, codes in s.rules.items()}
    return [_span(s.span), rules, s.first, s.last, s.everywhere, s.noqa, s.error, s.line]


def _to_suppression(value: Json) -> Suppression:
    span, rules, first, last, everywhere, noqa, error, line = value
    listed = None if rules is None else {rule: frozenset(codes) for rule, codes in rules.items()}
    return Suppression(
        _to_span(span), listed, int(first), int(last), bool(everywhere), bool(noqa), _text(error),
        _text(line),
    )  # fmt: skip


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
