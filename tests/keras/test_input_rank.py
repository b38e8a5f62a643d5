"""The rank of what a model is run on: one axis of 1 more or less, exactly as Keras has it."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from kerashape.analysis import Analysis
from kerashape.interpret.machine import Machine
from kerashape.interpret.program import run_module
from kerashape.source import Source

INPUTS = ((), (1,), (5,), (None,), (5, 1), (5, 4), (6, 6, 1), (6, 6, 3), (6, None, 1))
GIVEN = ((), (1,), (5,), (5, 1), (5, 4), (5, 1, 1), (6, 6), (6, 6, 1), (6, 6, 1, 1), (6, 6, 3, 1))
PROGRAM = """
import keras
import numpy as np

class Around(keras.layers.Layer):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def call(self, inputs):
        return self.model(inputs)

x = keras.Input({inputs})
layers = [keras.layers.Activation("relu"){convolution}]
outputs = x
for layer in layers:
    outputs = layer(outputs)
model = {model}
y = {call}
"""
MODELS = {
    "sequential": "keras.Sequential([x, *layers])",
    "functional": "keras.Model(x, outputs)",
    "nested": "keras.Sequential([keras.Model(x, outputs), keras.layers.Dropout(0.5)])",
    "two inputs": "keras.Model([x, keras.Input((2,))], outputs)",
}
CALLS = {
    "on data": "model(np.zeros({data}))",
    "on symbols": "model(keras.Input({given}))",
    "in a layer on data": "Around(model)(np.zeros({data}))",
    "in a layer on symbols": "Around(model)(keras.Input({given}))",
    "in a Lambda": "keras.layers.Lambda(lambda value: model(value))(keras.Input({given}))",
}
TWO = "model([np.zeros({data}), np.zeros((3, 2))])"


@pytest.mark.keras
@pytest.mark.parametrize(
    ("model", "call"),
    [*itertools.product(["sequential", "functional"], CALLS.values()),
     ("nested", CALLS["on data"]), ("two inputs", TWO)],
)  # fmt: skip
def test_another_rank_is_taken_where_keras_takes_it(model: str, call: str) -> None:
    for inputs, given in itertools.product(INPUTS, GIVEN):
        program = PROGRAM.format(
            inputs=inputs,
            model=MODELS[model],
            call=call.format(given=given, data=(3, *given)),
            convolution=", keras.layers.Conv2D(2, 1)" if len(inputs) == 3 else "",
        )
        scope: dict[str, Any] = {}
        expected = None
        try:
            exec(program, scope)
            expected = tuple(scope["y"].shape)
        except Exception:
            pass
        source = Source.from_text(program)
        machine = Machine(source, Analysis(source))
        run_module(machine)
        faults = [fact.fault for fact in machine.analysis.faults]
        faults += [fact.call.fault for fact in machine.analysis.calls if fact.call.fault]
        if expected is None:
            assert faults, (inputs, given)
        else:
            assert not faults, (inputs, given)
            assert machine.module_scope.variables["y"].shape.dims == expected, (inputs, given)
