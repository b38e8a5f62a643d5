"""What is claimed of a program that is known in part holds of the whole program."""

from __future__ import annotations

import random

import pytest

from kerashape.keras import layers
from kerashape.keras.signature import Arguments
from kerashape.shapes import Unknown

NAMES = [name for family in layers.FAMILIES.values() for name in family.split()]


@pytest.mark.keras
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_claimed_that_does_not_hold(name: str) -> None:
    pytest.importorskip("keras")  # the cases are drawn from its signatures
    from tests.keras.layers.abstraction import contradictions
    from tests.oracle.layers import generate

    for index in range(40):
        case = generate(name, 3, index)
        for chance in (0.1, 0.4):
            found = list(contradictions(case, random.Random(f"{name} {index}"), chance))
            assert not found, case.program


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "arguments",
    [Arguments(more_keywords=True), Arguments(more_positional=True, more_keywords=True)],
    ids=["keywords", "both"],
)
def test_unpacked_arguments_are_no_fault(name: str, arguments: Arguments) -> None:
    """``Layer(**unknown)``, called on ``unknown``."""
    record = layers.find(name)
    assert record is not None
    layer = record.construct(arguments)
    if name in ("InputLayer", "Layer", "Wrapper"):  # which cannot be called
        return
    inputs = Arguments((Unknown("x"),), more_positional=True, more_keywords=True)
    assert layer(inputs).fault is None
