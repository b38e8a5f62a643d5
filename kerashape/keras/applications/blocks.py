"""A small language for writing architectures over the layer records.

A builder holds a :class:`Graph` and passes tensors along::

    x = g.conv(x, 32, 3, 2, name="stem_conv")
    x = g.relu(g.norm(x, name="stem_bn"), name="stem_relu")
    x = g("Concatenate", [x, y], axis=-1)

Every call makes a layer and calls it; a fault of the layer is raised, as Keras would.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kerashape.keras import ops
from kerashape.keras.applications import copies
from kerashape.keras.graph import Call, Operation, Tensor
from kerashape.keras.layers import find
from kerashape.keras.layers.base import Layer
from kerashape.keras.names import Names, snake_case
from kerashape.keras.signature import Arguments
from kerashape.shapes import Dim, Fault, Undecided, Unknown, unknown_dim

Padding = Any
"""Rows and columns to add: one number, or ((top, bottom), (left, right))."""


class Graph:
    """Makes and calls layers, drawing automatic names from ``names``."""

    def __init__(self, names: Names) -> None:
        self.names = names

    def __call__(self, kind: str, inputs: Any, /, *positional: Any, **keywords: Any) -> Tensor:
        """What ``keras.layers.<kind>(*positional, **keywords)(inputs)`` returns."""
        key = copies.key_of(kind, positional, keywords, inputs)
        copy = copies.find(key)
        if copy is not None:
            return copy.call(inputs, keywords.get("name"), self.names)
        layer = self.layer(kind, *positional, **keywords)
        output = self.call(layer, inputs)
        copies.remember(key, layer, output)
        return output

    def layer(self, kind: str, /, *positional: Any, **keywords: Any) -> Layer:
        """What ``keras.layers.<kind>(*positional, **keywords)`` returns."""
        record = find(kind)
        assert record is not None, kind
        return self.make(record, *positional, **keywords)

    def make(self, record: type[Layer], /, *positional: Any, **keywords: Any) -> Layer:
        """A layer of a class that is not public."""
        return record.construct(Arguments(positional, keywords), self.names)

    def call(self, layer: Layer, inputs: Any) -> Tensor:
        """What ``layer(inputs)`` returns.

        Raises:
            Fault: whatever Keras raises there.
            Undecided: if not even its number of outputs is known.
        """
        return _result(layer(Arguments([inputs])))

    def op(self, name: str, *arguments: Any) -> Tensor:
        """What ``keras.ops.<name>(*arguments)`` returns: a node of the graph, but no layer."""
        record = ops.find(name)
        assert record is not None, name
        return _result(record.apply(Arguments(arguments), self.names))

    def perhaps(self, x: Tensor, kinds: Sequence[str], reason: str) -> Tensor:
        """``x`` behind layers of some of these ``kinds``, or none, that keep its shape.

        The graph is open there: what its layers are is not known.
        """
        for kind in kinds:
            self.names.counters[snake_case(kind)] = None
        unknown = Unknown(reason)
        call = Call(Unfollowed(unknown), [x, unknown], values={"x": x})
        call.output = result = Tensor(x.shape, x.dtype, call)
        return result

    # -- the layers that every architecture is made of, with the defaults that most share ----

    def conv(
        self,
        x: Tensor,
        filters: Any,
        kernel: Any = 1,
        strides: int = 1,
        *,
        padding: str = "same",
        bias: bool = False,
        activation: str | None = None,
        name: Any = None,
    ) -> Tensor:
        """A Conv2D; by default pointwise, without a bias."""
        return self(
            "Conv2D", x, filters, kernel, strides=strides, padding=padding,
            use_bias=bias, activation=activation, name=name,
        )  # fmt: skip

    def depthwise(
        self, x: Tensor, kernel: int, strides: int = 1, *, padding: str = "same", name: Any = None,
        depth_multiplier: Any = 1,
    ) -> Tensor:  # fmt: skip
        """A DepthwiseConv2D without a bias."""
        return self(
            "DepthwiseConv2D", x, kernel, strides=strides, padding=padding, use_bias=False,
            depth_multiplier=depth_multiplier, name=name,
        )  # fmt: skip

    def separable(
        self, x: Tensor, filters: int, kernel: int = 3, strides: int = 1, *,
        padding: str = "same", name: Any = None,
    ) -> Tensor:  # fmt: skip
        """A SeparableConv2D without a bias."""
        return self(
            "SeparableConv2D", x, filters, kernel, strides=strides, padding=padding,
            use_bias=False, name=name,
        )  # fmt: skip

    def norm(self, x: Tensor, *, scale: bool = True, name: Any = None) -> Tensor:
        """A BatchNormalization over the channels."""
        return self("BatchNormalization", x, axis=-1, scale=scale, name=name)

    def activation(self, x: Tensor, function: Any, *, name: Any = None) -> Tensor:
        """An Activation layer."""
        return self("Activation", x, function, name=name)

    def relu(self, x: Tensor, *, name: Any = None) -> Tensor:
        """An Activation layer with ``relu``."""
        return self("Activation", x, "relu", name=name)

    def pad(self, x: Tensor, padding: Padding, *, name: Any = None) -> Tensor:
        """A ZeroPadding2D."""
        return self("ZeroPadding2D", x, padding, name=name)

    def max_pool(
        self, x: Tensor, size: int = 3, strides: int = 2, *, padding: str = "valid",
        name: Any = None,
    ) -> Tensor:  # fmt: skip
        """A MaxPooling2D."""
        return self("MaxPooling2D", x, size, strides=strides, padding=padding, name=name)

    def average_pool(
        self, x: Tensor, size: int = 3, strides: int = 1, *, padding: str = "same",
        name: Any = None,
    ) -> Tensor:  # fmt: skip
        """An AveragePooling2D."""
        return self("AveragePooling2D", x, size, strides=strides, padding=padding, name=name)

    def concatenate(self, tensors: Sequence[Tensor], *, name: Any = None) -> Tensor:
        """A Concatenate of channels."""
        return self("Concatenate", list(tensors), axis=-1, name=name)

    def add(self, *tensors: Tensor, name: Any = None) -> Tensor:
        """An Add layer."""
        return self("Add", list(tensors), name=name)

    def multiply(self, *tensors: Tensor, name: Any = None) -> Tensor:
        """A Multiply layer."""
        return self("Multiply", list(tensors), name=name)

    def squeeze_excite(
        self, x: Tensor, channels: int, reduced: int, activation: str, prefix: str
    ) -> Tensor:
        """A gate on the channels, as the EfficientNets have it."""
        gate = self("GlobalAveragePooling2D", x, name=f"{prefix}se_squeeze")
        gate = self("Reshape", gate, (1, 1, channels), name=f"{prefix}se_reshape")
        gate = self.conv(gate, reduced, bias=True, activation=activation, name=f"{prefix}se_reduce")
        gate = self.conv(gate, channels, bias=True, activation="sigmoid", name=f"{prefix}se_expand")
        return self.multiply(x, gate, name=f"{prefix}se_excite")


class Unfollowed(Operation):
    """Zero or more layers, not known, that keep the shape."""

    def __init__(self, name: Unknown) -> None:
        self.name = name

    def replay(self, values: dict[str, Any]) -> Any:
        return Tensor(values["x"].shape, values["x"].dtype)


def _result(call: Call) -> Tensor:
    if call.fault is not None:
        raise call.fault
    if not isinstance(call.output, Tensor):
        raise Undecided(call.reason or f"the output of {call.operation.name}")
    return call.output


def channels(x: Tensor) -> Dim:
    """The number of channels of an image tensor."""
    return x.shape[-1]


def downsampling_padding(x: Tensor, kernel: int) -> Padding:
    """The padding before a valid convolution of stride 2 that keeps every pixel.

    Follows ``keras.src.applications.imagenet_utils.correct_pad``.

    Raises:
        Fault: if the columns are None but the rows are not.
    """
    rows, columns = (unknown_dim(), unknown_dim()) if x.shape.open else x.shape.dims[1:3]
    half = kernel // 2
    if rows is None:
        return ((half - 1, half), (half - 1, half))
    if columns is None:
        raise Fault(
            "application-input",
            "unsupported operand type(s) for %: 'NoneType' and 'int'",
            expected="rows and columns both known, or both None",
            found=x.shape,
        )
    return ((half - 1 + rows % 2, half), (half - 1 + columns % 2, half))


def divisible(value: float, divisor: int = 8) -> int:
    """``value`` rounded to a multiple of ``divisor``, but never down by more than a tenth."""
    rounded = max(divisor, int(value + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * value else rounded
