"""GitLab's code quality report, shown in merge requests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerashape.diagnostic import Severity
from kerashape.fingerprint import fingerprints
from kerashape.report import Style
from kerashape.report.places import marked, message_of, place_of

if TYPE_CHECKING:
    from kerashape.linter import Result

_SEVERITIES = {Severity.INFO: "info", Severity.WARNING: "minor", Severity.ERROR: "major"}


def render(result: Result, style: Style) -> Iterator[str]:
    """The report."""
    issues = []
    digests = fingerprints(result.diagnostics, result.listings)
    for diagnostic, digest in zip(result.diagnostics, digests):
        place = place_of(diagnostic.span, result.listings)
        issues.append(
            {
                "description": marked(f"{diagnostic.code} {message_of(diagnostic)}", diagnostic),
                "check_name": diagnostic.name,
                "fingerprint": digest,
                "severity": _SEVERITIES[diagnostic.severity],
                "location": {
                    "path": place.path,
                    "lines": {"begin": place.line, "end": place.end_line},
                },
            }
        )
    yield json.dumps(issues, indent=2) + "\n"
