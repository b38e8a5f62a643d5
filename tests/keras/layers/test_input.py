"""InputLayer against the real one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kerashape.keras import layers
from kerashape.keras.graph import Tensor
from kerashape.keras.layers.input import InputLayer
from kerashape.keras.signature import Arguments
from kerashape.shapes import Fault, Shape, Symbol, Unknown


class Opaque:
    """Something that is no tensor, with the same name in every process."""

    def __repr__(self) -> str:
        return "Opaque()"


TENSOR = Opaque()
"""Stands for a symbolic tensor (None, 3) of float32."""

ARGUMENTS: list[dict[str, Any]] = [
    {"shape": (3,)},
    {"shape": [4, None]},
    {"shape": ()},
    {"shape": (0,)},
    {"shape": (True,)},
    {"shape": (3,), "batch_size": 5},
    {"shape": (3,), "batch_size": 2.5},
    {"shape": (3,), "batch_size": -1},
    {"batch_shape": (None, 3)},
    {"batch_shape": [2, 3]},
    {"batch_shape": ()},
    {"batch_shape": 3},
    {"input_shape": (3,)},
    {"batch_input_shape": (4, 3)},
    {"anything": 1, "shape": (3,)},
    {},
    {"batch_size": 3},
    {"shape": (3,), "batch_shape": (None, 3)},
    {"batch_size": 2, "batch_shape": (None, 3)},
    {"shape": 784},
    {"shape": 2.5},
    {"shape": "ab"},
    {"shape": ""},
    {"shape": (14.0,)},
    {"shape": ("a",)},
    {"shape": (-1, 3)},
    {"shape": ((1, 2),)},
    {"shape": (3,), "dtype": "int32"},
    {"shape": (3,), "dtype": "int"},
    {"shape": (3,), "dtype": "string"},
    {"shape": (3,), "dtype": "mixed_float16"},
    {"shape": (3,), "dtype": "nosuch"},
    {"shape": (3,), "dtype": 5},
    {"shape": (3,), "dtype": []},
    {"shape": (3,), "sparse": True},
    {"shape": (3,), "ragged": True},
    {"shape": (3,), "sparse": True, "ragged": True},
    {"shape": (3,), "sparse": 1, "ragged": 0},
    {"shape": (3,), "name": "images"},
    {"shape": (3,), "name": "a/b"},
    {"shape": (3,), "name": 3},
    {"shape": (3,), "optional": True},
    {"input_tensor": TENSOR},
    {"input_tensor": TENSOR, "shape": (3,)},
    {"input_tensor": TENSOR, "shape": [3]},
    {"input_tensor": TENSOR, "shape": (4,)},
    {"input_tensor": TENSOR, "batch_shape": (None, 3)},
    {"input_tensor": TENSOR, "batch_shape": (2, 3)},
    {"input_tensor": TENSOR, "batch_size": 2},
    {"input_tensor": TENSOR, "dtype": "float32"},
    {"input_tensor": TENSOR, "dtype": "int32"},
    {"input_tensor": TENSOR, "sparse": False},
    {"input_tensor": TENSOR, "sparse": True},
    {"input_tensor": TENSOR, "shape": (3,), "batch_shape": (None, 3)},
    {"input_tensor": 3},
    {"input_tensor": "a"},
]


def construct(arguments: dict[str, Any]) -> InputLayer:
    layer = InputLayer.construct(Arguments((), arguments))
    assert isinstance(layer, InputLayer)
    return layer


def outcome(function: Callable[[], Any]) -> Any:
    """What a function returns, or the exception that it raises."""
    try:
        return function()
    except Exception as error:
        return error


@pytest.mark.keras
@pytest.mark.parametrize("arguments", ARGUMENTS, ids=str)
def test_as_keras(arguments: dict[str, Any]) -> None:
    keras = pytest.importorskip("keras")
    theirs = {k: keras.KerasTensor((None, 3)) if v is TENSOR else v for k, v in arguments.items()}
    ours = {k: Tensor(Shape((None, 3))) if v is TENSOR else v for k, v in arguments.items()}
    expected = outcome(lambda: keras.layers.InputLayer(**theirs).output)
    layer = outcome(lambda: construct(ours))
    if isinstance(expected, Exception):
        assert isinstance(layer, Fault)
        assert layer.text in str(expected)
        return
    tensor = layer.tensor
    assert (tuple(tensor.shape), tensor.dtype, tensor.sparse) == (
        expected.shape,
        expected.dtype,
        expected.sparse,
    )
    assert tensor.is_input
    assert layer.calls[0].output is tensor
    assert layer.built is True
    assert layer.dtype == expected.dtype


@pytest.mark.parametrize(
    ("arguments", "shape"),
    [
        ({"shape": Unknown("x")}, "(...,)"),
        ({"shape": Symbol.named("shape")}, "(...,)"),
        ({"batch_shape": Unknown("x")}, "(...,)"),
        ({"shape": Unknown("x"), "batch_shape": (2, 3)}, "(2, 3)"),
        ({"shape": (3,), "batch_shape": Unknown("x")}, "(...,)"),
        ({"shape": (Unknown("x"), 3)}, "(None, ?, 3)"),
        ({"shape": (Symbol.named("n"), 3)}, "(None, n, 3)"),
        ({"shape": (Opaque(), 3)}, "(None, ?, 3)"),
        ({"shape": (3,), "batch_size": Unknown("x")}, "(?, 3)"),
        ({"shape": Shape((4, 3))}, "(None, 4, 3)"),
        ({"batch_shape": Shape((4,), open=True)}, "(..., 4)"),
        ({"input_tensor": Unknown("x")}, "(...,)"),
        ({"input_tensor": Opaque()}, "(...,)"),
    ],
)
def test_what_is_not_known(arguments: dict[str, Any], shape: str) -> None:
    assert str(construct(arguments).tensor.shape) == shape


def test_a_missing_comma_is_explained() -> None:
    with pytest.raises(Fault) as caught:
        construct({"shape": 784})
    assert caught.value.argument == "shape"
    assert caught.value.help == "write shape=(784,), with a comma"


def test_a_given_tensor_becomes_the_input() -> None:
    tensor = Tensor(Shape((None, 3)))
    assert not tensor.is_input
    assert construct({"input_tensor": tensor}).tensor is tensor
    assert tensor.is_input


def test_it_is_found_by_name() -> None:
    assert layers.find("InputLayer") is InputLayer
