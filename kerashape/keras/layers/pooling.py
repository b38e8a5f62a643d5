"""Pooling: over windows, over everything, and to a given size."""

from __future__ import annotations

from typing import Any, ClassVar

from kerashape.keras.layers.arguments import (
    refuse,
    settle,
    shown,
    standard_data_format,
    standard_tuple,
)
from kerashape.keras.layers.base import InputSpec, Layer
from kerashape.keras.layers.values import plain
from kerashape.shapes import Fault, Shape, Symbol, Undecided, Unknown, unknown_dim
from kerashape.shapes.arithmetic import around, pool_shape

_WINDOW = "strides=None, padding='valid', data_format=None, name=None"


class Pooling(Layer):
    """The largest or mean value in a window that slides over ``rank`` axes. No weights."""

    built_at_once = True
    nested = "fault"
    passed_on = "pool_dimensions pool_mode"
    rank: ClassVar[int]
    pool_size: tuple[Any, ...]
    strides: Any
    padding: Any
    data_format: Any

    def check(self) -> None:
        settle(self, "pool_size", "strides", "padding")
        strides = self.pool_size if self.strides is None else self.strides
        self.pool_size = standard_tuple(self.pool_size, self.rank, "pool_size")
        self.strides = standard_tuple(strides, self.rank, "strides", allow_zero=True)
        standard_data_format(self)
        self.spec = InputSpec(ndim=self.rank + 2)

    def output(self, inputs: Shape) -> Shape:
        first = self.data_format == "channels_first"
        padding = self.padding
        if self.within and any(isinstance(step, float) for step in self.strides):
            raise Undecided("TensorFlow cuts what is no integer")
        if self.within and isinstance(padding, str):  # TensorFlow takes "VALID", too
            padding = padding.lower()
        return pool_shape(inputs, self.pool_size, self.strides, padding, first)

    def fallback(self, first: Any) -> Shape:
        return Shape.of_rank(self.rank + 2)


class MaxPooling1D(Pooling):
    """(batch, steps, channels) -> (batch, new_steps, channels)."""

    integers_within = "kept"
    nested = "unknown"
    rank = 1
    signature = f"pool_size=2, {_WINDOW}"


class MaxPooling2D(Pooling):
    """(batch, rows, cols, channels) -> (batch, new_rows, new_cols, channels)."""

    integers_within = "kept"
    rank = 2
    signature = f"pool_size=(2, 2), {_WINDOW}"


class MaxPooling3D(Pooling):
    """(batch, d1, d2, d3, channels) -> (batch, new_d1, new_d2, new_d3, channels)."""

    integers_within = "kept"
    rank = 3
    signature = f"pool_size=(2, 2, 2), {_WINDOW}"


class AveragePooling1D(Pooling):
    """(batch, steps, channels) -> (batch, new_steps, channels)."""

    nested = "unknown"
    rank = 1
    signature = f"pool_size, {_WINDOW}"


class AveragePooling2D(Pooling):
    """(batch, rows, cols, channels) -> (batch, new_rows, new_cols, channels)."""

    rank = 2
    signature = f"pool_size, {_WINDOW}"


class AveragePooling3D(Pooling):
    """(batch, d1, d2, d3, channels) -> (batch, new_d1, new_d2, new_d3, channels)."""

    rank = 3
    signature = f"pool_size, {_WINDOW}"


class GlobalPooling(Layer):
    """One value a channel: the spatial axes go, or become 1 with ``keepdims``. No weights."""

    built_at_once = True
    nested = "unknown"
    passed_on = "pool_dimensions"
    rank: ClassVar[int]
    signature = "data_format=None, keepdims=False"
    data_format: Any
    keepdims: Any

    def check(self) -> None:
        settle(self, "keepdims")
        standard_data_format(self)
        self.spec = InputSpec(ndim=self.rank + 2)

    def output(self, inputs: Shape) -> Shape:
        first = self.data_format == "channels_first"
        channels = inputs[1 if first else -1]
        count = self.rank if inputs.open else inputs.rank - 2
        return around(inputs, (1,) * count if self.keepdims else (), channels, first)


class GlobalMaxPooling1D(GlobalPooling):
    """(batch, steps, channels) -> (batch, channels)."""

    integers_within = "kept"
    rank = 1


class GlobalMaxPooling2D(GlobalPooling):
    """(batch, rows, cols, channels) -> (batch, channels)."""

    integers_within = "kept"
    rank = 2


class GlobalMaxPooling3D(GlobalPooling):
    """(batch, d1, d2, d3, channels) -> (batch, channels)."""

    integers_within = "kept"
    rank = 3


class GlobalAveragePooling1D(GlobalPooling):
    """(batch, steps, channels) -> (batch, channels)."""

    integers_within = "floatx"
    rank = 1
    call_signature = "inputs, mask=None"


class GlobalAveragePooling2D(GlobalPooling):
    """(batch, rows, cols, channels) -> (batch, channels)."""

    integers_within = "floatx"
    rank = 2


class GlobalAveragePooling3D(GlobalPooling):
    """(batch, d1, d2, d3, channels) -> (batch, channels)."""

    integers_within = "floatx"
    rank = 3


class AdaptivePooling(Layer):
    """Pooling to ``output_size``, whatever the sizes of the input: it checks no rank."""

    nested = "fault"
    rank: ClassVar[int]
    dimensions: ClassVar[str]
    signature = "output_size, data_format=None"
    output_size: Any
    data_format: Any

    def check(self) -> None:
        settle(self, "output_size", "data_format")
        self.output_size = self._sizes(self.output_size)
        if plain(self.data_format):
            self.data_format = self.data_format or self.names.defaults.data_format
        refuse(
            "data_format",
            lambda: (
                plain(self.data_format)
                and self.data_format not in {"channels_first", "channels_last"}
            ),
            f"Invalid data_format: {self.data_format}. "
            "Expected 'channels_first' or 'channels_last'.",
            expected="'channels_first' or 'channels_last'",
            found=self.data_format,
            tracked=True,
        )

    def _sizes(self, value: Any) -> tuple[Any, ...]:
        if isinstance(value, (int, Symbol)):
            return (value,) * self.rank
        if isinstance(value, Unknown):
            return tuple(unknown_dim() for _ in range(self.rank))
        if isinstance(value, (tuple, list)) and len(value) == self.rank:
            return tuple(value)
        if isinstance(value, (tuple, list)) and self.rank == 1:
            text = f"For 1D input, `output_size` tuple must have length 1. Received: {shown(value)}"
        else:
            text = (
                f"`output_size` must be an integer or {self.dimensions}. "
                f"Received: {shown(value)} of type "
                f"{type(value)}"
            )
        raise Fault(
            "bad-argument",
            text,
            argument="output_size",
            expected=f"an integer or a tuple of {self.rank}",
            found=value,
        )

    def output(self, inputs: Shape) -> Shape:
        first = self.data_format == "channels_first"
        if self.within and inputs.rank != self.rank + 2:
            raise Undecided("what TensorFlow pools of another rank")
        return around(inputs, self.output_size, inputs[1 if first else -1], first)

    def fallback(self, first: Any) -> Shape:
        return Shape.unknown() if self.within else Shape.of_rank(self.rank + 2)


class AdaptiveMaxPooling1D(AdaptivePooling):
    """(batch, steps, channels) -> (batch, output_size, channels)."""

    integers_within = "kept"
    rank = 1
    dimensions = "tuple of 1 integer"


class AdaptiveMaxPooling2D(AdaptivePooling):
    """(batch, rows, cols, channels) -> (batch, *output_size, channels)."""

    integers_within = "kept"
    rank = 2
    dimensions = "(height, width) tuple"


class AdaptiveMaxPooling3D(AdaptivePooling):
    """(batch, d1, d2, d3, channels) -> (batch, *output_size, channels)."""

    integers_within = "kept"
    rank = 3
    dimensions = "(depth, height, width) tuple"


class AdaptiveAveragePooling1D(AdaptiveMaxPooling1D):
    """(batch, steps, channels) -> (batch, output_size, channels)."""

    integers_within = "cast"


class AdaptiveAveragePooling2D(AdaptiveMaxPooling2D):
    """(batch, rows, cols, channels) -> (batch, *output_size, channels)."""

    integers_within = "cast"


class AdaptiveAveragePooling3D(AdaptiveMaxPooling3D):
    """(batch, d1, d2, d3, channels) -> (batch, *output_size, channels)."""

    integers_within = "cast"
