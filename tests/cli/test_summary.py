"""``kerashape summary``: which models, in which form, and what is said when there is none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kerashape.__main__ import main

PROGRAM = """\
import keras
from keras import layers

def build_encoder(width=8):
    entry = keras.Input((4,), name="entry")
    return keras.Model(entry, layers.Dense(width, name="code")(entry), name="encoder")

coder = build_encoder()
a = keras.Input((4,), name="a")
b = layers.Dense(8)(a)
joined = layers.Add()([coder(a), b])
model = keras.Model(a, joined, name="whole")
stack = keras.Sequential([layers.Dense(3), layers.Dropout(0.5)])
"""

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    (tmp_path / "a.py").write_text(PROGRAM)
    return tmp_path


def run(capsys: Captured, *arguments: str) -> str:
    assert main(["summary", *arguments]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


def models(capsys: Captured, *arguments: str) -> list[dict[str, Any]]:
    found = json.loads(run(capsys, *arguments, "--format", "json"))
    assert found["version"] == 1
    listed: list[dict[str, Any]] = found["models"]
    return listed


def test_every_model_of_a_program(capsys: Captured) -> None:
    assert [(m["name"], m["names"], m["line"]) for m in models(capsys, "a.py")] == [
        ("encoder", ["coder"], 6),
        ("whole", ["model"], 12),
        ("sequential", ["stack"], 13),
    ]


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("coder", "encoder"),  # a variable
        ("whole", "whole"),  # the model's own name
        ("build_encoder", "encoder"),  # the function that makes it
        ("Sequential", "sequential"),  # the class
    ],
)
def test_a_model_by_name(capsys: Captured, name: str, model: str) -> None:
    assert [m["name"] for m in models(capsys, f"a.py:{name}")] == [model]


def test_json_says_what_is_connected_to_what(capsys: Captured) -> None:
    [model] = models(capsys, "a.py:model")
    last = model["layers"][-1]
    assert last["class"] == "Add"
    assert last["output"] == [None, 8]
    assert last["connected_to"] == [
        {"layer": "encoder", "node": 0, "tensor": 0},
        {"layer": "dense", "node": 0, "tensor": 0},
    ]
    assert model["params"] == {
        "total": 80,
        "trainable": 80,
        "non_trainable": 0,
        "bytes": 320.0,
    }


def test_what_is_not_built_has_no_shape(capsys: Captured) -> None:
    [model] = models(capsys, "a.py:stack")
    dense, dropout = model["layers"]
    assert (dense["built"], dense["output"], dense["params"]) == (False, None, 0)
    assert (dropout["built"], dropout["output"], dropout["params"]) == (True, None, 0)


def test_the_table(capsys: Captured) -> None:
    table = run(capsys, "a.py:model", "--expand-nested", "--show-trainable")
    assert table.startswith('Model: "whole"\n┏')
    assert "   └ code (Dense)" in table
    assert "encoder[0][0]" in table
    assert " Total params: 80 (320.00 B)\n" in table


def test_several_tables_say_whose_they_are(capsys: Captured) -> None:
    table = run(capsys, "a.py")
    assert "a.py:6:12 coder\n" in table
    assert "\na.py:12:9 model\n" in table


def test_markdown(capsys: Captured) -> None:
    text = run(capsys, "a.py:model", "--format", "markdown")
    assert text.startswith("### Model: `whole`\n\n| Layer (type) | Output Shape | Param # |")
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len({row.count("|") for row in rows}) == 1
    assert "| `add` (Add) | `(None, 8)` | 0 | `encoder[0][0]`, `dense[0][0]` |" in rows


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ("b.py", "no such file"),
        ("a.py:modle", "no model 'modle' in a.py; did you mean 'model'?"),
        ("a.py:zzzzzz", "no model 'zzzzzz' in a.py; known are coder, encoder, build_encoder"),
        ("empty.py", "no model is made in empty.py"),
        ("empty.py:model", "no model 'model' in empty.py; no model is made there"),
        ("broken.py", "broken.py:2:7: invalid syntax"),
    ],
)
def test_what_is_not_there(here: Path, capsys: Captured, argument: str, words: str) -> None:
    (here / "empty.py").write_text("import keras\n")
    (here / "broken.py").write_text("import keras\ndef f(:\n")
    assert main(["summary", argument]) == 2
    assert words.lower() in capsys.readouterr().err.lower()


def test_a_path_may_hold_a_colon(here: Path, capsys: Captured) -> None:
    (here / "x:y.py").write_text(PROGRAM)
    assert [m["name"] for m in models(capsys, "x:y.py:model")] == ["whole"]
    assert len(models(capsys, "x:y.py")) == 3


def test_what_is_unknown_is_a_question_mark(here: Path, capsys: Captured) -> None:
    (here / "u.py").write_text(
        "import keras\nfrom elsewhere import width, block\n"
        "i = keras.Input((4,))\nx = keras.layers.Dense(width)(i)\n"
        "model = keras.Model(i, keras.layers.Dense(2)(x))\n"
        "lost = keras.Model(i, block(x))\n"
    )
    table = run(capsys, "u.py:model")
    assert "(None, ?)" in table
    assert " Total params: ? (?)\n" in table
    assert "Not all of it is known" in run(capsys, "u.py:lost")


def test_a_model_in_a_function_that_nobody_calls(here: Path, capsys: Captured) -> None:
    (here / "f.py").write_text(
        "import keras\ndef build(units=3):\n"
        "    m = keras.Sequential([keras.Input((4,)), keras.layers.Dense(units)])\n    return m\n"
    )
    [model] = models(capsys, "f.py:build")
    assert model["params"]["total"] == 15
