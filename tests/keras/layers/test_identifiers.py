"""The tables of names against those of the installed Keras."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from kerashape.keras.layers import identifiers
from kerashape.shapes import Fault, Unknown

MODULES = {
    "activation": ("activations", identifiers.ACTIVATIONS),
    "initializer": ("initializers", identifiers.INITIALIZERS),
    "regularizer": ("regularizers", identifiers.REGULARIZERS),
    "constraint": ("constraints", identifiers.CONSTRAINTS),
}
VALUES: list[Any] = [None, "relu", "Relu", "zeros", "l2", "max_norm", "", {}, 0, True, [], ("l1",)]


@pytest.mark.keras
@pytest.mark.parametrize("kind", MODULES)
def test_table(kind: str) -> None:
    pytest.importorskip("keras")
    module, table = MODULES[kind]
    assert set(importlib.import_module(f"keras.src.{module}").ALL_OBJECTS_DICT) == table


@pytest.mark.keras
@pytest.mark.parametrize("kind", MODULES)
@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_as_keras(kind: str, value: Any) -> None:
    keras = pytest.importorskip("keras")
    try:
        getattr(keras, MODULES[kind][0]).get(value)
    except Exception as error:
        with pytest.raises(Fault) as caught:
            identifiers.identifier(kind, "some_argument", value)
        assert caught.value.text in str(error)
        assert caught.value.argument == "some_argument"
    else:
        identifiers.identifier(kind, "some_argument", value)


@pytest.mark.parametrize("kind", MODULES)
@pytest.mark.parametrize("value", [Unknown("x"), object(), {"class_name": "L2", "config": {}}])
def test_what_is_not_a_plain_value_is_never_at_fault(kind: str, value: Any) -> None:
    identifiers.identifier(kind, "some_argument", value)
