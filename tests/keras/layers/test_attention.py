"""Attention layers against the real Keras."""

from __future__ import annotations

from typing import Any

import pytest

from tests.keras.layers.agreement import call, difference, made

pytestmark = pytest.mark.keras

Q, V = (None, 5, 4), (None, 7, 4)

MULTI_HEAD: list[dict[str, Any]] = [
    {},
    {"value_dim": 6},
    {"use_bias": False, "use_gate": True, "value_dim": 2},
    {"output_shape": 9},
    {"output_shape": (2, 3)},
    {"output_shape": [4]},
    {"output_shape": 2.5},
    {"output_shape": "ab"},
    {"output_shape": ()},
    {"attention_axes": 1},
    {"attention_axes": (1, 2)},
    {"attention_axes": -2},
    {"attention_axes": (7,)},
    {"attention_axes": 1.5},
    {"attention_axes": "a"},
    {"dropout": 0.5, "seed": 1},
    {"dropout": 2.0},
    {"sliding_window": 2},
    {"sliding_window": 0},
    {"flash_attention": True},
    {"flash_attention": True, "dropout": 0.5},
    {"num_heads": 0},
    {"num_heads": 2.0},
    {"key_dim": None},
    {"value_dim": 0},
    {"kernel_initializer": None},
    {"kernel_initializer": "nosuch"},
    {"dtype": "mixed_float16"},
]

CALLS = [
    call(Q, V),
    call(Q, V, (None, 7, 3)),
    call(Q, V, (None, 6, 3)),
    call(Q, (None, None, 4), V),
    call(Q, V, return_attention_scores=True),
    call(Q, V, attention_mask=(None, 5, 7), use_causal_mask=True),
    call((None, 5, 6, 4), (None, 7, 6, 3)),
    call((None, 5, None), V),
    call(Q, (None, 7, None)),
    call((2, 4), (2, 3)),
    call(Q),
    call([Q, V]),
    call(Q, value=V, key=V),
]


@pytest.mark.parametrize("options", MULTI_HEAD, ids=str)
def test_multi_head(options: dict[str, Any]) -> None:
    layer = made("MultiHeadAttention", **{"num_heads": 2, "key_dim": 3, **options})
    for one in CALLS[:1] if len(options) == 0 else (CALLS[0], CALLS[4], CALLS[6]):
        assert not difference(layer, one)


@pytest.mark.parametrize("one", CALLS, ids=str)
def test_calls(one: Any) -> None:
    assert not difference(made("MultiHeadAttention", 2, 3), one)
    assert not difference(made("GroupQueryAttention", 3, 4, 2), one, words=False)


GROUPED: list[dict[str, Any]] = [
    {},
    {"num_key_value_heads": 3},
    {"num_key_value_heads": 0},
    {"num_query_heads": None},
    {"num_query_heads": 4.0},
    {"head_dim": 0},
    {"head_dim": -1},
    {"head_dim": "3"},
    {"use_bias": False, "use_gate": True},
    {"dropout": 0.5, "flash_attention": True},
    {"sliding_window": -1},
]


@pytest.mark.parametrize("options", GROUPED, ids=str)
def test_grouped(options: dict[str, Any]) -> None:
    given = {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2, **options}
    for one in (call(Q, V), call(Q, V, return_attention_scores=True), call(Q, (None, 7, 3))):
        assert not difference(made("GroupQueryAttention", **given), one, words=False)


@pytest.mark.parametrize("name", ["Attention", "AdditiveAttention"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"use_scale": True},
        {"use_scale": False},
        {"score_mode": "concat"},
        {"score_mode": "product"},
        {"dropout": 0.5, "seed": 1.5},
        {"dropout": "a"},
    ],
    ids=str,
)
def test_attention(name: str, options: dict[str, Any]) -> None:
    layer = made(name, **options)
    inputs: list[Any] = [
        [Q, V],
        [Q, V, (None, 7, 4)],
        [Q],
        [Q, V, V, V],
        Q,
        [(4,), (4,)],
        [(None, 4), (None, 4)],
        [(None, 3, 5, 4), (None, 3, 7, 2)],
        [(None, 5, None), V],
        [(), ()],
    ]
    for given in inputs:
        assert not difference(layer, call(given))
        assert not difference(layer, call(given, return_attention_scores=True))
    for mask in ([(None, 5), (None, 7)], [(None, 5)], (None, 5)):
        assert not difference(layer, call([Q, V], mask=mask))
