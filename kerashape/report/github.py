"""Annotations for GitHub's workflows, shown beside the lines of a pull request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerashape.diagnostic import Diagnostic, Severity
from kerashape.listing import Listing
from kerashape.report import Style
from kerashape.report.places import full_message
from kerashape.report.summary import closing_lines

if TYPE_CHECKING:
    from kerashape.linter import Result

_LEVELS = {Severity.INFO: "notice", Severity.WARNING: "warning", Severity.ERROR: "error"}


def render(result: Result, style: Style) -> Iterator[str]:
    """The report: workflow commands, then the summary for the log."""
    for diagnostic in result.diagnostics:
        yield _annotation(diagnostic, result.listings[diagnostic.span.path]) + "\n"
    for line in closing_lines(result, style):
        yield f"{line}\n"


def _annotation(diagnostic: Diagnostic, listing: Listing) -> str:
    span = diagnostic.span
    properties = {
        "file": span.path,
        "line": listing.physical(span.cell, span.line),
        "endLine": listing.physical(span.cell, span.end_line),
        "title": f"{diagnostic.code} {diagnostic.name}",
    }
    # GitHub takes columns only within one line, and a notebook's lines are JSON.
    if span.cell is None and span.line == span.end_line:
        properties |= {"col": span.column, "endColumn": span.end_column}
    listed = ",".join(f"{key}={_escape(str(value), ',:')}" for key, value in properties.items())
    return f"::{_LEVELS[diagnostic.severity]} {listed}::{_escape(full_message(diagnostic))}"


def _escape(text: str, more: str = "") -> str:
    """Percent-encoded, as the runner decodes it."""
    for character in "%\r\n" + more:
        text = text.replace(character, f"%{ord(character):02X}")
    return text
