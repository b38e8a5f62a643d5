"""Layers on features: Normalization, Discretization, Hashing, CategoryEncoding and so on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kerashape.keras.dtypes import FLOATS, FLOATX
from kerashape.keras.graph import DType
from kerashape.keras.layers.arguments import refuse, settle, shown
from kerashape.keras.layers.base import Array, Spec
from kerashape.keras.layers.image import DataLayer, data_shape
from kerashape.keras.layers.values import dim_at, fault, one_of_strings, plain
from kerashape.keras.standardize import standardize_shape
from kerashape.shapes import Fault, Shape, Symbol, Undecided, Unknown
from kerashape.shapes.broadcast import broadcast
from kerashape.shapes.reshape import product


class Normalization(DataLayer):
    """Any shape; mean and variance (not trainable) have the sizes of the axes that are kept."""

    signature = "axis=-1, mean=None, variance=None, invert=False"
    axis: Any
    mean: Any
    variance: Any
    input_mean: Any = None
    input_variance: Any = None

    def check(self) -> None:
        settle(self, "axis")
        self.input_mean, self.input_variance = self.mean, self.variance
        self.mean = self.variance = Unknown("what it is after the layer is built")
        if self.axis is None:
            self.axis = ()
        elif isinstance(self.axis, (int, Symbol)):
            self.axis = (self.axis,)
        elif isinstance(self.axis, float):
            raise fault(
                "axis", "'float' object is not iterable", self.axis, "an integer or a tuple"
            )
        else:
            self.axis = tuple(self.axis)
        mean, variance = self.input_mean, self.input_variance
        if not all(plain(value) or isinstance(value, Array) for value in (mean, variance)):
            return
        if (mean is not None) != (variance is not None):
            raise fault(
                "variance" if variance is None else "mean",
                "When setting values directly, both `mean` and `variance` must be set. "
                f"Received: mean={mean} and variance={variance}",
                None,
                "both or neither",
            )
        if mean is not None:
            self.check_moments(data_shape(mean, "mean"), data_shape(variance, "variance"))

    def check_moments(self, mean: tuple[Any, ...], variance: tuple[Any, ...]) -> None:
        """The shapes of the mean and the variance that were given."""
        if mean != variance:
            raise fault(
                "variance",
                "When setting values directly, `mean` and `variance` must have the same shape. "
                f"Received: mean shape {mean} and variance shape {variance}",
                variance,
                mean,
            )
        if len(mean) > len(self.axis):
            raise fault(
                "mean",
                "The rank of `mean` must be less than or equal to the number of axes "
                f"({len(self.axis)}). Received: mean shape {mean} for axis {self.axis}",
                mean,
                f"a rank of at most {len(self.axis)}",
            )

    def build(self, inputs: Any) -> None:
        if not isinstance(inputs, Shape):
            raise Undecided("the normalization of several tensors")
        kept = self.kept_axes(inputs)
        sizes = tuple(inputs[axis] for axis in kept)
        if self.input_mean is None:
            self.weight("mean", sizes, trainable=False)
            self.weight("variance", sizes, trainable=False)
            self.weight("count", (), trainable=False, dtype="int64")
            count, wanted = product(sizes), product([inputs[axis] for axis in set(kept)])
            if count != wanted:
                raise fault(
                    "axis",
                    f"Input to reshape is a tensor with {count} values, but the "
                    "requested shape has",
                    self.axis,
                    "different axes",
                )
        else:
            self.check_broadcast(data_shape(self.input_mean, "mean"), inputs, kept)
        axes = range(inputs.rank)
        self.moments = Shape([inputs[axis] if axis in kept else 1 for axis in axes])

    moments: Shape | None = None
    """The shape of the mean and the variance, which broadcast with what comes later."""

    def output(self, inputs: Any) -> Any:
        if self.within and self.moments is not None and isinstance(inputs, Shape):
            return broadcast(inputs, self.moments)
        return inputs

    def adapt(self, data: Shape) -> None:
        """``adapt()`` to data of that shape: builds the layer, or must fit what built it."""
        if self.input_mean is not None and plain(self.input_mean):
            text = "'Normalization' object has no attribute 'adapt_mean'"
            raise fault("mean", text, self.input_mean, "no mean, or no adapt()")
        if data.open or self.input_mean is not None:
            return
        sizes = [data[axis] for axis in self.axis if -data.rank <= axis < data.rank]
        if not all(isinstance(size, int) for size in sizes):  # None: as many as there are
            return
        if self.built is False:
            self.build_within(data)
            return
        built = self.moments
        fits = built is None or built.rank != data.rank
        if built is not None and not fits and sizes != [built[axis] for axis in self.axis]:
            raise Fault(
                "incompatible-input",
                "but adapt() is being called with data with an incompatible shape, "
                f"data.shape={data}",
                expected=built,
                found=data,
            )

    def kept_axes(self, inputs: Shape) -> list[int]:
        """The axes that have a mean of their own, sorted."""
        rank = inputs.rank
        refuse(
            "axis",
            lambda: any(axis < -rank or axis >= rank for axis in self.axis),
            "All `axis` values must be in the range [-ndim, ndim). Received inputs with "
            f"ndim={rank}, while axis={self.axis}",
            expected=f"axes from {-rank} to {rank - 1}",
            found=self.axis,
        )
        kept = sorted(axis if axis >= 0 else axis + rank for axis in self.axis)
        for axis in kept:
            if not isinstance(axis, int):
                text = "tuple indices must be integers or slices, not float"
                raise fault("axis", text, axis, "integers")
            if inputs[axis] is None:
                raise Fault(
                    "undefined-dimension",
                    "All `axis` values to be kept must have a known shape. Received "
                    f"axis={self.axis}, inputs.shape={inputs}, with unknown axis at index {axis}",
                    argument="axis",
                    expected="a known size",
                    found=inputs,
                )
        return kept

    def check_broadcast(self, mean: tuple[Any, ...], inputs: Shape, kept: list[int]) -> None:
        """Whether the mean that was given has the sizes of the axes."""
        if len(mean) > len(kept):
            raise Undecided("the axes of the normalization are not known")
        given = [1] * inputs.rank
        for index in range(1, len(mean) + 1):
            given[kept[-index]] = mean[-index]
        wanted = [inputs[axis] if axis in kept else 1 for axis in range(inputs.rank)]
        if any(one != 1 and one != size for one, size in zip(given, wanted)):
            other = any(one != 1 and size not in (1, one) for one, size in zip(given, wanted))
            raise Fault(
                "incompatible-input",
                "Incompatible shapes: " if other else "Unable to broadcast tensor of shape",
                argument="mean",
                expected=f"a mean of shape {tuple(wanted[axis] for axis in kept)}",
                found=mean,
            )


class Discretization(DataLayer):
    """Numbers to the numbers of their bins, or encodings of them."""

    same_on_data = False
    signature = (
        "bin_boundaries=None, num_bins=None, epsilon=0.01, output_mode='int', sparse=False, "
        "dtype=None, name=None"
    )
    takes_base_arguments = False

    @property
    def input_dtype(self) -> DType:
        return self.floatx

    def check(self) -> None:
        settle(self, "num_bins", "output_mode", "sparse")
        mode, bins, boundaries = self.output_mode, self.num_bins, self.bin_boundaries
        refuse(
            "sparse",
            lambda: self.sparse and mode == "int",
            "`sparse=True` may only be used if `output_mode` is `'one_hot'`, `'multi_hot'`, or "
            f"`'count'`. Received: sparse={self.sparse} and output_mode={mode}",
            expected="another output_mode",
            found=mode,
        )
        one_of_strings(self, "output_mode", ("int", "one_hot", "multi_hot", "count"))
        refuse(
            "num_bins",
            lambda: bins is not None and bins < 0,
            f"`num_bins` must be greater than or equal to 0. Received: `num_bins={shown(bins)}`",
            expected="0 or more",
            found=bins,
        )
        if bins is not None and boundaries is not None:
            if not isinstance(bins, Unknown) and not isinstance(boundaries, Unknown):
                raise fault(
                    "num_bins",
                    "Both `num_bins` and `bin_boundaries` should not be set. Received: `num_bins=",
                    bins,
                    "one of them",
                )
        elif bins is None and boundaries is None:
            text = "You need to set either `num_bins` or `bin_boundaries`."
            raise fault("num_bins", text, None, "one of them")

    def adapt(self) -> None:
        """``adapt()``: learns the boundaries, unless there are some."""
        boundaries = self.bin_boundaries
        if boundaries is not None and (plain(boundaries) or isinstance(boundaries, Array)):
            raise fault(
                "bin_boundaries",
                "Cannot adapt a Discretization layer that has been initialized with "
                "`bin_boundaries`, use `num_bins` instead.",
                boundaries,
                "num_bins",
            )

    def output(self, inputs: Any) -> Any:
        shape = one_tensor(inputs)
        if self.output_mode == "int":
            return Spec(shape, "int32")
        if self.within and self.sparse:
            raise Undecided("a sparse encoding when the layer runs")
        depth: Any = self.num_bins
        if self.bin_boundaries is not None:
            depth = self.boundary_count() + 1
        return standardize_shape(encoded(shape, depth, self.output_mode))

    def _output_dtype(self, first: Any) -> DType:
        if self.within and self.output_mode == "count" and self.compute_dtype not in FLOATS:
            return Unknown("in which integers TensorFlow counts")
        return dtype_by_mode(self.output_mode, "int32", self.compute_dtype)

    def boundary_count(self) -> Any:
        """``len(bin_boundaries)``."""
        boundaries = self.bin_boundaries
        if isinstance(boundaries, Array):
            return dim_at(boundaries.shape, 0)
        if isinstance(boundaries, (str, bytes, Mapping, Sequence)):
            return len(boundaries)
        if plain(boundaries):
            text = f"object of type '{type(boundaries).__name__}' has no len()"
            raise fault("bin_boundaries", text, boundaries, "a list of numbers")
        raise Undecided("the number of bin boundaries is not known")


def dtype_by_mode(mode: Any, of_numbers: DType, of_encodings: DType = FLOATX) -> DType:
    """The dtype of the output: one where it is numbers, one where it is an encoding."""
    if not plain(mode):
        return Unknown("the output mode is not known")
    return of_numbers if mode == "int" else of_encodings


def encoded(shape: Shape, depth: Any, mode: str) -> tuple[Any, ...]:
    """The shape of a categorical encoding by :class:`Discretization`."""
    dims = tuple(shape)
    if mode == "one_hot":
        return (*(dims[:-1] if len(dims) > 1 and dims[-1] == 1 else dims), depth)
    return (dims[0], *dims[2:], depth) if len(dims) >= 2 else (depth,)


def encoded_within(inputs: Shape, depth: Any, mode: str, sparse: Any) -> Shape:
    """The shape of an encoding that TensorFlow makes: one-hot, or counts along the axis 1."""
    dims = tuple(inputs)
    if mode == "one_hot" and not dims:
        dims = (1,)
    if sparse and (None in dims if mode == "one_hot" else len(dims) > 2):
        raise Undecided("whether TensorFlow has such a sparse encoding")
    if sparse and len(dims) == 2 and mode != "one_hot":
        dims = (None, *dims[1:])
    return standardize_shape(encoded(Shape(dims), depth, mode))


def one_tensor(inputs: Any) -> Shape:
    """``inputs.shape``, which a list of tensors does not have."""
    if isinstance(inputs, Shape):
        return inputs
    raise Fault(
        "wrong-arity",
        f"'{type(inputs).__name__}' object has no attribute 'shape'",
        expected="one tensor",
        found=shown(inputs),
    )


class CategoryEncoding(DataLayer):
    """Integers to one-hot, multi-hot or count encodings."""

    casts_inputs = False
    same_on_data = False
    signature = "num_tokens=None, output_mode='multi_hot', sparse=False"
    call_signature = "inputs, *, count_weights=None"
    output_mode: Any

    def check(self) -> None:
        settle(self, "num_tokens", "output_mode", "sparse")
        if self.output_mode == "binary":
            self.output_mode = "multi_hot"
        tokens = self.num_tokens
        refuse(
            "output_mode",
            lambda: self.output_mode not in ("count", "one_hot", "multi_hot"),
            f"Unknown arg for output_mode: {self.output_mode}",
            expected="'multi_hot', 'one_hot' or 'count'",
            found=self.output_mode,
        )
        if tokens is None:
            raise fault(
                "num_tokens",
                "num_tokens must be set to use this layer. If the number of tokens is not known "
                "beforehand, use the IntegerLookup layer instead.",
                None,
                "a positive integer",
            )
        refuse(
            "num_tokens",
            lambda: tokens < 1,
            f"`num_tokens` must be >= 1. Received: num_tokens={shown(tokens)}.",
            expected="a positive integer",
            found=tokens,
        )

    def output(self, inputs: Any, count_weights: Any = None) -> Any:
        dims = tuple(one_tensor(inputs))
        if self.within and count_weights is not None and self.output_mode != "count":
            raise Fault(
                "bad-argument",
                "`count_weights` is not used when `output_mode` is not `'count'`.",
                argument="count_weights",
                expected="output_mode='count'",
                found=self.output_mode,
            )
        if self.within and self.output_mode == "count" and len(dims) > 2:
            raise Undecided("what several samples a row become when the layer runs")
        if self.output_mode == "one_hot" and (len(dims) == 1 or (dims and dims[-1] != 1)):
            kept = dims
        else:
            kept = dims[:-1]
        shape = standardize_shape((*kept, self.num_tokens))
        dtype: DType = self.compute_dtype
        if self.within and not dims:
            raise Undecided("what a single number becomes when the layer runs")
        if self.within and dtype != "float32":
            dtype = Unknown("which floats the layer makes when it runs")
        if self.within:
            shape = standardize_shape(encoded(Shape(dims), self.num_tokens, self.output_mode))
        return Spec(shape, dtype, sparse=bool(self.sparse))
