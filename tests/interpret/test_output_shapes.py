"""``layer.compute_output_shape(shape)`` in a program, against Keras."""

from __future__ import annotations

from typing import Any

import pytest

from kerashape.api import analyze

HEAD = "import keras\nfrom keras import layers\n"
CALLS = [
    ("layers.Conv2D(8, 3)", "(None, 32, 32, 3)"),
    ("layers.Conv1D(8, 3, padding='causal')", "(None, 32, 3)"),
    ("layers.Flatten()", "(None, 4, 5)"),
    ("layers.Dense(3)", "(2, 7)"),
    ("layers.LSTM(4, return_sequences=True)", "(None, 5, 2)"),
    ("layers.MaxPooling2D()", "[None, 32, 32, 3]"),
    ("layers.Reshape((-1, 2))", "(None, 8)"),
    ("layers.Embedding(10, 4)", "(None, 7)"),
    ("layers.Bidirectional(layers.GRU(4))", "(None, 7, 2)"),
    ("layers.TimeDistributed(layers.Dense(4))", "(None, 7, 2)"),
    ("layers.UpSampling2D()", "(None, 7, 2, 3)"),
    ("keras.Sequential([keras.Input((4,)), layers.Dense(9)])", "(None, 4)"),
]


@pytest.mark.keras
@pytest.mark.parametrize(("layer", "shape"), CALLS)
def test_it_is_that_of_keras(layer: str, shape: str) -> None:
    program = f"{HEAD}x = keras.Input(batch_shape=({layer}).compute_output_shape({shape}))\n"
    names: dict[str, Any] = {}
    exec(program, names)
    (*_, fact) = analyze(program + "y = layers.Identity()(x)\n").calls
    assert tuple(fact.call.output.shape.dims) == names["x"].shape


@pytest.mark.parametrize("shape", ["shape", "(None, n)", "None", "()", "[(None, 2), (None, 2)]"])
def test_what_is_not_known_stays_so(shape: str) -> None:
    program = f"{HEAD}def f(n, shape):\n    return layers.Dense(3).compute_output_shape({shape})\n"
    assert analyze(program).faults == []
