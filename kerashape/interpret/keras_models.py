"""Models: making them, their attributes and their methods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import libcst as cst

from kerashape.analysis import InputElement, MethodFact, ModelFact
from kerashape.interpret.clock import CLOCK
from kerashape.interpret.keras_layers import (
    argument_node,
    build_for,
    construct,
    note_stack_calls,
    plain,
    touch,
)
from kerashape.interpret.values import (
    FAULTY,
    DictValue,
    ListValue,
    Method,
    from_python,
    iterate,
    to_python,
)
from kerashape.keras.graph import Tensor, flatten
from kerashape.keras.layers.base import Array, Layer
from kerashape.keras.models import Functional, Model, Sequential
from kerashape.keras.signature import Arguments, Bound, Signature, bind
from kerashape.shapes import Fault, Shape, Symbol, Undecided, Unknown
from kerashape.site import Site

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

_FUNCTIONAL = Signature.parse("inputs, outputs, name=None, trainable=None")
_SEQUENTIAL = Signature.parse("layers=None, trainable=True, name=None")


@dataclass(frozen=True, slots=True, eq=False)
class KerasObject:
    """An object of Keras that is no layer: a loss, a metric, an optimizer..."""

    path: str
    positional: tuple[Any, ...]
    keywords: dict[str, Any]


def object_attribute(value: KerasObject, name: str) -> Any:
    """An attribute of such an object."""
    return value.keywords.get(name, Unknown(f"the attribute {name}"))


# -- making models --------------------------------------------------------------------


def make_model(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    """``keras.Model(...)``."""
    keywords = dict(arguments.keywords or {})
    if arguments.more_positional or arguments.more_keywords:
        return Unknown("a model with arguments that are not known")
    _rename(machine, keywords, node)
    arguments = Arguments(arguments.positional, keywords)
    if not _is_functional(arguments):
        return Unknown("a model that is not functional")
    try:
        bound = bind(_FUNCTIONAL, arguments, "Functional.__init__")
    except Fault as fault:
        return machine.fault(fault, argument_node(node, fault, _FUNCTIONAL), "keras.Model")
    return functional(machine, bound, node)


def _rename(machine: Machine, keywords: dict[str, Any], node: cst.CSTNode) -> None:
    """Understand ``input=`` and ``output=`` of Keras 1; Keras 3 refuses them."""
    old = [name for name in ("input", "output") if name in keywords]
    if old and machine.keras_version >= 3:
        fault = Fault(
            "bad-argument",
            f"Unrecognized keyword arguments passed to Model: {', '.join(old)}",
            argument=old[0],
            expected=f"{old[0]}s=",
            found=f"{old[0]}=",
            help=f"write {' and '.join(f'{name}s=' for name in old)}",
        )
        machine.fault(fault, argument_node(node, fault, None), "keras.Model")
    for name in old:
        keywords.setdefault(f"{name}s", keywords.pop(name))


def _is_functional(arguments: Arguments) -> bool:
    count, keywords = len(arguments.positional), arguments.keywords or {}
    return (
        count >= 2
        or (count == 1 and "outputs" in keywords)
        or ("inputs" in keywords and "outputs" in keywords)
    )


def functional(machine: Machine, bound: Bound, node: cst.CSTNode, name: Any = None) -> Any:
    """A functional model from the bound arguments of its constructor."""
    values = {key: to_python(value) for key, value in bound.values.items()}
    machine.journal.touch(machine.names)
    for tensor in flatten(values["inputs"]):
        if isinstance(tensor, Tensor) and not tensor.is_input:
            _touch_graph(machine, values["outputs"])
            break
    elements = tuple(input_elements(machine, bound.values["inputs"], node))
    site = machine.site(node)
    name = values["name"] if values["name"] is not None else name
    try:
        model = Functional.from_tensors(
            values["inputs"], values["outputs"], name=name, names=machine.names, site=site
        )
    except Fault as fault:
        return machine.fault(fault, _culprit(node, fault, elements), "keras.Model", fault.found)
    model.born = CLOCK.now
    if values["trainable"] is not None:
        model.trainable = values["trainable"]
    machine.analysis.models.append(ModelFact(site, model, elements))
    return model


def _touch_graph(machine: Machine, outputs: Any) -> None:
    from kerashape.keras.network import Network

    for call in Network.calls_between((), outputs):
        if isinstance(call.operation, Layer):
            machine.journal.touch(call.operation)


def _culprit(node: cst.CSTNode, fault: Fault, elements: tuple[InputElement, ...]) -> cst.CSTNode:
    for element in elements:
        if element.value is fault.found:
            return element.site.node
    if fault.rule == "graph-disconnected":
        fault = Fault(fault.rule, fault.text, argument="inputs")
    place = argument_node(node, fault, _FUNCTIONAL)
    return place.value if isinstance(place, cst.Arg) else place


def input_elements(machine: Machine, inputs: Any, node: cst.CSTNode) -> list[InputElement]:
    """The elements of ``inputs=`` with the expressions that gave them, as far as visible."""
    expression = _input_expression(node)
    found: list[InputElement] = []
    _pair(inputs, machine.site(expression if expression is not None else node), found)
    return found


def _input_expression(node: cst.CSTNode) -> cst.BaseExpression | None:
    if not isinstance(node, cst.Call):
        return None
    for argument in node.args:
        if argument.keyword is not None and argument.keyword.value in ("inputs", "input"):
            return argument.value
    first = node.args[0] if node.args else None
    return first.value if first is not None and first.keyword is None and not first.star else None


def _pair(value: Any, site: Site, found: list[InputElement]) -> None:
    """Each leaf of ``value`` with its expression; ``site`` is the expression of the whole."""
    if isinstance(value, (ListValue, DictValue)) and _is_written_out(value, site.node):
        assert value.display is not None
        site = value.display
    if isinstance(value, DictValue) and value.items is not None:
        items = list(value.items.values())
        expressions = _dict_expressions(site.node, len(items))
    else:
        known = iterate(value) if isinstance(value, (ListValue, tuple)) else None
        if known is None:
            found.append(InputElement(site, value))
            return
        items, expressions = known, _expressions(site.node, len(known))
    for item, expression in zip(items, expressions):
        _pair(item, site.at(expression), found)


def _is_written_out(value: ListValue | DictValue, node: cst.CSTNode) -> bool:
    """Whether its items stand at another place than ``node``, and are still those."""
    if isinstance(node, (cst.List, cst.Tuple, cst.Dict)) or value.display is None:
        return False
    display = value.display.node
    if not isinstance(display, (cst.List, cst.Dict)) or value.items is None:
        return False
    starred = (cst.StarredElement, cst.StarredDictElement)
    return len(display.elements) == len(value.items) and not any(
        isinstance(element, starred) for element in display.elements
    )


def _expressions(node: cst.CSTNode, count: int) -> list[cst.CSTNode]:
    """The expression of each item; a starred one stands for as many as are left over."""
    if isinstance(node, cst.BinaryOperation):
        left = node.left.elements if isinstance(node.left, (cst.List, cst.Tuple)) else None
        right = node.right.elements if isinstance(node.right, (cst.List, cst.Tuple)) else None
        ahead = [e.value for e in left] if left is not None else []
        behind = [e.value for e in right] if right is not None else []
        filler = node.left if left is None else node.right if right is None else node
        middle: list[cst.CSTNode] = [filler] * (count - len(ahead) - len(behind))
        return [*ahead, *middle, *behind]
    if not isinstance(node, (cst.List, cst.Tuple)):
        return [node] * count
    spare = count - len(node.elements)
    result: list[cst.CSTNode] = []
    for element in node.elements:
        times = 1
        if isinstance(element, cst.StarredElement):
            times, spare = max(spare + 1, 0), 0
        result += [element.value] * times
    return result if len(result) == count else [node] * count


def _dict_expressions(node: cst.CSTNode, count: int) -> list[cst.CSTNode]:
    if isinstance(node, cst.Dict) and len(node.elements) == count:
        return [element.value for element in node.elements]
    return [node] * count


def make_sequential(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    """``keras.Sequential(...)``."""
    try:
        bound = bind(_SEQUENTIAL, arguments, "Sequential.__init__")
    except Fault as fault:
        return machine.fault(fault, argument_node(node, fault, _SEQUENTIAL), "keras.Sequential")
    machine.journal.touch(machine.names)
    model = Sequential.empty(
        name=bound.values["name"], names=machine.names, site=machine.site(node)
    )
    model.born = CLOCK.now
    return fill_sequential(machine, model, bound.values["layers"], node)


def fill_sequential(machine: Machine, model: Sequential, layers: Any, node: cst.CSTNode) -> Any:
    """Add the layers given to the constructor, then build once."""
    items = [] if layers is None else iterate(layers)
    if items is None:
        reason = layers.reason if isinstance(layers, Unknown) else "the list of layers"
        model.stack = Unknown(reason)
        machine.analysis.models.append(ModelFact(machine.site(node), model))
        return model
    expression = node.args[0].value if isinstance(node, cst.Call) and node.args else node
    for item, place in zip(items, _expressions(expression, len(items))):
        try:
            model.add(item, machine.names, machine.site(place), build=False)
        except Fault as fault:
            machine.fault(fault, place, "keras.Sequential")
            model.stack = Unknown("a layer could not be added")
            break
    _touch_stack(machine, model)
    try:
        calls = model.rebuild(machine.names, machine.site(node))
    except (Fault, Undecided):
        calls = []
    note_stack_calls(machine, calls, node)
    machine.analysis.models.append(ModelFact(machine.site(node), model))
    return model


def _touch_stack(machine: Machine, model: Sequential) -> None:
    touch(machine, model)


def load_application(machine: Machine, name: str, arguments: Arguments, node: cst.CSTNode) -> Any:
    """``keras.applications.<name>(...)``."""
    from kerashape.keras import applications

    application = applications.find(name)
    if application is None:
        return Unknown(f"keras.applications.{name} is not known")
    machine.journal.touch(machine.names)
    site = machine.site(node)
    try:
        data_format = machine.settings.get("image_data_format", "channels_last")
        model = application.build(plain(arguments), machine.names, site, data_format=data_format)
        for operation in model.network.operations:  # its layers stand where it stands
            if operation.site is None:
                operation.site = site
        return model
    except Fault as fault:
        place = argument_node(node, fault, Signature.parse(application.signature))
        return machine.fault(fault, place, f"keras.applications.{name}")
    except Undecided as undecided:
        return machine.unknown(node, undecided.reason)


# -- attributes -----------------------------------------------------------------------

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
        "__call__",
        "call",
        "export",
        "add_loss",
        "add_metric",
        "set_vocabulary",
        "get_vocabulary",
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


def attribute(machine: Machine, layer: Layer, name: str, node: cst.CSTNode) -> Any:
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


def _undefined(machine: Machine, layer: Layer, what: str, node: cst.CSTNode) -> Any:
    fault = Fault(
        "sequential-misuse",
        f"Sequential model '{layer.name}' has no defined {what} yet.",
        expected="a model whose input shape is known",
        found="a Sequential without an Input",
        help="start the model with an Input, or call build() first",
    )
    return machine.fault(fault, node, "keras.Sequential")


def _end(machine: Machine, layer: Layer, which: str, node: cst.CSTNode) -> Any:
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
                expected=f"{which}s of a model that was built",
                found=f".{which}",
                help=f"use .{which}s[0] instead of .{which}",
            )
            machine.fault(fault, node, "keras.Sequential")
            return Unknown(FAULTY)
        return Unknown(f"the {which} of a layer that was not called")
    call = layer.calls[0]
    if which == "output":
        return call.output if call.output is not None else Unknown(call.reason or "its output")
    first = next(iter(call.values.values()), Unknown("its input"))
    return first


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
    elif name == "name":
        layer.name = value
    elif name in layer.arguments:
        setattr(layer, name, to_python(value))
    else:
        extra = {**getattr(layer, "extra_attributes", {}), name: value}
        layer.extra_attributes = extra  # type: ignore[attr-defined]


def _set_trainable(machine: Machine, layer: Layer, value: Any) -> None:
    touch(machine, layer)
    layer.trainable = value
    try:
        for child in layer.sublayers:
            _set_trainable(machine, child, value)
    except Undecided:
        return


# -- methods --------------------------------------------------------------------------

_SIGNATURES = {
    "compile": "optimizer='rmsprop', loss=None, loss_weights=None, metrics=None, "
    "weighted_metrics=None, run_eagerly=False, steps_per_execution=1, jit_compile='auto', "
    "auto_scale_loss=True, **kwargs",
    "fit": "x=None, y=None, batch_size=None, epochs=1, verbose='auto', callbacks=None, "
    "validation_split=0.0, validation_data=None, shuffle=True, class_weight=None, "
    "sample_weight=None, initial_epoch=0, steps_per_epoch=None, validation_steps=None, "
    "validation_batch_size=None, validation_freq=1, **kwargs",
    "evaluate": "x=None, y=None, batch_size=None, verbose='auto', sample_weight=None, "
    "steps=None, callbacks=None, return_dict=False, **kwargs",
    "predict": "x, batch_size=None, verbose='auto', steps=None, callbacks=None, **kwargs",
    "train_on_batch": "x, y=None, sample_weight=None, class_weight=None, return_dict=False, "
    "**kwargs",
    "test_on_batch": "x, y=None, sample_weight=None, return_dict=False, **kwargs",
    "predict_on_batch": "x",
    "fit_generator": "generator, *args, **kwargs",
}
_FED = frozenset(_SIGNATURES) - {"compile", "fit_generator"}


def call_method(
    machine: Machine, layer: Layer, name: str, arguments: Arguments, node: cst.CSTNode
) -> Any:
    """``layer.name(...)``."""
    if name in _SIGNATURES and isinstance(layer, Model):
        return _training(machine, layer, name, arguments, node)
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

        return call_layer(machine, layer, arguments, node)
    if name in ("get_output_at", "get_input_at"):
        return _at(layer, name, arguments)
    if name == "count_params":
        count = layer.count_params()
        return Unknown("the number of parameters") if count is None else count
    if name in ("summary", "load_weights", "save", "save_weights", "adapt", "set_weights"):
        return None
    return Unknown(f"what {name}() returns")


def _training(
    machine: Machine, model: Model, name: str, arguments: Arguments, node: cst.CSTNode
) -> Any:
    signature = Signature.parse(_SIGNATURES[name])
    try:
        bound = bind(signature, arguments, f"Model.{name}")
    except Fault as fault:
        return machine.fault(fault, argument_node(node, fault, signature), f"keras.Model.{name}")
    site = machine.site(node)
    if name in _FED and isinstance(model, Sequential) and model.graph is None:
        data = bound.values.get("x")
        touch(machine, model)
        model.built = Unknown("it was built on data")
        if isinstance(data, Array) and not data.shape.open and data.shape.dims:
            touch(machine, model)
            build_for(machine, model, Shape((None, *data.shape.dims[1:])), node)
    sites = {
        key: _argument_site(site, node, key, signature) for key in bound.given | set(bound.extra)
    }
    values = {**bound.values, **bound.extra}
    machine.analysis.methods.append(MethodFact(site, name, model, values, sites))
    if name == "compile":
        machine.journal.touch(model)
        model.compiled = True  # type: ignore[attr-defined]
        return None
    if name.startswith("predict"):
        return _prediction(model, bound.values.get("x"))
    return Unknown(f"what {name}() returns")


def _argument_site(site: Site, node: cst.CSTNode, name: str, signature: Signature) -> Site:
    found = argument_node(node, Fault("", "", argument=name), signature)
    return site.at(found.value if isinstance(found, cst.Arg) else found)


def _prediction(model: Model, data: Any) -> Any:
    outputs = list(flatten(model.outputs)) if model.outputs is not None else []
    if len(outputs) != 1 or not isinstance(outputs[0], Tensor) or outputs[0].shape.open:
        return Unknown("what predict() returns")
    shape = outputs[0].shape
    rows = (
        data.shape[0]
        if isinstance(data, Array) and not data.shape.open and data.shape.dims
        else (Unknown("the number of samples"))
    )
    return Array(Shape((rows, *shape.dims[1:])), "float32", "what predict() returns")


def _add(machine: Machine, model: Sequential, arguments: Arguments, node: cst.CSTNode) -> Any:
    values = [*arguments.positional, *(arguments.keywords or {}).values()]
    value = values[0] if values else Unknown("the layer that was added")
    touch(machine, model)
    if isinstance(value, Layer):
        touch(machine, value)
    try:
        model.add(to_python(value), machine.names, machine.site(node), build=False)
    except Fault as fault:
        machine.fault(fault, node, "keras.Sequential.add")
        model.stack = Unknown("a layer could not be added")
        model.graph = None
        return None
    _rebuild(machine, model, node)
    return None


def _rebuild(machine: Machine, model: Sequential, node: cst.CSTNode) -> None:
    try:
        calls = model.rebuild(machine.names, machine.site(node))
    except (Fault, Undecided):
        return
    note_stack_calls(machine, calls, node)


def _get_layer(machine: Machine, model: Model, arguments: Arguments, node: cst.CSTNode) -> Any:
    try:
        bound = bind(Signature.parse("name=None, index=None"), arguments, "Model.get_layer")
        return model.get_layer(bound.values["name"], bound.values["index"])
    except Fault as fault:
        return machine.fault(fault, node, "keras.Model.get_layer")
    except Undecided as undecided:
        return Unknown(undecided.reason)


def _build(machine: Machine, layer: Layer, arguments: Arguments, node: cst.CSTNode) -> Any:
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


__all__ = ["KerasObject", "attribute", "call_method", "construct", "make_model", "make_sequential"]
