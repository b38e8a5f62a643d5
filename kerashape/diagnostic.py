"""What a rule says about a program: the data that every report reads."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field


class Severity(enum.IntEnum):
    """How bad it is. Ordered: ``INFO < WARNING < ERROR``."""

    INFO = 1
    WARNING = 2
    ERROR = 3

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of source; lines and columns count from 1, the end is exclusive.

    In a notebook ``cell`` (from 1) is set and lines count within the cell.
    Columns count characters, not bytes or terminal cells.
    """

    path: str
    cell: int | None
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        cell = "" if self.cell is None else f"cell {self.cell}:"
        return f"{self.path}:{cell}{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Label:
    """A span and the words to write beside it, e.g. its inferred shape."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """One call on the way from the Input to the fault."""

    span: Span
    text: str
    """The call as the source has it, on one line."""
    shape: str
    """What came out, e.g. ``(None, 5, 5, 1280)``."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text of ``span`` by ``replacement``."""

    span: Span
    replacement: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A repair that can be applied by machine."""

    message: str
    edits: tuple[Edit, ...]
    safe: bool


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding.

    ``label`` is written beside the underlined culprit, ``related`` are further frames
    (where the tensor was made), ``trace`` is the chain of shapes, oldest first.
    """

    code: str
    name: str
    severity: Severity
    message: str
    span: Span
    label: str = ""
    help: str = ""
    related: tuple[Label, ...] = ()
    trace: tuple[Step, ...] = ()
    fix: Fix | None = None
    note: str = ""
    """What Keras will do or print, in its own words."""
    url: str = field(default="", compare=False)
    verdict: str = field(default="", compare=False)
    """What real Keras said to it, where it was asked: ``confirmed``, ``refuted``..."""
    exception: str = field(default="", compare=False)
    """The exception that confirmed it."""

    @property
    def verified(self) -> str:
        """The verdict with the exception, in a line; empty where real Keras was not asked."""
        exception = " ".join(self.exception.split())
        return ": ".join(filter(None, (self.verdict, exception)))

    @property
    def sort_key(self) -> tuple[Span, str, str]:
        """Reports go by place, then by code."""
        return (self.span, self.code, self.message)
