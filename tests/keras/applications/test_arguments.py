"""What the constructors reject, they reject in Keras's words."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.keras

SMALL = {"weights": None, "include_top": False}

REJECTED = [
    # The input's shape against the weights.
    ("VGG16", {"input_shape": (150, 150, 3)}, "application-input"),
    ("VGG16", {"input_shape": [224, 224, 3]}, "application-input"),
    ("MobileNet", {"input_shape": (128, 160, 3)}, "application-input"),
    ("MobileNetV2", {"input_shape": (100, 100, 3)}, "application-input"),
    ("InceptionV3", {"input_shape": (224, 224, 3)}, "application-input"),
    ("ResNet50", {"include_top": False, "input_shape": (64, 64, 1)}, "application-input"),
    ("NASNetLarge", {"include_top": False, "input_shape": (None, 331, 3)}, "application-input"),
    # The input's shape alone.
    ("ResNet50", {**SMALL, "input_shape": (31, 64, 3)}, "application-input"),
    ("ResNet50V2", {**SMALL, "input_shape": (None, 16, 3)}, "application-input"),
    ("Xception", {**SMALL, "input_shape": (70, 70, 3)}, "application-input"),
    ("InceptionV3", {**SMALL, "input_shape": (74, 299, 3)}, "application-input"),
    ("InceptionResNetV2", {**SMALL, "input_shape": (64, 64, 3)}, "application-input"),
    ("MobileNetV3Small", {**SMALL, "input_shape": (16, 16, 3)}, "application-input"),
    ("VGG16", {**SMALL, "input_shape": (64, 64)}, "application-input"),
    ("VGG16", {**SMALL, "input_shape": (None, 64, 64, 3)}, "application-input"),
    ("VGG16", {**SMALL, "input_shape": 224}, "bad-argument"),
    ("VGG16", {**SMALL, "input_shape": "224"}, "bad-argument"),
    ("VGG16", {**SMALL, "input_shape": ("a", 224, 3)}, "bad-argument"),
    ("MobileNet", {**SMALL, "input_shape": 224}, "bad-argument"),
    ("MobileNet", {**SMALL, "input_shape": (224,)}, "bad-argument"),
    ("MobileNetV2", {**SMALL, "input_shape": {}}, "bad-argument"),
    ("VGG16", {"weights": None, "input_shape": (None, None, 3)}, "application-input"),
    ("ResNet50", {**SMALL, "input_shape": (64, 64, None)}, "undefined-dimension"),
    ("EfficientNetB0", {**SMALL, "input_shape": (64, None, 3)}, "application-input"),
    ("NASNetMobile", {**SMALL, "input_shape": (64, None, 3)}, "application-input"),
    # The number of classes.
    *[
        (name, {"classes": 10}, "application-input")
        for name in (
            "ConvNeXtTiny", "DenseNet121", "EfficientNetB0", "EfficientNetV2B0", "InceptionV3",
            "InceptionResNetV2", "MobileNet", "MobileNetV2", "MobileNetV3Large", "NASNetMobile",
            "ResNet50", "ResNet50V2", "VGG16", "VGG19", "Xception",
        )
    ],
    ("VGG16", {"weights": None, "classes": 0}, "bad-argument"),
    ("VGG16", {"weights": None, "classes": "10"}, "bad-argument"),
    ("MobileNet", {"weights": None, "classes": -1}, "bad-argument"),
    # The weights.
    *[
        (name, {"weights": weights}, "bad-argument")
        for name in ("EfficientNetB0", "VGG16", "NASNetMobile")
        for weights in ("ImageNet", "", 1.5, ("a", "b"), ["imagenet"])
    ],
    # The last activation.
    ("VGG16", {"classifier_activation": "sigmoid"}, "bad-argument"),
    ("MobileNet", {"classifier_activation": "relu"}, "bad-argument"),
    ("ConvNeXtTiny", {"classifier_activation": "nosuch"}, "bad-argument"),
    ("VGG16", {"weights": None, "classifier_activation": "nosuch"}, "bad-argument"),
    # The width.
    ("MobileNet", {"alpha": 0.3}, "bad-argument"),
    ("MobileNet", {"depth_multiplier": 2}, "bad-argument"),
    ("MobileNetV2", {"alpha": 2}, "bad-argument"),
    ("MobileNetV3Small", {"alpha": 0.5}, "bad-argument"),
    ("MobileNetV3Small", {"alpha": 0.75, "minimalistic": True}, "bad-argument"),
    ("MobileNetV2", {**SMALL, "alpha": (1, 2)}, "bad-argument"),
    ("MobileNet", {**SMALL, "alpha": float("inf")}, "bad-argument"),
    ("MobileNet", {**SMALL, "alpha": 0}, "bad-argument"),
    # The name.
    ("EfficientNetV2B0", {**SMALL, "name": "backbone"}, "bad-argument"),
    ("EfficientNetV2S", {**SMALL, "name": None}, "bad-argument"),
    ("ConvNeXtTiny", {**SMALL, "name": None}, "bad-argument"),
    ("ConvNeXtTiny", {**SMALL, "include_preprocessing": False, "name": None}, "bad-argument"),
    ("ConvNeXtTiny", {"include_top": False, "name": "backbone"}, "bad-argument"),
    ("EfficientNetB0", {"include_top": False, "name": None}, "bad-argument"),
    ("VGG16", {**SMALL, "name": "a/b"}, "bad-argument"),
    ("VGG16", {**SMALL, "name": 3}, "bad-argument"),
    # The signature.
    ("VGG16", {"nosuch": 1}, "bad-argument"),
    ("VGG16", {"alpha": 1}, "bad-argument"),
    ("ResNet50", {"input": 1}, "bad-argument"),
    # The input tensor.
    ("VGG16", {**SMALL, "input_tensor": 3}, "not-a-tensor"),
    ("MobileNetV2", {**SMALL, "input_tensor": [1, 2]}, "not-a-tensor"),
    ("MobileNetV2", {**SMALL, "input_tensor": 3, "input_shape": (96, 96, 3)}, "not-a-tensor"),
    ("MobileNetV3Small", {**SMALL, "input_tensor": 3, "input_shape": (96, 96, 3)}, "not-a-tensor"),
    ("MobileNetV3Small", {**SMALL, "input_tensor": 3}, "bad-argument"),
]  # fmt: skip

ON_TENSORS = [
    ("MobileNetV2", {**SMALL, "input_shape": (96, 96, 3)}, (None, 96, 64, 3), "application-input"),
    (
        "MobileNetV3Large",
        {**SMALL, "input_shape": (96, 96, 3)},
        (4, 96, 64, 3),
        "application-input",
    ),
    ("MobileNetV3Large", SMALL, (None, 31, 64, 3), "application-input"),
    ("InceptionV3", SMALL, (None, 20, 20, 3), "empty-output"),
    ("VGG16", SMALL, (None, 16, 16, 3), "empty-output"),
    ("VGG16", SMALL, (None, 64, 64), "wrong-rank"),
    ("MobileNetV2", SMALL, (None, 64), "wrong-rank"),
    ("EfficientNetB0", SMALL, (None, 64, 3), "bad-argument"),
    ("VGG16", {"weights": None}, (None, None, None, 3), "undefined-dimension"),
]


@pytest.mark.parametrize(("name", "keywords", "rule"), REJECTED)
def test_a_wrong_argument_is_rejected_in_the_same_words(
    name: str, keywords: dict[str, object], rule: str
) -> None:
    check(name, keywords, None, rule)


@pytest.mark.parametrize(("name", "keywords", "tensor", "rule"), ON_TENSORS)
def test_a_wrong_input_tensor_is_rejected_in_the_same_words(
    name: str, keywords: dict[str, object], tensor: tuple[int | None, ...], rule: str
) -> None:
    check(name, keywords, tensor, rule)


def check(
    name: str, keywords: dict[str, object], tensor: tuple[int | None, ...] | None, rule: str
) -> None:
    from kerashape.keras.models import make_input
    from kerashape.keras.names import Names
    from kerashape.shapes import Fault
    from tests.keras.applications.both import Program, assert_same, build

    assert_same(Program(name, keywords, tensor=tensor))
    names = Names()
    if tensor is not None:
        keywords = {**keywords, "input_tensor": make_input({"batch_shape": tensor}, names)}
    with pytest.raises(Fault) as caught:
        build(name, names, **keywords)
    assert caught.value.rule == rule


def test_too_many_positional_arguments() -> None:
    from tests.keras.applications.both import Program, assert_same

    assert_same(Program("VGG16", {}, tuple(range(9))))
    assert_same(Program("VGG16", {"include_top": False}, (False,)))
    assert_same(Program("VGG16", {}, (False, None, None, (64, 64, 3), "avg")))


def test_applications_that_do_not_take_the_channels_first() -> None:
    import keras

    from kerashape.keras import applications
    from kerashape.keras.names import Names
    from kerashape.keras.signature import Arguments
    from kerashape.shapes import Fault, Undecided

    keras.config.set_image_data_format("channels_first")
    try:
        for name in applications.names():
            application = applications.find(name)
            assert application is not None
            with pytest.raises((Fault, Undecided)) as ours:
                application.build(Arguments(), Names(), data_format="channels_first")
            if isinstance(ours.value, Fault):
                with pytest.raises(ValueError, match="channels_first") as theirs:
                    getattr(keras.applications, name)()
                assert ours.value.text in str(theirs.value)
    finally:
        keras.config.set_image_data_format("channels_last")
