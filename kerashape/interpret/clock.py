"""The age of what can change: what is born on a branch need not be put back after it."""

from __future__ import annotations


class Clock:
    """Ticks when a branch starts."""

    def __init__(self) -> None:
        self.now = 1


CLOCK = Clock()
