"""Operations that make tensors from sizes and numbers, or like another tensor."""

from __future__ import annotations

import math
from typing import Any

from kerashape.keras.dtypes import ITEMSIZE
from kerashape.keras.graph import Tensor
from kerashape.keras.layers.base import Array
from kerashape.keras.ops import dtypes
from kerashape.keras.ops.base import AnySpec, Operand, Spec, on_backend_too, op, traced
from kerashape.keras.ops.inference import all_given
from kerashape.keras.ops.sizes import SizeTensor, size, sizes
from kerashape.shapes import Dim, Fault, Shape, Symbol, Undecided, Unknown, unknown_dim
from kerashape.shapes.axes import canonical_axis, integer
from kerashape.shapes.broadcast import broadcast


@op("empty", "shape, dtype=None", dtypes.default_float, node=False)
@op("ones", "shape, dtype=None", dtypes.default_float, node=False)
@op("zeros", "shape, dtype=None", dtypes.default_float, node=False)
def of_shape(shape: Any) -> Shape:
    """The shape that is asked for."""
    return sizes(shape)


@op("full", "shape, fill_value, dtype=None", dtypes.floatx)
def full(shape: Any, fill_value: Operand) -> Shape:
    """The shape that is asked for."""
    if isinstance(shape, int):
        raise Fault(
            "bad-argument",
            f"Cannot convert '{shape}' to a shape.",
            argument="shape",
            expected="a tuple of integers",
            found=shape,
        )
    return sizes(shape)


@on_backend_too("full")
def full_of_data(shape: Any, fill_value: Operand) -> Shape:
    """The shape that is asked for."""
    if isinstance(shape, int):
        raise Fault(
            "bad-argument",
            "hape must be ",  # "Shape must be rank 1" within a graph, "shape must be a vector"
            argument="shape",
            expected="a tuple of integers",
            found=shape,
        )
    return sizes(shape)


@op("empty_like", "x, dtype=None")
@op("ones_like", "x, dtype=None")
@op("zeros_like", "x, dtype=None")
@op("array", "x, dtype=None")
def like(x: Shape) -> Shape:
    """The shape of the other."""
    return x


@op("full_like", "x, fill_value, dtype=None")
def full_like(x: Shape) -> Shape:
    """The shape of the other."""
    return x


@op("identity", "n, dtype=None", dtypes.default_float, node=False)
def identity(n: Any) -> Shape:
    """(n, n)."""
    return sizes((n, n))


@op("tri", "N, M=None, k=0, dtype=None", dtypes.default_float, node=False)
def tri(N: Any, M: Any) -> Shape:
    """(N, M); square by default."""
    return sizes((N, N if M is None else M))


@op("eye", "N, M=None, k=0, dtype=None", dtypes.default_float, node=False)
def eye(N: Any, M: Any, k: Any) -> Shape:
    """(N, M), square by default; off the main diagonal it may come out larger."""
    for name, side in (("N", N), ("M", M)):
        if isinstance(side, float):
            raise Fault(
                "bad-argument",
                f"Argument `{name}` must be an integer",
                argument=name,
                expected="an integer",
                found=side,
            )
    rows, columns = sizes((N, N if M is None else M))
    if isinstance(k, int) and k == 0:
        return Shape((rows, columns))
    if not all(isinstance(number, int) for number in (rows, columns, k)):
        raise Undecided("a diagonal of a matrix whose size is not known")
    side = min(columns - k, rows + k)
    if side < 0:
        raise Fault(
            "bad-argument",
            "must be >= 0",
            argument="k",
            expected="a diagonal within the matrix",
            found=k,
        )
    # As Keras pads an identity: what is cut on the one side is added on the other.
    below, above = max(-k, 0), max(k, 0)
    return Shape((side + below + max(rows - columns + k, 0),  # type: ignore[operator]
                  side + above + max(columns - rows - k, 0)))  # type: ignore[operator]  # fmt: skip


@op("arange", "start, stop=None, step=None, dtype=None")
def arange(start: Any, stop: Any, step: Any, dtype: Any) -> Spec:
    """As many steps as fit between the two, which TensorFlow counts."""
    given = [number for number in (start, stop, step) if number is not None]
    if any(isinstance(number, (Tensor, Array)) for number in given):
        raise Undecided("the bounds of the range are tensors")
    if stop is None:
        start, stop = 0, start
    if dtype is not None:
        kind = dtypes.standardize_dtype(dtype)
    else:
        kinds: list[dtypes.Kind] = [
            int if isinstance(number, Symbol) else type(number) for number in given
        ]
        kind = dtypes.result_type(*kinds)
    whole = not any(isinstance(number, float) for number in given)
    if kind == "bool" or (kind not in dtypes.FLOATS and not whole):
        raise Fault(
            "bad-argument",
            "Cannot convert ",
            argument="dtype",
            expected="a dtype that holds the bounds",
            found=kind,
        )
    step = 1 if step is None else step
    if kind.startswith("uint") and not isinstance(step, Symbol) and step < 0:
        raise Undecided("a falling range of unsigned numbers")
    return Spec(Shape((range_size(start, stop, step),)), kind)


@traced("arange")
def arange_in_call(start: Any, stop: Any, step: Any, dtype: Any) -> Spec:
    """Within a layer's ``call`` the bounds may be sizes that are decided at run time.

    Source: ``arange`` in ``keras.src.backend.tensorflow.numpy``, and ``tf.range``.
    """
    given = [number for number in (start, stop, step) if number is not None]
    if "uint" in str(dtype) and any(isinstance(n, int) and n < 0 for n in given):
        raise Undecided("a number below 0 among unsigned ones")
    if not any(isinstance(number, Tensor) for number in given):
        return arange(start, stop, step, dtype)
    if any(not isinstance(number, (Tensor, Symbol, int)) for number in given):
        raise Undecided("the bounds of the range are not known")
    if dtype is None:
        dtype = dtypes.result_type(*(n.dtype if isinstance(n, Tensor) else int for n in given))
    bounds = [size(number) for number in given]
    first, last = (0, bounds[0]) if stop is None else bounds[:2]
    by = 1 if step is None else bounds[-1]
    open_ = None in (first, last, by)
    count = None if open_ else range_size(first, last, by)
    return Spec(Shape((count,)), dtypes.standardize_dtype(dtype))


def range_size(start: Any, stop: Any, step: Any) -> Dim:
    """How many numbers there are from ``start`` up to, not including, ``stop``.

    Raises:
        Fault: ``bad-argument`` for a step of 0.
    """
    if any(isinstance(number, Unknown) for number in (start, stop, step)):
        return unknown_dim()
    if isinstance(step, (int, float)) and step == 0:
        raise Fault(
            "bad-argument", "Requires delta != 0", argument="step", expected="another step", found=0
        )
    distance = stop - start
    numbers = isinstance(distance, (int, float)) and isinstance(step, (int, float))
    if numbers and (distance < 0 < step or step < 0 < distance):
        sign, words = (">", "<=") if step > 0 else ("<", ">=")
        raise Fault(
            "bad-argument",
            f"Requires start {words} limit when delta {sign} 0",
            expected="a range that is not empty",
            found=f"{start} to {stop}",
        )
    if isinstance(distance, Symbol) or isinstance(step, Symbol):
        size: Dim = distance if isinstance(step, int) and step == 1 else unknown_dim()
        return size
    if isinstance(distance, int) and isinstance(step, int):
        return max(0, -(-distance // step))
    count: int = math.ceil(distance / step)
    return max(0, count)


@op(
    "linspace",
    "start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0",
    outputs=None,
)
def linspace(start: AnySpec, stop: Operand, num: Any, retstep: Any, dtype: Any, axis: Any) -> Any:
    """A new axis of ``num`` between the two."""
    points = between(start, stop, num, dtype, axis)
    return (points, None) if retstep else points


@op("logspace", "start, stop, num=50, endpoint=True, base=10, dtype=None, axis=0")
@op("geomspace", "start, stop, num=50, endpoint=True, dtype=None, axis=0")
def between(start: AnySpec, stop: Operand, num: Any, dtype: Any, axis: Any) -> Spec:
    """A new axis of ``num`` between the two."""
    common = broadcast(start.shape, stop)
    place = canonical_axis(axis, common.rank + 1)
    kind = start.dtype if dtype is None else dtypes.standardize_dtype(dtype)
    return Spec(
        Shape((*common[:place], num, *common[place:])), dtypes.apply_rule(dtypes.spaced, [kind])
    )


@traced("linspace")
def linspace_within(
    start: AnySpec, stop: AnySpec, num: Any, endpoint: Any, retstep: Any, dtype: Any, axis: Any
) -> Any:
    """The same; beside a size that is None, TensorFlow knows those of the first above 1 alone."""
    points = logspace_within(start, stop, num, dtype, axis)
    if not retstep:
        return points
    if num > (1 if endpoint else 0):
        return points, Spec(broadcast(start.shape, stop.shape), points.dtype)
    return points, Spec(Shape(), dtypes.FLOATX)


@traced("logspace")
def logspace_within(start: AnySpec, stop: AnySpec, num: Any, dtype: Any, axis: Any) -> Spec:
    """The same; see :func:`linspace_within`."""
    one, other = start.shape, stop.shape
    common = broadcast(one, other)
    if not all_given([*one, *other]):  # of the second one nothing is kept
        first = [None] * (common.rank - one.rank) + [dim if dim != 1 else None for dim in one]
        common = Shape(first)
    kind = dtype
    if dtype is None:
        kind = dtypes.apply_rule(dtypes.promoted_float, [start.dtype, stop.dtype])
    spec = between(Spec(common, kind), common, num, dtype, axis)
    return Spec(spec.shape, kind if dtype is None else dtypes.standardize_dtype(dtype))


@on_backend_too("geomspace")
def geomspace_within(start: AnySpec, stop: AnySpec, num: Any, dtype: Any, axis: Any) -> Spec:
    """The same, with the signs of the first one."""
    if dtype is not None and "float" not in dtypes.standardize_dtype(dtype):
        raise Undecided("logarithms of integers")
    kind = dtypes.standardize_dtype(dtype)
    points = logspace_within(Spec(start.shape, kind), Spec(stop.shape, kind), num, kind, axis)
    return Spec(broadcast(points.shape, start.shape), kind)


def _window(name: str, parameters: str) -> None:
    @op(name, parameters, dtypes.floatx, node=False)
    def window(x: Any) -> Shape:
        """A window function of that many points."""
        if isinstance(x, Tensor):
            raise Fault(
                "not-a-tensor",
                f"{name.capitalize()} operation does not support symbolic tensors. "
                "Received input x = ",
                argument="x",
                expected="an integer",
                found=x,
            )
        if isinstance(x, float):
            raise Undecided("the number of points is no integer")
        return sizes((integer(x, "x"),))


for _name in ("bartlett", "blackman", "hamming", "hanning"):
    _window(_name, "x")
_window("kaiser", "x, beta")


@traced("kaiser")
def kaiser_within(x: Any, beta: Any) -> Shape:
    """The same; one window."""
    if not isinstance(beta, (int, float)):
        raise Undecided("windows of several shapes")
    return window_within(x)


@traced("blackman", "hamming", "hanning")
def window_within(x: Any) -> Shape:
    """The same; of a tensor, how many points there are is known at run time."""
    if isinstance(x, SizeTensor) or not isinstance(x, (int, Tensor)):
        raise Undecided("the number of points is not known")
    if isinstance(x, int):
        return Shape((x,))
    if x.shape.rank:
        raise Undecided("several numbers of points")
    return Shape((None,))


@op("view", "x, dtype=None", takes_dtype=False)
def view(x: Spec, dtype: Any) -> Spec:
    """The same bytes as another dtype: the last axis changes with the item size."""
    if isinstance(dtype, Unknown) or isinstance(x.dtype, Unknown):
        raise Undecided("a dtype is not known")
    old = dtypes.standardize_dtype(x.dtype)
    new = old if dtype is None else dtypes.standardize_dtype(dtype)
    shape, before, after = x.shape, ITEMSIZE[old], ITEMSIZE[new]
    if before == after:
        return Spec(shape, new)
    if not shape.open and shape.rank == 0:
        raise Fault(
            "op-mismatch",
            "Cannot view a scalar as a different dtype if item sizes are different.",
            expected="1 or more dimensions",
            found=shape,
        )
    last = shape[-1]
    if last is None:
        return Spec(shape, new)
    if isinstance(last, int) and last * before % after:
        raise Fault(
            "op-mismatch",
            f"Cannot view array of shape {shape} and dtype {old} as dtype {new} because the total "
            "number of bytes is not divisible by the new itemsize.",
            expected=f"a multiple of {after} bytes",
            found=shape,
        )
    return Spec(shape.replace(-1, last * before // after), new)
