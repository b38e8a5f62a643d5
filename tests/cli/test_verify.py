"""``kerashape verify``: what can be said without Keras, and the whole with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kerashape.cli import run
from kerashape.dynamic import devices

MODEL = """\
import keras
x = keras.Input((3,))
h = keras.layers.Dense(4)(x)
classifier = keras.Model(x, h)
y = keras.layers.Dense(5)(keras.Input((7,)))
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("model.py").write_text(MODEL)
    return "model.py"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--device", "gpu"], "this machine has no GPU"),
        (["--device", "tpu"], "no such device 'tpu'"),
        (["--dim", "n"], "'n' is not NAME=SIZE"),
        (["--dim", "n=0"], "is not NAME=SIZE"),
        (["--backend", "torch"], "torch is not installed: pip install torch"),
    ],
)
def test_what_cannot_run_is_said_in_a_line(
    program: str,
    options: list[str],
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(devices, "cards", list)
    monkeypatch.setattr(devices, "installed", lambda module: module != "torch")
    assert run(["verify", program, *options]) == 2
    assert words in capsys.readouterr().err.splitlines()[-1]


def test_a_missing_model_is_an_error_of_use(
    program: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["verify", f"{program}:classifer"]) == 2
    assert "did you mean 'classifier'?" in capsys.readouterr().err


@pytest.mark.keras
def test_replay_and_run_as_json(program: str, capsys: pytest.CaptureFixture[str]) -> None:
    for mode in ([], ["--run"]):
        assert run(["verify", program, "--format", "json", "--device", "cpu", *mode]) == 0
        told = capsys.readouterr()
        assert ("executes the programs themselves" in told.err) == bool(mode)
        [found] = json.loads(told.out)["programs"]
        assert found["mode"] == ("run" if mode else "replay")
        assert [c["verdict"] for c in found["calls"]] == ["confirmed", "confirmed"]
        assert [c["actual"] for c in found["calls"]] == [[None, 4], [None, 5]]
        assert [(c["verdict"], c["actual"]) for c in found["params"]] == [("confirmed", 16)]


@pytest.mark.keras
def test_a_name_leaves_only_what_belongs_to_that_model(
    program: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["verify", f"{program}:classifier", "--format", "json", "--device", "cpu"]) == 0
    [found] = json.loads(capsys.readouterr().out)["programs"]
    assert [c["line"] for c in found["calls"]] == [3]


@pytest.mark.keras
def test_lint_carries_the_verdict_in_its_formats(
    program: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(program).write_text(MODEL + "z = keras.layers.Conv2D(3, 3)(x)\n")
    assert run(["lint", "--verify", "--no-cache", "--format", "json", program]) == 1
    [diagnostic] = json.loads(capsys.readouterr().out)["diagnostics"]
    assert diagnostic["verified"]["verdict"] == "confirmed"
    assert "expected min_ndim=4" in diagnostic["verified"]["exception"]
    assert run(["lint", "--verify", "--no-cache", "--format", "sarif", program]) == 1
    [result] = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    assert result["properties"]["verified"] == "confirmed"
