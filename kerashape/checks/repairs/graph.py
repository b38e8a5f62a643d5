"""Repairs of a model's graph: KS101."""

from __future__ import annotations

import ast

from kerashape.analysis import InputElement, ModelFact
from kerashape.checks.base import Facts
from kerashape.checks.trace import place_of
from kerashape.diagnostic import Fix
from kerashape.fixes.names import is_visible, variable
from kerashape.fixes.rewriting import fix, replaced
from kerashape.interpret.values import iterate
from kerashape.keras.graph import Tensor, flatten
from kerashape.keras.layers.base import Array
from kerashape.keras.models import Functional
from kerashape.shapes import Shape, Symbol
from kerashape.site import Site


def use_the_input(
    facts: Facts, fact: ModelFact, index: int, element: InputElement, sources: list[Tensor]
) -> Fix | None:
    """KS101: the Input that the tensor derives from, in place of the tensor.

    Safe where the data that the program passes there fits that Input, and not the tensor.
    """
    if len(sources) != 1 or element.of_several:
        return None
    name = input_name(facts, element, sources[0])
    if name is None:
        return None
    arrays = _data(facts, fact, index)
    safe = bool(arrays) and all(
        _fits(array.shape, sources[0].shape) and not _fits(array.shape, element.value.shape)
        for array in arrays
    )
    return fix(f"use `{name}`", replaced(element.site, name), safe=safe)


def input_name(facts: Facts, element: InputElement, source: Tensor) -> str | None:
    """An expression for an Input, at the place of an element of ``inputs=``."""
    site = element.site
    made = source.call.operation.site if source.call is not None else None
    if made is None:
        return None
    name = variable(made)
    tensor: Tensor = element.value
    place = place_of(tensor.call) if tensor.call is not None else None
    if place is not None and place.node is made.node:
        # An application: the variable holds the model.
        node = site.node
        if isinstance(node, ast.Attribute) and node.attr == "output":
            return f"{site.source.text_of(node.value)}.input"
        return f"{name}.input" if name is not None and is_visible(site, name, made) else None
    if name is not None and is_visible(site, name, made):
        return name
    return _input_of_model(facts, site, tensor, source)


def _input_of_model(facts: Facts, site: Site, tensor: Tensor, source: Tensor) -> str | None:
    """``model.input``, where there is a variable with the model from the one to the other."""
    for fact in facts.models:
        model = fact.model
        if not isinstance(model, Functional):
            continue
        inputs, outputs = list(flatten(model.inputs)), list(flatten(model.outputs))
        if len(inputs) == 1 and inputs[0] is source and any(o is tensor for o in outputs):
            name = variable(fact.site)
            if name is not None and is_visible(site, name, fact.site):
                return f"{name}.input"
    return None


def _data(facts: Facts, fact: ModelFact, index: int) -> list[Array]:
    """The arrays that the program passes where an element stands."""
    found = []
    for method in facts.methods:
        data = method.arguments.get("x")
        if method.model is not fact.model or data is None:
            continue
        items = iterate(data) if not isinstance(data, Array) else [data]
        if items is not None and index < len(items) and isinstance(items[index], Array):
            found.append(items[index])
    return found


def _fits(data: Shape, wanted: Shape) -> bool:
    """Whether data certainly has the shape of an Input, but for the batch axis."""
    if data.open or wanted.open or len(data.dims) != len(wanted.dims):
        return False
    return all(
        size is None or (not isinstance(given, Symbol) and given == size)
        for given, size in zip(data.dims[1:], wanted.dims[1:])
        if not isinstance(size, Symbol)
    )
