"""Dense and the other basic layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kerashape.keras.graph import Call, DType, Tensor, flatten, map_structure
from kerashape.keras.layers import base
from kerashape.keras.layers.arguments import positive_int, settle, shown
from kerashape.keras.layers.base import InputSpec, Spec
from kerashape.keras.layers.identifiers import identifiers
from kerashape.keras.layers.lora import add_lora
from kerashape.keras.layers.quantized import (
    embeddings,
    matrix,
    needs_kernel,
    quantization_of,
    refuse_lora,
    require_int,
    require_known_policy,
    reverse_embeddings,
)
from kerashape.keras.layers.values import plain
from kerashape.keras.quantization import Quantization
from kerashape.keras.signature import Arguments
from kerashape.shapes import Dim, Fault, Shape, Symbol, Undecided, Unknown, unknown_dim
from kerashape.site import Site


class Layer(base.Layer):
    """The base class itself: it cannot be called."""

    call_signature = "*args, **kwargs"

    def output(self, inputs: Any) -> Any:
        raise Fault(
            "bad-argument",
            f"Layer {self.class_name} does not have a `call` method implemented.",
            expected="a layer with a call method",
            found=self.class_name,
        )


class Dense(base.Layer):
    """(batch, ..., d) -> (batch, ..., units); kernel (d, units), bias (units,)."""

    nested = "build"
    signature = (
        "units, activation=None, use_bias=True, kernel_initializer='glorot_uniform', "
        "bias_initializer='zeros', kernel_regularizer=None, bias_regularizer=None, "
        "activity_regularizer=None, kernel_constraint=None, bias_constraint=None, "
        "lora_rank=None, lora_alpha=None, quantization_config=None"
    )
    call_signature = "inputs, training=None"
    spec = InputSpec(min_ndim=2)
    units: Any
    use_bias: Any
    lora_rank: Any

    def check(self) -> None:
        settle(self, "units", "use_bias", "lora_rank")
        positive_int(self, "units")
        identifiers(self)

    def build(self, inputs: Shape) -> None:
        quantization = quantization_of(self)
        if quantization is not None:
            matrix(self, quantization, inputs[-1], self.units)
        if needs_kernel(quantization):
            self.weight("kernel", (inputs[-1], self.units))
        if self.use_bias:
            self.weight("bias", (self.units,))
        self.spec = InputSpec(min_ndim=2, axes={-1: inputs[-1]})
        if self.lora_rank:
            refuse_lora(quantization)
            add_lora(self, "kernel", self.lora_rank, inputs[-1:].dims, (self.units,))
        require_known_policy(self)

    def output(self, inputs: Shape) -> Shape:
        return inputs[:-1] + Shape((self.units,))


class Embedding(base.Layer):
    """(batch, ...) -> (batch, ..., output_dim); embeddings (input_dim, output_dim)."""

    casts_inputs = False
    nested = "fault"
    signature = (
        "input_dim, output_dim, embeddings_initializer='uniform', embeddings_regularizer=None, "
        "embeddings_constraint=None, mask_zero=False, weights=None, lora_rank=None, "
        "lora_alpha=None, quantization_config=None"
    )
    keywords = "input_length=None"
    input_dim: Any
    output_dim: Any
    weights: Any
    lora_rank: Any

    def check(self) -> None:
        settle(self, "input_dim", "output_dim", "lora_rank")
        for name in ("input_dim", "output_dim"):
            value = getattr(self, name)
            if plain(value) and (
                not isinstance(value, int) or isinstance(value, bool) or value <= 0
            ):
                raise Fault(
                    "bad-argument",
                    f"`{name}` must be a positive integer. Received: {name}={value} "
                    f"(of type {type(value).__name__}).",
                    argument=name,
                    expected="a positive integer",
                    found=value,
                )
        identifiers(self)

    def build(self, inputs: Shape) -> None:
        quantization = quantization_of(self)
        if quantization is None:
            self.weight("embeddings", (self.input_dim, self.output_dim))
        else:
            self.build_quantized(quantization)
        if self.lora_rank:
            rows, columns = (self.input_dim,), (self.output_dim,)
            add_lora(self, "embeddings", self.lora_rank, rows, columns)
        self.build_further(quantization)
        require_known_policy(self)

    def build_further(self, quantization: Quantization | None) -> None:
        """Weights beside the table."""

    def build_quantized(self, quantization: Quantization) -> None:
        """The weights that hold integers."""
        require_int(self, quantization)
        embeddings(self, quantization, self.input_dim, self.output_dim)

    def output(self, inputs: Shape) -> Shape:
        return inputs + Shape((self.output_dim,))

    def fallback(self, first: Any) -> Shape:
        return Shape((unknown_dim(),), open=True)


class ReversibleEmbedding(Embedding):
    """An Embedding that with ``reverse=True`` projects back: (..., d) -> (..., input_dim)."""

    signature = (
        "input_dim, output_dim, tie_weights=True, embeddings_initializer='uniform', "
        "embeddings_regularizer=None, embeddings_constraint=None, mask_zero=False, "
        "reverse_dtype=None, logit_soft_cap=None"
    )
    keywords = (
        "input_length=None, weights=None, lora_rank=None, lora_alpha=None, quantization_config=None"
    )
    call_signature = "inputs, reverse=False"
    tie_weights: Any

    def check(self) -> None:
        super().check()
        settle(self, "tie_weights")

    def build_further(self, quantization: Quantization | None) -> None:
        if not self.tie_weights and quantization is None:
            if self.lora_rank:  # the layer is closed to new weights by then, without a word
                raise Fault(
                    "bad-argument", "None", argument="lora_rank", expected="tied weights, or none"
                )
            self.weight("reverse_embeddings", (self.output_dim, self.input_dim))

    def build_quantized(self, quantization: Quantization) -> None:
        super().build_quantized(quantization)
        if not self.tie_weights:
            reverse_embeddings(self, quantization, self.input_dim, self.output_dim)

    def _dtype_within(self, values: dict[str, Any], usual: DType) -> DType:
        if self.reverse_dtype is not None or (values.get("reverse") and usual != "float32"):
            return Unknown("whether it is called in reverse, with a dtype of its own")
        return super()._dtype_within(values, usual)

    def output(self, inputs: Shape, reverse: Any = False) -> Shape:
        if isinstance(reverse, Shape) and not reverse.open:
            raise Fault(
                "wrong-arity",
                "A symbolic KerasTensor cannot be used as a boolean.",
                argument="reverse",
                expected="a boolean",
                found="a tensor",
            )
        if not plain(reverse):
            raise Undecided("whether reverse is given is not known")
        if not reverse:
            return super().output(inputs)
        if not inputs.open and inputs.rank == 0:
            raise Fault(
                "wrong-rank",
                "list assignment index out of range",
                expected="1 dimension or more",
                found=inputs,
            )
        return inputs[:-1] + Shape((self.input_dim,))


class Masking(base.Layer):
    """Keeps the shape; the time steps that are all ``mask_value`` are skipped later."""

    integers_within = "unknown"
    built_at_once = True
    signature = "mask_value=0.0"

    def output(self, inputs: Any) -> Any:
        if isinstance(inputs, Unknown) or not any(isinstance(s, Shape) for s in flatten(inputs)):
            raise Undecided("the layer was not called on one tensor")
        if not isinstance(inputs, Shape) or (not inputs.open and not inputs.rank):
            raise Fault(
                "wrong-rank",
                "axis -1 is out of bounds for an array with dimension 0.",
                expected="a tensor of 1 or more dimensions",
                found=shown(inputs),
            )
        return inputs


class Identity(base.Layer):
    """Returns what it is given."""

    built_at_once = True
    keeps_dtype = True

    def infer_output(self, values: dict[str, Any], shapes: dict[str, Any]) -> Any:
        return map_structure(self._same, values["inputs"])

    def _same(self, leaf: Any) -> Any:
        if isinstance(leaf, Unknown):
            return Shape.unknown()
        if not isinstance(leaf, (Tensor, base.Array)):
            return leaf
        return Spec(leaf.shape, self._output_dtype(leaf), getattr(leaf, "sparse", False))


class Lambda(base.Layer):
    """Calls a function. Without ``output_shape`` the function decides on the shape.

    Attributes:
        follow: what an interpreter sets: it gives what the function is called with and what it
            returns for bound arguments, and tells its faults if it is asked to.
    """

    signature = "function, output_shape=None, mask=None, arguments=None"
    call_signature = "inputs, mask=None, training=None"
    single_output = False
    function: Any
    output_shape: Any
    follow: Callable[[dict[str, Any], bool], tuple[Any, Any]] | None = None
    _called = False
    _inside: tuple[Any, Any] | None = None

    @property
    def extra(self) -> Any:
        """The constructor's ``arguments=``."""
        return self.arguments.get("arguments")

    def check(self) -> None:
        if plain(self.function):
            raise Fault(
                "bad-argument",
                "unsupported callable",
                argument="function",
                expected="a function",
                found=self.function,
            )

    def __call__(self, arguments: Arguments, site: Site | None = None) -> Call:
        self._called, self._inside = True, None
        try:
            call = super().__call__(arguments, site)
        finally:
            self._called = False
        call.inside = self._inside
        return call

    def infer_output(self, values: dict[str, Any], shapes: dict[str, Any]) -> Any:
        if self.output_shape is None and self.follow is not None:
            given, returned = self.follow(values, self._called)
            if self._called:
                self._inside = given, returned
            return map_structure(_result, returned)
        if self.output_shape is None or _may_be_anything(self.output_shape):
            raise Undecided("the function of the Lambda was not followed")
        first = next(flatten(shapes["inputs"]), None)
        batch = first[0] if isinstance(first, Shape) else unknown_dim()
        return _with_batch(batch, self.output_shape)


NO_SHAPE = (
    "We could not automatically infer the shape of the Lambda's output. Please specify the "
    "`output_shape` argument for this Lambda layer."
)


def _result(leaf: Any) -> Any:
    """What a Lambda makes of what its function returns."""
    if isinstance(leaf, Tensor):
        return leaf.shape
    if isinstance(leaf, base.Array):
        return base.Spec(leaf.shape, leaf.dtype)
    if isinstance(leaf, (bool, int, float, str)) or leaf is None:
        raise Fault("not-a-tensor", NO_SHAPE, expected="a function that returns a tensor")
    if isinstance(leaf, Unknown):
        raise Undecided(leaf.reason)
    if isinstance(leaf, Shape):
        raise Undecided("the function of the Lambda returns a shape")
    raise Undecided("what the function of the Lambda returns is not known")


def _may_be_anything(value: Any) -> bool:
    return not plain(value) and not isinstance(value, (list, tuple, dict, Symbol))


def _with_batch(batch: Dim, shapes: Any) -> Any:
    """The same nested shapes with a batch axis before; Keras takes tuples only."""
    if isinstance(shapes, dict):
        return {key: _with_batch(batch, item) for key, item in shapes.items()}
    if isinstance(shapes, (list, tuple)) and not any(map(_may_be_anything, shapes)):
        is_shape = all(item is None or isinstance(item, (int, Symbol)) for item in shapes)
        if not is_shape:
            return type(shapes)(_with_batch(batch, item) for item in shapes)
        if isinstance(shapes, tuple):
            return Shape((batch, *shapes))
    elif not plain(shapes):
        raise Undecided("the output_shape of the Lambda is not known")
    kind = "TrackedList" if isinstance(shapes, list) else type(shapes).__name__
    raise Fault(
        "bad-argument",
        f'can only concatenate tuple (not "{kind}") to tuple',
        argument="output_shape",
        expected="a tuple without the batch axis",
        found=shapes,
    )
