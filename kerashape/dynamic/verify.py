"""Verifying programs: which device and backend, which way, and what comes of it.

The side of kerashape: no Keras is imported here.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

from kerashape.dynamic import devices
from kerashape.dynamic.compare import compare
from kerashape.dynamic.compare.replayed import compare_replay
from kerashape.dynamic.compare.verdicts import CONFIRMED, CONTRADICTED, REFUTED, Comparison
from kerashape.dynamic.devices import Device
from kerashape.dynamic.errors import CannotRun
from kerashape.dynamic.events import Finished, Raised, Refused
from kerashape.dynamic.plan import Plan, plan
from kerashape.dynamic.program import Job
from kerashape.dynamic.sandbox import Limits, Ran, Sandbox
from kerashape.dynamic.scratch import remove
from kerashape.dynamic.sizes import Sizes
from kerashape.parsing import Unreadable

if TYPE_CHECKING:
    from kerashape.linter import Examined

_LEAST = {"keras": (3, 3), "tensorflow": (2, 16), "tf_keras": (2, 16)}
_INSTALL = "pip install 'kerashape[dynamic]'"
_INSTALL_BACKEND = {"tensorflow": _INSTALL, "jax": "pip install jax", "torch": "pip install torch"}
_SET_BACKEND = re.compile(r"""KERAS_BACKEND["'](?:\]\s*=|\s*,)\s*["'](\w+)["']""")


@dataclass(frozen=True)
class Options:
    """What was asked for.

    Attributes:
        run: whether the programs themselves are run, not replayed.
        device: ``auto``, ``cpu``, ``gpu`` or ``gpu:N``.
        backend: of Keras; None for the one that the program names, else an installed one.
        limits: of each program.
        sizes: numbers for sizes that are not known, by name.
        jobs: how many programs at a time.
    """

    run: bool = False
    device: str = "auto"
    backend: str | None = None
    limits: Limits = field(default_factory=Limits)
    sizes: Mapping[str, int] = field(default_factory=dict)
    jobs: int = 1


@dataclass
class Verified:
    """One program: what became of it, and the comparison.

    ``trouble`` says in words why it did not come to its end, if it did not.
    """

    path: str
    ran: Ran
    comparison: Comparison
    plan: Plan | None = None
    about: Mapping[str, object] = field(default_factory=dict)
    trouble: str = ""

    @property
    def failed(self) -> bool:
        """Whether anything is contradicted, or a diagnostic confirmed."""
        found = self.comparison
        entries = [*found.calls, *found.models, *found.params]
        return any(entry.verdict == CONTRADICTED for entry in entries) or any(
            judged.verdict in (CONFIRMED, REFUTED) for judged in found.diagnostics
        )


class Verifier:
    """Verifies programs, in warm processes that it keeps. A context manager.

    Raises:
        CannotRun: if the device is not there.
    """

    def __init__(self, options: Options) -> None:
        self.options = options
        self.device: Device = devices.choose(options.device)
        self._boxes: dict[tuple[str, str], SimpleQueue[Sandbox]] = {}
        self._all: list[Sandbox] = []
        self._compiled = ""
        """The folder in which replays share what JAX compiles, if there is one."""

    def __enter__(self) -> Verifier:
        return self

    def __exit__(self, *_: object) -> None:
        for box in self._all:
            box.close()
        if self._compiled:
            remove(self._compiled)

    def stop(self) -> None:
        """End whatever is running, from another thread."""
        for box in self._all:
            box.stop()

    def verify(self, examined: Examined, keras_version: int = 3) -> Verified:
        """Verify one program. Raises :class:`CannotRun`."""
        source, analysis = examined.source, examined.analysis
        if analysis is None:
            return Verified(source.path, Ran("none"), Comparison())
        keras = "tf_keras" if keras_version == 2 else "keras"
        backend = "tensorflow" if keras_version == 2 else self._backend(source.data)
        _require(keras, backend)
        boxes = self._sandboxes(keras, backend, keras_version)
        box = boxes.get()
        try:
            if self.options.run:
                return self._run(examined, box)
            return self._replay(examined, box)
        finally:
            boxes.put(box)

    def _run(self, examined: Examined, box: Sandbox) -> Verified:
        source = examined.source
        path = os.path.abspath(source.file or source.path)
        try:
            job = Job(path, source.text, _root(Path(path)), keras=box.keras)
        except Unreadable as error:
            return Verified(source.path, Ran("none"), Comparison(), trouble=error.message)
        ran = box.run(job)
        found = compare(source, examined.analysis, examined.diagnostics, ran.events)
        return Verified(source.path, ran, found, None, box.about, trouble(ran, self.options.limits))

    def _replay(self, examined: Examined, box: Sandbox) -> Verified:
        assert examined.analysis is not None
        source, analysis = examined.source, examined.analysis
        made = plan(analysis, Sizes(self.options.sizes))
        ran = box.replay(made.steps) if made.steps else Ran("done")
        found = compare_replay(source, analysis, examined.diagnostics, made, ran.events)
        said = trouble(ran, self.options.limits) if made.steps else ""
        return Verified(source.path, ran, found, made, box.about, said)

    def _backend(self, data: bytes) -> str:
        """The backend that was asked for, that the program names, or that is installed."""
        if self.options.backend is not None:
            return self.options.backend
        text = data.decode("utf-8", "replace")
        named = _SET_BACKEND.search(text)
        if named and named.group(1) in devices.BACKENDS:
            return named.group(1)
        found = [name for name in devices.BACKENDS if devices.installed(name)]
        chosen = os.environ.get("KERAS_BACKEND")
        if chosen in found:
            return str(chosen)
        imported = [name for name in found if re.search(rf"\b(import|from) {name}\b", text)]
        return (imported or found or ["tensorflow"])[0]

    def _sandboxes(self, keras: str, backend: str, version: int) -> SimpleQueue[Sandbox]:
        key = keras, backend
        if key not in self._boxes:
            queue: SimpleQueue[Sandbox] = SimpleQueue()
            environment = devices.environment(self.device, backend, version)
            shared = ""
            if backend == "jax" and not self.options.run:
                self._compiled = self._compiled or tempfile.mkdtemp(prefix="kerashape-")
                shared = self._compiled
                environment |= devices.compiled_in(shared)
            for _ in range(self.options.jobs):
                limits = self.options.limits
                box = Sandbox(limits, environment, self.device.kind, keras, shared)
                self._all.append(box)
                queue.put(box)
            self._boxes[key] = queue
        return self._boxes[key]


def _root(file: Path) -> str:
    """The folder of the project: the nearest one above with a ``pyproject.toml`` or ``.git``."""
    for folder in file.parents:
        if (folder / "pyproject.toml").exists() or (folder / ".git").exists():
            return str(folder)
    return str(file.parent)


def _require(keras: str, backend: str) -> None:
    """Raise :class:`CannotRun` where something is not installed, or too old."""
    name = "tf-keras" if keras == "tf_keras" else keras
    for module, install in ((keras, _INSTALL if keras == "keras" else "pip install tf-keras"),
                            (backend, _INSTALL_BACKEND[backend])):  # fmt: skip
        shown = name if module == keras else module
        if not devices.installed(module):
            raise CannotRun(f"{shown} is not installed: {install}")
        least = _LEAST.get(module)
        version = _version(shown)
        if least is not None and version is not None and version < least:
            wanted = ".".join(map(str, least))
            found = ".".join(map(str, version))
            raise CannotRun(f"{shown} {found} is too old, {wanted} is needed: {install}")


def _version(name: str) -> tuple[int, ...] | None:
    """Major and minor version of a distribution, whatever its variant is called."""
    for each in (name, f"{name}-cpu", f"{name}-intel", f"{name}-macos"):
        try:
            text = importlib.metadata.version(each)
        except importlib.metadata.PackageNotFoundError:
            continue
        numbers = re.findall(r"\d+", text)[:2]
        return tuple(map(int, numbers))
    return None


def trouble(ran: Ran, limits: Limits) -> str:
    """Why a program did not come to its end, in words; empty if it did."""
    if ran.how == "timeout":
        return f"stopped after {limits.timeout:g} seconds (--timeout)"
    if ran.how == "memory":
        return f"stopped: it used more than {limits.memory >> 20} MiB (--memory)"
    if ran.how == "tasks":
        return "stopped: it started too many threads or processes"
    if ran.how == "storage":
        limit = f"{limits.memory >> 20} MiB (--memory)"
        return f"stopped: it stored more than {limit}, or too many files"
    if ran.how == "killed":
        cause = " (out of memory?)" if ran.signal == "SIGKILL" else ""
        return f"the process crashed: {ran.signal}{cause}"
    if ran.how == "failed":
        last = ran.error.strip().splitlines()[-1:] or ["the process ended"]
        return f"could not be run: {last[0]}"
    exits = [e for e in ran.events if isinstance(e, Raised) and e.error == "SystemExit"]
    if exits:
        return f"called sys.exit({exits[-1].message})"
    if not any(isinstance(e, (Finished, Raised)) for e in ran.events):
        return "ended itself (os._exit)"
    return ""


def refused(ran: Ran) -> Sequence[Refused]:
    """What a program tried, and may not do."""
    return [event for event in ran.events if isinstance(event, Refused)]
