"""Pixels that are scaled down twice: by the program, and by the application itself (KS511)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from kerashape.checks.base import Facts, Finding, check_for
from kerashape.interpret.scaling import KEEP_THE_RANGE
from kerashape.keras.graph import Call, Tensor, flatten
from kerashape.keras.layers.base import Array, Layer
from kerashape.keras.models import Functional, Model, Sequential
from kerashape.keras.network import Network
from kerashape.site import Site


@check_for("double-rescaling")
def layers(facts: Facts) -> Iterator[Finding]:
    """A Rescaling layer in front of an application."""
    for fact in facts.calls:
        model = fact.call.operation
        if not isinstance(model, Functional) or len(fact.call.input_tensors) != 1:
            continue
        outer = _rescaling_before(fact.call.input_tensors[0])
        if outer is None or _rescaled_in(model) is None:
            continue
        site = outer.site or outer.operation.site
        if site is not None:
            yield _finding(site, model, fact.site, "leave this layer out")


@check_for("double-rescaling")
def data(facts: Facts) -> Iterator[Finding]:
    """Images that are scaled before they are given to a model."""
    told: set[int] = set()
    for fact in facts.methods:
        inner = _rescaled_in(fact.model)
        leaves = list(flatten(fact.arguments.get("x")))
        if inner is None or len(leaves) != 1 or not isinstance(leaves[0], Array):
            continue
        site = leaves[0].scaled
        if site is None or id(site.node) in told:
            continue
        told.add(id(site.node))
        # A function that a pipeline maps may run for others, too.
        place = site if site.certain else replace(site, certain=fact.site.certain)
        yield _finding(place, inner, inner.site or fact.site, "leave the images as they are")


def _finding(site: Site, model: Model, again: Site, repair: str) -> Finding:
    return Finding(
        "double-rescaling",
        site,
        "the images are scaled to (0, 1) here, and once more by the first layers of "
        f"`{model.name}`",
        label="scales the images",
        note="the model sees values next to 0, on which its weights were not trained",
        help=f"{repair}: the model takes pixels from 0 to 255",
        related=((again, "scales them again"),),
    )


def _rescaling_before(tensor: Any) -> Call | None:
    """The call of the Rescaling that the values of ``tensor`` went through last."""
    for _ in range(20):
        call = tensor.call if isinstance(tensor, Tensor) else None
        if call is None:
            return None
        if _scales_down(call.operation):
            return call
        if call.operation.class_name not in KEEP_THE_RANGE or len(call.input_tensors) != 1:
            return None
        tensor = call.input_tensors[0]
    return None


def _rescaled_in(model: Any, depth: int = 4) -> Model | None:
    """The model, this one or one in it, whose first layer scales what it is given."""
    network = _network(model)
    if network is None or depth == 0 or len(list(flatten(model.inputs))) != 1:
        return None
    reached = {id(tensor) for tensor in flatten(model.inputs)}
    for call in network.calls:
        inputs = call.input_tensors
        if len(inputs) != 1 or id(inputs[0]) not in reached:
            continue
        if _scales_down(call.operation) or _is_for_pixels(call.operation):
            return model if isinstance(model, Model) else None
        if isinstance(call.operation, Model):
            found = _rescaled_in(call.operation, depth - 1)
            if found is not None:
                return found
        elif call.operation.class_name in KEEP_THE_RANGE:
            reached |= {id(tensor) for tensor in call.output_tensors}
    return None


def _network(model: Any) -> Network | None:
    if isinstance(model, Sequential):
        model = model.graph
    network = model.network if isinstance(model, Functional) else None
    return network if isinstance(network, Network) and not network.open else None


def _scales_down(layer: Any) -> bool:
    if layer.class_name != "Rescaling" or not isinstance(layer, Layer):
        return False
    scale = layer.arguments.get("scale")
    return isinstance(scale, float) and 0 < scale < 0.02


def _is_for_pixels(layer: Any) -> bool:
    """Whether it brings pixels from 0 to 255 to a mean of 0."""
    if layer.class_name != "Normalization" or not isinstance(layer, Layer):
        return False
    means = list(flatten(layer.arguments.get("mean")))
    return all(isinstance(mean, (int, float)) and 16 < mean < 255 for mean in means)
