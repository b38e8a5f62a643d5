"""numpy's functions on lists, and on arrays of which not all is known."""

from __future__ import annotations

from typing import Any

import pytest

from kerashape.keras.layers.base import Array
from kerashape.keras.ops import numpy as arrays
from kerashape.keras.signature import Arguments
from kerashape.shapes import Shape, unknown_dim

ON_LISTS = {
    "transpose": (), "expand_dims": (0,), "squeeze": (), "swapaxes": (0, 1), "moveaxis": (0, 1),
    "ravel": (), "tile": ((2, 1, 1),), "repeat": (3,), "flip": (), "roll": (1,), "sum": (0,),
    "mean": (1,), "pad": ((1, 1),), "max": (), "cumsum": (0,), "argmax": (-1,), "sort": (),
    "diff": (), "std": (-1,), "median": (0,), "reshape": ((-1, 2),), "clip": (0, 1),
}  # fmt: skip


@pytest.mark.keras
@pytest.mark.parametrize("name", ON_LISTS)
@pytest.mark.parametrize("kind", ["float32", "int64"])
def test_a_list_is_an_array(name: str, kind: str) -> None:
    import numpy as np

    rest = ON_LISTS[name]
    real = getattr(np, name)([np.zeros((3, 4), kind), np.ones((3, 4), kind)], *rest)
    item = Array(Shape((3, 4)), kind)
    found = arrays.call(name, Arguments([[item, item], *rest])).output
    assert tuple(found.shape.dims) == real.shape
    assert found.dtype == real.dtype.name


@pytest.mark.parametrize("size", [None, unknown_dim()])
@pytest.mark.parametrize(("axis", "rank"), [((), None), ((1,), 2)])
def test_an_axis_of_unknown_size_may_be_squeezed_out(
    size: Any, axis: tuple[int, ...], rank: int | None
) -> None:
    found = arrays.call("squeeze", Arguments([Array(Shape((size, 1, 3))), *axis])).output
    assert (None if found.shape.open else found.shape.rank) == rank


@pytest.mark.parametrize("empty", [[], [[], []]])
def test_what_fills_an_empty_list_may_not_be_seen(empty: Any) -> None:
    found = arrays.call("mean", Arguments([empty]))
    assert found.fault is None
    assert found.output is None or found.output.shape.open
