"""What makes a diagnostic the same after its file was edited elsewhere.

Not its line number: its path, its rule, the function or class in which it stands, and its
own source without the spacing and the comments.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from kerashape.diagnostic import Diagnostic

if TYPE_CHECKING:
    from kerashape.listing import Listing
    from kerashape.listings import Listings

_HEADER = re.compile(r"(\s*)(?:async\s+def|def|class)\s+(\w+)")
_COMMENT = re.compile(r"\s#.*$")
_LONGEST = 20
"""A model of a hundred lines is the same when its last lines change."""


class Identity(NamedTuple):
    """What stays of a diagnostic. ``within`` is the dotted name of the function around it."""

    path: str
    code: str
    within: str
    source: str

    @property
    def digest(self) -> str:
        """The same in 32 hexadecimal digits."""
        return hashlib.blake2b("\0".join(self).encode(), digest_size=16).hexdigest()


def identity(diagnostic: Diagnostic, listings: Listings) -> Identity:
    """What stays of the diagnostic when its file is edited elsewhere."""
    span = diagnostic.span
    listing = listings[span.path]
    last = min(span.end_line, span.line + _LONGEST - 1)
    lines = (listing.line(span.cell, line) for line in range(span.line, last + 1))
    source = " ".join(filter(None, map(_normal, lines)))
    return Identity(span.path, diagnostic.code, _within(listing, diagnostic), source)


def fingerprints(diagnostics: Iterable[Diagnostic], listings: Listings) -> Iterator[str]:
    """A digest of every diagnostic; those with the same identity are numbered."""
    seen: Counter[Identity] = Counter()
    for diagnostic in diagnostics:
        found = identity(diagnostic, listings)
        number = seen[found]
        seen[found] += 1
        same = found if not number else found._replace(source=f"{found.source}#{number}")
        yield same.digest


def _normal(line: str) -> str:
    return " ".join(_COMMENT.sub("", line).split())


def _within(listing: Listing, diagnostic: Diagnostic) -> str:
    """The names of the functions and classes around, by their indentation."""
    span = diagnostic.span
    here = listing.line(span.cell, span.line)
    indent = len(here) - len(here.lstrip())
    names: list[str] = []
    for line in range(span.line - 1, 0, -1):
        if not indent:
            break
        match = _HEADER.match(listing.line(span.cell, line))
        if match and len(match.group(1)) < indent:
            indent = len(match.group(1))
            names.append(match.group(2))
    return ".".join(reversed(names))
