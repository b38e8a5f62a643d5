"""Reshaping and flattening.

The texts of the faults are those of ``keras.src.ops.operation_utils``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from kerashape.shapes.outcome import Fault, Undecided, Unknown
from kerashape.shapes.shape import Shape, size_of
from kerashape.shapes.symbol import Dim, Symbol


def product(dims: Sequence[Dim]) -> Dim:
    """The number of elements; None if any dimension is None."""
    if any(dim is None for dim in dims):
        return None
    return math.prod(dims)  # type: ignore[arg-type]


def check_target(target: Sequence[Any], argument: str) -> None:
    """The faults of the shape that is asked for.

    Raises:
        Fault: ``bad-argument``.
    """
    sizes = [dim for dim in target if isinstance(dim, int)]
    if any(dim < -1 for dim in sizes):
        text = (
            f"Each dimension in `{argument}` must be a non-negative integer, or `-1` for a "
            f"single unknown dimension. Received: {argument}="
        )
    elif sizes.count(-1) > 1:
        text = (
            f"There must be at most one unknown dimension (-1) in `{argument}`. "
            f"Received: {argument}="
        )
    else:
        return
    raise Fault(
        "bad-argument",
        text,
        argument=argument,
        expected="sizes, and at most one -1 among them",
        found=tuple(target),
    )


def reshaped(dims: Sequence[Dim], target: Sequence[Any], argument: str = "newshape") -> Shape:
    """The shape that a tensor of ``dims`` has as ``target``, where one dimension may be -1.

    A dimension of the target that is no integer is decided at run time, as in Keras.

    Raises:
        Fault: ``reshape-mismatch`` if the number of elements differs, ``bad-argument``.
    """
    check_target(target, argument)
    wanted: list[Dim] = [_wanted(dim) for dim in target]
    free = next((i for i, dim in enumerate(wanted) if isinstance(dim, int) and dim == -1), None)
    if any(dim is None for dim in (*dims, *wanted)):
        if free is not None:
            wanted[free] = None
        return Shape(wanted)
    size = math.prod(dims)  # type: ignore[arg-type]
    given = math.prod(dim for i, dim in enumerate(wanted) if i != free)  # type: ignore[misc]
    try:
        if free is None:
            fits = size == given
            text = "The total size of the tensor must be unchanged. Received: "
        else:
            fits = given != 0 and size % given == 0
            text = (
                "The total size of the tensor must be unchanged, however, the input size cannot "
                f"by divided by the specified dimensions in {argument}. Received: "
            )
    except Undecided:
        fits, text = True, ""
    if not fits:
        raise Fault(
            "reshape-mismatch",
            f"{text}input_shape={Shape(dims)}, {argument}={Shape(wanted)}",
            expected=f"{size} elements",
            found=Shape(wanted),
        )
    if free is not None:
        wanted[free] = size // given
    return Shape(wanted)


def _wanted(dim: Any) -> Dim:
    if isinstance(dim, Unknown):
        return size_of(dim)
    return dim if isinstance(dim, (int, Symbol)) else None
