"""What is claimed of a program that is known in part holds of the whole program."""

from __future__ import annotations

import random

import pytest

from kerashape.keras import layers

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
