"""Putting numbers for the names in a symbolic size."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from kerashape.shapes import Shape, Symbol


def value(size: Any, numbers: Mapping[str, int]) -> Any:
    """The size where the named ones are ``numbers``; None stays None."""
    if not isinstance(size, Symbol):
        return size
    return sum(
        coefficient * math.prod(_atom(atom, numbers) for atom in monomial)
        for monomial, coefficient in size._terms
    )


def _atom(atom: Any, numbers: Mapping[str, int]) -> int:
    if atom[0] != "//":
        return numbers[atom[0]]
    above, below = atom[1:3]
    below = below if isinstance(below, int) else value(Symbol(dict(below)), numbers)
    result: int = value(Symbol(dict(above)), numbers) // below
    return result


def values(shape: Shape, numbers: Mapping[str, int]) -> tuple[Any, ...]:
    """The dimensions of a closed shape where the named ones are ``numbers``."""
    return tuple(value(dim, numbers) for dim in shape)
