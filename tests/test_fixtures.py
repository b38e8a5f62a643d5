"""The fixtures: kerashape reports exactly what their comments say, and nothing else."""

from __future__ import annotations

from collections import Counter

import pytest

import kerashape
from tests.programs import FIXTURES, Fixture, bugs, fixtures, pages

ALL = [pytest.param(fixture, id=fixture.name) for fixture in fixtures()]


def found(fixture: Fixture) -> Counter[object]:
    diagnostics = kerashape.lint([fixture.path]).diagnostics
    return Counter(((d.span.cell, d.span.line), d.code) for d in diagnostics)


def test_every_program_is_there_broken_and_mended() -> None:
    names = {fixture.name for fixture in fixtures()}
    broken = [fixture for fixture in fixtures() if fixture.broken]
    assert len(broken) >= 30
    assert {f.name for f in broken} | {
        f.mended.relative_to(FIXTURES).as_posix() for f in broken
    } == names
    assert all(sum(fixture.expected().values()) == 1 for fixture in broken)
    assert not any(fixture.expected() for fixture in fixtures() if not fixture.broken)


def test_every_rule_about_keras_has_a_fixture() -> None:
    codes = {code for program in [*fixtures(), *bugs()] for _, code in program.expected()}
    on = {page.code for page in pages() if page.front["default"] == "on"}
    assert codes == on - {"KS901", "KS902"}


@pytest.mark.parametrize("fixture", ALL)
def test_exactly_what_is_expected_is_reported(fixture: Fixture) -> None:
    assert found(fixture) == fixture.expected()
