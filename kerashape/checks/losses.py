"""Checks of the loss against the last activation: KS301, KS302, KS303, KS306."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from kerashape.checks.base import Facts, Finding, check_for
from kerashape.checks.compiled import Compiled, UsedLoss, compiled
from kerashape.checks.repairs import losses as repairs
from kerashape.diagnostic import Fix
from kerashape.keras import losses
from kerashape.keras.ends import End, applied_activation
from kerashape.keras.graph import Call, Tensor
from kerashape.keras.layers.base import Layer
from kerashape.shapes import Symbol
from kerashape.site import Site


def _judged(facts: Facts) -> Iterator[tuple[Compiled, UsedLoss, End, str]]:
    """Every output whose loss and end are known, with the verdict of the table."""
    for output in compiled(facts):
        used, end = output.loss, output.end
        if used is None or end is None or not used.last_axis:
            continue
        if used.from_logits is not None:
            verdict = losses.verdict(used.loss.kind, used.from_logits, end.activation)
            yield output, used, end, verdict


@check_for("loss-activation-mismatch")
def loss_activation(facts: Facts) -> Iterator[Finding]:
    """KS301: the loss is for another kind of probabilities than the last activation gives."""
    for output, used, end, verdict in _judged(facts):
        kind = used.loss.kind
        one = end.size == 1 and end.activation != "softmax"
        if kind in (losses.CATEGORICAL, losses.SPARSE) and (
            one or verdict == losses.NOT_A_DISTRIBUTION
        ):
            yield _not_a_distribution(output.site, used, end)
        elif verdict == losses.ONE_DISTRIBUTION and (end.size or 0) > 2:
            yield Finding(
                "loss-activation-mismatch",
                output.site,
                f"{used.text} judges every unit by itself, but the {end.size} outputs are one "
                "softmax, a distribution over classes",
                label="is for sigmoid outputs",
                note="Keras trains it without a word, as if the units were independent",
                help="use 'categorical_crossentropy' with the softmax, or a sigmoid for labels "
                "that are independent of each other",
                tensor=end.tensor,
                related=_where(end),
                fix=partial(
                    repairs.another_loss,
                    output.site,
                    "categorical_crossentropy",
                    "CategoricalCrossentropy",
                ),
            )


def _not_a_distribution(site: Site, used: UsedLoss, end: End) -> Finding:
    single = end.size == 1
    ends_in = "a single unit" if single else f"{end.size or 'several'} sigmoids"
    help_text = (
        "use 'binary_crossentropy' for one unit"
        if single
        else "use activation='softmax' for classes that exclude each other, "
        "or 'binary_crossentropy' for independent labels"
    )
    return Finding(
        "loss-activation-mismatch",
        site,
        f"{used.text} needs one distribution over the classes, but the model ends in {ends_in}",
        label="is for softmax outputs",
        note="Keras trains it without a word, but not as what was written",
        help=help_text,
        tensor=end.tensor,
        related=_where(end),
        fix=lambda: _one_distribution(site, end, single),
    )


def _one_distribution(site: Site, end: End, single: bool) -> Fix | None:
    """One unit is judged by itself; several, with a loss for classes, are one softmax."""
    if not single:
        return repairs.another_activation(end.layer, "softmax")
    loss = ("binary_crossentropy", "BinaryCrossentropy")
    if end.activation == "linear":
        return repairs.loss_and_activation(site, *loss, end.layer, "sigmoid")
    return repairs.another_loss(site, *loss)


@check_for("from-logits-mismatch")
def from_logits(facts: Facts) -> Iterator[Finding]:
    """KS303: probabilities taken for logits, or logits for probabilities."""
    for output, used, end, verdict in _judged(facts):
        binary = used.loss.kind == losses.BINARY
        if verdict == losses.PROBABILITIES and (end.size != 1 or binary):
            if end.activation == "softmax" and end.size == 1:
                continue  # KS302
            yield Finding(
                "from-logits-mismatch",
                output.site,
                f"{used.text} has from_logits=True, but the outputs already went through "
                f"a {end.activation}",
                label=f"treats the {end.activation} outputs as logits",
                note="the loss applies an activation again (TensorFlow may detect it and "
                "warn; JAX and PyTorch do not)",
                help=f"remove from_logits=True, or the {end.activation}",
                tensor=end.tensor,
                related=_where(end),
                fix=partial(repairs.without_logits, output.site),
            )
        elif verdict == losses.LOGITS and (binary or end.size != 1):
            wanted = "sigmoid" if binary else "softmax"
            yield Finding(
                "from-logits-mismatch",
                output.site,
                f"{used.text} expects probabilities, but the last layer has no activation: its "
                "outputs are logits",
                label="treats the logits as probabilities",
                note="Keras clips them into (0, 1) without a word; where it does, the gradient is 0",
                help=f"give the last layer activation='{wanted}', or use "
                f"{used.class_name}(from_logits=True)",
                tensor=end.tensor,
                related=_where(end),
                fix=partial(repairs.another_activation, end.layer, wanted),
            )


_RANGES = {
    "tanh": "-1 to 1", "softsign": "-1 to 1", "hard_tanh": "-1 to 1",
    "relu": "0 and more", "softplus": "0 and more", "exponential": "0 and more",
    "relu6": "0 to 6", "linear": "any number", "log_softmax": "0 and less",
    "log_sigmoid": "0 and less",
}  # fmt: skip
_CONSEQUENCES = {
    losses.UNBOUNDED: "Keras clips them into (0, 1) without a word: where it does, the gradient "
    "is 0 and nothing is learned",
    losses.NEGATIVE: "what is negative is clipped or has no logarithm: the gradient is 0 there, "
    "or the loss becomes NaN",
    losses.HALF: "a logit that is never negative is a probability of 0.5 and more: class 0 is "
    "never predicted",
    losses.NARROW: "the probabilities stay between 0.27 and 0.73, however well the model knows",
}


@check_for("output-range-mismatch")
def output_range(facts: Facts) -> Iterator[Finding]:
    """KS306: the loss takes a logarithm of what the last activation makes no probability."""
    for output, used, end, verdict in _judged(facts):
        if verdict not in _CONSEQUENCES or (
            end.size == 1 and used.loss.kind in (losses.CATEGORICAL, losses.SPARSE)
        ):
            continue
        wanted = {losses.BINARY: "sigmoid", losses.COUNT: "exponential"}.get(
            used.loss.kind, "softmax"
        )
        if used.from_logits:
            expects, repair = "logits", "leave the last layer without an activation"
        else:
            expects = "positive rates" if used.loss.kind == losses.COUNT else "probabilities"
            repair = f"give the last layer activation='{wanted}'"
        values = _RANGES.get(end.activation, "also negative")
        behind = "no activation" if end.activation == "linear" else end.activation
        yield Finding(
            "output-range-mismatch",
            output.site,
            f"{used.text} expects {expects}, but the model ends in {behind}: its outputs are "
            f"{values}",
            label=f"gets the outputs of {behind}",
            note=_CONSEQUENCES[verdict],
            help=repair,
            tensor=end.tensor,
            related=_where(end),
        )


def _where(end: End) -> tuple[tuple[Site, str], ...]:
    if end.site is None:
        return ()
    said = "no activation" if end.activation == "linear" else f"activation: {end.activation}"
    return ((end.site, said),)


@check_for("single-unit-softmax")
def single_unit_softmax(facts: Facts) -> Iterator[Finding]:
    """KS302: a softmax along an axis of size 1."""
    for fact in facts.calls:
        operation = fact.call.operation
        if applied_activation(operation) != "softmax":
            continue
        for tensor in fact.call.output_tensors:
            if _softmax_size(fact.call.values, operation, tensor) == 1 and not _is_short(
                fact.call, tensor
            ):
                yield Finding(
                    "single-unit-softmax",
                    fact.site,
                    "a softmax over one unit is always 1, whatever the input",
                    label=str(tensor.shape),
                    note="the model gives the same answer for everything, and learns nothing",
                    help="use activation='sigmoid' on one unit, or softmax over two or more",
                    tensor=tensor,
                    fix=partial(repairs.another_activation, operation, "sigmoid"),
                )


def _is_short(call: Call, scores: Tensor) -> bool:
    """Whether it may be attention over data that happen to have one step, as in a test."""
    return call.traced and scores.shape.rank > 2 and isinstance(scores.shape[0], int)


def _softmax_size(values: dict[str, Any], operation: Any, tensor: Tensor) -> Any:
    axis = values.get("axis", -1)
    if isinstance(operation, Layer):
        axis = getattr(operation, "axis", -1) if operation.class_name == "Softmax" else -1
    shape = tensor.shape
    if not isinstance(axis, int) or shape.open or not -len(shape.dims) <= axis < len(shape.dims):
        return None
    size = shape.dims[axis]
    return None if isinstance(size, Symbol) else size
