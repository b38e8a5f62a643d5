"""Where models run: which device and which backend, and what is asked of them.

The one place that knows of graphics cards. :func:`cards` is the seam: tests replace it.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import os
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from kerashape.dynamic.errors import CannotRun

BACKENDS = ("tensorflow", "jax", "torch")
_PATTERN = re.compile(r"auto|cpu|gpu(?::(\d+))?")
HASTY = "--xla_gpu_autotune_level=0 --xla_gpu_enable_triton_gemm=false"
"""For XLA: a model that runs once or twice is not worth the search for its fastest kernels."""


@dataclass(frozen=True)
class Card:
    """A graphics card, by the number that the driver gives it."""

    number: int
    name: str


@dataclass(frozen=True)
class Device:
    """The device that was chosen.

    Attributes:
        card: the graphics card; None for the CPU.
        environment: what makes it the only one that the backend sees.
    """

    card: Card | None
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """``gpu`` or ``cpu``."""
        return "cpu" if self.card is None else "gpu"

    def __str__(self) -> str:
        return "the CPU" if self.card is None else f"GPU {self.card.number} ({self.card.name})"


def cards() -> list[Card]:
    """The graphics cards of this machine, as their driver lists them."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return []
    query = [program, "--query-gpu=index,name", "--format=csv,noheader"]
    try:
        done = subprocess.run(query, capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return []
    rows = [line.split(",", 1) for line in done.stdout.splitlines() if "," in line]
    return [Card(int(number), name.strip()) for number, name in rows if number.strip().isdigit()]


def choose(wanted: str, query: Callable[[], Sequence[Card]] | None = None) -> Device:
    """The device for ``auto``, ``cpu``, ``gpu`` or ``gpu:N``.

    Raises:
        CannotRun: if there is no such device; never another one in its place.
    """
    match = _PATTERN.fullmatch(wanted)
    if match is None:
        raise CannotRun(f"no such device {wanted!r}: auto, cpu, gpu or gpu:N")
    found = [] if wanted == "cpu" else list((query or cards)())
    if wanted == "cpu" or (wanted == "auto" and not found):
        return Device(None, {"CUDA_VISIBLE_DEVICES": "-1", "JAX_PLATFORMS": "cpu"})
    if not found:
        raise CannotRun("this machine has no GPU (nvidia-smi lists none); use --device cpu")
    number = int(match.group(1)) if match.group(1) else found[0].number
    card = next((card for card in found if card.number == number), None)
    if card is None:
        listed = ", ".join(f"gpu:{card.number} ({card.name})" for card in found)
        raise CannotRun(f"this machine has no GPU {number}: it has {listed}")
    return Device(
        card,
        {
            "CUDA_DEVICE_ORDER": "PCI_BUS_ID",
            "CUDA_VISIBLE_DEVICES": str(number),
            "TF_FORCE_GPU_ALLOW_GROWTH": "true",
            "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
            "JAX_PLATFORMS": "",  # whatever this process was told
            # Asking the driver otherwise spoils the card for the processes that are forked off.
            "PYTORCH_NVML_BASED_CUDA_CHECK": "1",
        },
    )


def installed(module: str) -> bool:
    """Whether a module can be imported (without importing it)."""
    return importlib.util.find_spec(module) is not None


# -- within the process that runs the models --------------------------------------------------


class Devices:
    """What the rebuilder asks of the device, by backend.

    Args:
        backend: ``tensorflow``, ``jax`` or ``torch``.
        kind: ``gpu`` or ``cpu``.
    """

    def __init__(self, backend: str, kind: str) -> None:
        self.backend = backend
        self.kind = kind

    def count(self) -> int:
        """How many graphics cards the backend can use."""
        module = importlib.import_module(self.backend)
        if self.backend == "tensorflow":
            return len(module.config.list_physical_devices("GPU"))
        if self.backend == "torch":
            return int(module.cuda.device_count())
        return sum(device.platform in ("gpu", "cuda", "rocm") for device in module.devices())

    @contextlib.contextmanager
    def scope(self, keras: Any) -> Iterator[None]:
        """Models are made and run on the device within."""
        if self.backend == "tensorflow" and hasattr(keras, "device"):
            with keras.device(f"{self.kind}:0"):
                yield
        else:
            yield  # the environment leaves the others no choice

    def forget_peak(self) -> None:
        """Start to measure the peak of memory anew; JAX's is that of the process so far."""
        if self.kind == "cpu":
            with contextlib.suppress(OSError), open("/proc/self/clear_refs", "w") as file:
                file.write("5")
        elif self.backend == "tensorflow":
            importlib.import_module("tensorflow").config.experimental.reset_memory_stats("GPU:0")
        elif self.backend == "torch":
            importlib.import_module("torch").cuda.reset_peak_memory_stats()

    def peak(self) -> int | None:
        """The peak of memory, in bytes: of the card; on the CPU of the whole process."""
        if self.kind == "cpu":
            return _peak_of_process()
        if self.backend == "tensorflow":
            experimental = importlib.import_module("tensorflow").config.experimental
            return int(experimental.get_memory_info("GPU:0")["peak"])
        if self.backend == "torch":
            return int(importlib.import_module("torch").cuda.max_memory_allocated())
        statistics = importlib.import_module("jax").devices()[0].memory_stats() or {}
        return statistics.get("peak_bytes_in_use")

    def forward(self, model: Any) -> Callable[[Any], Any]:
        """The model as a function of a batch: compiled where that is faster even for one."""
        if self.backend != "jax":
            return lambda batch: model(batch, training=False)
        variables = model.trainable_variables, model.non_trainable_variables

        def call(trainable: Any, others: Any, batch: Any) -> Any:
            return model.stateless_call(trainable, others, batch, training=False)[0]

        compiled = importlib.import_module("jax").jit(call)
        return lambda batch: compiled(*([v.value for v in part] for part in variables), batch)

    @property
    def compiles(self) -> bool:
        """Whether the first call of a model takes longer than those that follow."""
        return self.kind == "gpu" or self.backend == "jax"

    def wait(self, output: Any) -> None:
        """Until the device has computed ``output``."""
        if self.backend == "jax":
            importlib.import_module("jax").block_until_ready(output)
        elif self.backend == "torch" and self.kind == "gpu":
            importlib.import_module("torch").cuda.synchronize()
        elif self.kind == "gpu":
            for leaf in importlib.import_module("tensorflow").nest.flatten(output):
                leaf.numpy()


def _peak_of_process() -> int:
    try:
        with open("/proc/self/status") as file:
            line = next(line for line in file if line.startswith("VmHWM:"))
        return int(line.split()[1]) << 10
    except (OSError, StopIteration):
        scale = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale


def compiled_in(folder: str) -> dict[str, str]:
    """The environment of processes that share what JAX compiles, in that folder."""
    return {
        "JAX_COMPILATION_CACHE_DIR": folder,
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
    }


def environment(device: Device, backend: str, keras_version: int) -> dict[str, str]:
    """The environment of a process that runs models there."""
    found = dict(device.environment)
    if keras_version == 2:
        found["TF_USE_LEGACY_KERAS"] = "1"
    if backend == "jax" and device.card is not None:
        found["XLA_FLAGS"] = f"{HASTY} {os.environ.get('XLA_FLAGS', '')}".strip()
    return found | {"KERAS_BACKEND": backend, "PYTHONPATH": os.environ.get("PYTHONPATH", "")}
