"""Every message at its fixture: what was expected, what was found, and what to do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import kerashape
from kerashape.diagnostic import Diagnostic, Severity
from tests.programs import Block, Bug, Fixture, bugs, fixtures, pages

SILENT = {"KS901", "KS902"}
"""About the file itself."""
BOTH = re.compile(
    r"\b(but|not|no|needs|twice|than|says|gone|never|drops|already|always|before|takes|"
    r"while|beside|two layers|cannot|without|has to be|starts? with|as `keras`|counts|start|"
    r"reached|scaled|lets|does nothing|forced|reads|too|named|judges|has no effect|both|due|only|and as)\b"
)
"""A contrast, or a negation: without one a message says only half."""
PROGRAMS: list[Bug | Fixture] = [*bugs(), *(f for f in fixtures() if f.broken)]
EXAMPLES = [block for page in pages() if page.code not in SILENT for block in page.bad]


def judge(found: Diagnostic) -> list[str]:
    """What is missing in a message."""
    lines = {"message": found.message, "help": found.help, "note": found.note}
    problems = [f"{name} of several lines" for name, text in lines.items() if "\n" in text]
    problems += [
        f"{name} ends with a stop" for name in ("message", "help") if lines[name][-1:] == "."
    ]
    if not found.help:
        problems.append("no help")
    if not BOTH.search(found.message):
        problems.append("expected or found is missing")
    if "<" in found.message and "object at" in found.message:
        problems.append("a value without words")
    if found.severity is Severity.ERROR and not re.search(
        r"raise|Keras (trains|says|builds)|fails", found.note
    ):
        problems.append("it does not say what Keras does")
    return [f"{found.code} {found.message!r}: {problem}" for problem in problems]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_a_fixture_is_told_in_full(program: Bug | Fixture) -> None:
    diagnostics = kerashape.lint([program.path]).diagnostics
    assert [problem for found in diagnostics for problem in judge(found)] == []


@pytest.mark.parametrize("block", EXAMPLES, ids=str)
def test_an_example_is_told_in_full(block: Block, tmp_path: Path) -> None:
    file = tmp_path / "example.py"
    file.write_text(block.text, encoding="utf-8")
    diagnostics = kerashape.lint([file], extend_select=[block.code]).diagnostics
    assert diagnostics
    assert [problem for found in diagnostics for problem in judge(found)] == []
