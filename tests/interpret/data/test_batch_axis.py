"""The batch axis of a stack that the first data builds, as TensorFlow traces it."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from kerashape.interpret import interpret
from kerashape.source import Source

pytestmark = pytest.mark.keras

SAMPLES = (6, 64)
BATCHES = (None, 4, 8)
CALLS = [
    *(f"evaluate(x, y, batch_size={batch})" for batch in BATCHES),
    *(f"predict(x, batch_size={batch})" for batch in BATCHES),
    *(
        f"fit(x, y, batch_size={batch}, validation_split={split})"
        for batch, split in itertools.product(BATCHES, (0.0, 0.2, 0.5))
    ),
    "fit(x, y, batch_size=4, validation_split=0.5, validation_data=(x, y))",
    "fit(x, y, batch_size=4, steps_per_epoch=1)",
    "train_on_batch(x, y)",
    "predict_on_batch(x)",
    "fit(tf.data.Dataset.from_tensor_slices((x, y)).batch(4))",
    "fit(tf.data.Dataset.from_tensor_slices((x, y)).batch(4, drop_remainder=True))",
]
PROGRAM = """
import keras
import numpy as np
import tensorflow as tf

x, y = np.zeros(({samples}, 3), "float32"), np.zeros(({samples}, 1), "float32")
stack = keras.Sequential([keras.layers.Dense(2), keras.layers.Dense(1)])
stack.compile("sgd", "mse")
stack.{call}
"""


@pytest.mark.parametrize("call", CALLS)
def test_as_keras_builds_it(call: str) -> None:
    for samples in SAMPLES:
        program = PROGRAM.format(samples=samples, call=call)
        namespace: dict[str, Any] = {}
        exec(program, namespace)
        real = [layer.output.shape for layer in namespace["stack"].layers]
        analysis = interpret(Source.from_text(program))
        ours = [tuple(fact.call.output.shape.dims) for fact in analysis.calls]
        assert ours == real, samples


def test_samples_that_are_not_counted() -> None:
    """A batch axis that depends on them is unknown: it may be None or the size of a batch."""
    program = PROGRAM.format(samples="int(input())", call="fit(x, y)")
    analysis = interpret(Source.from_text(program))
    assert [str(fact.call.output.shape) for fact in analysis.calls] == ["(?, 2)", "(?, 1)"]
