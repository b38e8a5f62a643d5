"""Operations that work element by element: one table of names for each kind.

(...) -> (...) for one tensor; the broadcast shape for two.
"""

from __future__ import annotations

from typing import Any

from kerashape.keras.ops import dtypes
from kerashape.keras.ops.base import AnySpec, Operand, Spec, on_backend_too, op
from kerashape.shapes import Fault, Shape, Symbol, Undecided
from kerashape.shapes.broadcast import broadcast, broadcast_all
from kerashape.shapes.shape import same_dim

UNARY: dict[dtypes.Rule, str] = {
    dtypes.same: "absolute bitwise_invert bitwise_not conjugate copy imag nan_to_num negative "
    "real round sign tril triu trunc rsqrt erf erfinv "
    "celu elu gelu hard_shrink hard_sigmoid hard_silu hard_tanh leaky_relu log_sigmoid relu "
    "relu6 selu sigmoid silu soft_shrink softplus softsign sparse_plus sparse_sigmoid squareplus "
    "tanh_shrink threshold",
    dtypes.number: "clip square",
    dtypes.floated: "exp exp2 expm1",
    dtypes.floated_wide: "cbrt",
    dtypes.inexact: "angle arccos arccosh arcsin arcsinh arctan arctanh ceil cos cosh floor log "
    "log10 log1p log2 sin sinc sinh sqrt tan tanh",
    dtypes.promoted_float: "erfc",
    dtypes.angle: "deg2rad i0 rad2deg",
    dtypes.floatx: "reciprocal",
    dtypes.boolean: "isfinite isinf isnan isneginf isposinf isreal logical_not signbit",
}
"""The functions of one tensor, by the rule of their dtype."""

PARAMETERS = {
    "round": "x, decimals=0",
    "nan_to_num": "x, nan=0.0, posinf=None, neginf=None",
    "tril": "x, k=0",
    "triu": "x, k=0",
    "clip": "x, x_min, x_max",
    "celu": "x, alpha=1.0",
    "elu": "x, alpha=1.0",
    "gelu": "x, approximate=True",
    "hard_shrink": "x, threshold=0.5",
    "leaky_relu": "x, negative_slope=0.2",
    "soft_shrink": "x, threshold=0.5",
    "squareplus": "x, b=4",
    "threshold": "x, threshold, default_value",
    "isclose": "x1, x2, rtol=1e-05, atol=1e-08, equal_nan=False",
}
"""The signatures of those that take more than the tensors."""

BINARY: dict[dtypes.Rule, str] = {
    dtypes.promoted: "add floor_divide fmax fmin maximum minimum multiply power subtract",
    dtypes.promoted_number: "fmod mod",
    dtypes.promoted_float: "divide divide_no_nan logaddexp logaddexp2 true_divide",
    dtypes.standardized: "gcd lcm",
    dtypes.standardized_float: "ldexp nextafter",
    dtypes.arctangent: "arctan2",
    dtypes.boolean: "equal greater greater_equal isclose less less_equal logical_and logical_or "
    "logical_xor not_equal",
}
"""The functions of two tensors or numbers, likewise."""

CLASS_NAMES = {"bitwise_invert": "BitwiseInvert", "nan_to_num": "NanToNum"}
"""Keras's classes that are not named as their functions."""


def unary(x: Shape) -> Shape:
    """The shape stays."""
    return x


def binary(x1: Operand, x2: Operand) -> Shape:
    """Two tensors, or a tensor and a number, broadcast."""
    return broadcast(x1, x2)


for _rule, _names in UNARY.items():
    for _name in _names.split():
        op(_name, PARAMETERS.get(_name, "x"), _rule, class_name=CLASS_NAMES.get(_name))(unary)
for _rule, _names in BINARY.items():
    for _name in _names.split():
        op(_name, PARAMETERS.get(_name, "x1, x2"), _rule)(binary)


@on_backend_too("celu")
def celu_on_backend(x: Shape, alpha: Any) -> Shape:
    """The shape stays, if ``alpha`` is a number."""
    if not isinstance(alpha, (bool, int, float)):
        raise Undecided("an alpha that is no number")
    return x


@on_backend_too("gcd", "lcm")
def of_integers(x1: AnySpec, x2: AnySpec) -> Spec:
    """Two tensors broadcast; a number counts as a tensor."""
    kinds = [_OF_NUMBERS.get(x.dtype, x.dtype) for x in (x1, x2)]
    if float in kinds or complex in kinds:
        raise Undecided("a number that is no integer")
    return Spec(broadcast(x1.shape, x2.shape), dtypes.apply_rule(dtypes.promoted, kinds))


_OF_NUMBERS: dict[Any, Any] = {int: "int32", bool: "bool"}


@on_backend_too("threshold")
def threshold_on_backend(x: Operand, threshold: Operand, default_value: Operand) -> Shape:
    """All three broadcast."""
    return broadcast_all([x, threshold, default_value])


@on_backend_too("angle", "cbrt")
def real_on_backend(x: Spec) -> Shape | Spec:
    """The shape stays; of complex numbers something real is told."""
    if "complex" not in str(x.dtype):
        return x.shape
    return Spec(x.shape, {"complex64": "float32", "complex128": "float64"}[str(x.dtype)])


@on_backend_too("add")
def add_on_backend(x1: Operand, x2: Operand) -> Shape:
    """As ``add``; but what is as long as axis 1 or the last one is added to it as a bias."""
    long = [dim for dim in x2 if not same_dim(dim, 1)]
    if len(long) != 1 or x1.rank < 2 or long[0] is None:
        return broadcast(x1, x2)
    size, places = long[0], (x1[1], x1[-1])
    if any(same_dim(size, place) for place in places):
        return x1
    if isinstance(size, Symbol) or any(isinstance(place, Symbol) for place in places):
        raise Undecided("whether it is added as a bias")
    return broadcast(x1, x2)


@on_backend_too("leaky_relu")
def leaky_relu(x: Spec) -> Spec:
    """TensorFlow makes floats."""
    return Spec(x.shape, dtypes.apply_rule(dtypes.floated, [x.dtype]))


@on_backend_too("reciprocal")
def reciprocal(x: Spec) -> Spec:
    """TensorFlow keeps the dtype."""
    return x


@op("heaviside", "x1, x2", dtypes.hypotenuse)
@op("hypot", "x1, x2", dtypes.hypotenuse)
def of_two_tensors(x1: Shape, x2: Shape) -> Shape:
    """Two tensors broadcast; a plain number is none."""
    return broadcast(x1, x2)


@op("bitwise_and", "x, y", dtypes.promoted)
@op("bitwise_or", "x, y", dtypes.promoted)
@op("bitwise_xor", "x, y", dtypes.promoted)
def bitwise(x: Shape, y: Shape) -> Shape:
    """Keras takes the first one's shape."""
    return x


@op("bitwise_left_shift", "x, y", dtypes.shifted)
@op("bitwise_right_shift", "x, y", dtypes.shifted)
@op("left_shift", "x, y", dtypes.shifted)
@op("right_shift", "x, y", dtypes.shifted)
def shift(x: Shape, y: Operand) -> Shape:
    """Keras takes the first one's shape."""
    return x


@on_backend_too(
    "bitwise_and", "bitwise_or", "bitwise_xor", "bitwise_left_shift", "bitwise_right_shift",
    "left_shift", "right_shift",
)  # fmt: skip
def bitwise_broadcast(x: Operand, y: Operand) -> Shape:
    """The backend broadcasts."""
    return broadcast(x, y)


@op("isin", "x1, x2, assume_unique=False, invert=False", dtypes.boolean,
    class_name="IsIn")  # fmt: skip
def isin(x1: Shape, x2: Operand) -> Shape:
    """Whether each element of the first is in the second."""
    return x1


@op("fabs", "x", dtypes.floated)
def fabs(x: Spec) -> Shape:
    """The absolute value, as a float."""
    if "complex" in str(x.dtype):
        raise Fault(
            "op-mismatch",
            f"fabs does not support complex inputs. Received: dtype={x.dtype}",
            expected="real numbers",
            found=x.dtype,
        )
    return x.shape


@op("where", "condition, x1=None, x2=None", dtypes.chosen, dtype_of="x1 x2")
def where(condition: Operand, x1: Operand | None, x2: Operand | None) -> Shape:
    """The three broadcast; without the last two, the condition's shape."""
    if (x1 is None) != (x2 is None):
        raise Fault(
            "bad-argument",
            "`x1` and `x2` either both should be `None` or both should have non-None value.",
            expected="both or none",
        )
    return broadcast_all([condition, x1 or Shape(), x2 or Shape()])


@on_backend_too("where")
def where_on_backend(condition: Operand, x1: Operand | None, x2: Operand | None) -> Any:
    """The same; without the last two, the positions, one vector an axis."""
    if x1 is None and x2 is None:
        return [Spec(Shape((None,)), "int32") for _ in condition]
    return where(condition, x1, x2)
