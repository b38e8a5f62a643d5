"""Functions of Keras, TensorFlow and numpy on abstract values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from kerashape.interpret.keras_layers import argument_node, construct, plain
from kerashape.interpret.keras_models import (
    KerasObject,
    load_application,
    make_model,
    make_sequential,
)
from kerashape.interpret.values import DictValue, External, from_python, to_python
from kerashape.keras import layers
from kerashape.keras.graph import Call, Tensor, map_structure
from kerashape.keras.layers.base import Array
from kerashape.keras.models import make_input
from kerashape.keras.signature import Arguments, Signature, bind
from kerashape.shapes import Fault, Unknown

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


def call(machine: Machine, path: str, arguments: Arguments, node: cst.CSTNode) -> Any:
    """Call something of Keras by its canonical path."""
    if path == "keras.Input":
        return _input(machine, arguments, node)
    if path == "keras.Model":
        return make_model(machine, arguments, node)
    if path == "keras.Sequential":
        return make_sequential(machine, arguments, node)
    family, _, name = path.removeprefix("keras.").rpartition(".")
    if family == "layers":
        if name in _MERGES:
            return _merge(machine, _MERGES[name], arguments, node)
        if layers.find(name) is not None:
            return construct(machine, name, arguments, node)
    top = family.partition(".")[0]
    if top == "applications":
        return _application(machine, name, arguments, node)
    if family == "backend":
        result = _backend_setting(machine, name, arguments)
        if result is not None:
            return result
    if path in ("keras.utils.clear_session", "keras.backend.clear_session"):
        machine.journal.touch(machine.names)
        machine.names.counters = {}
        return None
    if top in _OBJECTS and name[:1].isupper():
        return KerasObject(path, tuple(arguments.positional), dict(arguments.keywords or {}))
    if top in ("ops", "backend", "activations", "operations", "random"):
        return _operation(machine, top, family, name, arguments, node)
    if path == "keras.config.set_image_data_format":
        machine.settings["image_data_format"] = _first(arguments)
        return None
    if path == "keras.config.image_data_format":
        return machine.settings.get("image_data_format", "channels_last")
    if path in _KEEPING:
        return _first(arguments)
    return Unknown(f"what {path} returns")


_KEEPING = frozenset({"keras.utils.normalize"})


def _first(arguments: Arguments) -> Any:
    return arguments.positional[0] if arguments.positional else Unknown("a missing argument")


def _input(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
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
        return machine.fault(fault, argument_node(node, fault, signature), "keras.Input")


def _merge(machine: Machine, name: str, arguments: Arguments, node: cst.CSTNode) -> Any:
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


def _application(machine: Machine, name: str, arguments: Arguments, node: cst.CSTNode) -> Any:
    if name == "preprocess_input":
        value = _first(arguments)
        return value if isinstance(value, (Tensor, Array)) else Unknown("preprocessed data")
    return load_application(machine, name, arguments, node)


def _backend_setting(machine: Machine, name: str, arguments: Arguments) -> Any:
    if name == "image_data_format":
        return machine.settings.get("image_data_format", "channels_last")
    if name == "image_dim_ordering":
        return "tf"
    if name in ("set_image_data_format", "set_image_dim_ordering"):
        machine.settings["image_data_format"] = _first(arguments)
        return Unknown("nothing")
    if name == "backend":
        return "tensorflow"
    if name == "floatx":
        return "float32"
    if name == "epsilon":
        return 1e-07
    return None


# -- operations -----------------------------------------------------------------------


def _operation(
    machine: Machine, top: str, family: str, name: str, arguments: Arguments, node: cst.CSTNode
) -> Any:
    from kerashape.keras import ops

    if top == "backend":
        from kerashape.keras.ops import backend

        record = backend.find(name)
    elif top == "ops":
        record = ops.find(name)
    elif top == "activations":
        record = ops.find({"linear": "identity"}.get(name, name)) if name != "get" else None
        if name == "linear":
            return _first(arguments)
    else:
        record = None
    if record is None:
        return Unknown(f"what keras.{family}.{name} returns")
    return _apply(machine, record, arguments, node)


def numeric(
    machine: Machine, root: str, name: str, arguments: Arguments, node: cst.CSTNode
) -> Any:
    """``numpy.<name>(...)`` or ``tensorflow.<name>(...)``."""
    if root == "numpy":
        from kerashape.keras.ops import numpy as library
    else:
        from kerashape.keras.ops import tensorflow as library  # type: ignore[no-redef]
    record = library.find(name)
    if record is None:
        return Unknown(f"what {root}.{name} returns")
    return _apply(machine, record, arguments, node)


def _apply(machine: Machine, record: Any, arguments: Arguments, node: cst.CSTNode) -> Any:
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
        traced=machine.tracing > 0,
        call_function=call_function,
    )
    return _outcome(machine, outcome, node)


def _outcome(machine: Machine, outcome: Any, node: cst.CSTNode) -> Any:
    if not isinstance(outcome, Call):
        return from_python(outcome)
    if outcome.fault is not None:
        return machine.fault(outcome.fault, node, outcome.operation.callee)
    if outcome.output is None:
        return Unknown(outcome.reason or "what an operation returns")
    return from_python(outcome.output)


def tensor_operator(machine: Machine, name: str, left: Any, right: Any, node: cst.CSTNode) -> Any:
    """An operator with a tensor or an array on either side."""
    from kerashape.keras.ops import operators as tensor_operators

    machine.journal.touch(machine.names)
    outcome = tensor_operators.apply(
        name,
        to_python(left),
        to_python(right),
        machine.names,
        machine.site(node),
        traced=machine.tracing > 0,
    )
    return _outcome(machine, outcome, node)


def tensor_item(machine: Machine, value: Any, index: Any, node: cst.CSTNode) -> Any:
    """``tensor[index]``."""
    from kerashape.keras.ops import operators as tensor_operators

    machine.journal.touch(machine.names)
    outcome = tensor_operators.getitem(
        value, to_python(index), machine.names, machine.site(node), traced=machine.tracing > 0
    )
    return _outcome(machine, outcome, node)


def tensor_method(
    machine: Machine, value: Any, name: str, arguments: Arguments, node: cst.CSTNode
) -> Any:
    """``tensor.name(...)``, ``array.name(...)``."""
    from kerashape.keras.ops import numpy as arrays

    if name == "get_shape":
        return machine.attribute(value, "shape", node)
    if name == "set_shape":
        return None
    record = arrays.method(value, name)
    if record is None:
        return Unknown(f"what {name}() returns")
    return _apply(
        machine,
        record,
        Arguments([value, *arguments.positional], arguments.keywords),
        node,
    )


def tensor_property(machine: Machine, value: Any, name: str, node: cst.CSTNode) -> Any:
    """A property of an array, such as ``.T`` or ``.size``; None if it is a method."""
    if name == "T" and not value.shape.open:
        dims = value.shape.dims[::-1]
        return Array(type(value.shape)(dims), value.dtype) if isinstance(value, Array) else None
    if name == "size" and isinstance(value, Array) and value.shape.known:
        total = 1
        for dim in value.shape.dims:
            if dim is None:
                return Unknown("the size of an array")
            total *= dim  # type: ignore[assignment]
        return total
    return None


__all__ = ["DictValue", "External", "call", "map_structure"]
