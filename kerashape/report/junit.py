"""JUnit's XML, which every CI system can show: a suite a file, a failed case a diagnostic."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING
from xml.etree import ElementTree as xml

from kerashape.diagnostic import Diagnostic, Severity
from kerashape.report import Style
from kerashape.report.places import full_message, place_of

if TYPE_CHECKING:
    from kerashape.linter import Result
    from kerashape.listings import Listings

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(result: Result, style: Style) -> Iterator[str]:
    """The report. What is only practice (severity info) is a case that was skipped."""
    root = xml.Element("testsuites", name="kerashape")
    for path, group in groupby(result.diagnostics, key=lambda d: d.span.path):
        suite = _suite(root, path)
        for diagnostic in group:
            _case(suite, diagnostic, result.listings)
        _count(suite)
    if not result.diagnostics:
        suite = _suite(root, "kerashape")
        xml.SubElement(suite, "testcase", name=f"{result.files} files", classname="kerashape")
        _count(suite)
    for key in ("tests", "failures"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in root)))
    xml.indent(root)
    yield '<?xml version="1.0" encoding="utf-8"?>\n'
    yield xml.tostring(root, encoding="unicode") + "\n"


def _suite(root: xml.Element, name: str) -> xml.Element:
    return xml.SubElement(root, "testsuite", name=_text(name))


def _case(suite: xml.Element, diagnostic: Diagnostic, listings: Listings) -> None:
    span = diagnostic.span
    place = place_of(span, listings)
    case = xml.SubElement(
        suite,
        "testcase",
        name=_text(
            f"{diagnostic.code} {diagnostic.name} ({str(span).removeprefix(span.path + ':')})"
        ),
        classname=_text(span.path),
        file=_text(place.path),
        line=str(place.line),
    )
    tag = "skipped" if diagnostic.severity is Severity.INFO else "failure"
    found = xml.SubElement(case, tag, message=_text(diagnostic.message))
    if tag == "failure":
        found.set("type", str(diagnostic.severity))
    found.text = _text(f"{span}: {full_message(diagnostic)}\n{diagnostic.url}")


def _count(suite: xml.Element) -> None:
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("skipped", str(len(suite.findall("testcase/skipped"))))


def _text(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return _NO_XML.sub("\ufffd", text)
