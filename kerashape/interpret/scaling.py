"""Which data hold pixels that were scaled down: ``x / 255``, ``x * (1 / 255)``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kerashape.keras.graph import Call, flatten
from kerashape.keras.layers.base import Array

if TYPE_CHECKING:
    import ast

    from kerashape.interpret.machine import Machine

KEEP_THE_RANGE = frozenset(
    ["RandomFlip", "RandomRotation", "RandomZoom", "RandomTranslation", "RandomCrop",
     "CenterCrop", "Resizing", "Identity", "Dropout", "Cropping2D", "ZeroPadding2D"]
)  # fmt: skip
"""Layers that give pixels for pixels."""
_KEEP_THE_RANGE = frozenset(
    ["__getitem__", "take", "gather", "split", "array_split", "unstack", "permutation", "shuffle",
     "reshape", "ravel", "flatten", "squeeze", "expand_dims", "transpose", "swapaxes", "moveaxis",
     "array", "asarray", "ascontiguousarray", "copy", "identity", "constant", "convert_to_tensor",
     "convert_to_numpy", "astype", "cast", "concatenate", "concat", "append", "stack", "vstack",
     "hstack", "repeat", "tile", "pad", "flip", "fliplr", "flipud", "rot90", "roll", "resize",
     "resize_with_pad", "resize_with_crop_or_pad", "flip_left_right", "flip_up_down",
     "random_flip_left_right", "random_flip_up_down", "clip", "clip_by_value", "mean",
     "reduce_mean", "subtract", "add", "true_divide", "divide"]
)  # fmt: skip
"""Functions, and operators by their function, that give no larger numbers, or not by much."""
_LEAST, _MOST = 100, 300
"""Pixels are divided by 255 or 256, or by half of that."""


def is_down(scale: object) -> bool:
    """Whether a factor scales pixels down."""
    return isinstance(scale, float) and 1 / _MOST < scale < 1 / _LEAST


def note(machine: Machine, result: Array, operator: str, number: float, node: ast.AST) -> None:
    """An operator on an array and a number gave ``result``."""
    divides = operator == "Divide" and _LEAST < number < _MOST
    if divides or (operator == "Multiply" and is_down(number)):
        result.scaled = machine.site(node)


def note_layer(machine: Machine, result: Array, call: Call, node: ast.AST) -> None:
    """A layer on data gave ``result``."""
    name, arguments = call.operation.class_name, getattr(call.operation, "arguments", {})
    if name == "Rescaling" and is_down(arguments.get("scale")):
        result.scaled = machine.site(node)
    elif name in KEEP_THE_RANGE:
        _keep(result, [call.inputs])


def note_function(result: Array, function: str, given: Sequence[Any]) -> None:
    """A function, by its dotted name, gave ``result`` for ``given``."""
    if function.rpartition(".")[2] in _KEEP_THE_RANGE:
        _keep(result, given)


def _keep(result: Array, given: Sequence[Any]) -> None:
    """Scaled as what it is computed from, unless it is whole numbers."""
    if isinstance(result.dtype, str) and "float" not in result.dtype:
        return
    for value in given:
        for leaf in flatten(value):
            if isinstance(leaf, Array) and leaf.scaled is not None:
                result.scaled = leaf.scaled
                return
