"""Walls around a program, put up by the process itself before it runs it.

On Linux the kernel keeps them: a network namespace where that is allowed, Landlock for files,
a seccomp filter for sockets and processes. Everywhere, an audit hook refuses the same within
Python, and tells what was tried.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
import sys
from collections.abc import Callable, Sequence
from typing import Any

from kerashape.dynamic.filter import no_new_privileges, refuse_system_calls

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
        found += namespaces()
        writable = [scratch, *also, *devices(gpu=gpu)]
        if gpu or "shared memory" in found:
            writable.append(SHARED)
        found += ["landlock"] if landlock(writable) else []
        found += ["seccomp"] if refuse_system_calls(gpu=gpu) else []
    audit((scratch, *also), tell)
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
    ["os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.truncate", "os.link", "os.chmod",
     "os.chown", "os.utime", "os.setxattr", "os.removexattr", "shutil.rmtree", "shutil.move",
     "shutil.chown"]
)  # fmt: skip
_CHANGES_ANOTHER = frozenset(["os.rename", "os.link", "os.symlink", "shutil.move"])
"""What makes its second argument."""
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def audit(folders: Sequence[str], tell: Tell) -> None:
    """Refuse within Python what the kernel may have no wall against."""
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
        for number, events in enumerate((_CHANGES, _CHANGES_ANOTHER)):
            if event in events and not _within(arguments[number], inside):
                refuse(f"change {arguments[number]!r}")

    sys.addaudithook(hook)


def _within(path: Any, inside: tuple[str, ...]) -> bool:
    if isinstance(path, int):
        return True  # a descriptor: it was opened before
    try:
        real = os.path.realpath(os.fsdecode(path))
    except (TypeError, ValueError):
        return True
    return os.path.join(real, "").startswith(inside)


# -- namespaces (Linux) -------------------------------------------------------------------------

_NEW_USER, _NEW_NETWORK, _NEW_IPC, _NEW_MOUNTS = 0x10000000, 0x40000000, 0x08000000, 0x00020000
SHARED = "/dev/shm"


def namespaces() -> list[str]:
    """A network without any interface, and shared memory that ends with the process."""
    user, group = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_NEW_USER | _NEW_NETWORK | _NEW_IPC | _NEW_MOUNTS):
        return [] if libc.unshare(_NEW_USER | _NEW_NETWORK) else ["network namespace"]
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
    options = b"size=256m,mode=1777"
    failed = libc.mount(b"tmpfs", SHARED.encode(), b"tmpfs", ctypes.c_ulong(0), options)
    return ["network namespace"] if failed else ["network namespace", "shared memory"]


# -- files (Linux, Landlock) ----------------------------------------------------------------------

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446
_RIGHTS_TO_CHANGE = (1 << 1) | sum(1 << bit for bit in range(4, 13))
_REFER, _TRUNCATE = 1 << 13, 1 << 14
_RIGHTS_OF_A_FILE = (1 << 1) | _TRUNCATE
_BENEATH = 1
_TCP = 0b11
_SCOPED = 0b11
"""No abstract sockets of others, no signals to others."""


def devices(*, gpu: bool) -> list[str]:
    """The devices that may be written to: no disks, and nothing that others read."""
    if not gpu:
        return [f"/dev/{name}" for name in ("null", "zero", "full", "random", "urandom", "tty")]
    found = []
    for name in {*os.listdir("/dev")} - {"mem", "kmem", "port"}:  # the driver has its own
        path = os.path.join("/dev", name)
        mode = os.stat(path).st_mode if os.path.exists(path) else 0
        its_own = name == "dri" or name.startswith("nvidia")
        if stat.S_ISCHR(mode) or (stat.S_ISDIR(mode) and its_own):
            found.append(path)
    return found


def landlock(writable: Sequence[str]) -> bool:
    """Files are changed below these places only; no TCP, no signals to other processes."""
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
        for place in (*writable, f"/proc/{os.getpid()}"):
            if not os.path.exists(place):
                continue
            descriptor = os.open(place, os.O_PATH | os.O_CLOEXEC)
            its_own = rights if os.path.isdir(place) else rights & _RIGHTS_OF_A_FILE
            beneath = struct.pack("=Qi", its_own, descriptor)
            failed = libc.syscall(_ADD_RULE, rules, _BENEATH, beneath, 0)
            os.close(descriptor)
            if failed:
                return False
        no_new_privileges(libc)
        return bool(libc.syscall(_RESTRICT, rules, 0) == 0)
    finally:
        os.close(rules)
