"""Numbers for the sizes that the analysis does not know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kerashape.shapes import Symbol

DEFAULT = 8
"""Small, and even: most arithmetic on sizes is halving."""


class Sizes:
    """A number for every size of an Input that has none, and for what follows from it.

    Args:
        given: numbers by the name of the size, or by Input and axis: ``image.1``.
    """

    def __init__(self, given: Mapping[str, int] | None = None) -> None:
        self.given = dict(given or {})
        self._numbers: dict[Any, int] = {}

    def settle(self, size: Symbol, place: str = "") -> int:
        """The value of a size that is free: one of an Input, at that ``place``."""

        def number(atom: Any) -> int:
            asked = self.given.get(place, self.given.get(str(atom[0]), DEFAULT))
            return self._numbers.setdefault(atom, asked)

        return size.value(number)

    def of(self, size: Symbol) -> int | None:
        """The value of another size; None if it does not follow from those that are settled."""
        try:
            return size.value(self._numbers.__getitem__)
        except KeyError:
            return None
