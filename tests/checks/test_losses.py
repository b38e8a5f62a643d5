"""The last activation seen through what comes after it, and losses in every form."""

from __future__ import annotations

import pytest

from tests.checks.test_checks import diagnostics

HEAD = """\
import functools
import keras
import tensorflow as tf
from keras import layers, ops

class Twice(layers.Layer):
    def __init__(self, head, scale=None):
        super().__init__()
        self.head, self.scale = head, scale

    def call(self, x):
        y = self.head(layers.Dropout(0.1)(x))
        return y if self.scale is None else y * self.scale


i = keras.Input((6, 4))
"""

ENDS = {
    # how the outputs are made: (what 'categorical_crossentropy' finds, with from_logits=True)
    "layers.Dense(3, activation='softmax')(i)": (None, "KS303"),
    "layers.Activation('softmax')(layers.Dense(3)(i))": (None, "KS303"),
    "layers.Softmax()(layers.Dense(3)(i))": (None, "KS303"),
    "ops.softmax(layers.Dense(3)(i))": (None, "KS303"),
    "keras.activations.softmax(layers.Dense(3)(i))": (None, "KS303"),
    "layers.Dropout(0.1)(layers.Dense(3, 'softmax')(i))": (None, "KS303"),
    "layers.TimeDistributed(layers.Dense(3, 'softmax'))(i)": (None, "KS303"),
    "layers.Reshape((3, 2, 3))(layers.Dense(3, 'softmax')(i))": (None, "KS303"),
    "layers.Flatten()(layers.Dense(3, 'softmax')(i))": (None, None),
    "layers.Permute((2, 1))(layers.Dense(3, 'softmax')(i))": (None, None),
    "layers.Softmax(axis=1)(layers.Dense(3)(i))": (None, None),
    "keras.Sequential([keras.Input((6, 4)), layers.Dense(3, 'softmax')])(i)": (None, "KS303"),
    "keras.Model(i, layers.Dense(3)(i))(keras.Input((6, 4)))": ("KS303", None),
    "layers.Dense(3)(i)": ("KS303", None),
    "layers.Dense(3, 'linear')(i)": ("KS303", None),
    "layers.Activation('linear')(layers.Dense(3)(i))": ("KS303", None),
    "layers.Flatten()(layers.Dense(3)(i))": ("KS303", None),
    "layers.Conv1D(3, 1)(i)": ("KS303", None),
    "layers.Add()([layers.Dense(3)(i), layers.Dense(3)(i)])": (None, None),
    "layers.Dense(3)(i) * 0.1": (None, None),
    "layers.BatchNormalization()(layers.Dense(3)(i))": (None, None),
    "layers.Dense(3, 'sigmoid')(i)": ("KS301", "KS303"),
    "layers.Dense(3, 'relu')(i)": ("KS306", None),
    "layers.ReLU()(layers.Dense(3)(i))": ("KS306", None),
    "layers.LSTM(3)(i)": ("KS306", None),
    "layers.Dense(3, activation=lambda x: x)(i)": (None, None),
    "layers.Lambda(lambda t: t)(layers.Dense(3, 'softmax')(i))": (None, "KS303"),
    "layers.Lambda(ops.softmax)(layers.Dense(3)(i))": (None, "KS303"),
    "layers.Lambda(lambda t: tf.nn.softmax(t / 2.0))(layers.Dense(3)(i))": (None, "KS303"),
    "layers.Lambda(lambda t: tf.nn.softmax(t, axis=1))(layers.Dense(3)(i))": (None, None),
    "layers.Lambda(lambda t: tf.nn.relu(t))(layers.Dense(3)(i))": ("KS306", None),
    "layers.Lambda(lambda t: ops.squeeze(t, 1))(layers.Reshape((1, 3))(layers.Dense(3)(i)[:, 0]))":
        (None, None),
    "layers.Lambda(lambda t: t * 2)(layers.Dense(3, 'softmax')(i))": (None, None),
    "layers.Lambda(lambda t: t[0])([layers.Dense(3, 'softmax')(i), i])": (None, "KS303"),
    "keras.Sequential([layers.Dense(3), layers.Lambda(ops.sigmoid)])(i)": ("KS301", "KS303"),
    "layers.TimeDistributed(keras.Sequential([layers.Dense(3, 'softmax')]))(i)": (None, "KS303"),
    "layers.TimeDistributed(keras.Sequential([layers.Dense(3)]))(i)": ("KS303", None),
    "Twice(layers.Dense(3, 'softmax'))(i)": (None, "KS303"),
    "Twice(layers.Dense(3))(i)": ("KS303", None),
    "Twice(layers.Dense(3), scale=2.0)(i)": (None, None),
}  # fmt: skip


@pytest.mark.parametrize("outputs", ENDS)
@pytest.mark.parametrize("logits", [False, True])
def test_the_last_activation_is_seen(outputs: str, logits: bool) -> None:
    loss = f"keras.losses.CategoricalCrossentropy(from_logits={logits})"
    program = f"o = {outputs}\nm = keras.Model(i, o)\nm.compile('adam', {loss})\n"
    if "keras.Input((6, 4)))" in outputs and outputs.startswith("keras.Model"):
        program = program.replace("(keras.Input((6, 4)))", "(i)")
    expected = ENDS[outputs][logits]
    assert [d.code for d in diagnostics(program, HEAD)] == ([expected] if expected else [])


LOGITS = [
    "keras.losses.SparseCategoricalCrossentropy(from_logits=True)",
    "keras.losses.SparseCategoricalCrossentropy(True)",
    "functools.partial(keras.losses.sparse_categorical_crossentropy, from_logits=True)",
    "lambda y, p: keras.losses.sparse_categorical_crossentropy(y, p, from_logits=True)",
    "lambda y, p: keras.losses.SparseCategoricalCrossentropy(from_logits=True)(y, p)",
    "lambda y, p: tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, p))",
    "tf.nn.sparse_softmax_cross_entropy_with_logits",
    "[keras.losses.SparseCategoricalCrossentropy(from_logits=True)]",
    "{'out': keras.losses.SparseCategoricalCrossentropy(from_logits=True)}",
]
PROBABILITIES = [
    "'sparse_categorical_crossentropy'",
    "keras.losses.sparse_categorical_crossentropy",
    "keras.losses.SparseCategoricalCrossentropy",
    "keras.losses.SparseCategoricalCrossentropy(ignore_class=0)",
    "lambda y, p: keras.losses.sparse_categorical_crossentropy(y, p)",
    "['sparse_categorical_crossentropy']",
]
NOT_KNOWN = [
    "lambda y, p: keras.losses.sparse_categorical_crossentropy(y, ops.softmax(p))",
    "lambda y, p: keras.losses.sparse_categorical_crossentropy(y, p * 2)",
    "keras.losses.SparseCategoricalCrossentropy(from_logits=unknown)",
    "unknown",
    "keras.losses.CategoricalCrossentropy(axis=1, from_logits=True)",
    "None",
]


@pytest.mark.parametrize("loss", LOGITS + PROBABILITIES + NOT_KNOWN)
@pytest.mark.parametrize("activation", ["softmax", None])
def test_the_loss_is_seen(loss: str, activation: str | None) -> None:
    program = (
        f"o = layers.Dense(3, activation={activation!r}, name='out')(i)\n"
        f"m = keras.Model(i, o)\nm.compile('adam', loss={loss})\n"
    )
    wrong = loss in LOGITS if activation else loss in PROBABILITIES
    assert [d.code for d in diagnostics(program, HEAD)] == (["KS303"] if wrong else [])


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ("", ["KS304"]),
        ("m.compile('adam', 'mse')", ["KS403"]),
        ("compile_somehow(m)", []),
    ],
)
def test_the_labels_are_judged_by_the_loss_that_holds(change: str, codes: list[str]) -> None:
    program = f"""
    import numpy as np
    m = keras.Sequential([keras.Input((4,)), layers.Dense(3, activation="softmax")])
    m.compile("adam", "categorical_crossentropy")
    {change}
    m.fit(np.zeros((9, 4)), np.zeros(9))
    """
    assert [d.code for d in diagnostics(program, HEAD)] == codes


def test_a_message_says_what_where_and_how_to_mend_it() -> None:
    program = """
    import numpy as np
    m = keras.Sequential([keras.Input((4,)), layers.Dense(3, activation="softmax")])
    m.compile("adam", "categorical_crossentropy")
    m.fit(np.zeros((9, 4)), np.zeros(9))
    """
    (found,) = diagnostics(program, HEAD)
    assert "one-hot" in found.message
    assert "(9,)" in found.message
    assert "'sparse_categorical_crossentropy'" in found.help
    assert "to_categorical(y, 3)" in found.help
    assert "must have the same rank" in found.note
    assert [label.text for label in found.related] == ["the loss"]
