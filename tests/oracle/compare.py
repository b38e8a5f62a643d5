"""Two answers to one case, and what their difference is called."""

from __future__ import annotations

import re
from typing import Any

from tests.oracle.case import BACKEND, Answer, Out

VERDICTS = (
    "equal",
    "backend",
    "unknown",
    "wrong shape",
    "wrong dtype",
    "wrong weights",
    "missed fault",
    "invented fault",
    "crash",
)
"""The verdicts. ``backend``: TensorFlow has no kernel for it, of which kerashape says nothing."""
HARMLESS = ("equal", "backend", "unknown")


def compare(keras: Answer, ours: Answer) -> str:
    """The verdict on one case."""
    if ours.crash:
        return "crash"
    if keras.stage == BACKEND:
        return "backend"
    if keras.stage and not ours.stage:
        return "missed fault"
    if ours.stage and not keras.stage:
        return "invented fault"
    if keras.stage and len(ours.outputs) != len(keras.outputs):  # not at the same call
        return "missed fault" if len(ours.outputs) > len(keras.outputs) else "invented fault"
    verdict = _compare_outputs(list(keras.outputs), list(ours.outputs))
    if verdict == "equal" and not keras.stage:
        if ours.weights is None or any("?" in shape for shape, _ in ours.weights):
            return "unknown"
        if keras.weights != ours.weights or keras.params not in (None, ours.params):
            return "wrong weights"
    return verdict


def same_words(keras: Answer, ours: Answer) -> bool:
    """Whether a fault is told at the same stage and in Keras's words."""
    if not keras.stage or not ours.stage:
        return True
    return keras.stage == ours.stage and _plain(ours.text) in _plain(keras.text)


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"\x1b\[\d*m", "", text))


def _compare_outputs(keras: Any, ours: Any) -> str:
    if isinstance(ours, Out) and ours.shape is None and not isinstance(keras, Out):
        return "unknown"
    if isinstance(keras, dict):
        if not isinstance(ours, dict) or list(keras) != list(ours):
            return "wrong shape"
        return _worst(_compare_outputs(keras[key], ours[key]) for key in keras)
    if isinstance(keras, list):
        if not isinstance(ours, list) or len(keras) != len(ours):
            return "wrong shape"
        return _worst(map(_compare_outputs, keras, ours))
    if not isinstance(keras, Out) or not isinstance(ours, Out):
        return "equal" if type(keras) is type(ours) and keras == ours else "wrong shape"
    assert keras.shape is not None
    if ours.shape is not None:
        if len(ours.shape) != len(keras.shape):
            return "wrong shape"
        if any(a not in ("?", b) for a, b in zip(ours.shape, keras.shape)):
            return "wrong shape"
    if ours.dtype not in ("?", keras.dtype):
        return "wrong dtype"
    if not ours.known:
        return "unknown"
    return "equal" if ours.sparse == keras.sparse else "wrong dtype"


def _worst(verdicts: Any) -> str:
    found = set(verdicts)
    order = ("wrong shape", "wrong dtype", "unknown")
    return next((verdict for verdict in order if verdict in found), "equal")
