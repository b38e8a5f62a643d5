"""Models again, of layers of their own: what ``clone_model`` and a saved file give."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, TypeVar

from kerashape.keras.graph import Call, Operation, Tensor, map_structure
from kerashape.keras.models.base import Model
from kerashape.keras.models.functional import Functional
from kerashape.keras.models.sequential import Sequential
from kerashape.keras.network import Network
from kerashape.shapes import Unknown

if TYPE_CHECKING:
    from kerashape.site import Site

Copied = TypeVar("Copied", bound=Operation)


def copied(model: Model, site: Site | None = None) -> Model:
    """The model again; its layers have their names, and were made at ``site``."""
    return _Copies(site).of(model)


class _Copies:
    """The operations that were copied so far: one that is used twice is copied once."""

    def __init__(self, site: Site | None) -> None:
        self.site = site
        self._made: dict[int, tuple[Operation, Operation]] = {}
        self._tensors: dict[int, Tensor] = {}

    def of(self, operation: Copied) -> Copied:
        """The copy of a layer, model or function of the graph."""
        if id(operation) in self._made:
            return self._made[id(operation)][1]  # type: ignore[return-value]
        made = copy.copy(operation)
        self._made[id(operation)] = operation, made  # which keeps the identity taken
        made.calls, made.site = (), self.site
        if made.is_input:
            for call in operation.calls:
                self._again(call, made)
        elif isinstance(made, Functional):
            self._copy_graph(made)
        elif isinstance(made, Sequential):
            if not isinstance(made.stack, Unknown):
                made.stack = tuple(map(self.of, made.stack))
            if made.graph is not None:
                made.graph = self.of(made.graph)
        return made

    def _copy_graph(self, model: Functional) -> None:
        for call in model.network.calls:
            operation = self.of(call.operation)
            if not operation.is_input:
                self._again(call, operation)
        for call in model.network.calls:
            for tensor in call.output_tensors:
                if tensor.mask is not None:
                    self._swap(tensor).mask = self._swap(tensor.mask)
        model.inputs = map_structure(self._swap, model.inputs)
        model.outputs = map_structure(self._swap, model.outputs)
        model.given_ends = model.inputs, model.outputs
        model.network = Network.between(model.inputs, model.outputs)

    def _swap(self, leaf: Any) -> Any:
        return self._tensors.get(id(leaf), leaf)

    def _again(self, call: Call, operation: Operation) -> None:
        """The same call of the copy, on the copies of the tensors."""
        again = Call(
            operation,
            map_structure(self._swap, call.inputs),
            site=self.site,
            reason=call.reason,
            values=map_structure(self._swap, call.values),
        )

        def output(leaf: Any) -> Any:
            if not isinstance(leaf, Tensor):
                return leaf
            made = Tensor(leaf.shape, leaf.dtype, again, name=leaf.name, sparse=leaf.sparse)
            self._tensors[id(leaf)] = made
            return made

        again.output = map_structure(output, call.output)
        again.masks = tuple(map(self._swap, call.masks))
        operation.calls = (*operation.calls, again)
