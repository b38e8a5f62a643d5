"""The system calls that no program may make: a filter in the kernel (Linux, seccomp)."""

from __future__ import annotations

import ctypes
import os
import platform
from typing import Any

_X86, _ARM = 0xC000003E, 0xC00000B7
_CALLS = {
    # The name, and its number on x86_64 (-1: there is none) and aarch64.
    "socket": (41, 198), "clone": (56, 220), "fork": (57, -1), "vfork": (58, -1),
    "execve": (59, 221), "execveat": (322, 281), "clone3": (435, 435),
    "ptrace": (101, 117), "io_uring_setup": (425, 425),
    "kill": (62, 129), "tgkill": (234, 131), "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424), "pidfd_getfd": (438, 438),
    "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "prlimit64": (302, 261), "setpriority": (141, 140), "prctl": (157, 167),
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "bpf": (321, 280),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    "perf_event_open": (298, 241), "userfaultfd": (323, 282),
    "msgget": (68, 186), "semget": (64, 190), "shmget": (29, 194), "mq_open": (240, 180),
}  # fmt: skip
_MACHINES = {"x86_64": (_X86, 0), "aarch64": (_ARM, 1)}
_TRACING = ("ptrace", "io_uring_setup")
_PROCESSES = ("fork", "vfork", "execve", "execveat")
_OTHERS = (
    "tkill", "pidfd_send_signal", "pidfd_getfd", "process_vm_readv", "process_vm_writev",
    "setpriority", "unshare", "setns", "mount", "bpf", "add_key", "request_key", "keyctl",
    "perf_event_open", "userfaultfd",
)  # fmt: skip
"""What reaches beyond the process, and Keras has no use for."""
_LASTING = ("msgget", "semget", "shmget", "mq_open")
"""What makes something that outlives the process."""
_OF_ONESELF = ("kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "prlimit64")
"""Calls whose first argument is a process: 0 is the caller, or its group."""

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERROR, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_EPERM, _ENOSYS = 1, 38
_REFUSE = (_RETURN, 0, 0, _ERROR | _EPERM)
_THREAD = 0x00010000  # CLONE_THREAD
_UNIX = 1
_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG
_X32 = 0x40000000
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16

_Code = list[tuple[int, int, int, int]]


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_uint16),
        ("jt", ctypes.c_uint8),
        ("jf", ctypes.c_uint8),
        ("k", ctypes.c_uint32),
    )


class _Filter(ctypes.Structure):
    _fields_ = (("len", ctypes.c_uint16), ("filter", ctypes.POINTER(_Instruction)))


def no_new_privileges(libc: Any) -> None:
    """Whatever is executed has no more rights than this process."""
    libc.prctl(38, 1, 0, 0, 0)


def refuse_system_calls(*, gpu: bool) -> bool:
    """No sockets, no processes: only threads; nothing that reaches others, or stays."""
    if platform.machine() not in _MACHINES:
        return False
    code = _program(*_MACHINES[platform.machine()], gpu=gpu)
    instructions = (_Instruction * len(code))(*(_Instruction(*each) for each in code))
    program = _Filter(len(code), instructions)
    libc = ctypes.CDLL(None, use_errno=True)
    no_new_privileges(libc)
    return bool(libc.prctl(22, 2, ctypes.byref(program), 0, 0) == 0)


def _program(architecture: int, column: int, *, gpu: bool) -> _Code:
    code: _Code = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
    ]
    if architecture == _X86:  # another way to say the same numbers
        code += [(_AT_LEAST, 0, 1, _X32), _REFUSE]

    def on(name: str, *then: tuple[int, int, int, int]) -> None:
        number = _CALLS[name][column]
        if number >= 0:
            code.extend([(_EQUAL, 0, len(then), number), *then])

    def unless(name: str, test: int, *values: int) -> None:
        """Refused, unless the first argument is one of these."""
        checks = [(test, len(values) - n, 0, value) for n, value in enumerate(values)]
        on(name, (_LOAD, 0, 0, _FIRST_ARGUMENT), *checks, _REFUSE, (_RETURN, 0, 0, _ALLOW))

    for name in _TRACING:
        on(name, _REFUSE)
    if gpu:  # whose driver compiles in processes, and asks over a local socket
        unless("socket", _EQUAL, _UNIX)
    else:
        for name in (*_PROCESSES, *_OTHERS, *_LASTING, "socket"):
            on(name, _REFUSE)
        # Its flags are in memory, where a filter cannot look; without it, libc uses clone.
        on("clone3", (_RETURN, 0, 0, _ERROR | _ENOSYS))
        unless("clone", _ANY_BIT, _THREAD)
        for name in _OF_ONESELF:
            unless(name, _EQUAL, 0, os.getpid())
        on(
            "prctl", (_LOAD, 0, 0, _FIRST_ARGUMENT), (_EQUAL, 0, 1, _DEATH_SIGNAL), _REFUSE,
            (_RETURN, 0, 0, _ALLOW),
        )  # fmt: skip
    code.append((_RETURN, 0, 0, _ALLOW))
    return code
