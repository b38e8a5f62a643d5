"""How convolution and pooling change a size, and the shape around it.

A size is an int, None (decided at run time) or a symbol. ``channels_first`` tells where the
channels are: ``(batch, channels, *spatial)``, else ``(batch, *spatial, channels)``. The
texts of the faults are those of ``keras.src.ops.operation_utils``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from kerashape.shapes.outcome import Fault, Undecided, Unknown
from kerashape.shapes.shape import Shape
from kerashape.shapes.symbol import Dim, Symbol, unknown_dim


def of_rank(shape: Shape, rank: int) -> Shape:
    """The same shape; an open one with unknown dimensions before, so that it has that rank."""
    if not shape.open or len(shape.dims) > rank:
        return shape
    return Shape.of_rank(rank - len(shape.dims)) + Shape(shape.dims)


def spatial(shape: Shape, channels_first: bool | Unknown) -> Shape:
    """The dimensions that are neither batch nor channels."""
    return shape[2:] if channels_first else shape[1:-1]


def around(shape: Shape, sizes: Sequence[Dim], channels: Dim, channels_first: bool) -> Shape:
    """The batch axis of ``shape`` with other spatial sizes and channels."""
    if channels_first:
        return Shape((shape[0], channels, *sizes))
    return Shape((shape[0], *sizes, channels))


def window_size(size: Dim, window: Dim, stride: Dim, padding: str) -> Dim:
    """The number of positions of a window on an axis; 0 or less where it does not fit.

    Args:
        size: the length of the axis.
        window: the length of the window, dilation included.
        stride: the step.
        padding: ``"valid"``, ``"same"`` or ``"causal"``.
    """
    if size is None:
        return None
    if window is None or stride is None:
        raise Undecided("the window is not known")
    room = size - window if padding == "valid" else size - 1
    steps: Dim = room // stride
    if isinstance(steps, Symbol):
        return steps + 1
    return math.floor(steps or 0) + 1


def dilated(kernel: Any, dilation: Any) -> Any:
    """The length of a kernel whose elements are ``dilation`` apart."""
    return dilation * (kernel - 1) + 1


def transposed_size(size: Dim, window: Any, stride: Any, padding: str, output_padding: Any) -> Any:
    """The size whose convolution gives ``size``; ``output_padding`` None: chosen by Keras."""
    if size is None:
        return None
    if padding == "valid":
        if output_padding is None:
            output_padding = _max(window, stride) - window
        return (size - 1) * stride + window + output_padding
    if output_padding is None:
        return size * stride
    return (size - 1) * stride + window % 2 + output_padding


def _max(a: Dim, b: Dim) -> Any:
    if isinstance(a, Symbol) or isinstance(b, Symbol):
        return a if isinstance(a, Symbol) and a.same(b) else unknown_dim()
    return max(a, b)  # type: ignore[type-var]


def _certain(shape: Shape) -> list[Dim]:
    return [dim for dim in shape if not isinstance(dim, Symbol)]


def _empty(sizes: Sequence[Dim]) -> bool:
    return any(not isinstance(size, Symbol) and size is not None and size <= 0 for size in sizes)


def conv_shape(
    inputs: Shape,
    filters: Dim,
    kernel: tuple[Any, ...],
    strides: tuple[Any, ...],
    padding: Any,
    channels_first: bool,
    dilation: tuple[Any, ...],
) -> Shape:
    """What a convolution makes of ``inputs``, whose rank is that of the kernel plus 2.

    Raises:
        Fault: ``empty-output``, ``wrong-rank``, ``bad-argument``.
    """
    inputs = of_rank(inputs, len(kernel) + 2)
    channels = inputs[1 if channels_first else -1]
    full_kernel = Shape((*kernel, channels, filters))
    if full_kernel.rank != inputs.rank:
        raise Fault(
            "wrong-rank",
            "Kernel shape must have the same length as input, but received "
            f"kernel of shape {full_kernel} and input of shape {inputs}.",
            expected=f"{full_kernel.rank} dimensions",
            found=inputs,
        )
    if padding not in ("valid", "same", "causal"):
        raise Fault(
            "bad-argument",
            f"`padding` must be either `'valid'` or `'same'`. Received {padding}.",
            argument="padding",
            expected="'valid' or 'same'",
            found=padding,
        )
    sizes = [
        window_size(size, dilated(k, d), s, padding)
        for size, k, d, s in zip(spatial(inputs, channels_first), kernel, dilation, strides)
    ]
    if padding == "valid" and _empty(sizes):
        raise Fault(
            "empty-output",
            "Computed output size would be zero or negative. Received "
            f"`inputs shape={inputs}`, `kernel shape={full_kernel}`, ",
            expected=f"spatial sizes of at least {_extent(kernel, dilation)}",
            found=inputs,
        )
    return around(inputs, sizes, filters, channels_first)


def _extent(kernel: Sequence[Any], dilation: Sequence[Any]) -> str:
    return " x ".join(str(dilated(k, d)) for k, d in zip(kernel, dilation))


def conv_transpose_shape(
    inputs: Shape,
    filters: Dim,
    kernel: tuple[Any, ...],
    strides: tuple[Any, ...],
    padding: Any,
    output_padding: tuple[Any, ...] | None,
    channels_first: bool,
    dilation: tuple[Any, ...],
) -> Shape:
    """What a transposed convolution makes of ``inputs``.

    Raises:
        Fault: ``wrong-rank``, ``bad-argument``.
    """
    inputs = of_rank(inputs, len(kernel) + 2)
    sizes = spatial(inputs, channels_first)
    if isinstance(padding, (list, tuple)) and any(size is not None for size in sizes):
        raise Fault(
            "bad-argument",
            " object has no attribute 'lower'",
            argument="padding",
            expected="'valid' or 'same'",
            found=padding,
        )
    if inputs.rank > len(kernel) + 2:
        raise Fault(
            "wrong-rank",
            "tuple index out of range",
            expected=f"{len(kernel) + 2} dimensions",
            found=inputs,
        )
    paddings = output_padding or (None,) * len(kernel)
    new_sizes = [
        transposed_size(size, dilated(k, d), s, padding, p)
        for size, k, d, s, p in zip(sizes, kernel, dilation, strides, paddings)
    ]
    return around(inputs, new_sizes, filters, channels_first)


def pool_shape(
    inputs: Shape,
    window: tuple[Any, ...],
    strides: tuple[Any, ...],
    padding: Any,
    channels_first: bool,
) -> Shape:
    """What pooling makes of ``inputs``.

    Raises:
        Fault: ``empty-output``, ``bad-argument``.
    """
    inputs = of_rank(inputs, len(window) + 2)
    if padding not in ("valid", "same"):
        raise Fault(
            "bad-argument",
            f"Argument `padding` must be either 'valid' or 'same'. Received: padding={padding}",
            argument="padding",
            expected="'valid' or 'same'",
            found=padding,
        )
    standing = any(isinstance(stride, int) and stride == 0 for stride in strides)
    if standing and None in _certain(inputs):
        raise _standing("division by zero", strides)
    steps = [stride if stride else 1 for stride in strides] if standing else strides
    axes = spatial(inputs, channels_first).dims
    if len(axes) == len(window):
        sizes = [window_size(size, w, s, padding) for size, w, s in zip(axes, window, steps)]
    else:
        sizes = _broadcast_sizes(axes, window, steps, padding)
    if padding == "valid" and _empty(sizes):
        raise Fault(
            "empty-output",
            "Computed output size would be zero or negative. Received: `inputs.shape=",
            expected=f"spatial sizes of at least {' x '.join(map(str, window))}",
            found=inputs,
        )
    if standing:
        raise _standing("cannot convert float ", strides)
    return around(inputs, sizes, inputs[1 if channels_first else -1], channels_first)


def _broadcast_sizes(
    axes: Sequence[Dim], window: Sequence[Any], strides: Sequence[Any], padding: str
) -> list[Dim]:
    """Sizes on another number of axes than the window has: numpy stretches the one or the other.

    It computes with -1 in place of None, and puts None back where it was.
    """
    count = len(window) if len(axes) == 1 else len(axes)
    if (count != len(axes) and len(axes) != 1) or (count != len(window) and len(window) != 1):
        raise Fault(
            "wrong-rank",
            f"operands could not be broadcast together with shapes ({len(axes)},) ({len(window)},)",
            expected=f"{len(window)} spatial axes",
            found=len(axes),
        )
    numbers: list[Dim] = [-1 if axis is None else axis for axis in axes]
    columns = [list(each) * (count if len(each) == 1 else 1) for each in (numbers, window, strides)]
    sizes = [window_size(size, w, s, padding) for size, w, s in zip(*columns)]
    return [None if axes[i : i + 1] == (None,) else size for i, size in enumerate(sizes)]


def _standing(text: str, strides: object) -> Fault:
    return Fault(
        "bad-argument", text, argument="strides", expected="positive strides", found=strides
    )
