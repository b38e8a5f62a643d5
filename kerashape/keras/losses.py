"""Losses: what outputs and labels each is for, and by which names it is known.

Two tables say everything: ``LOSSES``, what there is; ``VERDICTS``, which last activation fits
which kind of loss. The rules about losses only put them into words.
"""

from __future__ import annotations

from dataclasses import dataclass

CATEGORICAL, SPARSE, BINARY = "categorical", "sparse", "binary"
"""One distribution over classes, with one-hot labels or integer labels; or independent
probabilities."""
REGRESSION, MARGIN, DIVERGENCE, COUNT, OTHER = (
    "regression",
    "margin",
    "divergence",
    "count",
    "other",
)


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss of ``keras.losses``.

    Attributes:
        name: of the function, ``binary_crossentropy``.
        kind: what it is for, one of the words above.
        aliases: the class and the short names.
        logits: whether it takes ``from_logits``.
        compares: how labels and outputs have to fit: ``"same"`` shape, ``"sparse"`` (labels
            without the last axis), ``"broadcast"`` or ``""`` (not known).
    """

    name: str
    kind: str
    aliases: tuple[str, ...] = ()
    logits: bool = False
    compares: str = "broadcast"


LOSSES = (
    Loss("categorical_crossentropy", CATEGORICAL, ("CategoricalCrossentropy",), True, "same"),
    Loss("categorical_focal_crossentropy", CATEGORICAL, ("CategoricalFocalCrossentropy",), True,
         ""),
    Loss("sparse_categorical_crossentropy", SPARSE, ("SparseCategoricalCrossentropy",), True,
         "sparse"),
    Loss("binary_crossentropy", BINARY, ("BinaryCrossentropy", "bce", "BCE"), True, "same"),
    Loss("binary_focal_crossentropy", BINARY, ("BinaryFocalCrossentropy",), True, "same"),
    Loss("mean_squared_error", REGRESSION, ("MeanSquaredError", "mse", "MSE")),
    Loss("mean_absolute_error", REGRESSION, ("MeanAbsoluteError", "mae", "MAE")),
    Loss("mean_absolute_percentage_error", REGRESSION,
         ("MeanAbsolutePercentageError", "mape", "MAPE")),
    Loss("mean_squared_logarithmic_error", REGRESSION,
         ("MeanSquaredLogarithmicError", "msle", "MSLE")),
    Loss("huber", REGRESSION, ("Huber", "huber_loss")),
    Loss("log_cosh", REGRESSION, ("LogCosh", "logcosh")),
    Loss("cosine_similarity", OTHER, ("CosineSimilarity", "cosine_proximity")),
    Loss("poisson", COUNT, ("Poisson",)),
    Loss("kl_divergence", DIVERGENCE, ("KLDivergence", "kld", "KLD",
                                       "kullback_leibler_divergence")),
    Loss("hinge", MARGIN, ("Hinge",)),
    Loss("squared_hinge", MARGIN, ("SquaredHinge",)),
    Loss("categorical_hinge", MARGIN, ("CategoricalHinge",)),
    Loss("dice", OTHER, ("Dice",), compares=""),
    Loss("tversky", OTHER, ("Tversky",), compares=""),
    Loss("circle", OTHER, ("Circle",), compares=""),
    Loss("ctc", OTHER, ("CTC",), compares=""),
)  # fmt: skip
"""Not in the table: losses whose labels and outputs are not compared element by element."""

WRAPPED = {
    "tensorflow.nn.softmax_cross_entropy_with_logits": "categorical_crossentropy",
    "tensorflow.nn.softmax_cross_entropy_with_logits_v2": "categorical_crossentropy",
    "tensorflow.nn.sigmoid_cross_entropy_with_logits": "binary_crossentropy",
    "tensorflow.nn.sparse_softmax_cross_entropy_with_logits": "sparse_categorical_crossentropy",
}
"""Functions of TensorFlow that are one of these losses, on logits."""

_BY_NAME = {name: loss for loss in LOSSES for name in (loss.name, *loss.aliases)}


def find(name: str) -> Loss | None:
    """The loss of that name, alias or class; None if it is not in the table."""
    return _BY_NAME.get(name)


# -- which activation fits ------------------------------------------------------------

RIGHT = "right"
NOT_A_DISTRIBUTION = "the units do not form one distribution"
ONE_DISTRIBUTION = "the units form one distribution"
LOGITS = "logits are taken for probabilities"
PROBABILITIES = "probabilities are taken for logits"
NEGATIVE = "outputs below 0 have no logarithm"
UNBOUNDED = "outputs outside (0, 1) are clipped"
HALF = "the logits are never negative"
NARROW = "the logits stay between -1 and 1"

_LINEAR, _SIGNED, _POSITIVE = "linear", "signed", "positive"
GROUPS = {
    "softmax": "softmax",
    "sigmoid": "sigmoid", "hard_sigmoid": "sigmoid",
    "linear": _LINEAR,
    "relu": _POSITIVE, "relu6": _POSITIVE, "softplus": _POSITIVE, "exponential": _POSITIVE,
    "tanh": "tanh", "softsign": "tanh", "hard_tanh": "tanh",
    "elu": _SIGNED, "selu": _SIGNED, "leaky_relu": _SIGNED, "prelu": _SIGNED, "gelu": _SIGNED,
    "silu": _SIGNED, "swish": _SIGNED, "mish": _SIGNED, "celu": _SIGNED, "hard_silu": _SIGNED,
    "hard_swish": _SIGNED, "log_softmax": "negative", "log_sigmoid": "negative",
}  # fmt: skip
"""The activations by the values that come out. What is not listed fits everything."""

VERDICTS = {
    # (kind of loss, from_logits): what it means that the outputs are...
    (CATEGORICAL, False): {
        "softmax": RIGHT, "sigmoid": NOT_A_DISTRIBUTION, "linear": LOGITS, "positive": UNBOUNDED,
        "tanh": NEGATIVE, "signed": NEGATIVE, "negative": NEGATIVE,
    },
    (CATEGORICAL, True): {"softmax": PROBABILITIES, "sigmoid": PROBABILITIES},
    (BINARY, False): {
        "softmax": ONE_DISTRIBUTION, "sigmoid": RIGHT, "linear": LOGITS, "positive": UNBOUNDED,
        "tanh": NEGATIVE, "signed": NEGATIVE, "negative": NEGATIVE,
    },
    (BINARY, True): {
        "softmax": PROBABILITIES, "sigmoid": PROBABILITIES, "positive": HALF, "tanh": NARROW
    },
    (DIVERGENCE, False): {
        "softmax": RIGHT, "linear": UNBOUNDED, "tanh": NEGATIVE, "signed": NEGATIVE, "negative": NEGATIVE
    },
    (COUNT, False): {
        "linear": NEGATIVE, "tanh": NEGATIVE, "signed": NEGATIVE, "negative": NEGATIVE,
    },
}  # fmt: skip
"""Where nothing is said there is nothing to say. Sparse losses are as categorical ones; for
regression every activation may be right: it depends on the range of the targets."""


def verdict(kind: str, from_logits: bool, activation: str) -> str:
    """What it means that outputs of this activation go into this kind of loss."""
    row = VERDICTS.get((CATEGORICAL if kind == SPARSE else kind, from_logits), {})
    return row.get(GROUPS.get(activation, ""), RIGHT)
