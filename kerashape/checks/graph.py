"""Checks of a model's graph: KS101, KS103, KS105."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence

from kerashape.analysis import InputElement, ModelFact
from kerashape.checks.base import Facts, Finding, check_for
from kerashape.checks.repairs import graph as repairs
from kerashape.checks.trace import callee_text, origins, place_of
from kerashape.interpret.values import iterate
from kerashape.keras.graph import Call, Tensor, flatten
from kerashape.keras.layers.base import Array
from kerashape.keras.models import Functional, Model, Sequential
from kerashape.keras.network import Network
from kerashape.shapes import Unknown
from kerashape.site import Site
from kerashape.syntax import is_attribute


@check_for("model-input-not-input")
def intermediate_inputs(facts: Facts) -> Iterator[Finding]:
    """KS101: an element of ``inputs=`` is not what an Input returned."""
    for number, fact in enumerate(facts.models):
        if _is_cut_out(fact, facts.models[:number]):
            continue
        for index, element in enumerate(fact.elements):
            value = element.value
            if isinstance(value, Tensor) and value.call is not None and not value.is_input:
                yield _intermediate(facts, fact, index, element, value)
            elif isinstance(value, Unknown) and _is_output_of_unknown(element.site.node):
                yield _unknown_output(element)


def _is_cut_out(fact: ModelFact, earlier: Sequence[ModelFact]) -> bool:
    """Whether all its ends are within a model that there is already: a part of it is meant."""
    model = fact.model
    if not isinstance(model, Functional) or not model.intermediate:
        return False
    ends = [t for t in flatten(model.given_ends) if isinstance(t, Tensor)]
    if any(tensor.is_input for tensor in ends):
        return False
    calls = {id(tensor.call) for tensor in ends}
    return any(calls <= {id(call) for call in _calls_of(other.model)} for other in earlier)


def _calls_of(model: Model) -> Sequence[Call]:
    graph = model.graph if isinstance(model, Sequential) else model
    network = getattr(graph, "network", None)
    return network.calls if isinstance(network, Network) else ()


def _intermediate(
    facts: Facts, fact: ModelFact, index: int, element: InputElement, tensor: Tensor
) -> Finding:
    assert tensor.call is not None
    place = place_of(tensor.call)
    layer = tensor.call.operation
    sources = origins(tensor)
    made = f"the output of {layer.class_name}"
    if place is not None:
        made = f"the output of `{_shorten(place.text, 32)}` (line {place.span.line})"
    derived = ""
    if sources:
        listed = " and ".join(_input_text(source, place) for source in sources)
        derived = f"; it derives from {listed}"
    who = _in_words(element)
    message = f"{who} is not an Input: it is {made}, of shape {tensor.shape}{derived}"
    related = []
    if place is not None and place.node is not element.site.node:
        related.append((place, f"made here: {tensor.shape}"))
    return Finding(
        "model-input-not-input",
        element.site,
        message,
        label=str(tensor.shape),
        note=_consequence(facts, fact, index, tensor),
        help=_repair(facts, element, sources),
        tensor=tensor,
        related=tuple(related),
        fix=lambda: repairs.use_the_input(facts, fact, index, element, sources),
    )


def _consequence(facts: Facts, fact: ModelFact, index: int, tensor: Tensor) -> str:
    words = (
        "Keras builds this model, starts it at a copy of that tensor and silently drops the "
        "layers before it"
    )
    found = _data_shape(facts, fact, index)
    if found is None:
        return f"{words}; fit and predict then expect data of shape {tensor.shape}"
    method, shape = found
    return (
        f"{words}; {method} will fail with: expected shape={tensor.shape}, "
        f"found shape=(None, {', '.join(str(d) for d in shape.shape.dims[1:])})"
    )


def _data_shape(facts: Facts, fact: ModelFact, index: int) -> tuple[str, Array] | None:
    """The array that the program passes where the element stands, if it does."""
    for method in facts.methods:
        data = method.arguments.get("x")
        if method.model is not fact.model or data is None:
            continue
        items = iterate(data) if not isinstance(data, Array) else [data]
        if items is not None and index < len(items):
            item = items[index]
            if isinstance(item, Array) and item.shape.known and item.shape.dims:
                return method.method, item
    return None


def _repair(facts: Facts, element: InputElement, sources: list[Tensor]) -> str:
    if len(sources) == 1:
        name = repairs.input_name(facts, element, sources[0])
        if name is not None:
            what = "" if name.endswith(".input") else ", the Input that it derives from"
            return f"pass `{name}` instead{what}"
        return f"pass the Input that it derives from: {_input_text(sources[0])}"
    if sources:
        listed = ", ".join(repairs.input_name(facts, element, s) or _input_text(s) for s in sources)
        return f"pass the Inputs that it derives from: {listed}"
    return "pass what `Input(...)` returned; to start in the middle, add a new Input of that shape"


def _input_text(tensor: Tensor, place: Site | None = None) -> str:
    site = tensor.call.operation.site if tensor.call is not None else None
    if site is not None and place is not None and site.node is place.node:
        return f"its Input of shape {tensor.shape}"
    if site is None:
        return f"an Input of shape {tensor.shape}"
    return f"the Input of shape {tensor.shape} (line {site.span.line})"


def _is_output_of_unknown(node: ast.AST) -> bool:
    """Whether it is ``<anything>.output``, and nothing says that it may be an InputLayer's."""
    if not is_attribute(node, "output"):
        return False
    receiver = node.value
    if isinstance(receiver, ast.Subscript):
        return False  # model.layers[0].output may well be an Input
    if isinstance(receiver, ast.Call):
        named = is_attribute(receiver.func, "get_layer")
        return not named
    return isinstance(receiver, (ast.Name, ast.Attribute))


def _unknown_output(element: InputElement) -> Finding:
    node = element.site.node
    assert isinstance(node, ast.Attribute)
    receiver = _shorten(element.site.source.text_of(node.value))
    return Finding(
        "model-input-not-input",
        element.site,
        f"`{receiver}.output` is what a model or layer returns, not an Input",
        note="Keras builds this model, starts it at a copy of that tensor and silently drops "
        "the layers before it",
        help=f"pass `{receiver}.input` instead",
    )


@check_for("unused-input")
def unused_inputs(facts: Facts) -> Iterator[Finding]:
    """KS103: a listed Input does not reach any output."""
    for fact in facts.models:
        model = fact.model
        if not isinstance(model, Functional) or model.network.open is not None:
            continue
        if model.adds_losses:  # which may look at the data that no output does
            continue
        for tensor in model.network.unused:
            element = next((e for e in fact.elements if e.value is tensor), None)
            if element is None:
                continue
            yield Finding(
                "unused-input",
                element.site,
                f"no output of the model depends on {_in_words(element)}, "
                f"an Input of shape {tensor.shape}",
                label=str(tensor.shape),
                note="Keras accepts it: the model asks for this data and never looks at it",
                help="use it in the graph, or remove it from `inputs`",
                tensor=tensor,
            )


@check_for("duplicate-input")
def duplicate_inputs(facts: Facts) -> Iterator[Finding]:
    """KS105: the same Input is listed twice."""
    for fact in facts.models:
        counts = Counter(id(e.value) for e in fact.elements if isinstance(e.value, Tensor))
        seen: set[int] = set()
        for element in fact.elements:
            key = id(element.value)
            if counts.get(key, 0) < 2:
                continue
            if key in seen:
                yield Finding(
                    "duplicate-input",
                    element.site,
                    f"{_in_words(element)} is listed twice in `inputs`",
                    label="listed before",
                    note="Keras accepts it and asks for the same data twice",
                    help="list each Input once, or pass the Input that was meant",
                    tensor=element.value,
                )
            seen.add(key)


def _in_words(element: InputElement) -> str:
    text = f"`{_shorten(element.site.text)}`"
    return f"an element of {text}" if element.of_several else text


def _shorten(text: str, width: int = 48) -> str:
    """The text, or a call without its arguments, or its beginning."""
    if len(text) <= width:
        return text
    short = callee_text(text)
    return short if len(short) <= width else text[: width - 3] + "..."
