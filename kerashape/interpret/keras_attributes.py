"""Attributes of layers and models."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from kerashape.interpret.callables import Method
from kerashape.interpret.containers import ListValue
from kerashape.interpret.keras_layers import (
    touch,
)
from kerashape.interpret.plain import from_python, to_python
from kerashape.interpret.values import FAULTY
from kerashape.keras.graph import Tensor, flatten
from kerashape.keras.layers.base import Array, Layer
from kerashape.keras.models import Functional, Model, Sequential
from kerashape.keras.signature import Signature
from kerashape.shapes import Fault, Undecided, Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

FUNCTIONAL = Signature.parse("inputs, outputs, name=None, trainable=None")
_SEQUENTIAL = Signature.parse("layers=None, trainable=True, name=None")


DATA_ATTRIBUTES = frozenset(
    ["input", "inputs", "output", "outputs", "layers", "name", "input_shape", "output_shape",
     "weights", "variables", "trainable", "trainable_weights", "trainable_variables",
     "non_trainable_weights", "optimizer", "loss", "losses", "metrics", "metrics_names",
     "input_names", "output_names", "history", "stop_training", "built", "dtype"]
)  # fmt: skip
"""What a model has that is no method."""
_METHODS = frozenset(
    [
        "add",
        "pop",
        "compile",
        "fit",
        "evaluate",
        "predict",
        "train_on_batch",
        "test_on_batch",
        "predict_on_batch",
        "fit_generator",
        "evaluate_generator",
        "predict_generator",
        "predict_classes",
        "predict_proba",
        "summary",
        "get_layer",
        "save",
        "save_weights",
        "load_weights",
        "build",
        "get_weights",
        "set_weights",
        "count_params",
        "to_json",
        "get_config",
        "adapt",
        "compute_output_shape",
        "convolution_op",
        "__call__",
        "call",
        "export",
        "add_loss",
        "add_metric",
        "set_vocabulary",
        "get_vocabulary",
        "vocabulary_size",
        "reset_states",
        "reset_state",
        "from_config",
        "get_input_at",
        "get_output_at",
        "get_input_shape_at",
        "get_output_shape_at",
        "compute_mask",
        "make_train_function",
        "get_build_config",
        "freeze",
        "add_weight",
    ]
)


def attribute(machine: Machine, layer: Layer, name: str, node: ast.AST) -> Any:
    """``layer.name``."""
    if name in ("input", "output"):
        return from_python(_end(machine, layer, name, node))
    if isinstance(layer, Model):
        if name in ("inputs", "outputs"):
            if _is_unbuilt(layer):
                return _undefined(machine, layer, name, node)
            ends = getattr(layer, name)
            if ends is None:
                return Unknown(f"the {name} of a model that is not built")
            return ListValue(list(flatten(ends))) if not isinstance(ends, Unknown) else ends
        if name == "layers":
            try:
                return ListValue(list(layer.layers))
            except Undecided as undecided:
                return ListValue(None, undecided.reason)
        if name in ("output_names", "input_names"):
            return from_python(list(getattr(layer, name, []))) if layer.outputs else Unknown(name)
    if name in ("input_shape", "output_shape"):
        if _is_unbuilt(layer):
            return _undefined(machine, layer, name.replace("_", " "), node)
        return _end_shape(layer, name.partition("_")[0])
    if name == "name":
        return layer.name
    if name == "trainable":
        return layer.trainable
    if name in _METHODS:
        return Method(layer, name)
    if name in layer.arguments:
        value = layer.arguments[name]
        if isinstance(value, Array):
            return Unknown(f"what became of the argument {name}")
        return from_python(value)
    if name in ("weights", "trainable_weights", "variables", "trainable_variables"):
        return ListValue(None, "the weights of a layer")
    extra = getattr(layer, "extra_attributes", {})
    return extra.get(name, Unknown(f"the attribute {name} of a layer", label=name))


def _is_unbuilt(layer: Layer) -> bool:
    """Whether it is a stack of known layers that nothing has told its input shape."""
    return (
        isinstance(layer, Sequential)
        and layer.graph is None
        and layer.built is False
        and not isinstance(layer.stack, Unknown)
        and not any(isinstance(child, Model) for child in layer.stack)
    )


def _undefined(machine: Machine, layer: Layer, what: str, node: ast.AST) -> Any:
    fault = Fault(
        "sequential-misuse",
        f"Sequential model '{layer.name}' has no defined {what} yet.",
        expected="a model whose input shape is known",
        found="a Sequential without an Input",
        help="start the model with an Input, or call build() first",
    )
    return machine.fault(fault, node, "keras.Sequential")


def _end(machine: Machine, layer: Layer, which: str, node: ast.AST) -> Any:
    """``layer.input`` or ``layer.output``."""
    if isinstance(layer, Functional):
        return layer.inputs if which == "input" else layer.outputs
    if not layer.calls:
        if isinstance(layer, Sequential) and machine.keras_version < 3 and layer.graph is not None:
            return layer.inputs if which == "input" else layer.outputs
        if isinstance(layer, Sequential) and not isinstance(layer.stack, Unknown):
            fault = Fault(
                "sequential-misuse",
                f"The layer {layer.name} has never been called and thus has no defined {which}.",
                expected=f"to be called before its `.{which}` is read",
                help=f"use .{which}s[0] instead of .{which}",
            )
            machine.fault(fault, node, "keras.Sequential")
            return Unknown(FAULTY)
        return _of_uncalled(machine, layer, which, node)
    call = layer.calls[0]
    if which == "output":
        return call.output if call.output is not None else Unknown(call.reason or "its output")
    first = next(iter(call.values.values()), Unknown("its input"))
    return first


def _of_uncalled(machine: Machine, layer: Layer, which: str, node: ast.AST) -> Any:
    """The input or output of one of Keras's layers that nothing was called on."""
    certain = layer.from_keras and not isinstance(layer, Model) and not layer.escaped
    if machine.keras_version < 3 or not certain or layer.is_input:
        return Unknown(f"the {which} of a layer that was not called")
    fault = Fault(
        "not-a-tensor",
        f"The layer {layer.name} has never been called and thus has no defined {which}.",
        expected=f"a layer that was called, for its .{which}",
        found=f"a {layer.class_name} that was not",
        help="call the layer on a tensor first",
    )
    return machine.fault(fault, node, layer.callee)


def _end_shape(layer: Layer, which: str) -> Any:
    ends = None
    if isinstance(layer, Model):
        ends = layer.inputs if which == "input" else layer.outputs
    elif layer.calls:
        call = layer.calls[0]
        ends = call.output if which == "output" else call.inputs
    tensors = [t for t in flatten(ends) if isinstance(t, Tensor)]
    if len(tensors) == 1 and not tensors[0].shape.open:
        return tuple(tensors[0].shape.dims)
    return Unknown(f"the {which} shape of a layer")


def set_attribute(machine: Machine, layer: Layer, name: str, value: Any) -> None:
    """``layer.name = value``."""
    if name == "trainable":
        _set_trainable(machine, layer, value)
    elif name == "name" or (name == "_name" and machine.keras_version < 3):
        layer.name = value
    elif name in layer.arguments:
        setattr(layer, name, to_python(value))
    else:
        extra = {**getattr(layer, "extra_attributes", {}), name: value}
        layer.extra_attributes = extra  # type: ignore[attr-defined]


def _set_trainable(machine: Machine, layer: Layer, value: Any) -> None:
    touch(machine, layer)
    layer.freeze(value)
    try:
        for child in layer.sublayers:
            _set_trainable(machine, child, value)
    except Undecided:
        return


_OF_ALL = frozenset(
    ["name", "built", "weights", "trainable_weights", "non_trainable_weights", "trainable", "dtype",
     "call", "build", "losses", "get_config", "get_weights", "set_weights", "count_params",
     "compute_output_shape"]
)  # fmt: skip
_OF_MODELS = frozenset(
    ["layers", "fit", "predict", "evaluate", "compile", "summary", "get_layer", "save",
     "load_weights", "save_weights", "train_on_batch", "test_on_batch", "predict_on_batch",
     "train_step", "test_step", "predict_step"]
)  # fmt: skip
_OF_GRAPHS = frozenset(["inputs", "outputs", "input", "output"])
_OF_STACKS = frozenset(["add", "pop"])


def has(layer: Layer, name: str) -> bool | None:
    """``hasattr(layer, name)`` in Keras 3; None where that is not known."""
    from kerashape.interpret.user_layers import UserLayer

    if name in _OF_ALL:
        return True
    if isinstance(layer, UserLayer):
        if name in layer.attributes or layer.cls.find(name) is not None:
            return True
        return True if name in _OF_MODELS and layer.is_model else None
    if name in _OF_MODELS:
        return isinstance(layer, Model)
    if name in _OF_GRAPHS and isinstance(layer, Functional):
        return True
    return isinstance(layer, Sequential) if name in _OF_STACKS else None
