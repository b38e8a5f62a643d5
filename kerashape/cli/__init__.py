"""The command line: a module a verb, loaded when it is used."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

import click

from kerashape import __version__

USED_WRONGLY = 2
INTERRUPTED = 130

VERBS = {
    "lint": "kerashape.cli.lint:lint",
    "shapes": "kerashape.cli.shapes:shapes",
    "summary": "kerashape.cli.summary:summary",
    "graph": "kerashape.cli.graph:graph",
    "report": "kerashape.cli.report:report",
    "verify": "kerashape.cli.verify:verify",
    "rule": "kerashape.cli.rule:rule",
    "config": "kerashape.cli.config:config",
    "completion": "kerashape.cli.completion:completion",
}
ALIASES = {"explain": "rule"}


class Verbs(click.Group):
    """Commands that are imported only when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = VERBS.get(ALIASES.get(cmd_name, cmd_name))
        if place is None:
            return None
        module, _, name = place.partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            import difflib

            close = difflib.get_close_matches(args[0], [*VERBS, *ALIASES], n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(VERBS)}"
            raise click.UsageError(f"no such command {args[0]!r}; {hint}")
        return super().resolve_command(ctx, args)


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kerashape", message="%(prog)s %(version)s")
def cli() -> None:
    """Find the shape errors in Keras model code, without running it."""


def run(arguments: Sequence[str]) -> int:
    """Run a command; the exit status. What was used wrongly is said in one line."""
    try:
        status = cli.main(list(arguments), prog_name="kerashape", standalone_mode=False)
        return status if isinstance(status, int) else 0
    except click.exceptions.NoArgsIsHelpError as wanted:
        click.echo(wanted.format_message())
        return USED_WRONGLY
    except click.ClickException as error:
        message = " ".join(error.format_message().split())
        print(f"error: {message[:1].lower()}{message[1:]}", file=sys.stderr)
        return USED_WRONGLY
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
