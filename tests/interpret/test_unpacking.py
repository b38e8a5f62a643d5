"""Names for what is returned: a fault exactly where Python raises."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from kerashape.checks import check
from kerashape.interpret import interpret
from kerashape.rulebook import RuleSet
from kerashape.source import Source

HEAD = """\
import keras
import numpy as np
from keras import layers

x, y = np.zeros((8, 3)), np.zeros((8, 1))
t = keras.Input((6, 4))
one = keras.Sequential([keras.Input((3,)), layers.Dense(1)])
f = keras.Input((3,))
two = keras.Model(f, [layers.Dense(1, name="a")(f), layers.Dense(1, name="b")(f)])


def compiled(model, **kwargs):
    model.compile("sgd", "mse", **kwargs)
    return model


def quiet(model, name, *data, **kwargs):
    return getattr(model, name)(*data, verbose=0, **kwargs)


"""
RETURNED = [
    "layers.LSTM(2, return_state=True)(t)",
    "layers.GRU(2, return_state=True, return_sequences=True)(t)",
    "layers.Bidirectional(layers.GRU(2, return_state=True))(t)",
    "layers.RNN([layers.GRUCell(2), layers.LSTMCell(3)], return_state=True)(t)",
    "layers.ConvLSTM1D(2, 1, return_state=True)(keras.Input((3, 4, 5)))",
    "layers.MultiHeadAttention(2, 3)(t, t, return_attention_scores=True)",
    "keras.ops.split(t, 3, axis=1)",
    "keras.ops.unstack(t, axis=2)",
    "keras.ops.moments(t, axes=[1])",
    "two(f)",
    "two.predict(x, verbose=0)",
    "compiled(one).evaluate(x, y, verbose=0)",
    "compiled(one, metrics=['mae']).evaluate(x, y, verbose=0)",
    "compiled(one, metrics=['mae', keras.metrics.R2Score()]).evaluate(x, y, verbose=0)",
    "compiled(one, metrics=['mae', 'mae']).evaluate(x, y, verbose=0)",
    "compiled(one, metrics=['mae'], weighted_metrics=['mse']).evaluate(x, y, verbose=0)",
    "compiled(one).evaluate(x, y, verbose=0, return_dict=True)",
    "compiled(one, metrics=['mae']).train_on_batch(x, y)",
    "compiled(one).test_on_batch(x, y)",
    "compiled(two).evaluate(x, [y, y], verbose=0)",
    "compiled(two, metrics=[['mae'], ['mse', 'mae']]).evaluate(x, [y, y], verbose=0)",
]
NEED_NOT_BE_KNOWN = {
    "two.predict(x, verbose=0)",
    "compiled(one, metrics=['mae', 'mae']).evaluate(x, y, verbose=0)",
    "compiled(one).evaluate(x, y, verbose=0, return_dict=True)",
}
SPLIT = "from sklearn.model_selection import train_test_split\n"
TARGETS = ["a, b", "a, b, c", "(a, b, c, d)", "[a, b, c, d, e]", "a, *b", "a, b, c, *d", "(*a,)"]


def is_reported(code: str) -> bool:
    analysis = interpret(Source.from_text(code))
    return any(found.code == "KS113" for found in check(analysis, RuleSet.of()))


@pytest.mark.keras
@pytest.mark.parametrize("returned", RETURNED)
def test_a_fault_where_python_raises(returned: str) -> None:
    scope: dict[str, Any] = {}
    exec(HEAD + f"returned = {returned}\n", scope)
    for target in TARGETS:
        raises = False
        try:
            exec(f"{target} = returned", scope)
        except (TypeError, ValueError):
            raises = True
        program = HEAD + f"{target} = {returned}\n"
        if returned in NEED_NOT_BE_KNOWN:
            assert raises or not is_reported(program), target
        else:
            assert is_reported(program) == raises, target


@pytest.mark.parametrize(
    ("target", "call", "raises"),
    [
        ("a, b", "train_test_split(x, y)", True),
        ("a, b, c, d", "train_test_split(x, y, test_size=0.5)", False),
        ("a, b, *c", "train_test_split(x, y)", False),
        ("a, b, c", "train_test_split(x)", True),
        ("a, b, c, d", "keras.datasets.mnist.load_data()", True),
        ("(a, b), (c, d)", "keras.datasets.mnist.load_data()", False),
        ("a, b", "keras.datasets.mnist.load_data()", False),
        ("(a, b), (c, d), e", "keras.datasets.mnist.load_data()", True),
    ],
)
def test_functions_of_libraries(target: str, call: str, raises: bool) -> None:
    assert is_reported(f"{HEAD}{SPLIT}{target} = {call}\n") == raises


PLACES = {
    "in a try": "try:\n    {}\nexcept ValueError:\n    pass\n",
    "after a change": "made = {}\nmade = list(made)[:2]\na, b = made\n",
    "a loop": "for a, b in [({})[:2]]:\n    pass\n",
}


def test_what_is_expected_or_cut_is_not_reported() -> None:
    call = "layers.LSTM(2, return_state=True)(t)"
    assert is_reported(HEAD + f"a, b = {call}\n")
    assert not is_reported(HEAD + PLACES["in a try"].format(f"a, b = {call}"))
    for name, place in itertools.islice(PLACES.items(), 1, None):
        assert not is_reported(HEAD + place.format(call)), name
