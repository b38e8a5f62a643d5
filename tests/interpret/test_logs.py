"""The names of a training's figures, compared with the history that Keras makes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kerashape.interpret import interpret
from kerashape.interpret.logs import Logged, logged_by
from kerashape.source import Source

HEAD = """\
import keras
import numpy as np
from keras import callbacks, layers, losses, metrics

x = np.zeros((8, 4))
features = keras.Input((4,))
one = keras.Sequential([keras.Input((4,)), layers.Dense(1, activation="sigmoid")])
two = keras.Model(
    features, [layers.Dense(1, "sigmoid", name="a")(features), layers.Dense(3, "softmax", name="b")(features)]
)
named = keras.Model(
    features, {"p": layers.Dense(1, name="a")(features), "q": layers.Dense(1, name="b")(features)}
)
same = keras.Model(
    features, {"a": layers.Dense(1, name="a")(features), "b": layers.Dense(1, name="b")(features)}
)


def wrongCount(y_true, y_pred):
    return keras.ops.sum(y_true - y_pred)


def compiled(model, *args, **kwargs):
    model.compile("sgd", *args, **kwargs)
    return model


y = np.zeros((8, 1))
ys = [y, np.zeros((8, 3))]
"""
KNOWN = [
    "compiled(one, 'mse').fit(x, y)",
    "compiled(one, ['mse'], metrics=['acc']).fit(x, y)",
    "compiled(one, 'mse', metrics={'dense': ['mse', 'mae']}).fit(x, y)",
    "compiled(one, 'bce', metrics=['accuracy', 'AUC', 'mse', metrics.Recall(name='r')]).fit(x, y)",
    "compiled(one, 'bce', metrics=[metrics.BinaryAccuracy(), wrongCount]).fit(x, y)",
    "compiled(one, 'bce', metrics=[metrics.Precision(), metrics.Precision(0.3)]).fit(x, y)",
    "compiled(one, 'bce', metrics=[metrics.Precision, losses.MeanSquaredError()]).fit(x, y)",
    "compiled(one, 'bce', metrics=['acc'], weighted_metrics=['mae']).fit(x, y)",
    "compiled(one, 'bce', metrics=['acc']).fit(x, y, callbacks=callbacks.ReduceLROnPlateau('loss'))",
    "compiled(one, 'mse').fit(x, y, callbacks=[callbacks.LearningRateScheduler(lambda e: 0.1)])",
    "compiled(two, ['bce', 'categorical_crossentropy'], metrics={'b': 'accuracy'}).fit(x, ys)",
    "compiled(two, {'a': 'bce', 'b': 'mse'}, metrics={'a': ['acc', metrics.AUC()]}).fit(x, ys)",
    "compiled(two, ['mse', 'mse'], metrics=[['mae'], None]).fit(x, ys)",
    "compiled(two, 'mse', metrics=[['mae'], ['mae', 'acc']]).fit(x, ys)",
    "compiled(same, {'a': 'mse', 'b': 'mae'}, metrics={'b': ['mae']}).fit(x, {'a': y, 'b': y})",
]
UNKNOWN = [
    "compiled(one, 'mse', metrics=[unknown]).fit(x, y)",
    "compiled(one, 'mse', metrics=unknown).fit(x, y)",
    "compiled(one, 'mse').fit(x, y, callbacks=[unknown])",
    "compiled(one, 'mse').fit(x, y, callbacks=callbacks.LambdaCallback())",
    "compiled(named, {'p': 'mse', 'q': 'mae'}).fit(x, {'p': y, 'q': y})",
    "one.fit(x, y)",
]


def logged(program: str) -> Logged | None:
    analysis = interpret(Source.from_text(f"{HEAD}history = {program}\n"))
    (fact,) = [fact for fact in analysis.methods if fact.method == "fit"]
    return logged_by(fact)


@pytest.mark.keras
@pytest.mark.parametrize("program", KNOWN)
def test_the_names_are_those_of_the_history(program: str, tmp_path: Path) -> None:
    from tests.oracle.execution import run

    outcome = run(f"{HEAD}history = {program}\n", "program", tmp_path)
    assert outcome.error is None, outcome.message
    names: dict[str, Any] = outcome.namespace["history"].history
    found = logged(program)
    assert found is not None
    reported = [name for name in names if not name.startswith("val_")]  # by the test itself
    assert not any(found.lacks(name) for name in reported)
    others = [name for name in found.names if name not in reported]
    assert all(name in found.numbered for name in others)
    assert len(reported) >= len(found.names)


@pytest.mark.parametrize("program", UNKNOWN)
def test_what_may_report_anything_is_not_known(program: str) -> None:
    assert logged(program) is None


@pytest.mark.parametrize(
    ("arguments", "missing"),
    [
        ("", True),
        (", validation_data=None", True),
        (", validation_split=0.0", True),
        (", validation_split=0.5", False),
        (", validation_data=(x, y)", False),
        (", validation_data=unknown", False),
        (", validation_split=unknown", False),
    ],
)
def test_there_are_figures_of_a_validation_only_where_there_is_one(
    arguments: str, missing: bool
) -> None:
    found = logged(f"compiled(one, 'mse').fit(x, y{arguments})")
    assert found is not None
    assert found.lacks("val_loss") == missing
    assert found.lacks("val_acc")
    assert not found.lacks("loss")
