"""Reshaping against numpy and Keras."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerashape.shapes import Fault, Shape, Symbol, Unknown
from kerashape.shapes.reshape import check_target, product, reshaped
from tests.shapes.substitution import values

dims = st.lists(st.sampled_from([None, 0, 1, 2, 3, 4, 6]), max_size=4)
targets = st.lists(st.sampled_from([None, -2, -1, 0, 1, 2, 3, 4, 6, 12, 2.5, "a"]), max_size=4)


@pytest.mark.keras
@given(dims, targets)
def test_as_keras(shape: list[Any], target: list[Any]) -> None:
    utils = pytest.importorskip("keras.src.ops.operation_utils")
    try:
        expected = utils.compute_reshape_output_shape(tuple(shape), tuple(target), "newshape")
    except ValueError as error:
        expected = error
    try:
        ours: Any = reshaped(shape, target)
    except Fault as fault:
        ours = fault
    if isinstance(expected, ValueError):
        assert isinstance(ours, Fault)
        assert ours.text in str(expected)
    else:
        assert tuple(ours) == expected


@given(st.permutations([2, 3, 4]), st.integers(0, 2))
def test_one_free_dimension_is_what_is_left(order: list[int], free: int) -> None:
    target = [dim if i != free else -1 for i, dim in enumerate(order)]
    assert reshaped([6, 4], target) == tuple(order)


def test_symbols() -> None:
    h, w, c = (Symbol.named(name) for name in "hwc")
    numbers = {"h": 5, "w": 6, "c": 7}
    assert values(Shape([product([h, w, c])]), numbers) == (210,)
    assert reshaped([h, w, c], [h * w, -1]).same(Shape([h * w, c]))
    assert reshaped([h, w], [-1, 4]).dims[1] == 4
    assert values(reshaped([h, w], [-1, 3]), numbers) == (10, 3)
    assert product([h, None]) is None


def test_what_is_not_known_is_no_fault() -> None:
    assert str(reshaped([4, Symbol.named("n")], [3, 5])) == "(3, 5)"
    assert str(reshaped([4, 4], [Unknown("x"), 3])) == "(?, 3)"
    assert str(reshaped([4, None], [Unknown("x"), -1])) == "(?, None)"


def test_the_argument_is_named() -> None:
    with pytest.raises(Fault) as caught:
        check_target((-1, -1), "target_shape")
    assert caught.value.argument == "target_shape"
