"""What programs compute, by interpretation and by CPython."""

from __future__ import annotations

import pytest

from tests.interpret.python_programs import MAY_BE_UNKNOWN, PROGRAMS
from tests.interpret.semantics import compare, run_python


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_mean_what_they_mean_to_python(name: str) -> None:
    wrong, unknown = compare(PROGRAMS[name])
    assert not wrong
    assert set(unknown) == MAY_BE_UNKNOWN.get(name, set())


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_programs_run(name: str) -> None:
    _, error = run_python(PROGRAMS[name])
    assert error is None
