"""Programs that misbehave, and what must come of each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Misbehaving:
    """A program; what is said of it; and whether a wall of the kernel's is what stops it."""

    name: str
    text: str
    expected: str
    kernel: bool = False


MISBEHAVING = [
    Misbehaving("loops for ever", "while True:\n    pass\n", "stopped after"),
    Misbehaving(
        "allocates without end",
        "x = []\nwhile True:\n    x.append(bytearray(b'x' * 10_000_000))\n",
        "used more than",
    ),
    Misbehaving("calls sys.exit", "import sys\nsys.exit(3)\n", "called sys.exit(3)"),
    Misbehaving("ends itself", "import os\nos._exit(0)\n", "ended itself"),
    Misbehaving("crashes", "import ctypes\nctypes.string_at(0)\n", "SIGSEGV"),
    Misbehaving("aborts", "import os\nos.abort()\n", "SIGABRT"),
    Misbehaving("kills itself", "import os\nos.kill(os.getpid(), 9)\n", "out of memory?"),
    Misbehaving(
        "starts threads without end",
        "import threading, time\nwhile True:\n"
        "    threading.Thread(target=time.sleep, args=(99,)).start()\n",
        "too many threads",
    ),
    Misbehaving("opens a socket", "import socket\nsocket.socket()\n", "open a socket"),
    Misbehaving(
        "asks for a page",
        "import urllib.request\nurllib.request.urlopen('http://192.0.2.1/', timeout=5)\n",
        "open a socket",
    ),
    Misbehaving(
        "opens a socket behind Python's back",
        "import ctypes\nassert ctypes.CDLL(None).socket(2, 1, 0) >= 0, 'refused'\n",
        "AssertionError: refused",
        kernel=True,
    ),
    Misbehaving("forks without end", "import os\nwhile True:\n    os.fork()\n", "start a process"),
    Misbehaving(
        "forks behind Python's back",
        "import ctypes\nlibc = ctypes.CDLL(None)\n"
        "for _ in range(50):\n    assert libc.fork() != -1, 'refused'\n",
        "AssertionError: refused",
        kernel=True,
    ),
    Misbehaving(
        "starts a program", "import subprocess\nsubprocess.run(['true'])\n", "start a process"
    ),
    Misbehaving(
        "writes elsewhere", "open('{elsewhere}/file', 'w').write('x')\n", "write to '{elsewhere}/file'"
    ),
    Misbehaving(
        "writes elsewhere behind Python's back",
        "import ctypes\n"
        "assert ctypes.CDLL(None).open(b'{elsewhere}/file', 0o101, 0o600) != -1, 'refused'\n",
        "AssertionError: refused",
        kernel=True,
    ),
    Misbehaving("removes elsewhere", "import os\nos.remove('{elsewhere}/kept')\n", "change "),
    Misbehaving("kills its parent", "import os\nos.kill(os.getppid(), 9)\n", "PermissionError",
                kernel=True),
    Misbehaving("reads from the terminal", "input()\n", "EOFError"),
    Misbehaving("is no Python", "def f(:\n", "SyntaxError"),
]  # fmt: skip
