"""``kerashape config``, the configuration's JSON schema, ``kerashape completion``."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kerashape.__main__ import main
from kerashape.config import _KEYS, FAIL_ON, KERAS_VERSIONS, SCHEMA, ConfigError, read_config
from tests.programs import ROOT

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_what_holds_and_where_it_comes_from(here: Path, capsys: Captured) -> None:
    (here / "pyproject.toml").write_text(
        '[project]\ndependencies = ["keras<3"]\n[tool.kerashape]\nignore = ["KS1"]\n'
        'severity = { KS201 = "info" }\nfail-on = "never"\nper-file-ignores = { "b.py" = ["KS2"] }\n'
    )
    (here / "b.py").touch()
    assert main(["config", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    file = str(here / "pyproject.toml")
    assert found["file"] == file
    assert found["settings"]["ignore"] == {"value": ["KS1"], "from": file}
    assert found["settings"]["fail-on"] == {"value": "never", "from": file}
    assert found["settings"]["exclude"] == {"value": [], "from": "default"}
    assert found["keras"] == 2
    assert "KS201" in found["rules"]
    assert not any(code.startswith("KS1") for code in found["rules"])
    assert set(found["settings"]) == set(_KEYS)
    main(["config", "b.py", "--format", "json"])
    assert "KS201" not in json.loads(capsys.readouterr().out)["rules"]
    main(["config"])
    assert f'fail-on          = "never"  # {file}' in capsys.readouterr().out


def test_without_a_configuration(here: Path, capsys: Captured) -> None:
    assert main(["config"]) == 0
    assert "none; these are the defaults" in capsys.readouterr().out
    assert main(["config", "nowhere"]) == 2
    (here / "kerashape.toml").write_text("x = 1")
    assert main(["config"]) == 2


def test_what_is_printed_can_be_written_to_a_file(here: Path, capsys: Captured) -> None:
    (here / "kerashape.toml").write_text('select = ["KS2"]\nkeras-version = 2\nexclude = ["x/"]\n')
    main(["config", "--format", "json"])
    first = json.loads(capsys.readouterr().out)
    written = {k: s["value"] for k, s in first["settings"].items() if s["value"] is not None}
    lines = [f"{key} = {json.dumps(value)}" for key, value in written.items() if value != {}]
    (here / "kerashape.toml").write_text("\n".join(lines))
    main(["config", "--format", "json"])
    again = json.loads(capsys.readouterr().out)
    assert again["rules"] == first["rules"]
    assert {k: s["value"] for k, s in again["settings"].items()} == {
        k: s["value"] for k, s in first["settings"].items()
    }


# -- the schema -------------------------------------------------------------------------------------


def schema() -> dict[str, Any]:
    found = json.loads(SCHEMA.read_text())
    assert isinstance(found, dict)
    return found


def test_the_schema_has_the_keys_and_choices_of_the_code() -> None:
    properties = schema()["properties"]
    assert list(properties) == list(_KEYS)
    assert all(entry["description"] for entry in properties.values())
    assert tuple(properties["fail-on"]["enum"]) == FAIL_ON
    assert set(properties["keras-version"]["enum"]) >= set(KERAS_VERSIONS)


VALUES: list[object] = [
    "ALL", "KS1", "KS101", "warning", "never", "auto", "2", 2, 3, 4, 2.5, True, None, [], {},
    ["KS1"], ["ALL", "unused-input", "ks101"], ["a.py"], [1], ["KS1", 1], {"a": ["KS1"]},
    {"a": "KS1"}, {"KS1": "info"}, {"KS1": "fatal"}, {"unused-input": "error"}, {"a": [1]},
]  # fmt: skip


def _toml(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, dict):
        inner = ", ".join(f"{json.dumps(k)} = {_toml(v)}" for k, v in value.items())
        return "{ " + inner + " }"
    return json.dumps(value)


@pytest.mark.parametrize("key", _KEYS)
def test_the_schema_accepts_what_the_code_accepts(key: str, here: Path) -> None:
    """But for whether a rule exists, which only the code knows."""
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft7Validator(schema())
    accepted = 0
    for value in VALUES:
        text = _toml(value)
        if text is None:
            continue
        (here / "kerashape.toml").write_text(f"{key} = {text}\n")
        error = _error(here)
        if error is not None and "unknown rule" in str(error):
            continue
        assert validator.is_valid({key: value}) == (error is None), (key, value)
        accepted += error is None
    assert accepted


def _error(here: Path) -> ConfigError | None:
    try:
        read_config(here / "kerashape.toml")
    except ConfigError as error:
        return error
    return None


def test_the_schema_refuses_other_keys_and_is_one() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.Draft7Validator.check_schema(schema())
    assert not jsonschema.Draft7Validator(schema()).is_valid({"selct": []})


def test_the_schema_is_printed_and_shipped(capsys: Captured) -> None:
    assert main(["config", "--schema"]) == 0
    assert json.loads(capsys.readouterr().out) == schema()
    assert SCHEMA.is_relative_to(ROOT / "kerashape")


# -- completion ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_can_read_the_script(shell: str, tmp_path: Path, capsys: Captured) -> None:
    assert main(["completion", shell]) == 0
    script = tmp_path / "script"
    script.write_text(capsys.readouterr().out)
    assert "_KERASHAPE_COMPLETE" in script.read_text()
    found = shutil.which(shell)
    if found is not None:
        subprocess.run([found, "-n", str(script)], check=True)


def test_what_is_completed() -> None:
    environment = {
        "_KERASHAPE_COMPLETE": "bash_complete",
        "COMP_WORDS": "kerashape lint --form",
        "COMP_CWORD": "2",
    }
    done = subprocess.run(
        [sys.executable, "-m", "kerashape"],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.stdout.splitlines() == ["plain,--format"]


def test_an_unknown_shell(capsys: Captured) -> None:
    assert main(["completion", "csh"]) == 2
