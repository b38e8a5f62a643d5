"""Files are replaced whole or not at all."""

from __future__ import annotations

import os
import random
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kerashape.fixes.writing import NotWritten, replace


def test_permissions_and_links_are_kept(tmp_path: Path) -> None:
    file, link = tmp_path / "a.py", tmp_path / "link.py"
    file.write_bytes(b"old")
    file.chmod(0o750)
    link.symlink_to("a.py")
    replace(link, b"new", expected=b"old")
    assert link.is_symlink()
    assert file.read_bytes() == b"new"
    assert stat.S_IMODE(file.stat().st_mode) == 0o750
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.py", "link.py"]


def test_what_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"newer")
    with pytest.raises(NotWritten, match="changed meanwhile"):
        replace(file, b"new", expected=b"old")
    assert file.read_bytes() == b"newer"
    with pytest.raises(NotWritten, match="No such file"):
        replace(tmp_path / "gone.py", b"new", expected=b"old")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everything")
def test_what_is_not_writable_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"old")
    file.chmod(0o400)
    with pytest.raises(NotWritten, match="not writable"):
        replace(file, b"new", expected=b"old")


OLD = """\
from keras import Input, layers

x = layers.LSTM(8)(Input((5, 3)))  # {filler}
y = layers.LSTM(8)(x)
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_killed_at_random_every_file_is_old_or_new(tmp_path: Path) -> None:
    """Over 60 files; KERASHAPE_KILLS=50 is the long run."""
    files = [tmp_path / f"m{number}.py" for number in range(60)]
    old = [OLD.format(filler="x" * number * 40).encode() for number in range(60)]
    new = [data.replace(b"LSTM(8)(Input", b"LSTM(8, return_sequences=True)(Input") for data in old]
    command = [sys.executable, "-m", "kerashape", "lint", "--fix", "-q", "."]

    def put_back() -> None:
        for file, data in zip(files, old):
            file.write_bytes(data)

    put_back()
    start = time.monotonic()
    subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)
    whole = time.monotonic() - start
    assert [file.read_bytes() for file in files] == new
    half_done = 0
    for seed in range(int(os.environ.get("KERASHAPE_KILLS", "6"))):
        put_back()
        process = subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.DEVNULL, start_new_session=True
        )
        # Late: before, nothing is written.
        time.sleep(whole * random.Random(seed).uniform(0.5, 1.0))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        states = [
            "old" if (data := file.read_bytes()) == a else "new" if data == b else "torn"
            for file, a, b in zip(files, old, new)
        ]
        assert "torn" not in states
        half_done += len(set(states)) == 2
    print(f"killed between two files {half_done} times")
