"""The convolutions: plain, transposed, depthwise and separable."""

from __future__ import annotations

import functools
import operator
from typing import Any, ClassVar

from kerashape.keras.layers.arguments import (
    faults_of,
    refuse,
    settle,
    standard_data_format,
    standard_padding,
    standard_tuple,
)
from kerashape.keras.layers.base import InputSpec, Layer
from kerashape.keras.layers.identifiers import identifiers
from kerashape.keras.layers.lora import add_lora
from kerashape.shapes import Dim, Fault, Shape, Undecided
from kerashape.shapes.arithmetic import conv_shape, conv_transpose_shape, of_rank

_KERNEL = (
    "activation=None, use_bias=True, kernel_initializer='glorot_uniform', "
    "bias_initializer='zeros', kernel_regularizer=None, bias_regularizer=None, "
    "activity_regularizer=None, kernel_constraint=None, bias_constraint=None"
)
_DEPTHWISE = (
    "activation=None, use_bias=True, depthwise_initializer='glorot_uniform', "
    "bias_initializer='zeros', depthwise_regularizer=None, bias_regularizer=None, "
    "activity_regularizer=None, depthwise_constraint=None, bias_constraint=None"
)
_SEPARABLE = (
    "activation=None, use_bias=True, depthwise_initializer='glorot_uniform', "
    "pointwise_initializer='glorot_uniform', bias_initializer='zeros', "
    "depthwise_regularizer=None, pointwise_regularizer=None, bias_regularizer=None, "
    "activity_regularizer=None, depthwise_constraint=None, pointwise_constraint=None, "
    "bias_constraint=None"
)


class Convolution(Layer):
    """What all convolutions share: ``rank`` spatial axes, a window that slides over them."""

    nested = "fault"
    passed_on = "rank"
    rank: ClassVar[int]
    causal: ClassVar[bool] = False
    kernel_size: tuple[Any, ...]
    strides: tuple[Any, ...]
    dilation_rate: tuple[Any, ...]
    padding: Any
    data_format: Any

    def check(self) -> None:
        settle(self, "kernel_size", "strides", "dilation_rate", "use_bias")
        for name in ("kernel_size", "strides", "dilation_rate"):
            setattr(self, name, standard_tuple(getattr(self, name), self.rank, name))
        standard_padding(self, causal=self.causal)
        self.check_output_padding()
        standard_data_format(self)
        identifiers(self)
        self.spec = InputSpec(min_ndim=self.rank + 2)
        self.check_sizes()

    def check_output_padding(self) -> None:
        """Of transposed convolutions."""

    def check_sizes(self) -> None:
        """The faults of the numbers among the arguments, in Keras's order."""

    def check_positive(self, name: str) -> None:
        """Keras: "Expected a strictly positive value" (None is taken)."""
        settle(self, name)
        value = getattr(self, name)
        refuse(
            name,
            lambda: value is not None and value <= 0,
            f"Invalid value for argument `{name}`. Expected a strictly positive value. "
            f"Received {name}={value}.",
            expected="a positive integer",
            found=value,
            tracked=True,
        )

    def check_dilation(self) -> None:
        """Keras: "`strides > 1` not supported in conjunction with `dilation_rate > 1`"."""
        refuse(
            "dilation_rate",
            lambda: max(self.strides) > 1 and max(self.dilation_rate) > 1,
            "`strides > 1` not supported in conjunction with `dilation_rate > 1`. Received: "
            f"strides={self.strides} and dilation_rate={self.dilation_rate}",
            expected="strides or dilation_rate of 1",
            found=self.dilation_rate,
        )

    @property
    def channels_first(self) -> bool:
        """Whether the channels come before the spatial axes."""
        return bool(self.data_format == "channels_first")

    def narrow(self, inputs: Shape) -> Dim:
        """Require these channels from now on; returns them."""
        axis = 1 if self.channels_first else -1
        channels = of_rank(inputs, self.rank + 2)[axis]
        self.spec = InputSpec(min_ndim=self.rank + 2, axes={axis: channels})
        return channels

    def convolved(self, inputs: Shape, filters: Dim) -> Shape:
        """The output shape with that many channels."""
        try:
            shape = conv_shape(
                inputs,
                filters,
                self.kernel_size,
                self.strides,
                self.padding,
                self.channels_first,
                self.dilation_rate,
            )
        except Fault:
            # Only the first call checks what is left; TensorFlow forgets dilated sizes.
            if self.within and self.built_by is not None and max(self.dilation_rate) > 1:
                raise Undecided("what TensorFlow makes of too small an image") from None
            raise
        return self.inferred(shape, inputs) if self.within and self.built is True else shape

    def inferred(self, shape: Shape, inputs: Shape) -> Shape:
        """What TensorFlow infers within another layer's ``call``."""
        from kerashape.keras.ops.convolution import as_inferred

        return as_inferred(shape, inputs, self.data_format, self.dilation_rate)

    def fallback(self, first: Any) -> Shape:
        return Shape.of_rank(self.rank + 2)


def _times(multiplier: Any, channels: Dim) -> Any:
    """``multiplier * channels`` as Python computes it."""
    if multiplier is None or channels is None:
        kinds = ["NoneType" if v is None else type(v).__name__ for v in (multiplier, channels)]
        raise Fault(
            "undefined-dimension" if channels is None else "bad-argument",
            f"unsupported operand type(s) for *: '{kinds[0]}' and '{kinds[1]}'",
            expected="a known number of channels",
            found=channels,
            argument="depth_multiplier" if channels is not None else None,
        )
    return multiplier * channels


class Conv(Convolution):
    """Kernel (*kernel_size, channels / groups, filters), bias (filters,)."""

    keywords = "lora_rank=None, lora_alpha=None"
    filters: Any
    groups: Any
    use_bias: Any
    lora_rank: Any

    def check_sizes(self) -> None:
        settle(self, "filters", "groups", "lora_rank")
        self.check_positive("filters")
        groups, filters = self.groups, self.filters
        refuse(
            "groups",
            lambda: groups <= 0,
            f"The number of groups must be a positive integer. Received: groups={groups}.",
            expected="a positive integer",
            found=groups,
            tracked=True,
        )
        refuse(
            "groups",
            lambda: filters is not None and filters % groups != 0,
            "The number of filters must be evenly divisible by the number of groups. "
            f"Received: groups={groups}, filters={filters}.",
            expected=f"a divisor of filters={filters}",
            found=groups,
            rule="channel-mismatch",
            tracked=True,
        )
        self.check_dilation()

    def build(self, inputs: Shape) -> None:
        channels = self.narrow(inputs)
        if channels is None:
            raise Fault(
                "undefined-dimension",
                f"unsupported operand type(s) for %: 'NoneType' and '{type(self.groups).__name__}'",
                expected="a known number of channels",
                found=inputs,
            )
        refuse(
            "groups",
            lambda: channels % self.groups != 0,
            "The number of input channels must be evenly divisible by the number of groups. "
            f"Received groups={self.groups}, but the input has {channels} channels "
            f"(full input shape is {inputs}).",
            expected=f"a multiple of {self.groups} channels",
            found=inputs,
            rule="channel-mismatch",
        )
        faults_of(lambda: self.convolved(inputs, self.filters))
        kernel = (*self.kernel_size, channels // self.groups, self.filters)
        self.weight("kernel", kernel)
        if self.use_bias:
            self.weight("bias", (self.filters,))
        if self.lora_rank:
            add_lora(self, "kernel", self.lora_rank, kernel[:-1], kernel[-1:])

    def output(self, inputs: Shape) -> Shape:
        return self.convolved(inputs, self.filters)


class Conv1D(Conv):
    """(batch, steps, channels) -> (batch, new_steps, filters)."""

    rank = 1
    causal = True
    signature = (
        "filters, kernel_size, strides=1, padding='valid', data_format=None, "
        f"dilation_rate=1, groups=1, {_KERNEL}"
    )


class Conv2D(Conv):
    """(batch, rows, cols, channels) -> (batch, new_rows, new_cols, filters)."""

    rank = 2
    signature = (
        "filters, kernel_size, strides=(1, 1), padding='valid', data_format=None, "
        f"dilation_rate=(1, 1), groups=1, {_KERNEL}"
    )


class Conv3D(Conv):
    """(batch, d1, d2, d3, channels) -> (batch, new_d1, new_d2, new_d3, filters)."""

    rank = 3
    signature = (
        "filters, kernel_size, strides=(1, 1, 1), padding='valid', data_format=None, "
        f"dilation_rate=(1, 1, 1), groups=1, {_KERNEL}"
    )


class ConvTranspose(Convolution):
    """Kernel (*kernel_size, filters, channels), bias (filters,)."""

    filters: Any
    use_bias: Any
    output_padding: Any

    def check_output_padding(self) -> None:
        settle(self, "output_padding")
        if self.output_padding is not None:
            self.output_padding = standard_tuple(
                self.output_padding, self.rank, "output_padding", allow_zero=True
            )

    def check_sizes(self) -> None:
        self.check_positive("filters")
        for index, (padding, stride) in enumerate(zip(self.output_padding or (), self.strides)):
            refuse(
                "output_padding",
                functools.partial(operator.ge, padding, stride),
                "`output_padding` must be strictly less than `strides` for all dimensions. "
                f"At dimension {index}, `output_padding` is {padding} but `strides` is {stride}.",
                expected=f"less than {stride}",
                found=padding,
            )
        self.check_dilation()

    def build(self, inputs: Shape) -> None:
        channels = self.narrow(inputs)
        self.weight("kernel", (*self.kernel_size, self.filters, channels))
        if self.use_bias:
            self.weight("bias", (self.filters,))

    def output(self, inputs: Shape) -> Shape:
        return conv_transpose_shape(
            inputs,
            self.filters,
            self.kernel_size,
            self.strides,
            self.padding,
            self.output_padding,
            self.channels_first,
            self.dilation_rate,
        )


class Conv1DTranspose(ConvTranspose):
    """(batch, steps, channels) -> (batch, new_steps, filters)."""

    rank = 1
    signature = (
        "filters, kernel_size, strides=1, padding='valid', output_padding=None, "
        f"data_format=None, dilation_rate=1, {_KERNEL}"
    )


class Conv2DTranspose(ConvTranspose):
    """(batch, rows, cols, channels) -> (batch, new_rows, new_cols, filters)."""

    rank = 2
    signature = (
        "filters, kernel_size, strides=(1, 1), padding='valid', output_padding=None, "
        f"data_format=None, dilation_rate=(1, 1), {_KERNEL}"
    )


class Conv3DTranspose(ConvTranspose):
    """(batch, d1, d2, d3, channels) -> (batch, new_d1, new_d2, new_d3, filters)."""

    rank = 3
    signature = (
        "filters, kernel_size, strides=(1, 1, 1), padding='valid', data_format=None, "
        f"output_padding=None, dilation_rate=(1, 1, 1), {_KERNEL}"
    )


def by_depth(layer: Convolution, shape: Shape, inputs: Shape) -> Shape:
    """What TensorFlow infers of a convolution that goes channel by channel."""
    from kerashape.keras.ops.convolution import as_inferred_by_depth

    return as_inferred_by_depth(
        shape, inputs, layer.strides, layer.padding, layer.data_format, layer.dilation_rate
    )


class DepthwiseConv(Convolution):
    """Kernel (*kernel_size, channels, multiplier), bias (channels * multiplier,)."""

    depth_multiplier: Any
    use_bias: Any

    def check_sizes(self) -> None:
        self.check_positive("depth_multiplier")

    def build(self, inputs: Shape) -> None:
        channels = self.narrow(inputs)
        faults_of(lambda: self.output(inputs))
        self.weight("kernel", (*self.kernel_size, channels, self.depth_multiplier))
        if self.use_bias:
            self.weight("bias", (_times(self.depth_multiplier, channels),))

    def inferred(self, shape: Shape, inputs: Shape) -> Shape:
        return by_depth(self, shape, inputs)

    def output(self, inputs: Shape) -> Shape:
        channels = of_rank(inputs, self.rank + 2)[1 if self.channels_first else -1]
        if self.within and channels is None and self.variables:
            channels = self.variables[0].shape[-2]
        return self.convolved(inputs, _times(self.depth_multiplier, channels))


class DepthwiseConv1D(DepthwiseConv):
    """(batch, steps, channels) -> (batch, new_steps, channels * multiplier)."""

    rank = 1
    signature = (
        "kernel_size, strides=1, padding='valid', depth_multiplier=1, data_format=None, "
        f"dilation_rate=1, {_DEPTHWISE}"
    )


class DepthwiseConv2D(DepthwiseConv):
    """(batch, rows, cols, channels) -> (batch, new_rows, new_cols, channels * multiplier)."""

    rank = 2
    signature = (
        "kernel_size, strides=(1, 1), padding='valid', depth_multiplier=1, data_format=None, "
        f"dilation_rate=(1, 1), {_DEPTHWISE}"
    )


class SeparableConv(Convolution):
    """A depthwise kernel (*kernel_size, channels, multiplier), then a pointwise one
    (1..., channels * multiplier, filters), bias (filters,)."""

    depth_multiplier: Any
    filters: Any
    use_bias: Any

    def check_sizes(self) -> None:
        self.check_positive("depth_multiplier")
        self.check_positive("filters")

    def build(self, inputs: Shape) -> None:
        channels = self.narrow(inputs)
        between = _times(self.depth_multiplier, channels)
        faults_of(lambda: self.output(inputs))
        self.weight("depthwise_kernel", (*self.kernel_size, channels, self.depth_multiplier))
        self.weight("pointwise_kernel", (*(1,) * self.rank, between, self.filters))
        if self.use_bias:
            self.weight("bias", (self.filters,))

    def inferred(self, shape: Shape, inputs: Shape) -> Shape:
        return by_depth(self, shape, inputs)

    def output(self, inputs: Shape) -> Shape:
        return self.convolved(inputs, self.filters)


class SeparableConv1D(SeparableConv):
    """(batch, steps, channels) -> (batch, new_steps, filters)."""

    rank = 1
    signature = (
        "filters, kernel_size, strides=1, padding='valid', data_format=None, "
        f"dilation_rate=1, depth_multiplier=1, {_SEPARABLE}"
    )


class SeparableConv2D(SeparableConv):
    """(batch, rows, cols, channels) -> (batch, new_rows, new_cols, filters)."""

    rank = 2
    signature = (
        "filters, kernel_size, strides=(1, 1), padding='valid', data_format=None, "
        f"dilation_rate=(1, 1), depth_multiplier=1, {_SEPARABLE}"
    )
