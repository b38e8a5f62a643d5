"""Whether ImageNet weights, which fit the model on its default input, fit another one.

Follows ``keras.src.legacy.saving.legacy_h5_format.load_weights_from_hdf5_group``, which goes
through the layers that have weights in their order.
"""

from __future__ import annotations

from kerashape.keras.layers.base import Layer, Weight
from kerashape.keras.models import Model
from kerashape.shapes import Fault, Undecided


def check_fit(model: Model, saved: Model) -> None:
    """Compare a model with the one that its weights were saved from.

    Raises:
        Fault: ``application-input`` where loading the weights certainly fails.
    """
    try:
        layers, others = _with_weights(model), _with_weights(saved)
    except Undecided:
        return
    if len(layers) != len(others):
        raise Fault(
            "application-input",
            "Layer count mismatch when loading weights from file. Model expected "
            f"{len(layers)} layers, found {len(others)} saved layers.",
            argument="input_tensor",
            expected="an input tensor with no weights before it, or weights=None",
            found=f"{len(layers) - len(others)} more layers with weights",
        )
    for index, (layer, other) in enumerate(zip(layers, others)):
        for weight, source in zip(_in_order(layer), _in_order(other)):
            try:
                differs = weight.shape != source.shape
            except Undecided:
                continue
            if differs:
                raise Fault(
                    "application-input",
                    f"Shape mismatch in layer #{index} (named {layer.name})",
                    argument="input_tensor",
                    expected=f"an input for which {layer.name} has weights of {source.shape}, "
                    "or weights=None",
                    found=weight.shape,
                )


def _with_weights(model: Model) -> list[Layer]:
    return [layer for layer in model.layers if layer.all_variables()]


def _in_order(layer: Layer) -> list[Weight]:
    """The weights as they are saved: those that are trained first."""
    return sorted(layer.all_variables(), key=lambda weight: not weight.trainable)
