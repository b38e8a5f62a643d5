"""The states from which recurrent layers start: a fault exactly where Keras raises on data."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from kerashape.checks import check
from kerashape.interpret import interpret
from kerashape.rulebook import RuleSet
from kerashape.source import Source

UNITS = 5
KINDS = ("LSTM", "GRU", "SimpleRNN")
CASES = [
    (kind, both, sizes)
    for kind in KINDS
    for both, counts in ((False, (1, 2, 3)), (True, (1, 2, 3, 4, 6)))
    for count in counts
    for sizes in (
        itertools.product((UNITS, 6), repeat=count)
        if count < 3
        else [(UNITS,) * count, (6, *(UNITS,) * (count - 1)), (*(UNITS,) * (count - 1), 1)]
    )
]
PROGRAM = """
import keras
import numpy as np

layer = keras.layers.{kind}({units})
layer = keras.layers.Bidirectional(layer) if {both} else layer
states = [{states}]
layer({data}, initial_state=states)
"""


def program(kind: str, both: bool, sizes: tuple[int, ...], *, symbolic: bool) -> str:
    state = "keras.Input(({},))" if symbolic else "np.zeros((2, {}))"
    return PROGRAM.format(
        kind=kind,
        both=both,
        units=UNITS,
        states=", ".join(state.format(size) for size in sizes),
        data="keras.Input((4, 3))" if symbolic else "np.zeros((2, 4, 3))",
    )


@pytest.mark.keras
@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_where_keras_raises(kind: str) -> None:
    for case in CASES:
        if case[0] != kind:
            continue
        raises = False
        scope: dict[str, Any] = {}
        try:
            exec(program(*case, symbolic=False), scope)
        except Exception:
            raises = True
        for symbolic in (True, False):
            analysis = interpret(Source.from_text(program(*case, symbolic=symbolic)))
            codes = [found.code for found in check(analysis, RuleSet.of())]
            assert codes == ["KS212"] * raises, (case, symbolic)


def test_what_is_not_known_is_not_reported() -> None:
    for states in ("unknown", "[unknown, unknown]", "None", "[]"):
        text = f"import keras\nkeras.layers.LSTM(3)(keras.Input((4, 2)), initial_state={states})\n"
        assert not check(interpret(Source.from_text(text)), RuleSet.of())
