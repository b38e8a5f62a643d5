"""What is not known of the arguments stays unknown in the model, and only that."""

from __future__ import annotations

from typing import Any

import pytest

from kerashape.keras import applications
from kerashape.keras.graph import Tensor
from kerashape.keras.models import Functional, make_input
from kerashape.keras.names import Names
from kerashape.keras.signature import Arguments
from kerashape.shapes import Fault, Shape, Symbol, Undecided, Unknown

UNKNOWN = Unknown("the test does not say")
# The channels of the last feature map of one application a family, but for the NASNets: their
# graph depends on whether the input has a size at all.
LAST = {
    "ConvNeXtTiny": 768, "DenseNet121": 1024, "EfficientNetB0": 1280, "EfficientNetV2B0": 1280,
    "InceptionResNetV2": 1536, "InceptionV3": 2048, "MobileNet": 1024, "MobileNetV2": 1280,
    "MobileNetV3Small": 576, "ResNet50": 2048, "ResNet50V2": 2048, "VGG16": 512, "Xception": 2048,
}  # fmt: skip
NAMES = list(LAST)
ALL = [*NAMES, "NASNetMobile"]


def build(name: str, names: Names | None = None, /, **keywords: Any) -> Functional:
    application = applications.find(name)
    assert application is not None
    return application.build(Arguments((), keywords), names or Names())


def text(shape: Shape) -> str:
    return str(shape)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("top", [True, False])
def test_an_input_shape_that_is_not_known(name: str, top: bool) -> None:
    model = build(name, weights=None, input_shape=UNKNOWN, include_top=top, classes=7)
    assert text(model.outputs.shape) == ("(None, 7)" if top else f"(None, ?, ?, {LAST[name]})")


@pytest.mark.parametrize("name", NAMES)
def test_sizes_that_are_not_known(name: str) -> None:
    rows, columns = Symbol.named("rows"), Symbol.named("columns")
    shape = (rows, columns, 3)
    model = build(name, weights=None, include_top=False, input_shape=shape, pooling="avg")
    assert text(model.inputs.shape) == "(None, rows, columns, 3)"
    assert text(model.outputs.shape) == f"(None, {LAST[name]})"
    assert model.count_params() == build(name, weights=None, include_top=False).count_params()


def test_the_graph_of_a_nasnet_depends_on_its_size() -> None:
    with pytest.raises(Undecided):
        build("NASNetMobile", weights=None, include_top=False, input_shape=UNKNOWN)


@pytest.mark.parametrize("name", ["ResNet50", "MobileNet", "MobileNetV2", "EfficientNetV2B0"])
def test_imagenet_weights_with_a_top_settle_the_shape_and_the_classes(name: str) -> None:
    model = build(name, input_shape=UNKNOWN, classes=UNKNOWN)
    assert text(model.inputs.shape) == "(None, 224, 224, 3)"
    assert text(model.outputs.shape) == "(None, 1000)"


def test_a_size_with_weights_of_its_own() -> None:
    side = Symbol.named("side")
    model = build("MobileNetV2", input_shape=(side, 160, 3))
    assert text(model.inputs.shape) == "(None, 160, 160, 3)"
    assert text(build("MobileNetV2", input_shape=(side, side, 3)).inputs.shape) == (
        "(None, side, side, 3)"
    )


@pytest.mark.parametrize("name", ALL)
def test_classes_that_are_not_known(name: str) -> None:
    model = build(name, weights=None, classes=UNKNOWN)
    assert text(model.outputs.shape) == "(None, ?)"
    assert model.count_params() is None
    assert build(name, weights=None, include_top=False).count_params() is not None


def test_a_named_number_of_classes_is_kept() -> None:
    for name in ("VGG16", "MobileNet", "MobileNetV3Large"):
        model = build(name, weights=None, classes=Symbol.named("n"))
        assert text(model.outputs.shape) == "(None, n)"


@pytest.mark.parametrize("name", ALL)
def test_weights_that_are_not_known(name: str) -> None:
    for shape in (None, (96, 96, 3)):
        model = build(name, weights=UNKNOWN, include_top=False, input_shape=shape)
        expected = build(name, weights=None, include_top=False, input_shape=shape)
        assert model.outputs.shape == expected.outputs.shape
        if name.startswith("EfficientNetB"):  # the weights decide on a layer
            with pytest.raises(Undecided):
                model.layers  # noqa: B018
        else:
            assert len(model.layers) == len(expected.layers)


@pytest.mark.parametrize("name", ALL)
def test_a_path_may_exist(name: str) -> None:
    for path in ("model.weights.h5", "weights/resnet.h5", "somewhere"):
        model = build(name, weights=path, include_top=False)
        assert len(model.layers) == len(build(name, weights=None, include_top=False).layers)


@pytest.mark.parametrize("name", NAMES)
def test_an_input_tensor_that_is_not_known(name: str) -> None:
    model = build(name, weights=None, include_top=False, input_tensor=UNKNOWN)
    assert text(model.outputs.shape) == f"(?, ?, ?, {LAST[name]})"
    assert isinstance(model.inputs, Unknown)
    with pytest.raises(Undecided):
        model.layers  # noqa: B018


def test_an_input_tensor_of_unknown_origin_and_shape() -> None:
    for name in NAMES:
        model = build(name, weights=None, include_top=False, input_tensor=Tensor(Shape.unknown()))
        assert model.outputs.shape[-1] == LAST[name]


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        *[(name, "include_top") for name in applications.names()],
        ("ResNet50", "pooling"),
        ("MobileNet", "alpha"),
        ("MobileNetV3Small", "minimalistic"),
        ("EfficientNetV2B0", "name"),
    ],
)
def test_an_architecture_that_is_not_known(name: str, argument: str) -> None:
    names = Names()
    with pytest.raises(Undecided):
        build(name, names, weights=None, **{"include_top": False, argument: UNKNOWN})
    assert isinstance(names.automatic("Dense"), Unknown)


@pytest.mark.parametrize("name", ["MobileNetV3Large", "EfficientNetV2B2", "ConvNeXtTiny"])
def test_preprocessing_layers_that_are_not_known(name: str) -> None:
    names = Names()
    model = build(name, names, weights=None, include_preprocessing=UNKNOWN)
    assert text(model.outputs.shape) == "(None, 1000)"
    with pytest.raises(Undecided):
        model.get_layer(index=1)
    with pytest.raises(Undecided):
        model.network.rerun({}, model.outputs)
    outer = Functional.from_tensors(model.inputs, model.outputs, names=names)
    assert not outer.network.unused
    with pytest.raises(Undecided):
        outer.layers  # noqa: B018


def test_a_name_that_is_not_known() -> None:
    for name in ("ResNet50", "MobileNet", "ConvNeXtTiny"):
        model = build(name, weights=None, name=UNKNOWN)
        assert isinstance(model.name, Unknown)
        assert text(model.outputs.shape) == "(None, 1000)"
    assert isinstance(model.layers[3].name, Unknown)
    named_after_its_size = build("MobileNet", weights=None, include_top=False, input_shape=UNKNOWN)
    assert isinstance(named_after_its_size.name, Unknown)


def test_channels_first() -> None:
    resnet, densenet = applications.find("ResNet50"), applications.find("DenseNet121")
    assert resnet is not None
    assert densenet is not None
    for data_format in ("channels_first", UNKNOWN):
        with pytest.raises(Undecided):
            resnet.build(Arguments((), {"weights": None}), Names(), data_format=data_format)
    with pytest.raises(Fault, match="does not support the `channels_first`"):
        densenet.build(Arguments((), {"weights": None}), Names(), data_format="channels_first")


def test_arguments_by_unpacking() -> None:
    application = applications.find("ResNet50")
    assert application is not None
    given = Arguments((), {"weights": None, "include_top": False}, more_keywords=True)
    with pytest.raises(Undecided):
        application.build(given, Names())


def test_what_is_known_of_a_partly_unknown_shape_is_checked() -> None:
    side = Symbol.named("side")
    for keywords in (
        {"weights": None, "include_top": False, "input_shape": (16, side, 3)},
        {"include_top": False, "input_shape": (side, side, 1)},
        {"input_shape": (side, 100, 3)},
        {"weights": None, "input_shape": (side, None, 3)},
    ):
        with pytest.raises(Fault) as caught:
            build("ResNet50", **keywords)
        assert caught.value.rule == "application-input"
        assert "side" in caught.value.text


def test_every_build_makes_new_layers() -> None:
    names = Names()
    first, second = (build("MobileNetV2", names, weights=None) for _ in range(2))
    assert not {id(layer) for layer in first.layers} & {id(layer) for layer in second.layers}
    first.layers[1].trainable = False
    assert second.layers[1].trainable is True
    third = build("MobileNetV2", Names(), weights=None)
    assert third.layers[1].trainable is True
    assert third.layers[1].calls[0].inputs is third.inputs


def test_layers_remember_their_arguments_and_calls() -> None:
    tensor = make_input({"shape": (64, 64, 3)}, Names())
    model = build("ResNet50", weights=None, include_top=False, input_tensor=tensor)
    last = model.get_layer("conv5_block3_out")
    assert last.arguments["activation"] == "relu"
    assert last.calls[0].output is model.outputs
    assert text(model.get_layer("conv4_block6_out").calls[0].output.shape) == "(None, 4, 4, 1024)"
    assert next(iter(model.inputs)) is tensor
