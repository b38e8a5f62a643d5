"""Places in a text, and stretches of it replaced."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_NEWLINE = re.compile(r"\r\n|\r|\n")

Change = tuple[int, int, str]
"""From, to, and what is put there."""


def splice(text: str, changes: Iterable[Change]) -> str:
    """A text with some stretches replaced, which must not overlap."""
    pieces: list[str] = []
    done = 0
    for start, end, replacement in sorted(changes):
        pieces += (text[done:start], replacement)
        done = end
    return "".join([*pieces, text[done:]])


def line_starts(text: str) -> list[int]:
    """Where the lines begin."""
    return [0, *(match.end() for match in _NEWLINE.finditer(text))]


def offset(starts: Sequence[int], line: int, column: int) -> int:
    """Where a line and column (from 1) are."""
    return starts[line - 1] + column - 1


def line_break(text: str) -> str:
    """How the lines of a text end: as the first does."""
    first = _NEWLINE.search(text)
    return first.group() if first else "\n"
