"""Activations as layers. None changes the shape."""

from __future__ import annotations

import functools
import operator
from typing import Any

from kerashape.keras.layers.arguments import refuse, settle
from kerashape.keras.layers.base import InputSpec, Layer
from kerashape.keras.layers.identifiers import identifiers
from kerashape.keras.layers.values import plain
from kerashape.shapes import Dim, Shape, Undecided, Unknown
from kerashape.shapes.broadcast import broadcast


class Activation(Layer):
    """Applies a function, or the activation of that name, to each value."""

    integers_within = "unknown"
    built_at_once = True
    nested = "same"
    signature = "activation"

    def check(self) -> None:
        identifiers(self)


def _not_negative(layer: Layer, name: str, kind: str, *, optional: bool = False) -> None:
    settle(layer, name)
    value = getattr(layer, name)
    limit = 0.0 if kind == "ReLU" else 0
    if optional:
        text = f"{name} of a {kind} layer cannot be a negative value. "
    elif kind == "ReLU":
        text = f"{name} of a ReLU layer cannot be None or a negative value. "
    else:
        text = (
            f"The {name} value of a {kind} layer cannot be None or negative value. "
            "Expected a float. "
        )
    refuse(
        name,
        lambda: value < limit if value is not None else not optional,
        f"{text}Received: {name}={value}",
        expected="a number of 0 or more",
        found=value,
    )


class ReLU(Layer):
    """``max(x, 0)``, with a slope, a ceiling and a threshold."""

    integers_within = "unknown"
    built_at_once = True
    nested = "same"
    signature = "max_value=None, negative_slope=0.0, threshold=0.0"

    def check(self) -> None:
        _not_negative(self, "max_value", "ReLU", optional=True)
        _not_negative(self, "negative_slope", "ReLU")
        _not_negative(self, "threshold", "ReLU")


class LeakyReLU(Layer):
    """``max(x, slope * x)``."""

    integers_within = "unknown"
    built_at_once = True
    nested = "same"
    signature = "negative_slope=0.3"
    keywords = "alpha=None"
    negative_slope: Any

    def check(self) -> None:
        if "alpha" in self.given:
            self.negative_slope = self.arguments["alpha"]
        _not_negative(self, "negative_slope", "Leaky ReLU")


class ELU(Layer):
    """``alpha * (exp(x) - 1)`` where x is negative."""

    integers_within = "unknown"
    built_at_once = True
    nested = "same"
    signature = "alpha=1.0"

    def output(self, inputs: Any) -> Any:
        if self.within and not isinstance(self.alpha, (int, float)):
            raise Undecided("an alpha that is no number broadcasts")
        return inputs


class Softmax(Layer):
    """Positive values that sum to 1 along ``axis``."""

    integers_within = "unknown"
    built_at_once = True
    nested = "same"
    signature = "axis=-1"
    call_signature = "inputs, mask=None"

    def output(self, inputs: Any, mask: Any = None) -> Any:
        known = isinstance(inputs, Shape) and isinstance(mask, Shape)
        return broadcast(inputs, mask) if self.within and known else inputs


def _lacks(dims: list[Dim], axis: Any) -> bool:
    """Whether there is no ``dims[axis - 1]``."""
    place = axis - 1
    if isinstance(place, float):
        raise TypeError("list indices must be integers or slices, not float")
    return not -len(dims) <= operator.index(place) < len(dims)


class PReLU(Layer):
    """A slope that is learned: alpha, the shape without batch, 1 along the shared axes."""

    nested = "unknown"
    signature = (
        "alpha_initializer='Zeros', alpha_regularizer=None, alpha_constraint=None, shared_axes=None"
    )
    shared_axes: Any

    def check(self) -> None:
        settle(self, "shared_axes")
        identifiers(self)
        axes = self.shared_axes
        if axes is not None and not isinstance(axes, (list, tuple, Unknown)):
            self.shared_axes = [axes]

    def build(self, inputs: Shape) -> None:
        dims: list[Dim] = list(inputs[1:])
        for axis in self.shared_axes or ():
            refuse(
                "shared_axes",
                functools.partial(_lacks, dims, axis),
                "list assignment index out of range",
                expected=f"axes of {inputs}",
                found=axis,
                tracked=True,
            )
            if not plain(axis):
                raise Undecided("the shared axes are not known")
            dims[axis - 1] = 1
        self.weight("alpha", dims)
        axes = {}
        if self.shared_axes:
            axes = {i: inputs[i] for i in range(1, inputs.rank) if i not in self.shared_axes}
        self.spec = InputSpec(ndim=inputs.rank, axes=axes)

    def output(self, inputs: Any) -> Any:
        if self.within and self.variables and self.calls:
            return inputs[:1] + broadcast(inputs[1:], self.variables[0].shape)
        return inputs
