"""``preprocess_input`` and ``decode_predictions`` of every module against Keras."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from kerashape.keras import applications
from kerashape.keras.applications import preprocessing
from kerashape.keras.graph import Tensor
from kerashape.keras.layers.base import Array
from kerashape.keras.models import make_input
from kerashape.keras.names import Names
from kerashape.keras.signature import Arguments
from kerashape.shapes import Fault, Shape, Undecided, Unknown

SHAPES: list[tuple[tuple[int | None, ...], str]] = [
    ((None, 224, 224, 3), "float32"),
    ((None, None, None, 3), "float16"),
    ((None, 32, 32, 1), "float32"),
    ((None, 32, 32, 4), "float32"),
    ((None, 3, 16, 17), "float32"),
    ((16, 16, 3), "float32"),
    ((3, 16, 16), "float32"),
    ((None, 16, 16, 3), "uint8"),
    ((None, 5), "float32"),
]


def settings(module: str) -> Iterator[dict[str, Any]]:
    for data_format in (None, "channels_last", "channels_first", "nosuch"):
        yield {"data_format": data_format}
        if module == "imagenet_utils":
            for mode in ("caffe", "tf", "torch", "nosuch", None):
                yield {"data_format": data_format, "mode": mode}


@pytest.mark.keras
@pytest.mark.parametrize("module", applications.MODULES)
def test_symbolic_tensors_are_preprocessed_as_in_keras(module: str) -> None:
    import keras

    from tests.oracle.reference import reset

    for shape, dtype in SHAPES:
        for keywords in settings(module):
            reset()
            tensor = keras.Input(batch_shape=shape, dtype=dtype)
            theirs: Any
            try:
                result = getattr(keras.applications, module).preprocess_input(tensor, **keywords)
                operation = result._keras_history.operation
                theirs = (tuple(result.shape), result.dtype, operation.name)
            except (ValueError, IndexError) as error:
                theirs = str(error)
            assert ours(module, shape, dtype, keywords, theirs), (shape, dtype, keywords, theirs)


def ours(module: str, shape: Any, dtype: str, keywords: dict[str, Any], theirs: Any) -> bool:
    """Whether the result is the same, or the error's text a part of Keras's."""
    names = Names()
    tensor = make_input({"batch_shape": shape, "dtype": dtype}, names)
    try:
        result = preprocessing.preprocess_input(module, Arguments([tensor], keywords), names)
    except Fault as fault:
        return isinstance(theirs, str) and fault.text in theirs
    return bool((result.shape.dims, result.dtype, result.call.operation.name) == theirs)


@pytest.mark.keras
@pytest.mark.parametrize("module", applications.MODULES)
def test_arrays_keep_their_shape(module: str) -> None:
    import keras
    import numpy as np

    for shape, dtype in (
        ((4, 8, 8, 3), "float32"),
        ((8, 9, 3), "float64"),
        ((2, 8, 8, 3), "uint8"),
    ):
        theirs = getattr(keras.applications, module).preprocess_input(np.ones(shape, dtype))
        given = Array(Shape(shape), dtype)
        result = preprocessing.preprocess_input(module, Arguments([given]))
        assert result.shape == theirs.shape
        assert isinstance(result.dtype, Unknown) or result.dtype == theirs.dtype


@pytest.mark.keras
@pytest.mark.parametrize("shape", [(None, 10), (4, 1001), (1000,), (None, 1, 1000), (None, None)])
def test_predictions_of_other_classes_are_rejected(shape: tuple[int | None, ...]) -> None:
    import keras

    with pytest.raises(ValueError, match="decode_predictions") as error:
        keras.applications.vgg16.decode_predictions(keras.Input(batch_shape=shape))
    with pytest.raises(Fault) as fault:
        preprocessing.decode_predictions(Arguments([Tensor(Shape(shape))]))
    assert fault.value.text in str(error.value)
    assert fault.value.rule == "application-input"


def test_predictions_of_the_right_classes() -> None:
    preprocessing.decode_predictions(Arguments([Array(Shape((4, 1000)))], {"top": 3}))
    preprocessing.decode_predictions(Arguments([Array(Shape.unknown())]))
    preprocessing.decode_predictions(Arguments([Unknown("predictions")]))
    with pytest.raises(Fault):  # a symbolic tensor has no values to decode
        preprocessing.decode_predictions(Arguments([Tensor(Shape((None, 1000)))]))
    with pytest.raises(Fault):
        preprocessing.decode_predictions(Arguments([Array(Shape((10,), open=True))]))


def test_what_is_not_known() -> None:
    for argument in (Unknown("data"), Array(Shape.unknown()), Array(Shape((4, 8, 8, 1)))):
        with pytest.raises(Undecided):
            preprocessing.preprocess_input("vgg16", Arguments([argument]))
    assert preprocessing.preprocess_input("convnext", Arguments([argument])) is argument
