"""The same expressions on the real Keras, TensorFlow and numpy."""

from __future__ import annotations

from typing import Any

from tests.keras.ops.expressions import Out, Raised, Scalar, Tensors
from tests.oracle.quiet import quiet
from tests.oracle.reference import keras, tf

with quiet():
    import numpy as np
    from keras.src.backend import compute_output_spec

LIBRARIES = {"tf": tf, "np": np, "ops": keras.ops, "K": tf.keras.backend,
             "random": keras.random}  # fmt: skip


def symbolic(expression: str, tensors: Tensors) -> Any:
    """On symbolic tensors, as in a functional model."""
    made = {name: keras.KerasTensor(shape, dtype) for name, (shape, dtype) in tensors.items()}
    return _told(lambda: eval(expression, LIBRARIES | made))


def within(expression: str, tensors: Tensors) -> Any:
    """Within a layer's ``call``."""
    names = list(tensors)
    given = [keras.KerasTensor(shape, dtype) for shape, dtype in tensors.values()]

    def call(*values: Any) -> Any:
        return eval(expression, LIBRARIES | dict(zip(names, values)))

    # A layer puts these words before what its call raises.
    told = _told(lambda: compute_output_spec(call, *given))
    return (
        Raised(f"Exception encountered when calling: {told}") if isinstance(told, Raised) else told
    )


def on_data(expression: str, tensors: Tensors) -> Any:
    """On numpy arrays."""
    made = {name: np.ones(shape, dtype) for name, (shape, dtype) in tensors.items()}
    return _told(lambda: eval(expression, LIBRARIES | made))


def _told(run: Any) -> Any:
    try:
        return described(run())
    except Exception as error:
        return Raised(f"{type(error).__name__}: {error}")


def described(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [described(item) for item in value]
    if isinstance(value, np.generic):
        return Scalar(value)
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return Out(tuple(value.shape), keras.backend.standardize_dtype(value.dtype))
    return value
