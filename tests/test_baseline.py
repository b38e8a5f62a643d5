"""The baseline knows a diagnostic again after edits elsewhere, and nothing else."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from kerashape.__main__ import main
from kerashape.baseline import Baseline

PROGRAM = """\
import keras
from keras import layers

inputs = keras.Input((5, 3))


def stack(x):
    x = layers.LSTM(8)(x)
    return layers.LSTM(8)(x)  # twice


a = stack(inputs)
b = layers.Conv2D(3, 3)(inputs)
c = layers.Conv2D(3, 3)(inputs)
"""
Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.py").write_text(PROGRAM)
    return tmp_path


def lint(*arguments: str) -> int:
    return main(["lint", "--baseline", "known.json", *arguments])


def codes(capsys: Captured, *arguments: str) -> list[str]:
    capsys.readouterr()
    lint("--format", "concise", "-q", *arguments)
    return [line.split()[1] for line in capsys.readouterr().out.splitlines()]


def test_what_is_known_is_not_reported(here: Path, capsys: Captured) -> None:
    before = codes(capsys, "a.py", "--update-baseline")
    assert before == []
    assert main(["lint", "a.py"]) == 1
    capsys.readouterr()
    assert lint("a.py") == 0
    count = len((here / "known.json").read_text().splitlines())
    assert count
    assert f"{count} diagnostics more in the baseline." in capsys.readouterr().out


def test_edits_elsewhere_wake_nothing(here: Path, capsys: Captured) -> None:
    lint("a.py", "--update-baseline")
    moved = PROGRAM.replace("import keras\n", "# a comment\nimport keras\n\nX = 1\n", 1)
    moved = moved.replace("# twice", "# two times").replace("(3, 3)(inputs)", "(3, 3)(inputs)  #")
    moved = moved.replace("    return layers", "    pass\n    return   layers")
    (here / "a.py").write_text(moved)
    assert codes(capsys, "a.py") == []


def test_what_is_new_is_reported(here: Path, capsys: Captured) -> None:
    lint("a.py", "--update-baseline")
    capsys.readouterr()
    (here / "a.py").write_text(PROGRAM + "d = layers.Conv2D(3, 3, padding='same')(inputs)\n")
    assert codes(capsys, "a.py") == ["KS201"]
    # The same once more than is known.
    (here / "a.py").write_text(PROGRAM + "b = layers.Conv2D(3, 3)(inputs)\n")
    assert codes(capsys, "a.py") == ["KS201"]
    # The same in another file.
    (here / "b.py").write_text(PROGRAM)
    assert codes(capsys, "b.py") == ["KS208", "KS201", "KS201"]


def test_it_is_sorted_and_the_same_again(here: Path) -> None:
    (here / "b.py").write_text(PROGRAM)
    lint(".", "--update-baseline")
    text = (here / "known.json").read_text()
    assert text.splitlines() == sorted(
        text.splitlines(), key=lambda line: [*json.loads(line).values()][:4]
    )
    lint(".", "--update-baseline")
    assert (here / "known.json").read_text() == text
    lines = text.splitlines(keepends=True)
    random.Random(1).shuffle(lines)
    (here / "known.json").write_text("".join(lines))
    lint(".", "--update-baseline")
    assert (here / "known.json").read_text() == text


def test_updating_some_files_keeps_the_others(here: Path, capsys: Captured) -> None:
    (here / "b.py").write_text(PROGRAM)
    lint(".", "--update-baseline")
    (here / "b.py").write_text("import keras\n")
    lint("b.py", "--update-baseline")
    paths = {json.loads(line)["path"] for line in (here / "known.json").read_text().splitlines()}
    assert paths == {"a.py"}


def test_pruning_only_removes(here: Path, capsys: Captured) -> None:
    (here / "b.py").write_text(PROGRAM)
    lint(".", "--update-baseline")
    whole = (here / "known.json").read_text()
    (here / "b.py").unlink()
    fewer = PROGRAM.replace("c = layers.Conv2D(3, 3)(inputs)\n", "layers.Dense('x')(inputs)\n")
    (here / "a.py").write_text(fewer)
    assert lint("a.py", "--prune-baseline") == 1
    left = (here / "known.json").read_text()
    assert set(left.splitlines()) < set(whole.splitlines())
    assert "b.py" not in left
    assert "Dense" not in left


def test_paths_are_relative_to_the_file(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "sub").mkdir()
    lint("a.py", "--update-baseline")
    monkeypatch.chdir(here / "sub")
    assert main(["lint", "../a.py", "--baseline", "../known.json"]) == 0


WRONG = {
    "nothing": (None, "known.json: cannot read the baseline: No such file or directory"),
    "no JSON": ("{", "known.json:1: not an entry of a baseline"),
    "no entry": ('\n{"path": "a.py"}', "known.json:2: not an entry of a baseline"),
    "a list": ("[]", "known.json:1: not an entry of a baseline"),
    "a number": ('{"path":1,"code":"","within":"","source":""}', "known.json:1"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_broken_baseline(here: Path, capsys: Captured, name: str) -> None:
    text, words = WRONG[name]
    if text is not None:
        (here / "known.json").write_text(text)
    assert lint("a.py") == 2
    assert capsys.readouterr().err.startswith(f"error: {words}")


def test_without_a_file(capsys: Captured) -> None:
    assert main(["lint", "a.py", "--update-baseline"]) == 2
    assert "need --baseline FILE" in capsys.readouterr().err


def test_reading_gives_what_was_written(here: Path) -> None:
    lint("a.py", "--update-baseline")
    baseline = Baseline.read(here / "known.json")
    assert baseline.text() == (here / "known.json").read_text()
