"""The lines of a file as a person sees them, for reports that show source."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property


class Listing:
    """The lines of a file, or of the cells of a notebook.

    Args:
        lines: the lines by cell (None: the file itself).
        physical: gives, for every cell, the lines of the notebook's file at which its
            lines stand. Asked once, when needed.
    """

    def __init__(
        self,
        lines: Mapping[int | None, Sequence[str]],
        physical: Callable[[], Mapping[int | None, Sequence[int]]] | None = None,
    ) -> None:
        self._lines = lines
        self._locate = physical

    def line(self, cell: int | None, line: int) -> str:
        """One line, counted from 1; empty where there is none."""
        lines = self._lines.get(cell, ())
        return lines[line - 1] if 1 <= line <= len(lines) else ""

    def physical(self, cell: int | None, line: int) -> int:
        """The line of the file itself."""
        lines = self._physical.get(cell)
        return lines[min(line, len(lines)) - 1] if lines else line

    @cached_property
    def _physical(self) -> Mapping[int | None, Sequence[int]]:
        return {} if self._locate is None else self._locate()
