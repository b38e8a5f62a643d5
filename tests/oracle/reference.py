"""The real Keras's answers."""

from __future__ import annotations

import functools
import logging
import os
import warnings
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
from tests.oracle.case import Answer, Case, Made, Out, T, realise
from tests.oracle.quiet import quiet

with quiet():
    import keras
    import tensorflow as tf
    from keras.src.backend.common import global_state
    from keras.src.backend.common.stateless_scope import StatelessScope

    tf.zeros(1, "float16") + 1  # TensorFlow's own first words are said at the first operation

logging.getLogger("tensorflow").setLevel(logging.ERROR)
logging.getLogger("absl").setLevel(logging.ERROR)

warnings.filterwarnings("ignore")


def reset(counters: dict[str, int] | None = None) -> None:
    """Start the automatic names afresh, or from given counters."""
    fresh = defaultdict(int, counters or {})
    global_state.set_global_attribute("object_name_uids", fresh)


@contextmanager
def stateless() -> Iterator[None]:
    """Weights made within have a shape and no value: big models cost neither time nor memory."""
    with StatelessScope():
        try:
            yield
        finally:
            # Otherwise the values would be made on leaving the scope.
            global_state.set_global_attribute("uninitialized_variables", [])


def counters_now() -> dict[str, int]:
    """The counters of automatic names."""
    return dict(global_state.get_global_attribute("object_name_uids"))


def tensor(t: T) -> Any:
    """The symbolic tensor that a case speaks of."""
    return keras.KerasTensor(t.shape, t.dtype)


def make(made: Made) -> Any:
    """The layer that a case speaks of."""
    args = realise(made.args, tensor, make)
    kwargs = realise(made.kwargs, tensor, make)
    return getattr(keras.layers, made.layer)(*args, **kwargs)


def op(name: str) -> Any:
    """``keras.ops.<name>``, also ``image.resize``."""
    return functools.reduce(getattr, name.split("."), keras.ops)


def answer(case: Case) -> Answer:
    """Run a case through Keras."""
    reset()
    try:
        layer = op(case.name) if case.made is None else make(case.made)
    except Exception as error:
        return Answer("constructor", _message(error))
    outputs = []
    for call in case.calls:
        args = realise(call.args, tensor, make)
        kwargs = realise(call.kwargs, tensor, make)
        try:
            outputs.append(describe(layer(*args, **kwargs)))
        except Exception as error:
            return Answer("call", _message(error), tuple(outputs))
    if not isinstance(layer, keras.Layer):  # an op, or a layer's functional form
        outputs += [] if case.calls else [describe(layer)]
        return Answer(outputs=tuple(outputs), weights=())
    weights = tuple((tuple(w.shape), bool(w.trainable)) for w in layer.weights)
    params = layer.count_params() if case.calls else None
    return Answer(outputs=tuple(outputs), weights=weights, params=params)


def describe(output: Any) -> Any:
    """A nested output as :class:`Out` leaves."""
    if isinstance(output, (list, tuple)):
        return [describe(item) for item in output]
    if isinstance(output, dict):
        return {key: describe(item) for key, item in output.items()}
    if isinstance(output, keras.KerasTensor):
        return Out(tuple(output.shape), output.dtype, bool(output.sparse))
    if hasattr(output, "shape") and hasattr(output, "dtype"):
        dtype = keras.backend.standardize_dtype(output.dtype)
        return Out(tuple(output.shape), dtype)
    return output


def _message(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
