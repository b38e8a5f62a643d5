"""Checks of the metrics against the loss and the outputs: KS307."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kerashape.checks.base import Facts, Finding, check_for
from kerashape.checks.compiled import Compiled, compiled, metric_of, name_of
from kerashape.diagnostic import Severity
from kerashape.interpret.keras_objects import KerasObject
from kerashape.keras import losses, metrics
from kerashape.keras.metrics import Metric

_FITTING = {
    "categorical": "'accuracy' or 'categorical_accuracy'",
    "sparse": "'accuracy' or 'sparse_categorical_accuracy'",
    "binary": "'accuracy' or 'binary_accuracy'",
}


@check_for("metric-mismatch")
def metric_mismatch(facts: Facts) -> Iterator[Finding]:
    """KS307: a metric that counts something else than what the loss trains."""
    for output in compiled(facts):
        for value in output.metrics or ():
            metric = metric_of(value)
            if metric is not None and output.loss is not None:
                yield from _judge(output, value, metric)


def _judge(output: Compiled, value: Any, metric: Metric) -> Iterator[Finding]:
    used, end = output.loss, output.end
    assert used is not None
    kind = used.loss.kind
    units = end.size if end is not None else None
    if kind == losses.REGRESSION:
        if used.loss.name != "mean_squared_error":  # which classifies too, with 0 and 1
            yield from hits_of_numbers(output, value, metric)
        return
    if units is None:
        return
    said = metrics.VERDICTS.get((kind, units > 1), {}).get(metric.kind)
    if said is not None:
        consequence, reason = said
        raises = consequence == metrics.RAISES
        yield _finding(
            output,
            value,
            reason,
            "Keras raises when the training starts: Incompatible shapes, or sizes that differ"
            if raises
            else "Keras reports the figure without a word, where the shapes allow it",
            f"use {_FITTING[kind]}",
            raises=raises,
        )
    elif _counts_logits(output, value, metric):
        yield _finding(
            output,
            value,
            "counts outputs above 0.5, but they are logits: a probability of 0.5 is the logit 0",
            "Keras reports the figure without a word: it is the accuracy at a probability of 0.62",
            "use keras.metrics.BinaryAccuracy(threshold=0.0)",
        )


def hits_of_numbers(output: Compiled, value: Any, metric: Metric) -> Iterator[Finding]:
    """An accuracy of a model that is trained for numbers."""
    used, end = output.loss, output.end
    assert used is not None
    accuracy = metric.kind in (metrics.ACCURACY, metrics.EXACT)
    if accuracy and end is not None and end.activation == "linear":
        yield _finding(
            output,
            value,
            f"counts hits of a class, but the model is trained for numbers, with {used.text}",
            "the figure says nothing: a number is hardly ever hit exactly",
            "use metrics=['mae']",
        )


def _counts_logits(output: Compiled, value: Any, metric: Metric) -> bool:
    used, end = output.loss, output.end
    if used is None or end is None or used.loss.kind != losses.BINARY:
        return False
    if used.from_logits is not True or end.activation != "linear" or end.size != 1:
        return False
    if metric.kind == metrics.BINARY and isinstance(value, KerasObject):
        return "threshold" not in value.keywords and len(value.positional) < 3
    return metric.kind in (metrics.ACCURACY, metrics.BINARY)


def _finding(
    output: Compiled, value: Any, reason: str, note: str, help: str, *, raises: bool = False
) -> Finding:
    fact = output.fact
    return Finding(
        "metric-mismatch",
        fact.sites.get("metrics", fact.site),
        f"the metric {name_of(value)} {reason}",
        label=name_of(value),
        note=note,
        help=help,
        related=((output.site, "the loss"),),
        at_most=None if raises else Severity.WARNING,
    )
