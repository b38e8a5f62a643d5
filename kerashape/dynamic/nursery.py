"""The process that programs are run from: Keras is imported once, and each program forked off.

``python -m kerashape.dynamic.nursery`` reads jobs, one JSON object a line, and answers each with
one. It runs in the main thread alone and never runs a program itself.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import resource
import signal
import sys
import time
import traceback
from typing import Any, TextIO

_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER
_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG


def main() -> int:
    """Serve until standard input ends."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    for name in ("keras", "tensorflow"):
        if name == "keras" or os.environ.get("KERAS_BACKEND", "tensorflow") == "tensorflow":
            importlib.import_module(name)
    answers.write(json.dumps({"ready": True}) + "\n")
    for line in sys.stdin:
        answers.write(json.dumps(_supervised(json.loads(line), answers)) + "\n")
    return 0


def _supervised(job: dict[str, Any], answers: TextIO) -> dict[str, Any]:
    """Run one job in a process of its own, and see that nothing of it is left."""
    _prctl(_SUBREAPER, 1)
    start = time.monotonic()
    child = os.fork()
    if child == 0:
        _be_the_program(job, answers)
    status, why = _watch(child, job, start)
    _kill_descendants()
    found: dict[str, Any] = {"seconds": round(time.monotonic() - start, 3)}
    if why is not None:
        return found | {"how": why}
    if os.WIFSIGNALED(status):
        return found | {"how": "killed", "signal": signal.Signals(os.WTERMSIG(status)).name}
    code = os.waitstatus_to_exitcode(status)
    return found | {"how": "done"} if code == 0 else found | {"how": "failed", "code": code}


def _watch(child: int, job: dict[str, Any], start: float) -> tuple[int, str | None]:
    """Wait for the program; the status, and the limit that it broke, if it did."""
    pause = 0.01
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status, None
        why = None
        if time.monotonic() - start > job["timeout"]:
            why = "timeout"
        else:
            family = _descendants(os.getpid())
            if sum(map(_resident, family)) > job["memory"]:
                why = "memory"
            elif sum(map(_threads, family)) > job["tasks"]:
                why = "tasks"
        if why is not None:
            return 0, why
        time.sleep(pause)
        pause = min(2 * pause, 0.2)


def _be_the_program(job: dict[str, Any], answers: TextIO) -> None:
    """In the forked process: run the program, and never return."""
    code = 70
    try:
        os.setsid()
        _prctl(_DEATH_SIGNAL, signal.SIGKILL)
        answers.close()
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.environ["HOME"] = job["scratch"]
        os.environ["TMPDIR"] = job["scratch"]
        os.chdir(job["scratch"])
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if job.get("data_limit"):
            resource.setrlimit(resource.RLIMIT_DATA, (job["data_limit"],) * 2)
        _run(job)
        code = 0
    except BaseException:
        with open(job["events"] + ".error", "w") as file:
            traceback.print_exc(file=file)
    finally:
        os._exit(code)


def _run(job: dict[str, Any]) -> None:
    from kerashape.dynamic import silence
    from kerashape.dynamic.events import Event, dump
    from kerashape.dynamic.program import Job, run

    silence.install()
    # Unbuffered: what was noted survives a crash.
    out = os.open(job["events"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def note(event: Event) -> None:
        os.write(out, dump(event).encode())

    run(Job(**job["program"]), note)


# -- processes (Linux) ------------------------------------------------------------------------


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _descendants(root: int) -> list[int]:
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


def _kill_descendants() -> None:
    """Kill and reap until there are none; a fork bomb loses because its children are ours."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        family = _descendants(os.getpid())
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


def _resident(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/statm") as file:
            return int(file.read().split()[1]) * resource.getpagesize()
    except (OSError, IndexError):
        return 0


def _threads(pid: int) -> int:
    try:
        return len(os.listdir(f"/proc/{pid}/task"))
    except OSError:
        return 0


if __name__ == "__main__":
    sys.exit(main())
