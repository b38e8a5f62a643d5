"""kerashape from Python: what the command line does, without its output."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from kerashape.config import Settings
from kerashape.files import discover
from kerashape.linter import Linter, Result
from kerashape.rulebook import Selection
from kerashape.source import Source

if TYPE_CHECKING:
    from kerashape.analysis import Analysis


def lint(
    paths: str | Path | Iterable[str | Path],
    *,
    select: Iterable[str] | None = None,
    extend_select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    config: str | Path | None = None,
    keras_version: int | None = None,
) -> Result:
    """Lint files and folders.

    The parameters are those of ``kerashape lint``. Raises ``ConfigError`` and ``NoSuchPath``.
    """
    if isinstance(paths, (str, Path)):
        paths = [paths]
    chosen = None if select is None else tuple(select)
    settings = Settings(
        None if config is None else Path(config),
        selection=Selection(chosen, tuple(extend_select), tuple(ignore)),
        keras_version=keras_version,
    )
    return Linter(settings).run(discover(list(paths), settings))


def analyze(code: str | Path, *, path: str = "<string>", keras_version: int = 3) -> Analysis:
    """What can be inferred about a program: its text, or the file at a ``Path``.

    Raises ``Unreadable`` when it cannot be parsed.
    """
    from kerashape.interpret import interpret

    source = Source.read(code) if isinstance(code, Path) else Source.from_text(code, path)
    return interpret(source, keras_version=keras_version)
