"""The process that programs are run from: Keras is imported once, and each program forked off.

``python -m kerashape.dynamic.nursery`` reads jobs, one JSON object a line, and answers each with
one. It runs in the main thread alone and never runs a program itself. A program gets a process
of its own; plans, which hold nothing of a program's, go one after the other to a warm one.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import sys
import time
from typing import Any, TextIO

from kerashape.dynamic import processes
from kerashape.dynamic.child import be_the_program
from kerashape.dynamic.replayer import Replayer
from kerashape.dynamic.scratch import remove
from kerashape.dynamic.watch import Watch

_MOST_KEPT = 1 << 30
"""How much memory a warm process may have gathered when it gets the next plan."""


def main() -> int:
    """Serve until standard input ends."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    processes.adopt()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    nursery = Nursery(answers)
    try:
        answers.write(json.dumps(_imported(sys.argv[1], sys.argv[2])) + "\n")
        for line in sys.stdin:
            answers.write(json.dumps(nursery.carry_out(json.loads(line))) + "\n")
    finally:
        processes.kill_descendants()
        if os.getppid() != nursery.parent:
            nursery.clear_up()
    return 0


class Nursery:
    """Carries out jobs, one at a time.

    Args:
        answers: what a program must not write to.
    """

    def __init__(self, answers: TextIO) -> None:
        self._answers = answers
        self.parent = os.getppid()
        self._replayer: Replayer | None = None
        self._folders: set[str] = set()

    def clear_up(self) -> None:
        """Remove the folders that are left, in place of a process that was killed."""
        for folder in self._folders:
            remove(folder)

    def carry_out(self, job: dict[str, Any]) -> dict[str, Any]:
        """Carry out one job; what became of it."""
        start = time.monotonic()
        self._folders = {job["scratch"], os.path.dirname(job["events"]), job["shared"]} - {""}
        found = self._replay(job) if "plan" in job else self._run(job)
        return {"seconds": round(time.monotonic() - start, 3), **found}

    def _run(self, job: dict[str, Any]) -> dict[str, Any]:
        """A program, in a process of its own; nothing of it is left."""
        self._dismiss()
        child = os.fork()
        if child == 0:
            be_the_program(job, self._answers)
        watch = Watch(child, job, self.parent)
        status = watch.until_it_ends()
        processes.end(child)
        processes.kill_descendants()
        return {"how": watch.broken} if watch.broken else _ended(status)

    def _replay(self, job: dict[str, Any]) -> dict[str, Any]:
        """A plan, in the warm process: in a fresh one if an earlier plan may be to blame."""
        replayer, warm = self._replayer, self._replayer is not None
        if replayer is None:
            replayer = self._replayer = Replayer(job, self._answers)
        watch = Watch(replayer.pid, job, self.parent)
        status = watch.until_it_answers(replayer.ask(job), replayer.answers)
        if status is None and watch.broken is None:
            if job["alone"] or processes.resident(replayer.pid) > replayer.size + _MOST_KEPT:
                self._dismiss()
            return {"how": "done"}
        self._dismiss()
        if warm and watch.broken != "timeout":
            with open(job["events"], "w"):
                pass  # what the other one noted
            return self._replay(job)
        return {"how": watch.broken} if watch.broken else _ended(status)

    def _dismiss(self) -> None:
        if self._replayer is not None:
            self._replayer.close()
            self._replayer = None
            processes.kill_descendants()


def _ended(status: int | None) -> dict[str, Any]:
    assert status is not None
    if os.WIFSIGNALED(status):
        return {"how": "killed", "signal": signal.Signals(os.WTERMSIG(status)).name}
    code = os.waitstatus_to_exitcode(status)
    return {"how": "done"} if code == 0 else {"how": "failed", "code": code}


def _imported(keras: str, device: str) -> dict[str, Any]:
    """Import Keras and its backend; what there is of them."""
    gc.disable()  # all that it would look at stays: a quarter of the time
    try:
        module = importlib.import_module(keras)
        backend = str(module.backend.backend())
        importlib.import_module(backend)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}
    gc.freeze()  # a collection in a forked process would copy every page of it
    gc.enable()
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


if __name__ == "__main__":
    sys.exit(main())
