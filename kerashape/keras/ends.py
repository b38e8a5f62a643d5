"""How a model ends: the activation that its outputs went through last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kerashape.keras.graph import Call, Operation, Tensor, flatten
from kerashape.keras.layers.base import Array, Layer
from kerashape.keras.models import Model, Sequential
from kerashape.shapes import Dim, Symbol, Unknown

if TYPE_CHECKING:
    from kerashape.site import Site

_MOVES = frozenset(
    ["Reshape", "Flatten", "Permute", "RepeatVector", "ExpandDims", "Squeeze", "Transpose"]
)
"""They keep the values, and move them: what was the last axis may be another one."""
_KEEPS = frozenset(
    [
        "Dropout", "Identity", "ActivityRegularization", "Cast", "Cropping1D", "Cropping2D",
        "Cropping3D", "UpSampling1D", "UpSampling2D", "UpSampling3D", "GlobalAveragePooling1D",
        "GlobalAveragePooling2D", "GlobalAveragePooling3D", "AveragePooling1D",
        "AveragePooling2D", "AveragePooling3D",
    ]
)  # fmt: skip
"""They keep or average the values along other axes than the last."""
_ACTIVATION_LAYERS = {
    "Softmax": "softmax", "ReLU": "relu", "LeakyReLU": "leaky_relu", "ELU": "elu", "PReLU": "prelu",
}  # fmt: skip
_OPERATIONS = {
    "Softmax": "softmax", "Sigmoid": "sigmoid", "Relu": "relu", "Tanh": "tanh",
    "LogSoftmax": "log_softmax", "Softplus": "softplus", "Relu6": "relu6", "Elu": "elu",
    "Selu": "selu", "Gelu": "gelu", "Silu": "silu", "LeakyRelu": "leaky_relu",
    "HardSigmoid": "hard_sigmoid", "LogSigmoid": "log_sigmoid", "Softsign": "softsign",
    "Sparsemax": "sparsemax",
}  # fmt: skip
_OF_TENSORFLOW = frozenset(["tf", "tf.nn", "tf.math"])
_UNITS = {
    "Dense": "units", "EinsumDense": "", "Conv1D": "filters", "Conv2D": "filters",
    "Conv3D": "filters", "Conv1DTranspose": "filters", "Conv2DTranspose": "filters",
    "Conv3DTranspose": "filters", "SeparableConv1D": "filters", "SeparableConv2D": "filters",
    "DepthwiseConv1D": "", "DepthwiseConv2D": "",
}  # fmt: skip
"""The layers that apply an activation last, with the argument that says the size of the last
axis."""
_SQUASHES = frozenset(["SimpleRNN", "LSTM", "GRU"])
"""What comes out of them went through their activation, and is no larger than it."""
_ALONG_AN_AXIS = frozenset(["softmax", "log_softmax", "sparsemax"])


@dataclass(frozen=True, slots=True)
class End:
    """The last activation of an output.

    Attributes:
        activation: its name; ``"linear"`` if the last layer has none.
        units: the size of the output's last axis.
        layer: what applied it.
        site: where.
        tensor: what came out, where the model has a graph.
    """

    activation: str
    units: Dim
    layer: Operation
    site: Site | None
    tensor: Tensor | None = None

    @property
    def size(self) -> int | None:
        """The number of units, where it is known."""
        return self.units if isinstance(self.units, int) else None


def ends_of(model: Model) -> list[End | None]:
    """How each output of a model ends; None where that is not known."""
    outputs = produced_by(model)
    if outputs is None:
        traced = getattr(model, "traced", None)
        if traced is None or isinstance(traced, Unknown):
            return [_end_of_stack(model)] if isinstance(model, Sequential) else []
        outputs = traced
    return [end_of(tensor) for tensor in flatten(outputs)]


def produced_by(model: Model) -> Any:
    """The outputs of a model, those of its last call if it has no graph; None if not known."""
    if model.outputs is not None or isinstance(model, Sequential) or not model.calls:
        return None if isinstance(model.outputs, Unknown) else model.outputs
    return model.calls[-1].output


def end_of(output: Any) -> End | None:
    """How ``output`` ends; None where that is not known."""
    if not isinstance(output, Tensor) or not output.shape.dims:
        return None
    last = output.shape.dims[-1]
    tensor: Any = output
    shown = output  # the tensor of the graph: those within a Lambda are none
    entries: dict[int, Tensor] = {}
    moved = False
    for _ in range(50):
        if not isinstance(tensor, Tensor):
            return None
        if id(tensor) in entries:
            tensor = shown = entries.pop(id(tensor))
        if tensor.call is None:
            return None
        call = tensor.call
        operation = call.operation
        shown = shown if entries else tensor
        if call.inside is not None:
            given, returned = call.inside
            within, outside = list(flatten(given)), list(flatten(call.inputs))
            position = next((i for i, t in enumerate(call.output_tensors) if t is tensor), None)
            made = [leaf for leaf in flatten(returned) if isinstance(leaf, (Tensor, Array))]
            if position is None or position >= len(made) or len(within) != len(outside):
                return None
            entries |= {id(inner): outer for inner, outer in zip(within, outside)}
            tensor = made[position]
            continue
        before = _before(call, tensor)
        if before is not None:
            moved = moved or operation.class_name in _MOVES
            tensor = before
            continue
        name = applied_activation(operation)
        if name is None:
            return None
        if name in _ALONG_AN_AXIS and not _is_last_axis(call, tensor, last, moved):
            return None
        return End(name, last, operation, call.site or operation.site, shown)
    return None


def _before(call: Call, tensor: Tensor) -> Any:
    """The tensor with the same values before a call that changes none; None if it may."""
    operation = call.operation
    kind = operation.class_name
    if isinstance(operation, Model):
        made = list(flatten(operation.outputs))
        position = next((i for i, t in enumerate(call.output_tensors) if t is tensor), None)
        if tensor in made:
            return tensor if tensor.call is not call else None
        return made[position] if position is not None and position < len(made) else None
    passes = kind in _KEEPS and getattr(operation, "data_format", None) != "channels_first"
    if passes or kind in _MOVES or _is_linear_activation(operation):
        return _only(call.input_tensors)
    return None


def _is_linear_activation(operation: Operation) -> bool:
    return operation.class_name == "Activation" and applied_activation(operation) == "linear"


def _is_last_axis(call: Call, tensor: Tensor, last: Dim, moved: bool) -> bool:
    """Whether a softmax was along what is still the last axis."""
    axis = call.values.get("axis", -1)
    if axis is None and str(call.operation.callee).startswith("tf."):
        axis = -1
    if call.operation.class_name == "Softmax" and isinstance(call.operation, Layer):
        axis = getattr(call.operation, "axis", -1)
    rank = None if tensor.shape.open else len(tensor.shape.dims)
    if axis != -1 and (not isinstance(axis, int) or axis != (rank or 0) - 1):
        return False
    then = tensor.shape.dims[-1] if tensor.shape.dims else None
    same = isinstance(then, int) and isinstance(last, int) and then == last
    return not moved or (same and then != 1)


def _end_of_stack(model: Sequential) -> End | None:
    """How a stack ends that nothing has told its input shape."""
    if isinstance(model.stack, Unknown):
        return None
    activation: str | None = None
    found: Layer | None = None
    for layer in reversed(model.stack):
        name = applied_activation(layer)
        if isinstance(layer, Sequential) and layer.graph is None:
            inner = _end_of_stack(layer)
            if inner is None:
                return None
            return End(activation or inner.activation, inner.units, found or inner.layer,
                       found.site if found is not None else inner.site)  # fmt: skip
        if name is None and layer.class_name in ("Dropout", "Identity"):
            continue
        if name is None or _softmax_elsewhere(layer):
            return None
        if layer.class_name in _UNITS:
            units = getattr(layer, _UNITS[layer.class_name] or "?", None)
            if not isinstance(units, (int, Symbol)):
                return None
            by = found or layer
            return End(activation or name, units, by, by.site)
        if layer.class_name not in (*_ACTIVATION_LAYERS, "Activation"):
            return None
        if activation is None and name != "linear":
            activation, found = name, layer
    return None


def _softmax_elsewhere(layer: Layer) -> bool:
    return layer.class_name == "Softmax" and getattr(layer, "axis", -1) != -1


def applied_activation(operation: Any) -> str | None:
    """The activation that a layer or operation applies last; None where that is not known."""
    if not isinstance(operation, Layer):
        prefix, _, function = str(operation.callee).rpartition(".")
        if prefix in _OF_TENSORFLOW:
            return function if function in _OPERATIONS.values() else None
        return _OPERATIONS.get(operation.class_name)
    kind = operation.class_name
    if type(operation).__name__ != kind:
        return None  # a class of the user's of that name
    if kind in _ACTIVATION_LAYERS:
        return _ACTIVATION_LAYERS[kind]
    if kind == "TimeDistributed":
        inner = getattr(operation, "layer", None)
        if isinstance(inner, Model):
            ends = ends_of(inner)
            return ends[0].activation if len(ends) == 1 and ends[0] is not None else None
        return applied_activation(inner) if isinstance(inner, Layer) else None
    if kind in _UNITS or kind == "Activation" or kind in _SQUASHES:
        name = activation_name(operation.arguments.get("activation"))
        return name if kind not in _SQUASHES or name in ("tanh", "sigmoid") else None
    return None


_ACTIVATIONS_LIVE_IN = frozenset(
    ["keras.activations", "tensorflow.nn", "keras.ops", "keras.ops.nn", "tensorflow",
     "tensorflow.math", "keras.backend"]
)  # fmt: skip


def activation_name(value: Any) -> str | None:
    """The name of an activation given as a string, function or layer; None if not known."""
    if value is None:
        return "linear"
    if isinstance(value, str):
        return value.lower()
    path = getattr(value, "path", None)
    if isinstance(path, str):
        prefix, _, name = path.rpartition(".")
        return name if prefix in _ACTIVATIONS_LIVE_IN else None
    if isinstance(value, Layer):
        return applied_activation(value)
    return None


def _only(items: Sequence[Any]) -> Any:
    return items[0] if len(items) == 1 else None
