"""From where the code was called in which a fault is."""

from __future__ import annotations

from pathlib import Path

import pytest

import kerashape

LIBRARY = """
import keras

class Picked(keras.layers.Layer):
    def call(self, inputs):
        return keras.ops.take(*inputs, axis=0)

def named(name):
    return keras.layers.Dense(3, name=name)

def twice(name):
    return named(name)

def train(model, x, y):
    model.compile("sgd", "mse")
    return model.fit(x, y)
"""
OLD = """
import keras

def old(x):
    return keras.backend.sum(x)
"""
CALLS = {
    "Picked()([keras.Input((4,)), keras.Input((3,))])": ("KS209", {"called from here"}),
    "named('a/b')": ("KS110", {"called from here"}),
    "twice('a/b')": ("KS110", {"called from here", "which began here"}),
    "train(keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]), "
    "np.zeros((4, 2)), np.zeros((5, 1)))": ("KS404", {"called from here"}),
    "old(keras.Input((3,)))": ("KS601", set()),
}


@pytest.mark.parametrize("call", CALLS)
def test_a_fault_in_a_library_shows_who_called_it(tmp_path: Path, call: str) -> None:
    (tmp_path / "library.py").write_text(OLD if call.startswith("old") else LIBRARY)
    program = tmp_path / "program.py"
    program.write_text(f"import keras\nimport numpy as np\nfrom library import *\n{call}\n")
    code, expected = CALLS[call]
    [found] = kerashape.lint([tmp_path]).diagnostics
    assert found.code == code
    assert found.span.path.endswith("library.py")
    told = [label for label in found.related if label.span.path.endswith(("program.py", "y.py"))]
    assert {label.text for label in told} & {"called from here", "which began here"} == expected
    if expected:
        assert (told[-1].span.path, told[-1].span.line) == (str(program), 4)
