"""The part of ``kerashape lint`` that changes files."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kerashape.cli import common
from kerashape.fixes.fixer import Fixed, Fixer, Item, applied
from kerashape.fixes.writing import NotWritten, replace
from kerashape.report.summary import count

if TYPE_CHECKING:
    from kerashape.cache import Cache
    from kerashape.config import Settings
    from kerashape.diagnostic import Diagnostic
    from kerashape.linter import Result


def fix(
    settings: Settings,
    items: Sequence[Item],
    *,
    unsafe: bool,
    debug: bool,
    cache: Cache | None,
    jobs: int | None,
) -> tuple[list[Fixed], Result]:
    """The files that change, in memory, and what is reported of all of them then."""
    return Fixer(settings, unsafe=unsafe, debug=debug, cache=cache, jobs=jobs).fix(items)


def show(fixed: Sequence[Fixed], *, exit_zero: bool) -> int:
    """Print the changes as a diff; the exit status."""
    common.write(line for file in fixed for line in file.diff())
    fixes = sum(file.fixes for file in fixed)
    print(f"Would fix {count(fixes, 'fault')} in {count(len(fixed), 'file')}.", file=sys.stderr)
    return int(bool(fixed) and not exit_zero)


def write(fixed: Sequence[Fixed], items: Sequence[Item], result: Result) -> bool:
    """Replace the files; a program from standard input goes to standard output.

    Returns:
        Whether a file could not be written.
    """
    changed = {file.target.path: file.after for file in fixed}
    for item in items:
        if isinstance(item, tuple):
            sys.stdout.buffer.write(changed.get(item[0].path, item[1]))
            sys.stdout.buffer.flush()
    failed = [file for file in fixed if not file.given and not _replace(file)]
    result.fixed = sum(file.fixes for file in fixed if file not in failed)
    return bool(failed)


def _replace(file: Fixed) -> bool:
    try:
        replace(file.target.file, file.after, expected=file.before)
    except NotWritten as error:
        print(f"error: cannot write {file.target.path}: {error}", file=sys.stderr)
        return False
    return True


def add_ignores(items: Sequence[Item], diagnostics: Sequence[Diagnostic], reason: str) -> int:
    """Write suppression comments; the exit status is that of what they do not suppress."""
    from kerashape.fixes.ignoring import suppressions
    from kerashape.source import Source

    written = files = 0
    failed = False
    for item in items:
        if isinstance(item, tuple):
            raise common.UsageError("--add-ignore needs files")
        own = [d for d in diagnostics if d.span.path == item.path]
        if not own:
            continue
        source = Source.read(item.file, item.path)
        found = suppressions(source, own, reason)
        after = applied(source, [found[0]]) if found is not None else None
        if found is None or after is None:
            continue
        if _replace(Fixed(item, source.data, after)):
            written += found[1]
            files += 1
        else:
            failed = True
    print(f"Suppressed {count(written, 'diagnostic')} in {count(files, 'file')}.")
    rest = len(diagnostics) - written
    if rest:
        print(f"{count(rest, 'diagnostic')} cannot be suppressed.")
    return 2 if failed else int(bool(rest))
