"""Operators, subscripts, methods and properties of tensors and arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from kerashape.interpret.keras_functions import outcome_of
from kerashape.interpret.values import to_python
from kerashape.keras import arrays, ops
from kerashape.keras.graph import Tensor
from kerashape.keras.layers.base import Array
from kerashape.keras.signature import Arguments
from kerashape.shapes import Shape, Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

_OPERATORS = {
    "Add": "add", "Subtract": "subtract", "Multiply": "multiply", "Divide": "true_divide",
    "FloorDivide": "floor_divide", "Modulo": "mod", "Power": "power",
    "MatrixMultiply": "matmul", "BitAnd": "logical_and", "BitOr": "logical_or",
    "Equal": "equal", "NotEqual": "not_equal", "LessThan": "less",
    "LessThanEqual": "less_equal", "GreaterThan": "greater",
    "GreaterThanEqual": "greater_equal", "UnaryMinus": "negative",
    "UnaryBitInvert": "logical_not",
}  # fmt: skip


def operate(machine: Machine, name: str, left: Any, right: Any, node: cst.CSTNode) -> Any:
    """An operator with a tensor or an array on either side (right is None for a unary one)."""
    record = ops.find(_OPERATORS[name]) if name in _OPERATORS else None
    if record is None:
        return Unknown("an operator on tensors that is not followed")
    operands = [left] if name.startswith("Unary") else [left, right]
    return _run(machine, record, [to_python(operand) for operand in operands], node)


def item(machine: Machine, value: Any, index: Any, node: cst.CSTNode) -> Any:
    """``tensor[index]``."""
    record = ops.find("get_item")
    if record is None:
        return Unknown("an item of a tensor")
    return _run(machine, record, [value, to_python(index)], node)


def _run(machine: Machine, record: Any, operands: list[Any], node: cst.CSTNode) -> Any:
    machine.journal.touch(machine.names)
    call = record.apply(
        Arguments(operands, {}), machine.names, machine.site(node), traced=machine.tracing > 0
    )
    return outcome_of(machine, call, node, Arguments(operands, {}))


def call_method(
    machine: Machine, value: Tensor | Array, name: str, arguments: Arguments, node: cst.CSTNode
) -> Any:
    """``tensor.name(...)``, ``array.name(...)``."""
    if name == "get_shape":
        return machine.attribute(value, "shape", node)
    if name == "set_shape":
        return None
    if isinstance(value, Array):
        return outcome_of(machine, arrays.method(value, name, arguments), node, arguments)
    return Unknown(f"what {name}() of a tensor returns")


def property_of(value: Tensor | Array, name: str) -> Any:
    """A property of an array, such as ``.T`` or ``.size``; None if it is a method."""
    if not isinstance(value, Array):
        return None
    if name == "T":
        return (
            Unknown("a transpose")
            if value.shape.open
            else Array(Shape(value.shape.dims[::-1]), value.dtype, value.origin)
        )
    if name == "size":
        if not value.shape.known:
            return Unknown("the size of an array")
        total = 1
        for dim in value.shape.dims:
            if not isinstance(dim, int):
                return Unknown("the size of an array")
            total *= dim
        return total
    return None
