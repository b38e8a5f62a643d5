"""Which files to lint: those named, and those found in the folders named."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathspec import PathSpec

    from kerashape.config import Settings

SUFFIXES = (".py", ".pyw", ".ipynb")

EXCLUDED = frozenset(
    {
        ".bzr", ".direnv", ".eggs", ".git", ".hg", ".hypothesis", ".ipynb_checkpoints",
        ".kerashape_cache",
        ".mypy_cache", ".nox", ".pytest_cache", ".pytype", ".ruff_cache", ".svn", ".tox",
        ".venv", "__pycache__", "__pypackages__", "build", "dist", "node_modules",
        "site-packages", "venv",
    }
)  # fmt: skip
"""Folders that are not looked into, unless they are named themselves."""


class NoSuchPath(Exception):
    """A path on the command line at which there is nothing."""


@dataclass(frozen=True, slots=True)
class Target:
    """A file to lint.

    Args:
        file: where it is, absolute.
        path: how it is displayed: relative to the working folder if it is below it.
    """

    file: Path
    path: str

    @classmethod
    def of(cls, file: Path) -> Target:
        """The target that a file is."""
        file = Path(os.path.abspath(file))
        try:
            return cls(file, file.relative_to(Path.cwd()).as_posix())
        except ValueError:
            return cls(file, file.as_posix())

    @classmethod
    def of_name(cls, name: str) -> Target:
        """The target for a program that is not on disk."""
        return cls(Path.cwd() / name, name)


def discover(paths: Sequence[str | Path], settings: Settings) -> list[Target]:
    """The files to lint, sorted, each once.

    Folders are searched, except where .gitignore, ``exclude`` or :data:`EXCLUDED` says not
    to; a file that is named itself is always taken. A folder that cannot be listed is itself
    a target, so that linting it says so. Raises :class:`NoSuchPath`.
    """
    found: dict[str, Target] = {}
    for path in map(Path, paths):
        if path.is_dir():
            files = _search(Path(os.path.abspath(path)), settings)
        elif path.exists():
            files = iter([path])
        else:
            raise NoSuchPath(f"no such file or folder: {path}")
        for file in files:
            found.setdefault(os.path.realpath(file), Target.of(file))
    return sorted(found.values(), key=lambda target: target.path)


class _Ignores:
    """The .gitignore files that hold for a folder, the nearest last."""

    def __init__(self, specs: tuple[tuple[Path, PathSpec[Any]], ...] = ()) -> None:
        self._specs = specs

    def within(self, folder: Path, name: str = ".gitignore") -> _Ignores:
        """With those of a folder added, if it has any."""
        try:
            text = (folder / name).read_text(encoding="utf-8", errors="replace")
        except OSError:
            return self
        from pathspec import GitIgnoreSpec

        spec = GitIgnoreSpec.from_lines(text.splitlines())
        return _Ignores((*self._specs, (folder, spec)))

    def ignores(self, path: Path, *, folder: bool) -> bool:
        for root, spec in reversed(self._specs):
            relative = path.relative_to(root).as_posix()
            decided: bool | None = spec.check_file(f"{relative}/" if folder else relative).include
            if decided is not None:
                return decided
        return False


def _search(top: Path, settings: Settings) -> Iterator[Path]:
    pending = [(top, _ignores_above(top))]
    while pending:
        folder, ignores = pending.pop()
        ignores = ignores.within(folder)
        config = settings.of(folder)
        try:
            with os.scandir(folder) as entries:
                listed = list(entries)
        except OSError:
            yield folder
            continue
        for entry in listed:
            path = folder / entry.name
            # Links to folders are not followed: they may lead round in a circle.
            if entry.is_dir(follow_symlinks=False):
                if not (
                    entry.name in EXCLUDED
                    or os.path.exists(path / "pyvenv.cfg")
                    or ignores.ignores(path, folder=True)
                    or config.excludes(path, folder=True)
                ):
                    pending.append((path, ignores))
            elif (
                entry.name.endswith(SUFFIXES)
                and entry.is_file()
                and not ignores.ignores(path, folder=False)
                and not config.excludes(path)
            ):
                yield path


def _ignores_above(top: Path) -> _Ignores:
    """The .gitignore files of the repository's folders above one that is searched.

    A folder is searched although they ignore it, if it is named itself.
    """
    above = [top, *top.parents]
    root = next((i for i, folder in enumerate(above) if (folder / ".git").exists()), 0)
    ignores = _Ignores()
    if (above[root] / ".git").exists():
        ignores = ignores.within(above[root], ".git/info/exclude")
    for folder in reversed(above[1 : root + 1]):
        ignores = ignores.within(folder)
    return _Ignores() if root and ignores.ignores(top, folder=True) else ignores
