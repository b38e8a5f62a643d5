"""The real Keras's answers."""

from __future__ import annotations

import functools
import logging
import os
import traceback
import warnings
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")  # random graphs are drawn on others, too
from tests.oracle.case import BACKEND, Answer, CallOf, Case, Made, Out, T, realise, tensors_of
from tests.oracle.quiet import quiet

with quiet():
    import keras
    from keras.src.backend.common import global_state
    from keras.src.backend.common.stateless_scope import StatelessScope

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.zeros(1, "float16") + 1  # TensorFlow's own first words are said at the first operation

logging.getLogger("tensorflow").setLevel(logging.ERROR)
logging.getLogger("absl").setLevel(logging.ERROR)

warnings.filterwarnings("ignore")


def reset(counters: dict[str, int] | None = None) -> None:
    """Start the automatic names afresh, or from given counters."""
    fresh = defaultdict(int, counters or {})
    global_state.set_global_attribute("object_name_uids", fresh)
    # Those of a layer that failed half way would fail in each later trace.
    global_state.set_global_attribute("uninitialized_variables", [])


def restore_settings() -> None:
    """Put Keras's global settings back to what it comes with."""
    keras.config.set_floatx("float32")
    global_state.set_global_attribute("dtype_policy", None)  # the first layer settles it
    keras.config.set_image_data_format("channels_last")
    keras.config.set_epsilon(1e-7)


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
    return _export(made)(*args, **kwargs)


def _export(made: Made) -> Any:
    return getattr(keras.layers, made.layer)


def op(name: str) -> Any:
    """``keras.ops.<name>``, also ``image.resize``."""
    return functools.reduce(getattr, name.split("."), keras.ops)


def answer(case: Case) -> Answer:
    """Run a case through Keras."""
    if case.prelude:
        restore_settings()
        try:
            exec("\n".join(case.prelude), {"keras": keras})
            return answer(replace(case, prelude=()))
        finally:
            restore_settings()
    reset()
    outputs: list[Any] = []
    functional = case.made is not None and not isinstance(_export(case.made), type)
    stage = "call" if functional else "constructor"
    try:
        layer = op(case.name) if case.made is None else make(case.made)
        stage = "call"
        for call in case.calls:
            outputs.append(describe(_call(layer, call, case.mode)))
    except Exception as error:
        if case.mode != "symbolic" and _from_backend(error):
            stage = BACKEND
        return Answer(stage, f"{type(error).__name__}: {error}", tuple(outputs))
    if not isinstance(layer, keras.Layer):  # an op, or a layer's functional form
        outputs += [] if case.calls else [describe(layer)]
        return Answer(outputs=tuple(outputs), weights=())
    weights = tuple((tuple(w.shape), bool(w.trainable)) for w in layer.weights)
    return Answer(outputs=tuple(outputs), weights=weights, params=layer.count_params())


def _call(function: Any, call: CallOf, mode: str) -> Any:
    arguments = (call.args, call.kwargs)
    if mode != "traced":
        args, kwargs = realise(arguments, data if mode == "eager" else tensor, make)
        return function(*args, **kwargs)
    symbols = tensors_of(arguments)

    def within(*tensors: Any) -> Any:
        at_hand = iter(tensors)
        args, kwargs = realise(arguments, lambda _: next(at_hand), make)
        return function(*args, **kwargs)

    return keras.src.backend.compute_output_spec(within, *map(tensor, symbols))


def _from_backend(error: Exception) -> bool:
    """Whether TensorFlow raised it: it has no kernel for a dtype, or dislikes a value."""
    frames = traceback.extract_tb(error.__traceback__)
    return isinstance(error, tf.errors.OpError) or "/tensorflow/" in frames[-1].filename


def data(t: T) -> Any:
    """Data of that shape: unit matrices for floats, so that they can be inverted; else zeros."""
    floating = keras.backend.is_float_dtype(t.dtype)
    if floating and len(t.shape) > 1 and t.shape[-1] == t.shape[-2]:
        return keras.ops.broadcast_to(keras.ops.eye(t.shape[-1], dtype=t.dtype), t.shape)
    return keras.ops.ones(t.shape, t.dtype) if floating else keras.ops.zeros(t.shape, t.dtype)


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
