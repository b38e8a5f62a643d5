"""``kerashape shapes``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from kerashape.cli import common

if TYPE_CHECKING:
    from typing import TypeAlias

    from kerashape.analysis import Analysis
    from kerashape.diagnostic import Diagnostic
    from kerashape.files import Target
    from kerashape.linter import Examined
    from kerashape.report import Style

    Seen: TypeAlias = tuple[str, Analysis | None]

VERSION = 1


@click.command()
@common.options
@click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="How to print.",
)
@click.option("--statistics", is_flag=True, help="Say how much was understood, and why not more.")
def shapes(
    paths: tuple[str, ...],
    config: str | None,
    keras_version: str | None,
    stdin_filename: str | None,
    color: str,
    debug: bool,
    format_: str,
    statistics: bool,
) -> int:
    """Print the shapes that were inferred, without judging them.

    PATH is a Python file, a notebook, a folder, or '-' for standard input.
    """
    from kerashape.linter import Linter

    settings = common.settings(config, keras_version)
    style = common.style(color)
    examined: list[tuple[str, Analysis | None]] = []
    with common.usage_errors():
        targets = common.targets(paths, stdin_filename, settings)
        with common.progress(len(targets)) as advance:

            def keep(target: Target, found: Examined) -> None:
                examined.append((target.path, found.analysis))
                advance()

            result = Linter(settings, debug=debug).run(targets, each=keep)
    if format_ == "json":
        common.write(_json(examined, result.diagnostics))
    else:
        common.write(_tables(examined, result.diagnostics, style))
        if statistics:
            from kerashape.report.summary import coverage

            common.write(f"{line}\n" for line in coverage(result))
    return 0


def _json(examined: Sequence[Seen], diagnostics: Sequence[Diagnostic]) -> Iterator[str]:
    from kerashape.report.facts import file_json
    from kerashape.report.json import dump

    files = [
        file_json(path, analysis, [d for d in diagnostics if d.span.path == path])
        for path, analysis in examined
    ]
    yield dump({"version": VERSION, "files": files})


def _tables(
    examined: Sequence[Seen], diagnostics: Sequence[Diagnostic], style: Style
) -> Iterator[str]:
    from kerashape.linter import UNREADABLE
    from kerashape.report.tables import shape_tables

    for path, analysis in examined:
        if analysis is not None:
            yield from shape_tables(path, analysis, style)
    for diagnostic in diagnostics:
        if diagnostic.code == UNREADABLE:
            yield f"{diagnostic.span}: {diagnostic.message}\n"
