"""One JSON object a line: the diagnostics, as they come."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerashape.report import Style
from kerashape.report.json import diagnostic_json

if TYPE_CHECKING:
    from kerashape.linter import Result


def render(result: Result, style: Style) -> Iterator[str]:
    """The report."""
    for diagnostic in result.diagnostics:
        yield json.dumps(diagnostic_json(diagnostic), separators=(",", ":")) + "\n"
