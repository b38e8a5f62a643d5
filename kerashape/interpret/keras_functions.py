"""Functions of Keras, TensorFlow and numpy on abstract values."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from kerashape.interpret import (
    data,
    keras_activations,
    keras_files,
    migration,
    scaling,
    series,
)
from kerashape.interpret.callables import External
from kerashape.interpret.keras_config import POLICIES, SETTINGS, configure
from kerashape.interpret.keras_layers import argument_node, construct, plain
from kerashape.interpret.keras_losses import refuse_reduction
from kerashape.interpret.keras_models import load_application, make_model, make_sequential
from kerashape.interpret.keras_objects import NAMED, KerasObject, UnknownModel, named
from kerashape.interpret.plain import from_python, to_python
from kerashape.keras import layers, ops
from kerashape.keras.graph import Call, Tensor, flatten, is_certainly_symbolic
from kerashape.keras.layers.base import Array
from kerashape.keras.models import make_input
from kerashape.keras.signature import REQUIRED, Arguments, Signature, bind
from kerashape.shapes import Fault, Undecided, Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

_INPUT = Signature.parse(
    "shape=None, batch_size=None, dtype=None, sparse=None, ragged=None, batch_shape=None, "
    "name=None, tensor=None, optional=False"
)
_INPUT_2 = Signature.parse(
    "shape=None, batch_size=None, name=None, dtype=None, sparse=None, tensor=None, ragged=None, "
    "type_spec=None, **kwargs"
)
_MERGES = {
    "add": "Add", "average": "Average", "concatenate": "Concatenate", "dot": "Dot",
    "maximum": "Maximum", "minimum": "Minimum", "multiply": "Multiply", "subtract": "Subtract",
}  # fmt: skip
_OBJECTS = ("losses", "metrics", "optimizers", "initializers", "regularizers", "callbacks",
            "constraints")  # fmt: skip


def call(machine: Machine, path: str, arguments: Arguments, node: ast.AST) -> Any:
    """Call something of Keras by its canonical path."""
    if path == "keras.Input":
        return _input(machine, arguments, node)
    if path == "keras.Model":
        return make_model(machine, arguments, node)
    if path == "keras.Sequential":
        return make_sequential(machine, arguments, node)
    if path == "keras.Variable":
        from kerashape.interpret.user_weights import variable

        return variable(machine, arguments)
    family, _, name = path.removeprefix("keras.").rpartition(".")
    if family == "layers":
        if name in _MERGES:
            return _merge(machine, _MERGES[name], arguments, node)
        if name == "merge" and machine.keras_version < 3:
            return _merge_by_mode(machine, arguments, node)
        if layers.find(name) is not None or name in layers.LEGACY:
            return construct(machine, name, arguments, node)
    top = family.partition(".")[0]
    if top == "applications":
        return _application(machine, family, name, arguments, node)
    if family == "backend" and name in SETTINGS:
        return configure(machine, path, arguments)
    if path in ("keras.utils.clear_session", "keras.backend.clear_session"):
        machine.journal.touch(machine.names)
        machine.names.counters = {}
        return None
    if family == "optimizers.legacy" and name != "Optimizer":
        migration.note_legacy_optimizer(machine, name, node)
    if top == "losses" and name[:1].isupper():
        refuse_reduction(machine, path, arguments, node)
    if name[:1].isupper() and (top in _OBJECTS or path == "keras.random.SeedGenerator"):
        return KerasObject(path, tuple(arguments.positional), dict(arguments.keywords or {}))
    if name == "get" and f"keras.{family}" in NAMED:
        return named(f"keras.{family}", _first(arguments))
    if top in ("ops", "backend", "activations", "operations", "random"):
        return _operation(machine, top, family, name, arguments, node)
    if top in ("config", "mixed_precision", "dtype_policies") or path in POLICIES:
        return configure(machine, path, arguments)
    if path in _KEEPING:
        return _first(arguments)
    if path in _FILES:
        return _FILES[path](machine, arguments, node)
    if path == "keras.models.model_from_json":
        return UnknownModel(f"what {path} returns")
    return Unknown(f"what {path} returns")


_FILES = {
    "keras.models.load_model": keras_files.load_model,
    "keras.saving.load_model": keras_files.load_model,
    "keras.models.save_model": keras_files.save_model,
    "keras.saving.save_model": keras_files.save_model,
    "keras.models.clone_model": keras_files.clone_model,
}
_KEEPING = frozenset({"keras.utils.normalize"})


def _first(arguments: Arguments) -> Any:
    return arguments.positional[0] if arguments.positional else Unknown("a missing argument")


def _input(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    signature = _INPUT if machine.keras_version >= 3 else _INPUT_2
    machine.journal.touch(machine.names)
    try:
        bound = bind(signature, plain(arguments), "Input")
        values = {**bound.values, **bound.extra}
        values["input_tensor"] = values.pop("tensor", None)
        values.pop("type_spec", None)
        if "batch_input_shape" in values:
            values["batch_shape"] = values.pop("batch_input_shape")
        return make_input(values, machine.names, machine.site(node))
    except Fault as fault:
        place = argument_node(node, fault, signature)
        return machine.fault(fault, place, "keras.Input", given=plain(arguments))


_MODES = {
    "sum": ("Add", ""), "mul": ("Multiply", ""), "ave": ("Average", ""), "max": ("Maximum", ""),
    "concat": ("Concatenate", "axis=concat_axis"), "dot": ("Dot", "axes=dot_axes"),
}  # fmt: skip
_BY_MODE = Signature.parse(
    "inputs, mode='sum', concat_axis=-1, dot_axes=-1, output_shape=None, output_mask=None, "
    "arguments=None, name=None"
)


def _merge_by_mode(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    """``keras.layers.merge([a, b], mode="concat")``, as Keras 1 and early Keras 2 had it."""
    try:
        values = bind(_BY_MODE, arguments, "merge").values
        layer, words = _MODES[values["mode"]] if isinstance(values["mode"], str) else ("", "")
    except (Fault, KeyError):
        layer, words = "", ""
    if not layer:
        return Unknown("a merge in a mode that is not known")
    keywords = {"name": values["name"]}
    new, _, old = words.partition("=")
    if new:
        keywords[new] = values[old]
    return _merge(machine, layer, Arguments([values["inputs"]], keywords), node)


def _merge(machine: Machine, name: str, arguments: Arguments, node: ast.AST) -> Any:
    """``keras.layers.concatenate([...])``: make the layer and call it."""
    keywords = dict(arguments.keywords or {})
    inputs = keywords.pop("inputs", None)
    positional = list(arguments.positional)
    if inputs is None:
        if not positional:
            return Unknown("a merge without inputs")
        inputs = positional.pop(0)
    if any(isinstance(value, Tensor) for value in positional):
        fault = Fault(
            "wrong-arity",
            f"{name.lower()}() takes 1 positional argument but {len(positional) + 1} were given",
            expected="one list of tensors",
            found=f"{len(positional) + 1} tensors side by side",
            help="put the tensors in a list: [a, b]",
        )
        return machine.fault(fault, node, f"keras.layers.{name.lower()}")
    layer = construct(machine, name, Arguments(positional, keywords), node)
    if isinstance(layer, Unknown):
        return layer
    return machine.call(layer, Arguments([inputs], {}), node)


def _application(
    machine: Machine, family: str, name: str, arguments: Arguments, node: ast.AST
) -> Any:
    """``keras.applications.<module>.<name>(...)``."""
    if name == "preprocess_input":
        return _preprocess_input(machine, family.rpartition(".")[2], arguments, node)
    if name == "decode_predictions":
        return _decode_predictions(machine, arguments, node)
    return load_application(machine, name, arguments, node)


def _preprocess_input(machine: Machine, module: str, arguments: Arguments, node: ast.AST) -> Any:
    from kerashape.keras.applications import preprocessing

    given = plain(arguments)
    value = _first(given)
    if not isinstance(value, (Tensor, Array)) or module not in preprocessing.MODES:
        return Unknown("preprocessed data")
    if machine.tracing or (isinstance(value, Tensor) and not is_certainly_symbolic(value)):
        return value  # operations within a layer are no part of a graph
    machine.journal.touch(machine.names)
    data_format = machine.names.defaults.data_format
    try:
        result = preprocessing.preprocess_input(
            module, given, machine.names, default_format=data_format
        )
    except Fault as fault:
        path = f"keras.applications.{module}.preprocess_input"
        tensor = value if isinstance(value, Tensor) else None
        return machine.fault(fault, node, path, tensor, given=given)
    return from_python(result)


def _decode_predictions(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    from kerashape.keras.applications import preprocessing

    path = "keras.applications.imagenet_utils.decode_predictions"
    try:
        preprocessing.decode_predictions(plain(arguments))
    except Fault as fault:
        return machine.fault(fault, node, path)
    except Undecided as undecided:
        return Unknown(undecided.reason)
    return Unknown("the names of classes")


# -- operations -----------------------------------------------------------------------


def _operation(
    machine: Machine, top: str, family: str, name: str, arguments: Arguments, node: ast.AST
) -> Any:
    if top == "ops":
        within = family.partition(".")[2]
        record = ops.find(f"{within}.{name}" if within else name) or ops.find(name)
    elif top == "random":
        from kerashape.keras.ops import random

        record = random.find(name)
    elif top == "activations":
        if name == "get":
            return keras_activations.found(arguments)
        value = keras_activations.without_record(machine, name, arguments, node)
        if value is not None:
            return value
        record = keras_activations.record_of(name)
        if record is not None and list(record.signature.positional.values()).count(REQUIRED) < 2:
            arguments = Arguments([_first(arguments)], {})  # the others change no shape
    elif top == "backend" and not migration.is_removed(machine, f"keras.{family}.{name}"):
        from kerashape.keras.ops import backend

        record = backend.find(name)
    else:
        record = None
    if record is None:
        return Unknown(f"what keras.{family}.{name} returns")
    return _apply(machine, record, arguments, node)


def numeric(machine: Machine, root: str, name: str, arguments: Arguments, node: ast.AST) -> Any:
    """``numpy.<name>(...)`` or ``tensorflow.<name>(...)``."""
    if root == "numpy":
        if name in ("random.default_rng", "random.RandomState", "random.Generator"):
            return External("numpy.random")
        from kerashape.keras.ops import numpy as arrays

        given = data.as_arrays(plain(arguments))
        result = outcome_of(machine, arrays.call(name, given), node, given)
        return _noted(name, result, arguments)
    from kerashape.keras.ops import tensorflow

    record = tensorflow.find(name)
    if record is None:
        return Unknown(f"what tensorflow.{name} returns")
    return _noted(name, _apply(machine, record, arguments, node), arguments)


def _noted(name: str, result: Any, arguments: Arguments) -> Any:
    if name in ("linspace", "lin_space"):
        series.note(result, plain(arguments))
    return result


def _apply(machine: Machine, record: Any, arguments: Arguments, node: ast.AST) -> Any:
    machine.journal.touch(machine.names)
    given = plain(arguments)

    def call_function(function: Any, values: Any) -> Any:
        return to_python(
            machine.call(function, Arguments([from_python(v) for v in values], {}), node)
        )

    outcome = record.apply(
        given,
        machine.names,
        machine.site(node),
        traced=machine.tracing > 0 or _makes_nodes(machine, record, given),
        call_function=call_function,
    )
    return outcome_of(machine, outcome, node, given)


def _makes_nodes(machine: Machine, record: Any, given: Arguments) -> bool:
    """Whether a function of TensorFlow is called on symbolic tensors of Keras 2: it is a layer."""
    if machine.keras_version >= 3 or record.callee.startswith("keras.ops"):
        return False
    return any(isinstance(leaf, Tensor) for leaf in _leaves(given))


def outcome_of(machine: Machine, outcome: Any, node: ast.AST, given: Arguments) -> Any:
    """The value of an operation's call; a fault is recorded."""
    if not isinstance(outcome, Call):
        return from_python(outcome)
    if outcome.fault is not None:
        tensors = [leaf for leaf in _leaves(given) if isinstance(leaf, Tensor)]
        # Within a layer's call these may be data, for which another shape is as wrong.
        on_any = machine.tracing and outcome.fault.rule != "raw-op-on-symbolic-tensor"
        if tensors and not on_any and not any(map(is_certainly_symbolic, tensors)):
            return Unknown("whether the operation is called on data is not known")
        callee = outcome.operation.callee
        if outcome.fault.rule == "bad-argument" and not callee.startswith("keras."):
            return Unknown(f"what {callee} makes of these arguments")  # not Keras's business
        if outcome.fault.rule == "bad-argument" and _holds_text(given):
            return Unknown("what an operation makes of text")  # TensorFlow takes it
        misspelt = outcome.fault.binding == "unexpected"
        if not misspelt and not _on_data(given):
            return Unknown("what the operation is called on is not known")
        return machine.fault(outcome.fault, node, callee, call=outcome, given=given)
    if outcome.output is None:
        unknown = Unknown(outcome.reason or "what an operation returns")
        unknown.call = outcome
        return unknown
    if isinstance(outcome.output, Array):
        scaling.note_function(outcome.output, outcome.operation.callee, given.positional)
    return from_python(outcome.output)


def _holds_text(arguments: Arguments) -> bool:
    return any(
        isinstance(leaf, Array) and leaf.dtype == "str"
        for leaf in _leaves(arguments)
        if not (isinstance(leaf, Array) and isinstance(leaf.dtype, Unknown))
    )


def _leaves(arguments: Arguments) -> list[Any]:
    values = [*arguments.positional, *(arguments.keywords or {}).values()]
    return [leaf for value in values for leaf in flatten(value)]


def _on_data(arguments: Arguments) -> bool:
    """Whether a tensor or array is among the arguments: unknown ones may be anything."""
    leaves = _leaves(arguments)
    return any(isinstance(leaf, (Tensor, Array)) for leaf in leaves) or not any(
        isinstance(leaf, Unknown) for leaf in leaves
    )
