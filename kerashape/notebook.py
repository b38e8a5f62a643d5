"""Notebooks: the code cells as one program, and the way back to cell and line.

Every line of a code cell is a line of the program. Cells are numbered from 1, code cells
only: markdown has no number, as in Jupyter's own ``In [ ]``.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from kerashape.diagnostic import Span
from kerashape.ipython import to_python
from kerashape.listing import Listing
from kerashape.parsing import Range, Unreadable, check, split_lines

JsonPath = tuple[str | int | None, ...]


class JsonString(NamedTuple):
    """A string in the notebook's JSON: its value, and where it is, the quotes included."""

    value: str
    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Cell:
    """A code cell.

    Args:
        number: counted from 1 among the code cells.
        lines: its source.
        place: where its source is in the notebook's JSON.
        raises: whether it is tagged as one that shows an exception.
    """

    number: int
    lines: Sequence[str]
    place: JsonPath
    raises: bool


class Notebook:
    """A Jupyter notebook, format 3 or 4.

    Args:
        path: the path as it is displayed.
        text: the file's JSON.

    Raises :class:`Unreadable` when it is not a notebook. Cells that are not Python are left
    out of the program and told in :attr:`problems`.
    """

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self._json = text
        self.problems: list[Unreadable] = []
        self.cells = self._cells(self._content())
        self._starts: list[int] = []
        self._indents: dict[int, str] = {}
        """By cell, what was taken from the left of its lines."""
        program: list[str] = []
        for cell in self.cells:
            self._starts.append(len(program) + 1)
            program += self._python(cell)
        self.program = "\n".join([*program, ""])

    def _content(self) -> dict[str, Any]:
        try:
            content = json.loads(self._json)
        except json.JSONDecodeError as error:
            raise self._broken(f"invalid JSON: {error.msg}", error.lineno, error.colno) from None
        except RecursionError:
            raise self._broken("the JSON is nested too deeply") from None
        if not isinstance(content, dict) or not ("cells" in content or "worksheets" in content):
            raise self._broken("the JSON has no cells")
        return content

    def _broken(self, message: str, line: int = 1, column: int = 1) -> Unreadable:
        span = Span(self.path, None, line, column, line, column + 1)
        return Unreadable(f"broken notebook: {message}", span)

    def _cells(self, content: dict[str, Any]) -> list[Cell]:
        if not _runs_python(content.get("metadata")):
            return []
        found: list[Cell] = []
        for place, cell in _raw_cells(content):
            if not isinstance(cell, dict):
                raise self._broken("a cell is not an object")
            if cell.get("cell_type") != "code":
                continue
            number = len(found) + 1
            key = "source" if "source" in cell else "input"
            source = cell.get(key, "")
            if isinstance(source, list) and all(isinstance(line, str) for line in source):
                source = "".join(source)
            if not isinstance(source, str):
                raise self._broken(f"the source of code cell {number} is not text")
            # JSON can escape half a surrogate pair, which no program can hold.
            source = source.encode("utf-8", "replace").decode("utf-8")
            found.append(Cell(number, split_lines(source), (*place, key), _raises(cell)))
        return found

    def _python(self, cell: Cell) -> Sequence[str]:
        """The cell's part of the program: as many lines, all of them Python."""
        if check(_text(cell.lines)) is None:
            return cell.lines
        lines = to_python(self._unindented(cell))
        refused = check(_text(lines))
        if refused is None:
            return lines
        self.problems.append(
            Unreadable(refused.message, Span(self.path, cell.number, *refused.range))
        )
        return [""] * len(cell.lines)

    def _unindented(self, cell: Cell) -> Sequence[str]:
        """Without the indentation of the first line, which IPython takes from every line."""
        first = cell.lines[0]
        indent = first[: len(first) - len(first.lstrip(" \t"))]
        if not indent:
            return cell.lines
        self._indents[cell.number] = indent
        return [line.removeprefix(indent) for line in cell.lines]

    def locate(self, place: Range) -> Span:
        """A place in the program as one in a cell."""
        index = max(bisect_right(self._starts, place.line) - 1, 0)
        if not self.cells:
            return Span(self.path, None, *place)
        before = self._starts[index] - 1
        number = self.cells[index].number
        line, end = place.line - before, place.end_line - before
        return Span(
            self.path,
            number,
            line,
            place.column + self._moved(index, line),
            end,
            place.end_column + self._moved(index, end),
        )

    def _moved(self, index: int, line: int) -> int:
        """How far a line of a cell was moved to the left."""
        cell = self.cells[index]
        indent = self._indents.get(cell.number, "")
        known = 0 < line <= len(cell.lines)
        return len(indent) if known and cell.lines[line - 1].startswith(indent) else 0

    def raises(self, cell: int | None) -> bool:
        """Whether the cell is tagged ``raises-exception``."""
        return cell is not None and self.cells[cell - 1].raises

    @cached_property
    def listing(self) -> Listing:
        """The cells' lines as they are in the notebook."""
        lines: dict[int | None, Sequence[str]] = {cell.number: cell.lines for cell in self.cells}
        return Listing(lines | {None: split_lines(self._json)}, self._physical_lines)

    def _physical_lines(self) -> dict[int | None, Sequence[int]]:
        """For every cell, the lines of the notebook's file at which its lines stand."""
        strings = self.strings
        return {cell.number: _line_starts(strings.get(cell.place, ())) for cell in self.cells}

    @cached_property
    def strings(self) -> dict[JsonPath, list[JsonString]]:
        """The strings of which the sources of the cells are made, by :attr:`Cell.place`."""
        return _source_strings(self._json)


def _text(lines: Sequence[str]) -> str:
    return "\n".join([*lines, ""])


def _runs_python(metadata: object) -> bool:
    """Whether the kernel runs Python; a notebook that does not say is taken to."""
    if not isinstance(metadata, dict):
        return True
    for section, key in (("kernelspec", "language"), ("language_info", "name")):
        entry = metadata.get(section)
        language = entry.get(key) if isinstance(entry, dict) else None
        if isinstance(language, str):
            return language.lower() in ("python", "ipython")
    return True


def _raw_cells(content: dict[str, Any]) -> Iterator[tuple[JsonPath, Any]]:
    """Every cell, with where it is in the JSON; format 3 keeps them in worksheets."""

    def items(holder: object, key: str) -> Iterator[tuple[int, Any]]:
        found = holder.get(key) if isinstance(holder, dict) else None
        yield from enumerate(found if isinstance(found, list) else ())

    for index, cell in items(content, "cells"):
        yield ("cells", index), cell
    for number, sheet in items(content, "worksheets"):
        for index, cell in items(sheet, "cells"):
            yield ("worksheets", number, "cells", index), cell


def _raises(cell: dict[str, Any]) -> bool:
    metadata = cell.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return isinstance(tags, list) and "raises-exception" in tags


# -- lines of the file ----------------------------------------------------------------------

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],]|[^\s"{}\[\],:]+|:')


def _source_strings(text: str) -> dict[JsonPath, list[JsonString]]:
    """The strings under every ``source`` or ``input``, each with its line in the JSON."""
    found: dict[JsonPath, list[JsonString]] = {}
    stack: list[str | int | None] = []  # the keys and indices; None where a key is due
    line = 1
    seen = 0
    for match in _TOKEN.finditer(text):
        token = match.group()
        line += text.count("\n", seen, match.start())
        seen = match.start()
        if token in "{[":
            stack.append(None if token == "{" else 0)
        elif token in "}]":
            stack.pop()
        elif token == ",":
            top = stack[-1]
            stack[-1] = top + 1 if isinstance(top, int) else None
        elif token[0] == '"':
            if stack and stack[-1] is None:
                stack[-1] = json.loads(token)
                continue
            place = tuple(stack[:-1] if stack and isinstance(stack[-1], int) else stack)
            if place and place[-1] in ("source", "input"):
                string = JsonString(json.loads(token), line, match.start(), match.end())
                found.setdefault(place, []).append(string)
    return found


def _line_starts(strings: Sequence[JsonString]) -> list[int]:
    """The line of the file for every line of a cell, which is the joined strings."""
    starts: list[int] = []
    fresh = True
    for value, line, _, _ in strings:
        if fresh:
            starts.append(line)
        starts += [line] * (len(split_lines(value)) - 1)
        fresh = value.endswith(("\n", "\r"))
        if fresh:
            starts.pop()
    if fresh and strings:
        starts.append(strings[-1].line)
    return starts
