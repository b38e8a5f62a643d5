"""``hasattr`` on layers and models: what is claimed is so in Keras."""

from __future__ import annotations

import pytest

from kerashape.shapes import Unknown
from tests.interpret.semantics import run_interpreter, run_python

PROGRAM = """
import keras

x = keras.Input((4,))

class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.inner = keras.layers.Dense(3)

class Own(keras.layers.Layer):
    def helper(self):
        pass

class Graph(keras.Model):
    def __init__(self):
        super().__init__(x, keras.layers.Dense(2)(x))

used = keras.layers.Dense(3)
values = [
    used, keras.Model(x, used(x)), keras.Sequential([keras.layers.Dense(2)]),
    keras.Sequential([x, keras.layers.Dense(2)]), Net(), Own(), Graph(), keras.layers.Conv2D(3, 3),
]
names = NAMES
answers = [[hasattr(value, name) for name in names] for value in values]
"""
NAMES = [
    "inputs",
    "outputs",
    "input",
    "output",
    "layers",
    "fit",
    "predict",
    "evaluate",
    "compile",
    "name",
    "built",
    "foo",
    "fit_generator",
    "predict_classes",
    "inner",
    "helper",
    "units",
    "kernel",
    "bias",
    "filters",
    "input_shape",
    "trainable_weights",
    "summary",
    "optimizer",
    "loss",
    "history",
    "get_layer",
    "call",
    "build",
    "add",
    "pop",
    "dtype",
    "reset_states",
    "weights",
    "trainable",
    "losses",
    "stateful",
    "get_config",
    "get_weights",
    "set_weights",
    "count_params",
    "compute_output_shape",
    "save",
    "load_weights",
    "save_weights",
    "train_on_batch",
    "test_on_batch",
    "predict_on_batch",
    "train_step",
    "test_step",
    "predict_step",
    "non_trainable_weights",
]


@pytest.mark.keras
def test_what_layers_have() -> None:
    program = PROGRAM.replace("NAMES", repr(NAMES))
    real, _ = run_python(program)
    ours, _ = run_interpreter(program)
    known = 0
    for kind, (answers, found) in enumerate(zip(real["answers"], ours["answers"].items)):
        for name, answer, claim in zip(NAMES, answers, found.items):
            if not isinstance(claim, Unknown):
                known += 1
                assert claim == answer, (kind, name)
    assert known > len(NAMES) * len(real["answers"]) / 2
