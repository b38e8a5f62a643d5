"""Losses, weights and metrics against outputs: the law, compared with what Keras does."""

from __future__ import annotations

import functools
import itertools
from typing import Any

import pytest

from kerashape.keras.compiling import Outputs, check_losses, check_metrics
from kerashape.shapes import Fault

OUTPUTS = {
    "single": Outputs("single", ("a",), ("a",)),
    "list": Outputs("list", ("a", "b"), ("a", "b")),
    "tuple": Outputs("tuple", ("a", "b"), ("a", "b")),
    "dict": Outputs("dict", ("a", "b"), ("p", "q")),
}
LOSSES: list[Any] = [
    "mse", ["mse"], ["mse", "mae"], ["mse", "mae", "mse"], ["mse", None], ("mse", "mae"),
    {"a": "mse"}, {"a": "mse", "b": "mae"}, {"b": "mse", "a": "mae"}, {"a": "mse", "x": "mae"},
    {"a": "mse", "b": "mae", "c": "mse"}, {"p": "mse", "q": "mae"}, {"p": "mse"},
    {"p": "mse", "x": "mae"},
]  # fmt: skip
WEIGHTS: list[Any] = [
    None, 0.5, 2, [1.0], [1.0, 0.5], [1.0, 0.5, 2.0], {"a": 1.0, "b": 0.5}, {"a": 1.0},
    {"a": 1.0, "x": 0.5}, {"p": 1.0, "q": 0.5},
]  # fmt: skip
METRICS: list[Any] = [
    None, [], "mae", ["mae"], ["mae", "mse"], ("mae", "mse"), ["mae", "mse", "mape"],
    [["mae"], ["mse", "mae"]], [["mae"]], [None, "mae"], {"a": "mae"}, {"a": ["mae"], "b": "mse"},
    {"p": "mae"}, {"x": "mae"}, {"a": "mae", "x": "mae"},
]  # fmt: skip
SURELY_ELSEWHERE = ("Shapes of all inputs must match", "Attempt to convert a value")
"""What TensorFlow says where a loss was given all outputs at once: not decided by the law."""


def said(check: Any, *arguments: Any) -> Fault | str | None:
    try:
        result: str | None = check(*arguments)
    except Fault as fault:
        return fault
    return result


@functools.cache
def trained(kind: str) -> tuple[Any, Any]:
    """A model with such outputs, and labels for it."""
    import keras
    import numpy as np

    x = keras.Input((3,))
    a, b = keras.layers.Dense(2, name="a")(x), keras.layers.Dense(1, name="b")(x)
    outputs: Any = {"single": a, "list": [a, b], "tuple": (a, b), "dict": {"p": a, "q": b}}[kind]
    one, two = np.zeros((4, 2)), np.zeros((4, 1))
    labels: Any = {"single": one, "dict": {"p": one, "q": two}}.get(kind, [one, two])
    return keras.Model(x, outputs), labels


def happens(kind: str, **compiled: Any) -> str | None:
    """What Keras says when the model is compiled so and evaluated; None if it goes well."""
    import numpy as np

    model, labels = trained(kind)
    try:
        model.compile("sgd", run_eagerly=True, **compiled)
        model.test_on_batch(np.zeros((4, 3)), labels)
    except Exception as error:  # Keras's own and TensorFlow's
        return str(error)
    return None


def agree(law: Fault | str | None, keras_says: str | None) -> bool:
    if isinstance(law, Fault):
        return keras_says is not None and law.text in keras_says
    return keras_says is None or any(text in keras_says for text in SURELY_ELSEWHERE)


@pytest.mark.keras
@pytest.mark.parametrize("kind", OUTPUTS)
def test_losses_and_weights_are_taken_as_keras_takes_them(kind: str) -> None:
    differing = []
    for loss, weights in itertools.product(LOSSES, WEIGHTS):
        law = said(check_losses, OUTPUTS[kind], loss, weights)
        keras_says = happens(kind, loss=loss, loss_weights=weights)
        if not agree(law, keras_says):
            differing.append((loss, weights, law, (keras_says or "")[:150]))
    assert not differing


@pytest.mark.keras
@pytest.mark.parametrize("kind", OUTPUTS)
@pytest.mark.parametrize("argument", ["metrics", "weighted_metrics"])
def test_metrics_are_taken_as_keras_takes_them(kind: str, argument: str) -> None:
    trained.cache_clear()  # a compile without metrics leaves those of the last one
    differing = []
    for metrics in METRICS:
        law = said(check_metrics, OUTPUTS[kind], metrics, argument)
        keras_says = happens(kind, loss="mse", **{argument: metrics})
        if not agree(law, keras_says):
            differing.append((metrics, law, keras_says))
    assert not differing


@pytest.mark.keras
def test_what_is_called_ignored_has_no_effect() -> None:
    import keras
    import numpy as np

    def value(model: Any, loss: Any, y: Any) -> float:
        model.compile("sgd", loss=loss)
        return float(model.evaluate(np.ones((4, 3)), y, verbose=0, return_dict=True)["loss"])

    x = keras.Input((3,))
    a, b = keras.layers.Dense(2, name="a")(x), keras.layers.Dense(1, name="b")(x)
    single, double = keras.Model(x, a), keras.Model(x, [a, b])
    y = [np.zeros((4, 2)), np.full((4, 1), 100.0)]
    assert said(check_losses, OUTPUTS["single"], ["mse", "mae"]) is not None
    assert value(single, ["mse", "mae"], y[0]) == value(single, "mse", y[0])
    assert said(check_losses, OUTPUTS["list"], ["mse"]) is not None
    assert value(double, ["mse"], y) == pytest.approx(value(single, "mse", y[0]))
