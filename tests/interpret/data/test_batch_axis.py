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


LOOPS = [
    "for a, b in batches:\n    stack(a)",
    "for step, (a, b) in enumerate(batches):\n    stack(a)",
    "for epoch in range(2):\n    for (a, b), i in zip(batches, range(9)):\n        train(a)",
    "for a, b in batches.take(1):\n    stack(a)",
    "stack(next(iter(batches))[0])",
]
LOOP = """
import keras
import numpy as np
import tensorflow as tf

x, y = np.zeros(({samples}, 3), "float32"), np.zeros(({samples}, 1), "float32")
batches = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(9).batch({batch}).prefetch(1)
stack = keras.Sequential([keras.layers.Dense(2), keras.layers.Dense(1)])

@tf.function
def train(batch):
    return stack(batch)

{loop}
"""


@pytest.mark.parametrize("loop", LOOPS)
def test_the_first_batch_of_a_loop_builds_it(loop: str) -> None:
    for samples, batch in ((64, 8), (70, 32), (5, 8)):
        program = LOOP.format(samples=samples, batch=batch, loop=loop)
        namespace: dict[str, Any] = {}
        exec(program, namespace)
        real = [layer.output.shape for layer in namespace["stack"].layers]
        analysis = interpret(Source.from_text(program))
        calls = [fact.call for fact in analysis.calls if fact.call.operation.class_name == "Dense"]
        assert [tuple(call.output.shape.dims) for call in calls] == real, samples


def test_samples_that_are_not_counted() -> None:
    """A batch axis that depends on them is unknown: it may be None or the size of a batch."""
    program = PROGRAM.format(samples="int(input())", call="fit(x, y)")
    analysis = interpret(Source.from_text(program))
    assert [str(fact.call.output.shape) for fact in analysis.calls] == ["(?, 2)", "(?, 1)"]


DISTRIBUTED = """
import keras
import numpy as np
import tensorflow as tf

strategy = tf.distribute.MirroredStrategy()
size = 4 * strategy.num_replicas_in_sync
x, y = np.zeros((10, 3), "float32"), np.zeros((10, 1), "float32")
batches = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(10).batch(size)
with strategy.scope():
    stack = keras.Sequential([keras.layers.Dense(2), keras.layers.Dense(1)])
    stack.compile("sgd", "mse")

def step(batch):
    images, labels = batch
    with tf.GradientTape():
        return stack(images, training=True)

@tf.function
def steps(batch):
    return strategy.reduce("SUM", strategy.run(step, args=(batch,)), axis=None)

"""


@pytest.mark.parametrize(
    "training",
    [
        "stack.fit(x, y, batch_size=5)",
        "stack.fit(batches)",
        "for epoch in range(3):\n"
        "    for batch in strategy.experimental_distribute_dataset(batches):\n"
        "        steps(batch)",
    ],
)
def test_on_several_devices(training: str) -> None:
    """Each of them gets a part of a batch, of a size that depends on how many there are."""
    namespace: dict[str, Any] = {}
    exec(DISTRIBUTED + training, namespace)
    real = [layer.output.shape[1:] for layer in namespace["stack"].layers]
    analysis = interpret(Source.from_text(DISTRIBUTED + training))
    calls = [fact.call for fact in analysis.calls if fact.call.operation.class_name == "Dense"]
    ours = [call.output.shape for call in calls]
    assert [tuple(shape.dims[1:]) for shape in ours] == real
    assert all(str(shape).startswith("(?,") for shape in ours)


@pytest.mark.parametrize(
    "before", ["", 'stack.compile(keras.optimizers.SGD(lr=0.1), "mse")\n'], ids=["never", "refused"]
)
def test_a_training_that_keras_refuses_builds_nothing(before: str) -> None:
    program = PROGRAM.format(samples=64, call="fit(x, y)")
    compiled = 'stack.compile("sgd", "mse")\n'
    assert compiled in program
    analysis = interpret(Source.from_text(program.replace(compiled, before)))
    assert [str(fact.call.output.shape) for fact in analysis.calls] == ["(?, 2)", "(?, 1)"]


FIXED_BATCH = """
import keras
from keras import layers
a = keras.Input(batch_shape=(1, 8))
functional = keras.Model(a, layers.Dense(3)(a))
stack = keras.Sequential([layers.Dense(3)])
stack.build((1, 8))
free = keras.Sequential([keras.Input((8,)), layers.Dense(3)])
"""


@pytest.mark.parametrize(
    ("model", "shape"), [("functional", "(?, 3)"), ("stack", "(?, 3)"), ("free", "(None, 3)")]
)
def test_a_model_of_one_sample_takes_others(model: str, shape: str) -> None:
    """Keras does not look at the batch axis, so the output is not that of the model."""
    analysis = interpret(Source.from_text(f"{FIXED_BATCH}{model}(anything)"))
    assert str(analysis.calls[-1].call.output.shape) == shape
