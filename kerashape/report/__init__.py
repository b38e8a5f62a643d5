"""Reports: each format is a module with ``render(result, style)``."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kerashape.linter import Result

FORMATS = {
    "text": "kerashape.report.text",
    "concise": "kerashape.report.concise",
    "json": "kerashape.report.json",
    "json-lines": "kerashape.report.json_lines",
    "sarif": "kerashape.report.sarif",
    "github": "kerashape.report.github",
    "gitlab": "kerashape.report.gitlab",
    "junit": "kerashape.report.junit",
    "markdown": "kerashape.report.markdown",
}
"""The formats of ``kerashape lint`` and where they are."""


@dataclass(frozen=True, slots=True)
class Style:
    """How to write.

    Args:
        width: in terminal cells.
        color: whether to use colours.
        links: whether to use the terminal's hyperlinks.
        quiet: whether to leave out the summary.
        statistics: whether to count by rule, and say how much was understood.
        show_unknown: whether to list what is not known.
    """

    width: int = 80
    color: bool = False
    links: bool = False
    quiet: bool = False
    statistics: bool = False
    show_unknown: bool = False


def render(format_name: str, result: Result, style: Style) -> Iterator[str]:
    """The report, in pieces that make up its text."""
    module = importlib.import_module(FORMATS[format_name])
    pieces: Iterator[str] = module.render(result, style)
    return pieces
