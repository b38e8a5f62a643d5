"""Layers that Keras 2 has and Keras 3 has not."""

from __future__ import annotations

from typing import Any

from kerashape.keras.layers.arguments import positive_int
from kerashape.keras.layers.base import Layer
from kerashape.keras.layers.convolution import Conv1D, Conv2D
from kerashape.keras.layers.recurrent import GRU, LSTM
from kerashape.keras.spec import InputSpec
from kerashape.shapes import Shape, unknown_dim


def find(name: str) -> type[Layer] | None:
    """The record of a layer that only Keras 2 has; None if there is none of that name."""
    return _RECORDS.get(name)


class ThresholdedReLU(Layer):
    """(...) -> (...)."""

    signature = "theta=1.0"
    nested = "same"
    theta: Any

    def output(self, inputs: Shape) -> Shape:
        return inputs


_RECORDS: dict[str, type[Layer]] = {"ThresholdedReLU": ThresholdedReLU}
