"""Markdown, for a comment or a job's summary."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from kerashape.diagnostic import Diagnostic, Severity
from kerashape.report import Style
from kerashape.report.places import marked
from kerashape.report.summary import summary

if TYPE_CHECKING:
    from kerashape.linter import Result

_MARKS = {Severity.ERROR: "🔴", Severity.WARNING: "🟡", Severity.INFO: "🔵"}


def render(result: Result, style: Style) -> Iterator[str]:
    """The report: a table a file."""
    yield f"### kerashape\n\n{summary(result)}\n"
    for path, group in groupby(result.diagnostics, key=lambda d: d.span.path):
        yield f"\n#### {_cell(path)}\n\n"
        yield "| line | rule | what is wrong | what to do |\n|---|---|---|---|\n"
        for diagnostic in group:
            yield _row(diagnostic)


def _row(diagnostic: Diagnostic) -> str:
    span = diagnostic.span
    line = str(span.line) if span.cell is None else f"cell {span.cell}, {span.line}"
    rule = f"[{diagnostic.code}]({diagnostic.url})" if diagnostic.url else diagnostic.code
    mark = _MARKS[diagnostic.severity]
    wrong = marked(diagnostic.message, diagnostic)
    cells = (line, f"{mark} {rule}", _cell(wrong), _cell(diagnostic.help))
    return f"| {' | '.join(cells)} |\n"


def _cell(text: str) -> str:
    """A text that ends no cell and opens no tag."""
    for character, escaped in (("\n", " "), ("|", "\\|"), ("<", "&lt;")):
        text = text.replace(character, escaped)
    return text
