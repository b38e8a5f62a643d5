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
import tempfile
import time
import traceback
from collections.abc import Callable
from typing import Any, TextIO

from kerashape.dynamic.events import Event, Failed, Refused, dump
from kerashape.dynamic.frames import Frames

FAILED = 70
"""The exit status where the program could not even be started."""
_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER
_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG


def main() -> int:
    """Serve until standard input ends."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    answers.write(json.dumps(_imported(sys.argv[1], sys.argv[2])) + "\n")
    for line in sys.stdin:
        answers.write(json.dumps(_supervised(json.loads(line), answers)) + "\n")
    return 0


def _imported(keras: str, device: str) -> dict[str, Any]:
    """Import Keras and its backend; what there is of them."""
    try:
        module = importlib.import_module(keras)
        backend = str(module.backend.backend())
        importlib.import_module(backend)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}
    found: dict[str, Any] = {"keras": module.__version__, "backend": backend}
    if device == "gpu":
        found |= _cards(backend)
        if not found["cards"] and _unhurried():
            found |= _cards(backend)
    return found


def _unhurried() -> bool:
    """Take back kerashape's own flags for XLA: a version that does not know one ends itself."""
    from kerashape.dynamic.devices import HASTY

    given = os.environ.get("XLA_FLAGS", "")
    os.environ["XLA_FLAGS"] = given.removeprefix(HASTY).strip()
    return given.startswith(HASTY)


def _cards(backend: str) -> dict[str, Any]:
    """How many cards the backend can use: asked in a process of its own, which may keep them."""
    from kerashape.dynamic.devices import Devices

    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            _tell(into, cards=Devices(backend, "gpu").count())
        except Exception as error:
            _tell(into, cards=0, trouble=f"{type(error).__name__}: {error}"[:500])
        finally:
            os._exit(0)
    os.close(into)
    with os.fdopen(out) as answer:
        text = answer.read()
    os.waitpid(child, 0)
    return dict(json.loads(text)) if text else {"cards": 0, "trouble": "the process crashed"}


def _tell(pipe: int, **what: Any) -> None:
    os.write(pipe, json.dumps(what).encode())


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
    code = FAILED
    out = -1
    try:
        os.setsid()
        _prctl(_DEATH_SIGNAL, signal.SIGKILL)
        answers.close()
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "KERAS_HOME"):
            os.environ[name] = job["scratch"]
        tempfile.tempdir = job["scratch"]
        os.chdir(job["scratch"])
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        # Unbuffered: what was noted survives a crash.
        out = os.open(job["events"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        _run(job, out)
        code = 0
    except BaseException:
        if out >= 0:
            _note(out, Failed(traceback.format_exc()))
    finally:
        os._exit(code)


def _note(out: int, event: Event) -> None:
    os.write(out, dump(event).encode("utf-8", "replace"))


def _run(job: dict[str, Any], out: int) -> None:
    from kerashape.dynamic import silence
    from kerashape.dynamic.confine import confine
    from kerashape.dynamic.program import Job, run

    def note(event: Event) -> None:
        _note(out, event)

    frames = sys._getframe

    def refused(what: str) -> None:
        note(Refused(what, program.here(frames(1)) if program else []))

    program = Frames(job["program"]["path"], job["program"]["root"]) if "program" in job else None
    # What replays share is closed to programs: one could prepare it for the next.
    shared = [job["shared"]] if "plan" in job and job["shared"] else []
    confine(job["scratch"], refused, gpu=job["device"] == "gpu", also=shared)
    if "plan" in job:
        _replay(note=note, device=job["device"], **job["plan"])
        return
    silence.install()
    run(Job(**job["program"]), note)


def _replay(
    steps: list[dict[str, Any]], keras: str, device: str, note: Callable[[Any], None]
) -> None:
    from kerashape.dynamic.devices import Devices
    from kerashape.dynamic.rebuild import Rebuilder

    module = importlib.import_module(keras)
    Rebuilder(module, Devices(module.backend.backend(), device), note).run(steps)


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
