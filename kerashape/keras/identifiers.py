"""The names by which ``compile`` knows losses, metrics and optimizers.

Follows ``ALL_OBJECTS_DICT`` of ``keras.src.losses``, ``metrics`` and ``optimizers``.
"""

from __future__ import annotations

import difflib


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_DISTANCES = (
    "bce BCE binary_crossentropy BinaryCrossentropy categorical_crossentropy "
    "CategoricalCrossentropy categorical_hinge CategoricalHinge cosine_similarity "
    "CosineSimilarity hinge Hinge kl_divergence KLDivergence mae MAE mean_absolute_error "
    "MeanAbsoluteError mape MAPE mean_absolute_percentage_error MeanAbsolutePercentageError mse "
    "MSE mean_squared_error MeanSquaredError msle MSLE mean_squared_logarithmic_error "
    "MeanSquaredLogarithmicError Poisson sparse_categorical_crossentropy "
    "SparseCategoricalCrossentropy squared_hinge SquaredHinge"
)
LOSSES = _names(
    f"{_DISTANCES} BinaryFocalCrossentropy binary_focal_crossentropy CategoricalFocalCrossentropy "
    "categorical_focal_crossentropy CTC ctc Circle circle Dice dice Huber huber KLD kld LogCosh "
    "log_cosh Loss LossFunctionWrapper Tversky tversky poisson"
)
METRICS = _names(
    f"{_DISTANCES} AUC auc Accuracy accuracy BinaryAccuracy binary_accuracy BinaryIoU binary_io_u "
    "CategoricalAccuracy categorical_accuracy ConcordanceCorrelation concordance_correlation "
    "F1Score f1_score FBetaScore f_beta_score FalseNegatives false_negatives FalsePositives "
    "false_positives IoU io_u LogCoshError log_cosh_error Mean mean MeanIoU mean_io_u "
    "MeanMetricWrapper mean_metric_wrapper Metric metric OneHotIoU one_hot_io_u OneHotMeanIoU "
    "one_hot_mean_io_u PearsonCorrelation pearson_correlation poisson Precision precision "
    "PrecisionAtRecall precision_at_recall R2Score r2_score Recall recall RecallAtPrecision "
    "recall_at_precision RootMeanSquaredError root_mean_squared_error SensitivityAtSpecificity "
    "sensitivity_at_specificity SparseCategoricalAccuracy sparse_categorical_accuracy "
    "SparseTopKCategoricalAccuracy sparse_top_k_categorical_accuracy SpecificityAtSensitivity "
    "specificity_at_sensitivity Sum sum TopKCategoricalAccuracy top_k_categorical_accuracy "
    "TrueNegatives true_negatives TruePositives true_positives"
)
OPTIMIZERS = _names(
    "adadelta adafactor adagrad adam adamax adamw ftrl lion lossscaleoptimizer multioptimizer muon "
    "nadam optimizer optimizermap rmsprop schedulefreeadamw sgd"
)
"""In small letters: Keras takes them in any."""

_TABLES = {"loss": LOSSES, "metric": METRICS, "optimizer": OPTIMIZERS}
_BY_SHAPE = {"loss": _names("crossentropy ce"), "metric": _names("accuracy acc")}
"""What ``compile`` itself knows, in any letters."""
_MEANT = {
    "kullback_leibler_divergence": "kl_divergence", "cosine_proximity": "cosine_similarity",
    "cosine": "cosine_similarity", "logcosh": "log_cosh", "huber_loss": "huber",
    "rmse": "root_mean_squared_error", "RMSE": "root_mean_squared_error", "f1": "f1_score",
    "r2": "r2_score",
}  # fmt: skip
"""Names of Keras 2, and those that people use for what has another name."""


def unknown_name(kind: str, name: str) -> str | None:
    """What was meant by a name that Keras does not know; None where it does, or may.

    Args:
        kind: ``"loss"``, ``"metric"`` or ``"optimizer"``.
    """
    table = _TABLES[kind]
    given = name.lower() if kind == "optimizer" else name
    if given in table or name.lower() in _BY_SHAPE.get(kind, ()):
        return None
    meant = _MEANT.get(name)
    if meant is not None and meant in table:
        return meant
    close = difflib.get_close_matches(given, sorted(table), n=1, cutoff=0.8)
    return close[0] if close else None
