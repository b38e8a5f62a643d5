"""A backend at work on its device behind each wall of the dynamic mode alone."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

WALLS = ("no wall", "namespaces", "landlock", "seccomp", "audit hook", "all walls")

_PROGRAM = """
import os, sys
wall, backend, kind, scratch = sys.argv[1:]
import keras
from kerashape.dynamic import confine, filter
from kerashape.dynamic.devices import Devices
told = []
child = os.fork()
if child == 0:
    try:
        os.environ["HOME"] = os.environ["TMPDIR"] = scratch
        os.chdir(scratch)
        put_up = {
            "no wall": lambda: True,
            "namespaces": confine.namespaces,
            "landlock": lambda: confine.landlock(
                [scratch, *confine.devices(gpu=kind == "gpu"), confine.SHARED]),
            "seccomp": lambda: filter.refuse_system_calls(gpu=kind == "gpu"),
            "audit hook": lambda: confine.audit([scratch], told.append) is None,
            "all walls": lambda: confine.confine(scratch, told.append, gpu=kind == "gpu"),
        }[wall]()
        devices = Devices(backend, kind)
        with devices.scope(keras):
            output = keras.layers.Conv2D(4, 3)(keras.ops.ones((2, 8, 8, 3)))
            devices.wait(output)
        print(f"works (put up: {put_up}, peak {devices.peak()}) {told or ''}", flush=True)
    except BaseException as error:
        print(f"{type(error).__name__}: {error} {told or ''}", flush=True)
    os._exit(0)
status = os.waitpid(child, 0)[1]
if status:
    print(f"the process ended with status {status}")
"""


def attempt(wall: str, backend: str, kind: str, environment: dict[str, str]) -> str:
    """What came of it, in a line; with the end of what was written to the standard error."""
    with tempfile.TemporaryDirectory() as scratch:
        try:
            done = subprocess.run(
                [sys.executable, "-c", _PROGRAM, wall, backend, kind, scratch],
                capture_output=True, text=True, timeout=60, check=False,
                env={**os.environ, **environment},
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return "does not come to an end in 60 s"
    said = done.stdout.strip()
    return said if said.startswith("works") else f"{said}\n{done.stderr[-1500:]}"
