"""``kerashape graph``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kerashape.cli import common, models
from kerashape.cli.output import write_output

if TYPE_CHECKING:
    from kerashape.picture.model import Picture

FORMATS = {
    "svg": (".svg",),
    "html": (".html", ".htm"),
    "dot": (".dot", ".gv"),
    "mermaid": (".mermaid", ".mmd"),
    "png": (".png",),
}
"""The formats and the ends of file names that mean them."""


@click.command()
@models.argument
@common.reading
@click.option(
    "-o", "--output", required=True, metavar="FILE", help="Where to; '-' is standard output."
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(list(FORMATS)),
    help="The format (default: as the name of FILE says).",
)
@click.option(
    "--expand-nested/--no-expand-nested",
    default=None,
    help="Draw the layers of nested models, or not (default: where they are few).",
)
def graph(
    paths: tuple[str, ...],
    config: str | None,
    keras_version: str | None,
    stdin_filename: str | None,
    color: str,
    debug: bool,
    output: str,
    format_: str | None,
    expand_nested: bool | None,
) -> int:
    """Draw a model with its shapes, and its faults in red, without running the program.

    PATH is a Python file, a notebook, a folder, or '-' for standard input. NAME chooses a model
    by the variable that holds it, by its own name, or by the function that makes it. All models
    go into one HTML page; for the other formats choose one, else a faulty or the last one is drawn.
    """
    from kerashape.picture.build import picture_of
    from kerashape.picture.marking import mark, places_of

    chosen = format_ or _format_of(output)
    settings = common.settings(config, keras_version)
    found, result = models.find(paths, stdin_filename, settings, debug=debug, drafts=True)
    drawn = [picture_of(m, result.listings, expand_nested=expand_nested) for m in found]
    pictures = mark([(p, places_of(p, m)) for p, m in zip(drawn, found)], result.diagnostics)
    if chosen != "html" and len(pictures) > 1:
        pictures = [_one_of(pictures)]
    write_output(output, _drawn(chosen, pictures))
    return 0


def _one_of(pictures: list[Picture]) -> Picture:
    """The first that has an error, else the last; said on standard error."""
    faulty = [p for p in pictures if any(mark.is_error for mark in p.faults)]
    chosen = faulty[0] if faulty else pictures[-1]
    others = ", ".join(dict.fromkeys(p.title for p in pictures if p is not chosen))
    click.echo(f"drawing {chosen.title}; there are also: {others}", err=True)
    return chosen


def _format_of(output: str) -> str:
    suffix = Path(output).suffix.lower()
    for name, suffixes in FORMATS.items():
        if suffix in suffixes:
            return name
    if output == common.STDIN:
        raise common.UsageError("say which format: --format svg, html, dot, mermaid or png")
    known = ", ".join(suffixes[0] for suffixes in FORMATS.values())
    raise common.UsageError(f"no format ends in {suffix or 'nothing'!r}; known are {known}")


def _drawn(chosen: str, pictures: list[Picture]) -> str | bytes:
    from kerashape.picture.layout import NoLayout
    from kerashape.picture.png import NoRaster

    try:
        if chosen == "html":
            from kerashape.picture.page import graph_page

            return graph_page(pictures)
        [picture] = pictures
        if chosen == "png":
            from kerashape.picture.png import png

            return png(picture)
        if chosen == "svg":
            from kerashape.picture.svg import svg

            return svg(picture)
        if chosen == "dot":
            from kerashape.picture.dot import dot

            return dot(picture)
        from kerashape.picture.mermaid import mermaid

        return mermaid(picture)
    except (NoLayout, NoRaster) as missing:
        raise common.UsageError(str(missing)) from None
