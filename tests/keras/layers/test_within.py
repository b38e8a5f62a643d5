"""What a layer answers within another layer's call, where TensorFlow infers."""

from __future__ import annotations

from typing import Any

import pytest

from kerashape.keras import layers
from kerashape.keras.graph import Tensor
from kerashape.keras.names import Names
from kerashape.keras.signature import Arguments
from kerashape.shapes import Shape


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
