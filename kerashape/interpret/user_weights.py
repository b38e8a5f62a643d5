"""The weights that layers of the user add, and the variables that they keep."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from kerashape.interpret import migration
from kerashape.interpret.callables import Function
from kerashape.interpret.keras_layers import plain
from kerashape.interpret.keras_objects import KerasObject
from kerashape.keras.graph import Tensor
from kerashape.keras.layers.base import Array
from kerashape.keras.ops.dtypes import standardize_dtype
from kerashape.keras.ops.operands import as_array
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


def add_weight(
    machine: Machine, layer: UserLayer, method: str, arguments: Arguments, node: ast.AST
) -> Any:
    """``self.add_weight(...)``: a variable, of the layer that it is called on.

    ``method`` is how the program calls it, perhaps ``add_variable``.
    """
    given = plain(arguments)
    old = machine.keras_version < 3 or (given.positional and isinstance(given.positional[0], str))
    machine.journal.touch(layer)
    if old and machine.keras_version >= 3:
        name = given.positional[0]
        fault = Fault(
            "bad-argument",
            _name_first(method, name, given),
            expected="the shape first, and the name as name=...",
            found=name,
            help=f"write add_weight(shape=..., name='{name}')",
        )
        migration.report(machine, fault, node, f"{layer.class_name}.{method}")
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
        return machine.fault(fault, node, f"{layer.class_name}.{method}")
    mixed = kind == layer.variable_dtype != layer.compute_dtype
    seen = Unknown("within the layer's call it is cast") if mixed else kind
    return Array(Shape(shape), seen, "a weight", eager=True)


def _name_first(method: str, name: str, given: Arguments) -> str:
    """What Keras says where the name is given first, as in Keras 2."""
    keywords = given.keywords or {}
    if method == "add_weight":
        return (
            f"`name` must be passed as a keyword argument. Received: add_weight('{name}', ...). "
            f"Use: add_weight(shape=..., name='{name}')."
        )
    if "shape" in keywords:
        return "Layer.add_variable() got multiple values for argument 'shape'"
    if len(given.positional) > 1:
        return "Could not interpret initializer identifier:"
    if "initializer" in keywords:
        return f"Cannot convert '{name}' to a shape. "
    return "Layer.add_variable() missing 1 required positional argument: 'initializer'"


_VARIABLE = Signature.parse(
    "initializer, shape=None, dtype=None, trainable=True, autocast=True, aggregation='none', "
    "synchronization='auto', name=None, layout=None, **kwargs"
)


class Variable(Array):
    """What ``keras.Variable(...)`` makes: a weight of the layer that keeps it.

    Args:
        trainable: whether it is.
    """

    __slots__ = ("trainable",)

    def __init__(self, shape: Shape, dtype: Any, *, trainable: bool) -> None:
        super().__init__(shape, dtype, "a variable", eager=True)
        self.trainable = trainable


def variable(machine: Machine, arguments: Arguments) -> Variable | Unknown:
    """``keras.Variable(...)``: of the shape of its value, or as an initializer fills it.

    Raises :class:`Undecided` where the value is not known.
    Source: ``Variable.__init__`` in ``keras.src.backend.common.variables``.
    """
    try:
        values = bind(_VARIABLE, plain(arguments), "Variable.__init__").values
    except Fault:
        return Unknown("a variable with arguments that are not followed")
    start, dtype, trainable = values["initializer"], values["dtype"], values["trainable"]
    if not isinstance(trainable, bool):
        return Unknown("whether a variable is trainable")
    if isinstance(start, (str, KerasObject, Function)):
        if not isinstance(values["shape"], (list, tuple)):
            return Unknown("the shape of a variable")
        shape = Shape(values["shape"])
        dtype = machine.names.defaults.floatx if dtype is None else dtype
    else:
        if isinstance(start, Tensor) and not (machine.tracing and start.shape.known):
            return Unknown("a variable of a symbolic tensor")  # what build() computes is data
        found = as_array(start)
        shape = found.shape
        dtype = found.dtype if dtype is None else dtype
    if isinstance(dtype, str):
        try:
            return Variable(shape, standardize_dtype(dtype), trainable=trainable)
        except Fault:
            pass  # a dtype that Keras does not know
    return Variable(shape, Unknown("the dtype of a variable"), trainable=trainable)


def keep(layer: UserLayer, name: str, value: Any) -> None:
    """``layer.name = value``: a variable becomes a weight of the layer."""
    if isinstance(value, Variable) and all(value is not other for other in layer.kept):
        layer.kept = (*layer.kept, value)
        try:
            layer.weight(name, value.shape, trainable=value.trainable, dtype=value.dtype)
        except Fault:
            layer.variables_unknown = "a variable of a shape that is not known"


__all__ = ["Variable", "add_weight", "keep", "variable"]
