"""The processes that come of one, as far as Linux tells: counted, measured, and ended."""

from __future__ import annotations

import ctypes
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER
_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG
MOST_FILES = 20_000
"""More than any program needs in its scratch folder."""


def adopt() -> None:
    """Have what descends from this process stay its own, whatever dies in between."""
    _prctl(_SUBREAPER, 1)


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent ends."""
    _prctl(_DEATH_SIGNAL, signal.SIGKILL)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def descendants(root: int) -> list[int]:
    """The processes that descend from one."""
    found: list[int] = []
    pending = [root]
    while pending:
        pid = pending.pop()
        try:
            for task in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{task}/children") as file:
                    children = [int(child) for child in file.read().split()]
                found += children
                pending += children
        except OSError:
            continue  # it has ended
    return found


def kill_descendants() -> None:
    """Kill and reap until there are none; a fork bomb loses because its children are ours."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        family = descendants(os.getpid())
        for send in (signal.SIGSTOP, signal.SIGKILL):
            for pid in family:
                try:
                    os.kill(pid, send)
                except OSError:
                    pass  # it has ended
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                continue
        except ChildProcessError:
            return
        time.sleep(0.005)


def end(child: int) -> None:
    """Kill a child that leads a session, with its group."""
    try:
        os.killpg(child, signal.SIGKILL)
    except OSError:
        pass  # it has ended


def volunteer_for_the_killer() -> None:
    """Have the kernel take this process first when memory is short."""
    try:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("1000")
    except OSError:
        pass  # the system has no such thing


def resident(pid: int) -> int:
    """How much memory a process holds, in bytes."""
    try:
        with open(f"/proc/{pid}/statm") as file:
            return int(file.read().split()[1]) * resource.getpagesize()
    except (OSError, IndexError):
        return 0


def threads(pid: int) -> int:
    """How many threads a process has."""
    try:
        return len(os.listdir(f"/proc/{pid}/task"))
    except OSError:
        return 0


def stored(folder: str) -> tuple[int, int]:
    """How many bytes the files below a folder take, and how many there are: to :data:`MOST_FILES`."""
    size = count = 0
    pending = [folder]
    while pending and count < MOST_FILES:
        try:
            with os.scandir(pending.pop()) as entries:
                for entry in entries:
                    count += 1
                    if entry.is_dir(follow_symlinks=False):
                        pending.append(entry.path)
                    else:
                        size += entry.stat(follow_symlinks=False).st_blocks * 512
        except OSError:
            continue  # it is gone
    return size, count


@contextmanager
def endings(pid: int, *also: int) -> Iterator[list[int]]:
    """Descriptors that can be read when a child ends, where the system has that; and ``also``."""
    try:
        descriptor = os.pidfd_open(pid) if sys.platform == "linux" else -1
    except OSError:
        descriptor = -1
    if descriptor < 0:
        yield list(also)
        return
    try:
        yield [descriptor, *also]
    finally:
        os.close(descriptor)


def wait_for(descriptors: list[int], seconds: float) -> list[int]:
    """Those of them that can be read by then."""
    return select.select(descriptors, [], [], seconds)[0]
