"""ConvLSTM1D, 2D and 3D: LSTMs whose products are convolutions."""

from __future__ import annotations

import functools
import math
from typing import Any, ClassVar

from kerashape.keras.layers.arguments import (
    refuse,
    settle,
    standard_data_format,
    standard_padding,
    standard_tuple,
)
from kerashape.keras.layers.base import InputSpec, Layer
from kerashape.keras.layers.cells import check_rate
from kerashape.keras.layers.identifiers import identifiers
from kerashape.keras.layers.recurrent import RNN, step_of
from kerashape.keras.layers.values import dim_at, is_size, plain, seed
from kerashape.keras.signature import Arguments, Signature
from kerashape.shapes import Fault, Shape, Undecided
from kerashape.shapes.arithmetic import conv_shape, spatial

_HEAD = (
    "filters, kernel_size, strides=1, padding='valid', data_format=None, dilation_rate=1, "
    "activation='tanh', recurrent_activation='sigmoid', use_bias=True, "
    "kernel_initializer='glorot_uniform', recurrent_initializer='orthogonal', "
    "bias_initializer='zeros', unit_forget_bias=True, kernel_regularizer=None, "
    "recurrent_regularizer=None, bias_regularizer=None, "
)
_TAIL = (
    "kernel_constraint=None, recurrent_constraint=None, bias_constraint=None, dropout=0.0, "
    "recurrent_dropout=0.0, seed=None"
)


class ConvLSTMCell(Layer):
    """One step: (batch, *spatial, channels) -> (batch, *spatial, filters), two states."""

    signature = f"rank, {_HEAD}{_TAIL}"
    state_size = -1
    kernel_size: tuple[Any, ...]
    strides: tuple[Any, ...]
    dilation_rate: tuple[Any, ...]

    def check(self) -> None:
        settle(self, "filters", "kernel_size", "strides", "dilation_rate", "use_bias")
        settle(self, "dropout", "recurrent_dropout")
        seed(self)
        self.kernel_size = standard_tuple(self.kernel_size, self.rank, "kernel_size")
        self.strides = standard_tuple(self.strides, self.rank, "strides", allow_zero=True)
        standard_padding(self)
        standard_data_format(self)
        self.dilation_rate = standard_tuple(self.dilation_rate, self.rank, "dilation_rate")
        refuse(
            "dilation_rate",
            lambda: max(self.strides) > 1 and max(self.dilation_rate) > 1,
            "Specifying `strides > 1` is not compatible with `dilation_rate > 1`. Please provide "
            f"`strides=1` or `dilation_rate=1`. Received: strides={self.strides} and "
            f"dilation_rate={self.dilation_rate}",
            expected="strides or dilation_rate of 1",
            found=self.dilation_rate,
        )
        identifiers(self)
        for name in ("dropout", "recurrent_dropout"):
            check_rate(name, getattr(self, name))

    @property
    def channels_first(self) -> bool:
        """Whether the channels come before the spatial axes."""
        return bool(self.data_format == "channels_first")

    def build(self, inputs: Shape) -> None:
        if any(size is None for size in spatial(inputs, self.channels_first)):
            raise Fault(
                "undefined-dimension",
                "ConvLSTM layers only support static input shapes for the spatial dimension. "
                f"Received invalid input shape: input_shape={inputs}",
                expected="known spatial sizes",
                found=inputs,
            )
        channels = dim_at(inputs, 1 if self.channels_first else -1)
        if channels is None:
            raise Fault(
                "undefined-dimension",
                "The channel dimension of the inputs (last axis) should be defined. Found None. "
                f"Full input shape received: input_shape={inputs}",
                expected="a known number of channels",
                found=inputs,
            )
        if self.filters is None or isinstance(self.filters, dict):
            raise Fault(
                "bad-argument",
                f"unsupported operand type(s) for *: '{type(self.filters).__name__}' and 'int'",
                argument="filters",
                expected="an integer",
                found=self.filters,
            )
        gates = self.filters * 4
        self.weight("kernel", (*self.kernel_size, channels, gates))
        self.weight("recurrent_kernel", (*self.kernel_size, self.filters, gates))
        if self.use_bias:
            self.weight("bias", (gates,))

    def output(self, inputs: Shape) -> Shape:
        for size, kernel, stride, dilation in zip(
            spatial(inputs, self.channels_first), self.kernel_size, self.strides, self.dilation_rate
        ):
            if plain(stride) and stride == 0:
                window = dilation * (kernel - 1) + 1 if self.padding == "valid" else 1
                _divide_by_zero(size, window)
        return conv_shape(
            inputs,
            self.filters,
            self.kernel_size,
            self.strides,
            self.padding,
            self.channels_first,
            self.dilation_rate,
        )


def _divide_by_zero(size: Any, window: Any) -> None:
    """What numpy makes of a stride of 0."""
    if size is None:
        raise Undecided("a stride of 0 on an unknown size")
    quotient = math.nan if size == window else math.inf
    words = "float NaN" if math.isnan(quotient) else "float infinity"
    raise Fault(
        "bad-argument",
        f"cannot convert {words} to integer",
        argument="strides",
        expected="strides of 1 and more",
        found=0,
    )


class ConvLSTM(RNN):
    """(batch, time, *spatial, channels) -> (batch, *spatial, filters), or all steps."""

    signature = (
        f"{_HEAD}activity_regularizer=None, {_TAIL}, return_sequences=False, "
        "return_state=False, go_backwards=False, stateful=False"
    )
    keywords: ClassVar[str] = "unroll=False, zero_output_for_mask=False"
    rank: ClassVar[int]

    def check(self) -> None:
        self.spec = InputSpec(ndim=self.rank + 3)
        self.cell  # noqa: B018 - its constructor is the first to raise
        super().check()

    @functools.cached_property
    def cell(self) -> Any:
        """The cell, made of the arguments that it shares with the layer."""
        names = {*Signature.parse(ConvLSTMCell.signature).names, "dtype"} - {"rank"}
        shared = {name: self.arguments[name] for name in names}
        return ConvLSTMCell.construct(
            Arguments(keywords={**shared, "rank": self.rank, "name": "conv_lstm_cell"}),
            self.names,
        )

    def output(self, sequences: Shape) -> Any:
        length = dim_at(sequences, 1)
        step = self.cell.output(step_of(sequences))
        if not is_size(self.cell.filters):
            raise Undecided("the number of filters is not known")
        if self.within and self.built_by is not None and None in sequences.dims[2:]:
            raise Undecided("what the states of the cell tell of the sizes")
        output: Shape = step
        if self.return_sequences:
            output = Shape((sequences[0], length)) + step[1:]
        return (output, step, step) if self.return_state else output


class ConvLSTM1D(ConvLSTM):
    """(batch, time, length, channels) -> (batch, new length, filters)."""

    rank = 1


class ConvLSTM2D(ConvLSTM):
    """(batch, time, height, width, channels) -> (batch, new height, new width, filters)."""

    rank = 2


class ConvLSTM3D(ConvLSTM):
    """(batch, time, depth, height, width, channels) -> (batch, ..., filters)."""

    rank = 3
