"""Running programs in the nursery, from the side of kerashape: no Keras is imported here."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from typing import Any

from kerashape.dynamic.errors import CannotRun
from kerashape.dynamic.events import MOST_NOTED, Event, Failed, load
from kerashape.dynamic.program import Job
from kerashape.dynamic.scratch import remove

_TASKS = 1024
"""How many threads, of all its processes, a program may have."""


@dataclass
class Ran:
    """What became of a program: ``how`` is ``done``, ``timeout``, ``memory``, ``tasks``,
    ``storage``, ``killed`` (by ``signal``) or ``failed``."""

    how: str
    seconds: float = 0.0
    signal: str = ""
    error: str = ""
    events: list[Event] = field(default_factory=list)


@dataclass(frozen=True)
class Limits:
    """What a program may use."""

    timeout: float = 120.0
    memory: int = 8 << 30


class _Folders:
    """A scratch folder, and the file that the events go to, which is outside of it."""

    def __init__(self) -> None:
        self._records = tempfile.mkdtemp(prefix="kerashape-")
        self.scratch = tempfile.mkdtemp(prefix="kerashape-")
        self.events = os.path.join(self._records, "events")

    def remove(self) -> None:
        """Remove both."""
        remove(self.scratch)
        remove(self._records)


class Sandbox:
    """A nursery and what is asked of it. A context manager.

    Raises:
        CannotRun: if Keras cannot be imported.
    """

    command = (sys.executable, "-m", "kerashape.dynamic.nursery")

    def __init__(
        self,
        limits: Limits | None = None,
        environment: dict[str, str] | None = None,
        device: str = "cpu",
        keras: str = "keras",
        shared: str = "",
    ) -> None:
        self.keras = keras
        self.alone = device == "gpu" and (environment or {}).get("KERAS_BACKEND") == "jax"
        """Whether each plan has a process to itself: JAX's peak of memory is that of its process."""
        self.shared = shared
        """A folder that replays may write to, beside their own."""
        self.device = device
        self.about: dict[str, Any] = {}
        """What the nursery says of itself: the version of Keras, the backend."""
        self.limits = limits or Limits()
        self.environment = environment or {}
        self._process: subprocess.Popen[str] | None = None
        self._folders: _Folders | None = None

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def stop(self) -> None:
        """End what is running, from another thread: it fails."""
        if self._process is not None:
            self._process.terminate()

    def close(self) -> None:
        """End the nursery."""
        process, self._process = self._process, None
        if process is not None:
            assert process.stdin is not None
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._folders is not None:
            self._folders.remove()
            self._folders = None

    @property
    def pid(self) -> int:
        """The process that programs are run from."""
        return self._started().pid

    def run(self, program: Job) -> Ran:
        """Run one program, in folders of its own."""
        folders = _Folders()
        try:
            return self._run({"program": dataclasses.asdict(program)}, folders)
        finally:
            folders.remove()

    def replay(self, steps: list[dict[str, Any]]) -> Ran:
        """Carry out one plan, in the folders of all of them."""
        if self._folders is None:
            self._folders = _Folders()
        return self._run({"plan": {"steps": steps, "keras": self.keras}}, self._folders)

    def _run(self, job: dict[str, Any], folders: _Folders) -> Ran:
        with open(folders.events, "w"):
            pass  # those of the plan before
        answer = self._ask(
            {
                **job,
                "device": self.device,
                "shared": self.shared,
                "alone": self.alone,
                "scratch": folders.scratch,
                "events": folders.events,
                "timeout": self.limits.timeout,
                "memory": self.limits.memory,
                "tasks": _TASKS,
            }
        )
        ran = Ran(answer["how"], answer.get("seconds", 0.0), answer.get("signal", ""))
        with open(folders.events, encoding="utf-8", errors="replace") as file:
            ran.events = list(load(io.StringIO(file.read(MOST_NOTED))))
        ran.error = "".join(e.error for e in ran.events if isinstance(e, Failed))
        return ran

    def _ask(self, job: dict[str, Any]) -> dict[str, Any]:
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(json.dumps(job) + "\n")
            process.stdin.flush()
        line = process.stdout.readline()
        if not line:  # the nursery itself is gone: the next program gets a new one
            self.close()
            return {"how": "failed"}
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _started(self) -> subprocess.Popen[str]:
        if self._process is None:
            environment = {**os.environ, **_QUIET, **self.environment}
            environment.pop("PYTHONSTARTUP", None)
            self._process = subprocess.Popen(
                [*self.command, self.keras, self.device],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env=environment,
                start_new_session=True,
            )
            assert self._process.stdout is not None
            line = self._process.stdout.readline()
            self.about = json.loads(line) if line else {"error": "the process died"}
            if "error" in self.about:
                self.close()
                raise CannotRun(f"{self.keras} cannot be imported: {self.about['error']}")
            if self.device == "gpu" and not self.about["cards"]:
                self.close()
                said = self.about.get("trouble")
                raise CannotRun(
                    f"{self.about['backend']} can use no GPU{f' ({said})' if said else ''}: "
                    "is it installed with CUDA? "
                    "(pip install 'kerashape[dynamic-cuda]', or jax[cuda12])"
                )
        return self._process


_QUIET = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "MPLBACKEND": "Agg",
    "PYTHONDONTWRITEBYTECODE": "1",
}
