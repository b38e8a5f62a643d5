"""Models that start at an intermediate tensor: Keras builds the graph again behind new Inputs."""

from __future__ import annotations

from typing import Any

from kerashape.keras.graph import Call, Operation, Tensor, flatten, map_structure
from kerashape.keras.models.entry import input_layer
from kerashape.keras.names import Names
from kerashape.keras.network import Network
from kerashape.shapes import Unknown


def clone(inputs: Any, outputs: Any, names: Names) -> tuple[Any, Any]:
    """The graph again behind new Inputs in place of intermediate tensors, as Keras does."""
    replaced: dict[int, Any] = {}
    operations: dict[int, Operation] = {}
    calls = Network.calls_between(inputs, outputs)
    for tensor in flatten(inputs):
        if not isinstance(tensor, Tensor) or tensor.is_input:
            replaced[id(tensor)] = tensor
            continue
        entry = input_layer(
            {
                "batch_shape": tensor.shape,
                "dtype": tensor.dtype,
                "name": Unknown("the name of a cloned tensor"),
            },
            names,
        )
        replaced[id(tensor)] = entry.calls[0].output
        if tensor.call is not None:
            operations[id(tensor.call.operation)] = entry

    def swap(leaf: Any) -> Any:
        if not isinstance(leaf, Tensor):
            return leaf
        if id(leaf) not in replaced:
            replaced[id(leaf)] = Tensor(leaf.shape, leaf.dtype, leaf.call, sparse=leaf.sparse)
        return replaced[id(leaf)]

    new_inputs = map_structure(swap, inputs)
    new_outputs = map_structure(swap, outputs)
    for call in calls:
        operation = operations.get(id(call.operation), call.operation)
        if operation.is_input:
            continue
        clone = Call(
            operation,
            map_structure(swap, call.inputs),
            map_structure(swap, call.output),
            site=call.site,
            reason=call.reason,
            values=map_structure(swap, call.values),
        )
        clone.masks = tuple(map(swap, call.masks))
        for tensor in clone.output_tensors:
            tensor.call = clone
        operation.calls = (*operation.calls, clone)
    return new_inputs, new_outputs
