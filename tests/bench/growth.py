"""How time and memory grow with the number of files and with the length of one."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

from tests.bench.processes import Cost, head, lint, row
from tests.programs import FIXTURES

FILES = (10, 100, 1_000, 10_000)
LINES = (100, 1_000, 10_000, 100_000)
_HEAD = "from keras import Input\nfrom keras.layers import Dense\nx = Input((8,))\n"
_LINE = "x = Dense(8)(x)\n"


def grow(most_files: int, most_lines: int) -> None:
    """Print both tables."""
    print("\nFiles (the fixtures over and over), cold on one processor, then unchanged:\n")
    head("files", "processor seconds", "milliseconds a file", "memory, MiB", "unchanged, seconds")
    for count in FILES:
        if count <= most_files:
            cold, warm = files(count)
            row(f"{count:,}", cold.cpu, cold.cpu / count * 1000, cold.mebibytes, warm.cpu)
    print("\nLines in one file, a layer a line:\n")
    head("lines", "processor seconds", "lines a second", "memory, MiB")
    for count in LINES:
        if count <= most_lines:
            found = lines(count)
            row(f"{count:,}", found.cpu, count / found.cpu, found.mebibytes)


def files(count: int) -> tuple[Cost, Cost]:
    """Lint so many files, and again."""
    programs = sorted(FIXTURES.glob("*_mended.py"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, program in enumerate(itertools.islice(itertools.cycle(programs), count)):
            below = folder / f"part{number // 100}"
            below.mkdir(exist_ok=True)
            (below / f"m{number}.py").write_bytes(program.read_bytes())
        options = ("-j", "1", "--cache-dir", str(folder / "cache"), ".")
        return lint(folder, *options), lint(folder, *options)


def lines(count: int) -> Cost:
    """Lint one file of so many lines."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "model.py").write_text(_HEAD + _LINE * count)
        return lint(folder, "-j", "1", "--no-cache", "model.py")
