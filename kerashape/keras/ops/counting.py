"""Operations that count: the different values, how often each occurs, and in which range."""

from __future__ import annotations

from typing import Any

from kerashape.keras.graph import DType, Tensor
from kerashape.keras.ops import dtypes
from kerashape.keras.ops.base import Spec, as_array, on_backend_too, op
from kerashape.keras.ops.inference import BackendFault, keras_checks, without_sizes
from kerashape.shapes import Fault, Shape, Undecided
from kerashape.shapes.axes import canonical_axis


@op(
    "unique",
    "x, sorted=True, return_index=False, return_inverse=False, return_counts=False, axis=None, "
    "size=None, fill_value=None",
    outputs=None,
)
def unique(
    x: Spec, return_index: Any, return_inverse: Any, return_counts: Any, axis: Any, size: Any
) -> Any:
    """The different values, of which Keras does not know how many."""
    shape = x.shape
    place = None if axis is None else canonical_axis(axis, shape.rank)
    count = Shape((size,))
    values = count if place is None else shape.replace(place, size)
    outputs = [Spec(values, x.dtype)]
    if return_index:
        outputs.append(Spec(count, "int32"))
    if return_inverse:
        outputs.append(Spec(shape if place is None else Shape((shape[place],)), "int32"))
    if return_counts:
        outputs.append(Spec(count, "int32"))
    return outputs[0] if len(outputs) == 1 else tuple(outputs)


@op("bincount", "x, weights=None, minlength=0, sparse=False")
def bincount(x: Spec, weights: Any, sparse: Any) -> Spec:
    """How often each number occurs, on the last axis."""
    dtype: DType = "int32"
    if isinstance(weights, Tensor):
        raise Fault(
            "raw-op-on-symbolic-tensor",
            "A KerasTensor cannot be used as input to a TensorFlow function.",
            argument="weights",
            expected="data",
            found=weights.shape,
        )
    if weights is not None:
        other = as_array(weights).dtype
        dtype = dtypes.apply_rule(dtypes.promoted, [x.dtype, other])
    return Spec(x.shape[:-1] + (None,), dtype, bool(sparse))


@op("histogram", "x, bins=10, range=None", outputs=2)
def histogram(x: Shape, bins: Any, range: Any) -> tuple[Shape, Shape]:
    """The counts and the edges."""
    if isinstance(bins, (str, float, list, tuple, type(None))):
        raise Fault(
            "bad-argument",
            f"Argument `bins` must be of type `int`. Received: bins={bins}",
            argument="bins",
            expected="an integer",
            found=bins,
        )
    if isinstance(bins, int) and bins < 0:
        raise Fault(
            "bad-argument",
            f"Argument `bins` should be a non-negative integer. Received: bins={bins}",
            argument="bins",
            expected="0 or more",
            found=bins,
        )
    if isinstance(range, (list, tuple, str)) and range:
        _check_range(range)
    return Shape((bins,)), Shape((bins + 1,))


def _check_range(range: Any) -> None:
    if len(range) < 2 or not isinstance(range, tuple):
        text = f"Argument `range` must be a tuple of two elements. Received: range={range}"
    elif range[1] < range[0]:
        text = (
            f"The second element of `range` must be greater than the first. Received: range={range}"
        )
    else:
        return
    expected = "a tuple of two numbers, the smaller one first"
    raise Fault("bad-argument", text, argument="range", expected=expected, found=range)


# -- within a layer -----------------------------------------------------------------------


@on_backend_too("unique")
def unique_within(
    x: Spec, return_index: Any, return_inverse: Any, return_counts: Any, axis: Any, size: Any
) -> Any:
    """The same; along an axis TensorFlow does not tell the other sizes."""
    if size is not None and not isinstance(size, int):
        raise Undecided("how many values are asked for")
    outputs = unique(x, return_index, return_inverse, return_counts, axis, size)
    if axis is None:
        return outputs
    several = list(outputs) if isinstance(outputs, tuple) else [outputs]
    values = without_sizes(several[0].shape)
    several[0] = Spec(values if size is None else values.replace(axis, size), x.dtype)
    return tuple(several) if len(several) > 1 else several[0]


@on_backend_too("bincount")
def bincount_within(x: Spec, weights: Any, sparse: Any) -> Spec:
    """The same: how many there are is known at run time, of a batch as well."""
    if x.shape.rank not in (1, 2):
        raise Undecided("what TensorFlow counts in other tensors than vectors and matrices")
    dtype: DType = "int32"
    if weights is not None:
        dtype = dtypes.apply_rule(dtypes.promoted, [x.dtype, as_array(weights).dtype])
    return Spec(without_sizes(x.shape), dtype, bool(sparse))


@on_backend_too("histogram")
def histogram_within(x: Shape, bins: Any, range: Any) -> tuple[Shape, Shape]:
    """The same of a vector."""
    with keras_checks():
        result = histogram(x, bins, range)
    if not x.open and x.rank != 1:
        raise BackendFault(
            "op-mismatch",
            f"Input tensor must be 1-dimensional. Received: input.shape={x}",
            expected="1 dimension",
            found=x,
        )
    return result
