"""The normalizations. None changes the shape."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

from kerashape.keras.layers.arguments import refuse, settle, shown
from kerashape.keras.layers.base import InputSpec, Layer, Weight
from kerashape.keras.layers.identifiers import identifiers
from kerashape.keras.layers.values import plain
from kerashape.keras.layers.wrappers import Wrapper, is_keras_own
from kerashape.shapes import Dim, Fault, Shape, Undecided, Unknown
from kerashape.shapes.broadcast import broadcast

_SCALE = (
    "epsilon=0.001, center=True, scale=True, beta_initializer='zeros', "
    "gamma_initializer='ones', beta_regularizer=None, gamma_regularizer=None, "
    "beta_constraint=None, gamma_constraint=None"
)

_KERNELS = ("kernel", "embeddings")


def _along(inputs: Shape, axis: Any) -> Dim:
    """The size of ``axis``; a Fault where there is no such axis."""
    if not plain(axis):
        raise Undecided("the axis is not known")
    if not isinstance(axis, int):
        kind = type(axis).__name__
        kind = {"list": "TrackedList", "dict": "TrackedDict"}.get(kind, kind)
        text = f"tuple indices must be integers or slices, not {kind}"
    elif not inputs.open and not -inputs.rank <= axis < inputs.rank:
        text = "tuple index out of range"
    else:
        return inputs[axis]
    raise Fault("bad-argument", text, argument="axis", expected=f"an axis of {inputs}", found=axis)


def _is_no_number(value: Any) -> bool:
    return float(value) is None


def _check_axes(inputs: Shape, axes: Sequence[Any], axis: Any, more: str = "") -> None:
    for one in axes:
        refuse(
            "axis",
            functools.partial(_is_outside, inputs, one),
            f"Axis {shown(axis) if not more else one} is out of bounds for input shape "
            f"{inputs}.{more}",
            expected=f"an axis of {inputs}",
            found=axis,
        )


def _is_outside(inputs: Shape, axis: Any) -> bool:
    return bool(axis >= inputs.rank or axis < -inputs.rank)


class Normalization(Layer):
    """Scales along ``axis`` (one, or several)."""

    axis: Any

    def sort_axes(self) -> None:
        """Make the axis a sorted list, from :meth:`build`."""
        axes = self.axes
        refuse("axis", lambda: sorted(axes) is None, "", expected="integers", found=self.axis)
        self.axis = sorted(axes)

    @property
    def axes(self) -> list[Any]:
        """The axes as a list. Raises Undecided if they are not known."""
        if isinstance(self.axis, Unknown):
            raise Undecided(self.axis.reason)
        return list(self.axis) if isinstance(self.axis, (list, tuple)) else [self.axis]

    def output(self, inputs: Shape) -> Shape:
        _check_axes(inputs, self.axes, self.axis, f" Received: axis={shown(self.axis)}")
        if self.within and self.built_on is not None:
            self._require_sizes_of(self.built_on, inputs)
        return inputs

    built_on: tuple[Dim, ...] | None = None
    """The sizes of the axes that it was built on, where the weights broadcast with others."""

    def _require_sizes_of(self, sizes: tuple[Dim, ...], inputs: Shape) -> None:
        repeated = len({axis % inputs.rank for axis in self.axes}) != len(self.axes)
        if repeated or tuple(inputs[axis] for axis in self.axes) != sizes:
            raise Undecided("the weights are of another size than the input")

    def fallback(self, first: Any) -> Shape:
        broadcasts = self.within and self.built_on is not None
        return first if isinstance(first, Shape) and not broadcasts else Shape.unknown()


class BatchNormalization(Normalization):
    """gamma, beta, moving mean and variance: (size of axis,) each, the last two not trained."""

    nested = "build"
    signature = (
        "axis=-1, momentum=0.99, epsilon=0.001, center=True, scale=True, "
        "beta_initializer='zeros', gamma_initializer='ones', moving_mean_initializer='zeros', "
        "moving_variance_initializer='ones', beta_regularizer=None, gamma_regularizer=None, "
        "beta_constraint=None, gamma_constraint=None, renorm=False, renorm_clipping=None, "
        "renorm_momentum=0.99, synchronized=False"
    )
    call_signature = "inputs, training=None, mask=None"
    center: Any
    scale: Any
    renorm: Any

    def check(self) -> None:
        settle(self, "axis", "momentum", "epsilon", "center", "scale", "renorm", "renorm_clipping")
        if plain(self.axis):
            refuse("axis", lambda: int(self.axis) is None, "", expected="an integer")
            self.axis = int(self.axis)
        for name in ("momentum", "epsilon"):
            value = getattr(self, name)
            if plain(value):
                refuse(name, functools.partial(_is_no_number, value), "", expected="a number")
        identifiers(self)
        if plain(self.renorm) and self.renorm and plain(self.renorm_clipping):
            self._check_clipping(self.renorm_clipping or {})

    def _check_clipping(self, clipping: Any) -> None:
        refuse(
            "renorm_clipping",
            lambda: set(clipping) - {"rmax", "rmin", "dmax"},
            f"Received invalid keys for `renorm_clipping` argument: {clipping}. "
            "Supported values: ['rmax', 'rmin', 'dmax'].",
            expected="the keys rmax, rmin and dmax",
            found=clipping,
        )
        rmax, rmin, dmax = (clipping.get(key) for key in ("rmax", "rmin", "dmax"))
        refuse(
            "renorm_clipping",
            lambda: rmax is not None and rmin is not None and rmax < rmin,
            "rmax should be greater than rmin in the `renorm_clipping` argument. "
            "Received: rmax={rmax}, rmin={rmin}.",
            found=clipping,
        )
        refuse(
            "renorm_clipping",
            lambda: dmax is not None and dmax < 0,
            "dmax should be non-negative in the `renorm_clipping` argument. Received: dmax={dmax}.",
            found=clipping,
        )

    def output(self, inputs: Shape, mask: Any = None) -> Shape:
        ranked = isinstance(mask, Shape) and not mask.open and not inputs.open
        if self.within and ranked and mask.rank != inputs.rank - 1:
            raise Fault(
                "wrong-rank",
                "The mask provided should be one dimension less than the inputs. Received: "
                f"mask.shape={mask}, inputs.shape={inputs}",
                argument="mask",
                expected=f"{inputs.rank - 1} dimensions",
                found=mask,
            )
        output = super().output(inputs)
        if self.within and output[self.axis] is None:
            return output.replace(self.axis, self.features)
        return output

    features: Dim = None
    """The size of the axis that it was built on."""

    def build(self, inputs: Shape) -> None:
        size = self.features = _along(inputs, self.axis)
        if self.scale:
            self.weight("gamma", (size,))
        if self.center:
            self.weight("beta", (size,))
        self.weight("moving_mean", (size,), trainable=False)
        self.weight("moving_variance", (size,), trainable=False)
        if self.renorm:
            for name in ("moving_stddev", "renorm_mean", "renorm_stddev"):
                self.weight(name, (size,), trainable=False)
        if not inputs.open:
            self.spec = InputSpec(ndim=inputs.rank, axes={self.axis: size})


class LayerNormalization(Normalization):
    """gamma and beta: the sizes of the axes."""

    casts_inputs = False
    nested = "build"
    signature = f"axis=-1, {_SCALE}"
    keywords = "rms_scaling=False"
    center: Any
    scale: Any
    rms_scaling: Any

    def check(self) -> None:
        settle(self, "axis", "center", "scale", "rms_scaling")
        if plain(self.axis) and not isinstance(self.axis, (int, list, tuple)):
            raise Fault(
                "bad-argument",
                "Expected an int or a list/tuple of ints for the argument 'axis', but "
                f"received: {self.axis!r}",
                argument="axis",
                expected="an integer or several",
                found=self.axis,
            )
        identifiers(self)

    def build(self, inputs: Shape) -> None:
        self.sort_axes()
        shape = self.built_on = tuple(_along(inputs, axis) for axis in self.axis)
        if self.scale or self.rms_scaling:
            self.weight("gamma", shape)
        if self.center and not self.rms_scaling:
            self.weight("beta", shape)


class RMSNormalization(Normalization):
    """scale: the sizes of the axes."""

    integers_within = "kept"
    nested = "build"
    signature = "axis=-1, epsilon=1e-06"
    call_signature = "x"

    def check(self) -> None:
        settle(self, "axis")

    def build(self, inputs: Shape) -> None:
        self.sort_axes()
        self.built_on = tuple(_along(inputs, axis) for axis in self.axis)
        self.weight("scale", self.built_on)

    def fallback(self, first: Any) -> Any:
        return Shape.unknown() if self.within else super().fallback(first)

    def output(self, inputs: Any) -> Any:
        if self.within:
            return broadcast(inputs, Shape(self.built_on or ()))  # it multiplies with the weights
        return inputs


class GroupNormalization(Normalization):
    """gamma and beta: (size of axis,). The axis is split into ``groups``."""

    def output(self, inputs: Shape) -> Shape:
        if self.within:
            place = -2 if self.axis == -1 else self.axis - 1
            refuse(
                "axis",
                lambda: not -inputs.rank <= place < inputs.rank,
                "pop index out of range",
                expected=f"an axis of {inputs} after the first",
                found=self.axis,
            )
        return super().output(inputs)

    casts_inputs = False
    nested = "build"
    signature = f"groups=32, axis=-1, {_SCALE}"
    groups: Any
    center: Any
    scale: Any

    def check(self) -> None:
        settle(self, "groups", "axis", "center", "scale")
        groups = self.groups
        if plain(groups) and (not isinstance(groups, int) or (groups <= 0 and groups != -1)):
            raise Fault(
                "bad-argument",
                "Received an invalid value for argument `groups`, expected a positive integer "
                f"(or `-1` for instance normalization). Received: groups={groups}",
                argument="groups",
                expected="a positive integer, or -1",
                found=groups,
            )
        identifiers(self)

    def build(self, inputs: Shape) -> None:
        size = _along(inputs, self.axis)
        if size is None:
            raise Fault(
                "undefined-dimension",
                f"Axis {self.axis} of input tensor should have a defined dimension but the "
                f"layer received an input with shape {inputs}.",
                expected=f"a known size of axis {self.axis}",
                found=inputs,
            )
        if plain(self.groups) and self.groups == -1:
            self.groups = size
        refuse(
            "groups",
            lambda: size < self.groups,
            f"Number of groups ({self.groups}) cannot be more than the number of channels "
            f"({size}).",
            expected=f"at most {size}",
            found=self.groups,
            rule="channel-mismatch",
        )
        refuse(
            "groups",
            lambda: size % self.groups != 0,
            f"Number of groups ({self.groups}) must be a multiple of the number of channels "
            f"({size}).",
            expected=f"a divisor of {size}",
            found=self.groups,
            rule="channel-mismatch",
        )
        if not inputs.open:
            self.spec = InputSpec(ndim=inputs.rank, axes={self.axis: size})
        if self.scale:
            self.weight("gamma", (size,))
        if self.center:
            self.weight("beta", (size,))


class UnitNormalization(Normalization):
    """Scales to unit length along the axes. No weights."""

    built_at_once = True
    nested = "unknown"
    signature = "axis=-1"

    def check(self) -> None:
        settle(self, "axis")
        if plain(self.axis) and not isinstance(self.axis, (int, list, tuple)):
            raise Fault(
                "bad-argument",
                "Invalid value for `axis` argument: expected an int or a list/tuple of ints. "
                f"Received: axis={self.axis}",
                argument="axis",
                expected="an integer or several",
                found=self.axis,
            )
        if isinstance(self.axis, tuple):
            self.axis = list(self.axis)

    def output(self, inputs: Shape) -> Shape:
        if self.within and not inputs.rank and self.axes in ([-1], [0]):
            return Shape((1,))  # TensorFlow normalizes no single number
        _check_axes(inputs, self.axes, self.axis)
        return inputs


class SpectralNormalization(Wrapper):
    """A layer whose kernel is divided by its largest singular value; vector_u (1, units)."""

    integers_within = "kept"
    nested = "build"
    signature = "layer, power_iterations=1"
    call_signature = "inputs, training=False"
    power_iterations: Any
    kernel: Weight | None = None

    def check(self) -> None:
        super().check()
        settle(self, "power_iterations")
        refuse(
            "power_iterations",
            lambda: self.power_iterations <= 0,
            "`power_iterations` should be greater than zero. Received: "
            f"`power_iterations={self.power_iterations}`",
            expected="a positive integer",
            found=self.power_iterations,
        )

    def build(self, inputs: Shape) -> None:
        layer = self.inner
        layer.build_within(inputs)
        if inputs.dims or not inputs.open:
            self.spec = InputSpec(min_ndim=1, axes={-1: inputs[-1]})
        if layer.variables_unknown is not None:
            raise Undecided(layer.variables_unknown)
        self.kernel = next((w for w in layer.variables if w.name in _KERNELS), None)
        if self.kernel is None:
            if not is_keras_own(layer):
                raise Undecided("whether the layer has a kernel is not known")
            raise Fault(
                "bad-argument",
                f"{layer.class_name} object has no attribute 'kernel' nor 'embeddings'",
                argument="layer",
                expected="a layer with a kernel",
                found=layer.class_name,
            )
        if self.kernel.dtype == "uint8" or (self.kernel.dtype == "int8" and not _adapted(layer)):
            text = "Cannot convert 0.0 to EagerTensor of dtype int8"
            if self.kernel.dtype == "uint8":
                text = "'NoneType' object has no attribute 'shape'"
            raise Fault("bad-argument", text, argument="layer", expected="a kernel of floats")
        shape = (1, _columns(layer, self.kernel))
        dtype = layer.compute_dtype if _adapted(layer) else self.kernel.dtype
        self.weight("vector_u", shape, trainable=False, dtype=dtype)

    def all_variables(self) -> list[Weight]:
        """The kernel is an attribute of both layers: it comes once, among those of this one.

        Unless the layer's kernel is computed, from factors of low rank.
        """
        weights = super().all_variables()
        kernel = self.kernel
        if kernel is None or _adapted(self.inner):
            return weights
        own = [kernel, *self.variables] if kernel.declared else [*self.variables, kernel]
        return own + [weight for weight in weights if not any(weight is one for one in own)]

    def output(self, inputs: Shape) -> Any:
        return self.inner.output_within(inputs, when_run=self.within)


def _adapted(layer: Layer) -> bool:
    """Whether the layer's kernel is the sum of a weight and of low-rank factors."""
    return any(weight.name.startswith("lora_") for weight in layer.variables)


def _columns(layer: Layer, kernel: Weight) -> Dim:
    """The last size of the layer's kernel: that of its last factor, if it has factors."""
    factors = [weight for weight in layer.variables if weight.name.endswith("_b")]
    return factors[0].shape[-1] if _adapted(layer) else kernel.shape[-1]
