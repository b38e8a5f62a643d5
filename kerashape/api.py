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
    jobs: int | None = 1,
) -> Result:
    """Lint files and folders, as ``kerashape lint`` does.

    Every file is linted by the configuration nearest to it, with the arguments on top. Nothing
    is executed, printed or written, and neither Keras nor TensorFlow has to be installed::

        result = kerashape.lint("src", ignore=["KS5"])
        for diagnostic in result.diagnostics:
            print(diagnostic.span, diagnostic.code, diagnostic.message)
        if result.failed:
            ...

    Args:
        paths: files, folders (searched, but for what .gitignore and ``exclude`` name) and
            notebooks.
        select: only these rules: codes (``"KS101"``), their beginnings (``"KS1"``), names or
            ``"ALL"``.
        extend_select: these rules too.
        ignore: not these.
        config: this configuration file only.
        keras_version: 2 or 3; None: as the configuration says, or the project's dependencies.
        jobs: the most processes to use; None: as many as there are processors. A program that
            starts processes needs ``if __name__ == "__main__":`` on macOS and Windows.

    Returns:
        The diagnostics, sorted by place, and how much was understood. A diagnostic has a
        ``span``, a ``severity``, the ``trace`` of shapes and, where there is one, a ``fix``. A
        file that cannot be read or parsed is itself a diagnostic (KS901).

    Raises:
        ConfigError: if a configuration cannot be used, or a rule is unknown.
        NoSuchPath: if there is nothing at a path.
    """
    if isinstance(paths, (str, Path)):
        paths = [paths]
    chosen = None if select is None else tuple(select)
    settings = Settings(
        None if config is None else Path(config),
        selection=Selection(chosen, tuple(extend_select), tuple(ignore)),
        keras_version=keras_version,
    )
    return Linter(settings).run(discover(list(paths), settings), jobs=jobs)


def analyze(code: str | Path, *, path: str = "<string>", keras_version: int = 3) -> Analysis:
    """What can be inferred about a program, judging nothing: the facts that the rules read.

    ::

        analysis = kerashape.analyze(Path("model.py"))
        for fact in analysis.calls:
            print(fact.site.span, fact.call.operation.callee, fact.call.output)
        for fact in analysis.models:
            print(fact.model.name, fact.model.outputs)

    Args:
        code: the program's text, or the ``Path`` of a file or notebook.
        path: what to call a program that is given as text.
        keras_version: 2 or 3.

    Returns:
        The calls of layers, with the shapes that went in and came out; the models; the calls of
        ``compile``, ``fit`` and so on; and what could not be known, each with its reason.
        Modules of the project that the program imports are not followed.

    Raises:
        Unreadable: if the program cannot be parsed.
    """
    from kerashape.interpret import interpret

    source = Source.read(code) if isinstance(code, Path) else Source.from_text(code, path)
    return interpret(source, keras_version=keras_version)
