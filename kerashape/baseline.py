"""The baseline: a file of the diagnostics that are known and not to be reported.

One JSON object a line, sorted, so that it merges as text does. An entry is a diagnostic's
identity (:mod:`kerashape.fingerprint`), with the number of times that it occurs; paths are
relative to the file's folder.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kerashape.diagnostic import Diagnostic
from kerashape.fingerprint import Identity, identity

if TYPE_CHECKING:
    from kerashape.listings import Listings

_KEYS = ("path", "code", "within", "source")


class BadBaseline(Exception):
    """A baseline that cannot be used; the message names the file and the line."""


@dataclass(slots=True)
class Baseline:
    """The known diagnostics.

    Args:
        file: where it is kept.
        entries: how often each is known to occur.
    """

    file: Path
    entries: Counter[Identity] = field(default_factory=Counter)

    @classmethod
    def read(cls, file: Path) -> Baseline:
        """The baseline in a file. Raises :class:`BadBaseline`."""
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8"
            raise BadBaseline(f"{file}: cannot read the baseline: {reason}") from None
        baseline = cls(file)
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                entry = json.loads(line)
                found = Identity(*(_string(entry[key]) for key in _KEYS))
                baseline.entries[found] += _count(entry.get("count", 1))
            except (ValueError, KeyError, TypeError, AttributeError):
                raise BadBaseline(f"{file}:{number}: not an entry of a baseline") from None
        return baseline

    def unknown(
        self, diagnostics: Iterable[Diagnostic], listings: Listings
    ) -> tuple[list[Diagnostic], int]:
        """Those that it does not know, and how many it does.

        Where more occur than are known, the last ones are new.
        """
        left = Counter(self.entries)
        new: list[Diagnostic] = []
        known = 0
        for diagnostic in diagnostics:
            found = self._identity(diagnostic, listings)
            if left[found] > 0:
                left[found] -= 1
                known += 1
            else:
                new.append(diagnostic)
        return new, known

    def updated(
        self, diagnostics: Iterable[Diagnostic], listings: Listings, paths: Sequence[str]
    ) -> Baseline:
        """With exactly what occurs in the files that were looked at; the others keep theirs."""
        return Baseline(self.file, self._others(paths) + self._occurring(diagnostics, listings))

    def pruned(
        self, diagnostics: Iterable[Diagnostic], listings: Listings, paths: Sequence[str]
    ) -> Baseline:
        """Without what no longer occurs in the files that were looked at, or are gone."""
        occurring = self.entries & self._occurring(diagnostics, listings)
        others = self._others(paths)
        for entry in list(others):
            if not (self.file.parent / entry.path).exists():
                del others[entry]
        return Baseline(self.file, others + occurring)

    def text(self) -> str:
        """As it is written."""
        lines = []
        for found, count in sorted(self.entries.items()):
            entry: dict[str, object] = dict(zip(_KEYS, found))
            if count > 1:
                entry["count"] = count
            lines.append(json.dumps(entry, ensure_ascii=False))
        return "".join(f"{line}\n" for line in lines)

    def _others(self, paths: Sequence[str]) -> Counter[Identity]:
        looked_at = {self._relative(path) for path in paths}
        return Counter(
            {entry: n for entry, n in self.entries.items() if entry.path not in looked_at}
        )

    def _occurring(
        self, diagnostics: Iterable[Diagnostic], listings: Listings
    ) -> Counter[Identity]:
        return Counter(self._identity(diagnostic, listings) for diagnostic in diagnostics)

    def _identity(self, diagnostic: Diagnostic, listings: Listings) -> Identity:
        found = identity(diagnostic, listings)
        return found._replace(path=self._relative(found.path))

    def _relative(self, path: str) -> str:
        return Path(os.path.relpath(path, self.file.parent)).as_posix()


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError
    return value
