"""Sizes given as arguments: numbers, symbols, and tensors that hold sizes."""

from __future__ import annotations

from typing import Any

from kerashape.keras.graph import Call, Tensor, flatten
from kerashape.keras.layers.base import Array
from kerashape.shapes import Dim, Fault, Shape, Symbol, Undecided, Unknown, unknown_dim
from kerashape.shapes.shape import size_of


class SizeTensor(Tensor):
    """An integer tensor of which is known what it holds: ``tf.shape(x)`` or a part of it.

    Args:
        value: a size (None: decided at run time), or a tuple of them.
    """

    __slots__ = ("value",)

    def __init__(self, value: Dim | tuple[Dim, ...], call: Call | None = None) -> None:
        super().__init__(Shape((len(value),) if isinstance(value, tuple) else ()), "int32", call)
        self.value = value


def size(value: Any) -> Dim:
    """One size of a shape that code gives; a tensor without known value is decided at run time.

    Raises:
        Fault: ``bad-argument`` for what is no size.
    """
    if isinstance(value, SizeTensor):
        return value.value if not isinstance(value.value, tuple) else None
    if isinstance(value, Unknown):
        return size_of(value)
    if isinstance(value, Tensor):
        return unknown_dim() if _hides_size(value) else None
    if isinstance(value, Array):
        return unknown_dim()
    if isinstance(value, (int, Symbol)):
        return value
    if value is None:
        raise Fault(
            "bad-argument",
            "Attempt to convert a value (None) with an unsupported type",
            argument="shape",
            expected="integers",
            found=value,
            help="a size that is None is known only within a layer: ops.shape(x) gives it there",
        )
    if isinstance(value, (float, list, tuple)):
        raise Fault(
            "bad-argument",
            "Can" if isinstance(value, (list, tuple)) else f"Cannot convert {value}",
            argument="shape",
            expected="integers",
            found=value,
        )
    raise Undecided("a size is not known")


_FURTHEST = 8


def _hides_size(tensor: Tensor) -> bool:
    """Whether it is computed from what is not known: its value may be known to TensorFlow."""
    pending: list[Any] = [tensor]
    for _ in range(_FURTHEST):
        leaves = [leaf for leaf in pending if isinstance(leaf, (Tensor, Unknown))]
        if any(isinstance(leaf, Unknown) or not leaf.shape.known for leaf in leaves):
            return True
        calls = [leaf.call for leaf in leaves if isinstance(leaf, Tensor) and leaf.call]
        pending = [leaf for call in calls for leaf in flatten(call.inputs)]
    return False


def _is_plain(value: Any) -> bool:
    """Whether it is one number, of which is not known which."""
    is_number = isinstance(value, Tensor) and not value.shape.open and not value.shape.dims
    return is_number and not isinstance(value, SizeTensor)


def sizes(value: Any) -> Shape:
    """A shape that code gives to a function that makes an array: sizes, or one size.

    Raises:
        Fault: ``bad-argument`` for None or what is no size.
        Undecided: if not even the rank is known.
    """
    if isinstance(value, SizeTensor) and isinstance(value.value, tuple):
        return Shape(value.value)
    if isinstance(value, Shape):
        return value
    if isinstance(value, (Tensor, Array)) and (value.shape.open or value.shape.dims):
        count = value.shape[0] if not value.shape.open and value.shape.rank == 1 else None
        if isinstance(count, int):
            return Shape.of_rank(count)  # TensorFlow may know what it holds
        raise Undecided("the rank of the result is not known")
    if isinstance(value, Unknown):
        raise Undecided(value.reason)
    if isinstance(value, (list, tuple)):
        return Shape(size(item) for item in value)
    return Shape((size(value),))


def static(value: Any) -> Any:
    """The same sizes with what is known of tensors in their place."""
    if isinstance(value, SizeTensor):
        return value.value
    if isinstance(value, (list, tuple)):
        return type(value)(
            unknown_dim() if _is_plain(item) and _hides_size(item) else static(item)
            for item in value
        )
    return value


__all__ = ["SizeTensor", "size", "sizes", "static"]
