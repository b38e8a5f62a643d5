"""Which layers of a model are trained, by ``trainable`` of theirs and of all that hold them."""

from __future__ import annotations

from kerashape.keras.layers.base import Layer
from kerashape.shapes import Undecided, Unknown

_DEEPEST = 20


def trainable_of(model: Layer) -> dict[Layer, bool] | None:
    """The layers of a model at any depth, by whether they are trained; None if not known."""
    found: dict[Layer, bool] = {}
    try:
        return found if _collect(model, True, found, _DEEPEST) else None
    except Undecided:
        return None


def _collect(layer: Layer, above: bool, found: dict[Layer, bool], depth: int) -> bool:
    if not isinstance(layer.trainable, bool) or not depth:
        return False
    trained = above and layer.trainable
    found[layer] = trained
    return all(_collect(child, trained, found, depth - 1) for child in layer.sublayers)


def trains_weights(layer: Layer) -> bool:
    """Whether a layer has weights of its own that are trained unless it is frozen.

    Raises:
        Undecided: if that is not known.
    """
    if layer.is_input:
        return False
    if layer.variables_unknown is not None or isinstance(layer.built, Unknown):
        raise Undecided("the weights of a layer")
    return any(weight.declared for weight in layer.variables)
