"""The functions of TensorFlow that model code calls within ``call``, Lambda and custom layers.

Most stand for a function of ``keras.ops``; those with a law of their own are in
:mod:`kerashape.keras.ops.tensorflow_laws`. TensorFlow promotes nothing: the result has the
dtype of the first tensor. On a symbolic tensor outside a layer's ``call``, Keras 3 raises.
"""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kerashape.keras.graph import DType
from kerashape.keras.ops.base import Operand
from kerashape.keras.ops.library import (
    NOT_FOR_TENSORFLOW,
    Kinds,
    Library,
    LibraryOp,
    Rule,
    always,
    first,
    first_or_float,
)
from kerashape.keras.signature import Arguments
from kerashape.shapes import Shape, Unknown
from kerashape.shapes.broadcast import broadcast

if TYPE_CHECKING:
    from kerashape.site import Site

library = Library("tf", kind=first_or_float, on_symbolic=NOT_FOR_TENSORFLOW)
_NAMESPACES = ("compat.v1.", "compat.v2.", "math.", "linalg.", "nn.", "experimental.numpy.")


@functools.cache
def find(name: str) -> LibraryOp | None:
    """The record of ``tf.<name>`` (``nn.relu`` with the module); None if unknown.

    A function is found in each of the modules that TensorFlow exports it from, and where
    TensorFlow 1 had it.
    """
    # They declare their records.
    from kerashape.keras.ops import tensorflow_laws, tensorflow_picking, tensorflow_vision  # noqa: F401

    record = library.records.get(name)
    for prefix in _NAMESPACES:
        if record is None and name.startswith(prefix):
            record = find(name.removeprefix(prefix))
    if record is not None and name.startswith("compat.v1."):
        return replace(record, lenient=True)
    return record


def operate(
    name: str, operands: list[Any], site: Site | None = None, *, traced: bool = True
) -> Any:
    """What an operator on TensorFlow's tensors gives, by its name in ``syntax.OPERATORS``."""
    function = _OPERATORS.get(name)
    record = find(function) if function is not None else None
    if record is None:
        return Unknown(f"what {name} does to tensors")
    return record.apply(Arguments(operands), None, site, traced=traced)


_OPERATORS = {
    "Add": "add", "Subtract": "subtract", "Multiply": "multiply", "Divide": "truediv",
    "FloorDivide": "floordiv", "Modulo": "floormod", "Power": "pow",
    "MatrixMultiply": "matmul", "BitAnd": "bitwise.and", "BitOr": "bitwise.or",
    "BitXor": "bitwise.xor", "Equal": "equal", "NotEqual": "not_equal", "LessThan": "less",
    "LessThanEqual": "less_equal", "GreaterThan": "greater",
    "GreaterThanEqual": "greater_equal", "UnaryMinus": "negative", "UnaryBitInvert": "bitwise.not",
}  # fmt: skip


def _add(
    names: str, parameters: str, expression: str, kind: Rule | None = None, **options: Any
) -> None:
    library.add(names, f"{parameters}, name=None", expression, kind, **options)


# -- element by element -----------------------------------------------------------------


def quotient(kinds: Kinds) -> DType:
    """``/``: integers become floats, of 64 bits if they have 32 or more."""
    kind = first_or_float(kinds)
    if not isinstance(kind, str) or "int" not in kind:
        return kind
    return "float32" if kind.endswith(("int8", "int16")) else "float64"


def _floats(kinds: Kinds) -> DType:
    """Integers become floats of 32 bits."""
    kind = first_or_float(kinds)
    return "float32" if isinstance(kind, str) and "int" in kind else kind


def _one(x: Operand) -> Shape:
    """The shape stays."""
    return x


def _features(features: Operand) -> Shape:
    """The shape stays."""
    return features


def _input(input: Operand) -> Shape:
    """The shape stays."""
    return input


def _two(x: Operand, y: Operand) -> Shape:
    """Two tensors, or a tensor and a number, broadcast."""
    return broadcast(x, y)


_X: dict[Rule | None, str] = {
    None: "abs acos acosh asin asinh atan atanh ceil conj cos cosh digamma erf erfc erfinv exp "
    "expm1 floor lgamma log log1p log_sigmoid negative reciprocal rint round rsqrt sigmoid sign "
    "sin sinh special.bessel_i0 sqrt square tan tanh bitwise.not",
    always("bool"): "is_finite is_inf is_nan is_non_decreasing logical_not",
}
_FEATURES = "crelu elu relu relu6 selu softplus softsign"
_INPUT = "identity imag real stop_gradient linalg.expm"
_TWO: dict[Rule | None, str] = {
    None: "add floordiv floormod maximum minimum mod multiply pow squared_difference subtract "
    "truncatediv truncatemod bitwise.and bitwise.or bitwise.xor",
    quotient: "divide truediv",
    first: "divide_no_nan multiply_no_nan xdivy xlogy",
    always("bool"): "equal greater greater_equal less less_equal logical_and logical_or "
    "logical_xor not_equal",
}
for _rule, _names in _X.items():
    library.law(_names, "x, name=None", _rule, faults_as="absolute")(_one)
library.law(_FEATURES.replace("crelu ", ""), "features, name=None")(_features)
library.law(_INPUT, "input, name=None")(_input)
for _rule, _names in _TWO.items():
    library.law(_names, "x, y, name=None", _rule, faults_as="add")(_two)
library.law("atan2", "y, x, name=None")(_two)
library.law("leaky_relu", "features, alpha=0.2, name=None", _floats)(_features)
library.law("gelu", "features, approximate=False, name=None")(_features)
library.law("silu swish", "features, beta=1.0")(_features)


@library.law("scalar_mul", "scalar, x, name=None")
def scalar_mul(scalar: Any, x: Operand) -> Shape:
    """The tensor's shape."""
    return x


@library.law("clip_by_value", "t, clip_value_min, clip_value_max, name=None")
@library.law("clip_by_norm", "t, clip_norm, axes=None, name=None")
def clip(t: Operand) -> Shape:
    """The shape stays."""
    return t


# -- reductions ---------------------------------------------------------------------------

_REDUCED = "input_tensor, axis=None, keepdims=False"
_add("reduce_sum reduce_prod reduce_max reduce_min reduce_mean reduce_std reduce_variance "
     "reduce_euclidean_norm reduce_logsumexp", _REDUCED,
     "max(input_tensor, axis, keepdims)")  # fmt: skip
_add("reduce_any reduce_all", _REDUCED, "any(input_tensor, axis, keepdims)", always("bool"))
_add("cumsum cumprod cumulative_logsumexp", "x, axis=0, exclusive=False, reverse=False",
     "nancumsum(x, axis)", first)  # fmt: skip
_add("sort", "values, axis=-1, direction='ASCENDING'", "sort(values, axis)")
_add("argsort", "values, axis=-1, direction='ASCENDING', stable=False", "argsort(values, axis)",
     always("int32"))  # fmt: skip
_add("norm", "tensor, ord='euclidean', axis=None, keepdims=None", "max(tensor, axis, keepdims)")
_add("moments", "x, axes, shift=None, keepdims=False", "moments(x, axes, keepdims)")

# -- rearranging --------------------------------------------------------------------------

_add("reshape", "tensor, shape", "reshape(tensor, shape)")
_add("transpose", "a, perm=None, conjugate=False", "transpose(a, perm)")
_add("squeeze", "input, axis=None", "squeeze(input, axis)")
_add("repeat", "input, repeats, axis=None", "repeat(input, repeats, axis)")
_add("roll", "input, shift, axis", "roll(input, shift, axis)")
_add("reverse", "tensor, axis", "flip(tensor, axis)")
_add("pad", "tensor, paddings, mode='CONSTANT', constant_values=0", "pad(tensor, paddings)")
_add("unstack", "value, num=None, axis=0", "unstack(value, num, axis)")
_add("depth_to_space", "input, block_size, data_format='NHWC'", "depth_to_space(input, block_size)")
_add("space_to_depth", "input, block_size, data_format='NHWC'", "space_to_depth(input, block_size)")

# -- products -----------------------------------------------------------------------------

library.add("einsum", "equation, *inputs, **kwargs", "einsum(equation, *inputs)")
_add("tensordot", "a, b, axes", "tensordot(a, b, axes)")
_add("linalg.inv", "input, adjoint=False", "inv(input)")
_add("linalg.det", "input", "det(input)")
_add("linalg.cholesky", "input", "cholesky(input)")
_add("linalg.eigh", "tensor", "eigh(tensor)")
_add("linalg.qr", "input, full_matrices=False", "qr(input)")
_add("linalg.pinv", "a, rcond=None, validate_args=False", "pinv(a)")
_add("linalg.solve", "matrix, rhs, adjoint=False", "solve(matrix, rhs)")
_add("linalg.triangular_solve", "matrix, rhs, lower=True, adjoint=False",
     "solve_triangular(matrix, rhs)")  # fmt: skip

# -- neural networks ----------------------------------------------------------------------

_add("softmax log_softmax", "logits, axis=None", "layer_normalization(logits)")
library.add("l2_normalize", "x, axis=None, epsilon=1e-12, name=None, dim=None",
            "layer_normalization(x)")  # fmt: skip
_add("dropout", "x, rate, noise_shape=None, seed=None", "layer_normalization(x)")
_add("bias_add", "value, bias, data_format=None", "layer_normalization(value)")
_add("batch_normalization", "x, mean, variance, offset, scale, variance_epsilon",
     "layer_normalization(x)", on_symbolic=None)  # fmt: skip
_add("local_response_normalization lrn", "input, depth_radius=5, bias=1, alpha=1, beta=0.5",
     "layer_normalization(input)")  # fmt: skip
_add("in_top_k", "targets, predictions, k", "isfinite(targets)", always("bool"))

# -- functions that call functions ----------------------------------------------------------

_add("cond", "pred, true_fn=None, false_fn=None", "cond(pred, true_fn, false_fn)")
library.add("vectorized_map", "fn, elems, fallback_to_while_loop=True, warn=True",
            "vectorized_map(fn, elems)")  # fmt: skip
library.add("map_fn", "fn, elems, dtype=None, parallel_iterations=None, back_prop=True, "
            "swap_memory=False, infer_shape=True, name=None, fn_output_signature=None",
            "map(fn, elems)")  # fmt: skip
for _name in ("cond", "vectorized_map", "map_fn"):
    library.records[_name].kind = None
