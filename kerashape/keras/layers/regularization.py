"""Dropout, noise and penalties. None changes the shape or has weights."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from kerashape.keras.layers.arguments import refuse, settle, standard_data_format
from kerashape.keras.layers.base import InputSpec, Layer
from kerashape.keras.layers.values import plain, seed
from kerashape.shapes import Fault, Symbol, Unknown


class Noise(Layer):
    """Drops or disturbs values while training."""

    integers_within = "kept"
    built_at_once = True
    nested = "same"
    strength: ClassVar[str] = "rate"
    """The argument that says how much, between 0 and 1."""
    call_signature = "inputs, training=False"

    def check(self) -> None:
        settle(self, self.strength)
        value = getattr(self, self.strength)
        refuse(
            self.strength,
            lambda: not 0 <= value <= 1,
            f"Invalid value received for argument `{self.strength}`. Expected a float value "
            f"between 0 and 1. Received: {self.strength}={value}",
            expected="a number between 0 and 1",
            found=value,
        )
        self.check_noise_shape()
        if plain(value) and value > 0:
            seed(self)

    def check_noise_shape(self) -> None:
        """Of Dropout."""


class Dropout(Noise):
    """Sets a fraction of the values to 0."""

    signature = "rate, noise_shape=None, seed=None"
    noise_shape: Any

    def check_noise_shape(self) -> None:
        settle(self, "noise_shape")
        shape = self.noise_shape
        if shape is None or isinstance(shape, (Unknown, Symbol)):
            return
        text = "Invalid value received for argument `noise_shape`. "
        if isinstance(shape, str):
            text += f"Expected a tuple or list of integers. Received: noise_shape={shape}"
        elif not isinstance(shape, (list, tuple, dict, bytes)):
            text += (
                "Expected an iterable of integers (e.g., a tuple or list). "
                f"Received: noise_shape={shape}"
            )
        else:
            for index, dim in enumerate(shape):
                if dim is None or not plain(dim):
                    continue
                if not isinstance(dim, int):
                    text += (
                        "Expected all elements to be integers or None. Received element at "
                        f"index {index}: {dim} (type: {type(dim).__name__})"
                    )
                    break
                if dim <= 0:
                    text += (
                        "Expected all dimensions to be positive integers or None. Received "
                        f"negative or zero value at index {index}: {dim}"
                    )
                    break
            else:
                return
        raise Fault(
            "bad-argument",
            text,
            argument="noise_shape",
            expected="a tuple of positive integers",
            found=shape,
        )


class AlphaDropout(Noise):
    """Dropout that keeps mean and variance."""

    signature = "rate, noise_shape=None, seed=None"


class GaussianDropout(Noise):
    """Multiplies by noise around 1."""

    signature = "rate, seed=None"


class GaussianNoise(Noise):
    """Adds noise around 0."""

    strength = "stddev"
    signature = "stddev, seed=None"


class SpatialDropout(Noise):
    """Drops whole feature maps."""

    takes_base_arguments = False
    rank: ClassVar[int]

    def check(self) -> None:
        super().check()
        if "data_format" in self.arguments:
            standard_data_format(self)
        self.spec = InputSpec(ndim=self.rank + 2)


class SpatialDropout1D(SpatialDropout):
    """(batch, steps, channels)."""

    rank = 1
    signature = "rate, seed=None, name=None, dtype=None"


class SpatialDropout2D(SpatialDropout):
    """(batch, rows, cols, channels)."""

    rank = 2
    signature = "rate, data_format=None, seed=None, name=None, dtype=None"


class SpatialDropout3D(SpatialDropout):
    """(batch, d1, d2, d3, channels)."""

    rank = 3
    signature = "rate, data_format=None, seed=None, name=None, dtype=None"


class ActivityRegularization(Layer):
    """Adds a penalty on its input to the loss."""

    integers_within = "kept"
    built_at_once = True
    nested = "same"
    signature = "l1=0.0, l2=0.0"

    def check(self) -> None:
        for name in ("l1", "l2"):
            value = getattr(self, name)
            if value is not None and plain(value) and not _is_penalty(value):
                raise Fault(
                    "bad-argument",
                    f"Invalid value for argument {name}: expected a non-negative float."
                    f"Received: {name}={value}",
                    argument=name,
                    expected="a number of 0 or more",
                    found=value,
                )
        if "activity_regularizer" in self.given:
            raise Fault(
                "bad-argument",
                "keras.src.layers.layer.Layer.__init__() got multiple values for keyword argument "
                "'activity_regularizer'",
                argument="activity_regularizer",
                expected="l1 and l2 only",
            )


def _is_penalty(value: Any) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value) and value >= 0
