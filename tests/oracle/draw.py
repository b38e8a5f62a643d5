"""Random choices: small sizes, shapes with None, one value in a while wrong."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any, TypeVar

X = TypeVar("X")

BAD: tuple[Any, ...] = (
    None, -1, 0, 1, 3, 2.5, -0.5, True, False, "nosuch", "", "same", "VALID", (1, 2), (1, 2, 3, 4),
    [2], (), [], {}, (None, 2), (2, "a"), (0, 1), (-1, 2), (1.5, 2), ((1, 2), (1,)), "channels_first",
)  # fmt: skip
"""Values that most parameters reject; some accept one or the other."""

FLOATS = ("float32", "float32", "float32", "float16", "bfloat16", "float64")
INTEGERS = ("int32", "int64", "uint8", "int8", "int16", "uint32")
DTYPES = (*FLOATS, *INTEGERS, "bool")


class Draw(random.Random):
    """A seeded source of choices."""

    def chance(self, probability: float) -> bool:
        return self.random() < probability

    def of(self, *options: X) -> X:
        return self.choice(options)

    def size(self, low: int = 1, high: int = 4) -> int:
        return self.randint(low, high)

    def number(self) -> Any:
        """A small number, mostly a float in [0, 1]."""
        return self.of(0, 1, 0.0, 0.5, 1.0, 0.25, round(self.uniform(0, 1), 2), 2.0)

    def ints(self, n: int, low: int = 1, high: int = 4) -> Any:
        """An int, or ``n`` of them as a tuple or list."""
        if self.chance(0.5):
            return self.size(low, high)
        many = [self.size(low, high) for _ in range(n)]
        return many if self.chance(0.2) else tuple(many)

    def batch(self) -> int | None:
        return None if self.chance(0.75) else self.size(1, 4)

    def dim(self, low: int = 1, high: int = 12, none: float = 0.12) -> int | None:
        return None if self.chance(none) else self.size(low, high)

    def shape(self, rank: int, high: int = 12, none: float = 0.12) -> tuple[int | None, ...]:
        """A shape of that rank; the last axis is rarely None."""
        if rank == 0:
            return ()
        dims = [self.batch(), *(self.dim(1, high, none) for _ in range(rank - 1))]
        if rank > 1 and dims[-1] is None and self.chance(0.6):
            dims[-1] = self.size(1, 8)
        return tuple(dims)

    def dtype(self) -> str:
        """Mostly float32."""
        return "float32" if self.chance(0.75) else self.choice(DTYPES)

    def some(self, items: Sequence[X], low: int = 0) -> list[X]:
        """A few of the items, in order."""
        count = self.randint(low, len(items))
        return [items[i] for i in sorted(self.sample(range(len(items)), count))]
