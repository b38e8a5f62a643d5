"""The retold bugs under the real Keras: they are bugs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.programs import LATE, OPINIONS, Bug, bugs

pytestmark = pytest.mark.keras


def problem_of(bug: Bug, folder: Path) -> str | None:
    """What is wrong with a bug, that it does not show under Keras; None if it does."""
    from tests.oracle.execution import run
    from tests.oracle.faults import DEMONSTRATIONS

    text = bug.path.read_text(encoding="utf-8")
    outcome = run(text, bug.name, folder)
    if bug.undecided is not None:
        return None if outcome.error is not None else "it runs"
    [((_, line), code)] = bug.expected()
    if code in OPINIONS:
        return None if outcome.error is None else outcome.message
    if outcome.error is None:
        if code not in DEMONSTRATIONS:
            return "it runs"
        DEMONSTRATIONS[code](outcome)
        return None
    if outcome.raised_in(line) or (code in LATE and max(outcome.lines) >= line):
        return None
    return f"it raises in {outcome.lines}, not in {line}: {outcome.message}"


@pytest.mark.parametrize("part", range(4))
def test_every_bug_is_one_for_keras(part: int, tmp_path: Path) -> None:
    problems = {}
    for bug in bugs()[part::4]:
        try:
            problem = problem_of(bug, tmp_path)
        except Exception as error:  # a demonstration that does not work out
            problem = f"{type(error).__name__}: {error}"
        if problem is not None:
            problems[bug.name] = problem[:300]
    assert not problems
