"""What can be told of an argument whose value may not be known.

A *plain* value is a Python literal: only of those can it be said what they are not. An
unknown value, a symbolic size or an opaque object (a function, an initializer, an array)
is never at fault.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kerashape.shapes import Fault, Shape, Symbol, Undecided, Unknown

if TYPE_CHECKING:
    from kerashape.keras.layers.base import Layer


def plain(value: Any) -> bool:
    """Whether a value is a number, a string, None, or a list, tuple or dict of such."""
    if value is None or isinstance(value, (int, float, str, bytes)):
        return True
    if isinstance(value, (list, tuple)):
        return all(plain(item) for item in value)
    return isinstance(value, Mapping) and all(plain(item) for item in value.values())


def is_size(value: Any) -> bool:
    """Whether a value is an integer, or may be one."""
    if isinstance(value, (list, tuple, Mapping)):
        return False
    return isinstance(value, (int, Symbol, Unknown)) or not plain(value)


def seed(layer: Layer, name: str = "seed") -> None:
    """Keras: "Argument `seed` must be an integer"."""
    value = getattr(layer, name)
    if value is not None and plain(value) and type(value) is not int:
        text = f"Argument `seed` must be an integer. Received: seed={value}"
        if isinstance(value, bool):
            text = "Can't convert Python sequence with mixed types to Tensor."
        raise Fault(
            "bad-argument",
            text,
            argument=name,
            expected="an integer",
            found=value,
        )


def dim_at(shape: Any, axis: int) -> Any:
    """``shape[axis]``, whose absence is a fault, in Python's words.

    Keras takes the shapes of several tensors for the dimensions of one; so does this.
    """
    if shape is None:
        raise Fault("not-a-tensor", "'NoneType' object", expected="a tensor", found=None)
    if not isinstance(shape, (Shape, list, tuple)):
        raise Undecided("the input is not a tensor that is known")
    try:
        return shape[axis]
    except IndexError:
        rank = axis + 1 if axis >= 0 else -axis
        raise Fault(
            "wrong-rank",
            f"{'list' if isinstance(shape, list) else 'tuple'} index out of range",
            expected=f"at least {rank} dimensions",
            found=shape,
            rank=rank,
        ) from None


def fault(name: str, text: str, found: object, expected: object = None) -> Fault:
    """The fault of an argument."""
    return Fault("bad-argument", text, argument=name, expected=expected, found=found)


def one_of_strings(
    layer: Layer, name: str, allowed: tuple[str, ...], callables: bool = False
) -> None:
    """Keras: "Unknown value for `output_mode` argument of ..."; None passes with callables."""
    value = getattr(layer, name)
    if not plain(value) or (callables and value is None) or value in allowed:
        return
    raise fault(
        name,
        f"Unknown value for `{name}` argument of {layer.class_name}. "
        f"Allowed values are: {allowed}. Received: {name}={value}",
        value,
        f"one of {', '.join(map(repr, allowed))}",
    )
