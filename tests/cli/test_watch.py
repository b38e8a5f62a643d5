"""``kerashape lint --watch`` looks again when a file is saved, and stops when interrupted."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue

import pytest

from kerashape.__main__ import main
from kerashape.cli import watching

FAULTY = "import keras\nx = keras.layers.Conv2D(3, 3)(keras.Input((5, 3)))\n"


def _interruptible() -> None:
    """Where the tests run in the background, interrupts are ignored, and children inherit that."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], Queue[str]]]:
    (tmp_path / "a.py").write_text("import keras\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "kerashape", "lint", ".", "--watch", "--format", "concise"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        preexec_fn=_interruptible,
    )  # fmt: skip
    lines: Queue[str] = Queue()
    stdout = process.stdout
    assert stdout is not None

    def read() -> None:
        for line in stdout:
            lines.put(line)

    threading.Thread(target=read, daemon=True).start()
    yield process, lines
    process.kill()
    process.wait()


def until(lines: Queue[str], words: str) -> None:
    while words not in lines.get(timeout=60):
        pass


def test_it_looks_again(tmp_path: Path, watched: tuple[subprocess.Popen[str], Queue[str]]) -> None:
    process, lines = watched
    until(lines, "watching")
    (tmp_path / "a.py").write_text(FAULTY)
    until(lines, "a.py:2:5: KS201")
    until(lines, "watching")
    (tmp_path / "kerashape.toml").write_text('ignore = ["KS201"]')
    until(lines, "Found nothing")
    until(lines, "watching")
    (tmp_path / "kerashape.toml").unlink()
    until(lines, "KS201")
    until(lines, "watching")
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 1


def test_what_changes_when_a_file_is_saved(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    assert watching.signature([file]) == {}
    file.write_text("1")
    before = watching.signature([file])
    file.write_text("12")
    assert watching.signature([file]) != before


def test_standard_input_cannot_be_watched(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "-", "--watch"]) == 2
    assert "--watch needs files" in capsys.readouterr().err
