"""Layers around another layer: Wrapper, TimeDistributed, Bidirectional."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from kerashape.keras.graph import DType, Tensor
from kerashape.keras.layers.arguments import refuse, settle, shown
from kerashape.keras.layers.base import Array, Layer
from kerashape.keras.layers.recurrent import RNN
from kerashape.keras.layers.values import plain
from kerashape.keras.signature import Arguments
from kerashape.shapes import Fault, Shape, Undecided, Unknown

_RECORDS = Layer.__module__.rpartition(".")[0] + "."
_WITHOUT_OUTPUT_SHAPE = frozenset(
    {"SimpleRNNCell", "GRUCell", "LSTMCell", "StackedRNNCells", "Pipeline", "InputLayer"}
    | {"Layer", "Wrapper", "JaxLayer", "FlaxLayer", "TFSMLayer"}
)
"""Layers whose class has no ``compute_output_shape``."""
_BUILT_ON_TWO = frozenset({"MultiHeadAttention", "GroupedQueryAttention"})


def is_no_layer(value: Any) -> bool:
    """Whether a value is certainly not a layer."""
    return is_class(value) or plain(value) or isinstance(value, (Tensor, Array, list, tuple, dict))


def is_class(value: Any) -> bool:
    """Whether a value is one of Keras's classes of layers, not a layer of it."""
    module, _, name = str(getattr(value, "path", "")).rpartition(".")
    return module == "keras.layers" and name[:1].isupper()


def is_keras_own(layer: Any) -> bool:
    """Whether the layer is one of Keras's, so that its attributes are known."""
    return isinstance(layer, Layer) and type(layer).__module__.startswith(_RECORDS)


class Wrapper(Layer):
    """The abstract wrapper. It has no ``call``; only subclasses can be called."""

    signature = "layer"
    call_signature = "*args, **kwargs"
    single_output = False
    refusal: ClassVar[str] = (
        "Layer {} supplied to Wrapper isn't a supported layer type. Please ensure wrapped layer "
        "is a valid Keras layer."
    )

    def check(self) -> None:
        if is_no_layer(self.layer):
            raise Fault(
                "bad-argument",
                self.refusal.format("" if is_class(self.layer) else self.layer),
                argument="layer",
                expected="a layer",
                found=self.layer,
            )

    @property
    def sublayers(self) -> Sequence[Layer]:
        return [self.layer] if isinstance(self.layer, Layer) else []

    @property
    def inner(self) -> Layer:
        """The wrapped layer. Raises :class:`Undecided` where it is not known."""
        if not isinstance(self.layer, Layer):
            raise Undecided("the wrapped layer is not known")
        return self.layer

    def build(self, inputs: Any) -> None:
        self.build_inner(inputs)

    def build_inner(self, inputs: Any) -> None:
        """``layer.build(shape)``, with the one shape that there is."""
        inner = self.inner
        if is_keras_own(inner) and inner.class_name in _BUILT_ON_TWO:
            raise Fault(
                "wrong-arity",
                f"{inner.class_name}.build() missing 1 required positional argument: 'value_shape'",
                expected="a layer of one tensor",
                found=f"a {inner.class_name}",
            )
        inner.build_within(inputs, self.names)

    def output(self, inputs: Any) -> Any:
        if not is_keras_own(self):
            raise Undecided("the call of the wrapper is not known")
        raise Fault(
            "bad-argument",
            f"Layer {self.class_name} does not have a `call` method",
            expected="to be subclassed, with a method call()",
        )


class TimeDistributed(Wrapper):
    """(batch, time, ...) -> (batch, time, ...): the layer on every step.

    Keras calls the layer's ``build`` and ``compute_output_shape``: the layer's own input
    specification is never checked.
    """

    integers_within = "unknown"
    call_signature = "inputs, training=None, mask=None"
    refusal = (
        "Please initialize `TimeDistributed` layer with a `keras.layers.Layer` instance. "
        "Received: {}"
    )

    def _dtype_within(self, values: dict[str, Any], usual: DType) -> DType:
        if getattr(self.inner, "compute_dtype", usual) != usual:
            return Unknown("the layer within computes in its own dtype")
        if is_keras_own(self.inner):
            own = self.inner._output_dtype(next(iter(values.values()), None))
            dtype = self.inner._dtype_within(values, own)
            if not isinstance(dtype, Unknown) and getattr(self, "autocast", True):
                return dtype
        return super()._dtype_within(values, usual)

    def build(self, inputs: Any) -> None:
        self.build_inner(_step(inputs))

    def output(self, inputs: Any) -> Any:
        inner = self.inner
        if is_keras_own(inner) and inner.class_name in _WITHOUT_OUTPUT_SHAPE:
            raise Fault(
                "bad-argument",
                f"Layer {inner.class_name} does not have a `compute_output_shape` method "
                "implemented.",
                argument="layer",
                expected="a layer that tells its output shape",
                found=f"a {inner.class_name}",
            )
        if self.within and not isinstance(inputs, Shape):
            raise Undecided("what the layer makes of a list when it runs")
        if self.within and None in inputs.dims[1:2] and None not in inputs.dims[:1]:
            raise Undecided("how many steps TensorFlow makes of a number that is None")
        if self.within and isinstance(inner, Layer):
            try:
                inner.check_inputs(_step(inputs))
            except Fault as misfit:
                raise Undecided(f"the layer within is not asked: {misfit.text}") from None
        step = inner.output_within(_step(inputs), when_run=self.within)
        if not isinstance(step, Shape):
            self.refuse_several(inputs)
        if inputs.open or step.open:
            return Shape(step.dims, open=True)
        return Shape((step[0], inputs[1])) + step[1:]

    def refuse_several(self, inputs: Any) -> None:
        """Keras puts the time axis among the shapes that the layer returns."""
        time = inputs[1]
        raise Fault(
            "wrong-arity",
            "Undefined shapes are not supported."
            if time is None
            else f"Cannot convert '{time}' to a shape.",
            expected="a layer that returns one tensor",
            found="a layer that returns several",
        )


def _step(inputs: Any) -> Any:
    """The shape of one step: the axis 1 left out."""
    if isinstance(inputs, Shape):
        if inputs.open:
            return Shape(inputs.dims[-1:], open=True)
        if inputs.rank >= 3:
            return Shape((inputs[0],)) + inputs[2:]
    elif isinstance(inputs, (list, tuple)) and len(inputs) >= 3:
        raise Undecided("the shapes of several tensors in one argument")
    raise Fault(
        "wrong-rank",
        "`TimeDistributed` Layer should be passed an `input_shape` with at least 3 dimensions, "
        f"received: {shown(inputs)}",
        expected="at least 3 dimensions",
        found=inputs,
        rank=3,
    )


class Bidirectional(Layer):
    """A recurrent layer forwards and backwards, both made anew from the one that is given."""

    signature = "layer, merge_mode='concat', weights=None, backward_layer=None"
    call_signature = "sequences, initial_state=None, mask=None, training=None"
    single_output = False
    forward_layer: Layer | None = None
    backward: Layer | None = None

    def _dtype_within(self, values: dict[str, Any], usual: DType) -> DType:
        inner = self.forward_layer
        if inner is not None and inner.compute_dtype != self.compute_dtype:
            return Unknown("which of the results is cast to the layer's own dtype")
        return super()._dtype_within(values, usual)

    def check(self) -> None:
        settle(self, "merge_mode")
        if is_no_layer(self.layer):
            raise Fault(
                "bad-argument",
                "Please initialize `Bidirectional` layer with a `keras.layers.Layer` instance. "
                f"Received: {'' if is_class(self.layer) else self.layer}",
                argument="layer",
                expected="a recurrent layer",
                found=self.layer,
            )
        given = self.backward_layer
        if given is not None and is_no_layer(given):
            raise Fault(
                "bad-argument",
                f"`backward_layer` need to be a `keras.layers.Layer` instance. Received: {given}",
                argument="backward_layer",
                expected="a recurrent layer",
                found=given,
            )
        refuse(
            "merge_mode",
            lambda: self.merge_mode not in ("sum", "mul", "ave", "concat", None),
            f"Invalid merge mode. Received: {shown(self.merge_mode)}. Merge mode should be one "
            'of {"sum", "mul", "ave", "concat", None}',
            expected="'sum', 'mul', 'ave', 'concat' or None",
            found=self.merge_mode,
        )
        self._make_both()
        self._compare()

    def _make_both(self) -> None:
        layer, given = self.layer, self.backward_layer
        if is_keras_own(layer) and not isinstance(layer, RNN):
            text = f"'{layer.class_name}' object has no attribute 'go_backwards'"
            if given is None:
                text = f"passed to {layer.class_name}: {{'go_backwards': True}}"
            raise Fault(
                "bad-argument", text, argument="layer", expected="a recurrent layer", found=layer
            )
        if isinstance(layer, RNN) and is_keras_own(layer):
            self.forward_layer = clone(layer, "forward_")
            self.backward = given or clone(layer, "backward_", go_backwards=True)
            self.spec = layer.spec

    def _compare(self) -> None:
        forward, backward = self._both()
        if is_keras_own(backward) and not isinstance(backward, RNN):
            raise Fault(
                "bad-argument",
                f"'{backward.class_name}' object has no attribute 'go_backwards'",
                argument="backward_layer",
                expected="a recurrent layer",
                found=backward,
            )
        if forward.go_backwards == backward.go_backwards:
            raise Fault(
                "bad-argument",
                "Forward layer and backward layer should have different `go_backwards` value. "
                f"Received: forward_layer.go_backwards {forward.go_backwards}, "
                f"backward_layer.go_backwards={backward.go_backwards}",
                argument="layer",
                expected="go_backwards=True in one of them",
                found=forward.go_backwards,
            )
        for name in ("stateful", "return_sequences", "return_state"):
            one, other = getattr(forward, name), getattr(backward, name)
            if one != other:
                raise Fault(
                    "bad-argument",
                    "Forward layer and backward layer are expected to have the same value for "
                    f'attribute "{name}", got "{one}" for forward layer and "{other}" for '
                    "backward layer",
                    argument="backward_layer",
                    expected=f"{name}={one}",
                    found=other,
                )

    def _both(self) -> tuple[Layer, Layer]:
        if not isinstance(self.forward_layer, Layer) or not isinstance(self.backward, Layer):
            raise Undecided("the wrapped layer is not known")
        return self.forward_layer, self.backward

    @property
    def sublayers(self) -> Sequence[Layer]:
        made = (self.forward_layer, self.backward)
        return [layer for layer in made if isinstance(layer, Layer)]

    def build(self, sequences: Shape) -> None:
        for layer in self._both():
            layer.build_within(sequences)

    def output(self, sequences: Shape) -> Any:
        forward = self._both()[0]
        output = forward.output_within(sequences, when_run=self.within)
        states: tuple[Any, ...] = ()
        if forward.return_state and forward.stateful:  # in its computation of masks
            raise Fault(
                "bad-argument",
                "unsupported operand type(s) for *: 'generator' and 'int'",
                argument="return_state",
                expected="stateful or return_state, not both",
            )
        if forward.return_state:
            output, states = output[0], tuple(output[1:])
        if self.merge_mode is None:
            return (output, output, *states, *states)
        if self.merge_mode == "concat":
            if output[-1] is None:
                raise Undecided("the size of the output is not known")
            output = output.replace(-1, output[-1] * 2)
        return (output, *states, *states) if states else output


def clone(layer: Layer, prefix: str = "", **changes: Any) -> Layer:
    """The layer made anew from its arguments, as Keras does from its configuration."""
    name = layer.name
    if prefix and isinstance(name, str):
        name = prefix + name.removeprefix(prefix)
    given = {k: v for k, v in layer.arguments.items() if k not in ("input_shape", "input_dim")}
    keywords = {k: _cloned(v) for k, v in given.items()}
    return type(layer).construct(Arguments(keywords={**keywords, "name": name, **changes}))


def _cloned(value: Any) -> Any:
    if isinstance(value, Layer):
        return clone(value) if is_keras_own(value) else Unknown("a copy of a layer")
    if isinstance(value, (list, tuple)):
        return [_cloned(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _cloned(item) for key, item in value.items()}
    return value
