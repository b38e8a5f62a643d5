"""Recurrent layers, their cells and the wrappers around them, against the real Keras."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from tests.keras.layers.agreement import call, difference, made

pytestmark = pytest.mark.keras

LAYERS = ("SimpleRNN", "GRU", "LSTM")
CELLS = ("SimpleRNNCell", "GRUCell", "LSTMCell")
FLAGS = ({}, {"return_sequences": True}, {"return_state": True}, {"stateful": True})
ALL = {"return_sequences": True, "return_state": True, "stateful": True}
SHAPES = ((None, None, 3), (2, 5, 3), (None, 5, None), (2, 3), (None, 2, 3, 4), (), (None,))


def flags() -> list[dict[str, Any]]:
    """The flags of a recurrent layer, none to all of them."""
    return [{**a, **b} for a, b in itertools.pairwise(FLAGS)] + [ALL]


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("options", flags(), ids=str)
def test_layer(layer: str, options: dict[str, Any]) -> None:
    for shape in SHAPES:
        assert not difference(made(layer, 4, **options), call(shape))


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize(
    "options",
    [
        {"use_bias": False},
        {"reset_after": False},
        {"implementation": 1},
        {"recurrent_dropout": 0.5, "dropout": 0.2},
        {"zero_output_for_mask": True, "unroll": True},
        {"use_cudnn": "yes"},
        {"units": 0},
        {"units": -1},
        {"units": 2.5},
        {"units": None},
        {"units": "4"},
        {"dropout": "a"},
        {"seed": 1.5},
        {"activation": "rely"},
        {"dtype": "mixed_float16"},
        {"trainable": False},
        {"input_length": 4},
    ],
    ids=str,
)
def test_options(layer: str, options: dict[str, Any]) -> None:
    arguments = {"units": 4, **options}
    assert not difference(made(layer, **arguments), call((None, 5, 3)))


@pytest.mark.parametrize("layer", LAYERS)
def test_again_on_other_features(layer: str) -> None:
    assert not difference(made(layer, 4), call((None, 5, 3)), call((None, 5, 6)))
    assert not difference(made(layer, 4), call((None, 5, 3)), call((None, 5)))


@pytest.mark.parametrize("layer", LAYERS)
def test_initial_state(layer: str) -> None:
    states: Any = [(None, 4)] * (2 if layer == "LSTM" else 1)
    assert not difference(made(layer, 4), call((None, 5, 3), initial_state=states))
    assert not difference(made(layer, 4), call((None, 5, 3), states))
    assert not difference(made(layer, 4), call([(None, 5, 3), *states]))


def cells() -> list[Any]:
    """Cells, lists of them, stacks, and what is no cell."""
    one = [made(cell, 4) for cell in CELLS]
    several = [made("LSTMCell", 4), made("GRUCell", 3), made("SimpleRNNCell", 2)]
    stacked = made("StackedRNNCells", several)
    wrong = [made("Dense", 4), 4, None, "lstm", [made("Dense", 4)], [3], made("GRUCell", 2.5)]
    return [*one, several, tuple(several), stacked, [stacked, one[0]], made("LSTM", 4), *wrong]


@pytest.mark.parametrize("cell", cells(), ids=str)
@pytest.mark.parametrize("options", flags(), ids=str)
def test_rnn(cell: Any, options: dict[str, Any]) -> None:
    for shape in ((2, None, 3), (2, 5, 3, 2)):
        assert not difference(made("RNN", cell, **options), call(shape), words=False)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("activation", ["tanh", "glu", None])
@pytest.mark.parametrize("implementation", [1, 2])
def test_cell(cell: str, activation: str | None, implementation: int) -> None:
    options = {} if cell == "SimpleRNNCell" else {"implementation": implementation}
    layer = made(cell, 4, activation, **options)
    for state in ((None, 4), (1, 4), (3, 4), (2, 3)):
        for states in ([state], [(None, 4), state]):
            assert not difference(layer, call((2, 3), states), words=False)
    for step in ((3,), (2, 5, 3)):
        assert not difference(layer, call(step, [(2, 4), (2, 4)]), words=False)
    assert not difference(layer, call((2, 3), []))
    assert not difference(layer, call((2, 3)))


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("options", flags(), ids=str)
def test_conv_lstm(rank: int, options: dict[str, Any]) -> None:
    for more in ({"padding": "same", "strides": 2}, {"data_format": "channels_first"}):
        layer = made(f"ConvLSTM{rank}D", 2, 3, **options, **more)
        for space in ((4,) * rank, (4,) * (rank - 1) + (None,), (2,) * rank):
            for batch in (None, 2):
                assert not difference(layer, call((batch, 5, *space, 3)))
    assert not difference(made(f"ConvLSTM{rank}D", 2, 3), call((None, *(4,) * rank, 3)))


@pytest.mark.parametrize("merge_mode", ["concat", "sum", "mul", "ave", None, "add"])
@pytest.mark.parametrize("layer", [*LAYERS, "RNN", "ConvLSTM1D"])
def test_bidirectional(layer: str, merge_mode: str | None) -> None:
    arguments: Any = {"RNN": [[made("GRUCell", 4), made("LSTMCell", 2)]], "ConvLSTM1D": [4, 2]}
    shape = (2, 5, 6, 3) if layer == "ConvLSTM1D" else (2, 5, 3)
    for options in flags():
        inner = made(layer, *arguments.get(layer, [4]), **options)
        outer = made("Bidirectional", inner, merge_mode)
        assert not difference(outer, call(shape))
        assert not difference(outer, call((None, *shape[1:])))
        assert not difference(outer, call(shape[1:]))


BACKWARD = [
    made("LSTM", 4, go_backwards=True),
    made("LSTM", 4),
    made("LSTM", 5, go_backwards=True, return_sequences=True),
    made("GRU", 4, go_backwards=True, name="mine"),
    made("Dense", 4),
    3,
]


@pytest.mark.parametrize("backward", BACKWARD, ids=str)
@pytest.mark.parametrize("forward", [*BACKWARD, "lstm", None, made("LSTM", 0)], ids=str)
def test_backward_layer(forward: Any, backward: Any) -> None:
    for options in ({"backward_layer": backward}, {}):
        outer = made("Bidirectional", forward, **options)
        assert not difference(outer, call((None, 5, 3)))


WRAPPED = [
    made("Dense", 4),
    made("Conv1D", 4, 2),
    made("Conv2D", 4, 2, strides=2),
    made("Flatten"),
    made("LSTM", 4, return_sequences=True),
    made("LSTM", 4, return_state=True),
    made("Bidirectional", made("GRU", 4)),
    made("TimeDistributed", made("Dense", 4)),
    made("BatchNormalization"),
    made("Embedding", 7, 4),
    made("Reshape", (-1,)),
    made("GlobalAveragePooling2D"),
    made("MultiHeadAttention", 2, 3),
    made("Add"),
    made("LSTMCell", 4),
    made("InputLayer", (3,)),
    made("Rescaling", 2),
    made("Resizing", 3, 4),
    3,
    "dense",
]


@pytest.mark.parametrize("layer", WRAPPED, ids=str)
def test_time_distributed(layer: Any) -> None:
    shapes = ((None, 5, 6, 6, 3), (2, None, 6, 3), (None, 5, 3), (None, None, None, None, 3))
    for shape in (*shapes, (None, 5), (None,), ()):
        assert not difference(made("TimeDistributed", layer), call(shape), words=False)
    assert not difference(made("TimeDistributed", layer), call([(None, 5, 3)]), words=False)
