"""Layers that make others: automatic names, and the weights of all in Keras's order."""

from __future__ import annotations

from typing import Any

import pytest

from kerashape.keras import layers
from kerashape.keras.graph import Tensor
from kerashape.keras.names import Names
from kerashape.keras.signature import Arguments
from kerashape.shapes import Shape
from tests.keras.layers.agreement import made
from tests.oracle.case import Made, realise

pytestmark = pytest.mark.keras

SEQUENCE, IMAGES = ((None, 5, 4),), ((None, 8, 8, 3),)
BUILT: list[tuple[Made, tuple[Any, ...]]] = [
    (made("LSTM", 3), SEQUENCE),
    (made("GRU", 3, reset_after=False, dtype="mixed_float16"), SEQUENCE),
    (made("SimpleRNN", 3, use_bias=False), SEQUENCE),
    (made("RNN", [made("LSTMCell", 3), made("GRUCell", 2)]), SEQUENCE),
    (made("Bidirectional", made("LSTM", 3)), SEQUENCE),
    (
        made("Bidirectional", made("GRU", 3), backward_layer=made("GRU", 3, go_backwards=True)),
        SEQUENCE,
    ),
    (made("TimeDistributed", made("Dense", 3, dtype="float64")), SEQUENCE),
    (made("ConvLSTM1D", 2, 2), ((None, 5, 4, 3),)),
    (made("MultiHeadAttention", 2, 3, use_gate=True), SEQUENCE * 2),
    (made("MultiHeadAttention", 2, 3, value_dim=5, output_shape=(2, 3)), SEQUENCE * 2),
    (made("GroupQueryAttention", 3, 4, 2), SEQUENCE * 2),
    (made("Normalization"), SEQUENCE),
    (made("STFTSpectrogram", frame_length=4), SEQUENCE),
    (made("RandAugment"), IMAGES),
    (made("AugMix", all_ops=False), IMAGES),
    (made("RandomColorJitter", brightness_factor=0.1, hue_factor=0.1), IMAGES),
]


@pytest.mark.parametrize(("layer", "shapes"), BUILT, ids=str)
def test_weights(layer: Made, shapes: Any) -> None:
    from tests.oracle import reference

    theirs = reference.make(layer)
    theirs(*map(reference.keras.KerasTensor, shapes))
    ours = make(layer, Names())
    assert ours(Arguments([Tensor(Shape(shape)) for shape in shapes])).fault is None
    expected = [(w.name, tuple(w.shape), w.dtype, w.trainable) for w in theirs.weights]
    assert [
        (w.name, tuple(w.shape), w.dtype, w.trainable) for w in ours.all_variables()
    ] == expected


def make(layer: Made, names: Names) -> layers.Layer:
    record = layers.find(layer.layer)
    assert record is not None

    def within(inner: Made) -> layers.Layer:
        return make(inner, names)

    args = realise(layer.args, lambda tensor: tensor, within)
    return record.construct(Arguments(args, realise(layer.kwargs, lambda t: t, within)), names)


def test_names() -> None:
    """The counters of automatic names, after layers that make others have been used."""
    from keras.src.utils import naming

    from tests.oracle import reference

    keras = reference.keras

    naming.reset_uids()
    names = Names()
    for layer, shapes in BUILT:
        theirs, ours = reference.make(layer), make(layer, names)
        assert ours.name == theirs.name
        theirs(*map(keras.KerasTensor, shapes))
        ours(Arguments([Tensor(Shape(shape)) for shape in shapes]))
    for name in layers.names():
        theirs = getattr(keras.layers, name)
        if isinstance(theirs, type) and name not in layers.ALIASES:
            assert names.automatic(layers.find(name).__name__) == naming.auto_name(theirs.__name__)


@pytest.mark.parametrize("name", [None, "lstm_x", "forward_lstm", "backward_lstm"])
@pytest.mark.parametrize(
    "backward", [None, made("LSTM", 3, go_backwards=True, name="mine")], ids=str
)
def test_names_of_both_directions(name: str | None, backward: Made | None) -> None:
    from keras.src.utils import naming

    from tests.oracle import reference

    naming.reset_uids()
    layer = made("Bidirectional", made("LSTM", 3, name=name), backward_layer=backward)
    theirs, ours = reference.make(layer), make(layer, Names())
    expected = [theirs.forward_layer.name, theirs.backward_layer.name]
    assert [inner.name for inner in ours.sublayers] == expected
