"""``kerashape report``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kerashape.cli import common
from kerashape.cli.output import write_output

if TYPE_CHECKING:
    from kerashape.files import Target
    from kerashape.linter import Examined
    from kerashape.picture.model import Picture


@click.command()
@common.options
@click.option(
    "-o", "--output", required=True, metavar="FILE", help="Where to; '-' is standard output."
)
@click.option("--title", metavar="TEXT", help="The heading of the page (default: the paths).")
def report(
    paths: tuple[str, ...],
    config: str | None,
    keras_version: str | None,
    stdin_filename: str | None,
    color: str,
    debug: bool,
    output: str,
    title: str | None,
) -> int:
    """Write one HTML page about a project: its diagnostics and every model's graph.

    PATH is a Python file, a notebook, a folder, or '-' for standard input. The page holds
    everything that it needs, and works without a network.
    """
    from kerashape.linter import Linter
    from kerashape.listings import Listings
    from kerashape.picture.build import picture_of
    from kerashape.picture.marking import Places, mark, places_of
    from kerashape.report.models import models_of
    from kerashape.report.project import FileCoverage, Project, render

    settings = common.settings(config, keras_version)
    drawn: list[tuple[Picture, Places]] = []
    listings = Listings()
    covered: list[tuple[str, int, int, int]] = []

    def keep(target: Target, examined: Examined) -> None:
        if examined.analysis is not None:
            listings.add(examined.source)
            found = models_of(target.path, examined.analysis, drafts=True)
            for model in found:
                picture = picture_of(model, listings)
                drawn.append((picture, places_of(picture, model)))
            known, calls = examined.analysis.coverage
            covered.append((target.path, calls, known, len(found)))
        advance()

    with common.usage_errors():
        targets = common.targets(paths, stdin_filename, settings)
        with common.progress(len(targets)) as advance:
            result = Linter(settings, debug=debug).run(targets, each=keep)
    project = Project(title or _title(paths), result)
    project.pictures = mark(drawn, result.diagnostics)
    project.files = [
        FileCoverage(
            path, calls, known, count, sum(d.span.path == path for d in result.diagnostics)
        )
        for path, calls, known, count in covered
    ]
    write_output(output, render(project))
    return 0


def _title(paths: tuple[str, ...]) -> str:
    return paths[0] if len(paths) == 1 else f"{paths[0]} and {len(paths) - 1} more"
