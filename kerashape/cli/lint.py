"""``kerashape lint``."""

from __future__ import annotations

import click

from kerashape.cli import common
from kerashape.report import FORMATS


def _listed(
    ctx: click.Context, option: click.Parameter, values: tuple[str, ...]
) -> tuple[str, ...]:
    """Comma lists, repeatable, as one."""
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


@click.command()
@common.options
@click.option(
    "--format",
    "format_",
    type=click.Choice(list(FORMATS)),
    default="text",
    show_default=True,
    help="How to report.",
)
@click.option(
    "--select", multiple=True, callback=_listed, metavar="RULES", help="Only these rules."
)
@click.option(
    "--extend-select", multiple=True, callback=_listed, metavar="RULES", help="These too."
)
@click.option("--ignore", multiple=True, callback=_listed, metavar="RULES", help="Not these.")
@click.option(
    "--fail-on",
    type=click.Choice(["info", "warning", "error", "never"]),
    help="The lowest severity that makes the exit status 1 (default: warning).",
)
@click.option("--fix", is_flag=True, help="Repair what can be repaired safely.")
@click.option("--unsafe-fixes", is_flag=True, help="Repairs that may change the meaning too.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@click.option("--exit-zero", is_flag=True, help="Exit 0 whatever is found.")
@click.option("--statistics", is_flag=True, help="Count diagnostics, and what was understood.")
@click.option("--show-unknown", is_flag=True, help="List what could not be known, and why.")
@click.option("-q", "--quiet", is_flag=True, help="Only diagnostics: no summary.")
def lint(
    paths: tuple[str, ...],
    config: str | None,
    keras_version: str | None,
    stdin_filename: str | None,
    color: str,
    debug: bool,
    format_: str,
    select: tuple[str, ...],
    extend_select: tuple[str, ...],
    ignore: tuple[str, ...],
    fail_on: str | None,
    fix: bool,
    unsafe_fixes: bool,
    diff: bool,
    exit_zero: bool,
    statistics: bool,
    show_unknown: bool,
    quiet: bool,
) -> int:
    """Report the faults in Keras programs, without running them.

    PATH is a Python file, a notebook, a folder, or '-' for standard input. RULES are codes
    (KS101), prefixes (KS1), names or ALL, with commas between them.

    Exits with 1 if anything is found at or above --fail-on, with 2 if used wrongly.
    """
    from kerashape.linter import Linter
    from kerashape.report import render
    from kerashape.rulebook import Selection

    selection = None
    if select or extend_select or ignore:
        selection = Selection(select or None, extend_select, ignore)
    settings = common.settings(config, keras_version, selection=selection, fail_on=fail_on)
    style = common.style(color, quiet=quiet, statistics=statistics, show_unknown=show_unknown)
    with common.usage_errors():
        targets = common.targets(paths, stdin_filename, settings)
        if fix or unsafe_fixes or diff:
            from kerashape.cli import fixing

            fixing_ = fixing.Fixing(unsafe=unsafe_fixes, diff=diff, debug=debug)
            return fixing_.run(settings, targets, format_, style, exit_zero=exit_zero)
        with common.progress(len(targets)) as advance:
            result = Linter(settings, debug=debug).run(
                targets, gaps=show_unknown, each=lambda *_: advance()
            )
    common.write(render(format_, result, style))
    return int(result.failed and not exit_zero)
