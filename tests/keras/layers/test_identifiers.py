"""The tables of names against those of the installed Keras."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import pytest

from kerashape.keras.layers import identifiers
from kerashape.keras.names import Names
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
    theirs = outcome(lambda: getattr(keras, MODULES[kind][0]).get(value))
    ours = outcome(lambda: identifiers.identifier(kind, "some_argument", value, Names()))
    if isinstance(theirs, Exception):
        assert isinstance(ours, Fault)
        assert ours.text in str(theirs)
        assert ours.argument == "some_argument"
    else:
        assert not isinstance(ours, Fault)


def outcome(function: Callable[[], Any]) -> Any:
    """What a function returns, or the exception that it raises."""
    try:
        return function()
    except Exception as error:
        return error


@pytest.mark.parametrize("kind", MODULES)
@pytest.mark.parametrize("value", [Unknown("x"), object(), {"class_name": "L2", "config": {}}])
def test_what_is_not_a_plain_value_is_never_at_fault(kind: str, value: Any) -> None:
    identifiers.identifier(kind, "some_argument", value, Names())
