"""Single expressions that people write, many of them wrong: kerashape refuses what Keras does."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = [pytest.mark.keras, pytest.mark.filterwarnings("ignore")]

EXPRESSIONS = (Path(__file__).parent / "mistakes.txt").read_text(encoding="utf-8").splitlines()


def keras_says(expression: str) -> str:
    from tests.oracle.reference import keras, reset

    reset()
    try:
        eval(expression, {"keras": keras})
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def kerashape_says(expression: str) -> str:
    from kerashape.api import analyze

    analysis = analyze(f"import keras\n\n{expression}\n")
    faults = [fact.fault for fact in analysis.faults]
    faults += [fact.call.fault for fact in analysis.calls if fact.call.fault is not None]
    return "; ".join(f"{fault.rule}: {fault.text}" for fault in faults)


def test_every_mistake_is_one_for_both() -> None:
    answers = {text: (keras_says(text), kerashape_says(text)) for text in EXPRESSIONS}
    assert any(theirs for theirs, _ in answers.values())
    assert not all(theirs for theirs, _ in answers.values())
    assert {text: a for text, a in answers.items() if bool(a[0]) != bool(a[1])} == {}
