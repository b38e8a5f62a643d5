"""Where things are in the file itself, for tools that know no cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from kerashape.diagnostic import Diagnostic, Span

if TYPE_CHECKING:
    from kerashape.listings import Listings


@dataclass(frozen=True, slots=True)
class Place:
    """Lines of a file; the columns are None in a notebook, whose lines are JSON."""

    path: str
    line: int
    end_line: int
    column: int | None
    end_column: int | None

    @property
    def uri(self) -> str:
        """The path as a URI, relative if the path is."""
        return ("file://" if self.path.startswith("/") else "") + quote(self.path)


def place_of(span: Span, listings: Listings) -> Place:
    """Where a span is in the file itself."""
    if span.cell is None:
        return Place(span.path, span.line, span.end_line, span.column, span.end_column)
    listing = listings[span.path]
    first = listing.physical(span.cell, span.line)
    return Place(span.path, first, listing.physical(span.cell, span.end_line), None, None)


def message_of(diagnostic: Diagnostic) -> str:
    """The message, with the cell and its line where the file does not show them."""
    span = diagnostic.span
    if span.cell is None:
        return diagnostic.message
    return f"cell {span.cell}, line {span.line}: {diagnostic.message}"


def marked(text: str, diagnostic: Diagnostic) -> str:
    """The text with the verdict of real Keras behind it, where it was asked."""
    return f"{text} ({diagnostic.verdict})" if diagnostic.verdict else text


def full_message(diagnostic: Diagnostic) -> str:
    """The message with note, help and what Keras says below it."""
    lines = [message_of(diagnostic)]
    notes = {"note": diagnostic.note, "help": diagnostic.help, "verified": diagnostic.verified}
    for kind, text in notes.items():
        if text:
            lines.append(f"{kind}: {text}")
    return "\n".join(lines)
