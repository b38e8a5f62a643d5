"""How a model ends: the activation that its outputs went through last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kerashape.keras.graph import Call, Tensor, flatten
from kerashape.keras.layers.base import Layer
from kerashape.keras.models import Model
from kerashape.shapes import Dim, Unknown

_TRANSPARENT = frozenset(
    [
        "Reshape",
        "Flatten",
        "Permute",
        "Dropout",
        "Identity",
        "ActivityRegularization",
        "RepeatVector",
        "Cropping1D",
        "Cropping2D",
        "Cropping3D",
        "UpSampling2D",
    ]
)
_ACTIVATION_LAYERS = {
    "Softmax": "softmax", "ReLU": "relu", "LeakyReLU": "leaky_relu", "ELU": "elu", "PReLU": "prelu",
}  # fmt: skip
_OPERATIONS = {
    "Softmax": "softmax", "Sigmoid": "sigmoid", "Relu": "relu", "Tanh": "tanh",
    "LogSoftmax": "log_softmax",
}  # fmt: skip
_WITH_ACTIVATION = frozenset(
    [
        "Dense",
        "Conv1D",
        "Conv2D",
        "Conv3D",
        "Conv1DTranspose",
        "Conv2DTranspose",
        "Conv3DTranspose",
        "SeparableConv1D",
        "SeparableConv2D",
        "DepthwiseConv1D",
        "DepthwiseConv2D",
        "EinsumDense",
    ]
)


@dataclass(frozen=True, slots=True)
class End:
    """The last activation of an output.

    Attributes:
        activation: its name; ``"linear"`` if the last layer has none.
        units: the size of the last axis when it was applied.
        call: the call that applied it.
    """

    activation: str
    units: Dim
    call: Call


def end_of(tensor: Any) -> End | None:
    """How ``tensor`` ends; None where that is not known."""
    for _ in range(50):
        if not isinstance(tensor, Tensor) or tensor.call is None:
            return None
        call = tensor.call
        operation = call.operation
        if operation.class_name in _TRANSPARENT and operation.is_layer:
            tensor = _only(call.input_tensors)
            continue
        if isinstance(operation, Model):
            tensor = _only(list(flatten(operation.outputs)))
            continue
        name = applied_activation(operation)
        if name == "linear" and operation.class_name == "Activation":
            tensor = _only(call.input_tensors)
            continue
        if name is None or tensor.shape.open or not tensor.shape.dims:
            return None
        return End(name, tensor.shape.dims[-1], call)
    return None


def applied_activation(operation: Any) -> str | None:
    """The activation that a layer or operation applies last; None where that is not known."""
    if not isinstance(operation, Layer):
        return _OPERATIONS.get(operation.class_name)
    kind = operation.class_name
    if kind in _ACTIVATION_LAYERS:
        return _ACTIVATION_LAYERS[kind]
    if kind == "TimeDistributed":
        inner = getattr(operation, "layer", None)
        return applied_activation(inner) if isinstance(inner, Layer) else None
    if kind in _WITH_ACTIVATION or kind == "Activation":
        return activation_name(operation.arguments.get("activation"))
    return None


def activation_name(value: Any) -> str | None:
    """The name of an activation given as a string, function or layer; None if not known."""
    if value is None:
        return "linear"
    if isinstance(value, str):
        return value.lower()
    path = getattr(value, "path", None)
    if isinstance(path, str):
        prefix, _, name = path.rpartition(".")
        if prefix in (
            "keras.activations",
            "tensorflow.nn",
            "keras.ops",
            "tensorflow",
            "tensorflow.math",
        ):
            return name
        return None
    if isinstance(value, Layer) and not isinstance(value, Unknown):
        return applied_activation(value)
    return None


def _only(items: list[Any]) -> Any:
    return items[0] if len(items) == 1 else None
