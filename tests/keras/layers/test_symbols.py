"""Layers on symbolic sizes: the same law, whatever number the name stands for."""

from __future__ import annotations

from typing import Any

import pytest

from kerashape.keras import layers
from kerashape.keras.graph import Tensor
from kerashape.keras.signature import Arguments
from kerashape.shapes import Shape, Symbol, Unknown
from tests.shapes.substitution import values

SIZES = {"h": 21, "w": 16, "c": 6}
H, W, C = (Symbol.named(name) for name in SIZES)
IMAGE = Shape((None, H, W, C))

LAWS: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("Dense", (3,), {}),
    ("Embedding", (10, 3), {}),
    ("EinsumDense", ("abcd,de->abce", (None, None, 5)), {}),
    ("Conv2D", (4, 3, 2), {}),
    ("Conv2D", (4, 3), {"padding": "same", "strides": (2, 3)}),
    ("Conv2D", (4, (2, 5)), {"dilation_rate": 2}),
    ("Conv2DTranspose", (4, 3, 2), {}),
    ("Conv2DTranspose", (4, 3, 2), {"padding": "same", "output_padding": 1}),
    ("DepthwiseConv2D", (3,), {"depth_multiplier": 2}),
    ("SeparableConv2D", (4, 3, 2), {}),
    ("MaxPooling2D", (2,), {}),
    ("AveragePooling2D", ((3, 2), 2), {"padding": "same"}),
    ("GlobalMaxPooling2D", (), {"keepdims": True}),
    ("AdaptiveMaxPooling2D", (3,), {}),
    ("Flatten", (), {}),
    ("Reshape", ((-1, 6),), {}),
    ("Permute", ((3, 1, 2),), {}),
    ("UpSampling2D", ((2, 3),), {}),
    ("ZeroPadding2D", (((1, 2), (3, 4)),), {}),
    ("Cropping2D", (((1, 2), (3, 4)),), {}),
    ("BatchNormalization", (), {}),
    ("Dropout", (0.5,), {}),
    ("PReLU", (), {}),
]


def output(name: str, args: Any, kwargs: Any, shape: Shape) -> Shape:
    record = layers.find(name)
    assert record is not None
    call = record.construct(Arguments(args, kwargs))(Arguments((Tensor(shape),)))
    assert call.fault is None
    result = call.output.shape
    assert isinstance(result, Shape)
    return result


@pytest.mark.parametrize(("name", "args", "kwargs"), LAWS)
def test_law(name: str, args: Any, kwargs: Any) -> None:
    numbers = Shape(values(IMAGE, SIZES))
    expected = output(name, args, kwargs, numbers)
    assert values(output(name, args, kwargs, IMAGE), SIZES) == tuple(expected)


@pytest.mark.parametrize(("name", "args", "kwargs"), LAWS)
def test_rank_that_is_not_known(name: str, args: Any, kwargs: Any) -> None:
    """What is still said fits what is said of a known rank."""
    exact = output(name, args, kwargs, Shape((None, 21, 16, 6))).dims
    for shape in (Shape.unknown(), Shape((16, 6), open=True)):
        vague = output(name, args, kwargs, shape).dims
        tail = exact[len(exact) - len(vague) :]
        assert all(isinstance(a, Symbol) or a == b for a, b in zip(vague, tail))


def test_an_unknown_rank_of_an_image_is_four() -> None:
    assert str(output("Conv2D", (32, 3), {}, Shape.unknown())) == "(?, ?, ?, 32)"
    assert str(output("MaxPooling2D", (), {}, Shape.unknown())) == "(?, ?, ?, ?)"


def test_a_skip_connection_is_undecided() -> None:
    """``h`` against ``2 * (h // 2)``: neither equal nor a fault."""
    half = output("MaxPooling2D", (2,), {}, IMAGE)
    back = output("UpSampling2D", (2,), {}, half)
    add = layers.find("Add")
    assert add is not None
    call = add.construct(Arguments())(Arguments(([Tensor(IMAGE), Tensor(back)],)))
    assert call.fault is None
    assert str(call.output.shape) == "(None, ?, ?, c)"


def test_an_unknown_number_is_the_same_wherever_it_is_used() -> None:
    filters = Unknown("filters")
    first = output("Conv2D", (filters, 3), {}, Shape((None, 9, 9, 3)))
    second = output("Conv2D", (filters, 1), {}, Shape((None, 7, 7, 8)))
    assert first.same(second)


@pytest.mark.parametrize(
    ("args", "kwargs", "expected"),
    [
        ((8, Unknown("kernel_size")), {}, "(None, ?, ?, 8)"),
        ((8, (3, Unknown("k"))), {}, "(None, 7, ?, 8)"),
        ((8, 3, Unknown("strides")), {}, "(None, ?, ?, 8)"),
        ((8, 3), {"padding": Unknown("padding")}, "(?, ?, ?, ?)"),
        ((8, 3), {"data_format": Unknown("data_format")}, "(?, ?, ?, ?)"),
        ((8, Symbol.named("k")), {"padding": "same"}, "(None, 9, 9, 8)"),
        ((8, object()), {}, "(None, ?, ?, 8)"),
    ],
)
def test_arguments_that_are_not_known(args: Any, kwargs: Any, expected: str) -> None:
    assert str(output("Conv2D", args, kwargs, Shape((None, 9, 9, 3)))) == expected
