"""Broadcasting against numpy and Keras."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerashape.shapes import Fault, Shape, Symbol, unknown_dim
from kerashape.shapes.broadcast import broadcast, broadcast_all, fit

np = pytest.importorskip("numpy")
shapes = st.lists(st.sampled_from([1, 2, 3]), max_size=4).map(tuple)
with_none = st.lists(st.sampled_from([None, 1, 2, 3]), max_size=4).map(tuple)


def outcome(function: Any, *args: Any) -> Any:
    try:
        return tuple(function(*args))
    except Fault as fault:
        return fault
    except ValueError as error:
        return error


@given(shapes, shapes)
def test_as_numpy(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    expected = outcome(np.broadcast_shapes, a, b)
    ours = outcome(broadcast, Shape(a), Shape(b))
    assert isinstance(ours, Fault) if isinstance(expected, ValueError) else ours == expected


@pytest.mark.keras
@given(with_none, with_none)
def test_as_keras(a: tuple[Any, ...], b: tuple[Any, ...]) -> None:
    utils = pytest.importorskip("keras.src.ops.operation_utils")
    expected = outcome(utils.broadcast_shapes, a, b)
    ours = outcome(broadcast, Shape(a), Shape(b))
    if isinstance(expected, ValueError):
        assert isinstance(ours, Fault)
        assert ours.text in str(expected)
    else:
        assert ours == expected


@given(st.lists(shapes, max_size=3))
def test_several_as_numpy(many: list[tuple[int, ...]]) -> None:
    expected = outcome(np.broadcast_shapes, *many)
    ours = outcome(broadcast_all, [Shape(shape) for shape in many])
    assert isinstance(ours, Fault) if isinstance(expected, ValueError) else ours == expected


def test_symbols() -> None:
    n = Symbol.named("n")
    assert broadcast(Shape((n, 3)), Shape((n, 1))).same(Shape((n, 3)))
    assert broadcast(Shape((n,)), Shape((1,))).same(Shape((n,)))
    assert broadcast(Shape((n,)), Shape((4,))) == (4,)
    assert str(broadcast(Shape((n,)), Shape((None,)))) == "(?,)"
    assert str(broadcast(Shape((unknown_dim(),)), Shape((unknown_dim(),)))) == "(?,)"


def test_an_open_shape_broadcasts_at_its_end() -> None:
    assert str(broadcast(Shape((3,), open=True), Shape((2, 1)))) == "(..., 2, 3)"
    assert str(broadcast(Shape((3,), open=True), Shape((1, 1)))) == "(..., ?, 3)"
    assert str(broadcast(Shape((4,), open=True), Shape())) == "(..., 4)"
    with pytest.raises(Fault):
        broadcast(Shape((3,), open=True), Shape((2, 4)))


@given(with_none, with_none)
def test_what_fits_differs_only_in_none(a: tuple[Any, ...], b: tuple[Any, ...]) -> None:
    pairs = list(zip(a, b))
    expected = len(a) == len(b) and all(None in pair or pair[0] == pair[1] for pair in pairs)
    assert fit(Shape(a), Shape(b)) is expected


def test_fit_leaves_axes_out() -> None:
    assert fit(Shape((1, 2, 3)), Shape((1, 9, 3)), [1])
    assert fit(Shape((1, 2, 3)), Shape((1, 9, 3)), [-2])
    assert not fit(Shape((1, 2, 3)), Shape((1, 9, 4)), [1])
    assert fit(Shape.unknown(), Shape((1,)))
