"""Practice that can be seen in the graph: KS503 to KS513. Most of it is opt-in."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from kerashape.analysis import CallFact
from kerashape.checks.base import Facts, Finding, check_for
from kerashape.interpret.callables import External
from kerashape.interpret.keras_objects import KerasObject
from kerashape.keras.ends import activation_name
from kerashape.keras.graph import Call, Tensor, flatten
from kerashape.keras.layers.base import Layer
from kerashape.keras.models import Functional, Model
from kerashape.keras.names import snake_case
from kerashape.site import Site

# -- names ------------------------------------------------------------------------------


def _is_automatic(layer: Any) -> bool:
    """Whether the name is the one that Keras makes."""
    if not isinstance(layer.name, str):
        return False
    base = "input_layer" if layer.is_input else snake_case(layer.class_name)
    return re.fullmatch(rf"({base}|keras_tensor|input)(_\d+)?", layer.name) is not None


@check_for("unnamed-input")
def unnamed_inputs(facts: Facts) -> Iterator[Finding]:
    """KS503: a model with several Inputs, of which some have no name of their own."""
    for model, tensors in _ends(facts, "inputs"):
        if isinstance(model.inputs, dict):
            continue
        for tensor in tensors:
            layer = tensor.call.operation if tensor.call is not None else None
            if layer is not None and layer.site is not None and _is_automatic(layer):
                yield Finding(
                    "unnamed-input",
                    layer.site,
                    f"this Input has no name, and the model has {len(tensors)} Inputs",
                    label=str(tensor.shape),
                    help="give it one: Input(..., name='image'); then a dict of arrays by name "
                    "cannot be in the wrong order",
                )


@check_for("unnamed-output")
def unnamed_outputs(facts: Facts) -> Iterator[Finding]:
    """KS504: a model with several outputs, of which some have no name of their own."""
    for model, tensors in _ends(facts, "outputs"):
        if isinstance(model.outputs, dict):
            continue
        for tensor in tensors:
            call = tensor.call
            if call is None or call.site is None or not call.operation.is_layer:
                continue
            if _is_automatic(call.operation):
                yield Finding(
                    "unnamed-output",
                    call.site,
                    f"this output has no name, and the model has {len(tensors)} outputs",
                    label=str(tensor.shape),
                    help="name its last layer: losses, metrics and the history go by that name",
                )


def _ends(facts: Facts, which: str) -> Iterator[tuple[Functional, list[Tensor]]]:
    for fact in facts.models:
        if isinstance(fact.model, Functional):
            tensors = [t for t in flatten(getattr(fact.model, which)) if isinstance(t, Tensor)]
            if len(tensors) > 1:
                yield fact.model, tensors


# -- layers in a row ------------------------------------------------------------------------

_KERNELS = {
    "Dense": "units", "Conv1D": "filters", "Conv2D": "filters", "Conv3D": "filters",
}  # fmt: skip


def _users(facts: Facts) -> dict[int, list[CallFact]]:
    """The calls that take each tensor."""
    users: dict[int, list[CallFact]] = {}
    for fact in facts.calls:
        for tensor in fact.call.input_tensors:
            users.setdefault(id(tensor), []).append(fact)
    return users


def _outputs(facts: Facts) -> set[int]:
    return {id(tensor) for fact in facts.models for tensor in flatten(fact.model.outputs)}


def _single_source(fact: CallFact, users: dict[int, list[CallFact]], outputs: set[int]) -> Any:
    """The call whose only use this one is; None if it has others."""
    tensors = fact.call.input_tensors
    if len(tensors) != 1 or id(tensors[0]) in outputs:
        return None
    ours = [f for f in users.get(id(tensors[0]), []) if f.call is not fact.call]
    return tensors[0].call if not ours else None


@check_for("stacked-linear")
def stacked_linear(facts: Facts) -> Iterator[Finding]:
    """KS505: two Dense layers with nothing between them, of which one does nothing."""
    users, outputs = _users(facts), _outputs(facts)
    for fact in facts.calls:
        before = _single_source(fact, users, outputs)
        if before is None or not _is_linear_dense(before) or before.site is None:
            continue
        second = fact.call.operation
        if second.class_name != "Dense" or not isinstance(second, Layer):
            continue
        width, given, made = _units(before.operation), _width(before), _units(second)
        if width is None or given is None or made is None or width < min(given, made):
            continue  # a bottleneck: a matrix of low rank
        yield Finding(
            "stacked-linear",
            before.operation.site or before.site,
            "this Dense has no activation, and the next layer is a Dense too: together they are "
            "one linear layer",
            label="no activation",
            note="what the two can learn, the second could learn alone",
            help="give this one an activation, such as activation='relu'",
            related=((fact.site, "the next layer"),),
        )


def _is_linear_dense(call: Call) -> bool:
    layer = call.operation
    return (
        layer.class_name == "Dense"
        and isinstance(layer, Layer)
        and type(layer).__name__ == "Dense"
        and activation_name(layer.arguments.get("activation")) == "linear"
        and not any(layer.arguments.get(f"{w}_constraint") for w in ("kernel", "bias"))
    )


def _units(layer: Any) -> int | None:
    units = getattr(layer, "units", None)
    return units if isinstance(units, int) else None


def _width(call: Call) -> int | None:
    tensors = call.input_tensors
    dims = tensors[0].shape.dims if len(tensors) == 1 else ()
    return dims[-1] if dims and isinstance(dims[-1], int) else None


@check_for("redundant-bias")
def redundant_bias(facts: Facts) -> Iterator[Finding]:
    """KS506: a bias that the batch normalization after it takes away again."""
    users, outputs = _users(facts), _outputs(facts)
    for fact in facts.calls:
        if fact.call.operation.class_name != "BatchNormalization":
            continue
        before = _single_source(fact, users, outputs)
        if before is None or before.operation.class_name not in _KERNELS or before.site is None:
            continue
        arguments = before.operation.arguments
        linear = activation_name(arguments.get("activation")) == "linear"
        if linear and arguments.get("use_bias") is True:
            yield Finding(
                "redundant-bias",
                before.operation.site or before.site,
                f"the bias of this {before.operation.class_name} has no effect: the batch "
                "normalization after it subtracts the mean",
                label="use_bias=True",
                help="use_bias=False; the normalization has a bias of its own",
                related=((fact.site, "subtracts the mean"),),
            )


# -- values ---------------------------------------------------------------------------------


def _layers(facts: Facts) -> Iterator[tuple[Layer, Site]]:
    seen: set[int] = set()
    for fact in facts.calls:
        layer = fact.call.operation
        if isinstance(layer, Layer) and not isinstance(layer, Model) and id(layer) not in seen:
            seen.add(id(layer))
            yield layer, layer.site or fact.site


@check_for("dropout-rate")
def dropout_rate(facts: Facts) -> Iterator[Finding]:
    """KS508: more than half of the units dropped."""
    for layer, site in _layers(facts):
        rate = layer.arguments.get("rate") if "Dropout" in layer.class_name else None
        if isinstance(rate, (int, float)) and 0.5 < rate <= 1:
            yield Finding(
                "dropout-rate",
                site,
                f"this {layer.class_name} drops {rate:.0%} of the units",
                label=f"rate={rate}",
                note="the rate is the part that is dropped, not the part that is kept",
                help="0.2 to 0.5 is usual",
            )


_STEPS = {"SGD": 1.0, "Adagrad": 0.5, "Adadelta": 2.0, "Ftrl": 0.5}
_LARGE, _SMALL = 0.05, 1e-7


@check_for("learning-rate")
def learning_rate(facts: Facts) -> Iterator[Finding]:
    """KS509: a learning rate that is far from what the optimizer is used with."""
    for fact in facts.methods:
        optimizer = fact.arguments.get("optimizer") if fact.method == "compile" else None
        if not isinstance(optimizer, KerasObject) or "optimizers" not in optimizer.path:
            continue
        name = optimizer.path.rpartition(".")[2]
        rate = optimizer.keywords.get("learning_rate", optimizer.keywords.get("lr"))
        if rate is None and optimizer.positional:
            rate = optimizer.positional[0]
        if isinstance(rate, bool) or not isinstance(rate, (int, float)):
            continue
        limit = _STEPS.get(name, _LARGE)
        if rate > limit or 0 <= rate < _SMALL:
            yield Finding(
                "learning-rate",
                fact.sites.get("optimizer", fact.site),
                f"{name} with a learning rate of {rate:g}: the steps are too "
                f"{'large to converge' if rate > limit else 'small to learn anything'}",
                label=f"{rate:g}",
                help="start with the default of the optimizer",
            )


_CONSTANT = frozenset(["zeros", "ones", "zero", "one", "constant", "Zeros", "Ones", "Constant"])


@check_for("constant-initializer")
def constant_initializer(facts: Facts) -> Iterator[Finding]:
    """KS510: a kernel whose values are all the same in the beginning."""
    for layer, site in _layers(facts):
        if layer.class_name not in _KERNELS:
            continue
        units = getattr(layer, _KERNELS[layer.class_name], None)
        given = layer.arguments.get("kernel_initializer")
        name = given if isinstance(given, str) else ""
        if isinstance(given, (KerasObject, External)):
            name = given.path.rpartition(".")[2]
        if name in _CONSTANT and isinstance(units, int) and units > 1:
            yield Finding(
                "constant-initializer",
                site,
                f"all units of this {layer.class_name} start with the same weights",
                label=f"kernel_initializer={name}",
                note="they compute the same, so they have to be told apart by what follows; with "
                "zeros and a relu nothing is learned at all",
                help="leave kernel_initializer out: the default is random",
            )


# -- arguments of Keras 1 ---------------------------------------------------------------------

_CONVOLUTIONS = frozenset(["Conv2D", "Conv3D", "Conv2DTranspose", "Conv3DTranspose"])


@check_for("kernel-size-as-strides")
def strides(facts: Facts) -> Iterator[Finding]:
    """KS513: an odd kernel size, and the same again by position: as Keras 1 took it."""
    for layer, site in _layers(facts):
        node = site.node
        if layer.class_name not in _CONVOLUTIONS or not isinstance(node, ast.Call):
            continue
        size, given = layer.arguments.get("kernel_size"), layer.arguments.get("strides")
        sizes, steps = list(flatten(size)), list(flatten(given))
        plain = all(type(number) is int for number in [*sizes, *steps])
        if plain and len(node.args) > 2 and sizes == steps and all(s > 1 and s % 2 for s in sizes):
            size_ = sizes[0] if len(sizes) == 1 else tuple(sizes)
            yield Finding(
                "kernel-size-as-strides",
                site,
                f"{layer.class_name} takes its third argument {size_} for the strides, not for the "
                "other side of the kernel",
                label="takes large strides",
                note="in Keras 1 these two were the rows and the columns of the kernel",
                help=f"leave it out: {layer.class_name}(..., {size_}); where the strides are meant, "
                "name them: strides=",
            )


# -- how layers are reached -------------------------------------------------------------------


@check_for("inconsistent-import-style")
def import_style(facts: Facts) -> Iterator[Finding]:
    """KS507: some layers by their name, others through their module."""
    by_name: Site | None = None
    by_module: Site | None = None
    for layer, site in _layers(facts):
        node = site.node
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        if isinstance(function, ast.Name) and function.id == layer.class_name:
            by_name = by_name or site
        elif isinstance(function, ast.Attribute) and function.attr == layer.class_name:
            by_module = by_module or site
    if by_name is None or by_module is None or by_name.source is not by_module.source:
        return
    first, second = sorted((by_name, by_module), key=lambda site: site.span.line)
    style = {id(by_name): "by its name", id(by_module): "through its module"}
    yield Finding(
        "inconsistent-import-style",
        second,
        f"this layer is reached {style[id(second)]}, but others {style[id(first)]}",
        help="choose one way: `from keras import layers` and `layers.Dense` is the one of Keras's "
        "own guides",
        related=((first, style[id(first)]),),
    )
