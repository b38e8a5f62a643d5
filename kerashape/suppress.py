"""Suppressions: comments that say that a diagnostic is known and meant.

``# kerashape: ignore[KS101]``, with codes or names, with an optional ``-- reason``; without
brackets, everything. It holds for its own line, for the statement at whose start or end it
stands, and alone on a line for the statement below. ``# kerashape: ignore-file[...]`` holds
for the file. ``# noqa`` and ``# noqa: KS101`` hold for their line, as other linters do it.
"""

from __future__ import annotations

import difflib
import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kerashape.diagnostic import Diagnostic, Span
from kerashape.fixes.comments import removed
from kerashape.parsing import Range, Unreadable
from kerashape.rulebook import RuleSet, UnknownRule, rulebook
from kerashape.source import Source

UNUSED = "KS902"

_DIRECTIVE = re.compile(
    r"#\s*kerashape\s*:\s*(?P<verb>[\w-]+)\s*(?:\[(?P<rules>[^\]#]*)(?P<closed>\]?))?"
)
_NOQA = re.compile(
    r"#\s*noqa(?!\w)(?P<codes>\s*:\s*[A-Z]+[0-9]+(?:[\s,]+[A-Z]+[0-9]+)*)?", re.IGNORECASE
)


@dataclass(slots=True, eq=False)
class Suppression:
    """One comment.

    Args:
        span: the comment.
        rules: the selectors, each with the codes that it stands for; None: everything.
        first, last: the lines, in the span's cell, for whose diagnostics it holds.
        everywhere: whether it holds for the file.
        noqa: whether other linters use it too.
        error: why it suppresses nothing, if it is not understood.
        line: the line on which it stands.
    """

    span: Span
    rules: dict[str, frozenset[str]] | None
    first: int
    last: int
    everywhere: bool = False
    noqa: bool = False
    error: str = ""
    line: str = ""
    used: set[str] = field(default_factory=set)

    def holds_for(self, diagnostic: Diagnostic) -> bool:
        """Whether it suppresses the diagnostic; remembers that it was used."""
        span = diagnostic.span
        if not self.everywhere and not (
            span.cell == self.span.cell
            and (
                self.first <= span.line <= self.last
                or (not self.noqa and span.line <= self.span.line <= span.end_line)
            )
        ):
            return False
        if self.rules is None:
            self.used.add("")
            return not self.error
        hit = [rule for rule, codes in self.rules.items() if diagnostic.code in codes]
        self.used.update(hit)
        return bool(hit)


class Suppressions:
    """The suppressions of one file, and which of them were of use."""

    def __init__(self, found: Iterable[Suppression] = ()) -> None:
        self._found = list(found)

    def __iter__(self) -> Iterator[Suppression]:
        return iter(self._found)

    @classmethod
    def of(cls, source: Source) -> Suppressions:
        """Those of a source; none where it cannot be read."""
        try:
            return cls(_suppressions(source))
        except Unreadable:
            return cls()

    @classmethod
    def in_file(cls, path: str) -> Suppressions:
        """Those of a file on disk; none where it cannot be read."""
        try:
            source = Source.read(Path(path), path)
        except Unreadable:
            return cls()
        return cls.of(source) if cls.possible(source) else cls()

    @staticmethod
    def possible(source: Source) -> bool:
        """Whether the file can have any: a quick look, without parsing."""
        return b"kerashape" in source.data or b"noqa" in source.data.lower()

    def suppress(self, diagnostic: Diagnostic) -> bool:
        """Whether the diagnostic is suppressed."""
        held = [found for found in self._found if found.holds_for(diagnostic)]
        return bool(held)  # all of them were of use, not only the first

    def unused(self, rules: RuleSet) -> Iterator[Diagnostic]:
        """What has not suppressed anything, or is not understood. Asked last."""
        for found in self._found:
            if found.noqa:
                continue
            idle = [] if found.error else _idle(found, rules)
            message = found.error or (idle and _message(found, idle))
            if not message:
                continue
            fix = removed(found, idle) if idle else None
            diagnostic = rules.diagnostic(UNUSED, found.span, message, fix=fix)
            if diagnostic is not None:
                yield diagnostic


def _idle(found: Suppression, rules: RuleSet) -> list[str]:
    """The selectors that are of no use; an empty word where it has none."""
    if found.rules is None:
        return [] if found.used else [""]
    if any(UNUSED in codes for codes in found.rules.values()):
        return []
    # A rule that is off now may be on in another run: its suppression is not judged.
    idle = [
        rule
        for rule, codes in found.rules.items()
        if rule not in found.used and any(code in rules for code in codes)
    ]
    return idle if found.rules else [""]


def _message(found: Suppression, idle: list[str]) -> str:
    if found.rules is None:
        return "unused suppression: there is nothing to suppress here"
    what = ", ".join(filter(None, idle)) or "no rule"
    return f"unused suppression: there is no diagnostic of {what} here"


def _suppressions(source: Source) -> Iterator[Suppression]:
    for comment, place, first, last in _comments(source.text):
        for match in _DIRECTIVE.finditer(comment):
            column = place.column + match.start()
            end = place.column + match.end()
            here = source.locate(place._replace(column=column, end_column=end))
            # Within a cell the lines are counted as the span counts them.
            shift = here.line - place.line
            found = _directive(match, here, (first + shift, last + shift))
            if found is not None:
                found.line = source.listing.line(here.cell, here.line)
                yield found
        if noqa := _NOQA.search(comment):
            here = source.locate(place)
            # Alone on a line it is about that line: as everywhere.
            own = not first <= place.line <= last
            lines = (place.line, place.line) if own else (first, last)
            shift = here.line - place.line
            codes = re.findall(r"[A-Z]+[0-9]+", (noqa.group("codes") or "").upper())
            rules = {code: frozenset([code]) for code in codes} if codes else None
            yield Suppression(here, rules, lines[0] + shift, lines[1] + shift, noqa=True)


def _directive(match: re.Match[str], here: Span, lines: tuple[int, int]) -> Suppression | None:
    verb = match.group("verb")
    listed = match.group("rules")
    if verb not in ("ignore", "ignore-file"):
        close = difflib.get_close_matches(verb, ("ignore", "ignore-file"), n=1)
        if not close:
            return None
        error = f"not a suppression: {verb!r}; did you mean {close[0]!r}?"
        return Suppression(here, {}, *lines, error=error)
    everywhere = verb == "ignore-file"
    if listed is None:
        return Suppression(here, None, *lines, everywhere=everywhere)
    if not match.group("closed"):
        return Suppression(here, {}, *lines, error="not a suppression: the bracket is not closed")
    rules: dict[str, frozenset[str]] = {}
    error = ""
    for selector in filter(None, re.split(r"[\s,]+", listed)):
        try:
            rules[selector] = rulebook().select(selector)[1]
        except UnknownRule as unknown:
            error = f"in a suppression: {unknown}"
    return Suppression(here, rules, *lines, everywhere=everywhere, error=error)


def _comments(text: str) -> Iterator[tuple[str, Range, int, int]]:
    """Every comment that may matter, its place, and the lines of the program it is about."""
    pending: list[tuple[str, Range]] = []
    start: int | None = None
    for token in tokens(text):
        row = token.start[0]
        if token.type == tokenize.COMMENT:
            if not re.search("kerashape|noqa", token.string, re.IGNORECASE):
                continue
            place = Range(row, token.start[1] + 1, row, token.end[1] + 1)
            alone = not token.line[: token.start[1]].strip()
            if start is not None and alone:
                yield token.string, place, row, row + 1
            else:
                pending.append((token.string, place))
        elif token.type in (tokenize.NEWLINE, tokenize.ENDMARKER):
            first = row if start is None else start
            for comment, place in pending:
                inside = first < place.line < row
                yield comment, place, *((place.line, place.line) if inside else (first, row))
            pending.clear()
            start = None
        elif token.type not in (tokenize.NL, tokenize.INDENT, tokenize.DEDENT) and start is None:
            start = row
    for comment, place in pending:
        yield comment, place, place.line, place.line


def tokens(text: str) -> Iterable[tokenize.TokenInfo]:
    """The tokens of a program, as far as this Python knows its grammar."""
    try:
        yield from tokenize.generate_tokens(io.StringIO(text).readline)
    except (tokenize.TokenError, SyntaxError):
        return  # a newer grammar than this Python's: what stands before still counts
