"""Files spread over processes.

The processes are forks where the system has them, made when everything is imported. Files
that lie together go to one process, where the modules that they import are read once.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import TYPE_CHECKING

from kerashape.outcome import Outcome

if TYPE_CHECKING:
    from kerashape.config import Settings
    from kerashape.files import Target
    from kerashape.linter import Linter

ENOUGH = 150_000
"""Bytes of source for which a second process pays."""

_CHUNKS = 8
"""For each process: the last one to end must not be late by much."""

Work = Mapping[int, tuple["Target", bytes]]
Chunk = list[tuple[int, "Target", bytes]]


def processes(wanted: int | None, size: int) -> int:
    """How many processes to use for so many bytes of source; ``wanted`` is the most."""
    most = wanted or available()
    return max(1, min(most, size // ENOUGH))


def available() -> int:
    """The processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def outcomes(
    settings: Settings, work: Work, count: int, *, gaps: bool, debug: bool
) -> Iterator[tuple[int, Outcome]]:
    """What comes of every file, by its index, in whatever order they are done."""
    from kerashape.interpret import program  # noqa: F401 - before the fork, once for all

    method = "fork" if sys.platform == "linux" else "spawn"
    with ProcessPoolExecutor(
        count,
        mp_context=multiprocessing.get_context(method),
        initializer=_start,
        initargs=(settings, gaps, debug),
    ) as pool:
        futures = [pool.submit(_examine, chunk) for chunk in chunks(work, count * _CHUNKS)]
        try:
            for future in as_completed(futures):
                yield from future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def chunks(work: Work, count: int) -> list[Chunk]:
    """Neighbours together, in about so many chunks of about the same size."""
    total = sum(len(data) for _, data in work.values())
    found: list[Chunk] = [[]]
    size = 0
    for index, (target, data) in work.items():
        if found[-1] and size + len(data) > total / count:
            found.append([])
            size = 0
        found[-1].append((index, target, data))
        size += len(data)
    # The largest first: nothing large is left for the end.
    return sorted(found, key=lambda chunk: -sum(len(data) for *_, data in chunk))


_linter: Linter | None = None
_gaps = False


def _start(settings: Settings, gaps: bool, debug: bool) -> None:
    from kerashape.linter import Linter

    global _linter, _gaps
    _linter = Linter(settings, debug=debug)
    _gaps = gaps


def _examine(chunk: Chunk) -> list[tuple[int, Outcome]]:
    assert _linter is not None
    with _linter.rare_collection():
        return [
            (index, _linter.examine(target, data).outcome(gaps=_gaps))
            for index, target, data in chunk
        ]
