"""The functions of TensorFlow with laws of their own (see :mod:`kerashape.keras.ops.tensorflow`)."""

from __future__ import annotations

import math
from typing import Any

from kerashape.keras.graph import DType
from kerashape.keras.ops import dtypes
from kerashape.keras.ops.base import Operand, Shapes, Spec, as_array
from kerashape.keras.ops.creation import range_size
from kerashape.keras.ops.joining import concatenate_within, stack_within
from kerashape.keras.ops.library import always
from kerashape.keras.ops.operands import strings
from kerashape.keras.ops.shaping import expand_dims as new_axis
from kerashape.keras.ops.shaping import tile_within
from kerashape.keras.ops.sizes import SizeTensor, size, sizes, static
from kerashape.keras.ops.tensorflow import library
from kerashape.shapes import Dim, Fault, Shape, Symbol, Undecided, Unknown, unknown_dim
from kerashape.shapes.axes import canonical_axis, reduce_shape
from kerashape.shapes.broadcast import broadcast
from kerashape.shapes.product import matmul
from kerashape.shapes.reshape import product

law = library.law
_INT32, _BOOL = always("int32"), always("bool")


def asked(dtype: Any, default: DType) -> DType:
    """The dtype that is asked for."""
    if dtype is None:
        return default
    return dtype if isinstance(dtype, Unknown) else dtypes.standardize_dtype(dtype)


# -- sizes ----------------------------------------------------------------------------------


def _shape_of_data(input: Operand) -> Shape:
    return Shape((input.rank,))


@law("shape", "input, out_type=None, name=None", _INT32, when_eager=_shape_of_data)
def shape(input: Operand) -> SizeTensor:
    """The sizes, as a tensor."""
    return SizeTensor(tuple(input))


@law("rank", "input, name=None", _INT32, when_eager=lambda: Shape())
def rank(input: Operand) -> SizeTensor:
    """The rank, as a tensor."""
    return SizeTensor(input.rank)


@law("size", "input, out_type=None, name=None", _INT32, when_eager=lambda: Shape())
def size_of(input: Operand) -> SizeTensor:
    """The number of elements, as a tensor."""
    return SizeTensor(product(tuple(input)))


# -- creation ---------------------------------------------------------------------------------


@law("zeros ones", "shape, dtype='float32', name=None, layout=None")
@law("random.normal random.truncated_normal",
     "shape, mean=0.0, stddev=1.0, dtype='float32', seed=None, name=None")  # fmt: skip
@law("random.uniform", "shape, minval=0, maxval=None, dtype='float32', seed=None, name=None")
@law("random_normal truncated_normal", "shape, mean=0.0, stddev=1.0, dtype='float32', seed=None, "
     "name=None")  # fmt: skip
@law("random_uniform", "shape, minval=0, maxval=None, dtype='float32', seed=None, name=None")
@law("random.stateless_uniform", "shape, seed, minval=0, maxval=None, dtype='float32', name=None, "
     "alg='auto_select'")  # fmt: skip
@law("random.stateless_normal", "shape, seed, mean=0.0, stddev=1.0, dtype='float32', name=None, "
     "alg='auto_select'")  # fmt: skip
def of_shape(shape: Any, dtype: Any) -> Spec:
    """The shape that is asked for."""
    return Spec(sizes(shape), asked(dtype, "float32"))


@law("random.categorical", "logits, num_samples, dtype=None, seed=None, name=None")
def categorical(logits: Operand, num_samples: Any, dtype: Any) -> Spec:
    """(rows, classes) -> (rows, num_samples)."""
    if logits.open or logits.rank != 2:
        raise Undecided("logits that are no matrix")
    return Spec(Shape((logits[0], size(num_samples))), asked(dtype, "int64"))


@law("fill", "dims, value, name=None, layout=None")
def fill(dims: Any, value: Any) -> Spec:
    """The shape that is asked for."""
    return Spec(sizes(dims), as_array(value).dtype)


@law("zeros_like ones_like", "input, dtype=None, name=None, layout=None")
def like(input: Operand) -> Shape:
    """The shape of the other."""
    return input


@law("eye", "num_rows, num_columns=None, batch_shape=None, dtype='float32', name=None")
def eye(num_rows: Any, num_columns: Any, batch_shape: Any, dtype: Any) -> Spec:
    """(..., rows, columns)."""
    matrix = sizes((num_rows, num_rows if num_columns is None else num_columns))
    batch = Shape() if batch_shape is None else sizes(batch_shape)
    return Spec(batch + matrix, asked(dtype, "float32"))


@law("constant", "value, dtype=None, shape=None, name='Const'")
def constant(value: Any, dtype: Any, shape: Any) -> Spec:
    """The array that nested lists make."""
    made = strings(value) or as_array(value)
    return Spec(made.shape if shape is None else sizes(shape), asked(dtype, made.dtype))


@law("convert_to_tensor", "value, dtype=None, dtype_hint=None, name=None")
def converted(value: Any, dtype: Any) -> Spec:
    """The array that nested lists make."""
    return constant(value, dtype, None)


@law("Variable", "initial_value=None, trainable=None, validate_shape=True, caching_device=None, "
     "name=None, variable_def=None, dtype=None, **kwargs")  # fmt: skip
def variable(initial_value: Any, dtype: Any) -> Spec:
    """The array that nested lists make."""
    return constant(initial_value, dtype, None)


@law("range", "start, limit=None, delta=1, dtype=None, name='range'")
def range_(start: Any, limit: Any, delta: Any, dtype: Any) -> Spec:
    """As many steps as fit between the two."""
    kinds = [as_array(value).dtype for value in (start, limit, delta) if value is not None]
    kind: DType = "float32" if "float32" in kinds else "int32"
    if limit is None:
        start, limit = 0, start
    start, limit, delta = static(start), static(limit), static(delta)
    numbers = all(isinstance(value, (int, float, Symbol)) for value in (start, limit, delta))
    count = range_size(start, limit, delta) if numbers else None
    return Spec(Shape((count,)), asked(dtype, kind))


@law("linspace", "start, stop, num, name=None, axis=0")
def linspace(start: Any, stop: Any, num: Any, axis: Any) -> Spec:
    """A new axis of ``num`` between the two; whole numbers are cast to float64."""
    first, last = as_array(start), as_array(stop)
    ends = broadcast(first.shape, last.shape)
    place = canonical_axis(axis, ends.rank + 1)
    kind = first.dtype
    if isinstance(kind, str) and "float" not in kind:
        kind = "float64"
    return Spec(Shape((*ends[:place], size(num), *ends[place:])), kind)


@law("one_hot", "indices, depth, on_value=None, off_value=None, axis=None, dtype=None, name=None")
def one_hot(indices: Operand, depth: Any, on_value: Any, axis: Any, dtype: Any) -> Spec:
    """A new axis of ``depth``."""
    place = 0
    if indices.rank:  # a single number has but one place for the axis
        place = canonical_axis(-1 if axis is None else axis, indices.rank + 1)
    kind = asked(dtype, "float32" if on_value is None else as_array(on_value).dtype)
    return Spec(Shape((*indices[:place], size(depth), *indices[place:])), kind)


@law("sequence_mask", "lengths, maxlen=None, dtype='bool', name=None")
def sequence_mask(lengths: Operand, maxlen: Any, dtype: Any) -> Spec:
    """(...) -> (..., maxlen)."""
    return Spec(lengths + (None if maxlen is None else size(maxlen),), asked(dtype, "bool"))


# -- casts --------------------------------------------------------------------------------------


@law("cast", "x, dtype, name=None")
def cast(x: Operand) -> Shape:
    """The shape stays."""
    return x


@law("image.convert_image_dtype", "image, dtype, saturate=False, name=None")
def convert_image(image: Shape) -> Shape:
    """The shape stays."""
    return image


@law("ensure_shape", "x, shape, name=None")
def ensure_shape(x: Shape, shape: Any) -> Shape:
    """The sizes that either tells."""
    if len(shape) != x.rank:
        raise Undecided("a shape of another rank")
    return Shape(b if a is None else a for a, b in zip(x, shape))


@law("broadcast_to", "input, shape, name=None")
def broadcast_to(input: Operand, shape: Any) -> Shape:
    """The shape that is asked for."""
    return sizes(shape)


@law("expand_dims", "input, axis, name=None", faults_as="expand_dims", outputs=None)
def expand_dims(input: Any, axis: Any) -> Any:
    """A new axis of size 1; of a size, a tensor of sizes."""
    if isinstance(input, SizeTensor) and not isinstance(input.value, tuple) and axis in (0, -1):
        return SizeTensor((input.value,))
    made = as_array(input)
    return Spec(new_axis(made.shape, axis), made.dtype)


@law("tile", "input, multiples, name=None", faults_as="tile")
def tile(input: Operand, multiples: Any) -> Shape:
    """Each axis so many times as long; how often may be a tensor, of which TensorFlow knows
    what it can compute from sizes."""
    if isinstance(multiples, (list, tuple)) and len(multiples) == input.rank:
        return tile_within(input, multiples)
    times = sizes(multiples)
    if times.rank != input.rank:
        raise Undecided("how often each axis comes")
    if not isinstance(multiples, SizeTensor):
        times = Shape.of_rank(times.rank)
    return Shape(
        None if dim is None or time is None else dim * time for dim, time in zip(input, times)
    )


# -- joining ------------------------------------------------------------------------------------


@law("stack", "values, axis=0, name='stack'", faults_as="stack", outputs=None)
def stack(values: Any, axis: Any) -> Any:
    """A new axis, as long as the list; of sizes, a tensor of sizes."""
    if axis == 0 and any(isinstance(value, SizeTensor) for value in values):
        return SizeTensor(tuple(size(value) for value in values))
    made = [as_array(value) for value in values]
    return Spec(stack_within([item.shape for item in made], axis), _common(made))


@law("concat", "values, axis, name='concat'", faults_as="concatenate", outputs=None)
def concat(values: Any, axis: Any) -> Any:
    """The sizes on the axis add up; of sizes, a tensor of sizes."""
    if any(isinstance(value, SizeTensor) for value in values):
        return SizeTensor(tuple(dim for value in values for dim in sizes(value)))
    made = [as_array(value) for value in values]
    return Spec(concatenate_within([item.shape for item in made], axis), _common(made))


def _common(made: list[Spec]) -> DType:
    return next((item.dtype for item in made if isinstance(item.dtype, str)), made[0].dtype)


@law("top_k", "input, k=1, sorted=True, index_type='int32', name=None", outputs=2)
def top_k(input: Spec, k: Any) -> tuple[Spec, Spec]:
    """The k largest of the last axis, and their positions."""
    shape = input.shape[:-1] + (size(k),)
    return Spec(shape, input.dtype), Spec(shape, "int32")


@law("argmax argmin", "input, axis=None, output_type='int64', name=None")
def arg(input: Operand, axis: Any, output_type: Any) -> Spec:
    """The axis goes; the first one by default. Of a number or a vector nobody looks at it."""
    kind = asked(output_type, "int64")
    if not input.open and input.rank <= 1:
        return Spec(Shape(), kind)
    return Spec(reduce_shape(input, 0 if axis is None else [axis]), kind)


@law("count_nonzero", "input, axis=None, keepdims=None, dtype='int64', name=None")
def count_nonzero(input: Operand, axis: Any, keepdims: Any) -> Shape:
    """The axes go."""
    return reduce_shape(input, axis, keepdims)


@law("accumulate_n", "inputs, shape=None, tensor_dtype=None, name=None")
@law("add_n", "inputs, name=None")
def add_n(inputs: Shapes) -> Shape:
    """The sum of tensors of one shape."""
    return inputs[0]


@law("meshgrid", "*args, **kwargs", outputs=None)
def meshgrid(args: Shapes, kwargs: Any) -> list[Shape]:
    """As many grids as vectors, each over all of them."""
    counts = [product(tuple(item)) for item in args]
    if kwargs.get("indexing", "xy") == "xy" and len(counts) > 1:
        counts[0], counts[1] = counts[1], counts[0]
    return [Shape(counts) for _ in args]


# -- matrices ---------------------------------------------------------------------------------------


@law("matmul", "a, b, transpose_a=False, transpose_b=False, adjoint_a=False, adjoint_b=False, "
     "a_is_sparse=False, b_is_sparse=False, output_type=None, grad_a=False, grad_b=False, "
     "name=None", faults_as="matmul")  # fmt: skip
def matmul_(
    a: Shape, b: Shape, transpose_a: Any, transpose_b: Any, adjoint_a: Any, adjoint_b: Any
) -> Shape:
    """(..., n, k) @ (..., k, m) -> (..., n, m), either one transposed before."""
    for operand in (a, b):
        if operand.rank < 2:
            raise Fault(
                "op-mismatch",
                f"rank 2 but is rank {operand.rank}",
                expected="2 or more dimensions",
                found=operand,
            )
    one = _turned(a) if transpose_a or adjoint_a else a
    other = _turned(b) if transpose_b or adjoint_b else b
    return matmul(one, other)


def _turned(x: Shape) -> Shape:
    return x[:-2] + (x[-1], x[-2])


@law("matvec", "a, b, transpose_a=False, adjoint_a=False, a_is_sparse=False, b_is_sparse=False, "
     "name=None")  # fmt: skip
def matvec(a: Shape, b: Shape, transpose_a: Any, adjoint_a: Any) -> Shape:
    """(..., n, k) @ (..., k) -> (..., n)."""
    return matmul(_turned(a) if transpose_a or adjoint_a else a, b + (1,))[:-1]


@law("matrix_transpose", "a, name='matrix_transpose', conjugate=False")
def matrix_transpose(a: Shape) -> Shape:
    """The last two axes change places."""
    return _turned(a)


@law("linalg.trace", "x, name=None")
def trace(x: Shape) -> Shape:
    """(..., n, n) -> (...)."""
    return x[:-2]


@law("linalg.diag", "diagonal, name='diag', k=0, num_rows=-1, num_cols=-1, padding_value=0, "
     "align='RIGHT_LEFT'")  # fmt: skip
def diag(diagonal: Shape, k: Any, num_rows: Any, num_cols: Any) -> Shape:
    """(..., n) -> (..., n, n)."""
    if k != 0 or num_rows != -1 or num_cols != -1:
        raise Undecided("another diagonal than the main one")
    return diagonal + (diagonal[-1],)


@law("linalg.diag_part", "input, name='diag_part', k=0, padding_value=0, align='RIGHT_LEFT'")
def diag_part(input: Shape, k: Any) -> Shape:
    """(..., m, n) -> (..., min(m, n))."""
    m, n = input[-2], input[-1]
    if k != 0:
        raise Undecided("another diagonal than the main one")
    if isinstance(m, int) and isinstance(n, int):
        return input[:-2] + (min(m, n),)
    return input[:-2] + (None if m is None or n is None else unknown_dim(),)


@law("linalg.band_part", "input, num_lower, num_upper, name=None")
@law("linalg.set_diag", "input, diagonal, name='set_diag', k=0, align='RIGHT_LEFT'")
def same_matrix(input: Shape) -> Shape:
    """The shape stays."""
    return input


@law("linalg.global_norm", "t_list, name=None")
@law("l2_loss", "t, name=None")
@law("zero_fraction", "value, name=None")
def scalar() -> Shape:
    """A scalar."""
    return Shape()


# -- losses -----------------------------------------------------------------------------------------


@law("sigmoid_cross_entropy_with_logits", "labels=None, logits=None, name=None")
def elementwise_loss(labels: Operand, logits: Operand) -> Shape:
    """One loss an element."""
    return broadcast(labels, logits)


@law("softmax_cross_entropy_with_logits", "labels, logits, axis=-1, name=None")
def softmax_loss(labels: Operand, logits: Shape, axis: Any) -> Shape:
    """The axis goes."""
    return reduce_shape(logits, [axis])


@law("sparse_softmax_cross_entropy_with_logits", "labels, logits, name=None")
def sparse_loss(labels: Shape, logits: Spec) -> Spec:
    """One loss a label."""
    return Spec(labels, logits.dtype)


# -- signals ----------------------------------------------------------------------------------------

_COMPLEX = always("complex64")


@law("signal.stft", "signals, frame_length, frame_step, fft_length=None, window_fn=None, "
     "pad_end=False, name=None", _COMPLEX)  # fmt: skip
def stft(
    signals: Shape, frame_length: Any, frame_step: Any, fft_length: Any, pad_end: Any
) -> Shape:
    """(..., n) -> (..., frames, fft_length // 2 + 1)."""
    length = fft_length
    if length is None:
        length = 2 ** max(0, math.ceil(math.log2(frame_length)))
    frames = _frames(signals[-1], frame_length, frame_step, pad_end)
    return signals[:-1] + (frames, length // 2 + 1)


def _frames(size: Dim, length: Any, step: Any, pad_end: Any) -> Dim:
    if size is None or isinstance(size, Symbol):
        return None if size is None else unknown_dim()
    if pad_end:
        return -(-size // int(step))
    return max(0, 1 + (size - int(length)) // int(step))


@law("signal.frame", "signal, frame_length, frame_step, pad_end=False, pad_value=0, axis=-1, "
     "name=None")  # fmt: skip
def frame(signal: Shape, frame_length: Any, frame_step: Any, pad_end: Any, axis: Any) -> Shape:
    """(..., n, ...) -> (..., frames, frame_length, ...)."""
    place = canonical_axis(axis, signal.rank)
    frames = _frames(signal[place], frame_length, frame_step, pad_end)
    return Shape((*signal[:place], frames, frame_length, *signal[place + 1 :]))


@law("signal.rfft", "input_tensor, fft_length=None, name=None", _COMPLEX)
def rfft(input_tensor: Shape, fft_length: Any) -> Shape:
    """The last axis n -> n // 2 + 1."""
    if fft_length is not None:
        raise Undecided("a length of its own")
    last = input_tensor[-1]
    return input_tensor[:-1] + (None if last is None else last // 2 + 1,)


@law("signal.fft signal.ifft signal.fft2d signal.ifft2d", "input, name=None")
def fft(input: Shape) -> Shape:
    """The shape stays."""
    return input


@law("signal.hann_window signal.hamming_window",
     "window_length, periodic=True, dtype='float32', name=None")  # fmt: skip
def window(window_length: Any, dtype: Any) -> Spec:
    """A window of that many points."""
    return Spec(sizes((window_length,)), asked(dtype, "float32"))
