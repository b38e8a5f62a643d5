"""A stack that a wrapper builds: its layers are called as in any other stack."""

from __future__ import annotations

from typing import Any

import pytest

from kerashape.interpret import interpret
from kerashape.source import Source

HEAD = """
import keras
from keras import layers
stack = keras.Sequential([layers.Conv2D(8, 3, 2), layers.MaxPool2D(), layers.Flatten()])
"""
PROGRAMS = {
    "called": "y = layers.TimeDistributed(stack)(keras.Input((10, 64, 64, 3)))",
    "in a stack": """
outer = keras.Sequential(
    [keras.Input((10, 64, 64, 3)), layers.TimeDistributed(stack), layers.LSTM(4)]
)""",
    "added": """
outer = keras.Sequential()
outer.add(layers.TimeDistributed(stack, input_shape=(10, 64, 64, 3)))
outer.add(layers.LSTM(4))""",
    "twice": """
each = layers.TimeDistributed(stack)
y = each(keras.Input((10, 64, 64, 3)))
z = each(keras.Input((None, 64, 64, 3)))""",
}


@pytest.mark.keras
@pytest.mark.parametrize("name", PROGRAMS)
def test_its_layers_have_the_shapes_that_keras_gives_them(name: str) -> None:
    namespace: dict[str, Any] = {}
    exec(HEAD + PROGRAMS[name], namespace)
    real = [(type(layer).__name__, layer.output.shape) for layer in namespace["stack"].layers]
    found = [fact.call for fact in interpret(Source.from_text(HEAD + PROGRAMS[name])).calls]
    ours = [(call.operation.class_name, tuple(call.output.shape.dims)) for call in found]
    assert ours[: len(real)] == real
    assert [pair for pair in ours if pair in real] == real


def test_its_fault_is_told_once() -> None:
    program = HEAD + "stack.add(layers.Conv2D(4, 3))\n" + PROGRAMS["called"]
    faults = [fact.call for fact in interpret(Source.from_text(program)).calls if fact.call.fault]
    assert [call.operation.class_name for call in faults] == ["TimeDistributed"]
