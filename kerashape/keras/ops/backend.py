"""The functions of the old ``keras.backend`` (``K.mean``, ``K.expand_dims``, ``K.int_shape``...).

Keras 3 keeps a few (:data:`SURVIVORS`); the others live on as ``tf.keras.backend``, for use
within a layer's ``call``: on a symbolic tensor they raise there. In Keras 2 they make nodes.
"""

from __future__ import annotations

from typing import Any

from kerashape.keras.graph import Tensor
from kerashape.keras.layers.base import Array
from kerashape.keras.ops import dtypes
from kerashape.keras.ops.base import Operand, Shapes, Spec, as_array
from kerashape.keras.ops.convolution import pool
from kerashape.keras.ops.library import NOT_FOR_TENSORFLOW, Library, LibraryOp, always, first
from kerashape.keras.ops.sizes import SizeTensor, sizes
from kerashape.keras.ops.tensorflow_laws import arg, of_shape, range_
from kerashape.keras.ops.tensorflow_vision import conv
from kerashape.shapes import Dim, Fault, Shape, Symbol, Undecided, Unknown, unknown_dim
from kerashape.shapes.broadcast import broadcast
from kerashape.shapes.product import matmul
from kerashape.shapes.reshape import product

SURVIVORS = frozenset(
    {"backend", "clear_session", "epsilon", "floatx", "get_uid", "image_data_format",
     "is_float_dtype", "is_int_dtype", "is_keras_tensor", "result_type", "set_epsilon",
     "set_floatx", "set_image_data_format", "standardize_dtype"}
)  # fmt: skip
"""What ``keras.backend`` still has in Keras 3."""

library = Library("keras.backend", kind=first, on_symbolic=NOT_FOR_TENSORFLOW)
add, law = library.add, library.law
_BOOL = always("bool")
_NO_RANK = "'tuple' object has no attribute 'rank'"
_NO_LIST = "'tuple' object has no attribute 'as_list'"
_NO_DTYPE = "'str' object has no attribute 'base_dtype'"
"""What those functions stumble over that take the shape or dtype of TensorFlow's tensors."""


def find(name: str) -> LibraryOp | None:
    """The record of ``keras.backend.<name>``; None if unknown, or if it is about no tensor."""
    return library.records.get(name)


# -- of Keras 3 -----------------------------------------------------------------------------


@law("is_keras_tensor", "x", on_symbolic="", outputs=None)
def is_keras_tensor(x: Any) -> bool:
    """Whether it is a symbolic tensor."""
    if isinstance(x, Unknown):
        raise Undecided(x.reason)
    return isinstance(x, Tensor)


@law("standardize_dtype", "dtype", on_symbolic="", outputs=None)
def standardize_dtype(dtype: Any) -> str:
    """The name of a dtype."""
    return dtypes.standardize_dtype(dtype)


@law("result_type", "*dtypes", on_symbolic="", outputs=None)
def result_type(dtypes: Any) -> str:
    """What these dtypes promote to."""
    from kerashape.keras.ops.dtypes import result_type as promote

    return promote(*dtypes)


@law("int_shape", "x", on_symbolic="", outputs=None)
def int_shape(x: Any) -> tuple[Dim, ...]:
    """The sizes, as a tuple."""
    if isinstance(x, (Tensor, Array)):
        return tuple(x.shape)
    raise Undecided("the shape of something that is no tensor")


# -- sizes ------------------------------------------------------------------------------------


@law("ndim", "x", outputs=None, on_symbolic=_NO_RANK)
def ndim(x: Operand) -> int:
    """The rank."""
    return x.rank


@law("dtype", "x", outputs=None, on_symbolic=_NO_DTYPE)
def dtype(x: Spec) -> Any:
    """The name of the dtype."""
    return x.dtype


@law("shape", "x", always("int32"), when_eager=lambda x: Shape((x.rank,)))
def shape(x: Operand) -> SizeTensor:
    """The sizes, as a tensor."""
    return SizeTensor(tuple(x))


@law("count_params", "x", outputs=None, on_symbolic=_NO_LIST)
def count_params(x: Operand) -> Dim:
    """The number of elements."""
    return product(tuple(x))


# -- element by element -------------------------------------------------------------------------


@law("abs cos exp log round sigmoid sign sin softplus softsign sqrt square tanh "
     "hard_sigmoid identity", "x")  # fmt: skip
@law("clip", "x, min_value, max_value")
@law("elu", "x, alpha=1.0")
@law("relu", "x, alpha=0.0, max_value=None, threshold=0.0")
@law("softmax", "x, axis=-1", on_symbolic=_NO_RANK)
@law("l2_normalize", "x, axis=None")
@law("dropout", "x, level, noise_shape=None, seed=None")
@law("bias_add", "x, bias, data_format=None")
@law("batch_normalization", "x, mean, var, beta, gamma, axis=-1, epsilon=0.001", on_symbolic=None)
@law("reverse", "x, axes")
@law("pow", "x, a")
@law("cumsum cumprod", "x, axis=0")
@law("ones_like zeros_like", "x, dtype=None, name=None")
@law("cast", "x, dtype")
def keeps_shape(x: Operand) -> Shape:
    """The shape stays."""
    return x


@law("stop_gradient", "variables")
def stop_gradient(variables: Shape) -> Shape:
    """The shape stays."""
    return variables


@law("cast_to_floatx", "x", always("float32"), on_symbolic="KerasTensor.__array__() takes")
def cast_to_floatx(x: Operand) -> Shape:
    """The shape stays."""
    return x


@law("maximum minimum", "x, y", faults_as="maximum")
@law("equal not_equal greater greater_equal less less_equal", "x, y", _BOOL, faults_as="equal")
def two(x: Operand, y: Operand) -> Shape:
    """Two tensors, or a tensor and a number, broadcast."""
    return broadcast(x, y)


# -- reductions -----------------------------------------------------------------------------------

_REDUCED = "x, axis=None, keepdims=False"
add("sum prod max min logsumexp", _REDUCED, "max(x, axis, keepdims)")
add("mean std var", _REDUCED, "max(x, axis, keepdims)",
    on_symbolic=_NO_DTYPE)  # fmt: skip
add("any all", _REDUCED, "any(x, axis, keepdims)", _BOOL)


@law("argmax argmin", "x, axis=-1")
def argmax(x: Operand, axis: Any) -> Spec:
    """The axis goes; the last one by default."""
    return arg(x, axis, None)


# -- rearranging ----------------------------------------------------------------------------------

add("reshape", "x, shape", "reshape(x, shape)")
add("expand_dims", "x, axis=-1", "expand_dims(x, axis)")
add("squeeze", "x, axis", "squeeze(x, axis)")
add("permute_dimensions", "x, pattern", "transpose(x, pattern)")
add("transpose", "x", "transpose(x)")
add("stack", "x, axis=0", "stack(x, axis)")
add("tile", "x, n", "tile(x, n)")
add("gather", "reference, indices", "take(reference, indices, 0)")


@law("concatenate", "tensors, axis=-1", faults_as="concatenate",
     on_symbolic=_NO_RANK)  # fmt: skip
def concatenate(tensors: Shapes, axis: Any) -> Shape:
    """The sizes on the axis add up; the last one by default."""
    from kerashape.keras.ops.joining import concatenate_within

    return concatenate_within(tensors, axis)


@law("flatten", "x")
def flatten(x: Operand) -> Shape:
    """One axis with all elements."""
    return Shape((product(tuple(x)),))


@law("batch_flatten", "x")
def batch_flatten(x: Shape) -> Shape:
    """(n, ...) -> (n, elements)."""
    if any(dim is None for dim in x):
        return Shape((None, None))
    return Shape((x[0], product(tuple(x[1:]))))


@law("repeat", "x, n", on_symbolic=_NO_RANK)
def repeat(x: Shape, n: Any) -> Shape:
    """(b, d) -> (b, n, d)."""
    if x.rank != 2:
        raise Undecided("a tensor that is not of two dimensions")
    return Shape((x[0], n, x[1]))


@law("repeat_elements", "x, rep, axis", on_symbolic=_NO_LIST)
def repeat_elements(x: Shape, rep: Any, axis: Any) -> Shape:
    """The elements along an axis several times each."""
    dim = x[axis]
    return x.replace(axis, None if dim is None else dim * rep)


@law("one_hot", "indices, num_classes", always("float32"))
def one_hot(indices: Operand, num_classes: Any) -> Shape:
    """(...) -> (..., num_classes)."""
    return indices + (num_classes,)


@law("temporal_padding", "x, padding=(1, 1)")
def temporal_padding(x: Shape, padding: Any) -> Shape:
    """(b, t, d), longer."""
    return x.replace(1, _padded(x[1], padding))


@law("spatial_2d_padding", "x, padding=((1, 1), (1, 1)), data_format=None")
@law("spatial_3d_padding", "x, padding=((1, 1), (1, 1), (1, 1)), data_format=None")
def spatial_padding(x: Shape, padding: Any, data_format: Any) -> Shape:
    """A larger space."""
    start = 2 if data_format == "channels_first" else 1
    for axis, pair in enumerate(padding, start):
        x = x.replace(axis, _padded(x[axis], pair))
    return x


def _padded(dim: Dim, pair: Any) -> Dim:
    return None if dim is None else dim + pair[0] + pair[1]


@law("resize_images", "x, height_factor, width_factor, data_format, interpolation='nearest'")
def resize_images(x: Shape, height_factor: Any, width_factor: Any, data_format: Any) -> Shape:
    """A larger height and width."""
    start = 2 if data_format == "channels_first" else 1
    for axis, factor in enumerate((height_factor, width_factor), start):
        dim = x[axis]
        x = x.replace(axis, None if dim is None else dim * factor)
    return x


# -- creation ---------------------------------------------------------------------------------------


@law("zeros ones", "shape, dtype=None, name=None", on_symbolic="")
@law("random_normal", "shape, mean=0.0, stddev=1.0, dtype=None, seed=None")
@law("random_uniform", "shape, minval=0.0, maxval=1.0, dtype=None, seed=None")
@law("truncated_normal", "shape, mean=0.0, stddev=1.0, dtype=None, seed=None")
@law("random_bernoulli", "shape, p=0.0, dtype=None, seed=None")
def created(shape: Any, dtype: Any) -> Spec:
    """The shape that is asked for."""
    return of_shape(shape, dtype)


@law("eye", "size, dtype=None, name=None")
def eye(size: Any, dtype: Any) -> Spec:
    """(n, n)."""
    return of_shape((size, size), dtype)


@law("arange", "start, stop=None, step=1, dtype='int32'")
def arange(start: Any, stop: Any, step: Any, dtype: Any) -> Spec:
    """As many steps as fit between the two."""
    return range_(start, stop, step, dtype)


@law("constant", "value, dtype=None, shape=None, name=None")
@law("variable", "value, dtype=None, name=None, constraint=None")
def constant(value: Any, dtype: Any, shape: Any = None) -> Spec:
    """The array that nested lists make."""
    made = as_array(value)
    return of_shape(made.shape if shape is None else sizes(shape), dtype)


# -- products ---------------------------------------------------------------------------------------


@law("dot", "x, y", on_symbolic=_NO_RANK)
def dot(x: Shape, y: Shape) -> Shape:
    """(..., n) . (..., n, m) -> (..., ..., m)."""
    if x.rank <= 2 and y.rank <= 2:
        return matmul(x, y)
    return x[:-1] + y[:-2] + (y[-1],)


@law("batch_dot", "x, y, axes=None")
def batch_dot(x: Shape, y: Shape, axes: Any) -> Shape:
    """Matrix by matrix along the batch: the two axes go."""
    if x.rank < 2 or y.rank < 2:
        raise Fault(
            "op-mismatch",
            "Cannot do batch_dot on inputs with rank < 2.",
            expected="2 or more dimensions",
            found=f"{x} and {y}",
        )
    if axes is None:
        axes = (x.rank - 1, y.rank - 1 if y.rank == 2 else y.rank - 2)
    pair = (axes, axes) if isinstance(axes, int) else tuple(axes)
    one, other = pair[0] % x.rank, pair[1] % y.rank
    a, b = x[one], y[other]
    if isinstance(a, int) and isinstance(b, int) and a != b:
        raise Fault(
            "op-mismatch",
            "Cannot do batch_dot on inputs with tf.shapes",
            expected=f"{a} on axis {other} of the second",
            found=f"{x} and {y}",
        )
    batch = x[0] if x[0] is not None else y[0]
    rest = [d for i, d in enumerate(x) if i not in (0, one)]
    others = [d for i, d in enumerate(y) if i not in (0, other)]
    if x.rank == 2 and y.rank == 2:
        return Shape((batch, 1))
    return Shape((batch, *rest, *others))


# -- convolution and pooling --------------------------------------------------------------------------


@law("conv1d", "x, kernel, strides=1, padding='valid', data_format=None, dilation_rate=1",
     on_symbolic=_NO_LIST)  # fmt: skip
@law("conv2d", "x, kernel, strides=(1, 1), padding='valid', data_format=None, "
     "dilation_rate=(1, 1)")  # fmt: skip
@law("conv3d", "x, kernel, strides=(1, 1, 1), padding='valid', data_format=None, "
     "dilation_rate=(1, 1, 1)")  # fmt: skip
def convolution(
    x: Shape, kernel: Shape, strides: Any, padding: Any, data_format: Any, dilation_rate: Any
) -> Shape:
    """As ``keras.ops.conv``."""
    formats = {"channels_first": "NC", "channels_last": "N"}
    if dilation_rate not in (1, (1, 1), (1, 1, 1)) or padding == "causal":
        raise Undecided("a dilated convolution")
    return conv(x, kernel, strides, padding, formats.get(data_format), None)


@law("conv2d_transpose", "x, kernel, output_shape, strides=(1, 1), padding='valid', "
     "data_format=None, dilation_rate=(1, 1)")  # fmt: skip
def conv_transpose(output_shape: Any) -> Shape:
    """The shape that is asked for."""
    return Shape(None if dim is None else _size(dim) for dim in output_shape)


def _size(value: Any) -> Dim:
    if isinstance(value, SizeTensor):
        return value.value if not isinstance(value.value, tuple) else None
    return value if isinstance(value, (int, Symbol)) else unknown_dim()


@law("pool2d", "x, pool_size, strides=(1, 1), padding='valid', data_format=None, pool_mode='max'")
@law("pool3d", "x, pool_size, strides=(1, 1, 1), padding='valid', data_format=None, "
     "pool_mode='max'")  # fmt: skip
def pooling(x: Shape, pool_size: Any, strides: Any, padding: Any, data_format: Any) -> Shape:
    """As ``keras.ops.max_pool``."""
    return pool(x, pool_size, strides, padding, data_format)


# -- losses, and functions that call functions --------------------------------------------------------


@law("binary_crossentropy", "target, output, from_logits=False")
def binary_crossentropy(target: Operand, output: Operand) -> Shape:
    """One loss an element."""
    return broadcast(target, output)


@law("categorical_crossentropy", "target, output, from_logits=False, axis=-1")
def categorical_crossentropy(target: Operand, output: Shape, axis: Any) -> Shape:
    """The axis goes."""
    if axis != -1:
        raise Undecided("another axis than the last")
    return output[:-1]


@law("sparse_categorical_crossentropy", "target, output, from_logits=False, axis=-1, "
     "ignore_class=None")  # fmt: skip
def sparse_categorical_crossentropy(target: Operand, output: Spec, axis: Any) -> Spec:
    """The axis goes."""
    if axis != -1:
        raise Undecided("another axis than the last")
    return Spec(output.shape[:-1], output.dtype)


add("map_fn", "fn, elems, name=None, dtype=None", "map(fn, elems)")
library.records["map_fn"].kind = None


@law("switch", "condition, then_expression, else_expression",
     dtype_of=("then_expression", "else_expression"))  # fmt: skip
def switch(condition: Operand, then_expression: Operand, else_expression: Operand) -> Shape:
    """One or the other, which have one shape."""
    return broadcast(then_expression, else_expression)
