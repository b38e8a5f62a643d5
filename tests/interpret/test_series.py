"""Evenly spaced numbers, against numpy's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerashape.api import analyze
from kerashape.interpret import series
from kerashape.keras.layers.base import Array
from kerashape.keras.signature import Arguments
from kerashape.shapes import Shape

ENDS = st.one_of(st.integers(-100, 100), st.floats(-1e3, 1e3))

PROGRAM = """\
import numpy as np
import tensorflow as tf
import keras
def width(x):
    return keras.layers.Dense(int(x))(keras.Input((3,)))
rates = np.linspace(2, 8, 4)
alias = rates
{code}
"""


@pytest.mark.keras
@given(ENDS, ENDS, st.integers(1, 60))
def test_the_numbers_are_those_of_numpy(start: float, stop: float, count: int) -> None:
    import numpy as np

    array = Array(Shape((count,)), "float64")
    series.note(array, Arguments([start, stop], {"num": count}))
    assert array.numbers == tuple(np.linspace(start, stop, num=count).tolist())


@pytest.mark.parametrize(
    ("code", "widths"),
    [
        ("for r in rates: width(r)", [2, 4, 6, 8]),
        ("[width(r) for r in list(rates)[::-1]]", [8, 6, 4, 2]),
        ("width(rates[1]); width(rates[-1])", [4, 8]),
        ("[width(r) for r in rates[1:3]]", [4, 6]),
        ("[width(r) for r in rates.tolist()]", [2, 4, 6, 8]),
        ("width(tf.linspace(1.0, 3.0, 3).numpy()[1])", [2]),
        ("[width(3) for r in tf.linspace(0.0, 1.0, 3) if r > 0.25]", [3, 3]),
        ("[width(r.numpy()) for r in tf.linspace(1.0, 3.0, 3) if r]", [1, 2, 3]),
        ("width(5 if tf.linspace(0.0, 1.0, 2).numpy()[0] else 6)", [6]),
        ("rates[0] = 5\nwidth(alias[0])", [None]),
        ("rates += 1\nwidth(alias[0])", [None]),
        ("rates.sort()\nwidth(alias[0])", [None]),
        ("np.random.shuffle(rates)\nwidth(rates[0])", [None]),
        ("if np.random.rand() > 0.5:\n    rates[0] = 5\nwidth(rates[0])", [None]),
        ("rates = np.linspace(2, 8, 4, endpoint=False)\nwidth(rates[1])", [None]),
        ("rates.shape = (2, 2)\nwidth(alias[0][0])", [None]),
    ],
)
def test_what_is_known_of_them(code: str, widths: list[int | None]) -> None:
    found = [fact.call.output.shape for fact in analyze(PROGRAM.format(code=code)).calls]
    last = [None if shape.open or not isinstance(shape[-1], int) else shape[-1] for shape in found]
    assert last == widths
