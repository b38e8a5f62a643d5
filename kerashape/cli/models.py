"""``PATH[:NAME]``: the models that a verb is asked for."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kerashape.cli import common

if TYPE_CHECKING:
    from kerashape.config import Settings
    from kerashape.files import Target
    from kerashape.linter import Examined, Result
    from kerashape.report.models import ProgramModel

_SHOWN = 8


def split(argument: str) -> tuple[str, str | None]:
    """``PATH[:NAME]`` as a path and a name."""
    path, colon, name = argument.rpartition(":")
    if not colon or not name.strip() or Path(argument).exists() or not name.isprintable():
        return argument, None
    if len(path) == 1 and path.isalpha() and ("\\" in name or "/" in name):
        return argument, None  # a drive
    return path, name


def find(
    arguments: Sequence[str],
    stdin_filename: str | None,
    settings: Settings,
    *,
    debug: bool,
    drafts: bool = False,
) -> tuple[list[ProgramModel], Result]:
    """The models that are asked for, and what the linter says of the files.

    With ``drafts`` also those that Keras refuses to make.

    Raises ``UsageError`` where a path, or a model of that name, does not exist.
    """
    from kerashape.linter import Linter

    wanted: dict[str, list[str | None]] = {}
    for argument in arguments:
        path, name = split(argument)
        wanted.setdefault(path, []).append(name)
    found: list[ProgramModel] = []
    result: Result | None = None
    for path, names in wanted.items():
        models: list[ProgramModel] = []
        with common.usage_errors():
            targets = common.targets([path], stdin_filename, settings)
            with common.progress(len(targets)) as advance:
                outcome = Linter(settings, debug=debug).run(
                    targets, each=_keeper(models, advance, drafts)
                )
        _refuse_unreadable(outcome)
        if result is None:
            result = outcome
        else:
            result.diagnostics += outcome.diagnostics
        found += _chosen(path, models, names)
    assert result is not None
    return found, result


def _keeper(
    models: list[ProgramModel], advance: Callable[[], None], drafts: bool
) -> Callable[[Target, Examined], None]:
    """Collects the models of each file."""
    from kerashape.report.models import models_of

    def keep(target: Target, examined: Examined) -> None:
        if examined.analysis is not None:
            models.extend(models_of(target.path, examined.analysis, drafts=drafts))
        advance()

    return keep


def _chosen(
    path: str, models: Sequence[ProgramModel], names: Sequence[str | None]
) -> list[ProgramModel]:
    from kerashape.report.models import all_names, named

    if None in names:
        if not models:
            raise common.UsageError(f"no model is made in {path}")
        return list(models)
    chosen: list[ProgramModel] = []
    for name in filter(None, names):
        found = named(models, name)
        if not found:
            known = all_names(models)
            close = difflib.get_close_matches(name, known, n=1)
            listed = ", ".join(known[:_SHOWN]) + (", ..." if len(known) > _SHOWN else "")
            hint = f"did you mean {close[0]!r}?" if close else f"known are {listed}"
            raise common.UsageError(
                f"no model {name!r} in {path}; {hint if known else 'no model is made there'}"
            )
        chosen += [model for model in found if model not in chosen]
    return chosen


def _refuse_unreadable(result: Result) -> None:
    """A single file that cannot be parsed has no models to speak of."""
    from kerashape.linter import UNREADABLE

    if result.files == 1:
        for diagnostic in result.diagnostics:
            if diagnostic.code == UNREADABLE:
                raise common.UsageError(f"{diagnostic.span}: {diagnostic.message}")


argument = click.argument("paths", nargs=-1, required=True, metavar="PATH[:NAME]...")
