"""Fuzzing: mutated programs, bytes and shapes of code that must not stop the analysis.

``python -m tests.fuzz --minutes 10 FOLDER...`` mutates the programs and notebooks of the folders
(without any: those of ``fixtures/``) until the time is up. A crash, or a program that takes longer
than ``--limit`` seconds of the processor, is printed, and written to ``--keep`` to look at.
"""

from __future__ import annotations

import random
import re
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from kerashape.files import Target
from kerashape.linter import Linter
from tests.programs import FIXTURES

Mutation = Callable[[random.Random, bytes, bytes], bytes]

_TOKENS = [
    b"(", b")", b"[", b"]", b"{", b"}", b":", b",", b"=", b"\n", b"    ", b"\t", b"\\\n", b"'", b'"""',
    b"*", b"**", b"lambda: ", b"yield ", b"await ", b"return ", b"raise ", b"global x\n", b"del ",
    b"None", b"10**10**10", b"'a' * 10**12", b"range(10**18)", b"[0] * 10**9", b"while True: pass\n",
    b"\x00", b"\xff", b"\xef\xbb\xbf", b"# coding: latin-1\n", b"\r", b"\x0c", b"-1", b"1e999", b"not ",
    b"for x in x: x\n", b"class A(A): pass\n", b"import os\n", b"from . import *\n", b"print x\n",
    b"match x:\n  case _: pass\n", b"x = x\n", b"f'{x!r:>{y}}'", b"%%bash\n", b"!ls\n", b"?", b";",
]  # fmt: skip


def _cut(r: random.Random, data: bytes, other: bytes) -> bytes:
    start, end = sorted((r.randrange(len(data) + 1), r.randrange(len(data) + 1)))
    return data[:start] + data[min(end, start + 400) :]


def _repeat(r: random.Random, data: bytes, other: bytes) -> bytes:
    at = r.randrange(len(data) + 1)
    return data[:at] + data[at : at + r.randrange(60)] * r.choice([2, 3, 50]) + data[at:]


def _insert(r: random.Random, data: bytes, other: bytes) -> bytes:
    at = r.randrange(len(data) + 1)
    return data[:at] + r.choice(_TOKENS) + data[at:]


def _replace(r: random.Random, data: bytes, other: bytes) -> bytes:
    """One number for another: sizes that are odd, negative, huge, or no integers."""
    places = [i for i in range(len(data)) if data[i : i + 1].isdigit()]
    if not places:
        return data
    at = r.choice(places)
    number = r.choice([b"0", b"-1", b"10**20", b"2**70", b"1.5", b"None", b"'x'", b"()", b"x"])
    return data[:at] + number + data[at + 1 :]


def _splice(r: random.Random, data: bytes, other: bytes) -> bytes:
    lines, more = data.splitlines(True), other.splitlines(True)
    at, start = r.randrange(len(lines) + 1), r.randrange(len(more) + 1)
    return b"".join([*lines[:at], *more[start : start + r.randrange(1, 30)], *lines[at:]])


def _shuffle(r: random.Random, data: bytes, other: bytes) -> bytes:
    lines = data.splitlines(True)
    for _ in range(r.randrange(1, 5)):
        if lines:
            lines.insert(r.randrange(len(lines)), lines.pop(r.randrange(len(lines))))
    return b"".join(lines)


def _rename(r: random.Random, data: bytes, other: bytes) -> bytes:
    """One name for another one of the program."""
    words = re.findall(rb"[A-Za-z_]\w+", data)
    if len(words) < 2:
        return data
    return data.replace(r.choice(words), r.choice(words), r.choice([1, 1, -1]))


def _byte(r: random.Random, data: bytes, other: bytes) -> bytes:
    at = r.randrange(len(data) + 1)
    return data[:at] + bytes([r.randrange(256)]) + data[at + 1 :]


MUTATIONS: list[Mutation] = [
    _cut, _repeat, _insert, _insert, _replace, _replace, _splice, _splice, _shuffle, _rename, _byte,
]  # fmt: skip


def programs(folders: list[Path]) -> list[Path]:
    """The programs and notebooks that are mutated."""
    found = [p for f in folders for p in sorted(f.rglob("*")) if p.suffix in (".py", ".ipynb")]
    return [p for p in found if p.is_file() and p.stat().st_size < 200_000]


def mutants(r: random.Random, files: list[Path]) -> Iterator[tuple[Path, bytes]]:
    """Programs with some mutations each, without an end."""
    while True:
        file = r.choice(files)
        data, other = file.read_bytes(), r.choice(files).read_bytes()
        for _ in range(r.choice([1, 1, 2, 3, 8])):
            data = r.choice(MUTATIONS)(r, data, other)
        yield file, data


def examine(name: str, data: bytes) -> tuple[float, str]:
    """(seconds of the processor, the traceback if it crashed)."""
    start = time.process_time()
    problem = ""
    try:
        examined = Linter(debug=True).examine(Target(Path(name), name), data)
        for diagnostic in examined.diagnostics:
            str(diagnostic.span)
        if examined.analysis is not None:
            for fact in examined.analysis.unknowns:
                fact.site.span  # noqa: B018 - resolves the place
    except Exception:
        problem = traceback.format_exc()
    return time.process_time() - start, problem


@click.command()
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option("--minutes", default=1.0, help="How long.")
@click.option("--limit", default=10.0, help="Seconds of the processor for one program.")
@click.option("--seed", default=None, type=int, help="Of the random choices.")
@click.option("--keep", default=Path("fuzz-failures"), type=click.Path(path_type=Path))
def main(
    folders: tuple[Path, ...], minutes: float, limit: float, seed: int | None, keep: Path
) -> None:
    """Mutate programs until the time is up."""
    seed = random.randrange(10**9) if seed is None else seed
    files = programs(list(folders) or [FIXTURES])
    end = time.monotonic() + 60 * minutes
    click.echo(f"seed {seed}, {len(files)} programs")
    count, failures, slowest = 0, 0, 0.0
    for file, data in mutants(random.Random(seed), files):
        if time.monotonic() > end:
            break
        seconds, problem = examine(f"fuzzed{file.suffix}", data)
        count += 1
        slowest = max(slowest, seconds)
        if problem or seconds > limit:
            failures += 1
            keep.mkdir(exist_ok=True)
            kept = keep / f"{failures}{file.suffix}"
            kept.write_bytes(data)
            click.echo(f"{kept} (from {file}): {seconds:.1f} s\n{problem[-3000:]}")
    click.echo(f"{count} programs, {failures} failures, the slowest took {slowest:.1f} s")
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()
