"""``kerashape shapes``: what was inferred, as a table and as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kerashape.__main__ import main
from kerashape.report.facts import shape_json
from kerashape.report.json import dump
from kerashape.shapes import Shape, Symbol, unknown_dim

PROGRAM = """\
import keras

a = keras.Input((4,), name="a")
x = keras.layers.Dense(8, name="d")(a)
y, h, c = keras.layers.LSTM(
    5,
    return_state=True,
)(keras.Input((3, 2)))
model = keras.Model(a, x, name="m")
"""

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shapes(capsys: Captured, *arguments: str) -> Any:
    assert main(["shapes", *arguments, "--format", "json"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return json.loads(captured.out)


def test_json(here: Path, capsys: Captured) -> None:
    (here / "a.py").write_text(PROGRAM)
    assert shapes(capsys, "a.py") == {
        "version": 1,
        "files": [
            {
                "path": "a.py",
                "calls": [
                    {
                        "line": 4,
                        "column": 5,
                        "end_line": 4,
                        "end_column": 39,
                        "callee": "keras.layers.Dense",
                        "name": "d",
                        "inputs": [[None, 4]],
                        "output": [None, 8],
                        "status": "known",
                    },
                    {
                        "line": 5,
                        "column": 11,
                        "end_line": 8,
                        "end_column": 23,
                        "callee": "keras.layers.LSTM",
                        "name": "lstm",
                        "inputs": [[None, 3, 2]],
                        "output": [[None, 5], [None, 5], [None, 5]],
                        "status": "known",
                    },
                ],
                "models": [
                    {
                        "line": 9,
                        "column": 9,
                        "end_line": 9,
                        "end_column": 36,
                        "class": "Functional",
                        "name": "m",
                        "inputs": [[None, 4]],
                        "outputs": [[None, 8]],
                        "params": 40,
                    }
                ],
                "coverage": {"known": 2, "calls": 2},
                "unknowns": [],
                "diagnostics": [],
            }
        ],
    }


def test_a_fault_and_an_unknown(here: Path, capsys: Captured) -> None:
    (here / "a.py").write_text(
        "import keras\nfrom elsewhere import size, layer\n"
        "a = keras.layers.Dense(size)(keras.Input((4,)))\n"
        "b = keras.layers.Conv2D(8, 3)(keras.Input((4,)))\n"
    )
    (file,) = shapes(capsys, "a.py")["files"]
    first, second = file["calls"]
    assert first["output"] == [None, "?"]
    assert first["status"] == "partial"
    assert second["status"] == "error"
    assert second["output"] is None
    assert [d["code"] for d in file["diagnostics"]] == ["KS201"]


def test_notebooks_and_files_without_keras(here: Path, capsys: Captured) -> None:
    cells = [
        {"cell_type": "code", "source": "import keras\na = keras.Input((4,))"},
        {"cell_type": "code", "source": "%time\nx = keras.layers.Dense(8)(a)"},
    ]
    (here / "a.ipynb").write_text(json.dumps({"cells": cells}))
    (here / "b.py").write_text("x = 1\n")
    (here / "c.py").write_text("import keras\nx = (\n")
    first, second, third = shapes(capsys, ".")["files"]
    assert (first["calls"][0]["cell"], first["calls"][0]["line"]) == (2, 2)
    empty = {"calls": [], "models": [], "coverage": {"known": 0, "calls": 0}, "unknowns": []}
    assert second == {"path": "b.py", **empty, "diagnostics": []}
    assert third["diagnostics"][0]["code"] == "KS901"


def test_the_table(here: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    (here / "a.py").write_text(PROGRAM)
    (here / "c.py").write_text("import keras\nx = (\n")
    assert main(["shapes", "."]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    table = "\n".join(lines)
    for words in (
        '4   keras.layers.Dense(8, name="d")(a)',
        "(None, 4)   (None, 8)",
        "Functional m",
        "2 calls, 2 shapes known",
        "c.py:2:5: invalid syntax",
    ):
        assert words in table


def test_long_calls_give_way_to_shapes(
    here: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    (here / "a.py").write_text(
        "import keras\nx = keras.Input((1500, 1500, 300))\n"
        "x = keras.layers.Conv2D(8, 3, padding='same', activation='relu', name='[b]')(x)\n"
    )
    assert main(["shapes", "a.py"]) == 0
    out = capsys.readouterr().out
    assert "(None, 1500, 1500, 300)   (None, 1500, 1500, 8)" in out
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        (Shape((None, 5)), [None, 5]),
        (Shape(()), []),
        (Shape.unknown(), None),
        (Shape((10,), open=True), None),
        (Shape((None, unknown_dim(), Symbol.named("n"), 3)), [None, "?", "?", 3]),
    ],
)
def test_shapes_as_json(shape: Shape, value: object) -> None:
    assert shape_json(shape) == value


def test_shapes_stand_in_one_line() -> None:
    value = {"a": [1, None, "?"], "b": [[1, 2], []], "c": ["[\n 1,\n 2 ]", "x, y"], "d": [{}]}
    text = dump(value)
    assert json.loads(text) == value
    assert '"a": [1, null, "?"]' in text
    assert "\n    [1, 2]" in text


def test_statistics(here: Path, capsys: Captured) -> None:
    program = PROGRAM + "n = keras.Sequential([keras.layers.Dense(unknown)])\n"
    (here / "a.py").write_text(program)
    assert main(["shapes", "--statistics", "a.py"]) == 0
    shown = capsys.readouterr().out
    assert "2 of 2 layer calls with a known output shape (100.0%)" in shown
    assert "1 of 2 models with known inputs and outputs (50.0%)" in shown
