"""Checks of the data against the model: KS401, KS402."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kerashape.analysis import MethodFact
from kerashape.checks.base import Facts, Finding, check_for
from kerashape.checks.repairs.layers import with_batch_axis
from kerashape.diagnostic import Fix
from kerashape.interpret.values import FAULTY, to_python
from kerashape.keras.feeding import feed
from kerashape.keras.graph import Tensor, flatten
from kerashape.keras.layers.base import Array
from kerashape.keras.models import Functional, Model, Sequential
from kerashape.shapes import Fault, Shape, Undecided

_FED = frozenset(
    ["fit", "evaluate", "predict", "train_on_batch", "test_on_batch", "predict_on_batch"]
)


def _is_broken(graph: Functional) -> bool:
    """Whether Keras raises within the model: what is fed to it does not matter then."""
    return graph.network.open == FAULTY


def _fed(facts: Facts) -> Iterator[tuple[MethodFact, str, Any]]:
    """Every piece of input data that a model is given: the fact, the argument, the value."""
    for fact in facts.methods:
        if fact.method not in _FED or _starts_in_the_middle(fact.model):
            continue
        data = to_python(fact.arguments.get("x"))
        if data is not None:
            yield fact, "x", data
        validation = to_python(fact.arguments.get("validation_data"))
        if isinstance(validation, (list, tuple)) and validation:
            yield fact, "validation_data", validation[0]


def _starts_in_the_middle(model: Model) -> bool:
    """KS101 says it already."""
    return isinstance(model, Functional) and bool(model.intermediate)


def _graph(model: Model) -> Functional | None:
    if isinstance(model, Sequential):
        return model.graph
    return model if isinstance(model, Functional) else None


@check_for("data-arity-mismatch")
def data_arity(facts: Facts) -> Iterator[Finding]:
    """KS402: another number of arrays, or other names, than the model has inputs."""
    for fact, argument, data in _fed(facts):
        graph = _graph(fact.model)
        if graph is None or any(not isinstance(t, Tensor) for t in flatten(graph.inputs)):
            continue
        if isinstance(fact.model, Sequential):
            continue  # it takes the first array and ignores the others
        problem = _arity_problem(graph, data)
        if problem is not None:
            expected, found = problem
            yield Finding(
                "data-arity-mismatch",
                fact.sites.get(argument, fact.site),
                f"{fact.method} is given {found}, but the model has {expected}",
                label=found,
                note=f"Keras raises when {fact.method} starts",
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


@check_for("data-shape-mismatch")
def data_shape(facts: Facts) -> Iterator[Finding]:
    """KS401: the shape of an array does not fit the model's input."""
    said: MethodFact | None = None
    for fact, argument, data in _fed(facts):
        graph = _graph(fact.model)
        if graph is None or _arity_problem(graph, data) is not None or _is_broken(graph):
            continue
        if fact is said:
            continue  # the validation data have the same shape as the data
        arrays = _in_order(graph, data)
        if arrays is None:
            continue
        try:
            feed(graph, arrays, strict=not isinstance(fact.model, Sequential))
        except Fault as fault:
            said = fact
            yield _shape_finding(fact, argument, graph, arrays, fault)
        except Undecided:
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


def _shape_finding(
    fact: MethodFact, argument: str, graph: Functional, arrays: list[Shape], fault: Fault
) -> Finding:
    inputs = [t for t in flatten(graph.inputs) if isinstance(t, Tensor)]
    given = ", ".join(str(shape) for shape in arrays)
    wanted = ", ".join(str(t.shape) for t in inputs)
    plural = "s" if len(inputs) > 1 else ""
    tensor = inputs[0] if len(inputs) == 1 else None
    place = tensor.call.operation.site if tensor is not None and tensor.call is not None else None
    return Finding(
        "data-shape-mismatch",
        fact.sites.get(argument, fact.site),
        f"{fact.method} is given data of shape {given}, but the model's input{plural} "
        f"{'are' if plural else 'is'} {wanted}",
        label=given,
        note=f"Keras raises when {fact.method} starts: {fault.text}",
        help=_help(arrays, inputs),
        fix=lambda: _repair(fact, argument, arrays, inputs),
        related=((place, f"the Input: {wanted}"),) if place is not None else (),
    )


def _repair(
    fact: MethodFact, argument: str, arrays: list[Shape], inputs: list[Tensor]
) -> Fix | None:
    site = fact.sites.get(argument)
    if site is None or argument != "x" or not fact.method.startswith("predict"):
        return None
    return with_batch_axis(site) if _is_one_sample(arrays, inputs) else None


def _is_one_sample(arrays: list[Shape], inputs: list[Tensor]) -> bool:
    """Whether only the batch axis is missing."""
    if len(arrays) != 1 or len(inputs) != 1 or arrays[0].open or inputs[0].shape.open:
        return False
    return tuple(arrays[0].dims) == tuple(inputs[0].shape.dims[1:])


def _help(arrays: list[Shape], inputs: list[Tensor]) -> str:
    if len(arrays) == 1 and len(inputs) == 1 and not arrays[0].open and not inputs[0].shape.open:
        given, wanted = arrays[0].dims, inputs[0].shape.dims
        if _is_one_sample(arrays, inputs):
            return "add the batch axis: x[None, ...]"
        if len(given) > len(wanted) == 2:
            return f"flatten each sample: x.reshape(len(x), {wanted[1]}), or start with Flatten()"
        if len(given) == len(wanted) and sorted(map(str, given[1:])) == sorted(
            map(str, wanted[1:])
        ):
            return "transpose the data: its axes are in another order than the model's"
    return "reshape the data, or change the shape of the Input"
