"""``--add-ignore``: suppression comments for what is reported."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from kerashape.diagnostic import Diagnostic, Edit, Fix, Span
from kerashape.parsing import Range, Unreadable
from kerashape.source import Source
from kerashape.suppress import tokens

NEVER = frozenset({"KS901", "KS902"})
"""What cannot be suppressed where it stands, and what is to be removed instead."""

Line = tuple[int | None, int]
"""(cell, line)."""

_LISTED = re.compile(r"#\s*kerashape\s*:\s*ignore\[(?P<rules>[^\]#]*)\]")


def suppressions(
    source: Source, diagnostics: Iterable[Diagnostic], reason: str = ""
) -> tuple[Fix, int] | None:
    """The comments that suppress the diagnostics of a file, and how many of them do."""
    codes: defaultdict[Line, list[str]] = defaultdict(list)
    count = 0
    try:
        ends = _ends(source)
    except Unreadable:
        return None
    for diagnostic in diagnostics:
        place = _place(diagnostic.span, ends)
        if diagnostic.code in NEVER or place is None:
            continue
        count += 1
        if diagnostic.code not in codes[place]:
            codes[place].append(diagnostic.code)
    edits = tuple(_edit(source, place, listed, reason) for place, listed in codes.items())
    return (Fix("suppress", edits, safe=True), count) if edits else None


def _edit(source: Source, place: Line, codes: Sequence[str], reason: str) -> Edit:
    cell, line = place
    text = source.listing.line(cell, line)
    match = _LISTED.search(text)
    if match:
        known = [rule for rule in re.split(r"[\s,]+", match.group("rules")) if rule]
        listed = ", ".join([*known, *(code for code in codes if code not in known)])
        start, end = match.span("rules")
        return Edit(Span(source.path, cell, line, start + 1, line, end + 1), listed)
    end = len(text.rstrip())
    why = f" -- {reason}" if reason else ""
    comment = f"  # kerashape: ignore[{', '.join(codes)}]{why}"
    return Edit(Span(source.path, cell, line, end + 1, line, len(text) + 1), comment)


def _place(span: Span, ends: Sequence[tuple[Line, bool]]) -> Line | None:
    """The line at whose end the comment goes: of the diagnostic, else of its statement."""
    for place, whole in ends:
        cell, line = place
        if cell == span.cell and line >= span.line and (line <= span.end_line or whole):
            return place
    return None


def _ends(source: Source) -> list[tuple[Line, bool]]:
    """The lines behind which a comment may stand, and whether a statement ends there."""
    return list(_line_ends(source))


def _line_ends(source: Source) -> Iterator[tuple[Line, bool]]:
    import tokenize

    for token in tokens(source.text):
        if token.type in (tokenize.NL, tokenize.NEWLINE):
            row = token.start[0]
            here = source.locate(Range(row, 1, row, 1))
            yield (here.cell, here.line), token.type == tokenize.NEWLINE
