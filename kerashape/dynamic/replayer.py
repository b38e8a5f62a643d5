"""The warm process for plans, from the side of the nursery."""

from __future__ import annotations

import json
import os
from typing import Any, TextIO

from kerashape.dynamic import processes
from kerashape.dynamic.child import be_the_replayer


class Replayer:
    """Forked off for a first plan, and kept for those that follow.

    Args:
        job: the first one; folders and device are the same for all.
        answers: the nursery's own, which are none of its business.
    """

    def __init__(self, job: dict[str, Any], answers: TextIO) -> None:
        orders, self._orders = os.pipe()
        self.answers, told = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._orders)
            os.close(self.answers)
            be_the_replayer(job, answers, orders, told)
        os.close(orders)
        os.close(told)
        self.size = processes.resident(os.getpid())
        """How much memory it had from the beginning."""

    def ask(self, job: dict[str, Any]) -> bool:
        """Hand over a plan; false if nobody is there to take it."""
        line = json.dumps(job["plan"]).encode() + b"\n"
        try:
            while line:
                line = line[os.write(self._orders, line) :]
        except BrokenPipeError:
            return False
        return True

    def close(self) -> None:
        """End it."""
        os.close(self._orders)
        os.close(self.answers)
        processes.end(self.pid)
