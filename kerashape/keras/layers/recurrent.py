"""RNN and the layers that are an RNN around one cell: SimpleRNN, GRU, LSTM."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, ClassVar

from kerashape.keras.layers.arguments import refuse, settle
from kerashape.keras.layers.base import InputSpec, Layer
from kerashape.keras.layers.cells import Cell, GRUCell, LSTMCell, SimpleRNNCell
from kerashape.keras.layers.stacked_cells import (
    StackedRNNCells,
    lacks_state_size,
    output_size_of,
    state_size_of,
)
from kerashape.keras.layers.values import dim_at, is_size, plain
from kerashape.keras.signature import Arguments, Bound, Signature
from kerashape.shapes import Fault, Shape, Undecided

_RETURNS = (
    "return_sequences=False, return_state=False, go_backwards=False, stateful=False, unroll=False"
)


class RNN(Layer):
    """(batch, time, ...) -> (batch, units), or (batch, time, units) of all steps.

    With ``return_state`` a tuple of the output and the states. Keras checks no shape of
    ``initial_state`` or ``mask`` before the layer runs.
    """

    signature = f"cell, {_RETURNS}, zero_output_for_mask=False"
    call_signature = "sequences, initial_state=None, mask=None, training=False"
    single_output = False
    cell: Any

    def check(self) -> None:
        settle(self, "return_sequences", "return_state", "go_backwards", "stateful")
        if isinstance(self.cell, (list, tuple)):
            self.cell = StackedRNNCells.construct(Arguments((self.cell,)), self.names)
        cell = self.cell
        if plain(cell):
            raise Fault(
                "bad-argument",
                f"Argument `cell` should have a `call` method. Received: cell={cell}",
                argument="cell",
                expected="a cell",
                found=cell,
            )
        if lacks_state_size(cell):
            raise Fault(
                "bad-argument",
                "The RNN cell should have a `state_size` attribute (single integer or list of "
                "integers, one integer per RNN state). Received: cell=",
                argument="cell",
                expected="a cell",
                found=cell,
            )
        size = state_size_of(cell)
        if not isinstance(size, (list, tuple)) and not is_size(size):
            raise Fault(
                "bad-argument",
                "state_size must be an integer, or a list/tuple of integers "
                "(one for each state tensor).",
                argument="cell",
                expected="an integer",
                found=size,
            )

    @property
    def state_size(self) -> list[Any]:
        """The sizes of the states."""
        size = state_size_of(self.cell)
        return list(size) if isinstance(size, (list, tuple)) else [size]

    @property
    def sublayers(self) -> Sequence[Layer]:
        return [self.cell] if isinstance(self.cell, Layer) else []

    def build(self, sequences: Shape) -> None:
        if not isinstance(self.cell, Layer):
            raise Undecided("the cell of the recurrent layer is not known")
        self.cell.build_within(step_of(sequences))
        if self.stateful and sequences[0] is None:
            raise Fault(
                "undefined-dimension",
                "When using `stateful=True` in a RNN, the batch size must be static. "
                f"Found dynamic batch size: sequence.shape={sequences}",
                argument="stateful",
                expected="a known batch size",
                found=sequences,
            )

    def output(self, sequences: Shape) -> Any:
        units = output_size_of(self.cell)
        if not is_size(units):
            raise Fault(
                "bad-argument",
                "output_size must be an integer.",
                expected="a cell whose output_size is an integer",
                found=units,
            )
        batch, length = dim_at(sequences, 0), dim_at(sequences, 1)
        if self.within and self.unroll and length is None:
            raise Fault(
                "undefined-dimension",
                "Cannot unroll a RNN if the time dimension is undefined.",
                argument="unroll",
                expected="a known number of time steps",
                found=sequences,
            )
        if self.within and isinstance(sequences, Shape) and sequences.rank != 3:
            raise Undecided("what the cell makes of steps that are no vectors")
        last = Shape((batch, units))
        output = Shape((batch, length, units)) if self.return_sequences else last
        if self.return_state:
            if self.within and getattr(self.cell, "class_name", "") == "StackedRNNCells":
                raise Undecided("how the states of several cells are nested when they run")
            return output, *(_states(batch, size) for size in self.state_size)
        return output


def step_of(sequences: Any) -> Any:
    """The shape of one step: the axis 1 left out."""
    batch = dim_at(sequences, 0)
    if isinstance(sequences, Shape):
        return Shape((batch,)) + sequences[2:]
    return (batch, *sequences[2:])


def _states(batch: Any, size: Any) -> Any:
    if isinstance(size, (list, tuple)):
        return [Shape((batch, each)) for each in size]
    return Shape((batch, size))


class _CellLayer(RNN):
    """An RNN that makes its own cell from its arguments."""

    spec = InputSpec(ndim=3)
    keywords: ClassVar[str] = "implementation=2, zero_output_for_mask=False"
    cell_class: ClassVar[type[Cell]]
    cell_name: ClassVar[str]

    def check(self) -> None:
        self.cell  # noqa: B018 - its constructor is the first to raise
        super().check()

    @functools.cached_property
    def cell(self) -> Any:
        """The cell, made of the arguments that it shares with the layer."""
        names = Signature.parse(self.cell_class.signature).names
        taken = {*names, "implementation", "dtype", "trainable"} & self.arguments.keys()
        keywords = {name: self.arguments[name] for name in taken}
        return self.cell_class.construct(
            Arguments(keywords={**keywords, "name": self.cell_name}), self.names
        )


class SimpleRNN(_CellLayer):
    """(batch, time, d) -> (batch, units) or (batch, time, units)."""

    signature = (
        "units, activation='tanh', use_bias=True, kernel_initializer='glorot_uniform', "
        "recurrent_initializer='orthogonal', bias_initializer='zeros', kernel_regularizer=None, "
        "recurrent_regularizer=None, bias_regularizer=None, activity_regularizer=None, "
        "kernel_constraint=None, recurrent_constraint=None, bias_constraint=None, dropout=0.0, "
        f"recurrent_dropout=0.0, {_RETURNS}, seed=None"
    )
    keywords = "zero_output_for_mask=False"
    cell_class = SimpleRNNCell
    cell_name = "simple_rnn_cell"

    @classmethod
    def bind(cls, arguments: Arguments) -> Bound:
        """Keras takes an ``activity_regularizer`` here, and drops it."""
        bound = super().bind(arguments)
        bound.values["activity_regularizer"] = None
        return bound


_GATED = (
    "kernel_regularizer=None, recurrent_regularizer=None, bias_regularizer=None, "
    "activity_regularizer=None, kernel_constraint=None, recurrent_constraint=None, "
    f"bias_constraint=None, dropout=0.0, recurrent_dropout=0.0, seed=None, {_RETURNS}, "
)


class _Gated(_CellLayer):
    """GRU and LSTM, which know cuDNN."""

    def check(self) -> None:
        super().check()
        settle(self, "use_cudnn")
        refuse(
            "use_cudnn",
            lambda: self.use_cudnn not in ("auto", True, False),
            "Invalid valid received for argument `use_cudnn`. Expected one of "
            f"{{'auto', True, False}}. Received: use_cudnn={self.use_cudnn}",
            expected="'auto', True or False",
            found=self.use_cudnn,
        )


class GRU(_Gated):
    """(batch, time, d) -> (batch, units) or (batch, time, units)."""

    signature = (
        "units, activation='tanh', recurrent_activation='sigmoid', use_bias=True, "
        "kernel_initializer='glorot_uniform', recurrent_initializer='orthogonal', "
        f"bias_initializer='zeros', {_GATED}reset_after=True, use_cudnn='auto'"
    )
    cell_class = GRUCell
    cell_name = "gru_cell"


class LSTM(_Gated):
    """(batch, time, d) -> (batch, units) or (batch, time, units); two states."""

    signature = (
        "units, activation='tanh', recurrent_activation='sigmoid', use_bias=True, "
        "kernel_initializer='glorot_uniform', recurrent_initializer='orthogonal', "
        f"bias_initializer='zeros', unit_forget_bias=True, {_GATED}use_cudnn='auto'"
    )
    cell_class = LSTMCell
    cell_name = "lstm_cell"
