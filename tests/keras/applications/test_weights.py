"""Weights of the usual model, loaded into one with another input, fit or fail as in Keras."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

pytestmark = pytest.mark.keras

Keywords = dict[str, Any]
GRAY = "a coloured gray image"
"""The input tensor comes out of a layer with weights of its own."""

FAILING = [
    ("MobileNetV3Small", {"input_shape": (96, 96, 1)}, None),
    ("MobileNetV2", {"alpha": 0.35}, (None, 96, 96, 1)),
    ("MobileNet", {"alpha": 0.25}, GRAY),
    pytest.param("EfficientNetB0", {}, (None, 64, 64, 1), marks=pytest.mark.slow),
    pytest.param(
        "ConvNeXtTiny",
        {"include_preprocessing": False},
        (None, 64, 64, 1),
        marks=pytest.mark.slow,
    ),
]
FITTING = [
    ("MobileNet", {"alpha": 0.25}, (None, 33, 190, 3)),
    pytest.param(
        "MobileNetV3Small",
        {"input_shape": (96, 99, 3), "alpha": 0.75},
        None,
        marks=pytest.mark.slow,
    ),
]


@pytest.mark.parametrize(("name", "keywords", "tensor"), FAILING)
def test_weights_that_do_not_fit(
    name: str, keywords: Keywords, tensor: Any, tmp_path: Path
) -> None:
    from kerashape.shapes import Fault

    with (
        saved_weights(name, keywords, tmp_path),
        pytest.raises(ValueError, match=" mismatch ") as e,
    ):
        by_keras(name, keywords, tensor)
    with pytest.raises(Fault) as fault:
        by_kerashape(name, keywords, tensor)
    assert fault.value.text in str(e.value)
    assert fault.value.rule == "application-input"


@pytest.mark.parametrize(("name", "keywords", "tensor"), FITTING)
def test_weights_that_fit(name: str, keywords: Keywords, tensor: Any, tmp_path: Path) -> None:
    with saved_weights(name, keywords, tmp_path):
        by_keras(name, keywords, tensor)
    by_kerashape(name, keywords, tensor)


def test_a_top_on_another_size() -> None:
    """The file is too big for a test: the claim follows from the shape of ``fc1``."""
    from kerashape.shapes import Fault
    from tests.keras.applications.both import build

    with pytest.raises(Fault, match="Shape mismatch in layer #13 \\(named fc1\\)"):
        build("VGG16", input_tensor=_our_tensor((None, 150, 150, 3)))
    build("VGG16", input_tensor=_our_tensor((None, 224, 224, 3)))
    build("ResNet50", input_tensor=_our_tensor((None, 150, 150, 3)))


@contextmanager
def saved_weights(name: str, keywords: Keywords, folder: Path) -> Iterator[None]:
    """What Keras would download are weights of the usual model, in the same file format."""
    import h5py
    import keras
    from keras.src.legacy.saving import legacy_h5_format

    path = folder / "saved.h5"
    usual = {k: v for k, v in keywords.items() if k != "input_shape"}
    with h5py.File(path, "w") as file:
        model = getattr(keras.applications, name)(weights=None, include_top=False, **usual)
        legacy_h5_format.save_weights_to_hdf5_group(file, model)
    keras.utils.clear_session(free_memory=False)
    with mock.patch("keras.src.utils.file_utils.get_file", return_value=str(path)):
        yield


def by_keras(name: str, keywords: Keywords, tensor: Any) -> None:
    import keras

    if tensor == GRAY:
        tensor = keras.layers.Conv2D(3, 1)(keras.Input((64, 64, 1)))
    elif tensor is not None:
        tensor = keras.Input(batch_shape=tensor)
    getattr(keras.applications, name)(include_top=False, input_tensor=tensor, **keywords)


def by_kerashape(name: str, keywords: Keywords, tensor: Any) -> None:
    from tests.keras.applications.both import build

    tensor = None if tensor is None else _our_tensor(tensor)
    build(name, include_top=False, input_tensor=tensor, **keywords)


def _our_tensor(shape: Any) -> Any:
    from kerashape.keras.layers import find
    from kerashape.keras.models import make_input
    from kerashape.keras.names import Names
    from kerashape.keras.signature import Arguments

    if shape != GRAY:
        return make_input({"batch_shape": shape}, Names())
    conv = find("Conv2D")
    assert conv is not None
    gray = make_input({"shape": (64, 64, 1)}, Names())
    return conv.construct(Arguments((3, 1)))(Arguments([gray])).output
