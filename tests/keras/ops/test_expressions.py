"""Expressions of model code, evaluated by the real libraries and by kerashape.

The tables have one expression a line. After ``# ?`` kerashape may not know all of the answer;
without it, it must.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.keras.ops.expressions import Raised, Tensors, agree, known, ours

pytestmark = pytest.mark.keras

TABLES = Path(__file__).parent / "tables"
TENSORS: Tensors = {
    "x": ((None, 4, 6), "float32"),
    "y": ((2, 4, 6), "float32"),
    "i": ((None, 3), "int32"),
    "v": ((6,), "float32"),
    "m": ((None, 6, 5), "float32"),
    "b": ((None, 4), "bool"),
    "img": ((None, 8, 9, 3), "float32"),
    "k": ((3, 3, 3, 16), "float32"),
}
DATA: Tensors = {
    "y": ((2, 4, 6), "float32"),
    "i": ((2, 3), "int32"),
    "v": ((6,), "float32"),
    "m": ((2, 6, 5), "float32"),
}


def rows(table: str) -> list[str]:
    return (TABLES / f"{table}.txt").read_text().splitlines()


def check(row: str, real: object, found: object) -> None:
    assert agree(real, found), f"{real} against {found}"
    if not row.endswith("# ?"):
        assert known(found)
        assert isinstance(found, Raised) == isinstance(real, Raised)


@pytest.mark.parametrize("row", rows("symbolic"))
def test_symbolic_tensors(row: str) -> None:
    from tests.keras.ops import reference

    check(row, reference.symbolic(row, TENSORS), ours(row, TENSORS))


@pytest.mark.parametrize("row", rows("within"))
def test_within_a_layer(row: str) -> None:
    from tests.keras.ops import reference

    check(row, reference.within(row, TENSORS), ours(row, TENSORS, traced=True))


@pytest.mark.parametrize("row", rows("data"))
def test_data(row: str) -> None:
    from tests.keras.ops import reference

    check(row, reference.on_data(row, DATA), ours(row, DATA, data=True))
