"""A layer that is frozen on one branch has the same weights on both."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest

from kerashape.analysis import Analysis
from kerashape.interpret.machine import Machine
from kerashape.interpret.program import run_module
from kerashape.keras.freezing import trainable_of
from kerashape.source import Source

HEAD = """
from keras import Input, layers, models
critic = models.Sequential([Input((6,)), layers.Dense(4), layers.BatchNormalization()])
critic.compile("adam", "mse")
maker = models.Sequential([Input((2,)), layers.Dense(6)])
both = models.Sequential([maker, critic])
"""
PARAMS = {"critic": 6 * 4 + 4 + 4 * 4, "maker": 2 * 6 + 6}
PARAMS["both"] = sum(PARAMS.values())

FROZEN = {
    "one branch": ("if flag:\n    critic.trainable = False", None),
    "the other, too": (
        "if flag:\n    critic.trainable = False\nelse:\n    critic.trainable = False",
        False,
    ),
    "in turns": (
        """
        critic.trainable = False
        for epoch in range(epochs):
            for batch in batches:
                critic.trainable = True
                critic.train_on_batch(x, y)
                critic.trainable = False
                both.train_on_batch(z, y)
        """,
        False,
    ),
    "thawed again": ("critic.trainable = False\nif flag:\n    critic.trainable = True", None),
    "one layer": ("for layer in critic.layers:\n    layer.trainable = flag", None),
}


def interpreted(program: str) -> dict[str, Any]:
    source = Source.from_text(HEAD + textwrap.dedent(program))
    machine = Machine(source, Analysis(source))
    run_module(machine)
    return machine.module_scope.variables


@pytest.mark.parametrize("name", FROZEN)
def test_weights_that_are_frozen_on_one_branch(name: str) -> None:
    program, trained = FROZEN[name]
    found = interpreted(program)
    assert {name: found[name].count_params() for name in PARAMS} == PARAMS
    trainable = trainable_of(found["critic"])
    assert (None if trainable is None else trainable[found["critic"]]) is trained
    assert trainable_of(found["maker"]) is not None


def test_a_layer_that_is_built_on_one_branch() -> None:
    found = interpreted("dense = layers.Dense(3)\nif flag:\n    dense.build((None, 2))")
    assert found["dense"].count_params() is None
