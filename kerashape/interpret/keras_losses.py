"""What Keras refuses when a loss is made."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from kerashape.interpret.keras_layers import plain
from kerashape.keras.signature import Arguments
from kerashape.shapes import Fault
from kerashape.syntax import keyword

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

_REDUCTIONS = ("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none", None)


def refuse_reduction(machine: Machine, path: str, arguments: Arguments, node: ast.AST) -> None:
    """Keras 3: "Invalid value for argument `reduction`"; Keras 2 had another one, ``auto``."""
    value = (arguments.keywords or {}).get("reduction", "sum")
    if machine.keras_version < 3 or value in _REDUCTIONS or not isinstance(value, str):
        return
    fault = Fault(
        "bad-argument",
        "Invalid value for argument `reduction`. Expected one of",
        argument="reduction",
        expected="one of 'sum_over_batch_size', 'sum', 'mean', 'none'",
        found=value,
        choices=[word for word in _REDUCTIONS if word is not None],
    )
    machine.fault(fault, keyword(node, "reduction") or node, path, given=plain(arguments))
