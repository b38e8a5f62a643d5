"""Programs that prepare data, run for real and by kerashape: every name is compared.

A name that is assigned on a line that ends with ``# ?`` may be unknown to kerashape; every
other one must be known, and what is known must be so.
"""

from __future__ import annotations

import importlib.util

import pytest

from tests.interpret.data.agreement import PROGRAMS, compare, names, ours, real

pytestmark = pytest.mark.keras

NEEDED = {"sklearn": "sklearn", "pandas": "pandas", "environments": "gymnasium"}
"""What is not installed with Keras."""
CASES = [
    (program, name, must)
    for program in sorted(path.stem for path in PROGRAMS.glob("*.txt"))
    for name, must in names(program)
]


@pytest.mark.parametrize(("program", "name", "must"), CASES, ids=[f"{p}-{n}" for p, n, _ in CASES])
def test_name(program: str, name: str, must: bool) -> None:
    needed = NEEDED.get(program)
    if needed is not None and importlib.util.find_spec(needed) is None:
        pytest.skip(f"{needed} is not installed")
    known = compare(real(program)[name], ours(program)[name])
    assert known or not must
