"""Sizes that code within a layer's ``call`` takes from a shape, against Keras."""

from __future__ import annotations

from typing import Any

import pytest

from kerashape.api import analyze

PROGRAM = """\
import keras
import tensorflow as tf
from keras import layers, ops

class Sizes(layers.Layer):
    def call(self, x):
        return x, tf.shape(x)[0], tf.shape(x)[1], ops.shape(x)[2]

class Probe(layers.Layer):
    def __init__(self):
        super().__init__()
        self.sizes = Sizes()

    def call(self, x):
        x, batch, rows, columns = self.sizes(x)
        return {code}

out = Probe()(keras.Input(batch_shape={shape}))
"""
SHAPES = [(None, 4, 6), (2, 4, 6), (None, None, 6), (2, None, None)]
CODE = [
    "tf.reshape(x, [batch, -1])",
    "tf.reshape(x, [batch, rows, -1])",
    "tf.reshape(x, [-1, rows * 2, columns])",
    "tf.reshape(x, [-1, columns, rows])",
    "ops.reshape(x, (batch, rows * columns))",
    "ops.reshape(x, (-1, columns))",
    "tf.reshape(tf.zeros((8, 6)), [batch, -1, 3])",
    "tf.reshape(tf.zeros((8, 6)), [rows, -1])",
    "ops.reshape(ops.zeros((16, 6)), (batch, 4, 12))",
    "tf.reshape(tf.zeros((8, 6)), [-1, batch, rows, 3])",
    "tf.repeat(x[:1], batch, axis=0)",
    "ops.repeat(x[:1], batch, axis=0)",
    "ops.repeat(x, rows, axis=1)",
    "tf.repeat(x, rows)",
    "tf.tile(x[:1], [batch, 1, 1])",
    "ops.tile(x[:1], (batch, 1, 1))",
    "tf.broadcast_to(x[:1], [batch, 4, 6])",
    "tf.zeros((batch, rows, 3)) + 1.0",
    "ops.ones((rows, columns))",
    "tf.fill([batch, rows], 1.0)",
    "ops.arange(rows)",
    "tf.range(batch)",
    "tf.one_hot(tf.range(rows), columns)",
    "keras.random.normal((batch, 3))",
    "tf.random.normal([rows, columns])",
    "tf.concat([x, tf.zeros((batch, 1, columns))], axis=1)",
    "tf.image.non_max_suppression(x[0, :, :4], x[0, :, 4], 3)",
    *(
        "tf.image.combined_non_max_suppression(x[..., None, :4], x[..., :3], 3, 10, "
        f"pad_per_class={pad})[{index}]"
        for pad in (True, False)
        for index in range(4)
    ),
]


def keras_says(program: str) -> list[int | None] | None:
    """The shape that comes out; None if Keras raises."""
    names: dict[str, Any] = {}
    try:
        exec(program, names)
    except Exception:
        return None
    return list(names["out"].shape)


@pytest.mark.keras
@pytest.mark.parametrize("code", CODE)
def test_what_comes_of_them(code: str) -> None:
    wrong, known = [], 0
    for shape in SHAPES:
        program = PROGRAM.format(code=code, shape=shape)
        real = keras_says(program)
        found = analyze(program).calls[-1].call
        if found.fault is not None:
            wrong += [(shape, found.fault, real)] if real is not None else []
        elif real is not None and found.output is not None and found.output.shape.known:
            known += 1
            mine = list(found.output.shape.dims)
            wrong += [(shape, mine, real)] if mine != real else []
    assert wrong == []
    assert known > 1


def test_a_size_that_is_not_known_leaves_the_others() -> None:
    program = """\
import keras
import tensorflow as tf
class Flat(keras.layers.Layer):
    def call(self, x):
        batch = x.shape[0]
        return tf.reshape(keras.layers.Conv2D(8, 4, 4)(x), [batch, 6, 8])
def model(shape):
    return Flat()(keras.Input(shape))
"""
    found = analyze(program).calls[-1].call.output.shape
    assert found.rank == 3
    assert list(found.dims[1:]) == [6, 8]
