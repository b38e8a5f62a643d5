"""Type promotion is Keras's and numpy's, for every pair and many triples."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest

from kerashape.keras.dtypes import DTYPES
from kerashape.keras.ops.dtypes import result_type
from kerashape.keras.ops.numpy_dtypes import promoted
from kerashape.shapes import Fault

KINDS: list[Any] = [*sorted(DTYPES), int, float, bool]


def ours(*kinds: Any) -> str:
    try:
        return result_type(*kinds)
    except Fault as fault:
        return fault.text


def same(real: Any, kinds: tuple[Any, ...]) -> bool:
    found = ours(*kinds)
    try:
        return bool(real(*kinds) == found)
    except ValueError as error:
        return found.partition(" ")[0] in str(error)


@pytest.mark.keras
def test_every_pair_promotes_as_in_keras() -> None:
    import keras

    pairs = itertools.product(KINDS, repeat=2)
    assert not [pair for pair in pairs if not same(keras.backend.result_type, pair)]


@pytest.mark.keras
def test_several_promote_as_in_keras() -> None:
    import keras

    choice = random.Random(3)
    several = [tuple(choice.choices(KINDS, k=choice.randint(0, 5))) for _ in range(600)]
    assert not [kinds for kinds in several if not same(keras.backend.result_type, kinds)]


@pytest.mark.keras
def test_every_pair_promotes_as_in_numpy() -> None:
    import numpy as np

    names = [name for name in sorted(DTYPES) if hasattr(np, name) and name != "string"]
    one: dict[type, Any] = {int: 1, float: 1.0, bool: True, complex: 1j}
    for pair in itertools.product(names, [*names, *one]):
        values = [np.ones(1, k) if isinstance(k, str) else one[k] for k in pair]
        assert promoted(pair) == (values[0] + values[1]).dtype.name, pair
