"""Stand-ins for the analysis, so that the shell is tested by itself.

In a program, ``fault(...)`` is where KS101 is due, ``crash()`` is where the analysis has a
fault of its own, and every other call is a layer call whose shape is known.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from kerashape import linter
from kerashape.analysis import Analysis
from kerashape.diagnostic import Diagnostic, Label, Step
from kerashape.rulebook import RuleSet
from kerashape.source import Source


def calls(source: Source) -> list[ast.Call]:
    """Every call of a program, in the order in which they start."""
    found = [node for node in ast.walk(source.tree) if isinstance(node, ast.Call)]
    return sorted(
        found, key=lambda call: (call.lineno, call.col_offset, -(call.end_col_offset or 0))
    )


def interpret(source: Source, keras_version: int, project: object) -> Analysis:
    """An analysis without facts."""
    if any(source.text_of(call.func) == "crash" for call in calls(source)):
        raise KeyError("a fault of kerashape")
    return Analysis(source)


def check(analysis: Analysis, rules: RuleSet) -> list[Diagnostic]:
    """KS101 at every ``fault(...)``, with everything that a diagnostic can have."""
    return list(_found(analysis.source, rules))


def _found(source: Source, rules: RuleSet) -> Iterator[Diagnostic]:
    listed = calls(source)
    for call in listed:
        if source.text_of(call.func) != "fault":
            continue
        first = source.span(listed[0])
        diagnostic = rules.diagnostic(
            "model-input-not-input",
            source.span(call),
            "input 0 is not an Input",
            label="(None, 5, 5, 1280)",
            note="Keras builds it",
            help="pass `effnet.input`",
            related=[Label(first, "made here")],
            trace=[Step(first, source.text_of(listed[0]), "(None, 150, 150, 3)")],
        )
        if diagnostic is not None:
            yield diagnostic


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the stand-ins in place."""
    monkeypatch.setattr(linter, "_interpret", interpret)
    monkeypatch.setattr(linter, "_check", check)
