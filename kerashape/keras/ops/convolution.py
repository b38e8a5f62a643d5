"""Convolution and pooling as functions, and what moves between space and channels."""

from __future__ import annotations

import math
from typing import Any

from kerashape.keras.ops.base import eager, on_backend_too, op, traced
from kerashape.keras.ops.inference import all_given, given, keras_checks
from kerashape.shapes import Dim, Fault, Shape, Symbol, Undecided, Unknown
from kerashape.shapes.arithmetic import (
    around,
    conv_shape,
    conv_transpose_shape,
    pool_shape,
    spatial,
)


def channels_first(data_format: Any) -> bool:
    """Whether ``data_format`` puts the channels first (Keras's default: last).

    Raises:
        Fault: ``bad-argument`` if it is none.
    """
    if data_format is None:
        return False
    if isinstance(data_format, Unknown):
        raise Undecided(data_format.reason)
    name = str(data_format).lower()
    if name not in ("channels_first", "channels_last"):
        raise Fault(
            "bad-argument",
            "The `data_format` argument must be one of {'channels_first', 'channels_last'}. "
            f"Received: data_format={name}",
            argument="data_format",
            expected="'channels_first' or 'channels_last'",
            found=data_format,
        )
    return bool(name == "channels_first")


def each_axis(value: Any, count: int) -> tuple[Any, ...]:
    """One value an axis, from one for all or one for each."""
    values = (value,) if isinstance(value, (int, float, Symbol)) else tuple(value)
    if len(values) == 1:
        return values * count
    if len(values) != count and count == 1:
        raise Undecided("sizes for more axes than there are")  # numpy broadcasts them
    if len(values) != count:
        raise Fault(
            "bad-argument",
            "operands could not be broadcast together",
            expected=f"{count} integers",
            found=value,
        )
    return values


def _check_channels(inputs: Shape, expected: Dim, first: bool) -> None:
    channels = inputs[1 if first else -1]
    if isinstance(channels, int) and isinstance(expected, int) and channels != expected:
        raise Fault(
            "op-mismatch",
            "The number of input channels must match the kernel's input channels. Received: input "
            f"channels={channels}, kernel input channels={expected}, ",
            expected=f"{expected} channels",
            found=inputs,
        )


def _window(kernel: Shape, ignored: bool = False) -> tuple[Dim, ...]:
    """The spatial sizes of a kernel, which must be known unless they do not matter."""
    if ignored:
        return tuple(1 if dim is None else dim for dim in kernel[:-2])
    if any(dim is None for dim in kernel[:-2]):
        raise Fault(
            "undefined-dimension",
            "unsupported operand type(s) for",
            expected="a kernel of known size",
            found=kernel,
        )
    return tuple(kernel[:-2])


def _conv(
    inputs: Shape,
    kernel: Shape,
    filters: Dim,
    strides: Any,
    padding: Any,
    data_format: Any,
    dilation_rate: Any,
) -> Shape:
    first = channels_first(data_format)
    _check_channels(inputs, kernel[-2], first)
    count = kernel.rank - 2
    padding = padding.lower()
    window = _window(kernel, padding == "same")
    dilation = each_axis(dilation_rate, count)
    if inputs.rank == kernel.rank and len(dilation) != count:
        raise Fault(
            "bad-argument",
            "Dilation must be None, scalar or tuple/list of length of inputs' spatial shape, but "
            f"received `dilation_rate={dilation_rate}` and input of shape {inputs}.",
            argument="dilation_rate",
            expected=f"{count} integers",
            found=dilation_rate,
        )
    return conv_shape(inputs, filters, window, each_axis(strides, count), padding, first, dilation)


@op(
    "conv",
    "inputs, kernel, strides=1, padding='valid', data_format=None, dilation_rate=1",
)
def conv(
    inputs: Shape, kernel: Shape, strides: Any, padding: Any, data_format: Any, dilation_rate: Any
) -> Shape:
    """(batch, ..., c) with a kernel (..., c, filters)."""
    return _conv(inputs, kernel, kernel[-1], strides, padding, data_format, dilation_rate)


@traced("conv")
def conv_within(
    inputs: Shape, kernel: Shape, strides: Any, padding: Any, data_format: Any, dilation_rate: Any
) -> Shape:
    """The same; the channels may be a multiple of the kernel's (groups).

    Of a dilated convolution of an image whose size is None, TensorFlow knows no spatial size.
    """
    shape = _grouped(inputs, kernel, strides, padding, data_format, dilation_rate)
    return as_inferred(shape, inputs, data_format, dilation_rate)


def as_inferred(shape: Shape, inputs: Shape, data_format: Any, dilation_rate: Any) -> Shape:
    """What TensorFlow infers of a convolution's shape: it may lose sizes where it dilates."""
    first = channels_first(data_format)
    if _all_one(dilation_rate) or None not in spatial(inputs, first).dims:
        return shape
    return _without_space(shape, first)


def _all_one(rates: Any) -> bool:
    return all(rate == 1 for rate in (rates if isinstance(rates, (list, tuple)) else [rates]))


def _without_space(shape: Shape, first: bool) -> Shape:
    return around(shape, [None] * (shape.rank - 2), shape[1 if first else -1], first)


def as_inferred_by_depth(
    shape: Shape, inputs: Shape, strides: Any, padding: Any, data_format: Any, dilation_rate: Any
) -> Shape:
    """The same of a depthwise one, which Keras pads itself where it dilates and strides."""
    both = not _all_one(strides) and not _all_one(dilation_rate)
    if both and padding.lower() == "same" and not all_given(inputs):
        return _without_space(shape, channels_first(data_format))
    return as_inferred(shape, inputs, data_format, dilation_rate)


@eager("conv")
def conv_of_data(
    inputs: Shape, kernel: Shape, strides: Any, padding: Any, data_format: Any, dilation_rate: Any
) -> Shape:
    """The same; the channels may be a multiple of the kernel's (groups)."""
    return _grouped(inputs, kernel, strides, padding, data_format, dilation_rate)


def _grouped(
    inputs: Shape, kernel: Shape, strides: Any, padding: Any, data_format: Any, dilation_rate: Any
) -> Shape:
    axis = 1 if channels_first(data_format) else -1
    channels, expected = inputs[axis], kernel[-2]
    if isinstance(channels, int) and isinstance(expected, int) and channels % expected == 0:
        inputs = inputs.replace(axis, expected)
    return conv(inputs, kernel, strides, padding, data_format, dilation_rate)


@op(
    "depthwise_conv",
    "inputs, kernel, strides=1, padding='valid', data_format=None, dilation_rate=1",
)
def depthwise_conv(
    inputs: Shape, kernel: Shape, strides: Any, padding: Any, data_format: Any, dilation_rate: Any
) -> Shape:
    """(batch, ..., c) with a kernel (..., c, multiplier)."""
    multiplier: Any = kernel[-1]
    filters = multiplier * kernel[-2]
    return _conv(inputs, kernel, filters, strides, padding, data_format, dilation_rate)


@on_backend_too("depthwise_conv")
def depthwise_conv_within(
    inputs: Shape, kernel: Shape, strides: Any, padding: Any, data_format: Any, dilation_rate: Any
) -> Shape:
    """The same; see :func:`conv_within` for dilation."""
    with keras_checks():
        _check_channels(inputs, kernel[-2], channels_first(data_format))
    shape = depthwise_conv(inputs, kernel, strides, padding, data_format, dilation_rate)
    return as_inferred_by_depth(shape, inputs, strides, padding, data_format, dilation_rate)


def _times(a: Dim, b: Dim) -> Dim:
    return None if a is None or b is None else a * b


@op(
    "separable_conv",
    "inputs, depthwise_kernel, pointwise_kernel, strides=1, padding='valid', data_format=None, "
    "dilation_rate=1",
)
def separable_conv(
    inputs: Shape,
    depthwise_kernel: Shape,
    pointwise_kernel: Shape,
    strides: Any,
    padding: Any,
    data_format: Any,
    dilation_rate: Any,
) -> Shape:
    """A depthwise convolution, then one with (1, ..., c, filters)."""
    shape = depthwise_conv(inputs, depthwise_kernel, strides, padding, data_format, dilation_rate)
    return shape.replace(1 if channels_first(data_format) else -1, pointwise_kernel[-1])


@on_backend_too("separable_conv")
def separable_conv_within(
    inputs: Shape,
    depthwise_kernel: Shape,
    pointwise_kernel: Shape,
    strides: Any,
    padding: Any,
    data_format: Any,
    dilation_rate: Any,
) -> Shape:
    """The same; see :func:`conv_within` for dilation."""
    with keras_checks():
        _check_channels(inputs, depthwise_kernel[-2], channels_first(data_format))
    shape = separable_conv(
        inputs, depthwise_kernel, pointwise_kernel, strides, padding, data_format, dilation_rate
    )
    return as_inferred_by_depth(shape, inputs, strides, padding, data_format, dilation_rate)


@op(
    "conv_transpose",
    "inputs, kernel, strides=1, padding='valid', output_padding=None, data_format=None, "
    "dilation_rate=1",
)
def conv_transpose(
    inputs: Shape,
    kernel: Shape,
    strides: Any,
    padding: Any,
    output_padding: Any,
    data_format: Any,
    dilation_rate: Any,
) -> Shape:
    """(batch, ..., c) with a kernel (..., filters, c)."""
    first = channels_first(data_format)
    _check_channels(inputs, kernel[-1], first)
    count = kernel.rank - 2
    return conv_transpose_shape(
        inputs,
        kernel[-2],
        _window(kernel, all(dim is None for dim in spatial(inputs, first))),
        _first_of(strides, count),
        padding.lower(),
        None if output_padding is None else _first_of(output_padding, count),
        first,
        _first_of(dilation_rate, count),
    )


def _first_of(value: Any, count: int) -> tuple[Any, ...]:
    """One value an axis, from one for all or from the first of a sequence."""
    if isinstance(value, (int, Symbol)):
        return (value,) * count
    return tuple(value[i] for i in range(count))


@op("average_pool", "inputs, pool_size, strides=None, padding='valid', data_format=None")
@op("max_pool", "inputs, pool_size, strides=None, padding='valid', data_format=None")
def pool(inputs: Shape, pool_size: Any, strides: Any, padding: Any, data_format: Any) -> Shape:
    """(batch, ..., c): each spatial size as many windows as fit."""
    first, padding = channels_first(data_format), padding.lower()
    count = inputs.rank - 2
    steps = each_axis(pool_size if strides is None else strides, count)
    ignored = padding == "same" and strides is not None
    window = (1,) * count if ignored else each_axis(pool_size, count)
    return pool_shape(inputs, window, steps, padding, first)


@op("adaptive_average_pool", "inputs, output_size, data_format=None")
@op("adaptive_max_pool", "inputs, output_size, data_format=None")
def adaptive_pool(inputs: Shape, output_size: Any, data_format: Any) -> Shape:
    """(batch, ..., c) to the given spatial sizes."""
    if data_format not in (None, "channels_last"):  # Keras does not look closer
        return Shape((inputs[0], inputs[1]) + output_size)
    return Shape(inputs.dims[: -len(output_size)] + output_size + (inputs[-1],))


@on_backend_too("adaptive_average_pool", "adaptive_max_pool")
def adaptive_pool_on_backend(inputs: Shape, output_size: Any, data_format: Any) -> Shape:
    """As it is meant: Keras itself forgets that the first axis of the picture goes, too."""
    rank = inputs.rank - 2
    first = 2 if data_format == "channels_first" else 1
    wanted = output_size if isinstance(output_size, (list, tuple)) else (output_size,) * rank
    sizes = [*wanted, *inputs.dims[first : first + rank]]
    if rank not in (1, 2, 3) or len(wanted) != rank:
        raise Undecided("sizes that are not those of the picture")
    if not all(isinstance(size, int) and size > 0 for size in sizes):
        raise Undecided("a pooling to or from sizes that are not known")
    return Shape(inputs.dims[:first] + tuple(wanted) + inputs.dims[first + rank :])


@op("unfold", "x, kernel_size, dilation=1, padding=0, stride=1")
def unfold(x: Shape, kernel_size: Any, dilation: Any, padding: Any, stride: Any) -> Shape:
    """(n, c, h, w) -> (n, c * kernel, windows)."""
    if x.rank != 4:
        raise Fault(
            "op-mismatch",
            f"Input must be a 4D tensor. Received: input.shape={x}",
            expected="4 dimensions",
            found=x,
        )
    kernel = each_axis(kernel_size, 2)
    windows: list[Any] = []
    if any(dim is None for dim in x[1:]):
        raise Fault(
            "undefined-dimension",
            "unsupported operand type(s) for",
            expected="known sizes",
            found=x,
        )
    for size, k, d, p, s in zip(
        x[2:], kernel, each_axis(dilation, 2), each_axis(padding, 2), each_axis(stride, 2)
    ):
        windows.append((size + 2 * p - d * (k - 1) - 1) // s + 1)
    return Shape((x[0], math.prod((x[1], *kernel)), math.prod(windows)))


@on_backend_too("unfold")
def unfold_on_backend(
    x: Shape, kernel_size: Any, dilation: Any, padding: Any, stride: Any
) -> Shape:
    """The same; TensorFlow pads nothing where less than nothing is asked for."""
    if not all(isinstance(size, int) and size >= 0 for size in each_axis(padding, 2)):
        raise Undecided("a padding that is negative")
    return unfold(x, kernel_size, dilation, padding, stride)


@op("fold", "x, output_size, kernel_size, dilation=1, padding=0, stride=1")
def fold(x: Shape, output_size: Any, kernel_size: Any) -> Shape:
    """(n, c * kernel, windows) -> (n, c, h, w)."""
    if x.rank != 3:
        raise Fault(
            "op-mismatch",
            f"Input must be a 3D tensor. Received: input.shape={x}",
            expected="3 dimensions",
            found=x,
        )
    kernel = math.prod(each_axis(kernel_size, 2))
    if isinstance(x[1], int) and x[1] % kernel:
        raise Fault(
            "op-mismatch",
            f"The second dimension of the input ({x[1]}) must be divisible by kernel_size product "
            f"({kernel}).",
            expected=f"a multiple of {kernel}",
            found=x,
        )
    channels = None if x[1] is None else x[1] // kernel
    return Shape((x[0], channels, *each_axis(output_size, 2)))


@traced("fold")
def fold_within(x: Shape, output_size: Any, kernel_size: Any) -> Shape:
    """The same; in a batch of unknown size, nobody counts the elements."""
    if not x.open and x.rank == 3 and isinstance(x[1], int) and not given(x[0]):
        rest = x[1] % math.prod(each_axis(kernel_size, 2))
        x = x.replace(1, x[1] - rest)
    return fold(x, output_size, kernel_size)


@op("depth_to_space", "x, block_size, data_format='channels_last'")
def depth_to_space(x: Shape, block_size: Any, data_format: Any) -> Shape:
    """(b, h, w, c) -> (b, h * n, w * n, c / n**2)."""
    b, h, w, c = _blocks(x, block_size, data_format, "depth_to_space")
    if isinstance(c, int) and c % block_size**2:
        raise Fault(
            "op-mismatch",
            f"The number of channels ({c}) must be divisible by block_size**2 ({block_size**2}).",
            expected=f"a multiple of {block_size**2} channels",
            found=x,
        )
    c = None if c is None else c // block_size**2
    h, w = _times(h, block_size), _times(w, block_size)
    return Shape((b, c, h, w) if channels_first(data_format) else (b, h, w, c))


@op("space_to_depth", "x, block_size, data_format='channels_last'")
def space_to_depth(x: Shape, block_size: Any, data_format: Any) -> Shape:
    """(b, h, w, c) -> (b, h / n, w / n, c * n**2)."""
    b, h, w, c = _blocks(x, block_size, data_format, "space_to_depth")
    for word, size in (("Height", h), ("Width", w)):
        if isinstance(size, int) and size % block_size:
            raise Fault(
                "op-mismatch",
                f"{word} ({size}) must be divisible by block_size ({block_size}).",
                expected=f"a multiple of {block_size}",
                found=x,
            )
    h, w = (None if size is None else size // block_size for size in (h, w))
    c = _times(c, block_size**2)
    return Shape((b, c, h, w) if channels_first(data_format) else (b, h, w, c))


def _blocks(x: Shape, block_size: Any, data_format: Any, name: str) -> tuple[Dim, Dim, Dim, Dim]:
    first = channels_first(data_format)
    if isinstance(block_size, int) and block_size < 2:
        raise Fault(
            "bad-argument",
            f"`block_size` must be at least 2. Received: block_size={block_size}",
            argument="block_size",
            expected="2 or more",
            found=block_size,
        )
    if x.rank != 4:
        raise Fault(
            "op-mismatch",
            f"`{name}` requires a 4D input tensor. Received: x.shape={x}",
            expected="4 dimensions",
            found=x,
        )
    b, h, w, c = x if not first else (x[0], x[2], x[3], x[1])
    return b, h, w, c
