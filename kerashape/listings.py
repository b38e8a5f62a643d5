"""The lines of the files that a report shows."""

from __future__ import annotations

from pathlib import Path

from kerashape.listing import Listing
from kerashape.parsing import Unreadable
from kerashape.source import Source


class Listings:
    """The lines of files by displayed path; read again when a report asks for them."""

    def __init__(self) -> None:
        self._listings: dict[str, Listing] = {}

    def add(self, source: Source) -> None:
        """Keep the lines of a source that is not on disk."""
        self._listings[source.path] = _listing(source)

    def __getitem__(self, path: str) -> Listing:
        listing = self._listings.get(path)
        if listing is None:
            try:
                listing = _listing(Source.read(Path(path), path))
            except Unreadable:
                listing = Listing({})
            self._listings[path] = listing
        return listing


def _listing(source: Source) -> Listing:
    try:
        return source.listing
    except Unreadable:
        # Broken JSON or a wrong encoding: show what there is.
        return Listing({None: source.data.decode("utf-8", "replace").splitlines()})
