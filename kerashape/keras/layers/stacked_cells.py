"""StackedRNNCells, and what a recurrent layer asks of a cell, whichever it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kerashape.keras.layers.base import Layer, Spec
from kerashape.keras.layers.cells import Cell
from kerashape.keras.layers.values import plain
from kerashape.shapes import Fault, Shape, Undecided


class StackedRNNCells(Layer):
    """Cells that work as one: the output of each goes into the next."""

    signature = "cells"
    call_signature = "inputs, states, training=False, **kwargs"
    single_output = False

    def check(self) -> None:
        if plain(self.cells) and not isinstance(self.cells, (str, bytes, list, tuple, dict)):
            raise Fault(
                "bad-argument",
                f"'{type(self.cells).__name__}' object is not iterable",
                argument="cells",
                expected="a list of cells",
                found=self.cells,
            )
        for cell in self.each:
            if plain(cell):
                raise Fault(
                    "bad-argument",
                    "All cells must have a `call` method. "
                    f"Received cell without a `call` method: {cell}",
                    argument="cells",
                    expected="cells",
                    found=cell,
                )
            if lacks_state_size(cell):
                raise Fault(
                    "bad-argument",
                    "All cells must have a `state_size` attribute. "
                    "Received cell without a `state_size`: ",
                    argument="cells",
                    expected="cells",
                    found=cell,
                )

    @property
    def each(self) -> list[Any]:
        """The cells. Raises :class:`Undecided` where they are not known."""
        if not isinstance(self.cells, (str, bytes, list, tuple, dict)):
            raise Undecided("the cells are not known")
        return list(self.cells)

    @property
    def state_size(self) -> Any:
        """The sizes of the states, one entry a cell."""
        return [state_size_of(cell) for cell in self.each]

    @property
    def output_size(self) -> Any:
        """The size of the last cell's output."""
        if not self.cells:
            raise Fault("bad-argument", "list index out of range", expected="at least one cell")
        return output_size_of(self.cells[-1])

    @property
    def sublayers(self) -> Sequence[Layer]:
        cells = self.cells if isinstance(self.cells, (list, tuple)) else []
        return [cell for cell in cells if isinstance(cell, Layer)]

    def build(self, inputs: Shape) -> None:
        for cell in self.each:
            if not isinstance(cell, Layer):
                raise Undecided("a cell is not known")
            cell.build_within(inputs)
            inputs = Shape((inputs[0], output_size_of(cell)))

    def infer_output(self, values: dict[str, Any], shapes: dict[str, Any]) -> Any:
        inputs, states = values["inputs"], values["states"]
        if not self.each:  # what comes in goes out
            output, after = super().infer_output(values, shapes)
            return Spec(output.shape, self._dtype_kept(inputs)), after
        if isinstance(states, (list, tuple)):
            for cell, before in zip(self.each, states):
                if isinstance(cell, Cell):
                    cell.check_dtypes(inputs, before)
                inputs = None
        return super().infer_output(values, shapes)

    def output(self, inputs: Shape, states: Any) -> Any:
        if not isinstance(states, (list, tuple)):
            raise Undecided("the states of the cells are not known")
        after: list[Any] = []
        for cell, before in zip(self.each, states):
            if not isinstance(cell, (Cell, StackedRNNCells)):
                raise Undecided("a cell is not known")
            nested = isinstance(before, (list, tuple))
            inputs, new = cell.output(inputs, list(before) if nested else [before])
            new = [Spec(state, cell.compute_dtype) for state in new]
            after.append(new if nested or len(new) > 1 else new[0])
        last = self.cells[-1] if self.cells else self
        output = Spec(inputs, last.compute_dtype)
        return output, after[0] if len(after) == 1 else after


def lacks_state_size(cell: Any) -> bool:
    """Whether an object certainly has no attribute ``state_size``."""
    keras_own = type(cell).__module__.startswith(__name__.rpartition(".")[0] + ".")
    return isinstance(cell, Layer) and keras_own and not has_state(cell)


def has_state(cell: Any) -> bool:
    """Whether an object certainly has an attribute ``state_size``."""
    return hasattr(cell, "state_size")


def state_size_of(cell: Any) -> Any:
    """``cell.state_size``. Raises :class:`Undecided` where the cell is not known."""
    if not has_state(cell):
        raise Undecided("the cell of the recurrent layer is not known")
    return cell.state_size


def output_size_of(cell: Any) -> Any:
    """``cell.output_size``, else its first state's size."""
    size = getattr(cell, "output_size", None)
    if size is None:
        size = state_size_of(cell)
    return size[0] if isinstance(size, (list, tuple)) else size
