"""numpy on data: creation, random numbers, rearranging, reductions, arithmetic.

Data are :class:`Array`; plain numbers stay plain numbers (``np.prod((2, 3))`` is 6). What a
function makes of labels (how many classes there are, whether they are one-hot) is kept where
it is evident.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from kerashape.keras import ops
from kerashape.keras.datasets import classes_of
from kerashape.keras.graph import Call, flatten
from kerashape.keras.layers.base import Array
from kerashape.keras.ops.base import Operand, Shapes, Spec, Specs
from kerashape.keras.ops.indexing import array_key
from kerashape.keras.ops.library import LibraryOp, Rule, always, first
from kerashape.keras.ops.numpy_creation import asked, library, spec_of
from kerashape.keras.ops.numpy_dtypes import accumulated, as_float, promoted, transcendental
from kerashape.keras.ops.shaping import squeeze_of_data
from kerashape.keras.signature import Arguments
from kerashape.shapes import Shape, Symbol, Undecided, Unknown, unknown_dim
from kerashape.shapes.broadcast import broadcast, broadcast_all
from kerashape.shapes.indexing import NUMPY, subscript
from kerashape.shapes.reshape import product

add, law = library.add, library.law


def find(name: str) -> LibraryOp | None:
    """The record of ``numpy.<name>`` (``random.rand`` with the module); None if unknown."""
    return library.records.get(name)


def call(name: str, arguments: Arguments, *, traced: bool = False) -> Any:
    """What ``numpy.<name>(...)`` gives: a plain number, or the :class:`Call` that was made.

    ``traced`` says that it happens within a layer's ``call``.
    """
    number = _on_numbers(name, arguments)
    if number is None:
        number = _on_labels(name, arguments)
    if number is not None:
        return number
    record = find(name)
    if record is None:
        return Unknown(f"what numpy.{name} returns")
    outcome = record.apply(arguments, traced=traced)
    if isinstance(outcome, Call) and _is_axis_of_scalar(outcome):
        return Unknown(f"whether numpy.{name} takes an axis of a scalar")
    return _labelled(name, outcome)


def _is_axis_of_scalar(call: Call) -> bool:
    """Whether the axis of an array without any is refused: many functions of numpy take it."""
    fault = call.fault
    leaves = [leaf for leaf in flatten(call.inputs) if isinstance(leaf, Array)]
    return (
        fault is not None
        and fault.argument == "axis"
        and any(not leaf.shape.open and leaf.shape.rank == 0 for leaf in leaves)
    )


# -- plain numbers ----------------------------------------------------------------------

_NUMBERS: dict[str, Callable[..., Any]] = {
    "ceil": lambda x: float(math.ceil(x)), "floor": lambda x: float(math.floor(x)),
    "round": lambda x, n=0: round(float(x), n), "rint": lambda x: float(round(x)),
    "sqrt": math.sqrt, "log": math.log, "log2": math.log2, "log10": math.log10, "exp": math.exp,
    "abs": abs, "absolute": abs, "power": pow, "mod": lambda x, y: x % y,
    "floor_divide": lambda x, y: x // y, "divide": lambda x, y: x / y, "square": lambda x: x * x,
    "add": lambda x, y: x + y, "subtract": lambda x, y: x - y, "multiply": lambda x, y: x * y,
    "maximum": max, "minimum": min, "sign": lambda x: (x > 0) - (x < 0), "gcd": math.gcd,
    "int64": int, "int32": int, "float32": float, "float64": float,
}  # fmt: skip
_OF_LISTS: dict[str, Callable[[Any], Any]] = {
    "prod": math.prod, "sum": sum, "max": max, "min": min, "amax": max, "amin": min,
    "mean": lambda xs: sum(xs) / len(xs), "average": lambda xs: sum(xs) / len(xs),
}  # fmt: skip


def _on_numbers(name: str, arguments: Arguments) -> Any:
    """The number that a function of plain numbers gives; None where it is not one of those."""
    values = arguments.positional
    if arguments.keywords or not values:
        return None
    if name in _OF_LISTS and len(values) == 1 and isinstance(values[0], (list, tuple)):
        function, given = _OF_LISTS[name], list(values[0])
        called: list[Any] = [given]
    elif name in _NUMBERS:
        function, given = _NUMBERS[name], list(values)
        called = given
    else:
        return None
    if not given or not all(isinstance(value, (int, float, Symbol)) for value in given):
        return None
    try:
        return function(*called)
    except (TypeError, ValueError, ArithmeticError, Undecided):
        return Unknown(f"the number that numpy.{name} gives")


# -- rearranging --------------------------------------------------------------------------

add("transpose permute_dims", "a, axes=None", "transpose(a, axes)")
add("expand_dims", "a, axis", "expand_dims(a, axis)")
add("swapaxes", "a, axis1, axis2", "swapaxes(a, axis1, axis2)")
add("moveaxis", "a, source, destination", "moveaxis(a, source, destination)")
add("ravel", "a, order='C'", "ravel(a)")
add("tile", "A, reps", "tile(A, reps)")
add("repeat", "a, repeats, axis=None", "repeat(a, repeats, axis)")
add("flip", "m, axis=None", "flip(m, axis)", on_symbolic=None)
add("fliplr", "m", "fliplr(m)")
add("flipud", "m", "flipud(m)")
add("roll", "a, shift, axis=None", "roll(a, shift, axis)")
add("rot90", "m, k=1, axes=(0, 1)", "rot90(m, k, axes)")
add("pad", "array, pad_width, mode='constant', **kwargs", "pad(array, pad_width)")
add("broadcast_to", "array, shape, subok=False", "broadcast_to(array, shape)")
add("stack", "arrays, axis=0, out=None, **kwargs", "stack(arrays, axis)", promoted)
add("diag", "v, k=0", "diag(v, k)")
add("triu tril", "m, k=0", "triu(m, k)")
add("split", "ary, indices_or_sections, axis=0", "split(ary, indices_or_sections, axis)")
add("hsplit", "ary, indices_or_sections", "hsplit(ary, indices_or_sections)")
add("vsplit", "ary, indices_or_sections", "vsplit(ary, indices_or_sections)")
add("array_split", "ary, indices_or_sections, axis=0",
    "array_split(ary, indices_or_sections, axis)")  # fmt: skip
add("take", "a, indices, axis=None, **kwargs", "take(a, indices, axis)")
add("sort", "a, axis=-1, **kwargs", "sort(a, axis)")
add("argsort", "a, axis=-1, **kwargs", "argsort(a, axis)", always("int64"))
add("diff", "a, n=1, axis=-1, **kwargs", "diff(a, n, axis)")
add("nan_to_num", "x, **kwargs", "nan_to_num(x)")


@law("squeeze", "a, axis=None", on_symbolic=None)
def _squeeze(a: Operand, axis: Any) -> Shape:
    return squeeze_of_data(a, axis)


@law("reshape", "a, newshape=None, order='C', *, shape=None, copy=None")
def _reshape(a: Operand, newshape: Any, shape: Any) -> Shape:
    return _reshaped(a, shape if newshape is None else newshape)


def _reshaped(a: Shape, newshape: Any) -> Shape:
    record = ops.find("reshape")
    assert record is not None
    shape: Shape = record.law(a, newshape)
    return shape


@law("concatenate concat", "arrays, axis=0, out=None, **kwargs", promoted)
def _concatenate(arrays: Shapes, axis: Any) -> Shape:
    if axis is None:
        flat = [Shape((product(tuple(item)),)) for item in arrays]
        return _joined(flat, 0)
    return _joined(arrays, axis)


def _joined(arrays: Shapes, axis: Any) -> Shape:
    record = ops.find("concatenate")
    assert record is not None
    shape: Shape = record.law(arrays, axis)
    return shape


@law("vstack row_stack", "tup, **kwargs", promoted)
def _vstack(tup: Shapes) -> Shape:
    return _joined([Shape((1,) * (2 - item.rank)) + item if item.rank < 2 else item
                    for item in tup], 0)  # fmt: skip


@law("hstack", "tup, **kwargs", promoted)
def _hstack(tup: Shapes) -> Shape:
    items = [Shape((1,)) if item.rank == 0 else item for item in tup]
    return _joined(items, 0 if items[0].rank == 1 else 1)


@law("column_stack", "tup", promoted)
def _column_stack(tup: Shapes) -> Shape:
    return _joined([item + (1,) if item.rank < 2 else item for item in tup], 1)


@law("dstack", "tup", promoted)
def _dstack(tup: Shapes) -> Shape:
    record = ops.find("dstack")
    assert record is not None
    shape: Shape = record.law(tup)
    return shape


@law("c_", "key", promoted)
def _columns(key: Any) -> Spec:
    """Arrays side by side; one of a single axis is a column."""
    parts = [spec_of(item) for item in (key if isinstance(key, tuple) else (key,))]
    kind = promoted([part.dtype for part in parts])
    shapes = [part.shape + (1,) if part.shape.rank == 1 else part.shape for part in parts]
    return Spec(_joined(shapes, -1), kind)


@law("r_", "key", promoted)
def _rows(key: Any) -> Spec:
    """Arrays below one another."""
    parts = [spec_of(item) for item in (key if isinstance(key, tuple) else (key,))]
    if any(part.shape.rank == 0 for part in parts):
        raise Undecided("numbers among arrays")
    return Spec(_joined([part.shape for part in parts], 0), promoted([p.dtype for p in parts]))


@law("append", "arr, values, axis=None", promoted)
def _append(arr: Operand, values: Operand, axis: Any) -> Shape:
    return _concatenate([arr, values], axis)


for _dtype in ["float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "bool"]:  # fmt: skip
    law(_dtype, "x, /", always(_dtype))(lambda x: spec_of(x).shape)


# -- reductions ---------------------------------------------------------------------------

_REDUCED = "a, axis=None, dtype=None, out=None, keepdims=False, **kwargs"
add("sum nansum", _REDUCED, "sum(a, axis, keepdims)", accumulated)
add("prod nanprod", _REDUCED, "prod(a, axis, keepdims)", accumulated)
add("mean nanmean", _REDUCED, "mean(a, axis, keepdims)", as_float)
add("std var nanstd nanvar", "a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, **kwargs",
    "mean(a, axis, keepdims)", as_float)  # fmt: skip
add("max min amax amin ptp nanmax nanmin", "a, axis=None, out=None, keepdims=False, **kwargs",
    "max(a, axis, keepdims)")  # fmt: skip
add("any all", "a, axis=None, out=None, keepdims=False, **kwargs", "any(a, axis, keepdims)",
    always("bool"))  # fmt: skip
add("argmax argmin nanargmax nanargmin", "a, axis=None, out=None, *, keepdims=False",
    "argmax(a, axis, keepdims)", always("int64"))  # fmt: skip
add("median nanmedian", "a, axis=None, out=None, overwrite_input=False, keepdims=False",
    "mean(a, axis, keepdims)", as_float)  # fmt: skip
add("count_nonzero", "a, axis=None, *, keepdims=False", "sum(a, axis, keepdims)", always("int64"))
add("cumsum cumprod", "a, axis=None, dtype=None, out=None", "nancumsum(a, axis)", accumulated)
add("average", "a, axis=None, weights=None, returned=False", "mean(a, axis)", as_float)
add("linalg.norm", "x, ord=None, axis=None, keepdims=False", "max(x, axis, keepdims)", as_float)


# -- arithmetic ---------------------------------------------------------------------------

_ONE = "x, /, out=None, **kwargs"
_TWO = "x1, x2, /, out=None, **kwargs"
_UNARY: dict[Rule, str] = {
    first: "negative abs absolute square sign round rint floor ceil trunc clip conj real conjugate",
    transcendental: "exp expm1 log log1p log2 log10 sqrt cbrt sin cos tan sinh cosh tanh arcsin "
    "arccos arctan deg2rad rad2deg",
    always("bool"): "isnan isinf isfinite logical_not",
}
_BINARY: dict[Rule, str] = {
    promoted: "add subtract multiply power mod remainder floor_divide maximum minimum fmax fmin "
    "bitwise_and bitwise_or bitwise_xor",
    as_float: "divide true_divide",
    always("bool"): "equal not_equal greater greater_equal less less_equal logical_and logical_or "
    "logical_xor isclose",
}


def _same(x: Operand) -> Shape:
    return x


def _common(x1: Operand, x2: Operand) -> Shape:
    return broadcast(x1, x2)


for _rule, _listed in _UNARY.items():
    law(_listed, "x, *args, **kwargs", _rule)(_same)
for _rule, _listed in _BINARY.items():
    law(_listed, _TWO.replace("/, ", ""), _rule)(_common)
add("matmul", _TWO.replace("/, ", ""), "matmul(x1, x2)", promoted)
add("dot", "a, b, out=None", "dot(a, b)", promoted)
add("tensordot", "a, b, axes=2", "tensordot(a, b, axes)", promoted)
add("outer", "a, b, out=None", "outer(a, b)", promoted)
add("inner", "a, b", "inner(a, b)", promoted)
add("einsum", "subscripts, *operands, **kwargs", "einsum(subscripts, *operands)", promoted)


@law("where", "condition, x=None, y=None", promoted, dtype_of=("x", "y"), outputs=None)
def _where(condition: Operand, x: Operand | None, y: Operand | None) -> Any:
    if x is None or y is None:
        return _nonzero(condition)
    return broadcast_all([condition, x, y])


@law("nonzero", "a", outputs=None)
def _nonzero(a: Shape) -> Any:
    """The indices, an array an axis; how many there are is not known."""
    count = unknown_dim()
    return tuple(Spec(Shape((count,)), "int64") for _ in range(a.rank))


@law("argwhere", "a", outputs=None)
def _argwhere(a: Shape) -> Spec:
    return Spec(Shape((unknown_dim(), a.rank)), "int64")


@law("meshgrid", "*xi, copy=True, sparse=False, indexing='xy'", outputs=None)
def _meshgrid(xi: Specs, sparse: Any, indexing: Any) -> Any:
    if sparse is not False or indexing not in ("xy", "ij"):
        raise Undecided("a grid that is not dense")
    sizes = [product(tuple(x.shape)) for x in xi]
    if indexing == "xy" and len(sizes) > 1:
        sizes[:2] = sizes[1], sizes[0]
    return [Spec(Shape(sizes), x.dtype) for x in xi]


@law("unique load loadtxt genfromtxt fromfile delete insert",
     "x, *args, **kwargs", outputs=None)  # fmt: skip
def _unknown() -> None:
    raise Undecided("what the data are")


# -- methods, operators, items ------------------------------------------------------------


@law("ndarray.reshape", "a, *shape, order='C', copy=None")
def _reshape_method(a: Shape, shape: Any) -> Shape:
    return _reshaped(a, shape[0] if len(shape) == 1 else tuple(shape))


@law("ndarray.transpose", "a, *axes")
def _transpose(a: Shape, axes: Any) -> Shape:
    record = ops.find("transpose")
    assert record is not None
    one = len(axes) == 1 and not isinstance(axes[0], int)
    result: Shape = record.law(a, (axes[0] if one else tuple(axes)) or None)
    return result


@law("ndarray.astype", "a, dtype, order='K', casting='unsafe', subok=True, copy=True")
def _astype(a: Spec, dtype: Any) -> Spec:
    return Spec(a.shape, asked(dtype, a.dtype))


@law("ndarray.flatten", "a, order='C'")
def _flatten(a: Shape) -> Shape:
    return Shape((product(tuple(a)),))


@law("ndarray.copy ndarray.numpy ndarray.view ndarray.clip ndarray.round", "a, *args, **kwargs")
def _itself(a: Shape) -> Shape:
    return a


_METHODS = (
    "all any argmax argmin argsort cumprod cumsum dot max mean min prod ptp ravel repeat squeeze "
    "std sum swapaxes take var"
)


def method(value: Array, name: str, arguments: Arguments) -> Any:
    """What ``array.<name>(...)`` gives."""
    record = find(f"ndarray.{name}") or (find(name) if name in _METHODS.split() else None)
    if record is None:
        return Unknown(f"what {name}() of an array returns")
    given = Arguments(
        (value, *arguments.positional),
        arguments.keywords,
        arguments.more_positional,
        arguments.more_keywords,
    )
    number = _on_labels(name, given)
    return _labelled(name, record.apply(given)) if number is None else number


def attribute(value: Array, name: str) -> Any:
    """What ``array.<name>`` is; None if it is no property that is known."""
    shape = value.shape
    if name == "T":
        if shape.open:
            return Array(Shape.unknown(), value.dtype, value.origin)
        return Array(Shape(reversed(list(shape))), value.dtype, value.origin)
    if name == "size":
        return Unknown("the size of an array") if shape.open else product(tuple(shape))
    if name == "nbytes" or name == "itemsize":
        return Unknown(f"the {name} of an array")
    return None


_OPERATORS = {
    "Add": "add", "Subtract": "subtract", "Multiply": "multiply", "Divide": "true_divide",
    "FloorDivide": "floor_divide", "Modulo": "mod", "Power": "power",
    "MatrixMultiply": "matmul", "BitAnd": "bitwise_and", "BitOr": "bitwise_or",
    "BitXor": "bitwise_xor", "Equal": "equal", "NotEqual": "not_equal", "LessThan": "less",
    "LessThanEqual": "less_equal", "GreaterThan": "greater",
    "GreaterThanEqual": "greater_equal", "UnaryMinus": "negative", "UnaryPlus": "abs",
    "UnaryBitInvert": "conj",
}  # fmt: skip
"""The function that an operator on arrays stands for (of those with the same law and dtype)."""


def operate(name: str, operands: list[Any]) -> Any:
    """What an operator on arrays gives, by its name in ``syntax.OPERATORS``."""
    if name not in _OPERATORS:
        return Unknown(f"what {name} does to arrays")
    record = find(_OPERATORS[name])
    assert record is not None
    return record.apply(Arguments(operands))


@law("ndarray.__getitem__", "a, key")
def _item(a: Shape, key: Any) -> Shape:
    return subscript(a, array_key(key), NUMPY)


def item(value: Array, key: Any) -> Any:
    """What ``array[key]`` gives."""
    record = find("ndarray.__getitem__")
    assert record is not None
    result = record.apply(Arguments((value, key)))
    output = result.output
    if isinstance(output, Array):
        first_axis = not isinstance(key, tuple)
        output.origin, output.eager = value.origin, value.eager
        output.classes = value.classes if not value.one_hot or first_axis else None
        output.one_hot = value.one_hot and first_axis
    return result


# -- labels -------------------------------------------------------------------------------

_KEEP_CLASSES = frozenset(
    {"array", "asarray", "astype", "copy", "reshape", "ravel", "flatten", "squeeze",
     "expand_dims", "random.permutation", "repeat"}
)  # fmt: skip
_KEEP_ONE_HOT = frozenset({"array", "asarray", "astype", "copy", "random.permutation"})


def _on_labels(name: str, arguments: Arguments) -> Any:
    """What the labels of a whole data set give, whose classes are known: their number, the last."""
    if name not in ("unique", "max", "amax") or len(arguments.positional) != 1:
        return None
    labels = arguments.positional[0]
    classes = classes_of(labels, every=name == "unique")
    options = dict(arguments.keywords or {})
    if classes is None or arguments.more_keywords or arguments.more_positional:
        return None
    if name != "unique":
        return None if options else classes - 1
    found = Array(Shape((classes,)), labels.dtype, labels.origin)
    counted = [options.pop(flag, False) for flag in ("return_index", "return_counts")]
    if options or any(type(flag) is not bool for flag in counted):
        return None
    more = [Array(Shape((classes,)), "int64") for flag in counted if flag]
    return (found, *more) if more else found


def _labelled(name: str, made: Call) -> Call:
    """The same call, whose output tells what is evident about labels."""
    output = made.output
    if not isinstance(output, Array):
        return made
    values = list(made.values.values())
    source = next((leaf for leaf in flatten(values[:1]) if isinstance(leaf, Array)), None)
    if name in ("random.randint", "random.integers") and made.values.get("endpoint") is not True:
        high = made.values["high"] if made.values["high"] is not None else made.values["low"]
        output.classes = high if isinstance(high, int) else None
    elif name in ("array", "asarray") and source is None:
        output.classes = _counted(list(flatten(values[0])))
    elif name == "random.choice" and isinstance(made.values["a"], int):
        output.classes = made.values["a"]
    elif name in ("eye", "identity") and isinstance(values[0], int):
        output.classes, output.one_hot = values[0], True
    elif name == "argmax" and source is not None and source.one_hot:
        output.classes = source.classes
    elif source is not None and name in _KEEP_CLASSES:
        output.origin = source.origin
        output.one_hot = source.one_hot and name in _KEEP_ONE_HOT
        output.classes = source.classes if output.one_hot or not source.one_hot else None
    return made


def _counted(numbers: list[Any]) -> int | None:
    """One more than the largest of numbers that are written out, as numbers of classes are."""
    plain = bool(numbers) and all(type(number) is int and number >= 0 for number in numbers)
    return max(numbers) + 1 if plain else None


__all__ = ["attribute", "call", "find", "item", "method", "operate", "spec_of"]
