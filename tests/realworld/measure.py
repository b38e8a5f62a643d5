"""One program on both sides, and the sums over many."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kerashape.config import Settings
from kerashape.diagnostic import Severity
from kerashape.dynamic.compare import compare, verdicts
from kerashape.dynamic.compare.verdicts import Compared, Comparison, Judged
from kerashape.dynamic.sandbox import Ran
from kerashape.files import Target
from kerashape.linter import Examined, Linter

ERRORS = (Severity.ERROR, Severity.WARNING)


@dataclass
class Program:
    """One program: what kerashape said, how long that took, and how it compares."""

    path: str
    seconds: float
    examined: Examined
    ran: Ran
    comparison: Comparison

    @property
    def crashed(self) -> bool:
        """Whether kerashape failed on it."""
        return any("could not analyse" in d.message for d in self.examined.diagnostics)


@dataclass
class Sums:
    """The figures of the table."""

    programs: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    models: Counter[str] = field(default_factory=Counter)
    params: Counter[str] = field(default_factory=Counter)
    diagnostics: Counter[str] = field(default_factory=Counter)
    crashes: int = 0
    unfinished: int = 0
    slowest: float = 0.0
    seconds: float = 0.0

    def add(self, program: Program) -> None:
        """Enter one program."""
        found = program.comparison
        self.programs += 1
        self.calls.update(c.verdict for c in found.calls if counted(c))
        self.models.update(c.verdict for c in found.models)
        self.params.update(c.verdict for c in found.params)
        self.diagnostics.update(j.verdict for j in found.diagnostics if serious(j))
        self.crashes += program.crashed
        self.unfinished += program.ran.how != "done"
        self.slowest = max(self.slowest, program.seconds)
        self.seconds += program.seconds


def counted(call: Compared) -> bool:
    """Whether a call is one of the measure: of a layer, on symbolic tensors."""
    return not call.operation and call.mode == "symbolic"


def serious(judged: Judged) -> bool:
    """Whether a diagnostic claims that something fails, and not only that it cannot be read."""
    return judged.diagnostic.severity in ERRORS and not judged.diagnostic.code.startswith("KS9")


def share(counter: Counter[str]) -> tuple[int, int]:
    """(confirmed, all that Keras itself reached)."""
    reached = sum(n for verdict, n in counter.items() if verdict != verdicts.NOT_REACHED)
    return counter[verdicts.CONFIRMED], reached


def examine(linter: Linter, target: Target) -> tuple[Examined, float]:
    """kerashape's side, with the time it took."""
    start = time.perf_counter()
    examined = linter.examine(target)
    return examined, time.perf_counter() - start


def linter() -> Linter:
    """One that takes all code to be for Keras 3, which is what it runs on."""
    return Linter(Settings(keras_version="3"))


def measure(target: Target, examined: Examined, seconds: float, ran: Ran) -> Program:
    """Compare the two sides."""
    comparison = compare(examined.source, examined.analysis, examined.diagnostics, ran.events)
    return Program(target.path, seconds, examined, ran, comparison)


def targets(folders: list[Path]) -> Iterator[tuple[Path, Target]]:
    """The programs of the folders, each with the folder it is in."""
    from kerashape.files import discover

    for folder in folders:
        root = folder if folder.is_dir() else folder.parent
        for target in discover([folder], Settings()):
            yield root.absolute(), target
