"""Checks of the data against the model's inputs: KS401, KS402, KS404, KS405, KS406."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kerashape.analysis import MethodFact
from kerashape.checks.base import Facts, Finding, check_for
from kerashape.checks.feeds import Feed, feeds, graph_of, sample_counts
from kerashape.checks.repairs.layers import with_batch_axis
from kerashape.diagnostic import Fix
from kerashape.interpret.budget import BudgetExceeded
from kerashape.interpret.values import FAULTY
from kerashape.keras.feeding import feed
from kerashape.keras.graph import Tensor, flatten
from kerashape.keras.layers.base import Array
from kerashape.keras.models import Functional, Sequential
from kerashape.shapes import Fault, Shape, Undecided
from kerashape.shapes.shape import same_dim


def _is_broken(graph: Functional) -> bool:
    """Whether Keras raises within the model: what is fed to it does not matter then."""
    return graph.network.open == FAULTY


@check_for("data-arity-mismatch")
def data_arity(facts: Facts) -> Iterator[Finding]:
    """KS402: another number of arrays, or other names, than the model has inputs."""
    for given in feeds(facts):
        graph = graph_of(given.fact.model)
        if graph is None or any(not isinstance(t, Tensor) for t in flatten(graph.inputs)):
            continue
        if isinstance(given.fact.model, Sequential):
            continue  # it takes the first array and ignores the others
        problem = _arity_problem(graph, given.x)
        if problem is not None:
            expected, found = problem
            yield Finding(
                "data-arity-mismatch",
                given.site,
                f"{given.method} is given {found}, but the model has {expected}",
                label=found,
                note=f"Keras raises when {given.method} starts",
                help="pass one array for each Input, in a list of that order or a dict by name",
            )


def _arity_problem(graph: Functional, data: Any) -> tuple[str, str] | None:
    inputs = list(flatten(graph.inputs))
    names = graph.input_names
    if isinstance(data, Mapping):
        if isinstance(graph.inputs, Mapping):
            wanted: list[Any] = sorted(graph.inputs)
        else:
            wanted = list(names)
        if any(not isinstance(name, str) for name in [*wanted, *data]):
            return None
        missing = [name for name in wanted if name not in data]
        if missing:
            return f"the inputs {wanted}", f"a dict with the keys {list(data)}"
        return None
    if isinstance(data, Array):
        if len(inputs) > 1:
            return f"{len(inputs)} inputs", "one array"
        return None
    if isinstance(data, (list, tuple)):
        if any(not isinstance(item, Array) for item in data):
            return None
        if len(data) != len(inputs):
            return _count(len(inputs), "input"), f"a list of {_count(len(data), 'array')}"
    return None


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


@check_for(None)
def data_shape(facts: Facts) -> Iterator[Finding]:
    """KS401, KS405, KS406: the shape of an array does not fit the model's input."""
    said: MethodFact | None = None
    for given in feeds(facts):
        graph = graph_of(given.fact.model)
        if graph is None or _arity_problem(graph, given.x) is not None or _is_broken(graph):
            continue
        if given.fact is said:
            continue  # the validation data have the same shape as the data
        arrays = _in_order(graph, given.x)
        if arrays is None:
            continue
        try:
            feed(graph, arrays, strict=not isinstance(given.fact.model, Sequential))
        except Fault as fault:
            said = given.fact
            yield _shape_finding(given, graph, arrays, fault)
        except (Undecided, BudgetExceeded):  # a Lambda is followed again, which may take too long
            continue


def _in_order(graph: Functional, data: Any) -> list[Shape] | None:
    """The shapes of the arrays in the order of the model's inputs; None if one is no array."""
    if isinstance(data, Mapping):
        keys = sorted(graph.inputs) if isinstance(graph.inputs, Mapping) else graph.input_names
        values = [data.get(key) for key in keys]
    else:
        values = list(data) if isinstance(data, (list, tuple)) else [data]
    if len(values) != len(list(flatten(graph.inputs))):
        return None
    arrays = [value for value in values if isinstance(value, Array)]
    return [array.shape for array in arrays] if len(arrays) == len(values) else None


def _shape_finding(given: Feed, graph: Functional, arrays: list[Shape], fault: Fault) -> Finding:
    inputs = [t for t in flatten(graph.inputs) if isinstance(t, Tensor)]
    shapes = ", ".join(str(shape) for shape in arrays)
    wanted = ", ".join(str(t.shape) for t in inputs)
    plural = "s" if len(inputs) > 1 else ""
    tensor = inputs[0] if len(inputs) == 1 else None
    place = tensor.call.operation.site if tensor is not None and tensor.call is not None else None
    related = ((place, f"the Input: {wanted}"),) if place is not None else ()
    if _is_sample(arrays, inputs):
        return _sample_finding(given, shapes, wanted, fault, related)
    source = "batches" if given.pipeline is not None else "data"
    return Finding(
        "pipeline-mismatch" if given.pipeline is not None else "data-shape-mismatch",
        given.site,
        f"{given.method} is given {source} of shape {shapes}, but the model's input{plural} "
        f"{'are' if plural else 'is'} {wanted}",
        label=shapes,
        note=f"Keras raises when {given.method} starts: {fault.text}",
        help=_help(arrays, inputs, given.pipeline is not None),
        related=related,
    )


def _is_sample(arrays: list[Shape], inputs: list[Tensor]) -> bool:
    """Whether every array is one sample: it has the shape of its Input without the batch."""
    pairs = [(a, t.shape) for a, t in zip(arrays, inputs) if not a.open and not t.shape.open]
    return len(pairs) == len(arrays) and all(
        len(a.dims) == len(b.dims) - 1
        and all(y is None or same_dim(x, y) for x, y in zip(a.dims, b.dims[1:]))
        for a, b in pairs
    )


def _sample_finding(given: Feed, shapes: str, wanted: str, fault: Fault, related: Any) -> Finding:
    if given.pipeline is not None:
        return Finding(
            "pipeline-mismatch",
            given.site,
            f"the pipeline gives single samples of shape {shapes}, but the model takes batches, "
            f"{wanted}",
            label=shapes,
            note=f"Keras raises when {given.method} starts: {fault.text}",
            help="batch it: dataset.batch(32)",
            related=related,
        )
    return Finding(
        "missing-batch-dimension",
        given.site,
        f"{given.method} is given one sample, {shapes}, but the model takes batches, {wanted}",
        label=shapes,
        note=f"Keras takes the first axis for the samples, and raises: {fault.text}",
        help="add the batch axis: x[None, ...] or np.expand_dims(x, 0)",
        related=related,
        fix=lambda: _repair(given),
    )


def _repair(given: Feed) -> Fix | None:
    site = given.fact.sites.get(given.argument)
    single = isinstance(given.x, Array) and given.method.startswith("predict")
    return with_batch_axis(site) if site is not None and single else None


def _help(arrays: list[Shape], inputs: list[Tensor], pipeline: bool) -> str:
    if len(arrays) == 1 and len(inputs) == 1 and not arrays[0].open and not inputs[0].shape.open:
        given, wanted = arrays[0].dims, inputs[0].shape.dims
        if pipeline and len(given) == len(wanted) == 4:
            channels = given[-1], wanted[-1]
            if all(type(size) is int for size in channels) and channels[0] != channels[1]:
                return "let color_mode give as many channels as the Input has"
            return "give the pipeline and the Input the same image size"
        if len(given) > len(wanted) == 2:
            return f"flatten each sample: x.reshape(len(x), {wanted[1]}), or start with Flatten()"
        if len(given) == len(wanted) and sorted(map(str, given[1:])) == sorted(
            map(str, wanted[1:])
        ):
            return "transpose the data: its axes are in another order than the model's"
    return "reshape the data, or change the shape of the Input"


@check_for("sample-count-mismatch")
def sample_count(facts: Facts) -> Iterator[Finding]:
    """KS404: inputs, labels and weights that do not have as many samples."""
    for given in feeds(facts):
        counts = sample_counts(given)
        if len(counts) > 1:
            (first, one), (second, other) = list(counts.items())[:2]
            what = f"{first} {one}" if one != other else f"{first}"
            yield Finding(
                "sample-count-mismatch",
                given.label_site if other == "labels" else given.site,
                f"{given.method} is given {what} and {second} {other}: one of each is due for "
                "every sample",
                label=f"{second} {other}",
                note=f"Keras raises when {given.method} starts: Data cardinality is ambiguous. "
                "Make sure all arrays contain the same number of samples.",
                help="pass the arrays of one and the same split",
            )
