"""Which layers of a model are trained, by ``trainable`` of theirs and of all that hold them."""

from __future__ import annotations

from kerashape.keras.layers.base import Layer
from kerashape.shapes import Undecided

_DEEPEST = 20


def trainable_of(model: Layer) -> dict[Layer, bool] | None:
    """The layers without others in them, by whether they are trained; None if not known."""
    found: dict[Layer, bool] = {}
    try:
        return found if _collect(model, True, found, _DEEPEST) else None
    except Undecided:
        return None


def _collect(layer: Layer, above: bool, found: dict[Layer, bool], depth: int) -> bool:
    if not isinstance(layer.trainable, bool) or not depth:
        return False
    trained = above and layer.trainable
    inner = list(layer.sublayers)
    if not inner:
        found[layer] = trained
    return all(_collect(child, trained, found, depth - 1) for child in inner)
