"""Checks of what else fit, evaluate and predict are given: KS408."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kerashape.analysis import MethodFact
from kerashape.checks.base import Facts, Finding, check_for
from kerashape.checks.compiled import outputs_of
from kerashape.checks.feeds import Feed, feeds, graph_of
from kerashape.diagnostic import Severity
from kerashape.interpret.plain import to_python
from kerashape.keras import losses
from kerashape.keras.graph import flatten
from kerashape.keras.layers.base import Array
from kerashape.shapes import Unknown

RULE = "bad-data-argument"
_TRAINING = frozenset(["fit", "evaluate"])
_ON_BATCH = frozenset(["train_on_batch", "test_on_batch"])
_LOOPS = frozenset(["fit", "evaluate", "predict"])


@check_for(RULE)
def data_arguments(facts: Facts) -> Iterator[Finding]:
    """KS408: an argument that Keras rejects, or misses, for this kind of data."""
    for given in feeds(facts):
        if given.method in _ON_BATCH and _is_plain_list(given.y) and _has_one_output(given):
            yield _finding(
                given,
                "y",
                f"{given.method} is given y as a Python list of numbers, not as an array",
                "y_true and y_pred have different structures",
                "make an array of it: np.array(...)",
            )
        if given.argument != "x" or given.method not in _LOOPS:
            continue
        if given.pipeline is not None:
            yield from _beside_a_pipeline(given)
        else:
            yield from _lists(given)
        yield from _missing_labels(given)
        yield from _class_weights(given)


_SEPARATE = {
    "y": ("the labels", "the targets"),
    "sample_weight": ("the weights", "the sample weights"),
}


def _beside_a_pipeline(given: Feed) -> Iterator[Finding]:
    for name, (what, words) in _SEPARATE.items():
        if _is_given(given.fact, name):
            yield _finding(
                given,
                name,
                f"{given.method} is given {name} beside a pipeline, from which {what} have to come",
                f"should not be passed. Instead, {words} should be included as part of the",
                f"leave {name} out, and let the pipeline give {what} too",
            )
    if _is_given(given.fact, "validation_split") and given.fact.arguments["validation_split"]:
        yield _finding(
            given,
            "validation_split",
            "validation_split is for arrays, but fit is given a pipeline, which cannot be split",
            "Argument `validation_split` is only supported for tensors or NumPy arrays.",
            "make a pipeline for the validation, and pass it as validation_data",
        )


def _lists(given: Feed) -> Iterator[Finding]:
    for name, value in (("x", given.x), ("y", given.y)):
        if _is_plain_list(value):
            yield _finding(
                given,
                name,
                f"{given.method} is given {name} as a Python list of numbers, not as an array",
                "Unrecognized data type: x=",
                "make an array of it: np.array(...)",
            )
            return


def _is_plain_list(value: Any) -> bool:
    leaves = list(flatten(value))
    return (
        isinstance(value, (list, tuple))
        and bool(leaves)
        and all(isinstance(leaf, (int, float)) for leaf in leaves)
    )


def _has_one_output(given: Feed) -> bool:
    """Whether the model certainly has a single output, and its training is Keras's own."""
    graph = graph_of(given.fact.model)
    return graph is not None and len(list(flatten(graph.outputs))) == 1


def _missing_labels(given: Feed) -> Iterator[Finding]:
    compiled = given.fact.compiled
    if (
        given.method not in _TRAINING
        or given.y is not None
        or given.fact.model.custom_training
        or not isinstance(compiled, MethodFact)
        or not any(isinstance(leaf, Array) for leaf in flatten(given.x))
        or any(isinstance(leaf, Unknown) for leaf in flatten(given.x))
    ):
        return
    loss = compiled.arguments.get("loss")
    if loss is None or isinstance(loss, Unknown):
        return
    yield _finding(
        given,
        "x",
        f"{given.method} is given no labels, but the model was compiled with a loss",
        "Attempt to convert a value (None) with an unsupported type",
        f"pass y: {given.method}(x, y); an autoencoder's labels are its inputs, (x, x)",
    )


def _class_weights(given: Feed) -> Iterator[Finding]:
    if not _is_given(given.fact, "class_weight"):
        return
    value = to_python(given.fact.arguments["class_weight"])
    graph = graph_of(given.fact.model)
    if isinstance(value, (list, tuple, str, Array)) and value != "":
        yield _finding(
            given,
            "class_weight",
            "class_weight has to be a dict from class numbers to weights",
            "object has no attribute 'get'",
            "write a dict: dict(enumerate(weights))",
        )
    elif _is_given(given.fact, "sample_weight"):
        yield _finding(
            given,
            "class_weight",
            "class_weight and sample_weight cannot both be given",
            "You cannot `class_weight` and `sample_weight` at the same time.",
            "multiply the weights of the classes into sample_weight",
        )
    elif graph is not None and isinstance(value, Mapping) and len(list(flatten(graph.outputs))) > 1:
        yield _finding(
            given,
            "class_weight",
            "class_weight is for models with a single output, but this one has several",
            "`class_weight` is only supported for Models with a single output.",
            "pass sample_weight, a list with one array for each output",
        )
    elif getattr(given.pipeline, "kind", "") == "generator":
        yield _finding(
            given,
            "class_weight",
            "class_weight does not go with a Python generator",
            "Argument `class_weight` is not supported for Python generator inputs.",
            "yield sample weights as a third item",
        )
    elif isinstance(value, Mapping):
        yield from _weights_of_no_class(given, value)


def _weights_of_no_class(given: Feed, weights: Mapping[Any, Any]) -> Iterator[Finding]:
    """Weights under keys that are no classes, while classes have none."""
    classes = _classes(given)
    if classes is None or any(isinstance(key, Unknown) for key in weights):
        return
    strange = [key for key in weights if key not in range(classes)]
    missing = [number for number in range(classes) if number not in weights]
    if not strange or not missing:
        return
    if given.pipeline is not None and not all(isinstance(key, int) for key in weights):
        note = "Keras raises when the training starts: it counts from 0 to the largest key"
        at_most = None
    else:
        note = "Keras says nothing, and takes 1.0 for every class without a weight"
        at_most = Severity.WARNING
    listed = ", ".join(map(repr, weights))
    yield Finding(
        RULE,
        given.fact.sites["class_weight"],
        f"class_weight has the keys {listed}, but the classes are 0 to {classes - 1}",
        label=f"no class: {', '.join(map(repr, strange))}",
        note=note,
        help=f"number the classes from 0: {{0: ..., {classes - 1}: ...}}",
        at_most=at_most,
    )


def _classes(given: Feed) -> int | None:
    """How many classes the labels are of; None where that is not certain."""
    outputs = outputs_of(given.fact.compiled) if isinstance(given.fact.compiled, MethodFact) else []
    if not isinstance(given.y, Array) or given.y.shape.open or len(outputs) != 1:
        return None
    last = given.y.shape.dims[-1] if len(given.y.shape.dims) > 1 else 1
    if not isinstance(last, int):
        return None
    if last != 1:
        return last
    used, end = outputs[0].loss, outputs[0].end
    if used is None or end is None or end.size is None:
        return None
    if used.loss.kind == losses.SPARSE:
        return end.size
    return 2 if used.loss.kind == losses.BINARY and end.size == 1 else None


def _is_given(fact: MethodFact, name: str) -> bool:
    value = fact.arguments.get(name)
    return value is not None and not isinstance(value, Unknown) and name in fact.sites


def _finding(given: Feed, name: str, message: str, text: str, repair: str) -> Finding:
    return Finding(
        RULE,
        given.fact.sites.get(name, given.fact.site),
        message,
        label=name,
        note=f"Keras raises when {given.method} starts: {text}",
        help=repair,
    )
