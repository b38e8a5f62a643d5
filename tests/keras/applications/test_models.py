"""Every constructor builds the model that Keras builds: all its layers, operations and names."""

from __future__ import annotations

import re
from typing import Any

import pytest

from kerashape.keras import applications

pytestmark = pytest.mark.keras

NAMES = applications.names()
BIG = re.compile("NASNetLarge|EfficientNetV2[ML]|EfficientNetB[4-7]|.*(201|152).*|.*ResNetV2")
SMALLER = [name for name in NAMES if not BIG.fullmatch(name)]
POOLINGS = (None, "avg", "max")


def configurations(name: str) -> list[dict[str, Any]]:
    """Seven input sizes: the default, the smallest, odd, oblong and undetermined ones."""
    smallest = {"Inc": 75, "Xce": 71}.get(name[:3], 32)
    bare = {"weights": None, "include_top": False}
    return [
        {"keywords": {"weights": None}},
        {"keywords": {**bare, "input_shape": (smallest, smallest, 3)}},
        {"keywords": {**bare, "input_shape": (101, 150, 3)}},
        {"keywords": {**bare, "input_shape": (257, 190, 1)}},
        {"keywords": {"weights": None, "classes": 7, "input_shape": (160, 127, 4)}},
        {"keywords": bare},
        {"keywords": {**bare, "input_shape": (None, 131, 3)}},
        {"keywords": {"weights": "imagenet", "include_top": False, "input_shape": (None, None, 3)}},
        {"keywords": bare, "tensor": (2, 99, 96, 3), "padded": True},
        {"keywords": {"weights": None}, "tensor": (None, 150, 150, 3)},
    ]


def check(name: str, index: int, **more: Any) -> None:
    from tests.keras.applications.both import Program, assert_same

    settings = configurations(name)[index]
    keywords = settings["keywords"]
    if keywords.get("include_top") is False:
        keywords = {**keywords, "pooling": POOLINGS[(index + len(name)) % 3]}
    assert_same(Program(name, **{**settings, **more, "keywords": keywords}))


@pytest.mark.parametrize("name", NAMES)
def test_the_default_model_is_the_same(name: str) -> None:
    check(name, 0)


@pytest.mark.parametrize(("place", "name"), list(enumerate(SMALLER)))
def test_the_model_at_some_size_is_the_same(place: int, name: str) -> None:
    check(name, 1 + place % (len(configurations(name)) - 1))


@pytest.mark.slow
@pytest.mark.parametrize("index", range(len(configurations(""))))
@pytest.mark.parametrize("name", NAMES)
def test_the_model_at_every_size_is_the_same(name: str, index: int) -> None:
    check(name, index)


@pytest.mark.parametrize(
    "name",
    ["ConvNeXtTiny", "InceptionResNetV2", "MobileNetV3Small", "DenseNet121", "EfficientNetB0"],
)
def test_a_model_called_on_another_size_gives_what_it_gives_in_keras(name: str) -> None:
    check(name, 5, called_on=(None, 187, 224, 3))


VARIANTS = [
    *[("MobileNet", {"alpha": alpha, "depth_multiplier": 2}) for alpha in (0.25, 0.33, 1.5)],
    *[("MobileNetV2", {"alpha": alpha}) for alpha in (0.35, 0.5, 1.3, 1.4)],
    *[("MobileNetV3Small", {"alpha": alpha}) for alpha in (0.1, 0.75, 1.25)],
    *[("MobileNetV3Large", {"alpha": alpha, "minimalistic": True}) for alpha in (0.75, 1.0, 2)],
    ("MobileNetV3Small", {"minimalistic": True, "dropout_rate": 0}),
    ("MobileNetV3Large", {"include_preprocessing": False, "input_shape": (64, 70, 2)}),
    ("EfficientNetV2B1", {"include_preprocessing": False}),
    ("EfficientNetV2B0", {"name": "efficientnetv2-b3"}),
    ("ConvNeXtTiny", {"include_preprocessing": False, "name": "tiny"}),
    ("ConvNeXtTiny", {"include_top": False, "input_shape": (64, 64, 5), "pooling": "avg"}),
    ("ResNet50", {"name": None, "classifier_activation": None}),
    ("VGG16", {"include_top": False, "pooling": "average", "name": "a b"}),
    ("MobileNet", {"input_shape": (192, 192, 3), "weights": "imagenet"}),
    ("MobileNetV2", {"input_shape": (96, 128, 3), "include_top": False, "weights": "imagenet"}),
    ("EfficientNetB0", {"weights": "imagenet"}),
    ("EfficientNetB3", {"weights": "imagenet", "include_top": False, "input_shape": (90, 90, 3)}),
]


@pytest.mark.parametrize(("name", "keywords"), VARIANTS)
def test_a_variant_is_the_same(name: str, keywords: dict[str, Any]) -> None:
    from tests.keras.applications.both import Program, assert_same

    assert_same(Program(name, {"weights": None, **keywords}))


def test_the_submodules_export_what_keras_exports() -> None:
    import keras

    modules = {
        name: getattr(keras.applications, name)
        for name in dir(keras.applications)
        if name[0].islower() and hasattr(getattr(keras.applications, name), "preprocess_input")
    }
    assert {
        name: {function for function in dir(module) if function[0].isupper()}
        for name, module in modules.items()
    } == {name: set(names) for name, names in applications.MODULES.items()}


@pytest.mark.parametrize("name", NAMES)
def test_the_signature_is_that_of_keras(name: str) -> None:
    import inspect

    import keras

    from kerashape.keras.signature import Signature

    application = applications.find(name)
    assert application is not None
    theirs = inspect.signature(getattr(keras.applications, name)).parameters.values()
    assert Signature.parse(application.signature).positional == {p.name: p.default for p in theirs}


@pytest.mark.parametrize("name", ["MobileNetV3Small", "InceptionV3", "EfficientNetB0"])
def test_a_second_model_continues_the_automatic_names(name: str) -> None:
    import keras

    from kerashape.keras.names import Names
    from tests.keras.applications.both import build
    from tests.oracle.reference import reset, stateless

    reset()
    with stateless():
        theirs = [getattr(keras.applications, name)(weights=None) for _ in range(2)]
    names = Names()
    ours = [build(name, names, weights=None) for _ in range(2)]
    assert [layer.name for layer in ours[1].layers] == [layer.name for layer in theirs[1].layers]
