"""Operations that pick elements: by index, by mask, by rank; and that put them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kerashape.keras.graph import Tensor
from kerashape.keras.layers.base import Array
from kerashape.keras.ops import dtypes
from kerashape.keras.ops.base import Operand, Spec, as_array, eager, on_backend_too, op, traced
from kerashape.keras.ops.inference import BackendFault, keras_checks, merge
from kerashape.keras.ops.sizes import SizeTensor, static
from kerashape.keras.ops.sizes import size as size_of
from kerashape.keras.standardize import standardize_shape
from kerashape.shapes import Dim, Fault, Shape, Symbol, Undecided, Unknown, unknown_dim
from kerashape.shapes.axes import canonical_axis, integer
from kerashape.shapes.broadcast import broadcast, list_text
from kerashape.shapes.indexing import (
    AT_RUN_TIME,
    KERAS,
    NUMPY,
    TENSORFLOW,
    ArrayIndex,
    subscript,
)
from kerashape.shapes.reshape import product


@op("get_item", "x, key")
def get_item(x: Shape, key: Any) -> Shape:
    """``x[key]`` of a symbolic tensor: an int, or a tuple of ints, slices, None and ``...``."""
    if isinstance(key, Unknown):
        raise Undecided(key.reason)
    items = key if isinstance(key, (tuple, list)) else (key,)
    if not isinstance(key, (int, tuple, list, Symbol)):
        _unsupported(key)
    for item in items:
        if not isinstance(item, (int, slice, Symbol, Unknown, type(None), type(Ellipsis))):
            _unsupported(key)
    if sum(item is Ellipsis for item in items) > 1:
        raise Fault(
            "bad-argument",
            f"Slice should only have one ellipsis. Received: `{key}`",
            expected="one ellipsis",
            found=key,
        )
    return subscript(x, _Key(items), KERAS)


class _Key(tuple[Any, ...]):
    """A tuple that prints a single index without brackets, as Keras was given it."""

    __slots__ = ()

    def __str__(self) -> str:
        return str(self[0]) if len(self) == 1 else super().__str__()


def _unsupported(key: Any) -> None:
    raise Fault(
        "op-mismatch",
        "Unsupported key type for array slice. Received: `"
        + (f"{key}`" if isinstance(key, (slice, str, float, type(None))) else ""),
        expected="an integer or a tuple of integers and slices",
        found=key,
        help="write the index as a tuple, e.g. x[1:, ...]" if isinstance(key, slice) else None,
    )


@eager("get_item")
def get_item_of_data(x: Shape, key: Any) -> Shape:
    """``x[key]`` of an array."""
    return subscript(x, array_key(key), NUMPY)


@traced("get_item")
def get_item_within(x: Shape, key: Any) -> Shape:
    """``x[key]`` of a tensor of TensorFlow: a list counts as a tuple, a mask stands alone."""
    if isinstance(key, (Tensor, Array)) and isinstance(key.dtype, Unknown):
        raise Undecided(key.dtype.reason)
    if isinstance(key, (Tensor, Array)) and key.dtype == "bool":
        return subscript(x, ArrayIndex(key.shape, True), TENSORFLOW)
    items = key if isinstance(key, (tuple, list)) else (key,)
    return subscript(x, tuple(_scalar_key(item) for item in sliced_within(items)), TENSORFLOW)


def sliced_within(items: Sequence[Any]) -> tuple[Any, ...]:
    """The index with what is known of the tensors that bound its slices.

    TensorFlow takes all bounds together: where one is decided at run time it infers the size of
    no axis but those that are taken whole.
    """
    bounds = [bound for item in items if isinstance(item, slice) for bound in _bounds(item)]
    tensors = [
        size_of(bound)
        if isinstance(bound, SizeTensor)
        else unknown_dim()  # it may be inferred, too
        for bound in bounds
        if isinstance(bound, Tensor)
    ]
    if any(known is None for known in tensors):
        return tuple(slice(AT_RUN_TIME) if _is_cut(item) else item for item in items)
    if all(isinstance(known, int) for known in tensors):
        return tuple(
            slice(*map(static, _bounds(item))) if isinstance(item, slice) else item
            for item in items
        )
    return tuple(slice(unknown_dim()) if _is_cut(item) else item for item in items)


def _bounds(part: slice) -> tuple[Any, Any, Any]:
    return part.start, part.stop, part.step


def _is_cut(item: Any) -> bool:
    return isinstance(item, slice) and not (item.start is None and item.stop is None)


def _scalar_key(item: Any) -> Any:
    """One item of an index of TensorFlow, where an array is none."""
    if isinstance(item, slice):
        return item
    if isinstance(item, (Tensor, Array)) and not item.shape.open and item.shape.rank == 0:
        return unknown_dim()
    if isinstance(item, list) or (
        isinstance(item, (Tensor, Array)) and not item.shape.open and item.dtype != "bool"
    ):
        raise Fault(
            "op-mismatch",
            "Only integers, slices (`:`), ellipsis (`...`), tf.newaxis (`None`) and scalar "
            "tf.int32/tf.int64 tensors are valid indices",
            expected="integers or slices",
            found=item,
        )
    if isinstance(item, (Tensor, Array)):
        raise Undecided("an index that is a tensor")
    return item


def array_key(key: Any) -> Any:
    """The index with an :class:`ArrayIndex` for each array or list in it."""
    if isinstance(key, tuple):  # within, a tuple is a list of indices
        return tuple(array_key(list(item) if isinstance(item, tuple) else item) for item in key)
    if isinstance(key, list):
        if not key:
            raise Undecided("an empty list as an index")
        spec = as_array(key)
    elif isinstance(key, (Tensor, Array)):
        spec = Spec(key.shape, key.dtype)
    else:
        return key
    if isinstance(spec.dtype, Unknown):
        raise Undecided(spec.dtype.reason)
    return ArrayIndex(spec.shape, spec.dtype == "bool")


@op("take", "x, indices, axis=None")
def take(x: Shape, indices: Any, axis: Any) -> Shape:
    """The indices' shape in place of the axis; of the flattened tensor by default."""
    picked = _index_shape(indices)
    if axis is None:
        return picked
    place = canonical_axis(axis, x.rank)
    return x[:place] + picked + x[place + 1 :]


def _index_shape(indices: Any) -> Shape:
    if isinstance(indices, Unknown):
        return Shape.unknown()
    if isinstance(indices, (str, dict, type(None))):  # to numpy, a scalar
        return Shape()
    return as_array(indices).shape


@op("take_along_axis", "x, indices, axis=None")
def take_along_axis(x: Shape, indices: Shape, axis: Any) -> Shape:
    """The indices' size on the axis; the other axes broadcast."""
    flat = Shape((product(tuple(x)),)) if axis is None else x
    if flat.rank != indices.rank:
        raise Fault(
            "op-mismatch",
            "`x` and `indices` must have the same number of dimensions, but receive shape "
            f"{list_text(flat)} and {list_text(indices)}.",
            expected=f"{flat.rank} dimensions",
            found=indices,
        )
    place = 0 if axis is None else canonical_axis(axis, x.rank)
    return broadcast(flat.replace(place, indices[place]), indices)


@on_backend_too("take_along_axis")
def take_along_axis_within(x: Shape, indices: Shape, axis: Any) -> Shape:
    """The same; without an axis the indices are a vector."""
    if axis is None and indices.rank != 1:
        raise BackendFault(
            "op-mismatch",
            f"`indices` must be 1D if axis=None. Received: indices.shape={indices}",
            argument="indices",
            expected="1 dimension",
            found=indices,
        )
    with keras_checks():
        return take_along_axis(x, indices, axis)


@op("slice", "inputs, start_indices, shape")
def slice_(inputs: Shape, start_indices: Any, shape: Any) -> Shape:
    """A part of the given shape; -1 for what is left of an axis."""
    if len(shape) != inputs.rank:
        raise Fault(
            "op-mismatch",
            "The number of dimensions in `inputs` must match the number of dimensions in `shape`. "
            f"Received inputs.shape={inputs} and shape={shape}",
            argument="shape",
            expected=f"{inputs.rank} sizes",
            found=shape,
        )
    known = isinstance(start_indices, (list, tuple, str))
    if known and len(start_indices) != inputs.rank:
        raise Fault(
            "op-mismatch",
            "The number of dimensions in `start_indices` must match the number of dimensions in "
            f"`inputs`. Received start_indices={start_indices} and inputs.shape={inputs}",
            argument="start_indices",
            expected=f"{inputs.rank} indices",
            found=start_indices,
        )
    dims: list[Dim] = []
    for i, (size, wanted) in enumerate(zip(inputs, shape)):
        if not isinstance(wanted, int) or wanted != -1:
            dims.append(wanted)
        elif size is None or isinstance(start_indices, Tensor):
            dims.append(None)
        elif known and isinstance(start_indices[i], (int, Symbol)):
            dims.append(size - start_indices[i])
        else:
            dims.append(unknown_dim())
    return Shape(dims)


@op("slice_update", "inputs, start_indices, updates")
@op("scatter_update", "inputs, indices, updates, reduction=None")
def keeps_inputs(inputs: Shape) -> Shape:
    """The shape of what is updated."""
    return inputs


@op("scatter", "indices, values, shape", dtype_of="values")
def scatter(values: Shape, shape: Any) -> Shape:
    """The shape that is asked for."""
    return standardize_shape(shape)


@op("searchsorted", "sorted_sequence, values, side='left'", class_name="SearchSorted")
def searchsorted(sorted_sequence: Spec, values: Shape) -> Spec:
    """The position of each value in a sorted vector."""
    sequence = sorted_sequence.shape
    if sequence.rank != 1:
        raise Fault(
            "op-mismatch",
            "searchsorted only supports 1-D sorted sequences.",
            expected="1 dimension",
            found=sequence,
        )
    length = sequence[0]
    if isinstance(length, Symbol):
        return Spec(values, Unknown("the length of the sequence is not known"))
    return Spec(values, "int64" if length is None or length >= 2**31 else "int32")


@op("digitize", "x, bins", dtypes.int32)
def digitize(x: Shape, bins: Shape) -> Shape:
    """The bin of each element."""
    if bins.rank > 1:
        raise Fault(
            "op-mismatch",
            "`bins` must be a 1D array. Received: bins=",
            argument="bins",
            expected="1 dimension",
            found=bins,
        )
    return x


@op("nonzero", "x", dtypes.int32, outputs=None)
def nonzero(x: Shape) -> tuple[Shape, ...]:
    """The positions, one vector an axis."""
    return (Shape((None,)),) * x.rank


@op("top_k", "x, k, sorted=True", class_name="TopK", outputs=2)
def top_k(x: Spec, k: Any) -> tuple[Spec, Spec]:
    """The k largest of the last axis, and their positions."""
    if not x.shape.open and x.shape.rank == 0:
        raise Fault(
            "op-mismatch",
            "list assignment index out of range",
            expected="one dimension or more",
            found=x.shape,
        )
    shape = x.shape[:-1] + (k,)
    return Spec(shape, x.dtype), Spec(shape, "int32")


@op("in_top_k", "targets, predictions, k", dtypes.boolean, class_name="InTopK")
def in_top_k(targets: Shape, predictions: Shape) -> Shape:
    """Whether each target is among the k best."""
    return targets


@on_backend_too("in_top_k")
def in_top_k_within(targets: Shape, predictions: Shape) -> Shape:
    """The same; both tell how many there are."""
    if targets.rank != 1 or predictions.rank != 2:
        raise Undecided("other tensors than a vector and a matrix")
    return Shape((merge(targets[0], predictions[0]),))


@op("unravel_index", "indices, shape", outputs=None)
def unravel_index(indices: Shape, shape: Any) -> list[Shape]:
    """The coordinates, one tensor an axis."""
    if any(dim is None for dim in shape):
        return [Shape((None,)) for _ in shape]
    return [indices for _ in shape]


@on_backend_too("unravel_index")
def unravel_index_on_backend(indices: Shape, shape: Any) -> list[Shape]:
    """The same of a shape of numbers."""
    if not all(isinstance(dim, (int, Symbol, type(None))) for dim in shape):
        raise Undecided("a shape of other things than numbers")
    return unravel_index(indices, shape)


@op("one_hot", "x, num_classes, axis=-1, dtype=None, sparse=False", dtypes.floatx)
def one_hot(x: Operand, num_classes: Any, axis: Any, dtype: Any, sparse: Any) -> Spec:
    """A new axis of ``num_classes``."""
    if isinstance(dtype, Unknown):
        raise Undecided(dtype.reason)
    kind = dtypes.standardize_dtype(dtype)
    return Spec(_with_classes(x, num_classes, axis), kind, bool(sparse))


def _with_classes(x: Shape, num_classes: Any, axis: Any) -> Shape:
    if integer(axis) == -1:
        return x + (num_classes,)
    if 0 <= axis < x.rank:
        return x[:axis] + (num_classes,) + tuple(x[axis:])
    raise Fault(
        "op-mismatch",
        f"axis must be -1 or between [0, {x.rank}), but received {axis}.",
        argument="axis",
        expected=f"-1 or an axis of {x}",
        found=axis,
    )


@op(
    "multi_hot",
    "inputs, num_classes=None, axis=-1, dtype=None, sparse=False, **kwargs",
    takes_dtype=False,
)
def multi_hot(inputs: Spec, num_classes: Any, axis: Any, sparse: Any, kwargs: Any) -> Spec:
    """A vector of ``num_classes`` for each row."""
    if num_classes is None:
        num_classes = kwargs.get("num_tokens")
    if num_classes is None:
        raise Fault(
            "bad-argument",
            "Argument `num_classes` must be specified.",
            argument="num_classes",
            expected="an integer",
        )
    shape = _with_classes(inputs.shape, num_classes, axis)
    kept = shape[-1:] if shape.rank == 2 else shape[:1] + tuple(shape[2:])
    return Spec(kept, inputs.dtype, bool(sparse))


@on_backend_too("multi_hot")
def multi_hot_on_backend(
    inputs: Spec, num_classes: Any, axis: Any, dtype: Any, sparse: Any, kwargs: Any
) -> Spec:
    """As ``multi_hot``, in the dtype that is asked for."""
    if inputs.shape.rank == 0 or axis != -1:
        raise Undecided("a scalar is not encoded")
    result = multi_hot(inputs, num_classes, axis, sparse, kwargs)
    if isinstance(dtype, Unknown):
        return Spec(result.shape, dtype, result.sparse)
    return Spec(result.shape, dtypes.standardize_dtype(dtype), result.sparse)


@on_backend_too("one_hot")
def one_hot_on_backend(x: Operand, num_classes: Any, axis: Any, dtype: Any, sparse: Any) -> Spec:
    """As ``one_hot``; the new axis may be the last one, counted from the front.

    A single number has but one place for it.
    """
    last = axis == x.rank or (x.rank == 0 and isinstance(axis, int))
    return one_hot(x, num_classes, -1 if last else axis, dtype, sparse)


@op("segment_max", "data, segment_ids, num_segments=None, sorted=False")
@op("segment_min", "data, segment_ids, num_segments=None, sorted=False")
@op("segment_prod", "data, segment_ids, num_segments=None, sorted=False")
@op("segment_sum", "data, segment_ids, num_segments=None, sorted=False")
def segment(data: Shape, segment_ids: Shape, num_segments: Any) -> Shape:
    """Axis 0 reduced by segment."""
    if not segment_ids.open and segment_ids.rank > 1:
        raise Fault(
            "op-mismatch",
            f"Argument `segment_ids` should be an 1-D vector, got shape: {segment_ids.rank}.",
            argument="segment_ids",
            expected="1 dimension",
            found=segment_ids,
        )
    given = segment_ids[0]
    if isinstance(given, int) and isinstance(data[0], int) and given != data[0]:
        raise Fault(
            "op-mismatch",
            "Argument `segment_ids` and `data` should have same leading dimension. "
            f"Got {segment_ids} v.s. {data}.",
            expected=f"{data[0]} segment ids",
            found=given,
        )
    return (num_segments,) + data[1:]
