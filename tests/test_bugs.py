"""Bugs that people ask about, retold: what is found of them, and where."""

from __future__ import annotations

from collections import Counter

import pytest

import kerashape
from tests.programs import Bug, bugs

ALL = bugs()


def test_there_are_enough_of_them() -> None:
    assert len(ALL) >= 120
    assert len({bug.name for bug in ALL}) == len(ALL)


def test_nearly_all_that_can_be_decided_are_found() -> None:
    """Those that are not found say why: each is decided only when the program runs."""
    undecided = [bug for bug in ALL if not bug.expected()]
    assert all(bug.undecided for bug in undecided)
    assert len(undecided) <= 0.05 * len(ALL)


def test_a_bug_is_one_bug() -> None:
    assert all(sum(bug.expected().values()) <= 1 for bug in ALL)


@pytest.mark.parametrize("bug", ALL, ids=lambda bug: bug.name)
def test_exactly_the_bug_is_reported(bug: Bug) -> None:
    diagnostics = kerashape.lint([bug.path]).diagnostics
    found = Counter(((d.span.cell, d.span.line), d.code) for d in diagnostics)
    assert found == bug.expected()
