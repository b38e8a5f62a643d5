"""numpy's arrays made from sizes, from lists and at random (see :mod:`kerashape.keras.ops.numpy`)."""

from __future__ import annotations

from typing import Any

from kerashape.keras.graph import DType, Tensor
from kerashape.keras.layers.base import Array
from kerashape.keras.ops.base import Spec
from kerashape.keras.ops.creation import range_size
from kerashape.keras.ops.library import NOT_AN_ARRAY, Library, first
from kerashape.keras.ops.numpy_dtypes import of_number, promoted, standardize
from kerashape.keras.ops.sizes import sizes
from kerashape.shapes import Fault, Shape, Symbol, Undecided, Unknown, unknown_dim
from kerashape.shapes.broadcast import broadcast

NUMPY_TEXTS = {
    "Cannot broadcast shape": "could not be broadcast",
    "Inner dimensions": "mismatch in its core dimension",
    "The total size of the tensor must be unchanged": "cannot reshape array of size",
    "There must be at most one unknown dimension": "can only specify one unknown dimension",
    "same shape except on the `axis` dim": "all the input array",
    "Every value in `x` must have the same shape": "all input arrays must have the same shape",
    "is out of bounds for an array": "is out of bounds for array of dimension",
    "is out of bounds for axis": "is out of bounds for axis",
    "too many indices for array": "too many indices for array",
    "must be divisible by `indices_or_sections`": "array split does not result in an equal",
    "Cannot squeeze axis": "cannot select an axis to squeeze out which has size not equal to one",
    "axis must be a list of the same length": "axes don't match array",
}
"""How numpy tells a fault, by a part of Keras's text. Other faults are not claimed."""

library = Library(
    "numpy",
    kind=first,
    on_symbolic=NOT_AN_ARRAY,
    gives_data=True,
    texts=NUMPY_TEXTS,
    of_list=lambda value: spec_of(value),
    named=lambda dtype: standardize(dtype, "float64"),
)
add, law = library.add, library.law


# -- creation ---------------------------------------------------------------------------


def asked(dtype: Any, default: DType) -> DType:
    """The dtype that is asked for."""
    return standardize(dtype, default)


@law("zeros ones empty", "shape, dtype=None, order='C', **kwargs")
def _filled(shape: Any, dtype: Any) -> Spec:
    return Spec(sizes(shape), asked(dtype, "float64"))


@law("full", "shape, fill_value, dtype=None, order='C', **kwargs")
def _full(shape: Any, fill_value: Any, dtype: Any) -> Spec:
    return Spec(sizes(shape), asked(dtype, spec_of(fill_value).dtype))


@law("zeros_like ones_like empty_like", "a, dtype=None, order='K', subok=True, shape=None")
def _like(a: Any, dtype: Any, shape: Any) -> Spec:
    other = spec_of(a)
    return Spec(other.shape if shape is None else sizes(shape), asked(dtype, other.dtype))


@law("full_like", "a, fill_value, dtype=None, order='K', subok=True, shape=None")
def _full_like(a: Any, dtype: Any, shape: Any) -> Spec:
    return _like(a, dtype, shape)


@law("eye", "N, M=None, k=0, dtype=None, order='C', **kwargs")
def _eye(N: Any, M: Any, dtype: Any) -> Spec:
    return Spec(sizes((N, N if M is None else M)), asked(dtype, "float64"))


@law("identity", "n, dtype=None, **kwargs")
def _identity(n: Any, dtype: Any) -> Spec:
    return Spec(sizes((n, n)), asked(dtype, "float64"))


@law("arange", "start, stop=None, step=1, dtype=None, **kwargs")
def _arange(start: Any, stop: Any, step: Any, dtype: Any) -> Spec:
    if stop is None:
        start, stop = 0, start
    kinds = [of_number(value) for value in (start, stop, step)]
    try:
        count = range_size(start, stop, step)
    except Fault:
        count = 0 if step != 0 else unknown_dim()
    except (Undecided, TypeError):
        count = unknown_dim()
    return Spec(Shape((count,)), asked(dtype, promoted(kinds)))


@law(
    "linspace",
    "start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0, **kwargs",
)
def _linspace(start: Any, stop: Any, num: Any, retstep: Any, dtype: Any, axis: Any) -> Any:
    common = broadcast(spec_of(start).shape, spec_of(stop).shape)
    if common.rank and axis != 0:
        raise Undecided("points between arrays along another axis")
    points = Spec(Shape((num,)) + common, asked(dtype, "float64"))
    return (points, Unknown("the step")) if retstep else points


@law("logspace geomspace", "start, stop, num=50, *args, **kwargs")
def _logspace(start: Any, stop: Any, num: Any) -> Spec:
    return Spec(Shape((num,)) + broadcast(spec_of(start).shape, spec_of(stop).shape), "float64")


@law("array", "object, dtype=None, *, copy=True, order='K', subok=False, ndmin=0, like=None")
def _array(object: Any, dtype: Any, ndmin: Any) -> Spec:
    if ndmin != 0:
        raise Undecided("the least number of dimensions")
    made = spec_of(object)
    return Spec(made.shape, asked(dtype, made.dtype))


@law("asarray asanyarray ascontiguousarray copy", "a, dtype=None, order=None, **kwargs")
def _asarray(a: Any, dtype: Any) -> Spec:
    return _array(a, dtype, 0)


def spec_of(value: Any) -> Spec:
    """The shape and dtype of ``numpy.array(value)``, as far as they are known."""
    if isinstance(value, (Array, Tensor, Spec)):
        return Spec(value.shape, value.dtype)
    if isinstance(value, Unknown):
        return Spec(Shape.unknown(), value)
    if isinstance(value, range):
        return Spec(Shape((len(value),)), "int64")
    if not isinstance(value, (list, tuple)):
        scalar = isinstance(value, (bool, int, float, complex, str, Symbol))
        return Spec(Shape() if scalar else Shape.unknown(), of_number(value))
    items = [spec_of(item) for item in value]
    if not items:
        return Spec(Shape((0,)), "float64")
    inner = items[0].shape
    for item in items[1:]:
        if not item.shape.same(inner):
            return Spec(Shape.unknown(), promoted([item.dtype for item in items]))
    return Spec(Shape((len(items),)) + inner, promoted([item.dtype for item in items]))


# -- random numbers -----------------------------------------------------------------------


def _drawn(size: Any, dtype: DType) -> Any:
    """An array of that size; a number if none is given."""
    return Unknown("a random number") if size is None else Spec(sizes(size), dtype)


@law("random.rand random.randn", "*dims")
def _rand(dims: Any) -> Any:
    return _drawn(tuple(dims) or None, "float64")


@law("random.random_sample random.ranf random.sample", "size=None")
@law("random.random random.standard_normal", "size=None, dtype=None, out=None")
def _random(size: Any, dtype: Any = None) -> Any:
    return _drawn(size, asked(dtype, "float64"))


@law("random.normal random.laplace random.gumbel random.logistic", "loc=0.0, scale=1.0, size=None")
@law("random.uniform", "low=0.0, high=1.0, size=None")
@law("random.beta", "a, b, size=None")
@law("random.gamma", "shape, scale=1.0, size=None")
@law("random.lognormal", "mean=0.0, sigma=1.0, size=None")
@law("random.exponential random.rayleigh", "scale=1.0, size=None")
@law("random.chisquare random.standard_t", "df, size=None")
def _distributed(size: Any) -> Any:
    return _drawn(size, "float64")


@law("random.multivariate_normal", "mean, cov, size=None, check_valid='warn', tol=1e-08, **kwargs")
def _multivariate(mean: Any, size: Any) -> Spec:
    drawn = Shape(()) if size is None else sizes(size)
    return Spec(drawn + spec_of(mean).shape, "float64")


@law("random.dirichlet", "alpha, size=None")
def _dirichlet(alpha: Any, size: Any) -> Spec:
    return _multivariate(alpha, size)


@law("random.poisson", "lam=1.0, size=None")
@law("random.binomial", "n, p, size=None")
def _binomial(size: Any) -> Any:
    return _drawn(size, "int64")


@law("random.randint", "low, high=None, size=None, dtype=None")
@law("random.integers", "low, high=None, size=None, dtype=None, endpoint=False")
def _integers(size: Any, dtype: Any) -> Any:
    return _drawn(size, asked(dtype, "int64"))


@law("random.random_integers", "low, high=None, size=None")
def _random_integers(size: Any) -> Any:
    return _drawn(size, "int64")


@law("random.choice", "a, size=None, replace=True, p=None, axis=0, shuffle=True")
def _choice(a: Any, size: Any, axis: Any) -> Any:
    if isinstance(a, (int, Symbol)):
        return _drawn(size, "int64")
    made = spec_of(a)
    if size is None:
        return Unknown("a random element")
    if axis != 0:
        raise Undecided("a choice along another axis")
    return Spec(sizes(size) + made.shape[1:], made.dtype)


@law("random.permutation random.permuted", "x, axis=0, out=None")
def _permutation(x: Any) -> Spec:
    return Spec(Shape((x,)), "int64") if isinstance(x, (int, Symbol)) else spec_of(x)


@law("random.seed random.shuffle", "x=None, axis=0")
def _nothing() -> None:
    return None
