"""Python's operators, subscripts, methods and attributes on tensors and arrays.

Operators are named as in ``kerashape.syntax``: ``Add``, ``MatrixMultiply``, ``LessThan``...;
unary ones ``UnaryMinus``, ``UnaryPlus``, ``UnaryBitInvert``.
"""

from __future__ import annotations

import importlib
import operator
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING, Any

from kerashape.keras import ops
from kerashape.keras.graph import Call, Tensor
from kerashape.keras.layers.base import Array
from kerashape.keras.names import Names
from kerashape.keras.ops.base import Function
from kerashape.keras.ops.indexing import sliced_within
from kerashape.keras.ops.library import NOT_AN_ARRAY
from kerashape.keras.ops.sizes import SizeTensor
from kerashape.keras.signature import Arguments
from kerashape.shapes import Fault, Symbol, Undecided, Unknown, unknown_dim
from kerashape.shapes.indexing import AT_RUN_TIME, subscript

if TYPE_CHECKING:
    from kerashape.site import Site

FUNCTIONS = {
    "Add": "add",
    "Subtract": "subtract",
    "Multiply": "multiply",
    "Divide": "true_divide",
    "FloorDivide": "floor_divide",
    "Modulo": "mod",
    "Power": "power",
    "MatrixMultiply": "matmul",
    "BitAnd": "logical_and",
    "BitOr": "logical_or",
    "BitXor": "logical_xor",
    "NotEqual": "not_equal",
    "LessThan": "less",
    "LessThanEqual": "less_equal",
    "GreaterThan": "greater",
    "GreaterThanEqual": "greater_equal",
    "UnaryMinus": "negative",
    "UnaryBitInvert": "logical_not",
}
"""The function of ``keras.ops`` that an operator of a symbolic tensor stands for."""

_SWAPPED = {
    "LessThan": "GreaterThan",
    "LessThanEqual": "GreaterThanEqual",
    "GreaterThan": "LessThan",
    "GreaterThanEqual": "LessThanEqual",
    "NotEqual": "NotEqual",
}
"""The comparison that Python asks the right operand for."""

_SIGNS = {
    "LeftShift": "<<", "RightShift": ">>", "UnaryPlus": "+",
}  # fmt: skip
_ON_SIZES: dict[str, Callable[[Any, Any], Any]] = {
    "Add": operator.add,
    "Subtract": operator.sub,
    "Multiply": operator.mul,
    "FloorDivide": operator.floordiv,
    "Modulo": operator.mod,
}


def apply(
    name: str,
    left: Any,
    right: Any,
    names: Names | None = None,
    site: Site | None = None,
    *,
    traced: bool = False,
) -> Any:
    """What ``left <name> right`` gives, one of them a tensor or an array (see :meth:`Op.apply`).

    ``right`` is None for a unary operator. The result is a :class:`Call`, or a plain value
    where no function is called.
    """
    operands = [left] if name.startswith("Unary") else [left, right]
    if not isinstance(left, Tensor) and not isinstance(right, Tensor):
        if any(isinstance(item, Array) and item.eager for item in operands):
            return _on_eager(name, operands, site)
        return _arrays().operate(name, operands)
    if traced:
        tensorflow = importlib.import_module("kerashape.keras.ops.tensorflow")
        sizes = _on_sizes(name, operands)
        return sizes if sizes is not None else tensorflow.operate(name, operands, site)
    if name == "Equal":
        return _same_object(left, right)
    if name in _SIGNS:
        return _refused(name, operands, site)
    if name in _SWAPPED and not isinstance(left, Tensor):
        name, operands = _SWAPPED[name], [right, left]
    elif isinstance(left, Array) and left.origin.startswith("numpy"):
        return _faulty(FUNCTIONS[name], operands, site, Fault(
            "raw-op-on-symbolic-tensor",
            NOT_AN_ARRAY,
            expected="the tensor on the left",
            found=right,
        ))  # fmt: skip
    function = ops.find(FUNCTIONS[name])
    assert function is not None
    return function.apply(Arguments(operands), names, site)


def _on_eager(name: str, operands: list[Any], site: Site | None) -> Any:
    """On eager tensors: what stands beside them takes the dtype of the first one."""
    tensorflow = importlib.import_module("kerashape.keras.ops.tensorflow")
    dtype = next(item.dtype for item in operands if isinstance(item, Array) and item.eager)
    taken = [
        Array(item.shape, dtype, eager=True) if isinstance(item, Array) and not item.eager else item
        for item in operands
    ]
    return tensorflow.operate(name, taken, site, traced=False)


def _same_object(left: Any, right: Any) -> Any:
    """``==`` of symbolic tensors asks whether they are the same object."""
    if isinstance(left, Array) or isinstance(right, Array):
        return Unknown("a comparison of a symbolic tensor with data")
    return left is right


def _refused(name: str, operands: list[Any], site: Site | None) -> Call:
    if name == "UnaryPlus":
        text = "bad operand type for unary +: 'KerasTensor'"
    else:
        text = f"unsupported operand type(s) for {_SIGNS[name]}: "
    fault = Fault("op-mismatch", text, expected="an operator that symbolic tensors have")
    return _faulty("add", operands, site, fault)


def _faulty(function: str, operands: list[Any], site: Site | None, fault: Fault) -> Call:
    record = ops.find(function)
    assert record is not None
    inputs = [value for value in operands if isinstance(value, (Tensor, Array))]
    return Call(Function(record, site, record.name), inputs, site=site, fault=fault)


def _on_sizes(name: str, operands: list[Any]) -> SizeTensor | None:
    """Arithmetic on ``tf.shape(x)[i]`` and the like: what is known of the sizes stays known."""
    if not any(isinstance(item, SizeTensor) for item in operands) or name not in _ON_SIZES:
        return None
    values = [item.value if isinstance(item, SizeTensor) else item for item in operands]
    lengths = {len(value) for value in values if isinstance(value, tuple)}
    if len(lengths) > 1 or not all(_is_size(value) for value in values):
        return None
    if not lengths:
        return SizeTensor(_calculated(name, *values))
    count = lengths.pop()
    return SizeTensor(tuple(unknown_dim() for _ in range(count)))  # TensorFlow may not follow


def _is_size(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(_is_size(item) for item in value)
    return value is None or isinstance(value, (int, Symbol))


def _calculated(name: str, left: Any, right: Any) -> Any:
    if left is None or right is None:
        return None
    try:
        return _ON_SIZES[name](left, right)
    except (ZeroDivisionError, Undecided):
        return None


def getitem(
    value: Any,
    index: Any,
    names: Names | None = None,
    site: Site | None = None,
    *,
    traced: bool = False,
) -> Any:
    """``value[index]`` of a tensor or an array (see :meth:`Op.apply`)."""
    if isinstance(value, SizeTensor) and isinstance(value.value, tuple):
        try:
            if isinstance(index, (int, slice)) and not isinstance(index, bool):
                return SizeTensor(value.value[index])
        except (IndexError, TypeError, Undecided):
            pass  # the law below tells
    if isinstance(value, Array):
        return (
            _item_within(value, index) if traced and value.eager else _arrays().item(value, index)
        )
    record = ops.find("get_item")
    assert record is not None
    return record.apply(Arguments((value, index)), names, site, traced=traced)


def _item_within(value: Array, index: Any) -> Any:
    """Of a constant within a layer's call: what tensors bound is decided at run time."""
    items = sliced_within(index if isinstance(index, tuple) else (index,))
    found = _arrays().item(value, items if isinstance(index, tuple) else items[0])
    if any(isinstance(item, slice) and item.stop is AT_RUN_TIME for item in items):
        output = found.output
        return Tensor(subscript(value.shape, items), value.dtype) if output is not None else found
    return found


def method(
    value: Any,
    name: str,
    arguments: Arguments,
    *,
    names: Names | None = None,
    site: Site | None = None,
    traced: bool = False,
) -> Any:
    """What ``value.<name>(...)`` of a tensor or an array gives."""
    if isinstance(value, Array):
        return _arrays().method(value, name, arguments)
    record = ops.find(name) if name in ("reshape", "squeeze") else None
    if record is None or traced:
        return Unknown(f"what {name}() of a tensor returns")
    given = Arguments(
        (value, *arguments.positional),
        arguments.keywords,
        arguments.more_positional,
        arguments.more_keywords,
    )
    return record.apply(given, names, site)


def attribute(value: Any, name: str) -> Any:
    """What ``value.<name>`` of a tensor or an array is; None if it is no property."""
    if name == "shape":
        shape = value.shape
        return Unknown("a shape that is not known") if shape.open else tuple(shape.dims)
    if name == "dtype":
        return value.dtype
    if name == "ndim":
        return Unknown("a rank that is not known") if value.shape.open else value.shape.rank
    if name == "sparse" and isinstance(value, Tensor):
        return value.sparse
    return _arrays().attribute(value, name) if isinstance(value, Array) else None


def _arrays() -> ModuleType:
    """numpy's functions, which only programs that hold data need."""
    return importlib.import_module("kerashape.keras.ops.numpy")
