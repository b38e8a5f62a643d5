"""The paths by which programs reach Keras's names."""

from __future__ import annotations

import pytest

from kerashape.keras.public import canonical

PATHS = {
    "tensorflow.keras.layers.Dense": "keras.layers.Dense",
    "tensorflow.python.keras.layers.core.Dense": "keras.layers.Dense",
    "keras.layers.core.Dense": "keras.layers.Dense",
    "keras.src.layers.core.dense.Dense": "keras.layers.Dense",
    "keras.src.ops.reshape": "keras.ops.reshape",
    "keras.src.backend.floatx": "keras.backend.floatx",
    "keras.src.backend.numpy.repeat": "keras.src.backend.numpy.repeat",
    "keras.src.backend.one_hot": "keras.src.backend.one_hot",
    "tensorflow.keras.backend.one_hot": "keras.backend.one_hot",
    "tensorflow.compat.v1.reshape": "tensorflow.reshape",
}


@pytest.mark.parametrize("path", PATHS)
def test_canonical(path: str) -> None:
    assert canonical(path) == PATHS[path]
