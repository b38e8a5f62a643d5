"""The names of losses, metrics and optimizers: those of Keras, and no others."""

from __future__ import annotations

import pytest

from kerashape.keras.identifiers import LOSSES, METRICS, OPTIMIZERS, unknown_name


@pytest.mark.keras
def test_the_names_are_those_of_keras() -> None:
    from keras.src import losses, metrics, optimizers

    assert set(losses.ALL_OBJECTS_DICT) == LOSSES
    assert set(metrics.ALL_OBJECTS_DICT) == METRICS
    assert set(optimizers.ALL_OBJECTS_DICT) == OPTIMIZERS


@pytest.mark.parametrize("kind", ["loss", "metric", "optimizer"])
def test_what_keras_knows_is_not_unknown(kind: str) -> None:
    table = {"loss": LOSSES, "metric": METRICS, "optimizer": OPTIMIZERS}[kind]
    assert [name for name in table if unknown_name(kind, name) is not None] == []


@pytest.mark.parametrize(
    ("kind", "name", "meant"),
    [
        ("loss", "binary_cross_entropy", "binary_crossentropy"),
        ("loss", "sparse_categorial_crossentropy", "sparse_categorical_crossentropy"),
        ("loss", "cosine_proximity", "cosine_similarity"),
        ("loss", "crossentropy", None),
        ("loss", "my_own_loss", None),
        ("metric", "acc", None),
        ("metric", "ACC", None),
        ("metric", "accuarcy", "accuracy"),
        ("metric", "rmse", "root_mean_squared_error"),
        ("optimizer", "RMSProp", None),
        ("optimizer", "rms_prop", "rmsprop"),
    ],
)
def test_a_misspelt_name_is_recognised(kind: str, name: str, meant: str | None) -> None:
    assert unknown_name(kind, name) == meant
