"""The weights that layers of the user add."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from kerashape.interpret import migration
from kerashape.interpret.keras_layers import plain
from kerashape.keras.layers.base import Array
from kerashape.keras.signature import Arguments, Signature, bind
from kerashape.shapes import Fault, Shape, Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine
    from kerashape.interpret.user_layers import UserLayer

_TODAY = Signature.parse(
    "shape=None, initializer=None, dtype=None, trainable=True, autocast=True, regularizer=None, "
    "constraint=None, aggregation='none', overwrite_with_gradient=False, name=None, **kwargs"
)
_BEFORE = Signature.parse("name=None, shape=None, dtype=None, initializer=None, **kwargs")


def add_weight(machine: Machine, layer: UserLayer, arguments: Arguments, node: cst.CSTNode) -> Any:
    """``self.add_weight(...)``: a variable, of the layer that it is called on."""
    given = plain(arguments)
    old = machine.keras_version < 3 or (given.positional and isinstance(given.positional[0], str))
    machine.journal.touch(layer)
    if old and machine.keras_version >= 3:
        name = given.positional[0]
        text = (
            f"`name` must be passed as a keyword argument. Received: add_weight('{name}', ...). "
            f"Use: add_weight(shape=..., name='{name}')."
        )
        fault = Fault(
            "bad-argument",
            text,
            expected="the shape first, and the name as name=...",
            found=name,
            help=f"write add_weight(shape=..., name='{name}')",
        )
        migration.report(machine, fault, node, f"{layer.class_name}.add_weight")
    try:
        values = bind(_BEFORE if old else _TODAY, given, "Layer.add_weight").values
    except Fault:
        layer.variables_unknown = "a weight with arguments that are not followed"
        return Unknown(layer.variables_unknown)
    extra = given.keywords or {}
    shape = () if values["shape"] is None else values["shape"]
    if not isinstance(shape, (list, tuple)):
        layer.variables_unknown = "a weight whose shape is not known"
        return Unknown(layer.variables_unknown)
    trainable = extra.get("trainable", values.get("trainable", True)) is not False
    dtype = values["dtype"]
    kind = dtype if isinstance(dtype, str) else layer.variable_dtype
    if isinstance(dtype, Unknown):
        kind = dtype
    name = values["name"]
    try:
        layer.weight(str(name), Shape(shape), trainable=trainable, dtype=kind)
    except Fault as fault:
        layer.variables_unknown = "a weight that Keras refuses"
        return machine.fault(fault, node, f"{layer.class_name}.add_weight")
    return Array(Shape(shape), kind, "a weight", eager=True)


__all__ = ["add_weight"]
