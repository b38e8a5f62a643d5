"""The rank of what a model is run on (``Functional._adjust_input_rank``)."""

from __future__ import annotations

from kerashape.keras.graph import Tensor
from kerashape.shapes import Fault, Shape, Undecided


def adjusted(shape: Shape, entry: Tensor) -> Shape:
    """The shape as a model takes it whose Input is ``entry``: a last axis of 1 added or dropped.

    Raises:
        Fault: ``incompatible-input``, where the ranks do not fit.
        Undecided: where the last axis is not known, by which they may fit.
    """
    wanted = entry.shape
    if shape.open or wanted.open or shape.rank == wanted.rank:
        return shape
    if shape.rank == wanted.rank + 1:
        if shape[-1] is None:
            raise Undecided("the last axis, by which the rank may fit, is not known")
        if shape[-1] == 1:
            return Shape(shape.dims[:-1])
    if shape.rank == wanted.rank - 1 and wanted[-1] is not None and wanted[-1] == 1:
        return Shape((*shape.dims, 1))
    raise Fault(
        "incompatible-input",
        f"Expected shape {wanted}, but input has incompatible shape {shape}",
        expected=wanted,
        found=shape,
    )
