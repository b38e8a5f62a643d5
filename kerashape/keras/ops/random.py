"""``keras.random``: tensors of a given shape, and what is drawn from tensors.

They work on data and within a layer's ``call``; on a symbolic tensor they raise.
"""

from __future__ import annotations

from typing import Any

from kerashape.keras.ops.base import Operand, Spec
from kerashape.keras.ops.dtypes import standardize_dtype
from kerashape.keras.ops.library import NOT_FOR_TENSORFLOW, Library, LibraryOp, first
from kerashape.keras.ops.sizes import size, sizes
from kerashape.shapes import Shape, Unknown

library = Library("keras.random", kind=first, on_symbolic=NOT_FOR_TENSORFLOW)
law = library.law


def find(name: str) -> LibraryOp | None:
    """The record of ``keras.random.<name>``; None if it is about no tensor."""
    return library.records.get(name)


@law("beta", "shape, alpha, beta, dtype=None, seed=None")
@law("binomial", "shape, counts, probabilities, dtype=None, seed=None")
@law("gamma", "shape, alpha, dtype=None, seed=None")
@law("normal truncated_normal", "shape, mean=0.0, stddev=1.0, dtype=None, seed=None")
@law("randint", "shape, minval, maxval, dtype='int32', seed=None")
@law("uniform", "shape, minval=0.0, maxval=1.0, dtype=None, seed=None")
def drawn(shape: Any, dtype: Any) -> Spec:
    """The shape that is asked for."""
    return Spec(sizes(shape), dtype if isinstance(dtype, Unknown) else standardize_dtype(dtype))


@law("categorical", "logits, num_samples, dtype='int32', seed=None")
def categorical(logits: Shape, num_samples: Any) -> Shape:
    """(b, classes) -> (b, num_samples)."""
    return logits[:-1] + (size(num_samples),)


@law("dropout", "inputs, rate, noise_shape=None, seed=None")
def dropout(inputs: Operand) -> Shape:
    """The shape stays."""
    return inputs


@law("shuffle", "x, axis=0, seed=None")
def shuffle(x: Operand) -> Shape:
    """The shape stays."""
    return x
