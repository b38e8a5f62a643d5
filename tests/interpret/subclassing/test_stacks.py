"""Classes that derive from Sequential: a stack with methods of its own."""

from __future__ import annotations

from typing import Any

import pytest

from kerashape.analysis import Analysis
from kerashape.api import analyze
from kerashape.interpret.machine import Machine
from kerashape.interpret.program import run_module
from kerashape.interpret.user_layers import UserLayer
from kerashape.keras.graph import flatten
from kerashape.source import Source

HEAD = """
import keras
import numpy as np
from keras import layers
class Trained(keras.Sequential):
    def train_step(self, data):
        return {"loss": keras.ops.mean(self(data[0], training=True))}
class Made(keras.Sequential):
    def __init__(self, units, **kwargs):
        super().__init__([layers.Dense(units), layers.Dense(2)], **kwargs)
        self.units = units
    def twice(self):
        return 2 * self.units
class Grown(keras.Sequential):
    def __init__(self, *units):
        super().__init__()
        self.add(keras.Input((3,)))
        for each in units:
            super().add(layers.Dense(each))
class Called(keras.Sequential):
    def call(self, inputs):
        return super().call(inputs)
"""
MODELS = {
    "on data": "m = Trained([layers.Dense(4)])\nm.compile(loss='mse')\n"
    "m.fit(np.zeros((10, 3)), np.zeros((10, 4)), verbose=0)",
    "with an Input": "m = Trained([keras.Input((3,)), layers.Dense(4)])",
    "with add": "m = Trained()\nm.add(keras.Input((3,)))\nm.add(layers.Dense(5))\nm.add(layers.Dense(6))",
    "a name": "m = Trained([keras.Input((3,)), layers.Dense(4)], name='mine')",
    "layers of its own": "m = Made(7)\nm(keras.Input((3,)))",
    "an attribute": "m = Made(7, name='n')\nm.build((None, m.twice()))",
    "grown": "m = Grown(4, 5)",
    "in another": "m = keras.Sequential([Grown(4, 5), layers.Dense(m2.units)])",
    "in a functional one": "x = keras.Input((3,))\nm = keras.Model(x, layers.Dense(2)(Grown(8)(x)))",
}


def models(program: str) -> Any:
    source = Source.from_text(program)
    machine = Machine(source, Analysis(source))
    run_module(machine)
    found = machine.module_scope.variables["m"]
    return found.functional if isinstance(found, UserLayer) else found


@pytest.mark.keras
@pytest.mark.parametrize("name", MODELS)
def test_a_stack_is_what_keras_makes(name: str) -> None:
    program = f"{HEAD}m2 = Made(3)\n{MODELS[name]}\n"
    scope: dict[str, Any] = {}
    exec(
        compile(f"{HEAD}import keras\nkeras.utils.clear_session()\n{program}", "<p>", "exec"), scope
    )
    model = models(program)
    shapes = [tuple(end.shape.dims) for end in flatten([model.inputs, model.outputs])]
    assert shapes == [end.shape for end in (*scope["m"].inputs, *scope["m"].outputs)]
    assert model.count_params() == scope["m"].count_params()
    assert model.name == scope["m"].name


def test_of_a_stack_with_a_call_of_its_own_nothing_is_said() -> None:
    analysis = analyze(f"{HEAD}m = Called([layers.Dense(4)])\ny = m(keras.Input((3,)))\n")
    assert all(fact.model.count_params() is None for fact in analysis.models)
    assert not analysis.faults
