"""Where something that ran stands in the program."""

from __future__ import annotations

import ast
import functools
import itertools
import os

from kerashape.diagnostic import Span
from kerashape.dynamic.events import Line
from kerashape.parsing import Range, Unreadable
from kerashape.source import Source


class Places:
    """Lines of the program that ran as places in the file or the notebook's cells."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._file = os.path.realpath(source.file or source.path)

    def of(self, where: Line) -> Span:
        """The recorded line as a span of no width."""
        path, line = where
        if os.path.realpath(path) == self._file:
            return self.source.locate(Range(line, 1, line, 1))
        return Span(path, None, line, 1, line, 1)

    def same_file(self, span: Span, other: Span) -> bool:
        """Whether two spans are in the same cell of the same file."""
        return span.cell == other.cell and self._real(span.path) == self._real(other.path)

    def _real(self, path: str) -> str:
        return self._file if path == self.source.path else os.path.realpath(path)

    def statement(self, span: Span) -> Span:
        """The innermost simple statement around a span; the span itself where there is none."""
        around = [s for s in self._statements if self.covers(s, span)]
        return min(around, key=lambda s: s.end_line - s.line, default=span)

    def after(self, statement: Span) -> Span | None:
        """The statement that follows in the same block; None if it is the last one."""
        return self._following.get(statement)

    @functools.cached_property
    def _statements(self) -> list[Span]:
        return [
            self._extent(node)
            for node in ast.walk(self._tree)
            if isinstance(node, ast.stmt) and not hasattr(node, "body")
        ]

    @functools.cached_property
    def _following(self) -> dict[Span, Span]:
        fields = ("body", "orelse", "finalbody")
        blocks = [getattr(node, name, ()) for node in ast.walk(self._tree) for name in fields]
        return {
            self._extent(one): self._extent(other)
            for block in blocks
            if isinstance(block, list)
            for one, other in itertools.pairwise(block)
        }

    @functools.cached_property
    def _tree(self) -> ast.Module:
        try:
            return ast.parse(self.source.text)
        except (SyntaxError, ValueError, RecursionError, Unreadable):
            return ast.Module([], [])

    def _extent(self, node: ast.stmt) -> Span:
        return self.source.locate(Range(node.lineno, 1, node.end_lineno or node.lineno, 1))

    def covers(self, span: Span, where: Span) -> bool:
        """Whether the line ``where`` is one of ``span``."""
        return self.same_file(span, where) and span.line <= where.line <= span.end_line
