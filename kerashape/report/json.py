"""One JSON object for other programs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kerashape.diagnostic import Diagnostic, Severity, Span
from kerashape.report import Style

if TYPE_CHECKING:
    from kerashape.linter import Result

VERSION = 1


def render(result: Result, style: Style) -> Iterator[str]:
    """The report."""
    summary: dict[str, Any] = {
        "files": result.files,
        "errors": result.count(Severity.ERROR),
        "warnings": result.count(Severity.WARNING),
        "infos": result.count(Severity.INFO),
        "coverage": {
            "known": result.known,
            "calls": result.calls,
            "known_models": result.known_models,
            "models": result.models,
        },
    }
    if style.statistics:
        summary["unknown_reasons"] = dict(result.reasons.most_common())
    report: dict[str, Any] = {
        "version": VERSION,
        "diagnostics": [diagnostic_json(diagnostic) for diagnostic in result.diagnostics],
        "summary": summary,
    }
    if style.show_unknown:
        report["unknowns"] = [
            place_json(gap.span, path=True) | {"reason": gap.reason} for gap in result.gaps
        ]
    yield dump(report)


def dump(value: object) -> str:
    """JSON for people too: indented, with the shapes in one line each."""
    text = json.dumps(value, indent=2)
    # Line ends within strings are escaped: these are between values.
    return re.sub(r"\[\n\s*([^\[\]{}]*?)\n\s*\]", _in_one_line, text) + "\n"


def _in_one_line(match: re.Match[str]) -> str:
    return "[" + re.sub(r",\n\s*", ", ", match.group(1)) + "]"


def diagnostic_json(diagnostic: Diagnostic) -> dict[str, Any]:
    """A diagnostic as DESIGN's object."""
    found: dict[str, Any] = {
        "code": diagnostic.code,
        "name": diagnostic.name,
        "severity": str(diagnostic.severity),
        "message": diagnostic.message,
        **place_json(diagnostic.span, path=True),
        "label": diagnostic.label,
        "note": diagnostic.note,
        "help": diagnostic.help,
        "related": [
            place_json(label.span, path=True) | {"text": label.text} for label in diagnostic.related
        ],
        "trace": [
            place_json(step.span, path=step.span.path != diagnostic.span.path)
            | {"text": step.text, "shape": step.shape}
            for step in diagnostic.trace
        ],
        "url": diagnostic.url,
    }
    if diagnostic.verdict:
        exception = diagnostic.exception or None
        found["verified"] = {"verdict": diagnostic.verdict, "exception": exception}
    if diagnostic.fix is not None:
        found["fix"] = {
            "message": diagnostic.fix.message,
            "safe": diagnostic.fix.safe,
            "edits": [
                place_json(edit.span, path=True) | {"replacement": edit.replacement}
                for edit in diagnostic.fix.edits
            ],
        }
    return found


def place_json(span: Span, *, path: bool = False) -> dict[str, Any]:
    """A place, with its path where that is not clear, and the cell in a notebook."""
    place: dict[str, Any] = {"path": span.path} if path else {}
    if span.cell is not None:
        place["cell"] = span.cell
    return place | {
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }
