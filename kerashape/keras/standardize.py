"""What Keras makes of a shape that code gives: ``keras.src.backend.standardize_shape``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kerashape.shapes import Fault, Shape, Symbol, Unknown


def standardize_shape(shape: Any, rule: str = "bad-argument") -> Shape:
    """A shape from a tuple, a list or a :class:`Shape` of dimensions.

    A dimension that is not known becomes a symbol, an opaque one an anonymous symbol.

    Raises:
        Fault: of ``rule``, where a dimension is negative or no integer.
    """
    if isinstance(shape, Unknown):
        return Shape.unknown()
    if isinstance(shape, Shape) and shape.open:
        return shape
    if shape is None:
        raise Fault(rule, "Undefined shapes are not supported.", expected="a shape", found=None)
    if not isinstance(shape, Iterable):
        raise Fault(
            rule,
            f"Cannot convert '{shape!s}' to a shape.",
            expected="a tuple of integers",
            found=shape,
        )
    dims: list[Any] = []
    for dim in shape:
        if isinstance(dim, (str, float, bytes, list, tuple, dict, Shape)):
            raise Fault(
                rule,
                f"Cannot convert '{shape if isinstance(shape, str) else _written(shape)}' to a shape. "
                f"Found invalid dimension '{dim!s}' of type '{_type(dim)}'. ",
                expected="integers",
                found=dim,
            )
        if dim is None or isinstance(dim, Symbol):
            dims.append(dim)
        elif isinstance(dim, int):
            if dim < 0:
                raise Fault(
                    rule,
                    f"Cannot convert '{shape if isinstance(shape, str) else _written(shape)}' to a shape. "
                    "Negative dimensions are not allowed.",
                    expected="dimensions of 0 and more",
                    found=dim,
                )
            dims.append(int(dim))
        else:
            dims.append(Unknown("a dimension is not known"))
    return Shape(dims)


def _written(shape: Any) -> str:
    if isinstance(shape, list):
        return f"[{', '.join(map(_written, shape))}]"
    if isinstance(shape, tuple):
        return f"({', '.join(map(_written, shape))}{',' * (len(shape) == 1)})"
    return str(shape) if isinstance(shape, (Shape, Symbol)) else repr(shape)


def _type(dim: Any) -> type:
    return tuple if isinstance(dim, Shape) else type(dim)
