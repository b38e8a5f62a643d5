"""Checks of labels against outputs and losses: KS304, KS305, KS306, KS403, KS405, KS407."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from kerashape.analysis import MethodFact
from kerashape.checks.base import Facts, Finding, check_for
from kerashape.checks.compiled import (
    LEARNS,
    Compiled,
    UsedLoss,
    metric_of,
    name_of,
    output_names,
    outputs_of,
)
from kerashape.checks.feeds import Feed, batch_sizes, feeds, sample_counts
from kerashape.checks.metrics import hits_of_numbers
from kerashape.checks.repairs.head import one_vector
from kerashape.checks.repairs.losses import another_loss
from kerashape.checks.structure import outputs_of as structure_of
from kerashape.diagnostic import Severity
from kerashape.interpret.plain import to_python
from kerashape.keras import losses
from kerashape.keras.datasets import are_numbers
from kerashape.keras.ends import produced_by
from kerashape.keras.graph import Tensor, flatten
from kerashape.keras.labels import broadcast_with, check_labels, check_metric
from kerashape.keras.layers.base import Array
from kerashape.shapes import Dim, Fault, Undecided, Unknown
from kerashape.shapes.shape import same_dim
from kerashape.site import Site


@dataclass(frozen=True, slots=True)
class Pair:
    """Labels with the output and the loss that they meet."""

    given: Feed
    output: Compiled
    used: UsedLoss
    labels: Array
    tensor: Tensor

    @property
    def sizes(self) -> tuple[tuple[Dim, ...], tuple[Dim, ...]]:
        """The sizes of labels and outputs without the batch axis."""
        return self.labels.shape.dims[1:], self.tensor.shape.dims[1:]


@check_for(None)
def labels(facts: Facts) -> Iterator[Finding]:
    """Labels of a wrong shape, encoding or range; each call is told once."""
    said: set[int] = set()
    for given in feeds(facts):
        fact = given.fact
        if fact.method not in LEARNS or fact.model.custom_training or id(fact) in said:
            continue
        if not isinstance(fact.compiled, MethodFact) or given.y is None:
            continue
        if len(sample_counts(given)) > 1:
            continue  # KS404, which Keras looks at first
        found = _structure_finding(given) or next(_findings(given), None)
        found = found or next(_metric_findings(given), None)
        if found is not None:
            said.add(id(fact))
            yield found


# -- how many ---------------------------------------------------------------------------


def _structure_finding(given: Feed) -> Finding | None:
    """Another number of label arrays, or other names, than there are outputs."""
    outputs = structure_of(given.fact.model)
    compiled = given.fact.compiled
    assert isinstance(compiled, MethodFact)
    loss = to_python(compiled.arguments.get("loss"))
    leaves = list(flatten(loss))
    if outputs is None or loss is None or any(isinstance(leaf, Unknown) for leaf in leaves):
        return None
    y = given.y
    trained = sum(leaf is not None for leaf in leaves) if len(leaves) > 1 else outputs.count
    if isinstance(y, Mapping):
        if set(y) >= set(outputs.keys) or set(y) == set(outputs.names) or len(y) == trained:
            return None
        found, text = (
            f"a dict with the keys {list(y)}",
            "y_true and y_pred have different structures",
        )
        if outputs.count == 1:
            return None  # TensorFlow fails on it, each time in other words
    elif isinstance(y, (list, tuple)) and all(isinstance(item, Array) for item in y):
        if len(y) in (outputs.count, trained):
            return None
        found = f"{len(y)} arrays of labels" if len(y) != 1 else "one array of labels"
        text = "y_true and y_pred have different structures"
    elif isinstance(y, Array) and outputs.count > 1:
        if trained == 1 or outputs.kind == "dict":
            return None
        found = "one array of labels"
        text = "The path: (0,) in the `loss` argument" if not isinstance(loss, Mapping) else (
            "y_true and y_pred have different structures"
        )  # fmt: skip
    else:
        return None
    many = f"{outputs.count} outputs, {', '.join(map(repr, outputs.keys))}"
    has = many if outputs.count > 1 else "one output"
    return Finding(
        _rule("label-shape-mismatch", given),
        given.label_site,
        f"{given.method} is given {found}, but the model has {has}",
        label=found,
        note=f"Keras raises when {given.method} starts: {text}",
        help="pass one array of labels for each output, in a list of that order or a dict by name",
    )


def _rule(rule: str, given: Feed) -> str:
    return "pipeline-mismatch" if given.pipeline is not None else rule


# -- each -------------------------------------------------------------------------------


def _findings(given: Feed) -> Iterator[Finding]:
    for pair in _pairs(given):
        shape = pair.labels.shape
        try:
            fits = check_labels(pair.used.loss.compares, shape, pair.tensor.shape)
        except Fault as fault:
            yield _refused(pair, fault)
        except Undecided:
            if _is_surely_one_hot(pair):
                text = "Argument `output` must have rank (ndim) `target.ndim - 1`."
                yield _encoding(pair, Fault("label-shape-mismatch", text), "one-hot", _NUMBERS)
        else:
            if not fits:
                yield _broadcast(pair)
            else:
                yield from _range(pair)


def _refused(pair: Pair, fault: Fault) -> Finding:
    """A fault, unless the batches are of the very size with which they are broadcast."""
    compares = pair.used.loss.compares
    size = broadcast_with(compares, pair.labels.shape, pair.tensor.shape)
    batches = batch_sizes(pair.given) if size is not None else None
    if batches is not None and batches <= {size, 1}:
        return _broadcast(pair)
    found = _does_not_fit(pair, fault)
    if size is None or batches is not None:
        return found
    return replace(found, note=f"{found.note}; with {size} samples in a batch it trains nonsense")


def _metric_findings(given: Feed) -> Iterator[Finding]:
    """KS307: metrics that cannot compare labels which the loss takes."""
    for pair in _pairs(given):
        if pair.used.loss.kind in (losses.CATEGORICAL, losses.SPARSE, losses.BINARY):
            continue  # the metric is judged by the loss
        for value in pair.output.metrics or ():
            metric = metric_of(value)
            if metric is None:
                continue
            try:
                check_metric(metric.kind, pair.labels.shape, pair.tensor.shape)
            except Fault as fault:
                yield _incomparable(pair, str(fault.expected), name_of(value))
            except Undecided:
                continue
            else:
                if pair.used.loss.name == "mean_squared_error" and are_numbers(pair.labels):
                    yield from hits_of_numbers(pair.output, value, metric)


def _incomparable(pair: Pair, expected: str, name: str) -> Finding:
    fact = pair.output.fact
    return Finding(
        "metric-mismatch",
        fact.sites.get("metrics", fact.site),
        f"the metric {name} takes {expected}, but the labels are {pair.labels.shape} and the "
        f"outputs {pair.tensor.shape}",
        label=name,
        note=f"Keras raises when {pair.given.method} starts: Incompatible shapes, or sizes that "
        "differ",
        help="leave the metric out, or use one for numbers: 'mae'",
        related=((pair.given.label_site, f"the labels: {pair.labels.shape}"),),
    )


_NUMBERS = "numbers of classes"


def _is_surely_one_hot(pair: Pair) -> bool:
    """Whether one-hot labels meet a sparse loss, however many classes there are."""
    shape = pair.labels.shape
    ranks = not shape.open and len(shape.dims) == len(pair.tensor.shape.dims)
    return pair.used.loss.kind == losses.SPARSE and pair.labels.one_hot and ranks


def _pairs(given: Feed) -> Iterator[Pair]:
    compiled = given.fact.compiled
    assert isinstance(compiled, MethodFact)
    tensors = list(flatten(_outputs_for(given)))
    outputs = outputs_of(compiled)
    if len(outputs) != len(tensors):
        return
    for output, tensor, label in zip(outputs, tensors, _labels_of(given, len(tensors))):
        if output.loss is None or not output.loss.last_axis:
            continue
        if isinstance(tensor, Tensor) and isinstance(label, Array):
            yield Pair(given, output, output.loss, label, tensor)


def _outputs_for(given: Feed) -> Any:
    """The outputs of the model, those for these data if it has no graph; None if not known."""
    model = given.fact.model
    if model.outputs is None and model.calls:
        seen = [leaf.shape.dims[1:] for leaf in model.calls[-1].input_tensors]
        data = [leaf for leaf in flatten(given.x) if isinstance(leaf, Array)]
        same = len(data) == len(seen) and all(
            not array.shape.open and _equal(array.shape.dims[1:], dims)
            for array, dims in zip(data, seen)
        )
        if not same:
            return None
    return produced_by(model)


def _labels_of(given: Feed, count: int) -> list[Any]:
    y = given.y
    if isinstance(y, Mapping):
        names = output_names(given.fact.model) or []
        return [y.get(name) for name in names] if len(names) == count else []
    if isinstance(y, (list, tuple)):
        return list(y) if len(y) == count else []
    return [y] if count == 1 else []


def _does_not_fit(pair: Pair, fault: Fault) -> Finding:
    labels_, outputs = pair.sizes
    kind = pair.used.loss.kind
    one_hot = len(labels_) == len(outputs) and _certain(labels_[-1:]) and labels_[-1] != 1
    one_hot = one_hot and _equal(labels_[-1:], outputs[-1:])
    prefix = labels_[: len(outputs) - 1]
    numbers = len(labels_) == len(outputs) - 1 or (
        len(labels_) == len(outputs) and _certain(labels_[-1:]) and labels_[-1] == 1
    )
    if kind == losses.SPARSE and (one_hot or pair.labels.one_hot):
        return _encoding(pair, fault, "one-hot", _NUMBERS)
    one_unit = _equal(outputs[-1:], (1,))
    same_place = _same(prefix, outputs[:-1]) and not one_unit
    if kind == losses.CATEGORICAL and numbers and same_place:
        return _encoding(pair, fault, _NUMBERS, "one-hot")
    counts = len(labels_) == len(outputs) and _certain((*labels_[-1:], *outputs[-1:]))
    crossentropy = kind in (losses.CATEGORICAL, losses.BINARY)
    if counts and crossentropy and min(_int(labels_[-1]), _int(outputs[-1])) > 1 and same_place:
        return _count(pair, _int(labels_[-1]), _int(outputs[-1]), fault.text)
    return Finding(
        _rule("label-shape-mismatch", pair.given),
        pair.given.label_site,
        f"the labels have the shape {pair.labels.shape}, but the outputs {pair.tensor.shape}: "
        f"{pair.used.text} cannot compare them",
        label=str(pair.labels.shape),
        note=f"Keras raises when {pair.given.method} starts: {fault.text}",
        help=_repair(pair),
        tensor=pair.tensor,
        related=_related(pair),
        fix=lambda: one_vector(pair.tensor) if _is_one_vector_due(pair) else None,
    )


def _is_one_vector_due(pair: Pair) -> bool:
    """Whether the outputs have more axes than the labels know of."""
    labels_, outputs = pair.sizes
    return len(outputs) > len(labels_) + 1 or (len(outputs) == 2 and len(labels_) == 1)


def _repair(pair: Pair) -> str:
    labels_, outputs = pair.sizes
    if pair.used.loss.kind == losses.BINARY and outputs[-1:] == (2,) and labels_[-1:] != (2,):
        return "end the model in one sigmoid unit, or make the labels one-hot"
    if _is_one_vector_due(pair):
        return (
            "reduce the outputs to one vector a sample (Flatten, GlobalAveragePooling, or "
            "return_sequences=False), or give labels for every step"
        )
    return "let the last layer have as many units as a label has numbers"


def _encoding(pair: Pair, fault: Fault, found: str, expected: str) -> Finding:
    sparse = pair.used.loss.kind == losses.SPARSE
    other = "categorical_crossentropy" if sparse else "sparse_categorical_crossentropy"
    class_name = "CategoricalCrossentropy" if sparse else "SparseCategoricalCrossentropy"
    repair = f"use '{other}'" + (
        ", or leave to_categorical out" if sparse else ", or encode them: to_categorical(y, {})"
    )
    units = pair.sizes[1][-1]
    shape = pair.labels.shape
    return Finding(
        _rule("label-encoding-mismatch", pair.given),
        pair.given.label_site,
        f"{pair.used.text} takes labels that are {expected}, but these are {found}, of shape "
        f"{shape}",
        label=f"{found}: {shape}",
        note=f"Keras raises when {pair.given.method} starts: {fault.text}",
        help=repair.format(units if isinstance(units, int) else "classes"),
        tensor=pair.tensor,
        related=_related(pair),
        fix=partial(another_loss, pair.output.site, other, class_name),
    )


def _count(pair: Pair, classes: int, units: int, text: str) -> Finding:
    return Finding(
        _rule("class-count-mismatch", pair.given),
        pair.given.label_site,
        f"the labels are of {classes} classes, but the model ends in {units} units",
        label=f"{classes} classes",
        note=f"Keras raises when {pair.given.method} starts: {text}",
        help=f"end the model in {classes} units",
        tensor=pair.tensor,
        related=_related(pair),
    )


def _broadcast(pair: Pair) -> Finding:
    labels_, outputs = pair.labels.shape, pair.tensor.shape
    return Finding(
        "label-broadcast",
        pair.given.label_site,
        f"the labels have the shape {labels_}, but the outputs {outputs}: {pair.used.text} "
        "compares each with all of the other's",
        label=str(labels_),
        note="Keras broadcasts them without a word, and trains something else",
        help="let the last layer have as many units as a label has numbers",
        tensor=pair.tensor,
        related=_related(pair),
    )


# -- the range of the labels --------------------------------------------------------------


_LARGE = {"boston_housing": "5 to 50", "california_housing": "14999 to 500001"}
"""The range of the targets of data sets, as they are loaded."""
_SQUASHED = {"sigmoid": "0 to 1", "softmax": "0 to 1", "tanh": "-1 to 1"}


def _range(pair: Pair) -> Iterator[Finding]:
    yield from _out_of_reach(pair)
    classes = pair.labels.classes
    units = pair.sizes[1][-1] if pair.sizes[1] else None
    if classes is None or not isinstance(units, int) or pair.labels.one_hot:
        return
    if isinstance(pair.labels.dtype, str) and pair.labels.dtype == "bool":
        return
    if pair.given.pipeline is None and not isinstance(pair.labels.shape.dims[0], int):
        return  # a part of the data: perhaps that of some of the classes
    if pair.used.loss.kind == losses.SPARSE and classes > units:
        one = units == 1
        yield Finding(
            _rule("class-count-mismatch", pair.given),
            pair.given.label_site,
            f"the labels are the classes 0 to {classes - 1}, but the model ends in "
            f"{'one unit' if one else f'{units} units'}",
            label=f"{classes} classes",
            note=f"the class {classes - 1} has no unit: TensorFlow raises on a CPU (Received a "
            "label value which is outside the valid range), on a GPU the loss is NaN",
            help=f"end the model in {classes} units"
            + (", or in one sigmoid with 'binary_crossentropy'" if one and classes == 2 else ""),
            tensor=pair.tensor,
            related=_related(pair),
        )
    elif pair.used.loss.kind == losses.BINARY and units == 1 and classes > 2:
        yield Finding(
            _rule("class-count-mismatch", pair.given),
            pair.given.label_site,
            f"the labels are the classes 0 to {classes - 1}, but the model ends in one unit for "
            "0 or 1",
            label=f"{classes} classes",
            note="Keras trains it without a word: the loss has no lower bound",
            help=f"end the model in {classes} units with a softmax, and use "
            "'sparse_categorical_crossentropy'",
            tensor=pair.tensor,
            related=_related(pair),
            at_most=Severity.WARNING,
        )


def _out_of_reach(pair: Pair) -> Iterator[Finding]:
    """Targets that the last activation can never give."""
    end, targets = pair.output.end, _LARGE.get(pair.labels.origin)
    group = losses.GROUPS.get(end.activation, "") if end is not None else ""
    if targets is None or group not in _SQUASHED or pair.used.loss.kind != losses.REGRESSION:
        return
    assert end is not None
    if end.activation == "softmax" and end.size == 1:
        return  # KS302
    yield Finding(
        "output-range-mismatch",
        pair.given.label_site,
        f"the targets of {pair.labels.origin} are {targets}, but the model ends in "
        f"{end.activation}: its outputs are {_SQUASHED[group]}",
        label=f"{targets}",
        note="Keras trains it without a word: every output goes to the end of its range",
        help="leave the last layer without an activation, or scale the targets",
        tensor=pair.tensor,
        related=((end.site, f"activation: {end.activation}"),) if end.site is not None else (),
    )


def _related(pair: Pair) -> tuple[tuple[Site, str], ...]:
    return ((pair.output.site, "the loss"),)


def _certain(dims: tuple[Dim, ...]) -> bool:
    return all(isinstance(dim, int) for dim in dims)


def _int(dim: Dim) -> int:
    return dim if isinstance(dim, int) else 0


def _same(one: tuple[Dim, ...], other: tuple[Dim, ...]) -> bool:
    """Whether sizes are the same as far as Keras knows them."""
    return len(one) == len(other) and all(
        a is None or b is None or _equal((a,), (b,)) for a, b in zip(one, other)
    )


def _equal(one: Sequence[Dim], other: Sequence[Dim]) -> bool:
    """Whether sizes are certainly equal."""
    return len(one) == len(other) and all(map(same_dim, one, other))
