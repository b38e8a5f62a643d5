"""The configuration: what it does, and that nothing in it is silently ignored."""

from __future__ import annotations

from pathlib import Path

import pytest

from kerashape.config import Config, ConfigError, Settings, read_config
from kerashape.diagnostic import Severity
from kerashape.rulebook import Selection


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def config(here: Path, text: str) -> Config:
    (here / "kerashape.toml").write_text(text)
    return Settings().of(here)


def test_everything(here: Path) -> None:
    found = config(
        here,
        """
        select = ["KS1", "loss-activation-mismatch"]
        ignore = ["KS103"]
        extend-select = ["KS501"]
        exclude = ["old/"]
        fail-on = "error"
        keras-version = 2
        per-file-ignores = { "tests/**" = ["KS101"], "*.ipynb" = ["KS1", "KS501"] }
        severity = { "unused-input" = "info", KS1 = "warning", KS101 = "error" }
        """,
    )
    assert found.fail_on is Severity.ERROR
    assert found.keras_version == 2
    rules = found.rules_for(here / "a.py", 3)
    assert "KS101" in rules
    assert "KS301" in rules
    assert "KS501" in rules
    assert "KS103" not in rules
    assert "KS201" not in rules
    assert "KS101" not in found.rules_for(here / "tests" / "x" / "a.py", 3)
    notebook = found.rules_for(here / "sub" / "a.ipynb", 3)
    assert "KS102" not in notebook
    assert "KS301" in notebook


def test_pyproject(here: Path) -> None:
    (here / "pyproject.toml").write_text('[tool.kerashape]\nselect = ["KS101"]\n')
    assert "KS102" not in Settings().of(here).rules_for(here / "a.py", 3)


def test_the_nearest_counts(here: Path) -> None:
    """A pyproject.toml that says nothing of kerashape is passed over."""
    (here / "pyproject.toml").write_text('[tool.kerashape]\nfail-on = "info"\n')
    (here / "a" / "b").mkdir(parents=True)
    (here / "a" / "pyproject.toml").write_text("[tool.other]\nx = 1\n")
    (here / "a" / "b" / "kerashape.toml").write_text('fail-on = "never"\n')
    settings = Settings()
    assert settings.of(here / "a").fail_on is Severity.INFO
    assert settings.of(here / "a" / "b").fail_on is None
    assert settings.of(here.parent).fail_on is Severity.WARNING


def test_kerashape_toml_goes_before_pyproject(here: Path) -> None:
    (here / "pyproject.toml").write_text('[tool.kerashape]\nfail-on = "info"\n')
    assert config(here, 'fail-on = "error"').fail_on is Severity.ERROR


def test_the_command_line_has_the_last_word(here: Path) -> None:
    (here / "kerashape.toml").write_text(
        'select = ["KS2"]\nignore = ["KS101"]\nfail-on = "info"\nkeras-version = 2'
    )
    settings = Settings(selection=Selection(select=("KS101",)), fail_on="error", keras_version="3")
    found = settings.of(here)
    rules = found.rules_for(here / "a.py", 3)
    assert "KS101" in rules
    assert "KS201" not in rules
    assert found.fail_on is Severity.ERROR
    assert settings.keras_version(here) == 3


def test_ignore_on_the_command_line_keeps_the_rest(here: Path) -> None:
    (here / "kerashape.toml").write_text('select = ["KS1"]')
    rules = Settings(selection=Selection(ignore=("KS101",))).of(here).rules_for(here / "a.py", 3)
    assert "KS101" not in rules
    assert "KS102" in rules
    assert "KS201" not in rules


BAD = {
    'selec = ["KS1"]': "kerashape.toml: unknown key 'selec'; did you mean 'select'?",
    "per_file_ignores = {}": "unknown key 'per_file_ignores'; did you mean 'per-file-ignores'?",
    "zzz = 1": "unknown key 'zzz'; known are select, ignore,",
    "select = 'KS1'": "select: must be a list of strings",
    "select = [1]": "select: must be a list of strings",
    'select = ["KS100000"]': "select: unknown rule 'KS100000'",
    'ignore = ["model-input-not-inptu"]': "ignore: unknown rule 'model-input-not-inptu'; "
    "did you mean 'model-input-not-input'?",
    'extend-select = ["E501"]': "extend-select: unknown rule 'E501'",
    "per-file-ignores = ['a.py']": "per-file-ignores: must be a table",
    "per-file-ignores = {'a.py' = 'KS101'}": "per-file-ignores: must be a list of strings",
    "per-file-ignores = {'a.py' = ['KS9999']}": "per-file-ignores: unknown rule 'KS9999'",
    "exclude = 'a'": "exclude: must be a list of strings",
    "severity = 'error'": "severity: must be a table",
    "severity = {KS101 = 'eror'}": "must be one of info, warning, error, not 'eror'; "
    "did you mean 'error'?",
    "severity = {KS9999 = 'error'}": "severity: unknown rule 'KS9999'",
    "fail-on = 'always'": "fail-on: must be one of info, warning, error, never, not 'always'",
    "fail-on = true": "fail-on: must be one of",
    "keras-version = 4": 'keras-version: must be 2, 3 or "auto", not 4',
    "keras-version = true": "keras-version: must be 2, 3",
    "keras-version = '2.15'": "keras-version: must be 2, 3",
    "keras-version = [2]": "keras-version: must be 2, 3",
    "select = [": "kerashape.toml: invalid TOML",
}


@pytest.mark.parametrize("text", BAD)
def test_what_cannot_be_used(here: Path, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        config(here, text)
    assert BAD[text] in str(caught.value)
    assert "\n" not in str(caught.value)


def test_pyproject_keys_are_named_in_full(here: Path) -> None:
    file = here / "pyproject.toml"
    file.write_text("[tool.kerashape]\nfoo = 1\n")
    with pytest.raises(ConfigError, match=r"pyproject.toml: unknown key 'tool.kerashape.foo'"):
        read_config(file)
    file.write_text("[tool]\nkerashape = 3\n")
    with pytest.raises(ConfigError, match=r"tool.kerashape must be a table"):
        read_config(file)
    file.write_bytes(b"a = '\xff'")
    with pytest.raises(ConfigError, match="not UTF-8"):
        read_config(file)


@pytest.mark.parametrize(
    "text", ["keras-version = 'auto'", "keras-version = 3", "keras-version = '3'"]
)
def test_keras_versions(here: Path, text: str) -> None:
    config(here, text)
    assert Settings().keras_version(here) == 3


def test_the_only_configuration(here: Path) -> None:
    config(here, 'fail-on = "info"')
    other = here / "other.toml"
    other.write_text('fail-on = "never"')
    assert Settings(other).of(here).fail_on is None
    with pytest.raises(ConfigError, match=r"nope.toml: cannot read the file: No such file"):
        Settings(here / "nope.toml")


def test_unknown_rules_on_the_command_line() -> None:
    with pytest.raises(ConfigError, match="unknown rule 'KS1O1'; did you mean 'KS1"):
        Settings(selection=Selection(ignore=("KS1O1",)))
