"""Edits put into a text or a notebook; everything else stays as it is, byte for byte."""

from __future__ import annotations

from collections.abc import Iterable

from kerashape.diagnostic import Edit, Fix, Span
from kerashape.fixes.cells import CellText
from kerashape.fixes.text import Change, line_break, line_starts, offset, splice
from kerashape.source import Source


def chosen(fixes: Iterable[Fix], path: str) -> list[Fix]:
    """The fixes that can be made together in one file, the first that is met taking precedence.

    What overlaps a fix that was taken waits for the next round.
    """
    taken: list[Fix] = []
    edits: set[Edit] = set()
    for fix in sorted(fixes, key=lambda fix: min(fix.edits, key=_start).span):
        new = [edit for edit in fix.edits if edit not in edits]
        if any(edit.span.path != path for edit in new):
            continue
        if any(_overlap(edit.span, other.span) for edit in new for other in edits):
            continue
        taken.append(fix)
        edits.update(new)
    return taken


def _start(edit: Edit) -> Span:
    return edit.span


def _overlap(a: Span, b: Span) -> bool:
    """Whether two edits touch: what is inserted at one place has no order."""
    if a.cell != b.cell:
        return False
    start_a, end_a = (a.line, a.column), (a.end_line, a.end_column)
    start_b, end_b = (b.line, b.column), (b.end_line, b.end_column)
    return start_a <= end_b and start_b <= end_a


def apply(source: Source, fixes: Iterable[Fix]) -> bytes:
    """The file with the fixes made, which must not overlap. Nothing is written.

    Raises ``UnicodeEncodeError`` where the file's encoding lacks a character of a fix.
    """
    edits = list(dict.fromkeys(edit for fix in fixes for edit in fix.edits))
    if source.notebook is None:
        text = apply_to_text(source.content, edits)
    else:
        changes: list[Change] = []
        for cell in source.notebook.cells:
            own = [edit for edit in edits if edit.span.cell == cell.number]
            if own:
                strings = source.notebook.strings[cell.place]
                changes += CellText(source.content, strings).changes(own)
        text = splice(source.content, changes)
    return text.encode(source.encoding)


def apply_to_text(text: str, edits: Iterable[Edit]) -> str:
    """A text with edits made; lines that are added end as the others do."""
    starts = line_starts(text)
    newline = line_break(text)
    return splice(
        text,
        [
            (
                offset(starts, edit.span.line, edit.span.column),
                offset(starts, edit.span.end_line, edit.span.end_column),
                edit.replacement.replace("\n", newline),
            )
            for edit in edits
        ],
    )
