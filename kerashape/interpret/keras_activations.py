"""``keras.activations``: functions of one tensor, most of which are functions of ``keras.ops``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from kerashape.interpret.callables import External
from kerashape.interpret.keras_layers import plain
from kerashape.keras import ops
from kerashape.keras.graph import Tensor, is_certainly_symbolic
from kerashape.keras.layers.base import Array
from kerashape.keras.layers.identifiers import ACTIVATIONS
from kerashape.keras.ops.library import NOT_FOR_TENSORFLOW
from kerashape.keras.signature import Arguments
from kerashape.shapes import Fault, Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

_ON_DATA_ONLY = frozenset({"hard_silu", "hard_swish", "mish", "sparsemax"})
"""Those that have no symbolic form in Keras: it refuses symbolic tensors outside of a layer."""
_OTHER_NAMES = {"exponential": "exp"}


def record_of(name: str) -> Any:
    """The function of ``keras.ops`` that an activation is."""
    return ops.find(_OTHER_NAMES.get(name, name)) if name in ACTIVATIONS else None


def found(arguments: Arguments) -> Any:
    """``keras.activations.get(identifier)``."""
    value = arguments.positional[0] if arguments.positional else Unknown("no activation")
    if value is None:
        return External("keras.activations.linear")
    if isinstance(value, str):
        known = value in ACTIVATIONS
        return External(f"keras.activations.{value}") if known else Unknown("which activation")
    return value


def without_record(machine: Machine, name: str, arguments: Arguments, node: ast.AST) -> Any:
    """An activation that is no function of ``keras.ops``, or is another one on symbolic tensors.

    Returns:
        Its value; None where its record tells.
    """
    given = plain(arguments)
    value = given.positional[0] if given.positional else Unknown("a missing argument")
    if name == "linear":
        return value
    if name not in _ON_DATA_ONLY:
        return None
    if isinstance(value, Tensor) and not machine.tracing and machine.keras_version >= 3:
        if not is_certainly_symbolic(value):
            return Unknown("whether the activation is called on data is not known")
        fault = Fault(
            "raw-op-on-symbolic-tensor",
            NOT_FOR_TENSORFLOW,
            expected="data",
            found=value,
            help=f"use keras.layers.Activation({name!r})",
        )
        return machine.fault(fault, node, f"keras.activations.{name}", value, given=given)
    if isinstance(value, Tensor):
        return Tensor(value.shape, value.dtype)
    return value if isinstance(value, Array) else Unknown(f"what keras.activations.{name} returns")
