"""What comes of one file: plain data, which goes between processes and into the cache."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kerashape.diagnostic import Diagnostic, Span
from kerashape.suppress import Suppressions

if TYPE_CHECKING:
    from kerashape.analysis import Analysis


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that could not be known."""

    span: Span
    reason: str


@dataclass(frozen=True, slots=True)
class Imports:
    """What of the project a program imports, directly or not.

    Args:
        found: the files that were read.
        missing: where a file would have been read, had there been one.
    """

    found: frozenset[Path] = frozenset()
    missing: frozenset[Path] = frozenset()


NO_IMPORTS = Imports()


@dataclass(slots=True)
class Outcome:
    """One file, looked at.

    Args:
        path: as it is displayed.
        diagnostics: what the rules say, before suppression.
        analysed: whether it has to do with Keras and could be parsed.
        known, calls: layer calls with a known output shape, of all layer calls.
        reasons: why the others are not known, by how often.
        gaps: the same one by one, where they were asked for.
        suppressions: the file's, where it matters whether it has any.
        imports: what else was read for it.
    """

    path: str
    diagnostics: list[Diagnostic] = field(default_factory=list)
    analysed: bool = False
    known: int = 0
    calls: int = 0
    known_models: int = 0
    models: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    gaps: list[Gap] = field(default_factory=list)
    suppressions: Suppressions | None = None
    imports: Imports = NO_IMPORTS

    def count(self, analysis: Analysis, *, gaps: bool) -> None:
        """Take over the figures of an analysis."""
        self.analysed = True
        self.known, self.calls = analysis.coverage
        self.known_models, self.models = analysis.model_coverage
        self.reasons = analysis.reasons()
        if gaps:
            self.gaps = [Gap(u.site.span, u.reason) for u in analysis.unknowns]
