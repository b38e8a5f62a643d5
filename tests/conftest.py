"""What all tests share."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# Busy machines run this: a slow example is no fault. What CI says today it says tomorrow.
settings.register_profile("kerashape", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("kerashape")

_GIGABYTE = 2**30
_kept = 0


def _resident() -> int:
    """The memory that this process holds, in bytes; 0 where the system does not say it so."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


@pytest.fixture(autouse=True)
def bounded_memory() -> Iterator[None]:
    """Models of Keras are cycles of few objects and many bytes, and the collector counts objects."""
    global _kept
    yield
    if _resident() > _kept + _GIGABYTE:
        gc.collect()
        _kept = _resident()
