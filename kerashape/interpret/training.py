"""``compile``, ``fit``, ``evaluate`` and ``predict`` of models."""

from __future__ import annotations

import ast
import math
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from kerashape.analysis import MethodFact
from kerashape.interpret.keras_files import save_checkpoints
from kerashape.interpret.keras_layers import argument_node, build_for, touch
from kerashape.interpret.plain import to_python
from kerashape.interpret.values import FAULTY
from kerashape.keras.freezing import trainable_of
from kerashape.keras.graph import Tensor, flatten, map_structure
from kerashape.keras.layers.base import Array
from kerashape.keras.models import Model, Sequential
from kerashape.keras.signature import Arguments, Signature, bind
from kerashape.shapes import Dim, Fault, Shape, Unknown, unknown_dim
from kerashape.site import Site
from kerashape.syntax import expression

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

SIGNATURES = {
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
"""The methods, and their parameters."""
_FED = frozenset(SIGNATURES) - {"compile"}
_NEED_COMPILE = frozenset(["fit", "evaluate", "train_on_batch", "test_on_batch"])
_REPORTING = frozenset(["evaluate", "train_on_batch", "test_on_batch"])
"""Those that return the figures themselves."""
_BATCH_SIZE = 32
PARTS = ("x", "y", "sample_weight")
"""What a batch consists of."""


def train(machine: Machine, model: Model, name: str, arguments: Arguments, node: ast.AST) -> Any:
    """``model.<name>(...)`` for one of :data:`SIGNATURES`."""
    signature = Signature.parse(SIGNATURES[name])
    try:
        bound = bind(signature, arguments, f"Model.{name}")
    except Fault as fault:
        return machine.fault(fault, argument_node(node, fault, signature), f"keras.Model.{name}")
    site = machine.site(node)
    values = {**bound.values, **bound.extra}
    streams = {}
    if name == "compile":
        from kerashape.interpret.loss_functions import resolved

        values["loss"] = resolved(machine, values.get("loss"), node)
    if name in _FED:
        from kerashape.interpret.data.feeding import spread

        streams = spread(machine, values, node)
        refused = name in _NEED_COMPILE and _compiled(machine, model) is None
        with machine.guard() if refused else nullcontext():  # that alone is said
            _build(machine, model, name, values, bool(streams), node)
    sites = {
        key: _argument_site(site, node, key, signature) for key in bound.given | set(bound.extra)
    }
    compiled = _compiled(machine, model)
    if name == "fit":
        save_checkpoints(machine, model, values.get("callbacks"))
    trained = trainable_of(model) if name in ("fit", "train_on_batch") else None
    fact = MethodFact(
        site, name, model, values, sites, streams, compiled, machine.keras_version, trained
    )
    if not getattr(model, "trains_itself", False):
        machine.analysis.methods.append(fact)
    if name == "compile":
        machine.journal.touch(model)
        model.compiled = fact
        _trace(model)
        return None
    if name.startswith("predict"):
        return _prediction(model, values.get("x"))
    if name == "fit" and machine.keras_version >= 3:
        from kerashape.interpret.logs import history

        return history(fact)
    if name in _REPORTING and machine.keras_version >= 3:
        from kerashape.interpret.logs import figures

        return figures(fact)
    return Unknown(f"what {name}() returns")


def _trace(model: Model) -> None:
    from kerashape.interpret.user_calls import trace_ends
    from kerashape.interpret.user_layers import UserLayer

    if isinstance(model, UserLayer):
        model.traced = trace_ends(model)


def _compiled(machine: Machine, model: Model) -> MethodFact | Unknown | None:
    """The ``compile`` that holds. Code that nobody calls may run after one that is not seen."""
    compiled: MethodFact | Unknown | None = model.compiled
    if compiled is None and machine.alone and getattr(model, "born", 0) < machine.entered:
        return Unknown("whether the model was compiled before this code is called")
    if compiled is None and model.escaped:
        return Unknown("whether the model was compiled by code that was not followed")
    return compiled


def _argument_site(site: Site, node: ast.AST, name: str, signature: Signature) -> Site:
    found = argument_node(node, Fault("", "", argument=name), signature)
    return site.at(expression(found))


def _prediction(model: Model, data: Any) -> Any:
    outputs = list(flatten(model.outputs)) if model.outputs is not None else []
    if len(outputs) != 1 or not isinstance(outputs[0], Tensor) or outputs[0].shape.open:
        return Unknown("what predict() returns")
    shape = outputs[0].shape
    rows: Any = Unknown("the number of samples")
    if isinstance(data, Array) and not data.shape.open and data.shape.dims:
        rows = data.shape[0] if data.shape[0] is not None else rows
    return Array(Shape((rows, *shape.dims[1:])), "float32", "what predict() returns")


def _build(
    machine: Machine,
    model: Model,
    name: str,
    values: dict[str, Any],
    streamed: bool,
    node: ast.AST,
) -> None:
    """Build a model that had no input shape on the first batch of its data."""
    from kerashape.interpret.user_layers import UserLayer

    if isinstance(model, UserLayer):
        from kerashape.interpret.user_training import build_on_data

        batch = {part: batch_of(model, name, values, part, streamed) for part in PARTS}
        build_on_data(machine, model, name, batch, node)
        return
    if not isinstance(model, Sequential) or model.graph is not None:
        return
    if isinstance(model.built, Unknown):
        return  # on data before these, and it takes others that fit those
    touch(machine, model)
    model.built = Unknown("it was built on data")
    data = batch_of(model, name, values, "x", streamed)
    if isinstance(data, Tensor) and not data.shape.open and data.shape.dims:
        build_for(machine, model, data.shape, node)


def batch_of(model: Model, name: str, values: dict[str, Any], part: str, streamed: bool) -> Any:
    """The tensors of one batch of the data, as the method is traced with them."""

    def leaf(data: Any) -> Any:
        if not isinstance(data, Array):
            return data
        dtype = "float32" if data.dtype in ("float64", "float16") else data.dtype
        if data.shape.open or not data.shape.dims:
            return Tensor(Shape.unknown(), dtype)
        rows = data.shape.dims[0] if streamed else _rows(name, data.shape.dims[0], values)
        if model.distributed or not (name.startswith("predict") or _is_compiled(model)):
            rows = unknown_dim()
        return Tensor(Shape((rows, *data.shape.dims[1:])), dtype)

    return map_structure(leaf, to_python(values.get(part)))


def _is_compiled(model: Model) -> bool:
    """Whether Keras trains it at all; where it refuses, something else will build it."""
    compiled = model.compiled
    if not isinstance(compiled, MethodFact):
        return compiled is not None
    return not any(
        isinstance(value, Unknown) and value.reason == FAULTY
        for value in compiled.arguments.values()
    )


def _rows(name: str, samples: Dim, values: dict[str, Any]) -> Dim:
    """The size of the batch that a model is built for.

    It is built where TensorFlow traces the training, for batches of whatever size if the last
    one is smaller than the others; a prediction is traced with its first batch.
    """
    if name.endswith("_on_batch"):
        return samples
    size = values.get("batch_size")
    size = _BATCH_SIZE if size is None else size
    if name == "fit":
        samples = _trained_on(samples, values)
    if not isinstance(size, int) or not isinstance(samples, int) or size < 1:
        return unknown_dim()
    if name == "predict":
        return min(size, samples)
    return size if samples and samples % size == 0 else None


def _trained_on(samples: Dim, values: dict[str, Any]) -> Dim:
    """How many of the samples ``validation_split`` leaves to the training."""
    split = values.get("validation_split")
    if not split or values.get("validation_data") is not None:
        return samples
    if not isinstance(split, (int, float)) or not isinstance(samples, int):
        return unknown_dim()
    return math.floor(samples * (1.0 - split)) if 0 < split < 1 else unknown_dim()


__all__ = ["PARTS", "SIGNATURES", "train"]
