"""The words and records of a comparison."""

from __future__ import annotations

from dataclasses import dataclass, field

from kerashape.diagnostic import Diagnostic, Span
from kerashape.dynamic.events import Raised, Shapes

CONFIRMED = "confirmed"
CONTRADICTED = "contradicted"
UNKNOWN = "unknown"
ONLY_SEEN = "only seen at run time"
NOT_REACHED = "not reached"
REFUTED = "refuted"
SILENT = "silent"
"""A diagnostic about what Keras does without a word: a run neither confirms nor refutes it."""


@dataclass
class Compared:
    """One call or model: what was inferred, what Keras did, and the verdict on it."""

    verdict: str
    span: Span
    layer: str
    inferred: Shapes = None
    actual: Shapes = None
    reason: str = ""
    mode: str = "symbolic"
    operation: bool = False
    seconds: float | None = None
    """How long a batch took, and the peak of memory meanwhile."""
    peak: int | None = None
    fact: int | None = None
    """The index of the fact among the analysis's calls."""


@dataclass
class Trained:
    """A compile, or a step of training, evaluation or prediction; with what Keras said to it."""

    span: Span
    how: str
    error: str = ""
    seconds: float | None = None
    peak: int | None = None


@dataclass
class Judged:
    """A diagnostic, and what the run said to it, in Keras's own words."""

    diagnostic: Diagnostic
    verdict: str
    exception: str = ""


@dataclass
class Comparison:
    """Everything about one program."""

    calls: list[Compared] = field(default_factory=list)
    models: list[Compared] = field(default_factory=list)
    params: list[Compared] = field(default_factory=list)
    diagnostics: list[Judged] = field(default_factory=list)
    trained: list[Trained] = field(default_factory=list)
    exceptions: list[Raised] = field(default_factory=list)
    """Those that ended a statement of the program."""
