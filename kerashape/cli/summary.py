"""``kerashape summary``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from kerashape.cli import common, models

if TYPE_CHECKING:
    from kerashape.keras.summary import Summary
    from kerashape.report import Style
    from kerashape.report.models import ProgramModel


@click.command()
@models.argument
@common.reading
@click.option(
    "--format",
    "format_",
    type=click.Choice(["table", "markdown", "json"]),
    default="table",
    show_default=True,
    help="How to print.",
)
@click.option("--expand-nested", is_flag=True, help="List the layers of nested models, too.")
@click.option("--show-trainable", is_flag=True, help="Say which layers are trained.")
def summary(
    paths: tuple[str, ...],
    config: str | None,
    keras_version: str | None,
    stdin_filename: str | None,
    color: str,
    debug: bool,
    format_: str,
    expand_nested: bool,
    show_trainable: bool,
) -> int:
    """Print what model.summary() would, for every model, without running the program.

    PATH is a Python file, a notebook, a folder, or '-' for standard input. NAME chooses a model
    by the variable that holds it, by its own name, or by the function that makes it.
    """
    from kerashape.keras.summary import Summary
    from kerashape.report import model_summary

    settings = common.settings(config, keras_version)
    found, _ = models.find(paths, stdin_filename, settings, debug=debug)
    summaries = [(each, Summary(each.model, expand_nested=expand_nested)) for each in found]
    if format_ == "json":
        common.write([model_summary.json(summaries)])
    elif format_ == "markdown":
        for index, (_, one) in enumerate(summaries):
            common.write(["\n"] if index else [])
            common.write(model_summary.markdown(one, show_trainable=show_trainable))
    else:
        common.write(_tables(summaries, common.style(color), show_trainable))
    return 0


def _tables(
    summaries: list[tuple[ProgramModel, Summary]], style: Style, show_trainable: bool
) -> Iterator[str]:
    from kerashape.report import model_summary

    for index, (found, summary) in enumerate(summaries):
        if len(summaries) > 1:
            yield ("\n" if index else "") + f"{found.site.span} {found.title}\n"
        yield model_summary.table(summary, style, show_trainable=show_trainable)
