"""The functions of TensorFlow that pick parts of a tensor, or join rows by an index."""

from __future__ import annotations

from typing import Any

from kerashape.keras.ops.base import Operand, Spec
from kerashape.keras.ops.sizes import size, sizes, static
from kerashape.keras.ops.tensorflow import library
from kerashape.shapes import Dim, Fault, Shape, Undecided, unknown_dim
from kerashape.shapes.axes import canonical_axis
from kerashape.shapes.broadcast import broadcast_all

law = library.law


@law("gather", "params, indices, validate_indices=None, axis=None, batch_dims=0, name=None",
     dtype_of=("params",))  # fmt: skip
def gather(params: Shape, indices: Operand, axis: Any, batch_dims: Any) -> Shape:
    """The indices' shape in place of the axis."""
    place = canonical_axis(batch_dims if axis is None else axis, params.rank)
    batch = batch_dims if batch_dims >= 0 else indices.rank + batch_dims
    return Shape((*params[:place], *indices[batch:], *params[place + 1 :]))


@law("gather_nd", "params, indices, batch_dims=0, name=None, bad_indices_policy=''")
def gather_nd(params: Shape, indices: Operand, batch_dims: Any) -> Shape:
    """The last axis of the indices is a place in the first axes."""
    depth = indices[-1]
    if not isinstance(depth, int):
        raise Undecided("how many axes the indices pick from")
    return Shape((*indices[:-1], *params[batch_dims + depth :]))


@law("unsorted_segment_sum unsorted_segment_mean unsorted_segment_max unsorted_segment_min "
     "unsorted_segment_prod unsorted_segment_sqrt_n", "data, segment_ids, num_segments, name=None")  # fmt: skip
def unsorted_segments(data: Shape, segment_ids: Operand, num_segments: Any) -> Shape:
    """One row for each segment, in place of the axes of the ids."""
    if any(isinstance(a, int) and isinstance(b, int) and a != b for a, b in zip(data, segment_ids)):
        raise Undecided("segment ids of another shape than the data")
    return Shape((size(num_segments), *data[segment_ids.rank :]))


@law(
    "segment_sum segment_mean segment_max segment_min segment_prod", "data, segment_ids, name=None"
)
def segments(data: Shape) -> Shape:
    """As many rows as there are segments, which TensorFlow counts."""
    return Shape((None, *data[1:]))


@law("embedding_lookup", "params, ids, max_norm=None, name=None")
def embedding_lookup(params: Shape, ids: Operand) -> Shape:
    """The ids' shape in place of the first axis."""
    return ids + params[1:]


@law("boolean_mask", "tensor, mask, axis=None, name='boolean_mask'")
def boolean_mask(tensor: Shape, mask: Operand, axis: Any) -> Shape:
    """As many as the mask selects, in place of its axes."""
    place = 0 if axis is None else canonical_axis(axis, tensor.rank)
    return Shape((*tensor[:place], None, *tensor[place + mask.rank :]))


@law("slice", "input_, begin, size, name=None")
def slice_(input_: Shape, begin: Any, size: Any) -> Shape:
    """A part of the given size; -1 for what is left of an axis."""
    begin, wanted = static(begin), sizes(size)
    dims: list[Dim] = []
    for i, (dim, part) in enumerate(zip(input_, wanted)):
        if not isinstance(part, int) or part != -1:
            dims.append(part)
        elif isinstance(begin, (list, tuple)) and isinstance(begin[i], int) and dim is not None:
            dims.append(dim - begin[i])
        else:
            dims.append(None if dim is None else unknown_dim())
    return Shape(dims)


@law("split", "value, num_or_size_splits, axis=0, num=None, name='split'", outputs=None)
def split(value: Shape, num_or_size_splits: Any, axis: Any) -> list[Shape]:
    """Equal parts of an axis, or parts of the given sizes."""
    place = canonical_axis(axis, value.rank)
    parts, whole = static(num_or_size_splits), value[place]
    if isinstance(parts, int):
        if isinstance(whole, int) and whole % parts:
            raise Fault(
                "op-mismatch",
                "imension size must be evenly divisible by",
                argument="num_or_size_splits",
                expected=f"a divisor of {whole}",
                found=parts,
            )
        return [value.replace(place, None if whole is None else whole // parts)] * parts
    if not isinstance(parts, (list, tuple)):
        raise Undecided("how many parts there are")
    known = [part for part in parts if part != -1]
    rest = whole - sum(known) if isinstance(whole, int) and None not in known else None
    return [value.replace(place, rest if part == -1 else part) for part in parts]


@law("where", "condition, x=None, y=None, name=None", dtype_of=("x", "y"))
def where(condition: Operand, x: Operand | None, y: Operand | None) -> Shape | Spec:
    """The three broadcast; without the last two, the positions."""
    if x is None or y is None:
        return Spec(Shape((None, condition.rank)), "int64")
    return broadcast_all([condition, x, y])
