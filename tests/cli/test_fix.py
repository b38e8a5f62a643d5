"""``kerashape lint --fix``, ``--unsafe-fixes`` and ``--diff``."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from kerashape.__main__ import main

LSTM = """\
from keras import Input, layers

x = layers.LSTM(8)(Input((5, 3)))
y = layers.LSTM(8)(x)  # twice
"""
MENDED = LSTM.replace("LSTM(8)(Input", "LSTM(8, return_sequences=True)(Input")
SOFTMAX = """\
import keras

model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, activation="softmax")])
"""
Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lstm.py").write_text(LSTM)
    (tmp_path / "softmax.py").write_text(SOFTMAX)
    return tmp_path


def lint(*arguments: str) -> int:
    return main(["lint", *arguments])


def test_only_safe_ones_unless_asked(here: Path, capsys: Captured) -> None:
    assert lint("lstm.py", "softmax.py") == 1
    out = capsys.readouterr().out
    assert out.endswith("1 can be fixed with --fix, 1 more with --fix --unsafe-fixes.\n")
    assert lint(".", "--fix", "--format", "concise") == 1
    out = capsys.readouterr().out
    assert "softmax.py:3:46: KS302" in out
    assert "Fixed 1 fault. Found 1 warning in 2 files" in out
    assert out.endswith("1 can be fixed with --fix --unsafe-fixes.\n")
    assert (here / "lstm.py").read_text() == MENDED
    assert (here / "softmax.py").read_text() == SOFTMAX
    assert lint(".", "--fix", "--unsafe-fixes") == 0
    assert (here / "softmax.py").read_text() == SOFTMAX.replace('"softmax"', '"sigmoid"')


def test_the_diff_changes_nothing(here: Path, capsys: Captured) -> None:
    assert lint(".", "--diff") == 1
    captured = capsys.readouterr()
    assert captured.out.splitlines() == [
        "--- a/lstm.py",
        "+++ b/lstm.py",
        "@@ -1,4 +1,4 @@",
        " from keras import Input, layers",
        " ",
        "-x = layers.LSTM(8)(Input((5, 3)))",
        "+x = layers.LSTM(8, return_sequences=True)(Input((5, 3)))",
        " y = layers.LSTM(8)(x)  # twice",
    ]
    assert captured.err == "Would fix 1 fault in 1 file.\n"
    assert lint(".", "--diff", "--exit-zero") == 0
    assert (here / "lstm.py").read_text() == LSTM
    (here / "lstm.py").write_text(MENDED)
    assert lint("lstm.py", "--diff") == 0


def test_standard_input_goes_to_standard_output(
    here: Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = LSTM.replace("\n", "\r\n").encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert lint("-", "--fix") == 0
    captured = capsysbinary.readouterr()
    assert captured.out == MENDED.replace("\n", "\r\n").encode()
    assert b"Fixed 1 fault." in captured.err


def test_a_fix_in_a_module_that_another_file_imports(here: Path, capsys: Captured) -> None:
    (here / "lstm.py").write_text(
        "from keras import layers\n\n\ndef encode(x):\n"
        "    x = layers.LSTM(8)(x)\n    return layers.LSTM(8)(x)\n"
    )
    (here / "train.py").write_text(
        "from keras import Input\nfrom lstm import encode\n\ny = encode(Input((5, 3)))\n"
    )
    assert lint("lstm.py", "train.py") == 1
    capsys.readouterr()
    assert lint("lstm.py", "train.py", "--fix") == 0, capsys.readouterr().out
    assert "LSTM(8, return_sequences=True)(x)\n    return" in (here / "lstm.py").read_text()


def test_what_is_suppressed_is_not_fixed(here: Path) -> None:
    meant = LSTM.replace("# twice", "# kerashape: ignore[KS208]")
    (here / "lstm.py").write_text(meant)
    assert lint("lstm.py", "--fix") == 0
    assert (here / "lstm.py").read_text() == meant


def test_a_file_that_cannot_be_written(
    here: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    monkeypatch.setattr(os, "access", lambda *_: False)
    assert lint("lstm.py", "--fix") == 2
    assert capsys.readouterr().err == "error: cannot write lstm.py: it is not writable\n"
    assert (here / "lstm.py").read_text() == LSTM
