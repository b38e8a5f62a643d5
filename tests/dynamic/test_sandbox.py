"""Programs that misbehave: each is reported, none harms the others, nothing is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kerashape.dynamic.events import Raised, Refused
from kerashape.dynamic.program import Job
from kerashape.dynamic.sandbox import Limits, Ran, Sandbox
from kerashape.dynamic.verify import trouble
from tests.dynamic.programs import MISBEHAVING, Misbehaving

pytestmark = [
    pytest.mark.keras,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc, and at Linux's walls"),
]
LIMITS = Limits(timeout=20, memory=1200 << 20)
SHORT = Limits(timeout=2, memory=1200 << 20)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(LIMITS) as box:
        yield box


def said(ran: Ran) -> str:
    """Everything that is said of a program."""
    raised = [f"{e.error}: {e.message}" for e in ran.events if isinstance(e, Raised)]
    refused = [e.what for e in ran.events if isinstance(e, Refused)]
    return "\n".join([trouble(ran, LIMITS), *raised, *refused])


def descendants(root: int) -> list[int]:
    tasks = Path(f"/proc/{root}/task")
    children = [int(c) for t in tasks.iterdir() for c in (t / "children").read_text().split()]
    return children + [d for child in children for d in descendants(child)]


def shared_memory() -> set[str]:
    """What processes may leave in memory: named, or by the numbers of System V."""
    segments = Path("/proc/sysvipc/shm").read_text().splitlines()[1:]
    return {*os.listdir("/dev/shm"), *(" ".join(line.split()[:2]) for line in segments)}


@pytest.mark.parametrize("program", MISBEHAVING, ids=lambda program: program.name)
def test_a_program_that_misbehaves(
    sandbox: Sandbox, program: Misbehaving, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").write_text("kept")
    text = program.text.replace("{elsewhere}", str(elsewhere))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    shared = shared_memory()
    sandbox.limits = SHORT if program.expected == "stopped after" else LIMITS
    ran = sandbox.run(Job(str(tmp_path / "program.py"), text, str(tmp_path)))
    sandbox.limits = LIMITS
    assert program.expected.replace("{elsewhere}", str(elsewhere)) in said(ran)
    assert [path.name for path in elsewhere.iterdir()] == ["kept"]
    assert descendants(sandbox.pid) == []
    assert list((tmp_path / "scratch").iterdir()) == []
    assert shared_memory() == shared
    # The nursery serves the next one.
    after = sandbox.run(Job(str(tmp_path / "next.py"), "x = 1\n", str(tmp_path)))
    assert (after.how, said(after)) == ("done", "")


def test_the_scratch_folder_is_home_and_gone_afterwards(sandbox: Sandbox, tmp_path: Path) -> None:
    text = (
        "import os\nfolder = os.getcwd()\n"
        "open(os.path.expanduser('~/file'), 'w').write('x')\n"
        "assert os.listdir() == ['file'] and not os.isatty(0)\n"
        "raise RuntimeError(folder)\n"
    )
    ran = sandbox.run(Job(str(tmp_path / "program.py"), text, str(tmp_path)))
    [raised] = [e for e in ran.events if isinstance(e, Raised)]
    assert raised.error == "RuntimeError"
    assert not os.path.exists(raised.message)


def test_what_replays_share_is_closed_to_programs(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    text = f"open({str(shared / 'file')!r}, 'w')\n"
    with Sandbox(LIMITS, shared=str(shared)) as box:
        ran = box.run(Job(str(tmp_path / "program.py"), text, str(tmp_path)))
    assert f"write to '{shared}/file'" in said(ran)
    assert list(shared.iterdir()) == []


def test_nothing_of_one_program_reaches_the_next(sandbox: Sandbox, tmp_path: Path) -> None:
    first = "import keras, builtins\nbuiltins.left = 1\nkeras.layers.Dense = None\n"
    second = "import keras, builtins\nassert not hasattr(builtins, 'left')\nkeras.layers.Dense(3)\n"
    for text in (first, second):
        ran = sandbox.run(Job(str(tmp_path / "program.py"), text, str(tmp_path)))
        assert (ran.how, said(ran)) == ("done", "")


def test_what_a_statement_that_raised_would_have_replaced(sandbox: Sandbox, tmp_path: Path) -> None:
    """Where the next statement runs all the same, it does not find the old value."""
    text = (
        "x = y = kept = 1\n"
        "y, x = 2, missing\n"
        "print(kept)\n"
        "print(x)\n"
        "for z in range(3):\n    x = z\n    missing\n"
        "assert (x, z) == (0, 0)\n"
    )
    ran = sandbox.run(Job(str(tmp_path / "program.py"), text, str(tmp_path), resume=True))
    raised = [(e.statement[0], e.message) for e in ran.events if isinstance(e, Raised)]
    assert raised == [
        (2, "name 'missing' is not defined"),
        (4, "name 'x' is not defined"),
        (5, "name 'missing' is not defined"),
    ]


def test_the_environment_does_not_choose_another_keras(sandbox: Sandbox, tmp_path: Path) -> None:
    text = (
        "import os\nos.environ['TF_USE_LEGACY_KERAS'] = '1'\n"
        "import tensorflow as tf\nassert tf.keras.layers.Dense.__module__.startswith('keras.')\n"
    )
    ran = sandbox.run(Job(str(tmp_path / "program.py"), text, str(tmp_path)))
    assert (ran.how, said(ran)) == ("done", "")


class Unwalled(Sandbox):
    """A sandbox on a system that has no walls."""

    command = (
        sys.executable, "-c",
        "from kerashape.dynamic import child, nursery\n"
        "child.confine = lambda *args, **kwargs: []\nnursery.main()\n",
    )  # fmt: skip


DAEMON = """
import os, signal, time
for _ in range(20):
    if os.fork() == 0:
        os.setsid()
        for each in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(each, signal.SIG_IGN)
        for _ in range(3):
            if os.fork() == 0:
                os.setsid()
        time.sleep(99)
        os._exit(0)
time.sleep(0.3)
raise LookupError("daemons")
"""


def test_without_walls_nothing_is_left_either(tmp_path: Path) -> None:
    limits = Limits(timeout=20, memory=1 << 40)  # what they share is counted for each
    with Unwalled(limits) as box:
        ran = box.run(Job(str(tmp_path / "program.py"), DAEMON, str(tmp_path)))
        assert "LookupError: daemons" in said(ran)
        assert descendants(box.pid) == []
        killer = "import os\nos.kill(os.getppid(), 9)\nwhile True:\n    pass\n"
        ran = box.run(Job(str(tmp_path / "program.py"), killer, str(tmp_path)))
        assert said(ran) == "could not be run: the process ended"
        after = box.run(Job(str(tmp_path / "next.py"), "x = 1\n", str(tmp_path)))
        assert (after.how, said(after)) == ("done", "")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_of_a_kerashape_that_is_ended(how: signal.Signals, tmp_path: Path) -> None:
    file, scratch = tmp_path / "program.py", tmp_path / "scratch"
    file.write_text("import keras\nopen('begun', 'w').close()\nwhile True:\n    pass\n")
    scratch.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "kerashape", "verify", "--run", "--device", "cpu", str(file)],
        env={**os.environ, "TMPDIR": str(scratch)}, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        until(lambda: bool(list(scratch.rglob("begun"))))
        family = descendants(process.pid)
        assert len(family) >= 2
        process.send_signal(how)
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()
        process.wait(timeout=60)
    finally:
        process.kill()
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in family))
    until(lambda: not list(scratch.iterdir()))


def until(condition: Callable[[], bool]) -> None:
    """Wait for it, but not for ever."""
    deadline = time.monotonic() + 90
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
