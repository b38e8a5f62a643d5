"""Losses: what kind of outputs each is for, and by which names it is known."""

from __future__ import annotations

from dataclasses import dataclass

CATEGORICAL, SPARSE, BINARY, REGRESSION = "categorical", "sparse", "binary", "regression"


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss of ``keras.losses``.

    Attributes:
        name: of the function, ``binary_crossentropy``.
        kind: what it is for: one distribution over classes with one-hot labels
            (categorical) or integer labels (sparse), independent probabilities (binary),
            or numbers (regression).
        logits: whether it takes ``from_logits``.
        aliases: the class and the short names.
    """

    name: str
    kind: str
    aliases: tuple[str, ...] = ()
    logits: bool = False


LOSSES = (
    Loss("categorical_crossentropy", CATEGORICAL, ("CategoricalCrossentropy",), logits=True),
    Loss("categorical_focal_crossentropy", CATEGORICAL, ("CategoricalFocalCrossentropy",), True),
    Loss("sparse_categorical_crossentropy", SPARSE, ("SparseCategoricalCrossentropy",), True),
    Loss("binary_crossentropy", BINARY, ("BinaryCrossentropy", "bce", "BCE"), logits=True),
    Loss("binary_focal_crossentropy", BINARY, ("BinaryFocalCrossentropy",), logits=True),
    Loss("mean_squared_error", REGRESSION, ("MeanSquaredError", "mse", "MSE")),
    Loss("mean_absolute_error", REGRESSION, ("MeanAbsoluteError", "mae", "MAE")),
    Loss(
        "mean_absolute_percentage_error",
        REGRESSION,
        ("MeanAbsolutePercentageError", "mape", "MAPE"),
    ),
    Loss(
        "mean_squared_logarithmic_error",
        REGRESSION,
        ("MeanSquaredLogarithmicError", "msle", "MSLE"),
    ),
    Loss("huber", REGRESSION, ("Huber", "huber_loss")),
    Loss("log_cosh", REGRESSION, ("LogCosh", "logcosh")),
)

_BY_NAME = {name: loss for loss in LOSSES for name in (loss.name, *loss.aliases)}


def find(name: str) -> Loss | None:
    """The loss of that name, alias or class; None if it is not in the table."""
    return _BY_NAME.get(name)
