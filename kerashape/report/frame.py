"""Source frames: lines with a gutter, and a stretch of them underlined.

Everything is measured in terminal cells, not characters, so that the underline stays under
Chinese text too.
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from kerashape.diagnostic import Span
from kerashape.listing import Listing

TAB = 4
MAX_LINES = 5
"""Of a longer culprit the middle is left out."""
GUTTER = Style(color="blue", bold=True)
_ELLIPSIS = "…"
_CONTEXT = 12
_LABEL = 24


class Row:
    """A source line as it is displayed: tabs expanded, control characters made visible."""

    def __init__(self, line: str) -> None:
        self._glyphs: list[str] = []
        self._starts: list[int] = []
        at = 0
        for character in line:
            if character == "\t":
                glyph = " " * (TAB - at % TAB)
            elif unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
                glyph = "\N{REPLACEMENT CHARACTER}"
            else:
                glyph = character
            self._glyphs.append(glyph)
            self._starts.append(at)
            at += cell_len(glyph)
        self.cells = at
        stripped = line.lstrip()
        self.indent = self.at(len(line) - len(stripped) + 1)
        self.end = self.at(len(line.rstrip()) + 1)

    def at(self, column: int) -> int:
        """The cell at which a column, counted from 1, starts."""
        return self._starts[column - 1] if column <= len(self._starts) else self.cells

    def window(self, start: int, width: int) -> str:
        """``width`` cells from ``start``, with an ellipsis where something is cut off."""
        if start == 0 and self.cells <= width:
            return "".join(self._glyphs)
        cut = start + width < self.cells
        left, right = start + (start > 0), start + width - cut
        text = _ELLIPSIS if start else ""
        for glyph, at in zip(self._glyphs, self._starts):
            if at + cell_len(glyph) > right:
                break
            if at >= left:
                # Half a wide character at the edge becomes a blank.
                text += " " * (at - start - cell_len(text)) + glyph
        return text + (" " * (width - 1 - cell_len(text)) + _ELLIPSIS if cut else "")


@dataclass(frozen=True, slots=True)
class Frame:
    """Draws source lines.

    Args:
        width: in cells, all in all.
        digits: the width of the line numbers.
    """

    width: int
    digits: int

    def draw(
        self, listing: Listing, span: Span, label: str, mark: str, style: Style
    ) -> Iterator[Text]:
        """The lines of a span, underlined with ``mark``, with the label beside it.

        Nothing where the span has no extent, or no source text.
        """
        lines = range(span.line, span.end_line + 1)
        nowhere = (span.line, span.column) == (span.end_line, span.end_column)
        if nowhere or not any(listing.line(span.cell, line).strip() for line in lines):
            return
        yield self.bar()
        if span.line == span.end_line:
            yield from self._single(listing, span, label, mark, style)
        else:
            yield from self._several(listing, span, label, mark, style)

    def bar(self) -> Text:
        """An empty line of the gutter."""
        return Text(" " * self.digits + " |", style=GUTTER)

    def _line(self, number: int | None, *parts: str | tuple[str, Style]) -> Text:
        shown = "" if number is None else str(number)
        return Text.assemble((f"{shown:>{self.digits}} | ", GUTTER), *parts, end="").copy()

    @property
    def _room(self) -> int:
        return self.width - self.digits - 3

    def _single(
        self, listing: Listing, span: Span, label: str, mark: str, style: Style
    ) -> Iterator[Text]:
        row = Row(listing.line(span.cell, span.line))
        first = row.at(span.column)
        last = max(row.at(span.end_column), first + 1)
        start = self._start(first, last, min(cell_len(label) + 1, self._room // 3))
        yield self._line(span.line, row.window(start, self._room))
        last = min(last, start + self._room)
        yield from self._marked(first - start, (mark * (last - first), style), label, style)

    def _start(self, first: int, last: int, behind: int = 0) -> int:
        """From which cell to show a line so that the cells between are seen.

        ``behind`` is the room to leave after them, in a line that is cut anyway.
        """
        fits = last < self._room
        too_long = last - first > self._room - 2 * _CONTEXT and first <= self._room // 3
        if fits or too_long:
            return 0
        return max(min(last + max(_CONTEXT, behind) - self._room, first - 4), 0)

    def _marked(
        self, indent: int, marks: tuple[str, Style], label: str, style: Style, rail: str = ""
    ) -> Iterator[Text]:
        """The underline, and the label: behind it where there is room, else below it."""
        lead: list[str | tuple[str, Style]] = [(rail, style), " " * indent, marks]
        room = self._room - cell_len(rail) - indent - cell_len(marks[0]) - 1
        if cell_len(label) <= room:
            yield self._line(None, *lead, (f" {label}" if label else "", style))
            return
        yield self._line(None, *lead)
        below = max(min(indent, self._room - _LABEL), 0)
        for part in wrap(label, self._room - below):
            yield self._line(None, " " * below, (part, style))

    def _several(
        self, listing: Listing, span: Span, label: str, mark: str, style: Style
    ) -> Iterator[Text]:
        """A culprit of several lines: a rail beside them, and the mark under its end."""
        rail = 2
        room = self._room - rail
        row = Row(listing.line(span.cell, span.line))
        first = row.at(span.column)
        if first <= row.indent:
            yield self._line(span.line, ("/ ", style), row.window(0, room))
        else:
            start = self._start(first + rail, first + rail + 1)
            yield self._line(span.line, "  ", row.window(start, room))
            yield self._line(None, (" " + "_" * (first - start + 1) + mark, style))
        numbers = list(range(span.line + 1, span.end_line + 1))
        if len(numbers) >= MAX_LINES:
            numbers[MAX_LINES - 3 : -1] = [0]
        for number in numbers:
            if number:
                text = Row(listing.line(span.cell, number)).window(0, room)
                yield self._line(number, ("| ", style), text)
            else:
                yield Text.assemble(("." * max(self.digits, 3), GUTTER), " ", ("|", style))
        end = Row(listing.line(span.cell, span.end_line)).at(span.end_column) - 1
        end = max(min(end, room - 1), 0)
        yield from self._marked(0, ("_" * end + mark, style), label, style, "|_")


def wrap(text: str, width: int) -> list[str]:
    """Words in lines of at most ``width`` cells, paragraph by paragraph."""
    lines: list[str] = []
    for paragraph in text.splitlines():
        line = ""
        for word in paragraph.split(" "):
            joined = f"{line} {word}" if line else word
            if cell_len(joined) <= width:
                line = joined
                continue
            if line:
                lines.append(line)
            line = word
            while cell_len(line) > width:
                piece = _prefix(line, width) or line[0]
                lines.append(piece)
                line = line[len(piece) :]
        lines.append(line)
    return lines or [""]


def shorten(text: str, width: int) -> str:
    """The text in at most ``width`` cells."""
    if cell_len(text) <= width:
        return text
    return _prefix(text, width - 1) + _ELLIPSIS


def _prefix(text: str, width: int) -> str:
    """As much of the text as goes into ``width`` cells."""
    used = 0
    for index, character in enumerate(text):
        used += cell_len(character)
        if used > width:
            return text[:index]
    return text


def pad(text: str, width: int) -> str:
    """The text with blanks up to ``width`` cells."""
    return text + " " * (width - cell_len(text))


def indented(text: str, first: str, width: int) -> list[str]:
    """The text wrapped behind ``first``, further lines aligned with it."""
    lines = wrap(text, width - cell_len(first))
    return [
        first + lines[0],
        *textwrap.indent("\n".join(lines[1:]), " " * cell_len(first)).splitlines(),
    ]
