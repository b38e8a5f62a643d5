"""Reductions: some axes go, or become 1 with ``keepdims``; and what runs along one axis."""

from __future__ import annotations

from typing import Any

from kerashape.keras.ops import dtypes
from kerashape.keras.ops.base import Operand, Spec, on_backend_too, op, traced
from kerashape.keras.ops.inference import keras_checks
from kerashape.shapes import Fault, Shape, Undecided
from kerashape.shapes.axes import canonical_axis, integer, item_axis, reduce_shape
from kerashape.shapes.broadcast import broadcast, fit
from kerashape.shapes.reshape import product

REDUCTIONS: dict[dtypes.Rule, str] = {
    dtypes.same: "amax amin ptp",
    dtypes.boolean: "all any",
    dtypes.int32: "argmax argmin",
    dtypes.floatx: "logsumexp",
    dtypes.floated: "std",
    dtypes.promoted: "nanmax nanmin",
    dtypes.promoted_float: "nanmean nanstd nanvar var",
    dtypes.averaged: "mean",
    dtypes.accumulated: "nanprod",
    dtypes.accumulated_result: "nansum sum",
}
"""The functions with the signature of ``sum``, by the rule of their dtype."""


def reduction(x: Shape, axis: Any, keepdims: Any) -> Shape:
    """The axes go; all of them if none is given."""
    return reduce_shape(x, axis, keepdims)


for _rule, _names in REDUCTIONS.items():
    for _name in _names.split():
        op(_name, "x, axis=None, keepdims=False", _rule)(reduction)
op("max", "x, axis=None, keepdims=False, initial=None")(reduction)
op("min", "x, axis=None, keepdims=False, initial=None")(reduction)
op("prod", "x, axis=None, keepdims=False, dtype=None", dtypes.accumulated)(reduction)


@on_backend_too("prod")
def prod_on_backend(x: Spec, axis: Any, keepdims: Any, dtype: Any) -> Spec:
    """The same; to a dtype that is given, nothing is cast."""
    kind = x.dtype if dtype is not None else dtypes.apply_rule(dtypes.accumulated, [x.dtype])
    return Spec(reduce_shape(x.shape, axis, keepdims), kind)


@op("count_nonzero", "x, axis=None", dtypes.int32)
def count_nonzero(x: Shape, axis: Any) -> Shape:
    """The axes go."""
    return reduce_shape(x, axis)


@op("nanargmax", "x, axis=None, keepdims=False", dtypes.int32)
@op("nanargmin", "x, axis=None, keepdims=False", dtypes.int32)
def of_one_axis(x: Shape, axis: Any, keepdims: Any) -> Shape:
    """One axis goes, or all."""
    return reduce_shape(x, None if axis is None else [axis], keepdims)


@traced("argmax", "argmin", "nanargmax", "nanargmin")
def place_within(x: Shape, axis: Any, keepdims: Any) -> Shape:
    """The same; of a number or a vector, TensorFlow does not look at the axis."""
    if not x.open and x.rank <= 1 and isinstance(axis, int) and not keepdims:
        return Shape()
    return reduction(x, axis, keepdims)


@op("moments", "x, axes, keepdims=False, synchronized=False", outputs=2)
def moments(x: Shape, axes: Any, keepdims: Any) -> tuple[Shape, Shape]:
    """Mean and variance."""
    reduced = reduce_shape(x, axes, keepdims)
    return reduced, reduced


@op("average", "x, axis=None, weights=None", dtypes.promoted_float)
def average(x: Shape, axis: Any, weights: Shape | None) -> Shape:
    """One axis goes, or all; the weights have the shape of the tensor or of the axis."""
    if weights is not None and axis is not None:
        item_axis(axis, x, "tuple")
    if weights is None or fit(x, weights):
        return reduce_shape(x, None if axis is None else [axis])
    if axis is None:
        raise Fault(
            "op-mismatch",
            "`weights` must have the same shape as `x` when `axis=None`, but received "
            f"`weights.shape={weights}` and `x.shape={x}`.",
            expected=x,
            found=weights,
        )
    size = x[item_axis(axis, x, "tuple")]
    if not fit(Shape((size,)), weights):
        raise Fault(
            "op-mismatch",
            f"`weights` must have the same size as `x` at `axis={axis}` but received "
            f"`weights.shape={weights}` while x.shape at `{axis}` is `{size}`.",
            expected=Shape((size,)),
            found=weights,
        )
    return reduce_shape(x, [axis])


@on_backend_too("average")
def average_on_backend(x: Shape, axis: Any, weights: Shape | None) -> Shape:
    """The same; weights of the same rank broadcast, others are multiplied along the axis."""
    if weights is None:
        return reduce_shape(x, axis)
    if axis is None or x.rank == weights.rank:
        weighted = reduce_shape(broadcast(x, weights), axis)
        return broadcast(weighted, reduce_shape(weights, axis))
    place = canonical_axis(axis, x.rank)
    if not fit(x[place : place + 1], weights[:1]):
        raise Undecided("weights of another length")
    return x[:place] + x[place + 1 :] + weights[1:]


@on_backend_too("std")
def std_on_backend(x: Spec, axis: Any, keepdims: Any) -> Shape | Spec:
    """The same; of complex numbers it is real."""
    shape = reduce_shape(x.shape, axis, keepdims)
    if "complex" not in str(x.dtype):
        return shape
    return Spec(shape, {"complex64": "float32", "complex128": "float64"}[str(x.dtype)])


@op("norm", "x, ord=None, axis=None, keepdims=False", dtypes.floated)
def norm(x: Shape, ord: Any, axis: Any, keepdims: Any) -> Shape:
    """The norm of vectors (one axis) or matrices (two)."""
    if isinstance(ord, str) and ord not in ("fro", "nuc"):
        raise Fault(
            "bad-argument",
            "Invalid `ord` argument. Expected one of {'fro', 'nuc'} when using string. "
            f"Received: ord={ord}",
            argument="ord",
            expected="'fro' or 'nuc'",
            found=ord,
        )
    axes = 1 if isinstance(axis, int) else x.rank if axis is None else len(axis)
    if axes == 1 and isinstance(ord, str):
        raise Fault(
            "bad-argument",
            f"Invalid `ord` argument for vector norm. Received: ord={ord}",
            argument="ord",
            expected="a number, for vectors",
            found=ord,
        )
    matrix = (None, "fro", "nuc", float("inf"), float("-inf"), 1, -1, 2, -2)
    if axes == 2 and ord not in matrix:
        raise Fault(
            "bad-argument",
            f"Invalid `ord` argument for matrix norm. Received: ord={ord}",
            argument="ord",
            expected="'fro', 'nuc', 1, 2 or inf, for matrices",
            found=ord,
        )
    return reduce_shape(x, axis, keepdims)


# -- along an axis ----------------------------------------------------------------------


@op("sort", "x, axis=-1")
@op("argsort", "x, axis=-1", dtypes.int32)
def along_axis(x: Shape, axis: Any) -> Shape:
    """The shape stays; without an axis the tensor is flattened."""
    if axis is None:
        return Shape((product(tuple(x)),))
    if not x.open:
        canonical_axis(axis, x.rank)
    return x


@on_backend_too("argsort")
def argsort(x: Shape, axis: Any) -> Shape:
    """A single number is taken for a row of one."""
    if not x.open and x.rank == 0:
        return Shape((1,))
    return along_axis(x, axis)


@op("cumprod", "x, axis=None, dtype=None", dtypes.number)
@op("cumsum", "x, axis=None, dtype=None", dtypes.number)
def cumulative(x: Spec, axis: Any, dtype: Any) -> Spec:
    """The shape stays; without an axis the tensor is flattened."""
    kind = x.dtype if dtype is None else dtypes.standardize_dtype(dtype)
    return Spec(along_axis(x.shape, axis), dtypes.apply_rule(dtypes.number, [kind]))


@traced("cumprod", "cumsum")
def cumulative_within(x: Spec, axis: Any, dtype: Any) -> Spec:
    """The same; TensorFlow looks at the axis when it runs."""
    result = nan_cumulative(x, axis, dtype)
    if axis is not None and not isinstance(axis, int):
        raise Undecided("an axis that is no integer")
    return result


@op("nancumprod", "x, axis=None, dtype=None", dtypes.number)
@op("nancumsum", "x, axis=None, dtype=None", dtypes.number)
def nan_cumulative(x: Spec, axis: Any, dtype: Any) -> Spec:
    """As ``cumsum``, but Keras does not look at the axis."""
    shape = x.shape
    if axis is None:
        shape = Shape((product(tuple(shape)),))
    kind = x.dtype if dtype is None else dtypes.standardize_dtype(dtype)
    return Spec(shape, dtypes.apply_rule(dtypes.number, [kind]))


@op("argpartition", "x, kth, axis=-1", dtypes.int32)
def argpartition(x: Shape, kth: Any, axis: Any) -> Shape:
    """The shape stays; without an axis the tensor is flattened."""
    if isinstance(kth, (str, float, list, tuple, dict, type(None))):
        raise Fault(
            "bad-argument",
            f"kth must be an integer. Received:kth = {kth}",
            argument="kth",
            expected="an integer",
            found=kth,
        )
    return Shape((product(tuple(x)),)) if axis is None else x


@op("diff", "a, n=1, axis=-1")
def diff(a: Shape, n: Any, axis: Any) -> Shape:
    """The axis gets ``n`` shorter."""
    index = canonical_axis(axis, a.rank)
    size = a[index]
    if size is None:
        return a
    shorter = size - n
    return a.replace(index, max(shorter, 0) if isinstance(shorter, int) else shorter)


@op("trapezoid", "y, x=None, dx=1.0, axis=-1", dtypes.promoted_float)
def trapezoid(y: Shape, axis: Any) -> Shape:
    """The axis goes."""
    dims = list(y)
    if axis is not None and dims:
        del dims[integer(axis) % len(dims)]
    return Shape(dims)


@traced("trapezoid")
def trapezoid_within(y: Shape, x: Shape | None, axis: Any) -> Shape:
    """The same; beside points of as many dimensions, either tells the sizes."""
    areas = trapezoid(y, axis)
    if x is None or x.rank <= 1:
        return areas
    if x.rank != y.rank:
        raise Undecided("points of another rank")
    return broadcast(areas, trapezoid(x, axis))


@op("allclose", "x1, x2, rtol=1e-05, atol=1e-08, equal_nan=False", dtypes.boolean,
    class_name="AllClose")  # fmt: skip
def allclose(x1: Operand, x2: Operand) -> Shape:
    """A scalar."""
    return Shape()


@on_backend_too("argpartition")
def argpartition_on_backend(x: Shape, kth: Any, axis: Any) -> Shape:
    """The same; the axis must exist."""
    if axis is not None and not x.open:
        with keras_checks():
            canonical_axis(axis, x.rank)
    return argpartition(x, kth, axis)
