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
    Misbehaving("reads its input to the end", "import sys\nassert sys.stdin.read(), 'empty'\n", "empty"),
    Misbehaving(
        "becomes a daemon",
        "import ctypes, os, time\nlibc = ctypes.CDLL(None)\n"
        "if os.name and libc.fork() == 0:\n    libc.setsid()\n    libc.fork()\n    time.sleep(99)\n"
        "assert libc.setsid() != -1, 'leads a session already'\n",
        "leads a session already",
        kernel=True,
    ),
    Misbehaving(
        "hears no signal",
        "import signal\n"
        "for each in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:\n"
        "    signal.signal(each, signal.SIG_IGN)\n"
        "while True:\n    pass\n",
        "stopped after",
    ),
    Misbehaving("stops itself", "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)\n",
                "stopped after"),
    Misbehaving(
        "catches everything",
        "while True:\n    try:\n        exit()\n    except BaseException:\n        pass\n",
        "stopped after",
    ),
    Misbehaving("prints without end", "while True:\n    print('x' * 1_000_000)\n", "stopped after"),
    Misbehaving(
        "recurses without end", "def f(n):\n    return f(n + 1)\nf(0)\n", "RecursionError"
    ),
    Misbehaving(
        "recurses to the end of the stack",
        "import sys\nsys.setrecursionlimit(10**9)\n"
        "class Deep:\n    def __getattr__(self, name):\n        return getattr(self, name + 'x')\n"
        "Deep().x\n",
        "the process crashed: SIGSEGV",
    ),
    Misbehaving(
        "stores without end",
        "number = 0\nwhile True:\n    number += 1\n"
        "    with open(f'file{number}', 'wb') as file:\n        file.write(bytes(50_000_000))\n",
        "it stored more than",
    ),
    Misbehaving(
        "makes files without end",
        "import ctypes\nlibc = ctypes.CDLL(None)\nnumber = 0\n"
        "while True:\n    number += 1\n    libc.close(libc.creat(str(number).encode(), 0o600))\n",
        "too many files",
    ),
    Misbehaving(
        "makes folders within folders",
        "import ctypes\nlibc = ctypes.CDLL(None)\n"
        "for _ in range(1500):\n    libc.mkdir(b'folder', 0o700)\n    libc.chdir(b'folder')\n"
        "libc.chmod(b'..', 0)\nraise LookupError('deep')\n",
        "LookupError: deep",
    ),
    Misbehaving(
        "leaves shared memory",
        "import ctypes\nlibc = ctypes.CDLL(None)\n"
        "libc.shm_open(b'/kerashape-left', 0o102, 0o600)\nlibc.shmget(4711, 4096, 0o1600)\n"
        "raise LookupError('left')\n",
        "LookupError: left",
        kernel=True,
    ),
    Misbehaving(
        "moves a file out",
        "import os\nopen('file', 'w').close()\nos.rename('file', '{elsewhere}/file')\n",
        "change '{elsewhere}/file'",
    ),
    Misbehaving(
        "wants to outlive its parent",
        "import ctypes\nassert ctypes.CDLL(None).prctl(1, 0) == 0, 'refused'\n",
        "AssertionError: refused",
        kernel=True,
    ),
    Misbehaving(
        "limits its parent",
        "import os, resource\nresource.prlimit(os.getppid(), resource.RLIMIT_CPU, (1, 1))\n",
        "PermissionError",
        kernel=True,
    ),
    Misbehaving(
        "raises what has no message",
        "class Mute(Exception):\n    def __str__(self):\n        raise ValueError\nraise Mute\n",
        "Mute: (a ValueError when asked for its message)",
    ),
    Misbehaving(
        "forges what was seen",
        "import os\n"
        "for n in range(3, 20):\n"
        "    try:\n"
        "        os.write(n, b'{\"event\": \"call\"}\\n{\"event\": \"raised\", \"lines\": 1}\\n' + b'[' * 9999 + b'\\n')\n"
        "    except OSError:\n        pass\n"
        "raise LookupError('forged')\n",
        "LookupError: forged",
    ),
    Misbehaving("is no Python", "def f(:\n", "SyntaxError"),
]  # fmt: skip
