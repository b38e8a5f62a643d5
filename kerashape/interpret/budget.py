"""Bounds on what one program may cost."""

from __future__ import annotations

import time


class BudgetExceeded(Exception):
    """The program was not followed to its end; what was found until then stands."""


class Budget:
    """Counts evaluation steps; asks the clock now and then.

    Args:
        steps: how many expressions and statements may be evaluated.
        seconds: how long it may take, of the processor: other processes do not count.
        depth: how deep calls may nest before one is given up (its result is unknown).
        unroll: how many turns of one loop over known items are followed.
        endless: how many turns of a ``while True``.
    """

    def __init__(
        self,
        steps: int = 200_000,
        seconds: float = 5.0,
        depth: int = 60,
        unroll: int = 512,
        endless: int = 8,
    ) -> None:
        self.left = 0
        self._spare = steps
        self.least = steps // 50
        self.depth = depth
        self.unroll = unroll
        self.endless = endless
        self.seconds = seconds
        self._deadline = time.thread_time() + seconds

    @property
    def is_over(self) -> bool:
        """Whether it is spent: what is left of the program is not begun."""
        return self._spare + self.left < 200 or time.thread_time() > self._deadline

    def start(self) -> None:
        """Begin a part of the program: it may take half of what is left, but not nothing."""
        self._spare += self.left
        self.left = max(self._spare // 2, min(self._spare, self.least))
        self._spare -= self.left

    def step(self) -> None:
        """Count one step.

        Raises:
            BudgetExceeded: when the budget is spent.
        """
        self.left -= 1
        if self.left < 0:
            raise BudgetExceeded("too many steps")
        if not self.left & 2047 and time.thread_time() > self._deadline:
            raise BudgetExceeded(f"more than {self.seconds:g} seconds")
