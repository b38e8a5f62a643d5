"""The data sets of TensorFlow Datasets against their builders, where those are installed."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from kerashape.interpret.data.tfds import ENTRIES, _info

pytestmark = pytest.mark.keras


@pytest.mark.parametrize("name", ENTRIES)
def test_features(name: str, tmp_path: Path) -> None:
    if importlib.util.find_spec("tensorflow_datasets") is None:
        pytest.skip("tensorflow_datasets is not installed")
    import tensorflow_datasets as tfds

    info = tfds.builder(name, data_dir=tmp_path, try_gcs=False).info
    real = {key: _described(feature) for key, feature in info.features.items()}
    assert ENTRIES[name].features == real
    assert ENTRIES[name].supervised == info.supervised_keys
    of_ours = _info(ENTRIES[name])["features"]
    for key, feature in info.features.items():
        told = of_ours[key]
        assert told["shape"] == tuple(feature.shape)
        assert told["dtype"] == feature.tf_dtype.name


def _described(feature: Any) -> Any:
    """The number of classes of a label, else shape and dtype."""
    classes = getattr(feature, "num_classes", None)
    return (tuple(feature.shape), feature.tf_dtype.name) if classes is None else classes
