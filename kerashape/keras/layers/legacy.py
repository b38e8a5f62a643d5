"""Layers that Keras 2 has and Keras 3 has not."""

from __future__ import annotations

import math
from typing import Any

from kerashape.keras.layers import LEGACY
from kerashape.keras.layers.base import InputSpec, Layer
from kerashape.keras.layers.convolution import Conv
from kerashape.keras.layers.normalization import BatchNormalization
from kerashape.keras.layers.recurrent import GRU, LSTM
from kerashape.keras.layers.reshaping import Rearranging
from kerashape.shapes import Fault, Shape, Undecided
from kerashape.shapes.reshape import product

_RECURRENT = (
    "units, kernel_initializer='glorot_uniform', recurrent_initializer='orthogonal', "
    "bias_initializer='zeros', {}kernel_regularizer=None, recurrent_regularizer=None, "
    "bias_regularizer=None, activity_regularizer=None, kernel_constraint=None, "
    "recurrent_constraint=None, bias_constraint=None, return_sequences=False, return_state=False, "
    "go_backwards=False, stateful=False, **kwargs"
)
_LOCAL = (
    "activation=None, use_bias=True, kernel_initializer='glorot_uniform', "
    "bias_initializer='zeros', kernel_regularizer=None, bias_regularizer=None, "
    "activity_regularizer=None, kernel_constraint=None, bias_constraint=None, implementation=1"
)

SIGNATURES = {
    "Identity": "**kwargs",
    "CuDNNLSTM": _RECURRENT.format("unit_forget_bias=True, "),
    "CuDNNGRU": _RECURRENT.format(""),
    "SyncBatchNormalization": "axis=-1, momentum=0.99, epsilon=0.001, center=True, scale=True, "
    "beta_initializer='zeros', gamma_initializer='ones', moving_mean_initializer='zeros', "
    "moving_variance_initializer='ones', beta_regularizer=None, gamma_regularizer=None, "
    "beta_constraint=None, gamma_constraint=None, **kwargs",
}
"""Constructors whose parameters tf-keras hides, or that it does not export with the others."""


def find(name: str) -> type[Layer] | None:
    """The record of a layer that only Keras 2 has; None if there is none of that name."""
    record: type[Layer] | None = globals()[name] if name in LEGACY else None
    return record


class ThresholdedReLU(Rearranging):
    """(...) -> (...)."""

    signature = "theta=1.0"
    keeps_dtype = False

    def output(self, inputs: Shape) -> Shape:
        return inputs


class RandomHeight(Layer):
    """(batch, height, width, channels) -> (batch, None, width, channels); unbatched likewise."""

    signature = "factor, interpolation='bilinear', seed=None"
    call_signature = "inputs, training=True"
    axis = -3

    def output(self, inputs: Shape) -> Shape:
        if inputs.open or inputs.rank not in (3, 4):
            raise Undecided("it is no image")
        return inputs.replace(self.axis, None)


class RandomWidth(RandomHeight):
    """(batch, height, width, channels) -> (batch, height, None, channels); unbatched likewise."""

    axis = -2


class _LocallyConnected(Conv):
    """A convolution with a kernel of its own at every place."""

    dilation_rate: Any = 1
    groups = 1
    lora_rank = None

    def build(self, inputs: Shape) -> None:
        channels = self.narrow(inputs)
        out = self.output(inputs)
        places = out.dims[2:] if self.channels_first else out.dims[1:-1]
        if channels is None or any(place is None for place in places):
            raise Fault(
                "undefined-dimension",
                "The spatial dimensions of the inputs should be fully defined.",
                expected="known sizes",
                found=inputs,
            )
        window: Any = math.prod(self.kernel_size) * channels
        self.weight("kernel", (product(places), window, self.filters))
        if self.use_bias:
            self.weight("bias", (*places, self.filters))

    def output(self, inputs: Shape) -> Shape:
        return self.convolved(inputs, self.filters)


class LocallyConnected1D(_LocallyConnected):
    """(batch, steps, channels) -> (batch, steps', filters)."""

    rank = 1
    signature = f"filters, kernel_size, strides=1, padding='valid', data_format=None, {_LOCAL}"


class LocallyConnected2D(_LocallyConnected):
    """(batch, height, width, channels) -> (batch, height', width', filters)."""

    rank = 2
    signature = f"filters, kernel_size, strides=(1, 1), padding='valid', data_format=None, {_LOCAL}"


class CuDNNLSTM(LSTM):
    """LSTM with a bias for the input and one for the state."""

    def build(self, sequences: Shape) -> None:
        self.spec = InputSpec(ndim=3)
        self.weight("kernel", (sequences[-1], 4 * self.units))
        self.weight("recurrent_kernel", (self.units, 4 * self.units))
        self.weight("bias", (8 * self.units,))

    @property
    def sublayers(self) -> Any:
        return []


class CuDNNGRU(GRU):
    """GRU with a bias for the input and one for the state."""

    def build(self, sequences: Shape) -> None:
        self.spec = InputSpec(ndim=3)
        self.weight("kernel", (sequences[-1], 3 * self.units))
        self.weight("recurrent_kernel", (self.units, 3 * self.units))
        self.weight("bias", (6 * self.units,))

    @property
    def sublayers(self) -> Any:
        return []


class SyncBatchNormalization(BatchNormalization):
    """Batch normalization over all replicas."""
