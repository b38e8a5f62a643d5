"""The rank of what a model is called on (``Functional._adjust_input_rank``)."""

from __future__ import annotations

from typing import Any

from kerashape.keras.graph import Tensor
from kerashape.keras.layers.base import Array
from kerashape.shapes import Fault, Symbol


def check_rank_of_data(data: Any, entry: Any) -> None:
    """Of data, unlike of symbolic tensors, a model takes no other rank; but a last axis of 1."""
    if not isinstance(data, Array) or not isinstance(entry, Tensor):
        return
    if data.shape.open or entry.shape.open or data.shape.rank == entry.shape.rank:
        return
    larger, smaller = data.shape, entry.shape
    if larger.rank < smaller.rank:
        larger, smaller = smaller, larger
    if larger.rank == smaller.rank + 1 and (
        larger[-1] in (1, None) or isinstance(larger[-1], Symbol)
    ):
        return
    raise Fault(
        "incompatible-input",
        "Invalid input shape for input ",
        expected=entry.shape,
        found=data.shape,
    )
