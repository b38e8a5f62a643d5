"""Making Keras layers and calling them."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kerashape.analysis import ArgumentFact, CallFact, UnknownFact
from kerashape.interpret import migration, scaling
from kerashape.interpret.callables import External
from kerashape.interpret.clock import CLOCK
from kerashape.interpret.keras_config import policy_of
from kerashape.interpret.plain import from_python, to_python
from kerashape.interpret.values import FAULTY
from kerashape.keras import layers
from kerashape.keras.graph import Call, Tensor, flatten, map_structure
from kerashape.keras.layers.base import Array, Layer
from kerashape.keras.layers.core import Lambda
from kerashape.keras.layers.misplaced import refuse_tensor
from kerashape.keras.masks import pass_on
from kerashape.keras.models import Functional, Model, Sequential
from kerashape.keras.signature import Arguments, Signature
from kerashape.keras.states import check_states
from kerashape.shapes import Fault, Shape, Undecided, Unknown
from kerashape.site import Site
from kerashape.syntax import keyword

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine


def plain(arguments: Arguments) -> Arguments:
    """The arguments as layer records take them."""
    return Arguments(
        [to_python(value) for value in arguments.positional],
        {name: to_python(value) for name, value in (arguments.keywords or {}).items()},
        arguments.more_positional,
        arguments.more_keywords,
    )


def argument_node(node: ast.AST, fault: Fault, signature: Signature | None) -> ast.AST:
    """The expression of the argument at fault, else the whole call."""
    if fault.argument is None or not isinstance(node, ast.Call):
        return node
    positional = list(signature.positional) if signature is not None else []
    for name, argument in zip(positional, node.args):
        if isinstance(argument, ast.Starred):
            break
        if name == fault.argument:
            return argument
    named = keyword(node, fault.argument)
    return node if named is None else named


def construct(machine: Machine, name: str, arguments: Arguments, node: ast.AST) -> Any:
    """``keras.layers.<name>(...)``."""
    machine.journal.touch(machine.names)
    if machine.keras_version < 3:
        return _construct_of_keras_2(machine, name, arguments, node)
    record = layers.find(name)
    if record is None:
        return Unknown(f"keras.layers.{name} is not a layer of Keras 3")
    given = _with_policy(plain(arguments))
    try:
        if not machine.tracing:
            refuse_tensor(record, given)
        layer = record.construct(given, machine.names, machine.site(node))
        return _made(machine, layer)
    except Fault as fault:
        fault = migration.check_layer(machine, name, record, arguments, fault)
        place = argument_node(node, fault, Signature.parse(record.signature))
        if fault.rule == "renamed-argument":
            migration.report(machine, fault, place, f"keras.layers.{name}")
            return Unknown(FAULTY)
        return machine.fault(fault, place, f"keras.layers.{name}", given=plain(arguments))


def _with_policy(given: Arguments) -> Arguments:
    """The arguments with the name of a dtype policy in place of an object."""
    if not given.keywords or "dtype" not in given.keywords:
        return given
    keywords = {**given.keywords, "dtype": policy_of(given.keywords["dtype"])}
    return replace(given, keywords=keywords)


def _construct_of_keras_2(machine: Machine, name: str, arguments: Arguments, node: ast.AST) -> Any:
    from kerashape.keras import keras2

    site, converts = machine.site(node), machine.root == "keras"
    try:
        layer = keras2.construct(
            name, _with_policy(plain(arguments)), machine.names, site, converts=converts
        )
    except Fault as fault:
        place = argument_node(node, fault, keras2.signature_of(name))
        return machine.fault(fault, place, f"keras.layers.{name}", either=True)
    return _made(machine, layer)


def _made(machine: Machine, layer: Layer) -> Layer:
    """A layer that the program has made just now."""
    layer.born = CLOCK.now
    if isinstance(layer, Lambda):
        from kerashape.interpret import lambda_layers

        lambda_layers.prepare(machine, layer)
    return layer


def call_layer(machine: Machine, layer: Layer, arguments: Arguments, node: ast.AST) -> Any:
    """``layer(...)``."""
    from kerashape.interpret import lambda_layers, user_calls, user_layers

    touch(machine, layer)
    site = machine.site(node)
    given = plain(arguments)
    if layer.takes_texts:
        given = _with_texts(given)
    values = [*given.positional, *(given.keywords or {}).values()]
    symbolic = _is_symbolic(values)
    if isinstance(layer, Sequential) and layer.graph is None:
        build_stack(machine, layer, given, node)
    before = layer.calls
    if isinstance(layer, user_layers.UserLayer):
        if symbolic is False and not machine.tracing and not layer.listed:
            traced = _as_symbolic(arguments)
            with machine.guard():  # what is wrong is said of the data themselves
                user_calls.run_call(machine, layer, traced, plain(traced), node)
        call = user_calls.run_call(machine, layer, arguments, given, node)
    elif isinstance(layer, Lambda):
        call = lambda_layers.call(machine, layer, given, node)
    else:
        within = machine.tracing > 0 and machine.keras_version >= 3
        call = (layer.call_within if within else layer)(given, site)
    call.traced = machine.tracing > 0
    if symbolic and not call.traced:
        pass_on(layer, call, given, machine.names)
    if symbolic is False:
        layer.calls = before
        return _eager_result(machine, call, node)
    if symbolic is None and call.fault is not None and _holds_unknown(values):
        call.reason, call.fault = "what the layer is called on is not known", None
    return record(machine, call, site, node, given)


def _with_texts(arguments: Arguments) -> Arguments:
    """Texts, and lists of them, as the arrays that the layers of texts make of them."""

    from kerashape.keras.ops.operands import strings

    def as_array(value: Any) -> Any:
        spec = strings(value)
        return value if spec is None else Array(spec.shape, spec.dtype, eager=True)

    return replace(arguments, positional=[as_array(value) for value in arguments.positional])


def _as_symbolic(arguments: Arguments) -> Arguments:
    """Symbolic tensors in place of data: Keras traces a first call so that the layer is built."""

    def symbolic(leaf: Any) -> Any:
        return Tensor(leaf.shape, leaf.dtype) if isinstance(leaf, Array) else leaf

    def one(value: Any) -> Any:
        return from_python(map_structure(symbolic, to_python(value)))

    return Arguments(
        [one(value) for value in arguments.positional],
        {name: one(value) for name, value in (arguments.keywords or {}).items()},
        arguments.more_positional,
        arguments.more_keywords,
    )


def _is_symbolic(values: list[Any]) -> bool | None:
    """Whether symbolic tensors are among the arguments; None where that is not known."""
    leaves = [leaf for value in values for leaf in flatten(value)]
    if any(isinstance(leaf, Tensor) for leaf in leaves):
        return True
    return False if any(isinstance(leaf, Array) for leaf in leaves) else None


def _holds_unknown(values: list[Any]) -> bool:
    return any(isinstance(leaf, Unknown) for value in values for leaf in flatten(value))


def _eager_result(machine: Machine, call: Call, node: ast.AST) -> Any:
    try:
        check_states(call)  # of which Keras takes no notice before it runs
    except Fault as fault:
        call.fault = call.fault or fault
    if call.fault is not None and call.fault.rule == "bad-argument" and not call.fault.binding:
        return Unknown("what a layer with such a setting does to data")  # TensorFlow may take it
    if call.fault is not None and machine.keras_version < 3 and _passes_keras_2(call):
        return Unknown("what the layers of a model make of another rank than its Input's")
    if call.fault is not None:
        return machine.fault(call.fault, node, call.operation.callee, call=call)
    if call.output is None:
        return Unknown(call.reason or "what a layer returns")

    def to_array(leaf: Any) -> Any:
        return Array(leaf.shape, leaf.dtype, eager=True) if isinstance(leaf, Tensor) else leaf

    result = map_structure(to_array, call.output)
    if isinstance(result, Array):
        scaling.note_layer(machine, result, call, node)
    return from_python(result)


def _passes_keras_2(call: Call) -> bool:
    """Whether Keras 2 compares no sizes that differ: it looks only at those that both have.

    Source: ``assert_input_compatibility`` in tf_keras, for ``allow_last_axis_squeeze``.
    """
    assert call.fault is not None
    wanted, given = call.fault.expected, call.fault.found
    if not (isinstance(call.operation, Model) and call.fault.rule == "incompatible-input"):
        return False
    if not (isinstance(wanted, Shape) and isinstance(given, Shape)) or wanted.open or given.open:
        return False
    sizes = zip(wanted.dims, given.dims)
    return wanted.rank != given.rank and all(
        not isinstance(a, int) or not isinstance(b, int) or a == b for a, b in sizes
    )


def record(
    machine: Machine, call: Call, site: Site, node: ast.AST, arguments: Arguments | None = None
) -> Any:
    """Note a symbolic call, and give the value of its expression."""
    facts = machine.analysis
    wrapped = getattr(call.operation, "layer", None)
    if isinstance(wrapped, Sequential) and wrapped.calls_within:
        within, wrapped.calls_within = wrapped.calls_within, ()
        note_stack_calls(machine, list(within), node, by_data=True)
    if machine.keras_version < 3 and call.fault is not None and isinstance(call.operation, Model):
        call.reason, call.fault = "Keras 2 only warns of this", None
    facts.calls.append(CallFact(site, call))
    keywords = dict(arguments.keywords or {}) if arguments is not None else {}
    if keywords and isinstance(node, ast.Call) and not machine.tracing:
        sites = {a.arg: site.at(a) for a in node.keywords if a.arg is not None}
        facts.arguments.append(ArgumentFact(site, call, keywords, sites))
    if call.fault is not None:
        return _lost(call, FAULTY)
    if call.status in ("unknown", "partial"):
        facts.unknowns.append(UnknownFact(site, call.reason or "a dimension is not known"))
    if call.output is None:
        return _lost(call, call.reason or "what a layer returns")
    return from_python(call.output)


def _lost(call: Call, reason: str) -> Unknown:
    """What a call gives in place of tensors."""
    unknown = Unknown(reason)
    unknown.call = call
    return unknown


def touch(machine: Machine, layer: Layer) -> None:
    """Tell the journal that the layer, and those within, may change."""
    machine.journal.touch(machine.names)
    pending, seen = [layer], {id(layer)}
    while pending:
        current = pending.pop()
        machine.journal.touch(current)
        try:
            inner = list(current.sublayers)
        except Undecided:
            continue
        for child in inner:
            if id(child) not in seen:
                seen.add(id(child))
                pending.append(child)


def build_stack(machine: Machine, model: Sequential, arguments: Arguments, node: ast.AST) -> None:
    """Build a Sequential that had no input shape, for the first argument of its call."""
    if model.built is False:
        model.built = Unknown("it was built by a call")
    first = next(iter([*arguments.positional, *(arguments.keywords or {}).values()]), None)
    if isinstance(first, (Tensor, Array)):
        build_for(machine, model, first.shape, node)
    elif isinstance(first, Unknown):
        build_for(machine, model, Shape.unknown(), node)


def build_for(machine: Machine, model: Sequential, shape: Shape, node: ast.AST) -> None:
    """Give a Sequential its input shape; one that is not known stays with it, too."""
    if isinstance(model.stack, Unknown) or not model.stack:
        return
    if model.stack[0].is_input and len(model.stack) == 1:
        return
    try:
        calls = model.build_for(shape, machine.names, machine.site(node))
    except (Fault, Undecided):
        return  # the call itself will say it
    note_stack_calls(machine, calls, node, by_data=True)


def note_stack_calls(
    machine: Machine, calls: list[Call], node: ast.AST, *, by_data: bool = False
) -> None:
    """Record the calls that building a Sequential took, each where its layer is made.

    ``by_data`` says that what is at ``node`` gave the shape: the layers were made before it.
    """
    for call in calls:
        site = machine.site(node)
        own = call.operation.site
        if own is not None and own.source is site.source:
            caller = site if by_data and own.statement is not site.statement else site.caller
            site = replace(site, statement=own.statement, node=own.node, caller=caller)
            call.site = site
        record(machine, call, site, node)


def is_keras_instance(value: Any, path: str) -> bool | None:
    """``isinstance(value, <path>)`` for a layer or model."""
    if path in ("keras.layers.Layer", "keras.Operation"):
        return isinstance(value, Layer)
    if path == "keras.Model":
        return isinstance(value, Model) if type(value).__name__ != "UserLayer" else None
    if path == "keras.Sequential":
        return isinstance(value, Sequential)
    prefix, _, name = path.rpartition(".")
    kind = layers.find(name) if prefix == "keras.layers" else None
    if kind is not None and type(value).__name__ != "UserLayer":
        return isinstance(value, kind)
    return None


__all__ = ["External", "Functional", "call_layer", "construct", "record"]
