"""Walls around a program, put up by the process itself before it runs it.

On Linux the kernel keeps them: a network namespace where that is allowed, Landlock for files,
a seccomp filter for sockets and processes. Everywhere, an audit hook refuses the same within
Python, and tells what was tried.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys
from collections.abc import Callable, Sequence
from typing import Any

Tell = Callable[[str], None]


def confine(scratch: str, tell: Tell, *, gpu: bool = False, also: Sequence[str] = ()) -> list[str]:
    """Put up what the system has; the names of it. The process must have a single thread.

    Args:
        scratch: the folder that may be written to.
        tell: takes what the program tries in vain, as a few words.
        gpu: whether a graphics card is used: its driver compiles in processes of its own.
        also: further folders that may be written to.
    """
    found = []
    if sys.platform == "linux":
        for name, wall in (
            ("network namespace", _network_namespace),
            ("landlock", lambda: _landlock((scratch, *also))),
            ("seccomp", lambda: _seccomp(gpu=gpu)),
        ):
            if wall():
                found.append(name)
    _audit((scratch, *also), tell)
    return [*found, "audit hook"]


# -- Python's own hooks -----------------------------------------------------------------------

_PROCESSES = frozenset(
    ["subprocess.Popen", "os.system", "os.fork", "os.forkpty", "os.exec", "os.posix_spawn",
     "os.startfile"]
)  # fmt: skip
_SOCKETS = frozenset(
    ["socket.__new__", "socket.connect", "socket.bind", "socket.getaddrinfo",
     "socket.gethostbyname", "socket.sendto"]
)  # fmt: skip
_CHANGES = frozenset(
    ["os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.truncate", "os.link", "os.symlink",
     "os.chmod", "os.chown", "shutil.rmtree", "shutil.move"]
)  # fmt: skip
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def _audit(folders: Sequence[str], tell: Tell) -> None:
    own = (os.path.join(os.path.realpath(folder), "") for folder in folders)
    inside = (*own, "/dev/", f"/proc/{os.getpid()}/")
    told: set[str] = set()

    def refuse(what: str) -> None:
        if what not in told and len(told) < 100:
            told.add(what)
            tell(what)
        raise PermissionError(f"kerashape lets no program {what}")

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            if isinstance(flags, int) and flags & _WRITING and not _within(path, inside):
                refuse(f"write to {path!r}")
        elif event in _SOCKETS:
            refuse("open a socket")
        elif event in _PROCESSES:
            refuse("start a process")
        elif event in _CHANGES and not _within(arguments[0], inside):
            refuse(f"change {arguments[0]!r}")

    sys.addaudithook(hook)


def _within(path: Any, inside: tuple[str, ...]) -> bool:
    if isinstance(path, int):
        return True  # a descriptor: it was opened before
    try:
        real = os.path.realpath(os.fsdecode(path))
    except (TypeError, ValueError):
        return True
    return os.path.join(real, "").startswith(inside)


# -- a network of its own (Linux) ---------------------------------------------------------------

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000


def _network_namespace() -> bool:
    """A network without any interface."""
    user, group = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_NEW_USER | _NEW_NETWORK) != 0:
        return False
    try:
        for file, text in (
            ("setgroups", "deny"),
            ("uid_map", f"{user} {user} 1"),
            ("gid_map", f"{group} {group} 1"),
        ):
            with open(f"/proc/self/{file}", "w") as map_:
                map_.write(text)
    except OSError:
        pass  # the process is nobody then: it may do even less
    return True


# -- files (Linux, Landlock) ----------------------------------------------------------------------

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446
_RIGHTS_TO_CHANGE = (1 << 1) | sum(1 << bit for bit in range(4, 13))
_REFER, _TRUNCATE = 1 << 13, 1 << 14
_BENEATH = 1
_TCP = 0b11
_SCOPED = 0b11
"""No abstract sockets of others, no signals to others."""


def _landlock(folders: Sequence[str]) -> bool:
    """Files are changed below these folders only; no TCP, no signals to other processes."""
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_CREATE, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return False
    rights = _RIGHTS_TO_CHANGE
    rights |= _REFER if version >= 2 else 0
    rights |= _TRUNCATE if version >= 3 else 0
    attributes = struct.pack("=Q", rights)
    if version >= 4:
        attributes += struct.pack("=Q", _TCP)
    if version >= 6:
        attributes += struct.pack("=Q", _SCOPED)
    rules = libc.syscall(_CREATE, attributes, ctypes.c_size_t(len(attributes)), 0)
    if rules < 0:
        return False
    try:
        for folder in (*folders, "/dev", f"/proc/{os.getpid()}"):
            descriptor = os.open(folder, os.O_PATH | os.O_CLOEXEC)
            beneath = struct.pack("=Qi", rights, descriptor)
            failed = libc.syscall(_ADD_RULE, rules, _BENEATH, beneath, 0)
            os.close(descriptor)
            if failed:
                return False
        _no_new_privileges(libc)
        return bool(libc.syscall(_RESTRICT, rules, 0) == 0)
    finally:
        os.close(rules)


def _no_new_privileges(libc: Any) -> None:
    libc.prctl(38, 1, 0, 0, 0)


# -- system calls (Linux, seccomp) ----------------------------------------------------------------

_CALLS = {
    "x86_64": (0xC000003E, {"socket": 41, "clone": 56, "fork": 57, "vfork": 58, "execve": 59,
                            "ptrace": 101, "execveat": 322, "io_uring_setup": 425, "clone3": 435}),
    "aarch64": (0xC00000B7, {"socket": 198, "clone": 220, "execve": 221, "ptrace": 117,
                             "execveat": 281, "io_uring_setup": 425, "clone3": 435}),
}  # fmt: skip
_LOAD, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_ALLOW, _ERROR, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_EPERM, _ENOSYS = 1, 38
_THREAD = 0x00010000  # CLONE_THREAD
_UNIX = 1
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("jt", ctypes.c_uint8),
        ("jf", ctypes.c_uint8),
        ("k", ctypes.c_uint32),
    )


class _Filter(ctypes.Structure):
    _fields_ = (("len", ctypes.c_uint16), ("filter", ctypes.POINTER(_Instruction)))


def _seccomp(*, gpu: bool) -> bool:
    """No sockets, and no processes: only threads."""
    known = _CALLS.get(platform.machine())
    if known is None:
        return False
    architecture, numbers = known
    code = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
    ]
    refused = ["ptrace", "io_uring_setup"]
    refused += [] if gpu else ["fork", "vfork", "execve", "execveat"]
    for name in refused:
        if name in numbers:
            code += [(_EQUAL, 0, 1, numbers[name]), (_RETURN, 0, 0, _ERROR | _EPERM)]
    if gpu:  # whose driver asks over a local socket
        code += [
            (_EQUAL, 0, 4, numbers["socket"]),
            (_LOAD, 0, 0, _FIRST_ARGUMENT),
            (_EQUAL, 1, 0, _UNIX),
            (_RETURN, 0, 0, _ERROR | _EPERM),
            (_RETURN, 0, 0, _ALLOW),
        ]
    else:
        code += [(_EQUAL, 0, 1, numbers["socket"]), (_RETURN, 0, 0, _ERROR | _EPERM)]
        # Its flags are in memory, where a filter cannot look; without it, libc uses clone.
        code += [(_EQUAL, 0, 1, numbers["clone3"]), (_RETURN, 0, 0, _ERROR | _ENOSYS)]
        code += [
            (_EQUAL, 0, 4, numbers["clone"]),
            (_LOAD, 0, 0, _FIRST_ARGUMENT),
            (_ANY_BIT, 1, 0, _THREAD),
            (_RETURN, 0, 0, _ERROR | _EPERM),
            (_RETURN, 0, 0, _ALLOW),
        ]
    code.append((_RETURN, 0, 0, _ALLOW))
    instructions = (_Instruction * len(code))(*(_Instruction(*each) for each in code))
    program = _Filter(len(code), instructions)
    libc = ctypes.CDLL(None, use_errno=True)
    _no_new_privileges(libc)
    return bool(libc.prctl(22, 2, ctypes.byref(program), 0, 0) == 0)
