"""What the verbs share: options, what is given to lint, and how output leaves."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from kerashape.config import Settings
    from kerashape.files import Target
    from kerashape.report import Style

F = TypeVar("F", bound=Callable[..., Any])

STDIN = "-"


class UsageError(click.ClickException):
    """Used wrongly: exit 2 and one line."""

    exit_code = 2


def options(function: F) -> F:
    """The paths and options of every verb that reads programs."""
    paths = click.argument("paths", nargs=-1, required=True, metavar="PATH...")
    return paths(reading(function))


def reading(function: F) -> F:
    """The options of every verb that reads programs."""
    decorators = [
        click.option("--config", metavar="FILE", help="Use this configuration file only."),
        click.option(
            "--keras-version",
            type=click.Choice(["2", "3", "auto"]),
            help="The major version of Keras that the code is for.",
        ),
        click.option(
            "--stdin-filename", metavar="NAME", help="What to call the program read from '-'."
        ),
        click.option(
            "--color",
            type=click.Choice(["auto", "always", "never"]),
            default="auto",
            show_default=True,
            help="When to use colour; NO_COLOR and FORCE_COLOR are honoured.",
        ),
        click.option("--debug", is_flag=True, hidden=True, help="Raise kerashape's own faults."),
    ]
    for decorate in reversed(decorators):
        function = decorate(function)
    return function


def settings(config: str | None, keras_version: str | None, **overrides: Any) -> Settings:
    """The configurations under the command line's options."""
    from kerashape.config import Settings

    with usage_errors():
        file = None if config is None else Path(config)
        return Settings(file, keras_version=keras_version, **overrides)


@contextmanager
def usage_errors() -> Iterator[None]:
    """What is wrong with the configuration or the paths is an error of use."""
    from kerashape.config import ConfigError
    from kerashape.files import NoSuchPath

    try:
        yield
    except (ConfigError, NoSuchPath) as error:
        raise UsageError(str(error)) from None


@contextmanager
def writing(file: str) -> Iterator[None]:
    """A file that cannot be written is an error of use."""
    from kerashape.fixes.writing import NotWritten

    try:
        yield
    except (OSError, NotWritten) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"cannot write {file}: {reason}") from None


def targets(
    paths: Sequence[str], stdin_filename: str | None, settings: Settings
) -> list[Target | tuple[Target, bytes]]:
    """What the paths name: files, or ``-`` for a program on standard input."""
    from kerashape.files import Target, discover

    found: list[Target | tuple[Target, bytes]] = []
    if STDIN in paths:
        target = Target.of_name(stdin_filename or "<stdin>")
        found.append((target, sys.stdin.buffer.read()))
    found += discover([path for path in paths if path != STDIN], settings)
    if not found:
        raise UsageError(f"nothing to lint: no Python file or notebook in {', '.join(paths)}")
    return found


def style(color: str, **choices: bool) -> Style:
    """How to write on standard output."""
    from kerashape.report import Style

    terminal = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    if color == "auto":
        colored = terminal
        if os.environ.get("FORCE_COLOR"):
            colored = True
        if os.environ.get("NO_COLOR"):
            colored = False
    else:
        colored = color == "always"
    width = shutil.get_terminal_size((80, 24)).columns
    return Style(
        width=min(max(width, 40), 120), color=colored, links=colored and terminal, **choices
    )


def write(chunks: Iterable[str]) -> None:
    """Write to standard output. A reader that has gone away (``| head``) is no fault."""
    if hasattr(sys.stdout, "reconfigure"):
        # A terminal that lacks a character must not stop the report.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        for chunk in chunks:
            sys.stdout.write(chunk)
        sys.stdout.flush()
    except BrokenPipeError:
        # What is still buffered has nowhere to go, at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def progress(total: int) -> Iterator[Callable[[], None]]:
    """A progress bar on standard error for long work on a terminal; call it after each step."""
    if total < _MANY or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("Linting"), BarColumn(), MofNCompleteColumn(), TextColumn("files"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda: bar.advance(task)


_MANY = 20
