"""The part of the graph between a model's inputs and outputs.

Follows ``keras.src.ops.function.map_graph``: the same order of operations, the same
checks in the same order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from kerashape.keras.graph import Call, Operation, Tensor, flatten, map_structure
from kerashape.keras.layers.tensors import Array
from kerashape.shapes import Fault, Shape, Undecided, Unknown, unknown_dim


class Network:
    """The calls and operations of a functional model.

    Attributes:
        calls: all calls, parents before children.
        operations: as ``model.operations``: from the inputs on, by depth, then by traversal.
        depths: the depth of each call, by ``id``: how far it is from the outputs.
        open: why a part of the graph is not known, if it is not.
        unused: the listed Inputs that reach no output.
    """

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.operations: list[Operation] = []
        self.depths: dict[int, int] = {}
        self.open: str | None = None
        self.unused: list[Tensor] = []

    @staticmethod
    def calls_between(inputs: Any, outputs: Any) -> list[Call]:
        """The calls that lead from ``inputs`` to ``outputs``, parents first."""
        return _Walk(inputs, outputs).finished

    @classmethod
    def draft(cls, inputs: Any, outputs: Any) -> Network:
        """The network of what is no model: unchecked, in the order of the calls."""
        network = cls()
        network.open = "Keras refuses to make this model"
        inputs = [leaf.call for leaf in flatten(inputs) if isinstance(leaf, Tensor) and leaf.call]
        calls = {id(call): call for call in inputs if call.operation.is_input}
        calls.update({id(c): c for c in cls.calls_between((), outputs)})
        network.calls = list(calls.values())
        network.operations = list({id(c.operation): c.operation for c in network.calls}.values())
        return network

    @classmethod
    def between(cls, inputs: Any, outputs: Any) -> Network:
        """The network of a model.

        Raises:
            Fault: ``graph-disconnected`` or ``duplicate-layer-name``.
        """
        network = cls()
        walk = _Walk(inputs, outputs)
        network.calls = walk.finished
        network.open = walk.open
        tensors = [t for t in flatten(inputs) if isinstance(t, Tensor)]
        depths, network.depths = _depths(walk)
        for tensor in tensors:
            call = tensor.call
            if call is not None and call.operation.is_input and id(call.operation) not in depths:
                depths[id(call.operation)] = network.depths[id(call)] = 0
                walk.order[id(call.operation)] = (-1, call.operation)
                network.calls.append(call)
                network.unused.append(tensor)
        by_depth: dict[int, list[Operation]] = defaultdict(list)
        for key, depth in depths.items():
            by_depth[depth].append(walk.order[key][1])
        for depth in sorted(by_depth, reverse=True):
            network.operations += sorted(by_depth[depth], key=lambda op: walk.order[id(op)][0])
        if network.open is None:
            _check_connected(tensors, outputs, network.calls)
        _check_names(network.operations)
        return network

    def rerun(
        self, replaced: dict[int, Any], outputs: Any, *, called: bool = False, on_data: bool = False
    ) -> Any:
        """The outputs with other tensors in place of some (by ``id``).

        With ``called`` each layer also checks its inputs, as it does where the model runs;
        ``on_data`` every size is there, also one that is None to the laws of symbolic tensors.

        Raises:
            Fault: if an operation raises on the new shapes.
            Undecided: if the graph or an operation's answer is not known.
        """
        if self.open is not None:
            raise Undecided(self.open)
        done = dict(replaced)

        def swap(leaf: Any) -> Any:
            return done.get(id(leaf), leaf)

        for call in self.calls:
            if call.operation.is_input or not any(id(t) in done for t in call.input_tensors):
                continue
            values = map_structure(swap, call.values)
            if called:
                call.operation.check_arguments(values)
            result = call.operation.replay(values)
            for old, new in zip(flatten(call.output), flatten(result)):
                done[id(old)] = _sized(new) if on_data else new
        return map_structure(swap, outputs)


def _sized(result: Any) -> Any:
    if not isinstance(result, (Tensor, Array)) or all(dim is not None for dim in result.shape.dims):
        return result
    dims = [unknown_dim() if dim is None else dim for dim in result.shape.dims]
    return type(result)(Shape(dims, open=result.shape.open), result.dtype)


class _Walk:
    """The depth-first walk from the outputs to the inputs."""

    def __init__(self, inputs: Any, outputs: Any) -> None:
        self.entries = {id(t) for t in flatten(inputs)}
        self.finished: list[Call] = []
        self.order: dict[int, tuple[int, Operation]] = {}
        self.open: str | None = None
        self._seen: set[int] = set()
        for leaf in flatten(inputs):
            if isinstance(leaf, Unknown):
                self.open = leaf.reason
        for leaf in flatten(outputs):
            self._visit(leaf)

    def _visit(self, leaf: Any) -> None:
        """Visit without recursion: graphs can be deeper than Python's stack."""
        stack: list[tuple[Call, Iterator[Any]]] = []
        self._enter(leaf, stack)
        while stack:
            call, parents = stack[-1]
            for parent in parents:
                if self._enter(parent, stack):
                    break
            else:
                stack.pop()
                self.finished.append(call)

    def _enter(self, leaf: Any, stack: list[tuple[Call, Iterator[Any]]]) -> bool:
        """Start on the call that made ``leaf``; False if there is nothing to start."""
        if isinstance(leaf, Unknown):
            self.open = leaf.reason
        if not isinstance(leaf, Tensor):
            return False
        if leaf.call is None:
            if id(leaf) not in self.entries:
                self.open = "where a tensor comes from is not known"
            return False
        call = leaf.call
        if id(call) in self._seen:
            return False
        if not call.operation.is_input and id(leaf) in self.entries:
            self._seen.add(id(call))
            return False
        self._seen.add(id(call))
        self.order.setdefault(id(call.operation), (len(self.order), call.operation))
        stack.append((call, iter([*flatten(call.inputs), *call.masks])))
        return True


def _depths(walk: _Walk) -> tuple[dict[int, int], dict[int, int]]:
    """The depth of each operation, and of each call: the longest way from it to an output."""
    members = {id(call) for call in walk.finished}
    of_call: dict[int, int] = {}
    of_operation: dict[int, int] = {}
    for call in reversed(walk.finished):
        depth = max(of_call.get(id(call), 0), of_operation.get(id(call.operation), 0))
        of_operation[id(call.operation)] = of_call[id(call)] = depth
        for tensor in call.connected:
            parent = tensor.call
            if parent is not None and id(parent) in members:
                of_call[id(parent)] = max(depth + 1, of_call.get(id(parent), 0))
    return of_operation, of_call


def _check_connected(inputs: list[Tensor], outputs: Any, calls: list[Call]) -> None:
    computable = {id(t) for t in inputs}
    for call in calls:
        if call.operation.is_input:
            continue
        if all(id(t) in computable for t in call.connected):
            computable.update(id(t) for t in call.output_tensors)
    for tensor in flatten(outputs):
        if id(tensor) not in computable:
            raise Fault(
                "graph-disconnected",
                "is not connected to `inputs`",
                expected="every Input that the outputs depend on",
                found=tensor,
            )


def _check_names(operations: list[Operation]) -> None:
    seen: set[str] = set()
    for operation in operations:
        name = operation.name
        if not isinstance(name, str):
            continue
        if name in seen:
            count = sum(1 for op in operations if isinstance(op.name, str) and op.name == name)
            raise Fault(
                "duplicate-layer-name",
                f'The name "{name}" is used {count} times in the model. '
                "All operation names should be unique.",
                expected="unique names",
                found=name,
            )
        seen.add(name)
