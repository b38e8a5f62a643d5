"""Methods of layers and models."""

from __future__ import annotations

import ast
import copy
from typing import TYPE_CHECKING, Any

from kerashape.interpret import adapting, keras_files, migration
from kerashape.interpret.keras_layers import (
    note_stack_calls,
    plain,
    touch,
)
from kerashape.interpret.plain import from_python, to_python
from kerashape.interpret.training import SIGNATURES, train
from kerashape.interpret.values import iterate
from kerashape.keras.graph import Tensor, flatten
from kerashape.keras.layers.base import Array, Layer
from kerashape.keras.layers.calling import as_called
from kerashape.keras.layers.convolution import Conv
from kerashape.keras.masks import compute_mask
from kerashape.keras.models import Model, OtherKeras, Sequential
from kerashape.keras.signature import Arguments, Signature, bind
from kerashape.shapes import Fault, Shape, Symbol, Undecided, Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

FUNCTIONAL = Signature.parse("inputs, outputs, name=None, trainable=None")
_SEQUENTIAL = Signature.parse("layers=None, trainable=True, name=None")


def call_method(
    machine: Machine, layer: Layer, name: str, arguments: Arguments, node: ast.AST
) -> Any:
    """``layer.name(...)``."""
    if isinstance(layer, Model):
        migration.check_saving(machine, f"keras.Model.{name}", arguments, node)
        migration.check_call(machine, f"keras.Model.{name}", arguments, node)
    if name in SIGNATURES and isinstance(layer, Model):
        return train(machine, layer, name, arguments, node)
    if name == "add" and isinstance(layer, Sequential):
        return _add(machine, layer, arguments, node)
    if name == "pop" and isinstance(layer, Sequential):
        machine.journal.touch(layer)
        if not isinstance(layer.stack, Unknown) and layer.stack:
            *rest, last = layer.stack
            layer.stack, layer.graph = tuple(rest), None
            layer.built = False
            _rebuild(machine, layer, node)
            return last
        return Unknown("what pop() returns")
    if name == "get_layer" and isinstance(layer, Model):
        return _get_layer(machine, layer, arguments, node)
    if name == "build":
        return _build(machine, layer, arguments, node)
    if name in ("__call__", "call"):
        from kerashape.interpret.keras_layers import call_layer

        if name == "call" and layer.from_keras:
            arguments = as_called(layer, arguments)
        return call_layer(machine, layer, arguments, node)
    if name == "compute_mask":
        return _compute_mask(machine, layer, arguments, node)
    if name == "convolution_op":
        return _convolved(layer, arguments)
    if name == "compute_output_shape":
        return _output_shape(layer, arguments)
    if name in ("get_output_at", "get_input_at"):
        return _at(layer, name, arguments)
    if name == "count_params":
        count = layer.count_params()
        return Unknown("the number of parameters") if count is None else count
    if name in ("add_loss", "add_metric"):
        machine.journal.touch(layer)
        layer.adds_losses = True
        return None
    if name == "save":
        keras_files.save(machine, layer, arguments)
        return None
    if name in ("summary", "load_weights", "save_weights", "set_weights"):
        return None
    if name in adapting.SIGNATURES:
        return adapting.call_method(machine, layer, name, arguments, node)
    return Unknown(f"what {name}() returns")


def _compute_mask(machine: Machine, layer: Layer, arguments: Arguments, node: ast.AST) -> Any:
    """``layer.compute_mask(inputs, mask)`` between symbolic tensors."""
    inputs, mask = [to_python(value) for value in [*arguments.positional, None, None][:2]]
    symbolic = all(isinstance(leaf, Tensor) for leaf in flatten(inputs))
    decided = all(isinstance(leaf, (Tensor, type(None))) for leaf in flatten(mask))
    if machine.tracing or arguments.keywords or not layer.from_keras or not (symbolic and decided):
        return Unknown("what compute_mask() returns")
    return from_python(compute_mask(layer, inputs, mask, machine.names, machine.site(node)))


def _output_shape(layer: Layer, arguments: Arguments) -> Any:
    """``layer.compute_output_shape((None, 4))`` of one of Keras's layers."""
    given = to_python(arguments.positional[0]) if len(arguments.positional) == 1 else None
    sizes = given if isinstance(given, (tuple, list)) and not arguments.keywords else [given]
    if all(dim is None or isinstance(dim, (int, Symbol)) for dim in sizes) and len(sizes) > 1:
        try:
            found = layer.output_within(Shape(sizes))
        except (Fault, Undecided):
            found = None
        if isinstance(found, Shape) and not found.open:
            return tuple(found.dims)
    return Unknown("what compute_output_shape() returns")


def _convolved(layer: Layer, arguments: Arguments) -> Any:
    """``layer.convolution_op(inputs, kernel)``: a convolution with another kernel of its shape."""
    conv = getattr(layer, "inner", None) or layer
    inputs = next(iter([*arguments.positional, *(arguments.keywords or {}).values()]), None)
    if isinstance(conv, Conv) and isinstance(inputs, (Tensor, Array)) and conv.padding != "causal":
        try:
            shape = conv.convolved(inputs.shape, conv.filters)
        except (Fault, Undecided):
            return Unknown("what a convolution gives")
        if isinstance(inputs, Tensor):
            return Tensor(shape, inputs.dtype)
        return Array(shape, inputs.dtype, eager=True)
    return Unknown("what convolution_op() returns")


def _add(machine: Machine, model: Sequential, arguments: Arguments, node: ast.AST) -> Any:
    values = [*arguments.positional, *(arguments.keywords or {}).values()]
    value = values[0] if values else Unknown("the layer that was added")
    touch(machine, model)
    if isinstance(value, Layer):
        touch(machine, value)
    try:
        model.add(to_python(value), machine.names, machine.site(node), build=False)
    except Fault as fault:
        before = copy.copy(model)
        machine.fault(
            fault, node, "keras.Sequential.add", given=Arguments([to_python(value)]), on=before,
            either=isinstance(fault, OtherKeras),
        )  # fmt: skip
        model.stack = Unknown("a layer could not be added")
        model.graph = None
        return None
    _rebuild(machine, model, node)
    return None


def _rebuild(machine: Machine, model: Sequential, node: ast.AST) -> None:
    try:
        calls = model.rebuild(machine.names, machine.site(node))
    except (Fault, Undecided):
        return
    note_stack_calls(machine, calls, node)


def _get_layer(machine: Machine, model: Model, arguments: Arguments, node: ast.AST) -> Any:
    try:
        bound = bind(Signature.parse("name=None, index=None"), arguments, "Model.get_layer")
        return model.get_layer(bound.values["name"], bound.values["index"])
    except Fault as fault:
        model = copy.copy(model) if isinstance(model, Sequential) else model
        return machine.fault(fault, node, "keras.Model.get_layer", given=plain(arguments), on=model)
    except Undecided as undecided:
        return Unknown(undecided.reason)


def _build(machine: Machine, layer: Layer, arguments: Arguments, node: ast.AST) -> Any:
    values = [*arguments.positional, *(arguments.keywords or {}).values()]
    items = iterate(values[0]) if values else None
    if items is None:
        return None
    if not all(item is None or isinstance(item, (int, Symbol, Unknown)) for item in items):
        return None
    touch(machine, layer)
    if not isinstance(layer, Sequential):
        if not isinstance(layer, Model):
            _build_layer(layer, Shape(items))
        return None
    try:
        calls = layer.build_for(Shape(items), machine.names, machine.site(node))
    except Fault as fault:
        machine.fault(fault, node, "keras.Sequential.build")
        return None
    note_stack_calls(machine, calls, node)
    return None


def _build_layer(layer: Layer, shape: Shape) -> None:
    """``layer.build(shape)``, from the ``build`` of a layer that holds it."""
    try:
        layer.build_within(shape)
    except (Fault, Undecided, TypeError):  # several shapes, or one that is not what it seems
        layer.built, layer.variables_unknown = True, "how it was built"


def _at(layer: Layer, name: str, arguments: Arguments) -> Any:
    index = arguments.positional[0] if arguments.positional else None
    if isinstance(index, int) and -len(layer.calls) <= index < len(layer.calls):
        call = layer.calls[index]
        return from_python(call.output if "output" in name else call.inputs)
    return Unknown(f"what {name}() returns")
