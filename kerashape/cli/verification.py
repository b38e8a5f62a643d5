"""What ``kerashape verify`` and ``kerashape lint --verify`` share."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kerashape.cli import common

if TYPE_CHECKING:
    from kerashape.config import Settings
    from kerashape.dynamic.verify import Options, Verified
    from kerashape.files import Target
    from kerashape.linter import Examined, Result

F = TypeVar("F", bound=Callable[..., Any])

_NOTICE = (
    "--run executes the programs themselves, each in a process of its own without network, "
    "with a scratch home and working folder"
)


def options(function: F) -> F:
    """The options that say how to verify."""
    decorators = [
        click.option(
            "--run",
            is_flag=True,
            help="Execute the programs themselves, and record what Keras does.",
        ),
        click.option(
            "--device",
            default="auto",
            show_default=True,
            metavar="auto|cpu|gpu|gpu:N",
            help="Where models run.",
        ),
        click.option(
            "--backend",
            type=click.Choice(["tensorflow", "jax", "torch"]),
            help="Of Keras 3 (default: the one that the code names, else an installed one).",
        ),
        click.option(
            "--timeout",
            type=click.FloatRange(min=1),
            default=120.0,
            show_default=True,
            help="Seconds for each program.",
        ),
        click.option(
            "--memory",
            type=click.IntRange(min=256),
            default=8192,
            show_default=True,
            metavar="MIB",
            help="Memory for each program, and for its files.",
        ),
        click.option(
            "--dim",
            "dims",
            multiple=True,
            callback=_sizes,
            metavar="NAME=SIZE",
            help="A number for a size that is not known, or None: INPUT.AXIS=SIZE.",
        ),
        click.option(
            "-j",
            "--jobs",
            type=click.IntRange(1, 64),
            default=1,
            show_default=True,
            help="Programs at a time.",
        ),
    ]
    for decorate in reversed(decorators):
        function = decorate(function)
    return function


def _sizes(ctx: click.Context, option: click.Parameter, values: tuple[str, ...]) -> dict[str, int]:
    sizes = {}
    for value in values:
        name, equals, number = value.partition("=")
        if not equals or not name.strip() or not number.strip().isdigit() or int(number) < 1:
            raise click.BadParameter(f"{value!r} is not NAME=SIZE, a size of 1 or more")
        sizes[name.strip()] = int(number)
    return sizes


def asked(
    *, run: bool, device: str, backend: str | None, timeout: float, memory: int,
    dims: dict[str, int], jobs: int,
) -> Options:  # fmt: skip
    """The options as the verifier takes them."""
    from kerashape.dynamic.sandbox import Limits
    from kerashape.dynamic.verify import Options

    return Options(run, device, backend, Limits(timeout, memory << 20), dims, jobs)


def verify_all(
    examined: Sequence[Examined], options: Options, settings: Settings, *, quiet: bool = False
) -> list[Verified]:
    """Verify every program, some at a time; raises ``UsageError`` where nothing can run."""
    from concurrent.futures import ThreadPoolExecutor
    from pathlib import Path

    from kerashape.dynamic.errors import CannotRun
    from kerashape.dynamic.verify import Verifier

    if not examined:
        return []
    try:
        with Verifier(options) as verifier, ThreadPoolExecutor(options.jobs) as pool:
            if not quiet:
                _announce(options, str(verifier.device))
            versions = [
                settings.keras_version(Path(e.source.file or e.source.path).absolute().parent)
                for e in examined
            ]
            with _progress(len(examined)) as advance:

                def one(program: Examined, version: int) -> Verified:
                    found = verifier.verify(program, version)
                    advance()
                    return found

                try:
                    return list(pool.map(one, examined, versions))
                except BaseException:  # Ctrl-C, say: what is running would go on to its time limit
                    pool.shutdown(wait=False, cancel_futures=True)
                    verifier.stop()
                    raise
    except CannotRun as error:
        raise common.UsageError(str(error)) from None


def annotate(
    result: Result, items: Sequence[Target | tuple[Target, bytes]], settings: Settings
) -> None:
    """Write onto every diagnostic of a run what a replay says to it."""
    import dataclasses

    from kerashape.dynamic.verify import Options
    from kerashape.linter import Linter

    accused = {diagnostic.span.path for diagnostic in result.diagnostics}
    given = [item if isinstance(item, tuple) else (item, None) for item in items]
    linter = Linter(settings)
    examined = [linter.examine(target, data) for target, data in given if target.path in accused]
    verdicts = {
        judged.diagnostic.sort_key: judged
        for one in verify_all(examined, Options(), settings)
        for judged in one.comparison.diagnostics
    }
    result.diagnostics = [
        diagnostic
        if judged is None
        else dataclasses.replace(diagnostic, verdict=judged.verdict, exception=judged.exception)
        for diagnostic in result.diagnostics
        for judged in [verdicts.get(diagnostic.sort_key)]
    ]


def _announce(options: Options, device: str) -> None:
    if options.run:
        print(f"kerashape: {_NOTICE}", file=sys.stderr)
    if options.device == "auto":
        print(f"kerashape: --device auto took {device}", file=sys.stderr)
    sys.stderr.flush()


@contextmanager
def _progress(total: int) -> Iterator[Callable[[], None]]:
    """A bar on a terminal: even one program takes seconds."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("Verifying"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda: bar.advance(task)
