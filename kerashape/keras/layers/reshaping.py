"""Layers that only rearrange, repeat, cut or pad."""

from __future__ import annotations

from typing import Any, ClassVar

from kerashape.keras.graph import flatten
from kerashape.keras.layers.arguments import (
    iterable,
    refuse,
    settle,
    shown,
    standard_data_format,
    standard_tuple,
)
from kerashape.keras.layers.base import InputSpec, Layer, Spec
from kerashape.keras.layers.values import plain
from kerashape.shapes import Dim, Fault, Shape, Symbol, Undecided, Unknown, unknown_dim
from kerashape.shapes.arithmetic import of_rank, spatial
from kerashape.shapes.reshape import check_target, product, reshaped


class Rearranging(Layer):
    """Keeps the values: the output has the dtype of the input, and is sparse if that is."""

    nested = "fault"
    keeps_dtype = True

    def infer_output(self, values: dict[str, Any], shapes: dict[str, Any]) -> Any:
        result = super().infer_output(values, shapes)
        first = next(flatten(next(iter(values.values()), None)), None)
        if isinstance(result, Shape) and getattr(first, "sparse", False):
            return Spec(result, self._output_dtype(first), sparse=True)
        return result


class Flatten(Rearranging):
    """(batch, ...) -> (batch, product of the others)."""

    signature = "data_format=None"
    spec = InputSpec(min_ndim=1)

    def check(self) -> None:
        standard_data_format(self)

    def output(self, inputs: Shape) -> Shape:
        return Shape((inputs[0], product(inputs[1:].dims)))

    def fallback(self, first: Any) -> Shape:
        return Shape.of_rank(2)


class Reshape(Rearranging):
    """(batch, ...) -> (batch, *target_shape)."""

    built_at_once = True
    signature = "target_shape"
    target_shape: Any

    def check(self) -> None:
        self.built = True
        settle(self, "target_shape")
        iterable(self, "target_shape")
        if isinstance(self.target_shape, (Unknown, Symbol)):
            return
        self.target_shape = tuple(self.target_shape)
        check_target(self.target_shape, "target_shape")

    def output(self, inputs: Shape) -> Shape:
        if not isinstance(self.target_shape, tuple):
            raise Undecided("the target_shape is not known")
        if inputs.open:
            known = [d is None or (isinstance(d, int) and d >= 0) for d in self.target_shape]
            dims = [d if k else unknown_dim() for d, k in zip(self.target_shape, known)]
            return Shape((unknown_dim(), *dims))
        if self.within and None in self.target_shape:
            raise Undecided("what TensorFlow infers of a target that is None")
        return Shape((inputs[0],)) + reshaped(inputs[1:].dims, self.target_shape, "target_shape")


class Permute(Rearranging):
    """(batch, ...) -> (batch, ... in the order of ``dims``, which count from 1)."""

    signature = "dims"
    dims: Any

    def check(self) -> None:
        settle(self, "dims")
        iterable(self, "dims")
        dims = self.dims
        if isinstance(dims, (Unknown, Symbol)):
            return
        refuse(
            "dims",
            lambda: sorted(dims) != list(range(1, len(dims) + 1)),
            "Invalid permutation argument `dims` for Permute Layer. The set of indices in "
            f"`dims` must be consecutive and start from 1. Received dims={shown(dims)}",
            expected=f"a permutation of {tuple(range(1, len(dims) + 1))}",
            found=dims,
        )
        self.dims = tuple(dims)
        self.spec = InputSpec(ndim=len(dims) + 1)

    def output(self, inputs: Shape) -> Shape:
        if not plain(self.dims):
            raise Undecided("the order of the axes is not known")
        return Shape((inputs[0], *(inputs[d] for d in self.dims)))

    def fallback(self, first: Any) -> Shape:
        if isinstance(self.dims, tuple):
            return Shape.of_rank(len(self.dims) + 1)
        return Shape.unknown() if first.open else Shape.of_rank(first.rank)


class RepeatVector(Layer):
    """(batch, d) -> (batch, n, d)."""

    integers_within = "kept"
    nested = "fault"
    signature = "n"
    spec = InputSpec(ndim=2)
    n: Any

    def check(self) -> None:
        _positive(self, "n")

    def output(self, inputs: Shape) -> Shape:
        return Shape((inputs[0], self.n, inputs[1]))


def _positive(layer: Layer, name: str) -> None:
    """Keras: "Expected an integer value for `n`"."""
    settle(layer, name)
    value = getattr(layer, name)
    if not plain(value):
        return
    if not isinstance(value, int) or isinstance(value, bool):
        text = f"Expected an integer value for `{name}`, got {type(value)}."
    elif value <= 0:
        text = f"Argument `{name}` should be a positive integer. Received: {name}={value}"
    else:
        return
    raise Fault("bad-argument", text, argument=name, expected="a positive integer", found=value)


class Spatial(Layer):
    """A layer that changes the sizes of ``rank`` spatial axes and leaves the channels."""

    integers_within = "kept"
    nested = "fault"
    rank: ClassVar[int]
    data_format: Any = "channels_last"

    def check(self) -> None:
        standard_data_format(self)
        self.check_sizes()
        self.spec = InputSpec(ndim=self.rank + 2)

    def check_sizes(self) -> None:
        """The faults of the other arguments."""

    def changed(self, index: int, size: Any) -> Dim:
        """What becomes of the spatial axis ``index``, unless it is None."""
        raise NotImplementedError

    def output(self, inputs: Shape) -> Shape:
        first = 2 if self.data_format == "channels_first" else 1
        dims = list(of_rank(inputs, self.rank + 2).dims)
        for index in range(self.rank):
            if dims[first + index] is not None:
                dims[first + index] = self.changed(index, dims[first + index])
        return Shape(dims)

    def fallback(self, first: Any) -> Shape:
        return Shape.of_rank(self.rank + 2)


class UpSampling(Spatial):
    """Repeats each element of the spatial axes."""

    size: Any

    def check_sizes(self) -> None:
        settle(self, "size")
        self.size = standard_tuple(self.size, self.rank, "size")

    def changed(self, index: int, size: Any) -> Dim:
        dim: Dim = self.size[index] * size
        return dim


class UpSampling1D(UpSampling):
    """(batch, steps, channels) -> (batch, steps * size, channels)."""

    rank = 1
    signature = "size=2"

    def check_sizes(self) -> None:
        _positive(self, "size")
        super().check_sizes()


class UpSampling2D(UpSampling):
    """(batch, rows, cols, channels) -> (batch, rows * size[0], cols * size[1], channels)."""

    rank = 2
    signature = "size=(2, 2), data_format=None, interpolation='nearest'"
    interpolation: Any

    def check_sizes(self) -> None:
        super().check_sizes()
        settle(self, "interpolation")
        refuse(
            "interpolation",
            lambda: plain(self.interpolation) and self.interpolation.lower() and False,
            "",
            expected="a string",
            found=self.interpolation,
        )


class UpSampling3D(UpSampling):
    """(batch, d1, d2, d3, channels) -> the same with each d times its size."""

    rank = 3
    signature = "size=(2, 2, 2), data_format=None"


class Edges(Spatial):
    """Cuts or adds a number of elements before and after each spatial axis."""

    argument: ClassVar[str]
    edges: tuple[tuple[Any, Any], ...]

    def check_sizes(self) -> None:
        settle(self, self.argument)
        value = getattr(self, self.argument)
        if self.rank == 1:
            self.edges = (standard_tuple(value, 2, self.argument, allow_zero=True),)
        elif isinstance(value, (int, Symbol, Unknown)):
            self.check_number(value)
            self.edges = tuple(
                (unknown_dim(), unknown_dim()) if isinstance(value, Unknown) else (value, value)
                for _ in range(self.rank)
            )
        else:
            self.edges = self._pairs(value)
        if not isinstance(value, Unknown):
            setattr(self, self.argument, self.edges if self.rank > 1 else self.edges[0])

    def check_number(self, value: Any) -> None:
        """The faults of one number for all sides."""

    def _pairs(self, value: Any) -> tuple[tuple[Any, Any], ...]:
        name, words = self.argument, "two" if self.rank == 2 else "3"
        if not isinstance(value, (list, tuple, str, bytes, dict)):
            text = f"`{name}` should be either an int, a tuple of {self.rank} ints "
        elif len(value) != self.rank:
            received = f"{name}=" if self.rank == 2 else ""
            text = f"`{name}` should have {words} elements. Received: {received}{shown(value)}."
        else:
            ordinals = ("1st", "2nd", "3rd")
            return tuple(
                standard_tuple(
                    item, 2, f"{ordinal} entry of {name}", allow_zero=True, argument=name
                )
                for item, ordinal in zip(value, ordinals)
            )
        raise Fault(
            "bad-argument",
            text,
            argument=name,
            expected=f"an integer or {self.rank} pairs of integers",
            found=value,
        )


class ZeroPadding(Edges):
    """Adds rows of zeros."""

    argument = "padding"

    def changed(self, index: int, size: Any) -> Dim:
        before, after = self.edges[index]
        dim: Dim = size + (before + after)
        return dim


class ZeroPadding1D(ZeroPadding):
    """(batch, steps, channels) -> (batch, steps + padding, channels)."""

    rank = 1
    signature = "padding=1, data_format=None"


class ZeroPadding2D(ZeroPadding):
    """(batch, rows, cols, channels) -> (batch, rows + padding, cols + padding, channels)."""

    rank = 2
    signature = "padding=(1, 1), data_format=None"


class ZeroPadding3D(ZeroPadding):
    """(batch, d1, d2, d3, channels) -> the same with each d plus its padding."""

    rank = 3
    signature = "padding=((1, 1), (1, 1), (1, 1)), data_format=None"


class Cropping(Edges):
    """Cuts rows off."""

    argument = "cropping"
    cropping: Any

    def check_number(self, value: Any) -> None:
        refuse(
            "cropping",
            lambda: value < 0,
            f"`cropping` cannot be negative. Received: cropping={value}.",
            expected="0 or more",
            found=value,
        )

    def changed(self, index: int, size: Any) -> Dim:
        before, after = self.edges[index]
        dim: Dim = size - (before + after)
        return dim

    def output(self, inputs: Shape) -> Shape:
        result = super().output(inputs)
        sizes = spatial(result, self.data_format == "channels_first")
        if any(isinstance(size, int) and size <= 0 for size in sizes):
            raise self._too_much(inputs)
        return result

    def _too_much(self, inputs: Shape) -> Fault:
        if self.rank == 1:
            text = (
                "`cropping` parameter of `Cropping1D` layer must be smaller than the input "
                f"length. Received: input_shape={inputs}, cropping={shown(self.cropping)}"
            )
        else:
            text = (
                "Values in `cropping` argument should be smaller than the corresponding spatial "
                f"dimension of the input. Received: input_shape={inputs}, "
                f"cropping={shown(self.cropping)}"
            )
        return Fault(
            "empty-output", text, argument="cropping", expected="a larger input", found=inputs
        )


class Cropping1D(Cropping):
    """(batch, steps, channels) -> (batch, steps - cropping, channels)."""

    rank = 1
    signature = "cropping=(1, 1)"


class Cropping2D(Cropping):
    """(batch, rows, cols, channels) -> (batch, rows - cropping, cols - cropping, channels)."""

    rank = 2
    signature = "cropping=((0, 0), (0, 0)), data_format=None"


class Cropping3D(Cropping):
    """(batch, d1, d2, d3, channels) -> the same with each d less its cropping."""

    rank = 3
    signature = "cropping=((1, 1), (1, 1), (1, 1)), data_format=None"
