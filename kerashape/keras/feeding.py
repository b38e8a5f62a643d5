"""Feeding data to a model: what ``fit``, ``evaluate`` and ``predict`` check about shapes.

Follows ``Functional.call``: the input specification (not for Sequential), the rank adjusted by
a last axis of size 1, then every layer called on the real shapes.
"""

from __future__ import annotations

from collections.abc import Sequence

from kerashape.keras.graph import Tensor, flatten
from kerashape.keras.input_rank import adjusted
from kerashape.keras.models import Functional
from kerashape.shapes import Fault, Shape, Undecided


def feed(model: Functional, arrays: Sequence[Shape], *, strict: bool) -> None:
    """Feed arrays of these shapes, one for each input in order.

    Args:
        strict: whether the shapes are compared with the Inputs before (Sequential does not).

    Raises:
        Fault: if Keras raises.
        Undecided: if that is not known.
    """
    inputs = [t for t in flatten(model.inputs) if isinstance(t, Tensor)]
    if len(inputs) != len(arrays):
        raise Undecided("another number of arrays than inputs")
    if any(shape.open for shape in (*arrays, *(tensor.shape for tensor in inputs))):
        raise Undecided("how many dimensions the data have is not known")
    batches = [_batch(shape) for shape in arrays]
    if strict:
        model.check_inputs(list(batches))
    fed = {
        id(tensor): Tensor(adjusted(shape, tensor), tensor.dtype)
        for tensor, shape in zip(inputs, batches)
    }
    if all(fed[id(t)].shape.same(t.shape) for t in inputs):
        return
    model.network.rerun(fed, model.outputs, called=True)
    for tensor in inputs:
        _check_width(model, tensor, fed[id(tensor)].shape)


_MULTIPLIES = frozenset(["SimpleRNN", "LSTM", "GRU", "Bidirectional"])
"""Layers that have weights for the last axis, but look at no shape before they run."""
_KEEPS = frozenset(["Dropout", "SpatialDropout1D", "GaussianNoise", "GaussianDropout", "Masking",
                    "Identity", "Activation"])  # fmt: skip


def _check_width(model: Functional, tensor: Tensor, given: Shape) -> None:
    """The last axis of the data against the weights that it is multiplied with."""
    known = tensor.shape.dims[-1:], given.dims[-1:]
    if given.open or not all(type(dim) is int for dims in known for dim in dims):
        return
    current = tensor
    while known[0] != known[1]:
        calls = [
            call
            for operation in model.network.operations
            for call in operation.calls
            if any(leaf is current for leaf in call.input_tensors)
        ]
        if len(calls) != 1 or not isinstance(calls[0].output, Tensor):
            return
        kind = calls[0].operation.class_name
        if kind in _MULTIPLIES:
            raise Fault(
                "incompatible-input",
                f"Dimensions must be equal, but are {given.dims[-1]} and {tensor.shape.dims[-1]}",
                expected=tensor.shape,
                found=given,
            )
        if kind not in _KEEPS:
            return
        current = calls[0].output


def _batch(shape: Shape) -> Shape:
    if shape.open or not shape.dims:
        return shape
    return Shape((None, *shape.dims[1:]))
