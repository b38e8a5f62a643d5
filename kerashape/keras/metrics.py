"""Metrics: which outputs and labels each one counts, and by which names it is known."""

from __future__ import annotations

from dataclasses import dataclass

ACCURACY = "accuracy"
"""``'accuracy'``: Keras chooses the binary, categorical or sparse one by the shapes."""
BINARY, CATEGORICAL, SPARSE = "binary", "categorical", "sparse"
ERROR, THRESHOLDS, EXACT = "error", "thresholds", "exact"


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric of ``keras.metrics``.

    Attributes:
        name: of the function, or what Keras makes of the class's name.
        kind: what it counts: hits of a class (binary, categorical, sparse), distances
            (error), pairs of a label and a probability (thresholds), or numbers that are equal
            (exact).
        aliases: the class and the short names.
    """

    name: str
    kind: str
    aliases: tuple[str, ...] = ()


METRICS = (
    Metric("accuracy", ACCURACY, ("acc",)),
    Metric("Accuracy()", EXACT, ("Accuracy",)),
    Metric("binary_accuracy", BINARY, ("BinaryAccuracy",)),
    Metric("categorical_accuracy", CATEGORICAL, ("CategoricalAccuracy",)),
    Metric("sparse_categorical_accuracy", SPARSE, ("SparseCategoricalAccuracy",)),
    Metric("top_k_categorical_accuracy", CATEGORICAL, ("TopKCategoricalAccuracy",)),
    Metric("sparse_top_k_categorical_accuracy", SPARSE, ("SparseTopKCategoricalAccuracy",)),
    Metric("auc", THRESHOLDS, ("AUC",)),
    Metric("precision", THRESHOLDS, ("Precision",)),
    Metric("recall", THRESHOLDS, ("Recall",)),
    Metric("true_positives", THRESHOLDS, ("TruePositives",)),
    Metric("true_negatives", THRESHOLDS, ("TrueNegatives",)),
    Metric("false_positives", THRESHOLDS, ("FalsePositives",)),
    Metric("false_negatives", THRESHOLDS, ("FalseNegatives",)),
    Metric("mean_squared_error", ERROR, ("MeanSquaredError", "mse", "MSE")),
    Metric("mean_absolute_error", ERROR, ("MeanAbsoluteError", "mae", "MAE")),
    Metric("root_mean_squared_error", ERROR, ("RootMeanSquaredError",)),
    Metric(
        "mean_absolute_percentage_error", ERROR, ("MeanAbsolutePercentageError", "mape", "MAPE")
    ),
)

_BY_NAME = {name: metric for metric in METRICS for name in (metric.name, *metric.aliases)}


def find(name: str) -> Metric | None:
    """The metric of that name, alias or class; None if it is not in the table."""
    return _BY_NAME.get(name)


# -- what goes together ---------------------------------------------------------------

RAISES, SILENT = "raises", "silent"

VERDICTS: dict[tuple[str, bool], dict[str, tuple[str, str]]] = {
    # (kind of loss, whether there is more than one unit): what becomes of a metric
    ("categorical", True): {
        SPARSE: (RAISES, "takes numbers of classes, but the loss takes one-hot labels"),
        BINARY: (SILENT, "counts every zero of a one-hot label as a hit"),
        EXACT: (SILENT, "counts probabilities that are exactly 0 or 1"),
    },
    ("sparse", True): {
        CATEGORICAL: (SILENT, "takes one-hot labels, but the loss takes numbers of classes"),
        THRESHOLDS: (RAISES, "takes a label for every unit, but the loss takes one number"),
        BINARY: (SILENT, "takes a label for every unit, but the loss takes one number"),
        ERROR: (SILENT, "is the distance of every probability from the number of the class"),
        EXACT: (SILENT, "counts probabilities that are exactly the number of the class"),
    },
    ("binary", False): {
        CATEGORICAL: (SILENT, "looks for the largest of the units, and there is only one"),
        SPARSE: (SILENT, "looks for the largest of the units, and there is only one"),
        EXACT: (SILENT, "counts probabilities that are exactly 0 or 1"),
    },
    ("binary", True): {
        SPARSE: (RAISES, "takes numbers of classes, but the loss takes a label for every unit"),
        EXACT: (SILENT, "counts probabilities that are exactly 0 or 1"),
    },
}
"""Of what is not listed there is nothing to say."""
