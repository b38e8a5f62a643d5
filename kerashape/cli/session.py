"""What ``kerashape lint`` does: look, fix, compare with the baseline, report."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kerashape.cli import common

if TYPE_CHECKING:
    from kerashape.baseline import Baseline
    from kerashape.cache import Cache
    from kerashape.config import Settings
    from kerashape.files import Target
    from kerashape.linter import Result
    from kerashape.report import Style

    Item = Target | tuple[Target, bytes]


@dataclass(frozen=True, slots=True)
class Request:
    """The options of ``kerashape lint``, by their names there."""

    paths: tuple[str, ...]
    config: str | None
    keras_version: str | None
    stdin_filename: str | None
    color: str
    debug: bool
    format_: str
    outputs: tuple[tuple[str, str], ...]
    select: tuple[str, ...]
    extend_select: tuple[str, ...]
    ignore: tuple[str, ...]
    fail_on: str | None
    fix: bool
    unsafe_fixes: bool
    diff: bool
    add_ignore: str | None
    baseline: str | None
    update_baseline: bool
    prune_baseline: bool
    jobs: int | None
    no_cache: bool
    cache_dir: str | None
    verify: bool
    watch: bool
    exit_zero: bool
    statistics: bool
    show_unknown: bool
    quiet: bool

    @property
    def fixes(self) -> bool:
        """Whether programs are repaired, or would be."""
        return self.fix or self.unsafe_fixes or self.diff

    def settings(self) -> Settings:
        """The configurations under the options. Raises ``UsageError``."""
        from kerashape.rulebook import Selection

        selection = None
        if self.select or self.extend_select or self.ignore:
            selection = Selection(self.select or None, self.extend_select, self.ignore)
        return common.settings(
            self.config, self.keras_version, selection=selection, fail_on=self.fail_on
        )

    def cache(self, settings: Settings) -> Cache | None:
        """Where results are kept: beside the configuration, unless said otherwise."""
        from kerashape.cache import FOLDER, Cache

        if self.no_cache or self.debug or os.environ.get("KERASHAPE_DEBUG"):
            return None
        if self.cache_dir is not None:
            return Cache(Path(self.cache_dir))
        return Cache(settings.of(Path.cwd()).root / FOLDER)

    def style(self) -> Style:
        """How to write."""
        return common.style(
            self.color,
            quiet=self.quiet,
            statistics=self.statistics,
            show_unknown=self.show_unknown,
        )


def run(request: Request) -> int:
    """Do what is asked for; the exit status."""
    _check(request)
    if request.watch:
        from kerashape.cli.watching import watch

        return watch(lambda: _run(request), lambda: _watched(request))
    return _run(request)


def _watched(request: Request) -> Iterator[Path]:
    """The files that are looked at, and the configurations that may be above them."""
    from kerashape.files import NoSuchPath, discover

    settings = request.settings()
    try:
        targets = discover(request.paths, settings)
    except NoSuchPath:
        return
    folders: set[Path] = set()
    for target in targets:
        yield target.file
        folders.update(target.file.parents)
    for folder in folders:
        yield folder / "pyproject.toml"
        yield folder / "kerashape.toml"


def _run(request: Request) -> int:
    settings = request.settings()
    style = request.style()
    with common.usage_errors():
        items = common.targets(request.paths, request.stdin_filename, settings)
        baseline = _baseline(request)
        if request.fixes:
            from kerashape.cli import fixing

            fixed, result = fixing.fix(
                settings,
                items,
                unsafe=request.unsafe_fixes,
                debug=request.debug,
                cache=request.cache(settings),
                jobs=request.jobs,
            )
            if request.diff:
                return fixing.show(fixed, exit_zero=request.exit_zero)
            unwritten = fixing.write(fixed, items, result)
        else:
            unwritten = False
            result = _lint(request, settings, items)
        if request.add_ignore is not None:
            return _add_ignores(items, result, request.add_ignore)
        if baseline is not None:
            written = _compare(request, baseline, result, items)
            if written:
                return 0
        if request.verify:
            from kerashape.cli import verification

            verification.annotate(result, items, settings)
        result.settle(settings)
    _report(request, result, style, to_stderr=request.fixes and "-" in request.paths)
    return 2 if unwritten else int(result.failed and not request.exit_zero)


def _check(request: Request) -> None:
    """Refuse what does not go together."""
    if (request.update_baseline or request.prune_baseline) and request.baseline is None:
        raise common.UsageError("--update-baseline and --prune-baseline need --baseline FILE")
    if request.watch and "-" in request.paths:
        raise common.UsageError("--watch needs files")
    if request.add_ignore is not None and request.fixes:
        raise common.UsageError("--add-ignore and --fix exclude each other")


def _lint(request: Request, settings: Settings, items: Sequence[Item]) -> Result:
    from kerashape.linter import Linter

    with common.progress(len(items)) as advance:
        return Linter(settings, debug=request.debug).run(
            items,
            gaps=request.show_unknown,
            cache=request.cache(settings),
            jobs=request.jobs,
            step=advance,
        )


def _baseline(request: Request) -> Baseline | None:
    from kerashape.baseline import BadBaseline, Baseline

    if request.baseline is None:
        return None
    file = Path(request.baseline)
    if request.update_baseline and not file.exists():
        return Baseline(file)
    try:
        return Baseline.read(file)
    except BadBaseline as error:
        raise common.UsageError(str(error)) from None


def _compare(request: Request, baseline: Baseline, result: Result, items: Sequence[Item]) -> bool:
    """Take out what is known; or write the baseline, and tell so."""
    paths = [(item[0] if isinstance(item, tuple) else item).path for item in items]
    given = (result.diagnostics, result.listings, paths)
    if request.update_baseline:
        _save(baseline.updated(*given), baseline)
        return True
    if request.prune_baseline:
        baseline = _save(baseline.pruned(*given), baseline)
    result.diagnostics, result.known_before = baseline.unknown(result.diagnostics, result.listings)
    return False


def _save(new: Baseline, old: Baseline) -> Baseline:
    from kerashape.fixes.writing import write

    with common.writing(str(new.file)):
        write(new.file, new.text().encode())
    added, gone = new.entries - old.entries, old.entries - new.entries
    print(
        f"{new.file}: {new.entries.total()} known, {added.total()} added, {gone.total()} removed",
        file=sys.stderr,
    )
    return new


def _add_ignores(items: Sequence[Item], result: Result, reason: str) -> int:
    """Write suppressions for what is reported."""
    from kerashape.cli.fixing import add_ignores

    return add_ignores(items, result.diagnostics, " ".join(reason.split()))


def _report(request: Request, result: Result, style: Style, *, to_stderr: bool) -> None:
    from kerashape.report import Style, render

    for name, file in request.outputs:
        plain = Style(
            quiet=style.quiet, statistics=style.statistics, show_unknown=style.show_unknown
        )
        with common.writing(file):
            Path(file).write_text("".join(render(name, result, plain)), encoding="utf-8")
    pieces: Iterator[str] = render(request.format_, result, style)
    if to_stderr:
        sys.stderr.writelines(pieces)
    else:
        common.write(pieces)
