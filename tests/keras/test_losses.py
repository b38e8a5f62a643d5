"""The tables of losses: what is said of activations is so, and every loss has its names."""

from __future__ import annotations

import pytest

from kerashape.keras import losses
from kerashape.keras.losses import GROUPS, LOSSES, verdict

PROBABILITIES = [losses.CATEGORICAL, losses.SPARSE, losses.BINARY]


@pytest.mark.keras
def test_every_name_is_that_of_the_loss_in_keras() -> None:
    import keras

    for loss in LOSSES:
        function = getattr(keras.losses, loss.name)
        for name in (loss.name, *loss.aliases):
            exported = getattr(keras.losses, name, None)
            if exported is None and name not in ("mse", "mae", "mape", "msle", "bce", "kld"):
                try:
                    exported = keras.losses.get(name)
                except ValueError:
                    continue  # a name of Keras 2
            if isinstance(exported, type):
                assert exported().name in (loss.name, f"{loss.name}_loss")
            elif exported is not None:
                assert exported is function or exported.__name__ == function.__name__


@pytest.mark.keras
@pytest.mark.parametrize("name", [name for name in GROUPS if name != "prelu"])  # a layer
def test_an_activation_gives_the_values_that_its_group_says(name: str) -> None:
    """What fits a crossentropy are probabilities, and nothing else does."""
    import keras
    import numpy as np

    x = np.linspace(-8, 8, 64, dtype="float32").reshape(16, 4)
    values = np.array(keras.activations.get(name)(x))
    inside = bool(((values >= 0) & (values <= 1)).all())
    distribution = inside and bool(np.allclose(values.sum(axis=-1), 1))
    categorical = verdict(losses.CATEGORICAL, False, name)
    assert distribution == (categorical == losses.RIGHT)
    assert (inside and not distribution) == (categorical == losses.NOT_A_DISTRIBUTION)
    binary = verdict(losses.BINARY, False, name)
    assert inside == (binary in (losses.RIGHT, losses.ONE_DISTRIBUTION))
    unbounded = losses.LOGITS if name == "linear" else losses.UNBOUNDED
    assert (not inside and values.min() >= 0) == (categorical == unbounded != losses.LOGITS)
    logits = verdict(losses.BINARY, True, name)
    assert inside == (logits == losses.PROBABILITIES)
    assert (not inside and values.min() >= 0) == (logits == losses.HALF)
    bounded = bool(np.abs(values).max() <= 1)
    assert (bounded and not inside) == (logits == losses.NARROW)


@pytest.mark.parametrize("kind", PROBABILITIES)
@pytest.mark.parametrize("from_logits", [False, True])
def test_what_is_not_in_the_table_fits(kind: str, from_logits: bool) -> None:
    assert verdict(kind, from_logits, "an activation of one's own") == losses.RIGHT


def test_a_regression_may_end_in_anything() -> None:
    assert {verdict(losses.REGRESSION, False, name) for name in GROUPS} == {losses.RIGHT}
