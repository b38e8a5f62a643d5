"""One line a diagnostic: ``path:line:column: CODE message``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerashape.report import Style
from kerashape.report.places import marked
from kerashape.report.summary import closing_lines

if TYPE_CHECKING:
    from kerashape.linter import Result


def render(result: Result, style: Style) -> Iterator[str]:
    """The report."""
    for diagnostic in result.diagnostics:
        message = marked(" ".join(diagnostic.message.split()), diagnostic)
        yield f"{diagnostic.span}: {diagnostic.code} {message}\n"
    for gap in result.gaps:
        yield f"{gap.span}: unknown: {gap.reason}\n"
    for line in closing_lines(result, style):
        yield f"{line}\n"
