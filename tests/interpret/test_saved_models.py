"""Models that a program saves and loads again, or clones, as Keras gives them back."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest

from kerashape.analysis import Analysis
from kerashape.interpret.machine import Machine
from kerashape.interpret.program import run_module
from kerashape.keras.graph import Tensor, flatten
from kerashape.shapes import Unknown
from kerashape.source import Source

HEAD = """
import keras
import numpy as np
from keras import layers

def stack():
    return keras.Sequential([keras.Input((8, 3)), layers.Flatten(), layers.Dense(4), layers.Dense(2)])

def branches():
    shared = layers.Dense(5, name="shared")
    a, b = keras.Input((3,), name="a"), keras.Input((3,), name="b")
    joined = layers.Concatenate()([shared(a), shared(b) + 1.0])
    return keras.Model([a, b], [layers.Dense(2)(joined), joined])

def nested():
    ids = keras.Input((7,), dtype="int32")
    x = layers.Embedding(10, 4, mask_zero=True)(ids)
    inner = keras.Sequential([keras.Input((7, 4)), layers.LSTM(6)])
    return keras.Model(ids, stack_of(inner(x)))

def stack_of(x):
    return layers.Bidirectional(layers.GRU(3))(layers.RepeatVector(2)(x))
"""
PROGRAMS = {
    "saved and loaded": """
        stack().save("a.keras")
        branches().save("./b.keras")
        a = keras.models.load_model("a.keras")
        b = keras.saving.load_model("b.keras")
        """,
    "saved by a function": """
        keras.saving.save_model(nested(), "c.keras")
        a = keras.models.load_model(filepath="c.keras", compile=False)
        """,
    "saved by a callback": """
        m = stack()
        m.compile("sgd", "mse")
        best = keras.callbacks.ModelCheckpoint("d.keras", save_best_only=True)
        x, y = np.zeros((4, 8, 3)), np.zeros((4, 2))
        m.fit(x, y, verbose=0, validation_data=(x, y), callbacks=[best])
        a = keras.models.load_model("d.keras")
        b = keras.Model(a.inputs, a.layers[1].output)
        """,
    "built by data": """
        m = keras.Sequential([layers.Dense(3), layers.Dense(1)])
        m.compile("sgd", "mse")
        m.fit(np.zeros((64, 5)), np.zeros((64, 1)), verbose=0)
        m.save("e.keras")
        a = keras.models.load_model("e.keras")
        """,
    "clones": """
        a = keras.models.clone_model(stack())
        b = keras.models.clone_model(branches())
        c = keras.models.clone_model(nested())
        """,
    "what becomes of a clone is its own": """
        a = stack()
        b = keras.models.clone_model(a)
        for layer in b.layers[:-1]:
            layer.trainable = False
        b.add(layers.Dense(7, name="last"))
        """,
    "a part of a loaded model": """
        stack().save("g.keras")
        old = keras.models.load_model("g.keras")
        a = keras.Sequential([keras.Input((8, 3)), *old.layers[:-1], layers.Dense(1, name="new")])
        b = keras.Model(old.inputs, layers.Dense(9)(old.layers[-2].output))
        """,
    "the last that was saved": """
        for make in (stack, branches):
            make().save("h.keras")
        a = keras.models.load_model("h.keras")
        """,
}


def interpreted(program: str) -> dict[str, Any]:
    """The variables after a program."""
    source = Source.from_text(HEAD + textwrap.dedent(program))
    machine = Machine(source, Analysis(source))
    run_module(machine)
    return machine.module_scope.variables


def described(model: Any) -> dict[str, Any]:
    """What tells two models apart."""
    return {
        "layers": [(type(layer).__name__, bool(layer.trainable)) for layer in model.layers],
        "inputs": [tuple(t.shape) for t in model.inputs],
        "outputs": [tuple(t.shape) for t in model.outputs],
        "params": model.count_params(),
    }


def described_by_us(model: Any) -> dict[str, Any]:
    """The same of an inferred model."""

    def ends(tensors: Any) -> list[Any]:
        return [tuple(t.shape.dims) for t in flatten(tensors) if isinstance(t, Tensor)]

    return {
        "layers": [(layer.class_name, bool(layer.trainable)) for layer in model.layers],
        "inputs": ends(model.inputs),
        "outputs": ends(model.outputs),
        "params": model.count_params(),
    }


@pytest.mark.keras
@pytest.mark.parametrize("name", PROGRAMS)
def test_as_keras_gives_them_back(
    name: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, Any] = {}
    exec(HEAD + textwrap.dedent(PROGRAMS[name]), namespace)
    found = interpreted(PROGRAMS[name])
    for variable in [v for v in ("a", "b", "c") if v in namespace]:
        assert described_by_us(found[variable]) == described(namespace[variable]), variable


UNKNOWN = {
    "never saved": "a = keras.models.load_model('a.keras')",
    "weights only": """
        m = stack()
        m.compile('sgd', 'mse')
        m.fit(np.zeros((4, 8, 3)), np.zeros((4, 2)), callbacks=[
            keras.callbacks.ModelCheckpoint('a.weights.h5', save_weights_only=True)])
        a = keras.models.load_model('a.weights.h5')
        """,
    "perhaps overwritten": """
        stack().save("a.keras")
        branches().save(input())
        a = keras.models.load_model("a.keras")
        """,
    "one of two": """
        if input():
            stack().save("a.keras")
        else:
            branches().save("a.keras")
        a = keras.models.load_model("a.keras")
        """,
    "cloned with other layers": """
        a = keras.models.clone_model(stack(), clone_function=lambda layer: layer)
        """,
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_is_not_known(name: str) -> None:
    assert isinstance(interpreted(UNKNOWN[name])["a"], Unknown)


def test_what_could_not_be_built_is_saved_all_the_same() -> None:
    found = interpreted(
        """
        m = keras.Sequential([keras.Input((3,)), layers.Conv2D(2, 3)])
        m.save("a.keras")
        a = keras.models.load_model("a.keras")
        a.build((None, 5))
        b = keras.models.clone_model(keras.Sequential([keras.Input((3,))]))
        b.add(layers.Dense(2))
        """
    )
    assert len(found["a"].layers) == len(found["m"].layers)
    assert described_by_us(found["b"])["outputs"] == [(None, 2)]


def test_whether_it_is_compiled() -> None:
    found = interpreted(
        """
        m = stack()
        m.compile("sgd", "mse")
        m.save("a.keras")
        a = keras.models.load_model("a.keras")
        b = keras.models.load_model("a.keras", compile=False)
        c = keras.models.clone_model(m)
        """
    )
    assert found["a"].compiled is found["m"].compiled is not None
    assert found["b"].compiled is None
    assert found["c"].compiled is None
