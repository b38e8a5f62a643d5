"""Quantiles, percentiles and medians: reductions with as many results as are asked for."""

from __future__ import annotations

from typing import Any

from kerashape.keras.graph import Tensor
from kerashape.keras.layers.base import Array
from kerashape.keras.ops import dtypes
from kerashape.keras.ops.base import as_array, on_backend_too, op, traced
from kerashape.keras.ops.inference import BackendFault, all_given, keras_checks, without_sizes
from kerashape.keras.ops.reductions import reduction
from kerashape.shapes import Shape, Undecided, Unknown
from kerashape.shapes.axes import canonical_axis, reduce_shape
from kerashape.shapes.broadcast import broadcast

op("median", "x, axis=None, keepdims=False", dtypes.inexact)(reduction)
op("nanmedian", "x, axis=None, keepdims=False", dtypes.promoted_float)(reduction)


@op("nanpercentile", "x, q, axis=None, method='linear', keepdims=False", dtypes.inexact)
@op("percentile", "x, q, axis=None, method='linear', keepdims=False", dtypes.percentile)
def percentile(x: Shape, q: Any, axis: Any, keepdims: Any) -> Shape:
    """The axes go; several percentiles come as a first axis."""
    return _several(q, 0) + reduce_shape(x, axis, keepdims)


@op("nanquantile", "x, q, axis=None, method='linear', keepdims=False", dtypes.inexact)
@op("quantile", "x, q, axis=None, method='linear', keepdims=False", dtypes.inexact)
def quantile(x: Shape, q: Any, axis: Any, keepdims: Any) -> Shape:
    """The axes go; several quantiles come as a first axis."""
    return _several(q, 2) + reduce_shape(x, axis, keepdims)


def _several(q: Any, least: int) -> Shape:
    if isinstance(q, (Tensor, Array)):
        return q.shape[:1]
    if isinstance(q, (list, tuple)):
        return Shape((len(q),)) if len(q) >= least else Shape()
    if isinstance(q, Unknown):
        raise Undecided(q.reason)
    return Shape()


# -- within a layer -----------------------------------------------------------------------


@on_backend_too("percentile", "quantile")
def quantile_within(x: Shape, q: Any, axis: Any, method: Any, keepdims: Any) -> Shape:
    """The same; beside a size that is None, those of 1 are lost."""
    if isinstance(method, str) and method not in _METHODS:
        raise BackendFault(
            "bad-argument",
            "cannot access local variable 'gathered_y'",
            argument="method",
            expected=" or ".join(map(repr, _METHODS)),
            found=method,
        )
    asked = _shape_of(q)
    axes = _axes(axis, x.rank)
    rest = Shape(dim for i, dim in enumerate(x) if axes is not None and i not in axes)
    told: Shape = rest + (1,) * asked.rank
    kept = told if all_given(rest) else without_sizes(told)
    if not all_given(x):
        rest = without_sizes(rest)
    # What is NaN is told for each of the rest, with a 1 for each quantile.
    result = broadcast(rest + asked, kept)
    if keepdims:
        result = _kept(result, x, axes, asked)
    return _last_first(result, asked.rank)


_METHODS = ("linear", "lower", "higher", "midpoint", "nearest")


def _shape_of(q: Any) -> Shape:
    if isinstance(q, (Tensor, Array)):
        return q.shape
    if isinstance(q, Unknown):
        raise Undecided(q.reason)
    return as_array(q).shape


def _axes(axis: Any, rank: int) -> list[int] | None:
    if axis is None or isinstance(axis, (int, list, tuple)):
        given = [axis] if isinstance(axis, int) else axis
        with keras_checks():
            return None if given is None else [canonical_axis(a, rank) for a in given]
    if isinstance(axis, (str, float, dict)):
        raise BackendFault(
            "bad-argument",
            f"`value` must be an integer, tuple or list. Received: value={axis}",
            argument="axis",
            expected="an integer, or several",
            found=axis,
        )
    raise Undecided("the axis is not known")


def _kept(result: Shape, x: Shape, axes: list[int] | None, asked: Shape) -> Shape:
    if axes is None:
        return broadcast(result, Shape((1,) * (x.rank + asked.rank)))
    dims = list(result)
    for place in sorted(axes):
        dims.insert(place, 1)
    return Shape(dims)


def _last_first(shape: Shape, count: int) -> Shape:
    """The last axes in front."""
    if shape.rank < 2 or count % shape.rank == 0:
        return shape
    count %= shape.rank
    return shape[-count:] + shape[:-count]


@on_backend_too("median")
def median_within(x: Shape, axis: Any, keepdims: Any) -> Shape:
    """One quantile."""
    return quantile_within(x, 0.5, axis, "linear", keepdims)


@traced("nanpercentile", "nanquantile")
def nanquantile_within(x: Shape, q: Any, axis: Any, keepdims: Any) -> Shape:
    """One quantile of everything; TensorFlow does not tell what several are."""
    if axis is not None or _shape_of(q).rank:
        raise Undecided("what TensorFlow infers of several quantiles")
    return reduce_shape(x, None, keepdims)


@traced("nanmedian")
def nanmedian_within(x: Shape, axis: Any, keepdims: Any) -> Shape:
    """One quantile."""
    return nanquantile_within(x, 0.5, axis, keepdims)
