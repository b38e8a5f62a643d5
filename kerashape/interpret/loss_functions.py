"""Losses that the program wraps into functions of its own: which one of Keras's is meant.

A function that only calls a loss with its two arguments, ``lambda y, p: mse(y, p)``, is that
loss. It is run on two values of which nothing is known; what it returns says what it called.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kerashape.interpret.callables import Bound, External, Function
from kerashape.interpret.keras_objects import KerasObject
from kerashape.interpret.plain import from_python, to_python
from kerashape.keras import losses
from kerashape.keras.graph import map_structure
from kerashape.keras.signature import Arguments
from kerashape.shapes import Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

_MEANS = frozenset(
    ["tensorflow.reduce_mean", "tensorflow.math.reduce_mean", "keras.backend.mean",
     "keras.ops.mean", "tensorflow.nn.compute_average_loss"]
)  # fmt: skip
"""What is taken of a loss without making it another one."""
_PLACES = ("keras.losses.", "keras.metrics.", "keras.backend.")
_NAMES = (("y_true", "y_pred"), ("labels", "logits"), ("target", "output"))


@dataclass(frozen=True, slots=True, eq=False)
class AppliedLoss:
    """A loss that was called: ``options`` are its arguments besides labels and predictions."""

    path: str
    operands: tuple[Any, Any]
    options: dict[str, Any]


def resolved(machine: Machine, value: Any, node: ast.AST) -> Any:
    """``loss=`` with the losses of Keras in place of functions that only call them."""
    plain = to_python(value)
    leaves: list[Any] = []
    map_structure(leaves.append, plain)
    if not any(isinstance(leaf, (Function, Bound)) for leaf in leaves):
        return value

    def resolve(leaf: Any) -> Any:
        meant = _meant(machine, leaf, node) if isinstance(leaf, (Function, Bound)) else None
        return leaf if meant is None else meant

    return from_python(map_structure(resolve, plain))


def _meant(machine: Machine, function: Function | Bound, node: ast.AST) -> KerasObject | None:
    operands = (Unknown("the labels"), Unknown("the predictions"))
    mark = machine.analysis.mark()
    machine.journal.start()
    machine.resolving += 1
    run = function if isinstance(function, Function) else function.function
    called = getattr(run, "called", None)
    try:
        result = machine.call(function, Arguments(operands, {}), node)
    finally:
        machine.resolving -= 1
        if isinstance(run, Function):
            run.called = bool(called)
        machine.journal.rewind()
        machine.analysis.rewind(mark)
    if not isinstance(result, AppliedLoss):
        return None
    same = all(given is meant for given, meant in zip(result.operands, operands))
    return KerasObject(result.path, (), result.options) if same else None


def applied(function: External | KerasObject, arguments: Arguments) -> AppliedLoss | None:
    """What a call of a loss of Keras returns, or of an object of its class; None if it is none."""
    path = function.path
    if path in _MEANS and arguments.positional:
        first = arguments.positional[0]
        return first if isinstance(first, AppliedLoss) else None
    known = losses.find(path.rpartition(".")[2]) is not None and path.startswith(_PLACES)
    if not known and path not in losses.WRAPPED:
        return None
    if isinstance(function, External):
        is_class = path.rpartition(".")[2][:1].isupper()
        return None if is_class else _application(path, {}, arguments)
    return None if function.positional else _application(path, function.keywords, arguments)


def _application(path: str, options: dict[str, Any], arguments: Arguments) -> AppliedLoss | None:
    keywords = dict(arguments.keywords or {})
    positional = list(arguments.positional)
    if arguments.more_positional or arguments.more_keywords or len(positional) > 2:
        return None
    for names in _NAMES:
        for name in names[len(positional) :]:
            if name in keywords:
                positional.append(keywords.pop(name))
    if len(positional) != 2 or "sample_weight" in keywords:
        return None
    return AppliedLoss(path, (positional[0], positional[1]), {**options, **keywords})


__all__ = ["AppliedLoss", "applied", "resolved"]
