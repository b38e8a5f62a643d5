"""Checks of the loss against the last activation: KS301, KS302, KS303."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from kerashape.analysis import MethodFact
from kerashape.checks.base import Facts, Finding, check_for
from kerashape.checks.repairs import losses as repairs
from kerashape.diagnostic import Fix
from kerashape.interpret.keras_objects import KerasObject
from kerashape.interpret.values import External, to_python
from kerashape.keras import losses
from kerashape.keras.ends import End, applied_activation, end_of
from kerashape.keras.graph import Tensor, flatten
from kerashape.keras.layers.base import Layer
from kerashape.shapes import Symbol, Unknown
from kerashape.site import Site


@dataclass(frozen=True, slots=True)
class UsedLoss:
    """A loss as it was given to ``compile``: ``from_logits`` is None where it is not known."""

    loss: losses.Loss
    from_logits: bool | None
    text: str


def used_loss(value: Any) -> UsedLoss | None:
    """The loss that a value stands for; None where that is not known."""
    if isinstance(value, str):
        loss = losses.find(value)
        return UsedLoss(loss, False, f"'{value}'") if loss is not None else None
    if isinstance(value, External):
        prefix, _, name = value.path.rpartition(".")
        loss = losses.find(name) if prefix in ("keras.losses", "keras.metrics") else None
        return UsedLoss(loss, False, name) if loss is not None else None
    if isinstance(value, KerasObject) and value.path.startswith("keras.losses."):
        name = value.path.rpartition(".")[2]
        loss = losses.find(name)
        if loss is None:
            return None
        given = value.keywords.get(
            "from_logits", value.positional[0] if value.positional else False
        )
        decided = given if isinstance(given, bool) else None
        return UsedLoss(loss, decided, name)
    return None


def _pairs(fact: MethodFact) -> Iterator[tuple[Any, Tensor]]:
    """Each output of the compiled model with its loss."""
    model = fact.model
    outputs = list(flatten(model.outputs)) if model.outputs is not None else []
    loss = to_python(fact.arguments.get("loss"))
    if isinstance(loss, Mapping):
        names = getattr(model, "output_names", [])
        if any(isinstance(name, Unknown) for name in names):
            return
        for name, output in zip(names, outputs):
            if name in loss:
                yield loss[name], output
    elif isinstance(loss, (list, tuple)):
        if len(loss) == len(outputs):
            yield from zip(loss, outputs)
    else:
        for output in outputs:
            yield loss, output


def _compiled(facts: Facts) -> Iterator[tuple[Site, UsedLoss, End]]:
    for fact in facts.methods:
        if fact.method != "compile":
            continue
        site = fact.sites.get("loss", fact.site)
        for value, output in _pairs(fact):
            loss, end = used_loss(value), end_of(output)
            if loss is not None and end is not None:
                yield site, loss, end


@check_for("loss-activation-mismatch")
def loss_activation(facts: Facts) -> Iterator[Finding]:
    """KS301: the loss is for another kind of probabilities than the last activation gives."""
    for site, used, end in _compiled(facts):
        kind = used.loss.kind
        units = end.units if isinstance(end.units, int) else None
        if kind in (losses.CATEGORICAL, losses.SPARSE):
            if end.activation == "sigmoid" or (units == 1 and end.activation == "linear"):
                yield _not_a_distribution(site, used, end, units)
        elif kind == losses.BINARY and end.activation == "softmax" and (units or 0) > 2:
            yield Finding(
                "loss-activation-mismatch",
                site,
                f"{used.text} judges every unit by itself, but the {units} outputs are one "
                "softmax, a distribution over classes",
                label="is for sigmoid outputs",
                note="Keras trains it without a word, as if the units were independent",
                help=f"use '{_categorical(used)}' with the softmax, or a sigmoid for labels that "
                "are independent of each other",
                tensor=_output(end),
                related=_where(end),
                fix=partial(
                    repairs.another_loss,
                    site,
                    "categorical_crossentropy",
                    "CategoricalCrossentropy",
                ),
            )


def _not_a_distribution(site: Site, used: UsedLoss, end: End, units: int | None) -> Finding:
    single = units == 1
    ends_in = "a single unit" if single else f"{units or 'several'} sigmoids"
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
        tensor=_output(end),
        related=_where(end),
        fix=lambda: _one_distribution(site, end, single),
    )


def _one_distribution(site: Site, end: End, single: bool) -> Fix | None:
    """One unit is judged by itself; several, with a loss for classes, are one softmax."""
    if not single:
        return repairs.another_activation(end.call.operation, "softmax")
    loss = ("binary_crossentropy", "BinaryCrossentropy")
    if end.activation == "linear":
        return repairs.loss_and_activation(site, *loss, end.call.operation, "sigmoid")
    return repairs.another_loss(site, *loss)


def _categorical(used: UsedLoss) -> str:
    return "categorical_crossentropy"


@check_for("from-logits-mismatch")
def from_logits(facts: Facts) -> Iterator[Finding]:
    """KS303: probabilities taken for logits, or logits for probabilities."""
    for site, used, end in _compiled(facts):
        kind = used.loss.kind
        if used.from_logits is None or not used.loss.logits:
            continue
        wanted = "sigmoid" if kind == losses.BINARY else "softmax"
        units = end.units if isinstance(end.units, int) else None
        if used.from_logits and end.activation == wanted:
            yield Finding(
                "from-logits-mismatch",
                site,
                f"{used.text} has from_logits=True, but the outputs already went through "
                f"{_article(wanted)}",
                label=f"treats the {wanted} outputs as logits",
                note=f"the loss applies {_article(wanted)} again (TensorFlow may detect it and "
                "warn; JAX and PyTorch do not)",
                help=f"remove from_logits=True, or the {wanted}",
                tensor=_output(end),
                related=_where(end),
                fix=partial(repairs.without_logits, site),
            )
        elif not used.from_logits and end.activation == "linear":
            if kind != losses.BINARY and units == 1:
                continue  # KS301
            yield Finding(
                "from-logits-mismatch",
                site,
                f"{used.text} expects probabilities, but the last layer has no activation: its "
                "outputs are logits",
                label="treats the logits as probabilities",
                note="Keras clips them into (0, 1) without a word; where it does, the gradient is 0",
                help=f"give the last layer activation='{wanted}', or use "
                f"{_class_of(used)}(from_logits=True)",
                tensor=_output(end),
                related=_where(end),
                fix=partial(repairs.another_activation, end.call.operation, wanted),
            )


def _article(activation: str) -> str:
    return f"a {activation}"


def _class_of(used: UsedLoss) -> str:
    return f"keras.losses.{used.loss.aliases[0]}"


def _output(end: End) -> Tensor | None:
    tensors = end.call.output_tensors
    return tensors[0] if tensors else None


def _where(end: End) -> tuple[tuple[Site, str], ...]:
    site = end.call.site or end.call.operation.site
    if site is None:
        return ()
    said = "no activation" if end.activation == "linear" else f"activation: {end.activation}"
    return ((site, said),)


@check_for("single-unit-softmax")
def single_unit_softmax(facts: Facts) -> Iterator[Finding]:
    """KS302: a softmax along an axis of size 1."""
    for fact in facts.calls:
        operation = fact.call.operation
        if not isinstance(operation, Layer) or applied_activation(operation) != "softmax":
            continue
        for tensor in fact.call.output_tensors:
            if _softmax_size(operation, tensor) == 1:
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


def _softmax_size(layer: Layer, tensor: Tensor) -> Any:
    axis = getattr(layer, "axis", -1) if layer.class_name == "Softmax" else -1
    shape = tensor.shape
    if not isinstance(axis, int) or shape.open or not -len(shape.dims) <= axis < len(shape.dims):
        return None
    size = shape.dims[axis]
    return None if isinstance(size, Symbol) else size
