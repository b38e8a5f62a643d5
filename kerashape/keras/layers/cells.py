"""The cells of recurrent layers: one step, (batch, features) and the states before it."""

from __future__ import annotations

import functools
from typing import Any, ClassVar

from kerashape.keras.graph import Tensor, flatten
from kerashape.keras.layers.arguments import refuse, settle, shown
from kerashape.keras.layers.base import Layer
from kerashape.keras.layers.identifiers import identifiers
from kerashape.keras.layers.values import dim_at, plain, seed
from kerashape.shapes import Fault, Shape, Undecided
from kerashape.shapes.broadcast import broadcast

_KERNEL = (
    "use_bias=True, kernel_initializer='glorot_uniform', recurrent_initializer='orthogonal', "
    "bias_initializer='zeros', "
)
_REGULARIZERS = "kernel_regularizer=None, recurrent_regularizer=None, bias_regularizer=None, "
_CONSTRAINTS = "kernel_constraint=None, recurrent_constraint=None, bias_constraint=None, "


class Cell(Layer):
    """What the cells have in common: a kernel, a recurrent kernel and a bias.

    ``gates`` is how many blocks of ``units`` the kernels have side by side.
    """

    call_signature = "inputs, states, training=False"
    single_output = False
    multiplied: ClassVar[bool] = True
    gates: ClassVar[int] = 1
    state_count: ClassVar[int] = 1

    def check(self) -> None:
        settle(self, "units", "use_bias", "dropout", "recurrent_dropout")
        refuse(
            "units",
            lambda: self.units <= 0,
            "Received an invalid value for argument `units`, expected a positive integer, "
            f"got {shown(self.units)}.",
            expected="a positive integer",
            found=self.units,
        )
        identifiers(self)
        for name in ("dropout", "recurrent_dropout"):
            check_rate(name, getattr(self, name))
        seed(self)

    @property
    def state_size(self) -> Any:
        """The size of the state, or the sizes of the states."""
        return self.units

    @property
    def output_size(self) -> Any:
        """The size of the output."""
        return self.units

    def build(self, inputs: Shape) -> None:
        self.weight("kernel", (dim_at(inputs, -1), self.units * self.gates))
        self.weight("recurrent_kernel", (self.units, self.units * self.gates))
        if self.use_bias:
            self.weight("bias", self.bias_shape)

    @property
    def bias_shape(self) -> tuple[Any, ...]:
        """The shape of the bias."""
        return (self.units * self.gates,)

    def infer_output(self, values: dict[str, Any], shapes: dict[str, Any]) -> Any:
        inputs, states = list(values.values())[:2]
        self.check_dtypes(inputs, states)
        inputs, states = list(shapes.values())[:2]
        return self.output(inputs, states)

    def check_dtypes(self, inputs: Any, states: Any) -> None:
        """TensorFlow multiplies no integers with floats; Keras, no strings at all."""
        if any(
            isinstance(leaf, Tensor) and isinstance(leaf.dtype, str) and leaf.dtype == "string"
            for leaf in flatten((inputs, states))
        ):
            raise Fault(
                "not-a-tensor",
                "dtype='string' is not a valid dtype for Keras type promotion.",
                expected="numbers",
                found="string",
            )
        floats = {leaf.dtype for leaf in flatten((inputs, states)) if isinstance(leaf, Tensor)}
        if not self.autocast and floats - {self.compute_dtype}:
            raise Undecided("what a cell without autocast makes of the dtypes")
        nested = isinstance(states, (list, tuple))
        for state in states[self.state_count - 1 :] if nested else [states]:
            dtype = state.dtype if isinstance(state, Tensor) else None
            if self.multiplied and isinstance(dtype, str) and "float" not in dtype:
                raise Fault(
                    "not-a-tensor",
                    "Value passed to parameter 'x' has DataType bool not in list of allowed values"
                    if dtype == "bool"
                    else f" Op has type {dtype} that does not match type {self.compute_dtype} of "
                    "argument",
                    argument="states",
                    expected=f"states of {self.compute_dtype}",
                    found=dtype,
                )

    def output(self, inputs: Shape, states: Any) -> Any:
        before = [self.state(states, index) for index in range(self.state_count)]
        step, after = self.step(inputs, before)
        nested = self.state_count > 1 or isinstance(states, (list, tuple))
        return step, after if nested else after[0]

    def state(self, states: Any, index: int) -> Shape:
        """The shape of ``states[index]``, or of the only state."""
        if isinstance(states, (list, tuple)):
            if index >= len(states):
                raise Fault(
                    "wrong-arity",
                    f"{type(states).__name__} index out of range",
                    argument="states",
                    expected=f"{self.state_count} states",
                    found=len(states),
                )
            states = states[index]
        elif self.state_count > 1 and isinstance(states, Shape):  # a slice of the tensor
            batch = dim_at(states, 0)
            if batch is not None and batch <= index:
                raise Fault(
                    "wrong-arity",
                    f"slice index {index} of dimension 0 out of bounds.",
                    argument="states",
                    expected=f"a list of {self.state_count} states",
                    found=states,
                )
            states = states[1:]
        if not isinstance(states, Shape):
            raise Undecided("the states of the cell are not known")
        return states

    def step(self, inputs: Shape, before: list[Shape]) -> tuple[Shape, list[Shape]]:
        """The shapes of the output and of the states after it."""
        raise NotImplementedError

    def project(self, inputs: Shape, weight: int, gates: int = 1) -> Shape:
        """``inputs`` times gates of a kernel: 0 the kernel, 1 the recurrent one."""
        features = dim_at(inputs, -1)
        static = inputs.rank == 2 or None not in inputs.dims
        rows = self.variables[weight].shape[0] if self.variables else features
        if static and features is not None and features != rows:
            raise Fault(
                "op-mismatch",
                f"Dimensions must be equal, but are {features} and {rows} for",
                expected=f"{rows} features",
                found=inputs,
            )
        return inputs[:-1] + Shape((self.units * gates,))

    @property
    def fused(self) -> bool:
        """Whether the gates are computed together, and then taken apart."""
        return bool(self.recurrent_dropout == 0 and self.implementation != 1)


def joined(*shapes: Shape) -> Shape:
    """The shapes broadcast together, in TensorFlow's words where they do not fit."""
    try:
        return functools.reduce(broadcast, shapes)
    except Fault as fault:
        raise Fault(
            "op-mismatch",
            "Dimensions must be equal, but are",
            expected=fault.expected,
            found=fault.found,
        ) from None


def activated(shape: Shape, activation: Any) -> Shape:
    """What an activation makes of a shape: only a gated linear unit changes it."""
    if activation == "glu":
        size = dim_at(shape, -1)
        if size is None:
            return shape
        if size % 2 != 0:
            raise Fault(
                "op-mismatch",
                f"axis size must be divisible by 2. Received: x.shape={shape} with axis=-1",
                expected="an even size",
                found=shape,
            )
        return shape[:-1] + Shape((size // 2,))
    if activation is None or plain(activation):
        return shape
    raise Undecided("what the activation makes of the shape is not known")


def check_rate(name: str, rate: Any) -> None:
    """A dropout of a cell is clipped to [0, 1]: it has to be a number, no more."""

    def clipped() -> bool:
        min(1.0, max(0.0, rate))
        return False

    refuse(name, clipped, "", expected="a number from 0 to 1", found=rate)


class SimpleRNNCell(Cell):
    """(batch, d) -> (batch, units), one state."""

    signature = (
        f"units, activation='tanh', {_KERNEL}{_REGULARIZERS}{_CONSTRAINTS}"
        "dropout=0.0, recurrent_dropout=0.0, seed=None"
    )
    call_signature = "sequence, states, training=False"
    multiplied = False

    def check_dtypes(self, inputs: Any, states: Any) -> None:
        super().check_dtypes(inputs, states)
        if any(call.fault is None for call in self.calls):
            return  # the mask of the dropout is kept from there
        state = next(flatten(states), None)
        for leaf, rate in ((inputs, self.dropout), (state, self.recurrent_dropout)):
            dtype = leaf.dtype if isinstance(leaf, Tensor) else None
            if 0 < rate < 1 and isinstance(dtype, str) and "float" not in dtype:
                raise Fault(
                    "not-a-tensor",
                    "`x.dtype` must be a floating point tensor as `x` will be scaled. "
                    f"Received: x_dtype=<dtype: '{dtype}'>",
                    expected="a float input",
                    found=dtype,
                )

    def step(self, inputs: Shape, before: list[Shape]) -> tuple[Shape, list[Shape]]:
        output = joined(self.project(inputs, 0), self.project(before[0], 1))
        output = activated(output, self.activation)
        return output, [output]


class GRUCell(Cell):
    """(batch, d) -> (batch, units), one state; two biases if ``reset_after``."""

    signature = (
        "units, activation='tanh', recurrent_activation='sigmoid', "
        f"{_KERNEL}{_REGULARIZERS}{_CONSTRAINTS}"
        "dropout=0.0, recurrent_dropout=0.0, reset_after=True, seed=None"
    )
    keywords = "implementation=2"
    gates = 3

    def check(self) -> None:
        settle(self, "reset_after")
        super().check()

    def step(self, inputs: Shape, before: list[Shape]) -> tuple[Shape, list[Shape]]:
        features, recurrent = self.project(inputs, 0), self.project(before[0], 1)
        if self.fused and recurrent.rank != 2:
            self.refuse_rank(recurrent)
        gate = activated(joined(features, recurrent), self.recurrent_activation)
        if self.reset_after:
            recurrent = joined(gate, recurrent)
        else:
            recurrent = self.project(joined(gate, before[0]), 1)
        candidate = activated(joined(features, recurrent), self.activation)
        output = joined(joined(gate, before[0]), joined(gate, candidate))
        return output, [output]

    def refuse_rank(self, recurrent: Shape) -> None:
        """The gates of the state, computed together, are taken apart on the axis 1."""
        if recurrent.rank == 1:
            text = "Index out of range using input dim 1; input has only 1 dims"
        elif self.units != 1:
            text = f"Dimensions must be equal, but are {self.units} and {3 * self.units} for"
        else:
            raise Undecided("the gates are taken apart on the axis 1")
        raise Fault("wrong-rank", text, expected="states of rank 2", found=recurrent)

    @property
    def bias_shape(self) -> tuple[Any, ...]:
        return (2, 3 * self.units) if self.reset_after else (3 * self.units,)


class LSTMCell(Cell):
    """(batch, d) -> (batch, units), two states."""

    signature = (
        "units, activation='tanh', recurrent_activation='sigmoid', "
        f"{_KERNEL}unit_forget_bias=True, {_REGULARIZERS}{_CONSTRAINTS}"
        "dropout=0.0, recurrent_dropout=0.0, seed=None"
    )
    keywords = "implementation=2"
    gates = 4
    state_count = 2

    @property
    def state_size(self) -> Any:
        return [self.units, self.units]

    def step(self, inputs: Shape, before: list[Shape]) -> tuple[Shape, list[Shape]]:
        gates = self.taken_apart(inputs, before[0])
        gate = activated(gates, self.recurrent_activation)
        carry = joined(joined(gate, before[1]), joined(gate, activated(gates, self.activation)))
        output = joined(gate, activated(carry, self.activation))
        return output, [output, carry]

    def taken_apart(self, inputs: Shape, state: Shape) -> Shape:
        """The shape of each gate; those that are computed together are split on the axis 1."""
        if not self.fused:
            return joined(self.project(inputs, 0), self.project(state, 1))
        gates = joined(self.project(inputs, 0, 4), self.project(state, 1, 4))
        size = dim_at(gates, 1)
        if size is None:
            return gates
        if size % 4 != 0:
            raise Fault(
                "op-mismatch",
                f"Dimension size must be evenly divisible by 4 but is {size}",
                expected="2 dimensions",
                found=gates,
            )
        return gates.replace(1, size // 4)
