"""What a process takes: processor seconds, wall seconds, memory."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """Of a process and those that it started. Memory is the most that one of them needed."""

    cpu: float
    wall: float
    mebibytes: float
    status: int


_MEASURE = """
import os, subprocess, sys, time
start = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_, status, used = os.wait4(process.pid, 0)
process.returncode = os.waitstatus_to_exitcode(status)
wall = time.perf_counter() - start
print(used.ru_utime + used.ru_stime, wall, used.ru_maxrss, process.returncode)
"""


def cost(command: Sequence[str], folder: Path, environment: dict[str, str] | None = None) -> Cost:
    """Run a command, its output thrown away.

    A small process starts it: what a process needs is at least what its parent had.
    """
    done = subprocess.run(
        [sys.executable, "-S", "-c", _MEASURE, *command],
        cwd=folder, env={**os.environ, **(environment or {})}, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    cpu, wall, size, status = done.stdout.split()
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(float(cpu), float(wall), int(size) * unit / 2**20, int(status))


@functools.cache
def _compiled() -> dict[str, str]:
    """An environment in which the modules are compiled, as those of an installed package are."""
    folder = tempfile.mkdtemp(prefix="kerashape-bench-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    environment = {"PYTHONPYCACHEPREFIX": folder, "PYTHONDONTWRITEBYTECODE": ""}
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "model.py").write_text("import keras\nkeras.Input((1,)) + 'a'\n")
        cost(kerashape("--no-cache", "--format", "json", "."), Path(name), environment)
    return environment


def lint(folder: Path, *arguments: str) -> Cost:
    """What ``kerashape lint`` takes there, its modules compiled."""
    return cost(kerashape(*arguments), folder, _compiled())


def cheapest(costs: Sequence[Cost]) -> Cost:
    """The one with the least processor time: noise only adds."""
    return min(costs, key=lambda cost: cost.cpu)


def kerashape(*arguments: str) -> list[str]:
    """The command line of this checkout's ``kerashape lint``."""
    return [sys.executable, "-m", "kerashape", "lint", "-q", "--exit-zero", *arguments]


def row(*cells: object) -> None:
    """Print a row of a Markdown table."""
    print("| " + " | ".join(_shown(cell) for cell in cells) + " |", flush=True)


def head(*cells: str) -> None:
    """Print a table's head."""
    row(*cells)
    row(*["---"] * len(cells))


def _shown(cell: object) -> str:
    if isinstance(cell, float):
        return f"{cell:,.0f}" if cell >= 100 else f"{cell:.2f}"
    return str(cell)
