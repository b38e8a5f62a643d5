"""The fixtures under the real Keras: the broken ones fail as promised, the mended ones train."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.programs import LATE, OPINIONS, Fixture, fixtures, pages

pytestmark = pytest.mark.keras

PAGES = {page.code: page for page in pages()}


def some(broken: bool) -> list[object]:
    return [pytest.param(f, id=f.name) for f in fixtures() if f.broken == broken]


@pytest.mark.parametrize("fixture", some(broken=True))
def test_a_broken_program_fails_as_the_diagnostic_promises(
    fixture: Fixture, tmp_path: Path
) -> None:
    from tests.oracle.execution import run
    from tests.oracle.faults import DEMONSTRATIONS

    text, places = fixture.program()
    [(place, code)] = fixture.expected()
    page = PAGES[code]
    silent = page.front["severity"] != "error"
    outcome = run(text, fixture.name, tmp_path, train=not silent)
    if silent:
        assert outcome.error is None, outcome.message
        if code not in OPINIONS:
            DEMONSTRATIONS[code](outcome)
        return
    assert outcome.error is not None, "runs without an error"
    marked = places.index(place) + 1
    assert max(outcome.lines) >= marked or outcome.raised_in(marked)
    assert code in LATE or outcome.raised_in(marked), (marked, outcome.lines)
    assert any(quote.search(outcome.message) for quote in page.quotes()), outcome.message


@pytest.mark.parametrize("fixture", some(broken=False))
def test_a_mended_program_trains(fixture: Fixture, tmp_path: Path) -> None:
    from tests.oracle.execution import run

    # A step of the multimodal model takes its time, and its variants are one model.
    variant = "multimodal" in fixture.name and fixture.name != "multimodal_mended.py"
    outcome = run(fixture.program()[0], fixture.name, tmp_path, train=not variant)
    assert outcome.error is None, (outcome.lines, outcome.message)
