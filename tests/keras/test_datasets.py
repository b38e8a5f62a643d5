"""How many samples the loaders of ``keras.datasets`` leave on each side of their split."""

from __future__ import annotations

from typing import Any
from unittest import mock

import pytest

from kerashape.keras.datasets import DATASETS

CALLS: list[tuple[str, int, dict[str, Any]]] = [
    ("boston_housing", 506, {}),
    ("boston_housing", 506, {"test_split": 0.5}),
    ("california_housing", 20640, {}),
    ("california_housing", 20640, {"version": "small"}),
    ("california_housing", 20640, {"version": "small", "test_split": 0.25}),
    ("california_housing", 20640, {"version": "large", "test_split": 0.1}),
]


@pytest.mark.keras
@pytest.mark.parametrize(("name", "samples", "given"), CALLS)
def test_as_keras_splits(name: str, samples: int, given: dict[str, Any]) -> None:
    import keras
    import numpy as np

    dataset = DATASETS[name]
    file = mock.MagicMock()
    file.__enter__.return_value = {
        "x": np.zeros((samples, *dataset.sample)),
        "y": np.zeros(samples),
    }
    loader = getattr(keras.datasets, name)
    module = f"keras.src.datasets.{name}"
    with (
        mock.patch(f"{module}.get_file", return_value="a file"),
        mock.patch("numpy.load", return_value=file),
    ):
        real = loader.load_data(**given)
    ours = dataset.arrays(name, given)
    assert [[p.shape[0] for p in part] for part in real] == [
        [array.shape.dims[0] for array in part] for part in ours
    ]
