"""``kerashape lint --watch``: look again whenever a file changes."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

PAUSE = 0.3
"""Seconds between two looks at the files."""

Signature = dict[str, tuple[int, int]]


def watch(run: Callable[[], int], files: Callable[[], Iterable[Path]]) -> int:
    """Run now and after every change, until interrupted; the exit status is the last run's.

    Args:
        run: what to do.
        files: whose changes count; asked every time, since files come and go.
    """
    status = 0
    try:
        while True:
            before = signature(files())
            if sys.stdout.isatty():
                print("\x1b[2J\x1b[H", end="")
            status = run()
            print(f"watching {len(before)} files; stop with Ctrl-C", file=sys.stderr, flush=True)
            while signature(files()) == before:
                time.sleep(PAUSE)
    except KeyboardInterrupt:
        return status


def signature(files: Iterable[Path]) -> Signature:
    """What changes when a file is saved."""
    found: Signature = {}
    for file in files:
        try:
            status = os.stat(file)
        except OSError:
            continue  # it has just been removed
        found[str(file)] = (status.st_mtime_ns, status.st_size)
    return found
