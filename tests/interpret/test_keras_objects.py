"""Objects that Keras makes of a name, against Keras."""

from __future__ import annotations

import importlib

import pytest

from kerashape.api import analyze
from kerashape.interpret.keras_objects import NAMED, KerasObject, named
from kerashape.shapes import Unknown


@pytest.mark.keras
@pytest.mark.parametrize("module", NAMED)
def test_every_name_stands_for_its_class(module: str) -> None:
    get = importlib.import_module(module).get
    family = importlib.import_module(f"keras.src.{module.removeprefix('keras.')}")
    seen = 0
    for identifier in family.ALL_OBJECTS_DICT:
        found = named(module, identifier)
        if isinstance(found, Unknown):
            continue
        seen += 1
        assert isinstance(found, KerasObject)
        try:
            real = get(identifier)
        except (KeyError, TypeError, ValueError):  # one that has required arguments
            continue
        assert getattr(importlib.import_module(module), found.path.rpartition(".")[2]) is type(real)
    assert seen >= 4
    assert isinstance(named(module, "no such name"), Unknown)


def test_an_object_by_its_name_is_no_layer() -> None:
    program = """\
import keras
class Own(keras.layers.Layer):
    def __init__(self, start="he_normal", decay=None):
        super().__init__()
        self.start = keras.initializers.get(start)
        self.decay = keras.regularizers.get(decay)
    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], 3), initializer=self.start)
    def call(self, x):
        return x @ self.w
m = keras.Sequential([keras.Input((4,)), Own()])
"""
    assert [fact.model.count_params() for fact in analyze(program).models] == [12]
