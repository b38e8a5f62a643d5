"""``tensorflow.python.keras`` beside Keras: a fault exactly where a stack refuses the other's layer."""

from __future__ import annotations

import itertools

import pytest

from kerashape.checks import check
from kerashape.interpret import interpret
from kerashape.rulebook import RuleSet
from kerashape.source import Source

STACKS = ["keras.Sequential", "old.models.Sequential", "tf.keras.models.Sequential"]
ENTRIES = ["keras.Input((3,))", "old.layers.Input((3,))", ""]
LAYERS = [
    "keras.layers.Dense(2)",
    "old.layers.Dense(2)",
    "old.layers.Dense(2, input_shape=(3,))",
    "keras.models.Sequential([keras.layers.Dense(2)])",
    "old.models.Sequential([old.layers.Dense(2)])",
]
PROGRAM = """
import keras
import tensorflow as tf
from tensorflow.python import keras as old
model = {stack}([{items}])
"""


@pytest.mark.keras
@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_takes_layers_of_its_own_keras(stack: str) -> None:
    for entry, layer in itertools.product(ENTRIES, LAYERS):
        items = ", ".join(item for item in (entry, layer) if item)
        program = PROGRAM.format(stack=stack, items=items)
        raised = ""
        try:
            exec(program, {})
        except (TypeError, ValueError) as error:
            raised = str(error)
        found = check(interpret(Source.from_text(program)), RuleSet.of())
        expected = ["KS111"] if raised else ["KS501"]
        assert [d.code for d in found] == expected, (entry, layer, raised)
        for error in found[: bool(raised)]:
            assert (error.note or "?").partition(": ")[2] in raised, (entry, layer, raised)


@pytest.mark.parametrize(
    "line",
    [
        "old.optimizers.adam_v2.Adam(lr=0.1)",
        "from tensorflow.python.keras.layers.convolutional import Conv2D",
        "old.Sequential([old.layers.Dense(2, input_dim=3)]).output",
        "hasattr(old.backend, 'sum') and old.backend.sum(x)",
    ],
)
def test_what_the_old_copy_still_has(line: str) -> None:
    program = f"from tensorflow.python import keras as old\n{line}\n"
    assert check(interpret(Source.from_text(program)), RuleSet.of()) == []


def test_a_program_for_keras_2_may_be_older_than_the_copy() -> None:
    text = PROGRAM.format(stack=STACKS[0], items="old.layers.Dense(2)")
    found = check(interpret(Source.from_text(text), keras_version=2), RuleSet.of())
    assert [d.code for d in found] == ["KS501"]
