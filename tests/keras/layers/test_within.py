"""What a layer answers within another layer's call, where TensorFlow infers."""

from __future__ import annotations

from typing import Any

import pytest

from kerashape.keras import layers
from kerashape.keras.graph import Tensor
from kerashape.keras.names import Names
from kerashape.keras.signature import Arguments
from kerashape.shapes import Shape
from tests.keras.layers.agreement import call as calling
from tests.keras.layers.agreement import difference, made
from tests.oracle.case import CallOf, Made, T


def call(name: str, options: dict[str, Any], *inputs: Any, within: bool) -> Any:
    record = layers.find(name)
    assert record is not None
    layer = record.construct(Arguments((), options), Names())
    return (layer.call_within if within else layer)(Arguments(inputs))


def tensor(*dims: int | None, dtype: str = "float32") -> Tensor:
    return Tensor(Shape(dims), dtype)


@pytest.mark.parametrize("name", ["MaxPooling2D", "AveragePooling2D"])
def test_padding_in_capitals_is_a_fault_of_symbolic_calls_alone(name: str) -> None:
    image = tensor(None, 6, 6, 3)
    options = {"pool_size": 2, "padding": "VALID"}
    assert call(name, options, image, within=False).fault is not None
    within = call(name, options, image, within=True)
    assert within.fault is None
    assert within.output.shape == Shape((None, 3, 3, 3))


def test_a_size_that_one_of_merged_tensors_tells_is_known() -> None:
    pair = [tensor(None, None, 10), tensor(None, 4, 10)]
    assert call("Maximum", {}, pair, within=False).output.shape == Shape((None, None, 10))
    assert call("Maximum", {}, pair, within=True).output.shape == Shape((None, 4, 10))


def test_nobody_casts_integers() -> None:
    numbers = tensor(None, 8, 4, dtype="int32")
    assert call("Dropout", {"rate": 0.5}, numbers, within=False).output.dtype == "float32"
    assert call("Dropout", {"rate": 0.5}, numbers, within=True).output.dtype == "int32"


def test_scores_of_an_attention_are_as_long_as_the_keys() -> None:
    options = {"num_heads": 2, "key_dim": 4}
    query, value = tensor(None, 5, 8), tensor(None, 7, 8)
    record = layers.find("MultiHeadAttention")
    assert record is not None
    layer = record.construct(Arguments((), options), Names())
    given = Arguments((query, value), {"return_attention_scores": True})
    assert layer(given).output[1].shape == Shape((None, 2, 5, 5))
    assert layer.call_within(given).output[1].shape == Shape((None, 2, 5, 7))


def test_a_call_within_leaves_no_trace_on_the_next() -> None:
    record = layers.find("MaxPooling1D")
    assert record is not None
    layer = record.construct(Arguments((), {"padding": "VALID"}), Names())
    assert layer.call_within(Arguments((tensor(None, 6, 3),))).fault is None
    assert layer(Arguments((tensor(None, 6, 3),))).fault is not None


def string(*dims: int | None) -> CallOf:
    return CallOf((T(dims, "string"),))


def numbers(*dims: int | None, dtype: str = "int32") -> CallOf:
    return CallOf((T(dims, dtype),))


def crossed(*shapes: tuple[int, ...]) -> CallOf:
    return CallOf(([T(shape, "int32") for shape in shapes],))


COUNTED = {"output_mode": "count", "vocabulary": ["a", "b"]}
IMAGES = {"images": (None, 8, 8, 3), "labels": (1, 4)}
BOXES = {**IMAGES, "bounding_boxes": {"boxes": (None, 2, 4), "labels": (None, 2)}}

WITHIN: list[tuple[Made, list[CallOf]]] = [
    (made("Subtract"), [calling([(None, 5, 7), (None, 5, 1)]), calling([(5, 2), (None, 5, 1)])]),
    (made("Add"), [calling([(None, 4), (None, 3, 4)]), calling([(2, 4), (2, 4)])]),
    (made("Multiply"), [calling([(), (None, 3)])]),
    (made("Dot", axes=1), [calling([(None, 6), (None, 6)]), calling([(None, 6), (None, 5)])]),
    (made("Dot", axes=1), [calling([(None, 6), (None, 6)]), calling([(2, 6), (3, 6)])]),
    (made("Concatenate"), [CallOf(([T((None, 3)), T((None, 2), "int32")],))]),
    (made("Maximum"), [CallOf(([T((2,), "int8"), T((2,), "uint8")],))]),
    (made("Attention"), [calling([(4, None, 5), (4, 6, 5)], mask=[(4, 3), (4, 6)])]),
    (made("Attention"), [calling([(None, 3, 5), (None, 6, 5)], mask=[(4, 3), (4, 6)],
                                 return_attention_scores=True)]),
    (made("GroupQueryAttention", 2, 4, 2), [calling((None, 3, 6), (None, 3, 6)),
                                            calling((None, 3, 1), (None, 3, 6))]),
    (made("RMSNormalization"), [calling((3, 2)), calling((3, 1)), calling(())]),
    (made("RMSNormalization", axis=[1, 2]), [calling((None, 2, 3))]),
    (made("GroupNormalization", groups=2, axis=-2), [calling((None, 4))]),
    (made("BatchNormalization"), [calling((None, 3, 4), mask=(None, 3, 4))]),
    (made("TimeDistributed", made("MaxPooling2D", padding="VALID")), [calling((None, 2, 8, 8, 1))]),
    (made("TimeDistributed", made("Embedding", 9, 4)), [numbers(None, 3, 5)]),
    (made("TimeDistributed", made("Reshape", (2, -1))), [numbers(None, 3, 4)]),
    (made("SpectralNormalization", made("Dense", 4)), [numbers(None, 3)]),
    (made("BatchNormalization"), [calling((None, 4)), calling((None, None))]),
    (made("Normalization", mean=0.0, variance=1.0), [calling((None, 4)), calling((None, None))]),
    (made("UnitNormalization"), [calling(())]),
    (made("GroupQueryAttention", 2, 4, 2), [calling((4, None, 6), (4, 5, 6),
                                                    attention_mask=(4, 3, 5))]),
    (made("MultiHeadAttention", 2, 3), [calling((None, None, 6), (None, 5, 6), query_mask=(2, 3),
                                                value_mask=(None, 5),
                                                return_attention_scores=True)]),
    (made("Hashing", 5, output_mode="one_hot"), [numbers(None, 1, 1, 1), numbers(4, 3)]),
    (made("CutMix"), [calling(IMAGES)]),
    (made("MixUp"), [calling({"images": (None, 8, 8, 3), "labels": (None,)})]),
    (made("MixUp"), [calling({"images": (8, 8, 3), "labels": (4,)})]),
    (made("CenterCrop", 4, 4), [calling(BOXES)]),
    (made("RandomPerspective"), [calling((None, None, 8, 3))]),
    (made("RandomElasticTransform"), [calling((None, 8, None, 3))]),
    (made("Hashing", 5, output_mode="one_hot", sparse=True), [numbers(4, 3)]),
    (made("HashedCrossing", 4), [crossed((), ()), crossed((3,), (4,))]),
    (made("StringLookup", output_mode="one_hot", vocabulary=["a"]), [string()]),
    (made("StringLookup", **COUNTED), [string(None, 2, 3)]),
    (made("StringLookup", **COUNTED, sparse=True), [string(2, 3)]),
    (made("StringLookup", vocabulary=["a"], invert=True), [numbers(None, 3, dtype="int64")]),
    (made("TextVectorization", output_sequence_length=7), [string(2, 1), string(3, 2, 1)]),
    (made("TextVectorization", split="character"), [string(2, 1), string()]),
    (made("TextVectorization", split=None, ngrams=2), [string(2, 3)]),
    (made("TextVectorization", **COUNTED), [string(None), string(2, 3, 1), string(2, 3)]),
]  # fmt: skip


@pytest.mark.keras
@pytest.mark.filterwarnings("ignore")
def test_layers_within_answer_as_tensorflow_infers() -> None:
    """Later calls on other shapes, masks, encodings, wrappers and images without a size."""
    found = [difference(layer, *calls, words=False, mode="traced") for layer, calls in WITHIN]
    assert [text for text in found if text] == []


@pytest.mark.parametrize(
    "layer",
    [
        made("DepthwiseConv2D", (1, 1), strides=(1.5, 2)),
        made("MaxPooling2D", (1.5, 2)),
        made("SpectralNormalization", made("Dense", 4, activation="glu")),
        made("LayerNormalization", axis=[1, 1]),
    ],
    ids=str,
)
def test_what_only_the_run_decides_is_unknown(layer: Made) -> None:
    from tests.oracle import candidate
    from tests.oracle.case import Case

    shape = (None, 9, 9, 4) if layer.layer.endswith("2D") else (None, 4)
    answer = candidate.answer(Case(layer.layer, layer, (calling(shape),), mode="traced"))
    assert not answer.stage
    assert not answer.outputs[0].known
