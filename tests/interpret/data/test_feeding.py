"""What models are fed: programs that Keras runs, and programs that it stops.

What kerashape reports, Keras raises.
"""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

import kerashape
from kerashape.diagnostic import Severity

pytestmark = pytest.mark.keras

HEAD = """
import keras
import numpy as np
import tensorflow as tf
from keras import layers

x = np.zeros((20, 6), dtype="float32")
wide = np.zeros((20, 9), dtype="float32")
y = np.zeros((20, 1), dtype="float32")
images = np.zeros((20, 8, 8, 3), dtype="float32")


def model(*shapes):
    inputs = [keras.Input(shape) for shape in shapes]
    flat = [layers.Flatten()(i) for i in inputs]
    joined = layers.Concatenate()(flat) if len(flat) > 1 else flat[0]
    made = keras.Model(inputs if len(inputs) > 1 else inputs[0], layers.Dense(1)(joined))
    made.compile(loss="mse")
    return made


class Batches(keras.utils.PyDataset):
    def __init__(self, data, **kwargs):
        super().__init__(**kwargs)
        self.data = data

    def __len__(self):
        return 5

    def __getitem__(self, index):
        part = slice(index * 4, (index + 1) * 4)
        return self.data[part], y[part]


def generate(data):
    while True:
        for start in range(0, 20, 4):
            yield data[start : start + 4], y[start : start + 4]
"""

FINE = {
    "arrays": "model((6,)).fit(x, y)",
    "last axis of one": "model((6, 1)).fit(x, y)",
    "list of arrays": "model((6,), (9,)).fit([x, wide], y)",
    "dataset": "model((6,)).fit(tf.data.Dataset.from_tensor_slices((x, y)).batch(4))",
    "dataset of two inputs": "model((6,), (9,)).fit("
    "tf.data.Dataset.from_tensor_slices(((x, wide), y)).batch(4))",
    "mapped dataset": "model((6,)).fit(tf.data.Dataset.from_tensor_slices((wide, y)).batch(4)"
    ".map(lambda a, b: (a[:, :6], b)))",
    "dataset to predict": "model((6,)).predict(tf.data.Dataset.from_tensor_slices(x).batch(4))",
    "dataset with labels to predict": "model((6,)).predict("
    "tf.data.Dataset.from_tensor_slices((x, y)).batch(4))",
    "validation dataset": "d = tf.data.Dataset.from_tensor_slices((x, y)).batch(4)\n"
    "model((6,)).fit(d, validation_data=d)",
    "sequence": "model((6,)).fit(Batches(x))",
    "generator": "model((6,)).fit(generate(x), steps_per_epoch=2)",
    "images": "model((8, 8, 3)).fit("
    "tf.keras.preprocessing.image.ImageDataGenerator().flow(images, y, batch_size=4))",
    "stack on a dataset": "m = keras.Sequential([layers.Dense(3), layers.Dense(1)])\n"
    "m.compile(loss='mse')\nm.fit(tf.data.Dataset.from_tensor_slices((x, y)).batch(4))",
    "timeseries": "m = keras.Sequential([layers.LSTM(3), layers.Dense(1)])\n"
    "m.compile(loss='mse')\n"
    "m.fit(keras.utils.timeseries_dataset_from_array(x, y, sequence_length=5, batch_size=4))",
    "adapted": "n = layers.Normalization()\nn.adapt(x)\n"
    "m = keras.Sequential([keras.Input((6,)), n, layers.Dense(1)])\n"
    "m.compile(loss='mse')\nm.fit(x, y)",
    "by name": "a, b = keras.Input((6,), name='a'), keras.Input((9,), name='b')\n"
    "m = keras.Model([a, b], layers.Dense(1)(layers.concatenate([a, b])))\n"
    "m.compile(loss='mse')\nm.fit(tf.data.Dataset.from_tensor_slices(({'a': x, 'b': wide}, y))"
    ".batch(4))",
    "own step": "class Own(keras.Model):\n"
    "    def train_step(self, data):\n"
    "        return super().train_step((data[0][:, :6], data[1]))\n"
    "i = keras.Input((6,))\n"
    "m = Own(i, layers.Dense(1)(i))\nm.compile(loss='mse')\nm.fit(wide, y)",
}
FAULTS = {
    "array": "model((6,)).fit(wide, y)",
    "dataset": "model((6,)).fit(tf.data.Dataset.from_tensor_slices((wide, y)).batch(4))",
    "dataset without batches": "model((8, 8, 3)).fit("
    "tf.data.Dataset.from_tensor_slices((images, y)))",
    "sequence": "model((6,)).fit(Batches(wide))",
    "generator": "model((6,)).fit(generate(wide), steps_per_epoch=2)",
    "validation": "model((6,)).fit(x, y, validation_data=(wide, y))",
    "image size": "model((16, 16, 3)).fit("
    "tf.keras.preprocessing.image.ImageDataGenerator().flow(images, y, batch_size=4))",
    "one of two": "model((6,), (9,)).fit(tf.data.Dataset.from_tensor_slices((x, y)).batch(4))",
    "prediction": "model((6,)).predict(tf.data.Dataset.from_tensor_slices(wide).batch(4))",
    "mapped": "model((6,)).fit(tf.data.Dataset.from_tensor_slices((x, y)).batch(4)"
    ".map(lambda a, b: (a[:, :5], b)))",
    "own model": "class Own(keras.Model):\n"
    "    def __init__(self):\n"
    "        super().__init__()\n"
    "        self.inner = model((6,))\n"
    "    def call(self, x):\n"
    "        return self.inner(x)\n"
    "m = Own()\nm.compile(loss='mse')\nm.fit(wide, y)",
}


def text(program: str) -> str:
    """The whole program."""
    return HEAD + textwrap.dedent(program) + "\n"


def errors(program: str, folder: Path) -> list[str]:
    """What kerashape reports as an error."""
    file = folder / "program.py"
    file.write_text(text(program))
    found = kerashape.lint(file).diagnostics
    return [d.code for d in found if d.severity is Severity.ERROR]


def raised(program: str) -> str:
    """What Keras raises; nothing if it does not."""
    from tests.oracle.quiet import quiet

    with quiet():
        try:
            exec(compile(text(program), "program", "exec"), {})
        except Exception as error:
            return f"{type(error).__name__}: {error}"
    return ""


@pytest.mark.parametrize("name", FINE)
def test_what_fits_is_not_reported(name: str, tmp_path: Path) -> None:
    assert not raised(FINE[name])
    assert not errors(FINE[name], tmp_path)


@pytest.mark.parametrize("name", FAULTS)
def test_what_does_not_fit_is_reported(name: str, tmp_path: Path) -> None:
    assert raised(FAULTS[name])
    assert errors(FAULTS[name], tmp_path)
