"""The configuration: ``[tool.kerashape]`` in pyproject.toml, or kerashape.toml.

Every file is linted by the configuration nearest to it. Nothing in it is silently
ignored: an unknown key, a wrong type or an unknown rule raises :class:`ConfigError`.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerashape.diagnostic import Severity
from kerashape.rulebook import RuleSet, Selection, UnknownRule, rulebook
from kerashape.toml import BadToml, read_toml

if TYPE_CHECKING:
    from pathspec import PathSpec

SCHEMA = Path(__file__).parent / "schemas" / "kerashape.json"
"""The JSON schema of a configuration."""

FAIL_ON = ("info", "warning", "error", "never")
KERAS_VERSIONS = ("auto", 2, 3)


class ConfigError(Exception):
    """A configuration that cannot be used; the message names the file and the key."""


@dataclass(frozen=True)
class Config:
    """What holds for some files.

    Args:
        root: the folder that patterns are relative to.
        file: where it was read, if it was.
        selections: which rules are on: the file's word, then the command line's.
        per_file_ignores: rules that are off, by pattern (as in .gitignore).
        exclude: patterns of files and folders not to look for.
        severity: of rules, by selector.
        fail_on: the lowest severity that fails the run; None: nothing does.
        keras_version: 2, 3, or None for what the project depends on.
        given: the keys that the file has.
    """

    root: Path
    file: Path | None = None
    selections: tuple[Selection, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exclude: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict)
    fail_on: Severity | None = Severity.WARNING
    keras_version: int | None = None
    given: frozenset[str] = frozenset()

    def as_written(self) -> dict[str, Any]:
        """The settings as a configuration file has them; None where there is no default."""
        selection = self.selections[0] if self.selections else Selection()
        return {
            "select": None if selection.select is None else list(selection.select),
            "extend-select": list(selection.extend_select),
            "ignore": list(selection.ignore),
            "per-file-ignores": {glob: list(off) for glob, off in self.per_file_ignores.items()},
            "exclude": list(self.exclude),
            "severity": {rule: str(severity) for rule, severity in self.severity.items()},
            "fail-on": "never" if self.fail_on is None else str(self.fail_on),
            "keras-version": "auto" if self.keras_version is None else self.keras_version,
        }

    def rules_for(self, file: Path, keras_version: int) -> RuleSet:
        """The rules that are on for a file."""
        off = self.ignored_in(file)
        rules = self._rule_sets.get(keras_version)
        if rules is None:
            rules = RuleSet.of(self.selections, self.severity, keras_version=keras_version)
            self._rule_sets[keras_version] = rules
        return rules.without(off) if off else rules

    def ignored_in(self, file: Path) -> tuple[str, ...]:
        """The selectors of ``per-file-ignores`` that apply to a file."""
        relative = _relative(file, self.root)
        return tuple(
            selector
            for spec, selectors in self._file_specs
            if spec.match_file(relative)
            for selector in selectors
        )

    def excludes(self, path: Path, *, folder: bool = False) -> bool:
        """Whether ``exclude`` names the file or folder."""
        if not self.exclude:
            return False
        relative = _relative(path, self.root)
        return self._exclude_spec.match_file(f"{relative}/" if folder else relative)

    @cached_property
    def _rule_sets(self) -> dict[int, RuleSet]:
        return {}

    @cached_property
    def _exclude_spec(self) -> PathSpec[Any]:
        return _spec(self.exclude)

    @cached_property
    def _file_specs(self) -> list[tuple[PathSpec[Any], tuple[str, ...]]]:
        return [(_spec((glob,)), rules) for glob, rules in self.per_file_ignores.items()]


def _spec(patterns: tuple[str, ...]) -> PathSpec[Any]:
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(patterns)


def _relative(path: Path, root: Path) -> str:
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return path.as_posix().lstrip("/")


class Settings:
    """The configuration of every folder, with the command line's word on top.

    Args:
        file: the only configuration to use; None: the nearest to every file.
        selection: what the command line says about rules.
        fail_on: what it says about failing (as in the file), if it does.
        keras_version: what it says about Keras, if it does.

    Raises :class:`ConfigError`.
    """

    def __init__(
        self,
        file: Path | None = None,
        *,
        selection: Selection | None = None,
        fail_on: str | None = None,
        keras_version: str | int | None = None,
    ) -> None:
        self._selection = selection
        self._fail_on = fail_on
        self._keras_version = keras_version
        self._by_folder: dict[Path, Config] = {}
        self._versions: dict[Path, int] = {}
        self._only = None if file is None else self._override(read_config(file))
        if selection is not None:
            try:
                RuleSet.of([selection])
            except UnknownRule as error:
                raise ConfigError(str(error)) from None

    def of(self, folder: Path) -> Config:
        """The configuration for the files of an absolute folder. Raises :class:`ConfigError`."""
        if self._only is not None:
            return self._only
        config = self._by_folder.get(folder)
        if config is None:
            config = self._by_folder[folder] = self._nearest(folder)
        return config

    def _nearest(self, folder: Path) -> Config:
        file = folder / "kerashape.toml"
        if file.is_file():
            return self._override(read_config(file))
        file = folder / "pyproject.toml"
        if file.is_file():
            config = read_config(file)
            if config is not None:
                return self._override(config)
        if folder.parent == folder:
            return self._override(Config(Path.cwd()))
        return self.of(folder.parent)

    def _override(self, config: Config | None) -> Config:
        if config is None:
            config = Config(Path.cwd())
        if self._selection is not None:
            config = replace(config, selections=(*config.selections, self._selection))
        if self._fail_on is not None:
            config = replace(config, fail_on=_fail_on(self._fail_on))
        if self._keras_version is not None:
            config = replace(config, keras_version=_keras_version(self._keras_version))
        return config

    def keras_version(self, folder: Path) -> int:
        """The major version of Keras for the files of an absolute folder."""
        declared = self.of(folder).keras_version
        if declared is not None:
            return declared
        if folder not in self._versions:
            from kerashape.dependencies import keras_version_of

            keras_version_of(folder, self._versions)
        return self._versions[folder]


def read_config(file: Path) -> Config | None:
    """The configuration in a file; None if a pyproject.toml has none.

    Raises :class:`ConfigError`.
    """
    try:
        content = read_toml(file)
    except BadToml as error:
        raise ConfigError(f"{_shown(file)}: {error}") from None
    root = file.absolute().parent
    if file.name != "pyproject.toml":
        return _config(content, root, file, "")
    tool = content.get("tool", {})
    if not isinstance(tool, dict) or "kerashape" not in tool:
        return None
    table = tool["kerashape"]
    if not isinstance(table, dict):
        raise ConfigError(f"{_shown(file)}: tool.kerashape must be a table")
    return _config(table, root, file, "tool.kerashape.")


def _shown(file: Path) -> str:
    try:
        return file.absolute().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return file.as_posix()


def _config(content: dict[str, Any], root: Path, file: Path, prefix: str) -> Config:
    values: dict[str, Any] = {}
    for key, value in content.items():
        if key not in _KEYS:
            close = difflib.get_close_matches(key, _KEYS, n=1, cutoff=0.5)
            hint = f"; did you mean {close[0]!r}?" if close else f"; known are {', '.join(_KEYS)}"
            raise ConfigError(f"{_shown(file)}: unknown key '{prefix}{key}'{hint}")
        try:
            values[key] = _KEYS[key](value)
        except (ValueError, UnknownRule) as error:
            raise ConfigError(f"{_shown(file)}: {prefix}{key}: {error}") from None
    selection = Selection(
        select=values.get("select"),
        extend_select=values.get("extend-select", ()),
        ignore=values.get("ignore", ()),
    )
    return Config(
        root,
        file,
        selections=(selection,),
        per_file_ignores=values.get("per-file-ignores", {}),
        exclude=values.get("exclude", ()),
        severity=values.get("severity", {}),
        fail_on=values.get("fail-on", Severity.WARNING),
        keras_version=values.get("keras-version"),
        given=frozenset(content),
    )


# -- the values of the keys: each raises ValueError or UnknownRule ------------------------------


def _strings(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError("must be a list of strings")
    return tuple(value)


def _selectors(value: object) -> tuple[str, ...]:
    selectors = _strings(value)
    for selector in selectors:
        rulebook().select(selector)
    return selectors


def _ignores(value: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise ValueError("must be a table of patterns, each with a list of rules")
    return {pattern: _selectors(rules) for pattern, rules in value.items()}


def _severities(value: object) -> dict[str, Severity]:
    if not isinstance(value, dict):
        raise ValueError("must be a table of rules, each with a severity")
    found = {}
    for selector, name in value.items():
        rulebook().select(selector)
        found[selector] = Severity[_choice(name, ("info", "warning", "error")).upper()]
    return found


def _fail_on(value: object) -> Severity | None:
    name = _choice(value, FAIL_ON)
    return None if name == "never" else Severity[name.upper()]


def _keras_version(value: object) -> int | None:
    # A boolean is an int, but no version; "2" and "3" are fine.
    version = int(value) if value in ("2", "3") else value
    if isinstance(version, bool) or version not in KERAS_VERSIONS:
        raise ValueError(f'must be 2, 3 or "auto", not {value!r}')
    return version if isinstance(version, int) else None


def _choice(value: object, choices: tuple[str, ...]) -> str:
    if not isinstance(value, str) or value not in choices:
        close = difflib.get_close_matches(value, choices, n=1) if isinstance(value, str) else []
        hint = f"; did you mean {close[0]!r}?" if close else ""
        raise ValueError(f"must be one of {', '.join(choices)}, not {value!r}{hint}")
    return value


_KEYS: dict[str, Callable[[object], Any]] = {
    "select": _selectors,
    "ignore": _selectors,
    "extend-select": _selectors,
    "per-file-ignores": _ignores,
    "exclude": _strings,
    "severity": _severities,
    "fail-on": _fail_on,
    "keras-version": _keras_version,
}
