"""Keras 2's answers, from the package tf-keras."""

from __future__ import annotations

import logging
import os
import warnings
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
from tests.oracle.case import BACKEND, Answer, Case, Made, Out, T, realise
from tests.oracle.quiet import quiet

with quiet():
    import tensorflow as tf
    import tf_keras

logging.getLogger("tensorflow").setLevel(logging.ERROR)
warnings.filterwarnings("ignore")


def tensor(t: T) -> Any:
    """The symbolic tensor that a case speaks of."""
    return tf_keras.Input(type_spec=tf.TensorSpec(t.shape, t.dtype))


def make(made: Made) -> Any:
    """The layer that a case speaks of."""
    args = realise(made.args, tensor, make)
    kwargs = realise(made.kwargs, tensor, make)
    return getattr(tf_keras.layers, made.layer)(*args, **kwargs)


def answer(case: Case) -> Answer:
    """Run a case through Keras 2."""
    assert case.made is not None
    tf_keras.backend.clear_session()
    outputs: list[Any] = []
    stage = "constructor"
    try:
        layer = make(case.made)
        stage = "call"
        for call in case.calls:
            args, kwargs = realise((call.args, call.kwargs), tensor, make)
            outputs.append(describe(layer(*args, **kwargs)))
    except Exception as error:
        if not hasattr(tf_keras.layers, case.made.layer):
            stage = BACKEND
        return Answer(stage, f"{type(error).__name__}: {error}", tuple(outputs))
    # What merges is a function: it gives a tensor, not a layer.
    trainable = {id(w) for w in getattr(layer, "trainable_weights", ())}
    weights_of = getattr(layer, "weights", ())
    variables = [w for w in weights_of if hasattr(w, "shape")]  # and not a table of words
    weights = tuple((tuple(w.shape), id(w) in trainable) for w in variables)
    return Answer(outputs=tuple(outputs), weights=weights, params=None)


def describe(output: Any) -> Any:
    """A nested output as :class:`Out` leaves."""
    if isinstance(output, (list, tuple)):
        return [describe(item) for item in output]
    if isinstance(output, dict):
        return {key: describe(item) for key, item in output.items()}
    if hasattr(output, "shape") and hasattr(output, "dtype"):
        shape = None if output.shape.rank is None else tuple(output.shape)
        sparse = "Sparse" in type(output).__name__ or "Ragged" in type(output).__name__
        return Out(shape, output.dtype.name, sparse)
    return output
