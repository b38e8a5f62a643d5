"""Which major version of Keras a project depends on, by its own declarations."""

from __future__ import annotations

import configparser
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kerashape.toml import BadToml, read_toml

TENSORFLOW = frozenset(
    {"tensorflow", "tensorflow-cpu", "tensorflow-gpu", "tensorflow-intel", "tensorflow-macos"}
)

# TensorFlow 2.16 is the first whose tf.keras is Keras 3.
_FIRST_WITH_KERAS_3 = {"keras": (3,)} | dict.fromkeys(TENSORFLOW, (2, 16))

Version = tuple[int, ...]


def keras_version_of(folder: Path, known: dict[Path, int] | None = None) -> int:
    """2 or 3, by the nearest declarations at or above the folder that decide it; else 3.

    A project depends on Keras 2 if what it declares rules Keras 3 out: an upper bound on
    ``keras`` or ``tensorflow``, or ``tf-keras``. What is ``known`` of folders is used, and added.
    """
    known = {} if known is None else known
    passed: list[Path] = []
    version = 3
    for directory in (folder, *folder.parents):
        if directory in known:
            version = known[directory]
            break
        passed.append(directory)
        names = _names(directory)
        answers = {_decide(name, bounds) for name, bounds in _declared(directory, names)} - {None}
        if answers:
            version = 3 if 3 in answers else 2
        if answers or ".git" in names:
            break
    known.update(dict.fromkeys(passed, version))
    return version


def _names(folder: Path) -> set[str]:
    try:
        return set(os.listdir(folder))
    except OSError:
        return set()


def declared(folder: Path) -> Iterator[tuple[str, str]]:
    """The requirements declared in a folder: the normalized name and its version bounds."""
    yield from _declared(folder, _names(folder))


def _declared(folder: Path, names: set[str]) -> Iterator[tuple[str, str]]:
    if "pyproject.toml" in names:
        try:
            yield from _pyproject(read_toml(folder / "pyproject.toml"))
        except BadToml:
            # The configuration says so, if this file is where it is looked for.
            return
    if "setup.cfg" in names:
        yield from _setup_cfg(folder / "setup.cfg")
    listed = [folder / name for name in names if _REQUIREMENTS.fullmatch(name)]
    if "requirements" in names:
        listed += sorted((folder / "requirements").glob("*.txt"))
    for file in sorted(listed):
        for line in _text(file).splitlines():
            yield from _requirement(line)


_REQUIREMENTS = re.compile(r"requirements.*\.txt")


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _pyproject(content: dict[str, Any]) -> Iterator[tuple[str, str]]:
    project = _table(content, "project")
    lists = [project.get("dependencies"), *_table(project, "optional-dependencies").values()]
    lists += _table(content, "dependency-groups").values()
    for requirements in lists:
        for item in requirements if isinstance(requirements, list) else ():
            if isinstance(item, str):
                yield from _requirement(item)
    poetry = _table(_table(content, "tool"), "poetry")
    groups = [poetry, *_table(poetry, "group").values()]
    for group in groups:
        if not isinstance(group, dict):
            continue
        for key in ("dependencies", "dev-dependencies"):
            for name, bounds in _table(group, key).items():
                version = bounds.get("version", "") if isinstance(bounds, dict) else bounds
                if isinstance(version, str):
                    # Poetry: a bare version is exact.
                    exact = re.fullmatch(r"\s*\d[\w.*]*\s*", version)
                    yield _normal(name), f"=={version.strip()}" if exact else version


def _table(content: dict[str, Any], key: str) -> dict[str, Any]:
    found = content.get(key)
    return found if isinstance(found, dict) else {}


def _setup_cfg(file: Path) -> Iterator[tuple[str, str]]:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(_text(file))
    except configparser.Error:
        return
    texts = [parser.get("options", "install_requires", fallback="")]
    if parser.has_section("options.extras_require"):
        texts += [text for _, text in parser.items("options.extras_require")]
    for text in texts:
        for line in text.splitlines():
            yield from _requirement(line)


_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*\(?([^;#@)]*)")


def _requirement(line: str) -> Iterator[tuple[str, str]]:
    match = _REQUIREMENT.match(line)
    if match:
        yield _normal(match.group(1)), match.group(2).strip()


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _decide(name: str, bounds: str) -> int | None:
    """2 if the requirement rules Keras 3 out, 3 if it rules Keras 2 out, else None."""
    if name == "tf-keras":
        return 2
    first = _FIRST_WITH_KERAS_3.get(name)
    if first is None:
        return None
    lowest, above = _limits(bounds)
    if lowest is not None and _pad(lowest) >= _pad(first):
        return 3
    return 2 if above is not None and _pad(above) <= _pad(first) else None


_BOUND = re.compile(r"(===|==|~=|<=|>=|<|>|\^|~)\s*v?(\d+(?:\.\d+)*)(\.\*)?")


def _limits(bounds: str) -> tuple[Version | None, Version | None]:
    """The lowest version allowed, and one that all allowed versions are below."""
    lowest: Version | None = None
    above: Version | None = None
    for operator, text, _ in _BOUND.findall(bounds):
        version = tuple(int(part) for part in text.split("."))
        if operator in ("==", "===", "~=", ">=", ">", "^", "~"):
            lowest = version if lowest is None else max(lowest, version, key=_pad)
        limit = {
            "<": version,
            "<=": _next(version),
            "==": _next(version),
            "===": _next(version),
            "~=": _next(version[:-1] or version),
            "~": _next(version[:2]),
            "^": _next(version[:1]),
        }.get(operator)
        if limit is not None:
            above = limit if above is None else min(above, limit, key=_pad)
    return lowest, above


def _next(version: Version) -> Version:
    return (*version[:-1], version[-1] + 1)


def _pad(version: Version) -> Version:
    return (*version, 0, 0, 0, 0)[:4]
