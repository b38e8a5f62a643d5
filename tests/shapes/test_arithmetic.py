"""Convolution and pooling arithmetic, by counting, by the reverse, and against Keras."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerashape.shapes import Fault, Shape, Symbol
from kerashape.shapes.arithmetic import (
    conv_shape,
    conv_transpose_shape,
    dilated,
    of_rank,
    pool_shape,
    transposed_size,
    window_size,
)
from tests.shapes.substitution import value, values

small = st.integers(1, 12)
sizes = st.integers(0, 60)
paddings = st.sampled_from(["valid", "same"])


@given(sizes, small, small)
def test_valid_counts_the_places_of_the_window(size: int, window: int, stride: int) -> None:
    places = len(range(0, size - window + 1, stride))
    assert max(window_size(size, window, stride, "valid"), 0) == places


@given(sizes, small, small)
def test_same_counts_the_strides(size: int, window: int, stride: int) -> None:
    assert window_size(size, window, stride, "same") == len(range(0, size, stride))


@given(small, small)
def test_dilated(kernel: int, dilation: int) -> None:
    assert dilated(kernel, dilation) == len(range(0, kernel * dilation, dilation)) * dilation - (
        dilation - 1
    )


@given(st.integers(1, 60), small, small, paddings)
def test_a_convolution_reverses_its_transpose(
    size: int, window: int, stride: int, padding: str
) -> None:
    larger = transposed_size(size, window, stride, padding, None)
    assert window_size(larger, window, stride, padding) == size


@given(st.integers(1, 60), small, small, paddings, st.integers(0, 5))
def test_output_padding_adds(size: int, window: int, stride: int, padding: str, extra: int) -> None:
    without = transposed_size(size, window, stride, padding, 0)
    assert transposed_size(size, window, stride, padding, extra) == without + extra


@given(st.integers(20, 60), small, small, paddings)
def test_a_symbolic_size_keeps_the_law(size: int, window: int, stride: int, padding: str) -> None:
    n = Symbol.named("n")
    expected = window_size(size, window, stride, padding)
    assert value(window_size(n, window, stride, padding), {"n": size}) == expected
    expected = transposed_size(size, window, stride, padding, None)
    assert value(transposed_size(n, window, stride, padding, None), {"n": size}) == expected


def test_none_stays_none() -> None:
    assert window_size(None, 3, 2, "valid") is None
    assert transposed_size(None, 3, 2, "valid", None) is None


def test_of_rank() -> None:
    assert of_rank(Shape((1, 2)), 4) == (1, 2)
    assert str(of_rank(Shape((3,), open=True), 3)) == "(?, ?, 3)"


DIMS = (None, 1, 5, 8)


def outcome(function: Any, *args: Any, **kwargs: Any) -> Any:
    """The shape as a tuple, or the words of the error."""
    try:
        return tuple(function(*args, **kwargs))
    except Fault as fault:
        return fault
    except Exception as error:
        return str(error)


def agree(ours: Any, theirs: Any) -> bool:
    return ours.text in theirs if isinstance(ours, Fault) else bool(ours == theirs)


@pytest.mark.keras
@pytest.mark.parametrize("padding", ["valid", "same", "causal", "full"])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_conv_shape_is_that_of_keras(padding: str, data_format: str) -> None:
    theirs = pytest.importorskip("keras.src.ops.operation_utils").compute_conv_output_shape
    first = data_format == "channels_first"
    for batch, h, w, kernel, stride, dilation in itertools.product(
        (None, 2), DIMS, DIMS, (1, 3), (1, 2), (1, 2)
    ):
        shape = (batch, 6, h, w) if first else (batch, h, w, 6)
        arguments = ((kernel, 2), (stride, 1))
        ours = outcome(conv_shape, Shape(shape), 4, *arguments, padding, first, (dilation, 1))
        expected = outcome(
            theirs, shape, 4, *arguments, padding, data_format, dilation_rate=(dilation, 1)
        )
        assert agree(ours, expected)


@pytest.mark.keras
@pytest.mark.parametrize("padding", ["valid", "same", "full"])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_pool_shape_is_that_of_keras(padding: str, data_format: str) -> None:
    theirs = pytest.importorskip("keras.src.ops.operation_utils").compute_pooling_output_shape
    first = data_format == "channels_first"
    for batch, h, w, window, stride in itertools.product(
        (None, 2), DIMS, DIMS, (1, 2, 3), (0, 1, 2, 3)
    ):
        shape = (batch, 6, h, w) if first else (batch, h, w, 6)
        arguments = ((window, 1), (stride, 2), padding)
        ours = outcome(pool_shape, Shape(shape), *arguments, first)
        assert agree(ours, outcome(theirs, shape, *arguments, data_format))


@pytest.mark.keras
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("output_padding", [None, (0, 1), (1, 0)])
def test_conv_transpose_shape_is_that_of_keras(padding: str, output_padding: Any) -> None:
    utils = pytest.importorskip("keras.src.backend.common.backend_utils")
    theirs = utils.compute_conv_transpose_output_shape
    for h, w, kernel, stride, dilation in itertools.product(DIMS, DIMS, (1, 3), (2, 4), (1, 2)):
        shape, kernels, strides = (None, h, w, 6), (kernel, 2), (stride, 2)
        dilations = (dilation, 1)
        ours = outcome(
            conv_transpose_shape,
            Shape(shape),
            4,
            kernels,
            strides,
            padding,
            output_padding,
            False,
            dilations,
        )
        expected = outcome(
            theirs, shape, kernels, 4, strides, padding, output_padding, dilation_rate=dilations
        )
        assert ours == expected


def test_symbolic_shapes() -> None:
    h, w = Symbol.named("h"), Symbol.named("w")
    half = pool_shape(Shape((None, h, w, 3)), (2, 2), (2, 2), "valid", False)
    assert values(half, {"h": 11, "w": 8}) == (None, 5, 4, 3)
    back = conv_transpose_shape(half, 3, (2, 2), (2, 2), "same", None, False, (1, 1))
    assert values(back, {"h": 11, "w": 8}) == (None, 10, 8, 3)
    assert not back.same(Shape((None, h, w, 3)))
