"""The reports that other programs read: SARIF, GitLab, JUnit, JSON lines, Markdown."""

from __future__ import annotations

import dataclasses
import json
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as xml

import pytest

import kerashape
from kerashape.diagnostic import Diagnostic, Edit, Fix, Label, Severity, Span, Step
from kerashape.linter import Result
from kerashape.report import FORMATS, Style, render
from kerashape.rulebook import rulebook
from tests.programs import FIXTURES, ROOT

SCHEMA = Path(__file__).parent / "schemas" / "sarif-schema-2.1.0.json"


@cache
def fixtures() -> Result:
    """What is found in all fixtures."""
    return kerashape.lint([FIXTURES])


def odd() -> Result:
    """Everything that a diagnostic can have, and characters that formats have trouble with."""
    path = "a b/ü&<é>|.py"
    span = Span(path, None, 2, 3, 4, 1)
    found = Diagnostic(
        "KS101", "model-input-not-input", Severity.INFO, "a | b\n<b>\x00\ud800&\"", span,
        label="l", help="h|\n", note="]]>", related=(Label(Span("/x.py", None, 1, 1, 1, 2), "r"),),
        trace=(Step(span, "f(x)", "(None, 2)"),),
        fix=Fix("m", (Edit(span, "x\n"), Edit(Span(path, None, 9, 1, 9, 1), "")), safe=False),
        url="https://example.org/",
    )  # fmt: skip
    return Result(diagnostics=[found, found], files=1)


def report(format_: str, result: Result) -> str:
    return "".join(render(format_, result, Style()))


RESULTS = {"nothing": Result(files=3), "fixtures": fixtures, "odd": odd}


def result(name: str) -> Result:
    found = RESULTS[name]
    return found if isinstance(found, Result) else found()


@pytest.mark.parametrize("format_", FORMATS)
def test_every_format_tells_what_real_keras_said(format_: str, tmp_path: Path) -> None:
    file = tmp_path / "program.py"
    file.write_text("import keras\nkeras.layers.Conv2D(3, 3)(keras.Input((4,)))\n")
    found = kerashape.lint([file])
    assert "confirmed" not in report(format_, found)
    [diagnostic] = found.diagnostics
    found.diagnostics = [dataclasses.replace(diagnostic, verdict="confirmed", exception="E: no")]
    told = report(format_, found)
    assert "confirmed" in told
    assert ("E: no" in told) == (format_ not in ("concise", "gitlab", "markdown"))


@pytest.mark.parametrize("name", RESULTS)
@pytest.mark.parametrize("format_", FORMATS)
def test_every_format_can_be_written_as_utf_8(format_: str, name: str) -> None:
    if name != "odd" or format_ not in ("text", "concise", "github", "markdown"):
        report(format_, result(name)).encode()


# -- SARIF ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RESULTS)
def test_sarif_is_valid(name: str) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(SCHEMA.read_text())
    validator = jsonschema.Draft4Validator(
        schema, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER
    )
    log = json.loads(report("sarif", result(name)))
    assert not list(validator.iter_errors(log))
    assert log["$schema"] == schema["id"]
    broken = {**log, "runs": [{**log["runs"][0], "columnKind": "bytes"}]}
    assert list(validator.iter_errors(broken)), "the schema refuses nothing"


def sarif(result: Result) -> dict[str, Any]:
    (run,) = json.loads(report("sarif", result))["runs"]
    assert isinstance(run, dict)
    return run


def test_sarif_says_everything() -> None:
    run = sarif(fixtures())
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(rulebook())
    assert all(rule["help"]["markdown"] and rule["helpUri"] for rule in rules)
    assert len(run["results"]) == len(fixtures().diagnostics)
    for found, diagnostic in zip(run["results"], fixtures().diagnostics):
        assert rules[found["ruleIndex"]]["id"] == found["ruleId"] == diagnostic.code
        assert diagnostic.message in found["message"]["text"]
        place = found["locations"][0]["physicalLocation"]
        assert (ROOT / place["artifactLocation"]["uri"]).is_file()
        region = place["region"]
        if diagnostic.span.cell is None:
            assert region == {
                "startLine": diagnostic.span.line,
                "startColumn": diagnostic.span.column,
                "endLine": diagnostic.span.end_line,
                "endColumn": diagnostic.span.end_column,
            }
        else:
            lines = (ROOT / diagnostic.span.path).read_text().splitlines()
            assert "# expect: " in lines[region["startLine"] - 1]
            assert "startColumn" not in region
        related = found.get("relatedLocations", [])
        assert len(related) == len(diagnostic.related) + len(diagnostic.trace)
        # A notebook's edits are in its cells, of which SARIF knows nothing.
        fixable = diagnostic.fix is not None and diagnostic.span.cell is None
        assert ("fixes" in found) == fixable
    digests = [found["partialFingerprints"]["kerashape/v1"] for found in run["results"]]
    assert len(set(digests)) == len(digests)


def test_uris_are_escaped() -> None:
    run = sarif(odd())
    one, two = run["results"]
    place = one["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {"uri": "a%20b/%C3%BC%26%3C%C3%A9%3E%7C.py", "uriBaseId": "%SRCROOT%"}
    other = one["relatedLocations"][0]["physicalLocation"]["artifactLocation"]
    assert other == {"uri": "file:///x.py"}
    assert one["level"] == "note"
    assert one["partialFingerprints"] != two["partialFingerprints"]
    (fix,) = one["fixes"]
    (change,) = fix["artifactChanges"]
    assert [r["insertedContent"]["text"] for r in change["replacements"]] == ["x\n", ""]


# -- the others -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RESULTS)
def test_gitlab(name: str) -> None:
    issues = json.loads(report("gitlab", result(name)))
    assert len(issues) == len(result(name).diagnostics)
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)
    for issue in issues:
        assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        lines = issue["location"]["lines"]
        assert 1 <= lines["begin"] <= lines["end"]


@pytest.mark.parametrize("name", RESULTS)
def test_junit(name: str) -> None:
    root = xml.fromstring(report("junit", result(name)).encode())
    cases = root.findall("testsuite/testcase")
    found = result(name).diagnostics
    assert len(cases) == max(len(found), 1)
    bad = [d for d in found if d.severity is not Severity.INFO]
    assert len(root.findall("testsuite/testcase/failure")) == len(bad)
    assert int(root.get("failures", "")) == len(bad)
    assert int(root.get("tests", "")) == len(cases)


def test_json_lines() -> None:
    lines = report("json-lines", fixtures()).splitlines()
    whole = json.loads(report("json", fixtures()))
    assert [json.loads(line) for line in lines] == whole["diagnostics"]


def test_markdown() -> None:
    text = report("markdown", odd())
    assert "#### a b/ü&&lt;é>\\|.py" in text
    (row, _) = [line for line in text.splitlines() if line.startswith("| 2 |")]
    assert row.replace("\\|", "").count("|") == 5
    assert report("markdown", Result(files=3)) == "### kerashape\n\nFound nothing in 3 files.\n"
