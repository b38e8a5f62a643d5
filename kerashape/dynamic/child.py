"""What a forked process does: it shuts itself in, and runs a program or replays plans."""

from __future__ import annotations

import gc
import importlib
import json
import os
import resource
import signal
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn, TextIO

from kerashape.dynamic import processes
from kerashape.dynamic.confine import confine
from kerashape.dynamic.events import MOST_NOTED, Event, Failed, Refused, dump
from kerashape.dynamic.frames import Frames

FAILED = 70
"""The exit status where the program could not even be started."""


class Notes:
    """The file that events are written to; unbuffered, for what was noted survives a crash."""

    def __init__(self, path: str) -> None:
        self._out = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self.begin()

    def begin(self) -> None:
        """Nothing is noted yet."""
        self._left = MOST_NOTED

    def __call__(self, event: Event) -> None:
        """Note an event, if it is not the one too many."""
        data = dump(event).encode("utf-8", "replace")
        self._left -= len(data)
        while data and self._left >= 0:
            data = data[os.write(self._out, data) :]


def be_the_program(job: dict[str, Any], answers: TextIO) -> NoReturn:
    """In the forked process: run the program, and never return."""
    with _apart(job, answers) as note:
        _run(job, note)
    os._exit(FAILED)


def be_the_replayer(job: dict[str, Any], answers: TextIO, orders: int, told: int) -> NoReturn:
    """In the forked process: replay plans as they come, and never return."""
    with _apart(job, answers) as note:
        _replay(job, note, orders, told)
    os._exit(FAILED)


@contextmanager
def _apart(job: dict[str, Any], answers: TextIO) -> Iterator[Notes]:
    """Take leave of the process that this one was forked from, and end with the block."""
    code = FAILED
    note: Notes | None = None
    try:
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        processes.die_with_parent()
        processes.volunteer_for_the_killer()
        answers.close()
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "KERAS_HOME"):
            os.environ[name] = job["scratch"]
        tempfile.tempdir = job["scratch"]
        os.chdir(job["scratch"])
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (job["memory"], job["memory"]))
        note = Notes(job["events"])
        yield note
        code = 0
    except BaseException:
        if note is not None:
            note(Failed(traceback.format_exc()))
    finally:
        os._exit(code)


def _run(job: dict[str, Any], note: Notes) -> None:
    from kerashape.dynamic import silence
    from kerashape.dynamic.program import Job, run

    program = Frames(job["program"]["path"], job["program"]["root"])
    frames = sys._getframe

    def refused(what: str) -> None:
        note(Refused(what, program.here(frames(1))))

    confine(job["scratch"], refused, gpu=job["device"] == "gpu")
    silence.install()
    run(Job(**job["program"]), note)


def _replay(job: dict[str, Any], note: Notes, orders: int, told: int) -> None:
    from kerashape.dynamic.devices import Devices
    from kerashape.dynamic.rebuild import Rebuilder

    def refused(what: str) -> None:
        note(Refused(what, []))

    # What replays share is closed to programs: one could prepare it for the next.
    shared = [job["shared"]] if job["shared"] else []
    confine(job["scratch"], refused, gpu=job["device"] == "gpu", also=shared)
    keras = importlib.import_module(job["plan"]["keras"])
    devices = Devices(keras.backend.backend(), job["device"])
    gc.disable()  # once after each plan is enough
    with os.fdopen(orders) as plans:
        for line in plans:
            note.begin()
            Rebuilder(keras, devices, note).run(json.loads(line)["steps"])
            keras.backend.clear_session()  # names are counted from the beginning again
            gc.collect()
            os.write(told, b".")
