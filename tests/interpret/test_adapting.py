"""Layers that learn from data: what they refuse, as Keras does."""

from __future__ import annotations

import pytest

from kerashape.api import analyze

PRELUDE = "import keras\nimport numpy as np\nfrom keras import layers\n"
REFUSED = [
    """layer = layers.StringLookup(vocabulary=["a"])
layer.adapt(["b"])""",
    """layer = layers.TextVectorization(vocabulary=["a"])
layer.adapt(np.array(["b c"]))""",
    """layer = layers.TextVectorization()
layer.set_vocabulary(["a", "b", "a"])""",
    """layer = layers.IntegerLookup(max_tokens=3)
layer.set_vocabulary([1, 2, 3])""",
    """layer = layers.StringLookup(output_mode="count")
layer.adapt(["a", "b"])
layer.set_vocabulary(["a", "b", "c"])""",
    """layer = layers.Discretization(bin_boundaries=[0.0, 1.0])
layer.adapt(np.zeros(5))""",
    """layer = layers.Normalization(mean=0.0, variance=1.0)
layer.adapt(np.zeros((5, 2)))""",
    """layer = layers.Normalization(axis=2)
layer.adapt(np.zeros((5, 2)))""",
    """layer = layers.Normalization()
layer(keras.Input((3,)))
layer.adapt(np.zeros((5, 2)))""",
]
ACCEPTED = [
    """layer = layers.StringLookup()
layer.adapt(["a"])
layer.adapt(["a", "b"])
layer.set_vocabulary(["c", "d", "e"])""",
    """layer = layers.TextVectorization(output_mode="count", max_tokens=9, pad_to_max_tokens=True)
layer.adapt(["a b"])
layer.set_vocabulary(["c", "d", "e"])""",
    """layer = layers.Normalization()
layer.adapt(np.zeros((5, 2)))
layer.adapt(np.zeros((7, 2)))
layer(keras.Input((4,)))""",
    """layer = layers.Normalization(axis=None)
layer.adapt(np.zeros((5, 2)))
layer.adapt(np.zeros((5, 3)))""",
    """layer = layers.Discretization(num_bins=3)
layer.adapt([1.0, 2.0, 3.0, 4.0])""",
]


def faults(program: str) -> list[tuple[int, str]]:
    found = analyze(PRELUDE + program + "\n").faults
    return [(fault.site.span.line, fault.fault.text) for fault in found]


@pytest.mark.parametrize("program", REFUSED)
def test_what_cannot_be_learnt_is_reported_in_the_last_line(program: str) -> None:
    [(line, text)] = faults(program)
    assert line == len((PRELUDE + program).splitlines())
    assert text


@pytest.mark.parametrize("program", ACCEPTED)
def test_what_can_be_learnt_is_not_reported(program: str) -> None:
    assert faults(program) == []


def keras_says(program: str) -> str:
    from tests.oracle.reference import reset

    reset()
    try:
        exec(PRELUDE + program, {})
    except Exception as error:
        return str(error)
    return ""


@pytest.mark.keras
@pytest.mark.filterwarnings("ignore")
def test_keras_refuses_and_accepts_the_same() -> None:
    assert [program for program in ACCEPTED if keras_says(program)] == []
    for program in REFUSED:
        [(_, text)] = faults(program)
        assert text in keras_says(program)
