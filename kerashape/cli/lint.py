"""``kerashape lint``."""

from __future__ import annotations

from typing import Any

import click

from kerashape.cli import common
from kerashape.report import FORMATS


def _listed(
    ctx: click.Context, option: click.Parameter, values: tuple[str, ...]
) -> tuple[str, ...]:
    """Comma lists, repeatable, as one."""
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


def _outputs(
    ctx: click.Context, option: click.Parameter, values: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    """The reports to write: (format, file)."""
    found = []
    for value in values:
        name, colon, file = value.partition(":")
        if not colon or not file or name not in FORMATS:
            raise click.BadParameter(f"{value!r} is not FORMAT:FILE, of {', '.join(FORMATS)}")
        found.append((name, file))
    return tuple(found)


class _Lint(click.Command):
    """``--add-ignore`` takes its reason behind ``=`` only: what follows it is a path."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        given = [f"{arg}=" if arg == "--add-ignore" else arg for arg in args]
        return super().parse_args(ctx, given)


@click.command(cls=_Lint)
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
    "-o",
    "--output",
    "outputs",
    multiple=True,
    callback=_outputs,
    metavar="FORMAT:FILE",
    help="Write a report to a file besides; repeatable.",
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
@click.option(
    "--add-ignore",
    metavar="[=REASON]",
    help="Write suppression comments for everything that is found.",
)
@click.option("--baseline", metavar="FILE", help="Do not report what this file knows already.")
@click.option("--update-baseline", is_flag=True, help="Write everything found to the baseline.")
@click.option("--prune-baseline", is_flag=True, help="Remove from it what is found no more.")
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="The most processes to use (default: as many as there are processors).",
)
@click.option("--no-cache", is_flag=True, help="Neither use nor keep results of earlier runs.")
@click.option(
    "--cache-dir",
    envvar="KERASHAPE_CACHE_DIR",
    metavar="DIR",
    help="Where results are kept (default: .kerashape_cache beside the configuration).",
)
@click.option(
    "--verify",
    is_flag=True,
    help="Put every diagnostic to real Keras: replay the inferred models (see kerashape verify).",
)
@click.option("--watch", is_flag=True, help="Look again whenever a file is saved.")
@click.option("--exit-zero", is_flag=True, help="Exit 0 whatever is found.")
@click.option("--statistics", is_flag=True, help="Count diagnostics, and what was understood.")
@click.option("--show-unknown", is_flag=True, help="List what could not be known, and why.")
@click.option("-q", "--quiet", is_flag=True, help="Only diagnostics: no summary.")
def lint(**options: Any) -> int:
    """Report the faults in Keras programs, without running them.

    PATH is a Python file, a notebook, a folder, or '-' for standard input. RULES are codes
    (KS101), prefixes (KS1), names or ALL, with commas between them.

    Exits with 1 if anything is found at or above --fail-on, with 2 if used wrongly.
    """
    from kerashape.cli.session import Request, run

    return run(Request(**options))
