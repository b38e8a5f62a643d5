"""How training builds a model of the user: its ``call``, or its own ``train_step``, is traced."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from kerashape.analysis import ModelFact
from kerashape.interpret.callables import Bound, Function
from kerashape.interpret.keras_layers import call_layer, touch
from kerashape.interpret.parameters import signature_of
from kerashape.interpret.plain import from_python
from kerashape.interpret.user_calls import build_stack_of
from kerashape.keras.graph import Tensor, flatten
from kerashape.keras.models import Sequential
from kerashape.keras.signature import Arguments

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine
    from kerashape.interpret.user_layers import UserLayer

_STEPS = {
    "fit": "train_step", "train_on_batch": "train_step", "evaluate": "test_step",
    "test_on_batch": "test_step", "predict": "predict_step", "predict_on_batch": "predict_step",
    "fit_generator": "train_step",
}  # fmt: skip
"""The method that each of them runs on a batch."""


def build_on_data(
    machine: Machine, model: UserLayer, name: str, batch: dict[str, Any], node: ast.AST
) -> None:
    """Trace a model that no call has built yet on a batch, as ``fit`` and the like do."""
    if isinstance(model.functional, Sequential) and _tensors(batch["x"]):
        build_stack_of(machine, model, Arguments([batch["x"]]), node)
    if model.functional is not None or model.calls or not _tensors(batch["x"]):
        return
    touch(machine, model)
    step = model.cls.find(_STEPS[name])
    if isinstance(step, Function):
        _trace_step(machine, model, step, batch, node)
        return
    method = model.cls.find("call")
    keywords: dict[str, Any] = {}
    if isinstance(method, Function) and "training" in signature_of(method).names:
        keywords["training"] = _STEPS[name] == "train_step"
    call_layer(machine, model, Arguments([from_python(batch["x"])], keywords), node)


def _tensors(value: Any) -> bool:
    leaves = list(flatten(value))
    return bool(leaves) and all(isinstance(leaf, Tensor) for leaf in leaves)


def _trace_step(
    machine: Machine, model: UserLayer, step: Function, batch: dict[str, Any], node: ast.AST
) -> None:
    """Run ``train_step`` on a batch. What it does beside calling the model is not judged."""
    parts = [batch[name] for name in ("x", "y", "sample_weight")]
    while len(parts) > 1 and parts[-1] is None:
        parts.pop()
    data = parts[0] if len(parts) == 1 else tuple(parts)
    machine.tracing += 1
    try:
        with machine.guard():
            machine.call(Bound(step, model), Arguments([from_python(data)], {}), node)
    finally:
        machine.tracing -= 1
    if model.calls and not model.listed:
        model.listed = True
        machine.analysis.models.append(ModelFact(machine.site(node), model))


__all__ = ["build_on_data"]
