"""What is evident about labels is kept: how many classes there are, whether they are one-hot."""

from __future__ import annotations

from typing import Any

import pytest

from kerashape.keras.layers.base import Array
from kerashape.keras.ops import numpy, operators
from kerashape.keras.signature import Arguments
from kerashape.shapes import Shape, Symbol, Unknown


def made(name: str, *args: Any, **kwargs: Any) -> Any:
    return numpy.call(name, Arguments(args, kwargs)).output


@pytest.mark.parametrize(
    ("name", "args", "kwargs"),
    [
        ("random.randint", (0, 7, (20,)), {}),
        ("random.randint", (7,), {"size": (20,)}),
        ("random.integers", (0, 7), {"size": 20}),
        ("random.choice", (7, 20), {}),
    ],
)
def test_integers_below_a_bound(name: str, args: Any, kwargs: Any) -> None:
    labels = made(name, *args, **kwargs)
    assert (labels.classes, labels.one_hot) == (7, False)
    kept = numpy.method(labels, "astype", Arguments(("float32",))).output
    assert kept.classes == 7
    assert numpy.method(labels, "reshape", Arguments((-1, 1))).output.classes == 7
    assert operators.getitem(labels, slice(5)).output.classes == 7
    assert operators.apply("Add", labels, 1).output.classes is None


def test_rows_of_an_identity_are_one_hot() -> None:
    labels = made("random.randint", 0, 5, (20,))
    encoded = operators.getitem(made("eye", 5), labels).output
    assert (encoded.classes, encoded.one_hot) == (5, True)
    assert tuple(encoded.shape) == (20, 5)
    assert made("argmax", encoded, axis=1).classes == 5
    assert operators.getitem(encoded, (slice(None), 0)).output.one_hot is False
    assert made("random.rand", 20, 5).one_hot is False


def test_numbers_stay_numbers() -> None:
    assert made_number("prod", (2, 3)) == 6
    assert made_number("log2", 8) == 3
    assert made_number("ceil", 2.1) == 3
    size = Symbol.named("n")
    assert (size * 2).same(made_number("prod", (size, 2)))


def made_number(name: str, *args: Any) -> Any:
    return numpy.call(name, Arguments(args))


def test_functions_of_numpy_give_arrays_whatever_they_are_given() -> None:
    found = made("reshape", Unknown("a test"), (-1, 28, 28, 1))
    assert isinstance(found, Array)
    assert str(found.shape) == "(?, 28, 28, 1)"
    assert str(made("expand_dims", Unknown("a test"), -1).shape) == "(..., 1)"
    assert str(made("zeros", (Symbol.named("n"), 3)).shape) == "(n, 3)"
    assert isinstance(numpy.call("nosuch", Arguments((1,))), Unknown)
    assert isinstance(made("concatenate", [Array(Shape((2, 3))), Unknown("a test")]), Array)
