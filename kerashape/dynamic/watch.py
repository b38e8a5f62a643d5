"""Watching a forked process, and the limits that it may not break."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

from kerashape.dynamic import processes


class Watch:
    """One job of a child.

    Args:
        child: the process.
        job: has the limits.
        parent: the process that is waiting for the answer: without it nothing goes on.
    """

    def __init__(self, child: int, job: dict[str, Any], parent: int) -> None:
        self.child = child
        self.broken: str | None = None
        """The limit that was broken: ``timeout``, ``memory``, ``tasks`` or ``storage``."""
        self._job = job
        self._parent = parent
        self._start = self._looked = time.monotonic()
        self._rest = 1.0

    def until_it_ends(self) -> int | None:
        """The status that it ended with; None if it broke a limit."""
        return self._wait([])

    def until_it_answers(self, asked: bool, pipe: int) -> int | None:
        """The status that it ended with; None if it answered, or broke a limit."""
        return self._wait([pipe] if asked else [])

    def _wait(self, pipes: list[int]) -> int | None:
        pause = 0.01
        with processes.endings(self.child, *pipes) as waited:
            while True:
                done, status = os.waitpid(self.child, os.WNOHANG)
                if done:
                    return status
                if os.getppid() != self._parent:
                    sys.exit(1)
                self.broken = self._exceeded()
                if self.broken is not None:
                    return None
                for pipe in processes.wait_for(waited, pause):
                    if pipe in pipes:
                        if os.read(pipe, 1):
                            return None
                        waited.remove(pipe)  # it is ending
                pause = min(2 * pause, 0.2)

    def _exceeded(self) -> str | None:
        now = time.monotonic()
        if now - self._start > self._job["timeout"]:
            return "timeout"
        family = processes.descendants(os.getpid())
        if sum(map(processes.resident, family)) > self._job["memory"]:
            return "memory"
        if sum(map(processes.threads, family)) > self._job["tasks"]:
            return "tasks"
        if now - self._looked > self._rest:
            size, count = processes.stored(self._job["scratch"])
            size += processes.stored(os.path.dirname(self._job["events"]))[0]
            self._looked = time.monotonic()
            self._rest = max(1.0, 20 * (self._looked - now))
            if size > self._job["memory"] or count >= processes.MOST_FILES:
                return "storage"
        return None
