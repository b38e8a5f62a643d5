"""``kerashape lint --fix`` and ``--diff``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kerashape.cli import common
from kerashape.fixes.fixer import Fixed, Fixer, Item
from kerashape.fixes.writing import NotWritten, replace

if TYPE_CHECKING:
    from kerashape.config import Settings
    from kerashape.linter import Result
    from kerashape.report import Style


@dataclass(frozen=True, slots=True)
class Fixing:
    """How to fix: with unsafe fixes or without, or only as a diff."""

    unsafe: bool
    diff: bool
    debug: bool

    def run(
        self,
        settings: Settings,
        items: Sequence[Item],
        format_: str,
        style: Style,
        *,
        exit_zero: bool,
    ) -> int:
        """Fix, write, report; the exit status."""
        fixed, result = Fixer(settings, unsafe=self.unsafe, debug=self.debug).fix(items)
        if self.diff:
            common.write(line for file in fixed for line in file.diff())
            print(_would(fixed), file=sys.stderr)
            return int(bool(fixed) and not exit_zero)
        failed = [file for file in fixed if not _write(file)]
        result.fixed = sum(file.fixes for file in fixed if file not in failed)
        self._report(items, result, fixed, format_, style)
        if failed:
            return 2
        return int(result.failed and not exit_zero)

    def _report(
        self,
        items: Sequence[Item],
        result: Result,
        fixed: Sequence[Fixed],
        format_: str,
        style: Style,
    ) -> None:
        """The report; on standard error, where the program itself goes to standard output."""
        from kerashape.report import render

        given = [item for item in items if isinstance(item, tuple)]
        pieces = render(format_, result, style)
        if not given:
            common.write(pieces)
            return
        changed = {file.target.path: file.after for file in fixed}
        for target, data in given:
            sys.stdout.buffer.write(changed.get(target.path, data))
        sys.stdout.buffer.flush()
        sys.stderr.writelines(pieces)


def _write(file: Fixed) -> bool:
    if file.given:
        return True
    try:
        replace(file.target.file, file.after, expected=file.before)
    except NotWritten as error:
        print(f"error: cannot write {file.target.path}: {error}", file=sys.stderr)
        return False
    return True


def _would(fixed: Sequence[Fixed]) -> str:
    from kerashape.report.summary import count

    fixes = sum(file.fixes for file in fixed)
    return f"Would fix {count(fixes, 'fault')} in {count(len(fixed), 'file')}."
