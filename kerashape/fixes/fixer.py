"""Fixing files: round after round, until nothing is left that can be fixed."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kerashape.cache import Cache
from kerashape.config import Settings
from kerashape.diagnostic import Diagnostic, Fix
from kerashape.files import Target
from kerashape.fixes.applying import apply, chosen
from kerashape.linter import Linter, Result
from kerashape.parsing import Unreadable
from kerashape.source import Source

ROUNDS = 20
"""A fix may uncover another fault, but not without end."""

Item = Target | tuple[Target, bytes]


@dataclass(slots=True)
class Fixed:
    """A file that was fixed: what it held, what it is to hold, and how many fixes that took.

    ``given`` tells whether the program is not on disk.
    """

    target: Target
    before: bytes
    after: bytes
    given: bool = False
    fixes: int = 0
    seen: list[bytes] = field(default_factory=list)
    """What it held before each round: fixes that undo each other must end."""

    def diff(self) -> Iterator[str]:
        """A unified diff; that of a notebook shows its JSON, line for line."""
        before, after = (
            Source(self.target.path, data).content.splitlines(keepends=True)
            for data in (self.before, self.after)
        )
        path = self.target.path
        for line in difflib.unified_diff(before, after, f"a/{path}", f"b/{path}"):
            yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


@dataclass(slots=True)
class Fixer:
    """Fixes files in memory.

    Args:
        settings: the configurations.
        unsafe: whether fixes are made that may change what a program means.
        debug: whether a fault of kerashape itself is raised, not reported.
        cache, jobs: for looking at the files as they are (see :meth:`Linter.run`).
    """

    settings: Settings
    unsafe: bool = False
    debug: bool = False
    cache: Cache | None = None
    jobs: int | None = 1
    _fixed: dict[str, Fixed] = field(default_factory=dict)

    def fix(self, items: Iterable[Item]) -> tuple[list[Fixed], Result]:
        """The files that change, by path, and what is reported of all of them afterwards."""
        everything = list(items)
        by_path = {_target(item).path: item for item in everything}
        pending = list(everything)
        result = Result()
        for _ in range(ROUNDS):
            result = self._look(pending)
            changed = self._round(result.diagnostics, by_path)
            if not changed:
                break
            # What a file imports may have changed with it.
            pending = everything if result.followed_imports else [by_path[path] for path in changed]
        fixed = sorted(self._fixed.values(), key=lambda fixed: fixed.target.path)
        if fixed and len(pending) < len(everything):
            result = self._look(everything)
        return fixed, result

    def _look(self, items: Sequence[Item]) -> Result:
        linter = Linter(self.settings, debug=self.debug, contents=self._contents())
        if self._fixed:
            return linter.run(map(self._now, items))
        return linter.run(items, cache=self.cache, jobs=self.jobs)

    def _contents(self) -> dict[Path, bytes]:
        return {fixed.target.file.resolve(): fixed.after for fixed in self._fixed.values()}

    def _now(self, item: Item) -> Item:
        fixed = self._fixed.get(_target(item).path)
        return item if fixed is None else (fixed.target, fixed.after)

    def _round(self, diagnostics: Sequence[Diagnostic], by_path: dict[str, Item]) -> list[str]:
        """Fix what can be fixed at the same time; the files that changed."""
        fixes: defaultdict[str, list[Fix]] = defaultdict(list)
        for diagnostic in diagnostics:
            fix = diagnostic.fix
            if fix is not None and (fix.safe or self.unsafe):
                fixes[fix.edits[0].span.path].append(fix)
        return [
            path
            for path, found in fixes.items()
            if path in by_path and self._fix(by_path[path], found)
        ]

    def _fix(self, item: Item, fixes: Sequence[Fix]) -> bool:
        target = _target(item)
        known = self._fixed.get(target.path)
        if known is None:
            given = isinstance(item, tuple)
            data = item[1] if isinstance(item, tuple) else target.file.read_bytes()
            known = Fixed(target, data, data, given)
        source = Source(target.path, known.after, target.file)
        taken = chosen(fixes, target.path)
        new = applied(source, taken)
        if new is None:
            # One of them leaves no program: the others still may be made.
            taken = [fix for fix in taken if applied(source, [fix]) is not None]
            new = applied(source, taken)
        if new is None or new == known.after or new in known.seen:
            return False
        known.seen.append(known.after)
        known.after = new
        known.fixes += len(taken)
        self._fixed[target.path] = known
        return True


def applied(source: Source, fixes: Sequence[Fix]) -> bytes | None:
    """The file with the fixes made; None if it could not be read again."""
    try:
        data = apply(source, fixes)
        again = Source(source.path, data, source.file)
        again.tree  # noqa: B018 - parses
        if len(again.problems) > len(source.problems):
            return None
    except (Unreadable, UnicodeEncodeError):
        return None
    return data


def _target(item: Item) -> Target:
    return item[0] if isinstance(item, tuple) else item
