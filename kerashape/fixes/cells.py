"""Edits within the JSON strings of which a notebook's cell is made.

The notebook is never written anew: only the stretches of its JSON that an edit is about
are replaced, so that outputs, metadata, spacing and escapes stay byte for byte.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence

from kerashape.diagnostic import Edit
from kerashape.fixes.text import Change, line_break, line_starts, offset
from kerashape.notebook import JsonString

_CHARACTER = re.compile(r"\\u[dD][89abAB]\w{2}\\u[dD][c-fC-F]\w{2}|\\u\w{4}|\\.|[^\\]", re.DOTALL)


class CellText:
    """The source of a cell: where each of its characters is in the JSON.

    Args:
        content: the notebook's JSON.
        strings: the strings whose values, joined, are the source.
    """

    def __init__(self, content: str, strings: Sequence[JsonString]) -> None:
        self._content = content
        self._strings = strings
        self._text = "".join(string.value for string in strings)
        self._places: list[int] = []
        for string in strings:
            body = content[string.start + 1 : string.end - 1]
            self._places += [string.start + 1 + m.start() for m in _CHARACTER.finditer(body)]
        self._places.append(strings[-1].end - 1 if strings else 0)

    def changes(self, edits: Iterable[Edit]) -> Iterator[Change]:
        """The edits as changes of the JSON."""
        starts = line_starts(self._text)
        newline = line_break(self._text)
        for edit in edits:
            start = offset(starts, edit.span.line, edit.span.column)
            end = offset(starts, edit.span.end_line, edit.span.end_column)
            replacement = edit.replacement.replace("\n", newline)
            yield self._place(start, end, replacement)

    def _place(self, start: int, end: int, replacement: str) -> Change:
        first, last = self._places[start], self._places[end]
        if start == end == len(self._text):
            return first, last, self._quoted(replacement, at_end=True)
        return first, last, self._quoted(replacement)

    def _quoted(self, text: str, *, at_end: bool = False) -> str:
        """A text as it stands within the strings: one a line, if the others are."""
        plain = self._content.isascii()
        lines = [json.dumps(line, ensure_ascii=plain)[1:-1] for line in text.splitlines(True)]
        separator = self._separator
        if separator is None:
            return "".join(lines)
        quoted = f'"{separator}"'.join(lines)
        if text.endswith(("\n", "\r")) and not at_end:
            quoted += f'"{separator}"'
        return quoted

    @property
    def _separator(self) -> str | None:
        """What stands between two strings; None if the source is one string, not a list."""
        if len(self._strings) > 1:
            return self._content[self._strings[0].end : self._strings[1].start]
        before = self._content[: self._strings[0].start]
        bare = before.rstrip()
        return "," + before[len(bare) :] if bare.endswith("[") else None
