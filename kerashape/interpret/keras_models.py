"""Making models: functional ones, Sequential ones and applications."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from kerashape.analysis import InputElement, ModelFact
from kerashape.interpret import migration
from kerashape.interpret.clock import CLOCK
from kerashape.interpret.comments import note_elements
from kerashape.interpret.containers import ListValue
from kerashape.interpret.input_elements import expressions_of, input_elements
from kerashape.interpret.keras_layers import (
    argument_node,
    note_stack_calls,
    plain,
    touch,
)
from kerashape.interpret.plain import to_python
from kerashape.interpret.values import iterate
from kerashape.keras.graph import Tensor, flatten
from kerashape.keras.layers.base import Layer
from kerashape.keras.layers.construction import check_name, check_trainable
from kerashape.keras.models import Functional, OtherKeras, Sequential
from kerashape.keras.public import OLD_COPY
from kerashape.keras.signature import Arguments, Bound, Signature, bind
from kerashape.shapes import Fault, Undecided, Unknown
from kerashape.syntax import expression as expression_of

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

FUNCTIONAL = Signature.parse("inputs, outputs, name=None, trainable=None")
_SEQUENTIAL = Signature.parse("layers=None, trainable=True, name=None")


def make_model(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    """``keras.Model(...)``."""
    keywords = dict(arguments.keywords or {})
    if arguments.more_positional or arguments.more_keywords:
        return Unknown("a model with arguments that are not known")
    _rename(machine, keywords, node)
    arguments = Arguments(arguments.positional, keywords)
    if not is_functional(arguments, strict=machine.keras_version >= 3):
        return _refuse_ends(machine, arguments, node)
    try:
        bound = bind(FUNCTIONAL, arguments, "Functional.__init__")
    except Fault as fault:
        return machine.fault(fault, argument_node(node, fault, FUNCTIONAL), "keras.Model")
    return functional(machine, bound, node)


def _rename(machine: Machine, keywords: dict[str, Any], node: ast.AST) -> None:
    """Understand ``input=`` and ``output=`` of Keras 1; Keras 3 refuses them."""
    migration.check_call(machine, "keras.Model", Arguments((), keywords), node)
    for name in [name for name in ("input", "output") if name in keywords]:
        keywords.setdefault(f"{name}s", keywords.pop(name))


def _refuse_ends(machine: Machine, arguments: Arguments, node: ast.AST) -> Unknown:
    """What Keras says where it is not given inputs and outputs, or more than them by place."""
    count, keywords = len(arguments.positional), arguments.keywords or {}
    fault = None
    if count > 2:
        text = f"Layer.__init__() takes 1 positional argument but {count + 1} were given"
        fault = Fault("bad-argument", text, expected="inputs and outputs", found=f"{count} of them")
    elif count or keywords.keys() & {"inputs", "outputs"}:
        lacks = "inputs" if "outputs" in keywords else "outputs"
        text = "Layer.__init__() takes 1 positional argument but "
        if not count:
            text = "Unrecognized keyword arguments passed to Model: "
        fault = Fault("bad-argument", text, argument=lacks, binding="missing")
    if fault is not None and machine.keras_version >= 3:
        return machine.fault(fault, node, "keras.Model")
    return Unknown("a model that is not functional")


def is_functional(arguments: Arguments, *, strict: bool = False) -> bool:
    """Whether a class of models is given what makes it functional.

    ``strict``: as Keras 3 looks at it, where nothing but the two comes by place.
    """
    count, keywords = len(arguments.positional), arguments.keywords or {}
    return (
        count == 2
        or (count > 2 and not strict)
        or (count == 1 and "outputs" in keywords)
        or ("inputs" in keywords and "outputs" in keywords)
    )


def functional(machine: Machine, bound: Bound, node: ast.AST, name: Any = None) -> Any:
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
        check_name(values["name"])
    except Fault as fault:
        return machine.fault(fault, argument_node(node, fault, FUNCTIONAL), "keras.Model")
    try:
        model = Functional.from_tensors(
            values["inputs"], values["outputs"], name=name, names=machine.names, site=site
        )
    except Fault as fault:
        draft = Functional.draft(values["inputs"], values["outputs"], name=name)
        culprit = _culprit(node, fault, elements)
        return machine.fault(fault, culprit, "keras.Model", fault.found, draft=draft)
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


def _culprit(node: ast.AST, fault: Fault, elements: tuple[InputElement, ...]) -> ast.AST:
    for element in elements:
        if element.value is fault.found:
            return element.site.node
    if fault.rule == "graph-disconnected":
        fault = Fault(fault.rule, fault.text, argument="inputs")
    return expression_of(argument_node(node, fault, FUNCTIONAL))


def make_sequential(
    machine: Machine, arguments: Arguments, node: ast.AST, kind: str | None = None
) -> Any:
    """``keras.Sequential(...)``; ``kind``: the class of the user's that derives from it."""
    try:
        bound = bind(_SEQUENTIAL, arguments, "Sequential.__init__")
        check_name(bound.values["name"])
        check_trainable(bound.values["trainable"])
    except Fault as fault:
        return machine.fault(fault, argument_node(node, fault, _SEQUENTIAL), "keras.Sequential")
    machine.journal.touch(machine.names)
    name = bound.values["name"]
    if name is None and kind is not None:
        name = machine.names.automatic(kind)
    model = Sequential.empty(name=name, names=machine.names, site=machine.site(node))
    model.born, model.distributed = CLOCK.now, machine.distributed > 0
    if kind is not None or machine.asked_version < 3:
        model.old_copy = None
    else:
        model.old_copy = machine.root == OLD_COPY
    return fill_sequential(machine, model, bound.values["layers"], node)


def fill_sequential(machine: Machine, model: Sequential, layers: Any, node: ast.AST) -> Any:
    """Add the layers given to the constructor, then build once."""
    if isinstance(layers, Layer) and machine.keras_version < 3:
        layers = ListValue([layers])
    items = [] if layers is None else iterate(layers)
    if items is None:
        _refuse_one(machine, layers, node)
        reason = layers.reason if isinstance(layers, Unknown) else "the list of layers"
        model.stack = Unknown(reason)
        machine.analysis.models.append(ModelFact(machine.site(node), model))
        return model
    expression = node.args[0] if isinstance(node, ast.Call) and node.args else node
    for item, place in zip(items, expressions_of(expression, len(items))):
        try:
            model.add(item, machine.names, machine.site(place), build=False)
        except Fault as fault:
            other = isinstance(fault, OtherKeras)
            machine.fault(fault, place, "keras.Sequential", either=other)
            model.stack = Unknown("a layer could not be added")
            break
    touch(machine, model)
    try:
        calls = model.rebuild(machine.names, machine.site(node))
    except (Fault, Undecided):
        calls = []
    note_stack_calls(machine, calls, node)
    note_elements(machine, expression, items)
    machine.analysis.models.append(ModelFact(machine.site(node), model))
    return model


def _refuse_one(machine: Machine, layers: Any, node: ast.AST) -> None:
    """What is given in place of a list of layers, and cannot be gone through."""
    one = isinstance(layers, Layer) and layers.from_keras
    if one or (isinstance(layers, (bool, int, float)) and layers):
        name = layers.class_name if isinstance(layers, Layer) else type(layers).__name__
        fault = Fault(
            "sequential-misuse",
            f"'{name}' object is not iterable",
            argument="layers",
            expected="a list of layers",
            found=f"one {name}" if one else layers,
        )
        machine.fault(fault, argument_node(node, fault, _SEQUENTIAL), "keras.Sequential")


def _touch_stack(machine: Machine, model: Sequential) -> None:
    touch(machine, model)


def load_application(machine: Machine, name: str, arguments: Arguments, node: ast.AST) -> Any:
    """``keras.applications.<name>(...)``."""
    from kerashape.keras import applications

    application = applications.find(name)
    if application is None:
        return Unknown(f"keras.applications.{name} is not known")
    machine.journal.touch(machine.names)
    site = machine.site(node)
    try:
        data_format = machine.names.defaults.data_format
        model = application.build(plain(arguments), machine.names, site, data_format=data_format)
        for operation in model.network.operations:  # its layers stand where it stands
            if operation.site is None:
                operation.site = site
        return model
    except Fault as fault:
        place = argument_node(node, fault, Signature.parse(application.signature))
        given = plain(arguments)
        return machine.fault(fault, place, f"keras.applications.{name}", given=given)
    except Undecided as undecided:
        return machine.unknown(node, undecided.reason)
