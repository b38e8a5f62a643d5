"""SARIF 2.1.0, for code scanning."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kerashape import __version__
from kerashape.diagnostic import Diagnostic, Fix, Severity, Span
from kerashape.fingerprint import fingerprints
from kerashape.report import Style
from kerashape.report.places import message_of, place_of
from kerashape.rulebook import Rule, rulebook

if TYPE_CHECKING:
    from kerashape.linter import Result
    from kerashape.listings import Listings

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
HOME = "https://github.com/kerashape/kerashape"
LEVELS = {Severity.INFO: "note", Severity.WARNING: "warning", Severity.ERROR: "error"}
Json = dict[str, Any]


def render(result: Result, style: Style) -> Iterator[str]:
    """The log of one run."""
    book = rulebook()
    indices = {code: index for index, code in enumerate(book)}
    digests = fingerprints(result.diagnostics, result.listings)
    run = {
        "tool": {
            "driver": {
                "name": "kerashape",
                "informationUri": HOME,
                "version": __version__,
                "semanticVersion": __version__,
                "rules": [_rule(rule) for rule in book.values()],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True}],
        "results": [
            _result(diagnostic, indices[diagnostic.code], digest, result.listings)
            for diagnostic, digest in zip(result.diagnostics, digests)
        ],
    }
    yield json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(rule: Rule) -> Json:
    sections = rule.sections
    text = sections.get("What it does", rule.summary)
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": " ".join(text.split("\n\n")[0].split())},
        "help": {"text": text, "markdown": rule.page},
        "helpUri": rule.url,
        "defaultConfiguration": {"level": LEVELS[rule.severity], "enabled": rule.default},
        "properties": {
            "name": rule.name,
            "fixable": rule.fixable,
            "keras": list(rule.keras),
            "tags": ["keras"],
        },
    }


def _result(diagnostic: Diagnostic, index: int, digest: str, listings: Listings) -> Json:
    message = message_of(diagnostic)
    for kind, text in (("Note", diagnostic.note), ("Help", diagnostic.help)):
        message += f"\n{kind}: {text}" if text else ""
    found: Json = {
        "ruleId": diagnostic.code,
        "ruleIndex": index,
        "level": LEVELS[diagnostic.severity],
        "message": {"text": message},
        "locations": [_location(diagnostic.span, listings)],
        "partialFingerprints": {"kerashape/v1": digest},
    }
    if diagnostic.verdict:
        exception = diagnostic.exception or None
        found["properties"] = {"verified": diagnostic.verdict, "exception": exception}
    related = [
        *((label.span, label.text) for label in diagnostic.related),
        *((step.span, f"{step.text} → {step.shape}") for step in diagnostic.trace),
    ]
    if related:
        found["relatedLocations"] = [
            _location(span, listings) | {"id": number, "message": {"text": text}}
            for number, (span, text) in enumerate(related, start=1)
        ]
    if diagnostic.fix is not None and all(edit.span.cell is None for edit in diagnostic.fix.edits):
        found["fixes"] = [_fix(diagnostic.fix, listings)]
    return found


def _location(span: Span, listings: Listings) -> Json:
    return {
        "physicalLocation": {
            "artifactLocation": _artifact(span, listings),
            "region": _region(span, listings),
        }
    }


def _artifact(span: Span, listings: Listings) -> Json:
    uri = place_of(span, listings).uri
    return {"uri": uri} if ":" in uri else {"uri": uri, "uriBaseId": "%SRCROOT%"}


def _region(span: Span, listings: Listings) -> Json:
    place = place_of(span, listings)
    region: Json = {"startLine": place.line, "endLine": place.end_line}
    if place.column is not None and place.end_column is not None:
        region |= {"startColumn": place.column, "endColumn": place.end_column}
    return region


def _fix(fix: Fix, listings: Listings) -> Json:
    """A fix, file by file."""
    changes: dict[str, Json] = {}
    for edit in fix.edits:
        change = changes.setdefault(
            edit.span.path,
            {"artifactLocation": _artifact(edit.span, listings), "replacements": []},
        )
        change["replacements"].append(
            {
                "deletedRegion": _region(edit.span, listings),
                "insertedContent": {"text": edit.replacement},
            }
        )
    return {
        "description": {"text": fix.message},
        "artifactChanges": list(changes.values()),
        "properties": {"safe": fix.safe},
    }
