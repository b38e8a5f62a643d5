"""The run: files to sources to analyses to diagnostics, none of which stops the others."""

from __future__ import annotations

import gc
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kerashape.config import Settings
from kerashape.diagnostic import Diagnostic, Severity, Span
from kerashape.files import Target
from kerashape.listings import Listings
from kerashape.outcome import NO_IMPORTS, Gap, Imports, Outcome
from kerashape.parsing import Unreadable
from kerashape.source import Source, mentions_keras
from kerashape.suppress import Suppressions

if TYPE_CHECKING:
    from kerashape.analysis import Analysis
    from kerashape.cache import Cache
    from kerashape.interpret.project import Project
    from kerashape.rulebook import RuleSet

UNREADABLE = "KS901"
ISSUES_URL = "https://github.com/kerashape/kerashape/issues"


@dataclass(slots=True)
class Examined:
    """One file: what was inferred, and what the rules say before suppression."""

    source: Source
    analysis: Analysis | None = None
    diagnostics: list[Diagnostic] = field(default_factory=list)
    imports: Imports = NO_IMPORTS

    def outcome(self, *, gaps: bool) -> Outcome:
        """The same as plain data."""
        found = Outcome(self.source.path, self.diagnostics, imports=self.imports)
        if self.analysis is not None:
            found.count(self.analysis, gaps=gaps)
        if (self.analysis is not None or self.diagnostics) and Suppressions.possible(self.source):
            found.suppressions = Suppressions.of(self.source)
        return found


@dataclass(slots=True)
class Result:
    """What a run found.

    Args:
        diagnostics: sorted by place.
        files: how many files were looked at.
        known, calls: layer calls with a known output shape, of all layer calls.
        known_models, models: models with known input and output shapes, of all models.
        reasons: why the others are not known, by how often.
        gaps: the same one by one, where they were asked for.
        listings: the lines of the files that diagnostics are about.
        failed: whether there are diagnostics at or above ``fail-on``.
        fixed: how many fixes were made before.
        followed_imports: whether a file was read because another imports it.
        known_before: how many diagnostics are not reported because the baseline has them.
    """

    diagnostics: list[Diagnostic] = field(default_factory=list)
    files: int = 0
    known: int = 0
    calls: int = 0
    known_models: int = 0
    models: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    gaps: list[Gap] = field(default_factory=list)
    listings: Listings = field(default_factory=Listings)
    failed: bool = False
    fixed: int = 0
    known_before: int = 0
    followed_imports: bool = False

    def settle(self, settings: Settings) -> None:
        """Decide whether the run failed, once it is clear what is reported."""
        self.failed = any(_fails(diagnostic, settings) for diagnostic in self.diagnostics)

    def count(self, severity: Severity) -> int:
        """The number of diagnostics of that severity."""
        return sum(diagnostic.severity is severity for diagnostic in self.diagnostics)

    @property
    def fixable(self) -> tuple[int, int]:
        """How many have a safe fix, and how many an unsafe one."""
        fixes = [d.fix.safe for d in self.diagnostics if d.fix is not None]
        return fixes.count(True), fixes.count(False)


class Linter:
    """Lints files under the configuration of each.

    Args:
        settings: the configurations.
        debug: whether a fault of kerashape itself is raised, not reported.
        contents: what some files hold in place of what is on disk.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        debug: bool = False,
        contents: Mapping[Path, bytes] | None = None,
    ) -> None:
        self.settings = Settings() if settings is None else settings
        self._contents = contents or {}
        self._project = _new_project(self._contents)
        self._debug = debug or bool(os.environ.get("KERASHAPE_DEBUG"))
        self._collects = False

    def examine(self, target: Target, data: bytes | None = None) -> Examined:
        """One file, read from disk unless ``data`` is given.

        Raises ``ConfigError`` only.
        """
        folder = target.file.parent
        version = self.settings.keras_version(folder)
        rules = self._rules(target.path)
        source = Source(target.path, b"" if data is None else data, target.file)
        examined = Examined(source)
        try:
            if data is None:
                examined.source = source = Source.read(target.file, target.path)
            if not source.mentions_keras:
                return examined
            if self._collects:
                gc.collect(1)  # what the file before left behind
            source.tree  # noqa: B018 - parses
            for problem in source.problems:
                _add(examined, rules.diagnostic(UNREADABLE, problem.span, problem.message))
            with self._project.requests() as requests:
                examined.analysis = _interpret(source, version, self._project)
            examined.imports = requests.imports()
            examined.diagnostics += _check(examined.analysis, rules)
        except Unreadable as problem:
            _add(examined, rules.diagnostic(UNREADABLE, problem.span, problem.message))
        except Exception as error:
            # The one place where a fault of kerashape stops: the other files go on.
            if self._debug:
                raise
            message = f"kerashape could not analyse this file: {type(error).__name__}: {error}"
            span = Span(target.path, None, 1, 1, 1, 1)
            help = f"please report it at {ISSUES_URL}, with the file if you can"
            _add(examined, rules.diagnostic(UNREADABLE, span, message, help=help))
        notebook = source.__dict__.get("notebook")
        if notebook is not None:
            # A cell that is tagged raises-exception shows its fault on purpose.
            examined.diagnostics = [
                d
                for d in examined.diagnostics
                if d.span.path != target.path or not notebook.raises(d.span.cell)
            ]
        return examined

    def run(
        self,
        targets: Iterable[Target | tuple[Target, bytes]],
        *,
        gaps: bool = False,
        each: Callable[[Target, Examined], None] | None = None,
        cache: Cache | None = None,
        jobs: int | None = 1,
        step: Callable[[], None] = lambda: None,
    ) -> Result:
        """Look at all files.

        Args:
            targets: the files; with their contents, where these are not on disk.
            gaps: whether what is not known is listed.
            each: sees every file as it is done; then there is one process and no cache.
            cache: where outcomes are kept from run to run.
            jobs: the most processes to use; None: as many as there are processors.
            step: called when a file is done.

        Raises ``ConfigError``.
        """
        items = [item if isinstance(item, tuple) else (item, None) for item in targets]
        result = Result()
        with self.rare_collection():
            if each is None:
                outcomes = self._outcomes(items, gaps, cache, jobs, step)
            else:
                outcomes = []
                for target, data in items:
                    examined = self.examine(target, data)
                    outcomes.append(examined.outcome(gaps=gaps))
                    each(target, examined)
                    step()
        for target, data in items:
            if data is not None:
                result.listings.add(Source(target.path, data, target.file))
        for outcome in outcomes:
            result.files += 1
            result.known += outcome.known
            result.known_models += outcome.known_models
            result.models += outcome.models
            result.calls += outcome.calls
            result.reasons += outcome.reasons
            result.gaps += outcome.gaps
            result.followed_imports |= bool(outcome.imports.found)
        result.diagnostics = sorted(self._reported(outcomes), key=_order)
        result.settle(self.settings)
        return result

    def _outcomes(
        self,
        items: Sequence[tuple[Target, bytes | None]],
        gaps: bool,
        cache: Cache | None,
        jobs: int | None,
        step: Callable[[], None],
    ) -> list[Outcome]:
        """What comes of every file: known before, or found out, on several processors."""
        done: dict[int, Outcome] = {}
        left: dict[int, tuple[Target, bytes]] = {}
        for index, (target, data) in enumerate(items):
            try:
                content = target.file.read_bytes() if data is None else data
            except OSError:
                done[index] = self.examine(target).outcome(gaps=gaps)  # says why
                continue
            known = None
            if not mentions_keras(content):
                known = Outcome(target.path)
            elif cache is not None and data is None:
                known = cache.get(target, content, self._key(target, gaps))
            if known is None:
                left[index] = (target, content)
            else:
                done[index] = known
                step()
        for index, outcome in self._found_out(left, gaps, jobs):
            done[index] = outcome
            if cache is not None and items[index][1] is None and not _failed(outcome):
                target, content = left[index]
                cache.put(target, content, self._key(target, gaps), outcome)
            step()
        return [done[index] for index in range(len(items))]

    def _found_out(
        self, work: Mapping[int, tuple[Target, bytes]], gaps: bool, jobs: int | None
    ) -> Iterator[tuple[int, Outcome]]:
        from kerashape import parallel

        count = parallel.processes(jobs, sum(len(content) for _, content in work.values()))
        if count > 1 and not self._contents:
            yield from parallel.outcomes(self.settings, work, count, gaps=gaps, debug=self._debug)
            return
        for index, (target, content) in work.items():
            yield index, self.examine(target, content).outcome(gaps=gaps)

    def _key(self, target: Target, gaps: bool) -> str:
        from kerashape.cache import settings_key

        version = self.settings.keras_version(target.file.parent)
        return settings_key(self._rules(target.path), version, [gaps])

    def _reported(self, outcomes: Sequence[Outcome]) -> Iterator[Diagnostic]:
        """Those that are neither suppressed nor told before; then the idle suppressions."""
        suppressions = {
            outcome.path: outcome.suppressions
            for outcome in outcomes
            if outcome.suppressions is not None
        }
        told = set()
        for diagnostic in (d for outcome in outcomes for d in outcome.diagnostics):
            path = diagnostic.span.path
            if path not in suppressions:
                # Nothing to suppress it here, or a module that another file imports.
                suppressions[path] = Suppressions.in_file(path)
            if (
                not suppressions[path].suppress(diagnostic)
                and diagnostic.sort_key not in told
                and diagnostic.code in self._rules(path)
            ):
                told.add(diagnostic.sort_key)
                yield diagnostic
        for outcome in outcomes:
            if outcome.analysed and outcome.path in suppressions:
                yield from suppressions[outcome.path].unused(self._rules(outcome.path))

    @contextmanager
    def rare_collection(self) -> Iterator[None]:
        """Cycles are looked for once a file, in what its analysis made: a sixth of the time less."""
        usual = gc.get_threshold()
        gc.set_threshold(300_000, 1_000, 1_000)
        self._collects = True
        try:
            yield
        finally:
            self._collects = False
            gc.set_threshold(*usual)

    def _rules(self, path: str) -> RuleSet:
        file = Path(path).absolute()
        version = self.settings.keras_version(file.parent)
        return self.settings.of(file.parent).rules_for(file, version)


def _failed(outcome: Outcome) -> bool:
    """Whether kerashape itself failed: it may be mended tomorrow."""
    return any(d.code == UNREADABLE and ISSUES_URL in d.help for d in outcome.diagnostics)


def _fails(diagnostic: Diagnostic, settings: Settings) -> bool:
    fail_on = settings.of(Path(diagnostic.span.path).absolute().parent).fail_on
    return fail_on is not None and diagnostic.severity >= fail_on


def _order(diagnostic: Diagnostic) -> tuple[str, int, int, int, str, str]:
    """By place; what is about a whole notebook comes before its cells."""
    span = diagnostic.span
    return (
        span.path,
        span.cell or 0,
        span.line,
        span.column,
        diagnostic.code,
        diagnostic.message,
    )


def _new_project(contents: Mapping[Path, bytes]) -> Project:
    from kerashape.interpret.project import Project

    return Project(contents)


def _add(examined: Examined, diagnostic: Diagnostic | None) -> None:
    if diagnostic is not None:
        examined.diagnostics.append(diagnostic)


def _interpret(source: Source, keras_version: int, project: Project) -> Analysis:
    from kerashape.interpret import interpret

    return interpret(source, project=project, keras_version=keras_version)


def _check(analysis: Analysis, rules: RuleSet) -> list[Diagnostic]:
    from kerashape.checks import check

    return check(analysis, rules)
