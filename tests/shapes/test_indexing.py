"""Subscripts, against numpy with random arrays and indices."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerashape.shapes import Fault, Shape, Symbol, Undecided, Unknown
from kerashape.shapes.indexing import KERAS, ArrayIndex, slice_size, subscript

shapes = st.lists(st.integers(0, 5), max_size=4).map(tuple)
bounds = st.one_of(st.none(), st.integers(-7, 7))
steps = st.one_of(st.none(), st.integers(-3, 3))
basic = st.one_of(
    st.integers(-6, 6), st.builds(slice, bounds, bounds, steps), st.none(), st.just(Ellipsis)
)
arrays = st.one_of(
    st.lists(st.integers(-5, 4), min_size=1, max_size=3).map(np.array),
    st.lists(st.lists(st.integers(-5, 4), min_size=2, max_size=2), min_size=1, max_size=2).map(
        np.array
    ),
)


def answer(shape: tuple[int, ...], key: Any) -> Any:
    try:
        return tuple(subscript(Shape(shape), key))
    except Fault:
        return None


def real(shape: tuple[int, ...], key: Any) -> Any:
    try:
        return np.empty(shape)[key].shape
    except (IndexError, ValueError):
        return None


@given(shapes, st.lists(basic, max_size=5).map(tuple))
def test_basic_indexing_is_numpy_s(shape: tuple[int, ...], key: tuple[Any, ...]) -> None:
    assert answer(shape, key) == real(shape, key)


@given(shapes, st.lists(st.one_of(basic, arrays), max_size=4).map(tuple))
def test_indexing_by_arrays_is_numpy_s(shape: tuple[int, ...], key: tuple[Any, ...]) -> None:
    """An array that points outside is not seen: its values are not known."""
    told = real(shape, key)
    mine = tuple(
        ArrayIndex(Shape(item.shape)) if isinstance(item, np.ndarray) else item for item in key
    )
    if told is not None:
        assert answer(shape, mine) == told


@given(st.integers(0, 9), bounds, bounds, steps)
def test_slices_of_known_sizes(size: int, start: Any, stop: Any, step: Any) -> None:
    part = slice(start, stop, step)
    if step == 0:
        with pytest.raises(Fault):
            slice_size(size, part)
    else:
        assert slice_size(size, part) == len(range(size)[part])


@given(st.integers(1, 9), bounds, bounds, steps.filter(lambda step: step != 0))
def test_slices_of_a_symbol_hold_for_every_size(
    size: int, start: Any, stop: Any, step: Any
) -> None:
    name = Symbol.named("n")
    found = slice_size(name, slice(start, stop, step))
    if isinstance(found, Symbol) and not found.anonymous:
        value = eval(str(found), {"n": size})
        assert value == len(range(size)[slice(start, stop, step)])
    elif isinstance(found, int):
        assert found == len(range(size)[slice(start, stop, step)])


def test_a_mask_leaves_a_size_that_is_not_known() -> None:
    shape = subscript(Shape((3, 4, 5)), (ArrayIndex(Shape((3, 4)), boolean=True), slice(1, 3)))
    assert str(shape) == "(?, 2)"
    assert tuple(subscript(Shape((3, 4)), ArrayIndex(Shape((3, 4)), True), KERAS)) == (None,)


def test_none_stays_none() -> None:
    shape = Shape((None, 4))
    assert tuple(subscript(shape, (slice(1, 3), 0), KERAS)) == (None,)
    assert tuple(subscript(shape, (5, slice(-2, None)), KERAS)) == (2,)


def test_what_is_not_known_is_undecided() -> None:
    with pytest.raises(Undecided):
        subscript(Shape((3, 4)), Unknown("an index"))
    with pytest.raises(Undecided):
        subscript(Shape.unknown(), (0,))
    assert str(subscript(Shape((3, 4), open=True), (Ellipsis, 0))) == "(..., 3)"
    assert str(subscript(Shape((3,)), slice(Symbol.named("a"), None))) == "(?,)"


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ((0, 7), "Array has shape (2, 3) but out-of-bounds index (0, 7) was requested."),
        ((0, 0, 0), "Array has shape (2, 3) but slice has to many indices. Received: `(0, 0, 0)`"),
    ],
)
def test_faults_in_keras_s_words(key: Any, text: str) -> None:
    with pytest.raises(Fault) as caught:
        subscript(Shape((2, 3)), key, KERAS)
    assert caught.value.text == text
    assert caught.value.rule == "op-mismatch"
