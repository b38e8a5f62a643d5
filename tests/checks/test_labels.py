"""Labels against outputs where a program changes the labels, and where it compiles."""

from __future__ import annotations

import pytest

from tests.checks.test_checks import diagnostics

DIGITS = """\
import keras
import numpy as np
from keras import layers

(x, y), _ = keras.datasets.mnist.load_data()


def net(units, activation, loss):
    model = keras.Sequential([keras.Input((28, 28)), layers.Flatten()])
    model.add(layers.Dense(units, activation=activation))
    model.compile("adam", loss)
    return model


yes_or_no = net(1, "sigmoid", "binary_crossentropy")
eight = net(8, "softmax", "sparse_categorical_crossentropy")
"""


@pytest.mark.parametrize("labels", ["y", "y[:5000]", "y.astype('float32')", "y.copy()"])
def test_ten_classes_are_too_many(labels: str) -> None:
    program = f"n = len({labels})\nyes_or_no.fit(x[:n], {labels})\neight.fit(x[:n], {labels})\n"
    found = [(d.code, str(d.severity)) for d in diagnostics(program, DIGITS)]
    assert found == [("KS305", "warning"), ("KS305", "error")]


@pytest.mark.parametrize(
    "labels",
    [
        "y == 0", "(y == 0).astype('float32')", "y % 2", "y // 5", "np.where(y == 3, 1, 0)", "y / 9.0",
        "np.isin(y, [1, 2]) * 1.0", "np.clip(y, 0, 1)", "np.minimum(y, 1)", "y.astype(bool)",
        "np.array([1 if digit == 3 else 0 for digit in y])", "np.round(y / 10)", "unknown(y)",
    ],
)  # fmt: skip
def test_what_was_made_of_the_labels_is_not_counted(labels: str) -> None:
    assert diagnostics(f"yes_or_no.fit(x, {labels})\n", DIGITS) == []


@pytest.mark.parametrize(
    "change",
    [
        "y[y > 1] = 0", "y[y > 1] -= 5", "np.putmask(y, y > 1, 0)", "unknown(y)",
        "few = y < 2\nx, y = x[few], y[few]",
    ],
)  # fmt: skip
def test_labels_that_were_changed_are_not_counted(change: str) -> None:
    assert diagnostics(f"{change}\nyes_or_no.fit(x, y)\n", DIGITS) == []


COMPILED = """\
import functools
import keras
import numpy as np
from keras import layers


def make():
    return keras.Sequential([keras.Input((4,)), layers.Dense(1)])


x, y = np.zeros((8, 4)), np.zeros(8)
model = make()
"""


@pytest.mark.parametrize(
    ("before", "codes"),
    [
        ("pass", ["KS309"]),
        ("make().compile('adam', 'mse')", ["KS309"]),
        ("model.compile('adam', 'mse')", []),
        ("getattr(model, 'compile')('adam', 'mse')", []),
        ("start = model.compile\nstart('adam', 'mse')", []),
        ("functools.partial(model.compile, loss='mse')(optimizer='adam')", []),
        ("for each in [model]:\n    each.compile('adam', 'mse')", []),
        ("for each in unknown([model]):\n    each.compile('adam', 'mse')", []),
        ("if unknown:\n    model.compile('adam', 'mse')", []),
        ("unknown(model)", []),
        ("unknown({'model': model})", []),
        ("model = unknown(model)", []),
        ("model = keras.models.clone_model(model)", ["KS309"]),
        ("model = keras.models.model_from_json(unknown)", []),
    ],
)
def test_a_model_is_called_uncompiled_only_where_it_is(before: str, codes: list[str]) -> None:
    assert [d.code for d in diagnostics(f"{before}\nmodel.fit(x, y)\n", COMPILED)] == codes


def test_methods_may_be_called_in_another_order_than_they_are_written() -> None:
    program = """
    class Trainer:
        def __init__(self):
            self.model = make()

        def train(self):
            self.model.fit(x, y)

        def prepare(self):
            self.model.compile("adam", "mse")
    """
    assert diagnostics(program, COMPILED) == []


BATCHES = """\
import keras
import numpy as np
import tensorflow as tf
from keras import layers

model = keras.Sequential([keras.Input((4,)), layers.Dense(10)])
model.compile("adam", "mse")


def data(n):
    return tf.data.Dataset.from_tensor_slices((np.zeros((n, 4)), np.zeros(n)))


"""


@pytest.mark.parametrize(
    ("trained", "code"),
    [
        ("fit(np.zeros((10, 4)), np.zeros(10))", "KS407"),
        ("fit(np.zeros((20, 4)), np.zeros(20), batch_size=10)", "KS407"),
        ("fit(np.zeros((11, 4)), np.zeros(11), batch_size=10)", "KS407"),
        ("train_on_batch(np.zeros((10, 4)), np.zeros(10))", "KS407"),
        ("train_on_batch(np.zeros((20, 4)), np.zeros(20))", "KS403"),
        ("fit(np.zeros((20, 4)), np.zeros(20))", "KS403"),
        ("fit(np.zeros((24, 4)), np.zeros(24), batch_size=10)", "KS403"),
        ("fit(data(20).batch(10, drop_remainder=True))", "KS407"),
        ("fit(data(20).batch(5, drop_remainder=True))", "KS405"),
        ("fit(data(20).batch(10))", "KS405"),
    ],
)
def test_labels_that_a_batch_happens_to_fit(trained: str, code: str) -> None:
    (found,) = diagnostics(f"model.{trained}\n", BATCHES)
    assert found.code == code
    may_be = trained == "fit(data(20).batch(10))"
    assert ("with 10 samples in a batch" in found.note) is may_be
