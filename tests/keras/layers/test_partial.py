"""What is still told of a layer when its input or its arguments are known in part."""

from __future__ import annotations

from typing import Any

import pytest

from kerashape.keras import layers
from kerashape.keras.graph import Call, Tensor, flatten
from kerashape.keras.layers.base import Layer
from kerashape.keras.signature import Arguments
from kerashape.shapes import Shape, Symbol, Unknown

U, T, B = (Symbol.named(name) for name in "utb")
ANY, NOT_KNOWN = Shape.unknown(), Unknown("a parameter")


def make(name: str, *args: Any, **kwargs: Any) -> Layer:
    record = layers.find(name)
    assert record is not None
    return record.construct(Arguments(args, kwargs))


def called(layer: Layer, *shapes: Any) -> Call:
    inputs = [_tensors(shape) for shape in shapes]
    call = layer(Arguments(inputs))
    assert call.fault is None
    return call


def _tensors(shape: Any) -> Any:
    if isinstance(shape, list):
        return [_tensors(item) for item in shape]
    return Tensor(shape if isinstance(shape, Shape) else Shape(shape))


TOLD: list[tuple[Layer, list[Any], str]] = [
    (make("LSTM", U), [(None, T, 3)], "(None, u)"),
    (make("LSTM", U, return_sequences=True), [(None, T, 3)], "(None, t, u)"),
    (make("GRU", 4, return_state=True), [(B, T, 3)], "(b, 4) (b, 4)"),
    (make("LSTM", NOT_KNOWN), [(None, 5, 3)], "(None, ?)"),
    (make("LSTM", 4), [ANY], "(?, 4)"),
    (make("LSTM", 4, return_sequences=True), [Shape((5, 3), open=True)], "(?, 5, 4)"),
    (make("Bidirectional", make("LSTM", U)), [(None, T, 3)], "(None, 2*u)"),
    (make("Bidirectional", make("GRU", 4), None), [ANY], "(?, 4) (?, 4)"),
    (make("TimeDistributed", make("Dense", 4)), [ANY], "(..., 4)"),
    (make("TimeDistributed", make("Dense", U)), [(None, T, 6, 3)], "(None, t, 6, u)"),
    (make("ConvLSTM1D", 2, 3), [(None, T, 9, 3)], "(None, 7, 2)"),
    (make("ConvLSTM1D", 2, 3), [(None, 5, T, 3)], "(None, t - 2, 2)"),
    (make("MultiHeadAttention", 2, NOT_KNOWN), [(None, T, 4), (None, 7, 4)], "(None, t, 4)"),
    (make("MultiHeadAttention", 2, 3, output_shape=U), [(None, 5, 4), ANY], "(None, 5, u)"),
    (make("Attention"), [[(None, T, 4), (None, 7, U)]], "(None, t, u)"),
    (make("Attention"), [[ANY, (None, 7, U)]], "(..., u)"),
    (make("Rescaling", NOT_KNOWN), [(None, T, 3)], "(None, t, 3)"),
    (make("Resizing", U, 4), [(None, T, T, 3)], "(None, u, 4, 3)"),
    (make("Resizing", NOT_KNOWN, 4), [(None, 8, 8, 3)], "(None, ?, 4, 3)"),
    (make("RandomFlip", NOT_KNOWN), [(None, T, T, 3)], "(None, t, t, 3)"),
    (make("TextVectorization"), [(None, 1)], "(None, None)"),
    (make("TextVectorization", output_sequence_length=U), [(None,)], "(None, u)"),
    (make("TextVectorization", output_mode="multi_hot"), [(None,)], "(None, ?)"),
    (
        make("StringLookup", vocabulary=NOT_KNOWN, output_mode="one_hot"),
        [(None, 3)],
        "(None, 3, ?)",
    ),
    (make("CategoryEncoding", U, "count"), [(None, 3)], "(None, u)"),
]


@pytest.mark.parametrize(("layer", "shapes", "expected"), TOLD, ids=str)
def test_told(layer: Layer, shapes: list[Any], expected: str) -> None:
    output = called(layer, *shapes).output
    assert " ".join(str(tensor.shape) for tensor in flatten(output)) == expected


UNTOLD: list[tuple[Layer, list[Any]]] = [
    (make("LSTM", 4, return_sequences=NOT_KNOWN), [(None, 5, 3)]),
    (make("LSTM", 4, return_state=NOT_KNOWN), [(None, 5, 3)]),
    (make("RNN", NOT_KNOWN), [(None, 5, 3)]),
    (make("RNN", object()), [(None, 5, 3)]),
    (make("RNN", [make("GRUCell", 4), object()]), [(None, 5, 3)]),
    (make("Bidirectional", NOT_KNOWN), [(None, 5, 3)]),
    (make("Bidirectional", make("LSTM", 4), NOT_KNOWN), [(None, 5, 3)]),
    (make("TimeDistributed", NOT_KNOWN), [(None, 5, 3)]),
    (make("Pipeline", NOT_KNOWN), [(None, 5, 3)]),
    (make("StackedRNNCells", [make("GRUCell", 4), object()]), [(None, 3), [[(None, 4)]] * 2]),
    (make("JaxLayer", object()), [(None, 5)]),
    (make("TFSMLayer", "model"), [(None, 5)]),
]


@pytest.mark.parametrize(("layer", "shapes"), UNTOLD, ids=str)
def test_untold(layer: Layer, shapes: list[Any]) -> None:
    call = called(layer, *shapes)
    assert call.status == "unknown"
    assert call.reason


@pytest.mark.parametrize(("layer", "shapes"), UNTOLD[2:6] + UNTOLD[7:8], ids=str)
def test_weights_of_what_is_not_known_are_not_counted(layer: Layer, shapes: list[Any]) -> None:
    called(layer, *shapes)
    assert layer.count_params() is None


class Mine(Layer):
    """A layer of the program's own, of which the records know nothing."""


@pytest.mark.parametrize(
    "layer",
    [
        make("TimeDistributed", Mine.construct(Arguments())),
        make("Bidirectional", Mine.construct(Arguments())),
        make("RNN", Mine.construct(Arguments())),
        make("RNN", [Mine.construct(Arguments()), make("GRUCell", 4)]),
    ],
    ids=str,
)
def test_nothing_is_told_of_layers_of_the_program(layer: Layer) -> None:
    called(layer, (None, 5, 3))
    assert layer.count_params() is None
