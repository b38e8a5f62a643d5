"""Putting numbers for the names in a symbolic size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kerashape.shapes import Shape, Symbol


def value(size: Any, numbers: Mapping[str, int]) -> Any:
    """The size where the named ones are ``numbers``; None stays None."""
    return size.value(lambda atom: numbers[atom[0]]) if isinstance(size, Symbol) else size


def values(shape: Shape, numbers: Mapping[str, int]) -> tuple[Any, ...]:
    """The dimensions of a closed shape where the named ones are ``numbers``."""
    return tuple(value(dim, numbers) for dim in shape)
