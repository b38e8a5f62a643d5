"""Operations that rearrange: the elements stay, the dimensions change."""

from __future__ import annotations

from typing import Any

from kerashape.keras.graph import Tensor
from kerashape.keras.layers.base import Array
from kerashape.keras.ops import dtypes
from kerashape.keras.ops.base import eager, on_backend_too, op, traced
from kerashape.keras.ops.inference import KerasCheck, given, keras_checks
from kerashape.keras.ops.sizes import size, sizes, static
from kerashape.keras.standardize import standardize_shape
from kerashape.shapes import Dim, Fault, Shape, Symbol, Undecided, Unknown, unknown_dim
from kerashape.shapes.axes import canonical_axes, canonical_axis, integer, item_axis
from kerashape.shapes.broadcast import broadcast
from kerashape.shapes.reshape import check_target, product, reshaped


@op("reshape", "x, newshape")
def reshape(x: Shape, newshape: Any) -> Shape:
    """The same elements in another shape; one dimension may be -1."""
    if isinstance(newshape, (Tensor, Array)):
        return _of_length(newshape.shape)
    if isinstance(newshape, Unknown):
        raise Undecided(newshape.reason)
    one = isinstance(newshape, (int, float, Symbol, type(None)))
    target = (newshape,) if one else tuple(newshape)
    check_target(target, "newshape")
    if x.open:
        return Shape(unknown_dim() if isinstance(d, int) and d == -1 else d for d in target)
    return reshaped(x.dims, target)


@traced("reshape")
def reshape_within(x: Shape, newshape: Any) -> Shape:
    """The same; sizes may be tensors of which is known what they hold.

    TensorFlow infers a size that is decided at run time where it is the only one
    (``SetOutputShapeForReshape`` in its common_shape_fns.cc).
    """
    target = static(newshape)
    if isinstance(target, Tensor):
        return sizes(target)
    if isinstance(target, (list, tuple)) and not x.open and all(d is not None for d in x.dims):
        left = [i for i, dim in enumerate(target) if dim is None or (type(dim) is int and dim < 1)]
        if len(left) == 1 and target[left[0]] is None:
            target = [-1 if i in left else dim for i, dim in enumerate(target)]
    return reshape(x, target)


def _of_length(shape: Shape) -> Shape:
    """The shape that a tensor of sizes describes."""
    if shape.rank == 1 and isinstance(shape[0], int) and shape[0]:
        return Shape((None,) * shape[0])
    if shape.rank == 1 and isinstance(shape[0], Symbol):
        return Shape.unknown()
    return Shape((None,))


@op("ravel", "x")
def ravel(x: Shape) -> Shape:
    """One axis with all elements."""
    return Shape((product(tuple(x)),))


@op("transpose", "x, axes=None")
def transpose(x: Shape, axes: Any) -> Shape:
    """The axes in another order; reversed by default."""
    if axes is None:
        return Shape(reversed(list(x)))
    rank = x.rank
    if len(axes) != rank:
        text = (
            "axis must be a list of the same length as the input shape, "
            f"expected {rank}, but received {len(axes)}."
        )
    elif not all(isinstance(a, int) and -rank <= a < rank for a in _known(axes)):
        text = (
            f"Each axis in `axes` must be an integer in [-{rank}, {rank}). "
            f"Received: axes={list(axes)}."
        )
    elif len({a % rank for a in axes}) != rank:
        text = (
            "`axes` must be a valid permutation of the input dimensions (no duplicates). "
            f"Received: axes={list(axes)} for input of rank {rank}."
        )
    else:
        return Shape(x[a] for a in axes)
    raise Fault(
        "op-mismatch",
        text,
        argument="axes",
        expected=f"a permutation of {rank} axes",
        found=tuple(axes),
    )


def _known(values: Any) -> list[Any]:
    for value in values:
        if isinstance(value, (Unknown, Symbol)):
            bool(value)  # raises Undecided
    return list(values)


@op("swapaxes", "x, axis1, axis2")
def swapaxes(x: Shape, axis1: Any, axis2: Any) -> Shape:
    """Two axes change places."""
    first, second = canonical_axis(axis1, x.rank), canonical_axis(axis2, x.rank)
    dims = list(x)
    dims[first], dims[second] = dims[second], dims[first]
    return Shape(dims)


@op("moveaxis", "x, source, destination")
def moveaxis(x: Shape, source: Any, destination: Any) -> Shape:
    """Some axes move to other places; the others keep their order."""
    sources = [source] if isinstance(source, int) else source
    destinations = [destination] if isinstance(destination, int) else destination
    if len(sources) != len(destinations):
        raise Fault(
            "bad-argument",
            "`source` and `destination` arguments must have the same number of elements, but "
            f"received `source={source}` and `destination={destination}`.",
            expected="the same number",
            found=f"{len(sources)} and {len(destinations)}",
        )
    taken = [canonical_axis(a, x.rank) for a in sources]
    places = dict(zip((canonical_axis(a, x.rank) for a in destinations), taken))
    if len(places) != len(taken) or len(set(taken)) != len(taken):
        raise Undecided("an axis is moved twice")
    others = iter([a for a in range(x.rank) if a not in taken])
    return Shape(x[places[i] if i in places else next(others)] for i in range(x.rank))


@op("expand_dims", "x, axis")
def expand_dims(x: Shape, axis: Any) -> Shape:
    """New axes of size 1."""
    if axis is None or isinstance(axis, (str, float)):
        raise Fault(
            "bad-argument",
            "The `axis` argument to `expand_dims` should be an integer, tuple or list. "
            f"Received axis={axis}",
            argument="axis",
            expected="an integer or a tuple",
            found=axis,
        )
    wanted = axis if isinstance(axis, (list, tuple)) else (axis,)
    if x.open and wanted == (-1,):
        return x + (1,)
    rank = x.rank + len(wanted)
    places = canonical_axes(wanted, rank)
    if len(set(places)) != len(places):
        raise Undecided("an axis is added twice")
    dims = iter(x)
    return Shape(1 if place in places else next(dims) for place in range(rank))


@op("squeeze", "x, axis=None")
def squeeze(x: Shape, axis: Any) -> Shape:
    """Axes of size 1 go; None is not 1."""
    if axis is None:
        return Shape(dim for dim in x if dim is None or dim != 1)
    if isinstance(axis, (str, float)):
        raise Fault(
            "bad-argument",
            f"`value` must be an integer, tuple or list. Received: value={axis}",
            argument="axis",
            expected="an integer or several",
            found=axis,
        )
    axes = axis if isinstance(axis, (list, tuple)) else (axis,)
    for a in axes:
        size = x[item_axis(a, x)]
        if not isinstance(size, Symbol) and size != 1:
            raise Fault(
                "op-mismatch",
                f"Cannot squeeze axis {a}, because the dimension is not 1.",
                argument="axis",
                expected="an axis of size 1",
                found=x,
            )
    gone = canonical_axes(axes, x.rank)
    if len(set(gone)) != len(gone):
        raise Undecided("an axis is squeezed twice")
    return Shape(dim for place, dim in enumerate(x) if place not in gone)


@eager("squeeze")
@traced("squeeze")
def squeeze_of_data(x: Shape, axis: Any) -> Shape:
    """An axis that is None may turn out to be 1; no axis means all that can go."""
    axis = None if isinstance(axis, (list, tuple)) and not axis else axis
    if axis is None and any(dim is None for dim in x):
        raise Undecided("which axes are of size 1")
    if axis is None:
        return squeeze(x, None)
    axes = axis if isinstance(axis, (list, tuple)) else (axis,)
    gone = [item_axis(a, x) for a in axes]
    return squeeze(Shape(1 if dim is None and i in gone else dim for i, dim in enumerate(x)), axis)


@op("broadcast_to", "x, shape")
def broadcast_to(x: Shape, shape: Any) -> Shape:
    """The tensor repeated to that shape."""
    wanted = standardize_shape(shape)
    broadcast(x, wanted)
    return wanted


@op("flip", "x, axis=None")
def flip(x: Shape, axis: Any) -> Shape:
    """The shape stays."""
    if axis is not None and not x.open:
        canonical_axes(axis, x.rank)
    return x


@on_backend_too("flip")
def flip_on_backend(x: Shape, axis: Any) -> Shape:
    """The same, of a single number too."""
    with keras_checks():
        return flip(x, axis)


@op("roll", "x, shift, axis=None")
def roll(x: Shape, axis: Any) -> Shape:
    """The shape stays."""
    return flip(x, axis)


@op("fliplr", "x")
def fliplr(x: Shape) -> Shape:
    """The shape stays; two axes at least."""
    return _of_least_rank(x, 2, "fliplr")


@op("flipud", "x")
def flipud(x: Shape) -> Shape:
    """The shape stays; one axis at least."""
    return _of_least_rank(x, 1, "flipud")


def _of_least_rank(x: Shape, rank: int, name: str) -> Shape:
    if not x.open and x.rank < rank:
        raise Fault(
            "op-mismatch",
            f"`{name}` requires input with {rank} or more dimensions. Received: x.shape={x}",
            expected=f"{rank} or more dimensions",
            found=x,
        )
    return x


@op("rot90", "array, k=1, axes=(0, 1)")
def rot90(array: Shape, axes: Any) -> Shape:
    """Keras swaps the two axes whatever ``k``."""
    if array.rank < 2:
        raise Fault(
            "op-mismatch",
            "Input array must have at least 2 dimensions. Received: array.shape=",
            expected="2 or more dimensions",
            found=array,
        )
    if len(axes) != 2 or axes[0] == axes[1]:
        raise Fault(
            "bad-argument",
            f"Invalid axes: {axes}. Axes must be a tuple of two different dimensions.",
            argument="axes",
            expected="two different axes",
            found=axes,
        )
    first, second = item_axis(axes[0], array), item_axis(axes[1], array)
    dims = list(array)
    dims[first], dims[second] = dims[second], dims[first]
    return Shape(dims)


@on_backend_too("rot90")
def rot90_by(array: Shape, k: Any, axes: Any) -> Shape:
    """The two axes change places on every second turn."""
    turned = rot90(array, axes)
    return turned if k % 2 else array


@op("tile", "x, repeats")
def tile(x: Shape, repeats: Any) -> Shape:
    """Each axis ``repeats`` times as long; missing leading axes count as 1."""
    times: list[Any] = [repeats] if isinstance(repeats, (int, Symbol)) else list(repeats)
    dims: list[Any] = list(x)
    times = [1] * (len(dims) - len(times)) + times
    dims = [1] * (len(times) - len(dims)) + dims
    return Shape(None if dim is None else dim * time for dim, time in zip(dims, times))


@traced("tile")
def tile_within(x: Shape, repeats: Any) -> Shape:
    """The same; numbers of times may be tensors, but not be one tensor."""
    if isinstance(repeats, Tensor):
        if repeats.shape.open:
            raise Undecided("whether it is one tensor that says how often")
        raise KerasCheck(
            "raw-op-on-symbolic-tensor",
            "Iterating over a symbolic `tf.Tensor` is not allowed",
            argument="repeats",
            expected="a list of integers",
            found=repeats.shape,
            help="give it a tuple such as (n, 1): the numbers in it may be tensors",
        )
    if not isinstance(repeats, (list, tuple)):
        return tile(x, repeats)
    times = [size(time) if isinstance(time, Tensor) else time for time in repeats]
    known = [1 if time is None else time for time in times]
    result = tile(x, known)
    dims = list(result)
    for place, time in enumerate(reversed(times), 1):
        if time is None:
            dims[-place] = None
    return Shape(dims)


@op("repeat", "x, repeats, axis=None")
def repeat(x: Shape, repeats: Any, axis: Any) -> Shape:
    """The elements along an axis (of the flattened tensor by default) several times each."""
    times = list(repeats) if isinstance(repeats, (list, tuple)) else [repeats]
    place = 0 if axis is None else item_axis(axis, x)
    flat = Shape((product(tuple(x)),)) if axis is None else x
    size = flat[place]
    if size is None:
        return flat
    if len(times) == 1:
        return flat.replace(place, size * times[0])
    if size != len(times):
        what = "`x` after flattening" if axis is None else f"`axis {axis} of x`"
        found = size if axis is None else f"[{', '.join(map(str, x))}]"
        raise Fault(
            "op-mismatch",
            f"Size of `repeats` and dimensions of {what} should be compatible. "
            f"Received: {len(times)} and {found}",
            argument="repeats",
            expected=f"{size} repeats",
            found=len(times),
        )
    return flat.replace(place, sum(times))


@eager("repeat")
def repeat_of_data(x: Shape, repeats: Any, axis: Any) -> Shape:
    """The same; a single number counts as a row of one."""
    return repeat(x if x.open or x.rank else Shape((1,)), repeats, axis)


@traced("repeat")
def repeat_within(x: Shape, repeats: Any, axis: Any) -> Shape:
    """The same; on the first axis, several numbers of times are added up at run time."""
    repeats = static(repeats)
    if repeats is None or isinstance(repeats, Tensor):
        flat = x if axis is not None else Shape((None,))
        return flat.replace(0 if axis is None else item_axis(axis, x), None)
    result = repeat_of_data(x, repeats, axis)
    several = isinstance(repeats, (list, tuple)) and len(repeats) > 1
    first = axis is None or item_axis(axis, result) == 0
    return result.replace(0, None) if several and first else result


@op("pad", "x, pad_width, mode='constant', constant_values=None")
def pad(x: Shape, pad_width: Any) -> Shape:
    """Each axis longer by what is put before and after it."""
    widths = _pad_widths(pad_width)
    if len(widths) == 1:
        widths = widths * x.rank
    if len(widths) != x.rank:
        raise Fault(
            "op-mismatch",
            f"`pad_width` must have the same length as `x.shape`. Received: pad_width={pad_width}",
            argument="pad_width",
            expected=f"{x.rank} pairs",
            found=len(widths),
        )
    return Shape(
        None if dim is None else dim + width[0] + width[1] for dim, width in zip(x, widths)
    )


def _pad_widths(pad_width: Any) -> list[Any]:
    if isinstance(pad_width, (int, Symbol)):
        return [(pad_width, pad_width)]
    if isinstance(pad_width[0], (int, Symbol)):
        return [pad_width]
    first = len(pad_width[0])
    if any(len(pair) != first for pair in pad_width):
        raise Fault(
            "bad-argument",
            "`pad_width` should be a list of tuples of length 1 or 2. "
            f"Received: pad_width={pad_width}",
            argument="pad_width",
            expected="as many widths for each axis",
            found=pad_width,
        )
    return [(pair[0], pair[0]) if len(pair) == 1 else pair for pair in pad_width]


@op("diag", "x, k=0")
def diag(x: Shape, k: Any) -> Shape:
    """A vector onto a diagonal of a matrix, or a matrix's diagonal."""
    if x.rank == 1:
        side = None if x[0] is None else x[0] + int(abs(k))
        return Shape((side, side))
    if x.rank == 2:
        return Shape((_diagonal(x[0], x[1], k),))
    raise Fault(
        "op-mismatch",
        f"`x` must be 1-D or 2-D, but received shape {x}.",
        expected="1 or 2 dimensions",
        found=x,
    )


@op("diagflat", "x, k=0")
def diagflat(x: Shape, k: Any) -> Shape:
    """The elements onto a diagonal of a matrix."""
    size = product(tuple(x))
    side = None if size is None else size + int(abs(k))
    return Shape((side, side))


@on_backend_too("diag")
def diag_within(x: Shape, k: Any) -> Shape:
    """The same; TensorFlow calculates with -1 for None, and takes 0 and above for known."""
    if x.rank != 1 or given(x[0]):
        return diag(x, k)
    side = abs(integer(k, "k")) - 1
    return Shape((None if side < 0 else side,) * 2)


@on_backend_too("diagflat")
def diagflat_within(x: Shape, k: Any) -> Shape:
    """As ``diag`` of the elements."""
    return diag_within(Shape((product(tuple(x)),)), k)


@op("diagonal", "x, offset=0, axis1=0, axis2=1")
def diagonal(x: Shape, offset: Any, axis1: Any, axis2: Any) -> Shape:
    """The diagonal of two axes, as a last axis."""
    first, second = canonical_axis(axis1, x.rank), canonical_axis(axis2, x.rank)
    if first == second:
        raise Fault(
            "bad-argument",
            f"`axis1` and `axis2` cannot be the same. Received: axis1={axis1}, axis2={axis2}",
            expected="two different axes",
        )
    rest = [dim for place, dim in enumerate(x) if place not in (first, second)]
    return Shape((*rest, _diagonal(x[first], x[second], offset)))


@on_backend_too("roll")
def roll_on_backend(x: Shape) -> Shape:
    """The shape stays; TensorFlow looks at the axis when it runs."""
    return x


@on_backend_too("diagonal")
def diagonal_on_backend(x: Shape, offset: Any, axis1: Any, axis2: Any) -> Shape:
    """The same; Keras looks at the axes first."""
    with keras_checks():
        return diagonal(x, offset, axis1, axis2)


@op("trace", "x, offset=0, axis1=0, axis2=1", dtypes.accumulated)
def trace(x: Shape, axis1: Any, axis2: Any) -> Shape:
    """Two axes go."""
    first, second = canonical_axis(axis1, x.rank), canonical_axis(axis2, x.rank)
    if first == second:
        raise Fault(
            "bad-argument",
            f"`axis1` and `axis2` must be different. Received: axis1={axis1}, axis2={axis2}",
            expected="two different axes",
        )
    return Shape(dim for place, dim in enumerate(x) if place not in (first, second))


def _diagonal(rows: Dim, columns: Dim, offset: Any) -> Dim:
    if rows is None or columns is None:
        return None
    if isinstance(rows, Symbol) or isinstance(columns, Symbol):
        return unknown_dim()
    remaining = columns - offset if offset > 0 else rows + offset
    return max(0, min(int(remaining), rows, columns))
