"""The Keras side: every program is run once, and its record kept by its content."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import pickle
from pathlib import Path

from kerashape.dynamic import events, frames, program, recorder, silence, surroundings
from kerashape.dynamic.program import Job
from kerashape.dynamic.sandbox import Ran, Sandbox
from kerashape.parsing import Unreadable
from kerashape.source import Source

SLOW = 60.0
"""Seconds for a top-level statement; a loop of trainings is cut off there."""


def _version() -> bytes:
    """Changes when the recorder does: then the records are made again."""
    from importlib.metadata import version

    modules = (events, frames, program, recorder, silence, surroundings)
    digest = hashlib.sha256(version("keras").encode())
    for module in modules:
        digest.update(Path(str(module.__file__)).read_bytes())
    return digest.digest()


class Records:
    """Records of runs, on disk.

    Args:
        folder: where they are kept.
        keep_old: whether a record that an earlier recorder made is good enough.
    """

    def __init__(self, folder: Path, *, keep_old: bool = False) -> None:
        self.folder = folder
        self.version = b"" if keep_old else _version()

    def of(self, source: Source, root: Path, sandbox: Sandbox) -> Ran:
        """The record of a program, which is run if there is none."""
        job, file = self._job(source, root)
        kept = self._read(file)
        if kept is not None:
            return kept
        ran = sandbox.run(job)
        self.folder.mkdir(parents=True, exist_ok=True)
        written = file.with_suffix(f".{os.getpid()}")
        kept = {field.name: getattr(ran, field.name) for field in dataclasses.fields(ran)}
        written.write_bytes(pickle.dumps((self.version or _version(), kept)))
        written.replace(file)
        return ran

    def has(self, source: Source, root: Path) -> bool:
        """Whether there is a record of a program, so that it need not run."""
        return self._read(self._job(source, root)[1]) is not None

    def _job(self, source: Source, root: Path) -> tuple[Job, Path]:
        path = os.path.abspath(source.file or source.path)
        try:
            text = source.text
        except Unreadable:
            text = ""
        job = Job(path, text, str(root), resume=True, slow=SLOW, callbacks=False)
        name = hashlib.sha256(json.dumps([path, text]).encode()).hexdigest()[:32]
        return job, self.folder / f"{name}.pickle"

    def _read(self, file: Path) -> Ran | None:
        if not file.exists():
            return None
        version, ran = pickle.loads(file.read_bytes())
        return Ran(**ran) if version == self.version or not self.version else None
