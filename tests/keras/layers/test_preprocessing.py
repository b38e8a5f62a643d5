"""Preprocessing layers against the real Keras."""

from __future__ import annotations

from typing import Any

import pytest

from tests.keras.layers.agreement import call, difference, made
from tests.oracle.case import CallOf, T

pytestmark = pytest.mark.keras

IMAGES = ((None, 8, 9, 3), (None, None, None, 3), (8, 9, 3), (2, 3, 8, 9), (None, 4), (), (None,))


def strings(*shape: int | None) -> CallOf:
    return CallOf((T(shape, "string"),))


@pytest.mark.parametrize("name", ["Resizing", "CenterCrop", "RandomCrop"])
@pytest.mark.parametrize("size", [(3, 4), (0, 4), (-1, 4), (2.5, 4), ("a", 4), (None, 4)], ids=str)
def test_sizes(name: str, size: Any) -> None:
    for data_format in (None, "channels_first", "last"):
        for shape in IMAGES if size == (3, 4) else IMAGES[:1]:
            assert not difference(made(name, *size, data_format=data_format), call(shape))
    assert not difference(made(name, *size), call([(None, 8, 9, 3)] * 2), words=False)
    assert not difference(made(name, *size, factor=0.5), call((None, 8, 9, 3)))


FACTORS: list[Any] = [0, 0.5, 1, -0.5, 1.5, 9, (0.1, 0.4), [0.4, 0.1], (0.5,), (2, 3), (-3, -2)]
FACTORS += ["a", None, {}, (0.1, "a"), True]

WITH_FACTOR = (
    "RandomBrightness RandomContrast RandomColorDegeneration RandomGrayscale RandomHue "
    "RandomInvert RandomPosterization RandomSaturation RandomSharpness RandomElasticTransform "
    "RandomErasing RandomGaussianBlur RandomPerspective RandomRotation CutMix RandAugment AugMix"
)


@pytest.mark.parametrize("name", WITH_FACTOR.split())
def test_factors(name: str) -> None:
    for factor in FACTORS:
        assert not difference(made(name, factor=factor), call((None, 8, 9, 3)))


OWN_FACTORS = {
    "RandomShear": ("x_factor", "y_factor"),
    "RandomTranslation": ("height_factor", "width_factor"),
    "RandomZoom": ("height_factor", "width_factor"),
    "Solarization": ("addition_factor", "threshold_factor"),
    "RandomErasing": ("scale",),
    "RandomElasticTransform": ("scale",),
    "RandomPerspective": ("scale",),
    "RandomGaussianBlur": ("sigma", "kernel_size"),
    "RandomColorJitter": ("brightness_factor", "contrast_factor", "hue_factor"),
}


@pytest.mark.parametrize("name", OWN_FACTORS)
def test_own_factors(name: str) -> None:
    others = {"height_factor": 0.1, "width_factor": 0.1} if "height" in OWN_FACTORS[name][0] else {}
    for argument in OWN_FACTORS[name]:
        for factor in [*FACTORS, 3, (3, 5), (2, 3)]:
            layer = made(name, **{**others, argument: factor})
            assert not difference(layer, call((None, 8, 9, 3)))


CHOICES = {
    "value_range": ((0, 1), [0, 255], (1, 0), (0,), 3, "ab", None, (0, "a")),
    "interpolation": ("nearest", "bilinear", "bicubic", None, 3),
    "fill_mode": ("reflect", "wrap", "mirror", None, ["wrap"]),
    "seed": (1, None, 1.5, "a", (1,)),
    "data_format": ("channels_last", "channels_first", "CHANNELS_LAST", "first", 3),
    "factor": (0.5, 3),
}
AUGMENTATIONS = (
    "AutoContrast ContrastLimitedAdaptiveHistogramEqualization Equalization RandomBrightness "
    "RandomColorDegeneration RandomContrast RandomGrayscale RandomHue RandomInvert RandomFlip "
    "RandomPosterization RandomSaturation RandomSharpness Solarization RandomElasticTransform "
    "RandomErasing RandomGaussianBlur RandomPerspective RandomRotation RandomShear "
    "RandomTranslation RandomZoom CutMix MixUp RandAugment AugMix RandomColorJitter"
)


@pytest.mark.parametrize("name", AUGMENTATIONS.split())
def test_choices(name: str) -> None:
    required: dict[str, Any] = {
        "RandomTranslation": {"height_factor": 0.1, "width_factor": 0.1},
        "RandomZoom": {"height_factor": 0.1},
    }.get(name, {} if name in OPTIONAL_FACTOR else {"factor": 1})
    for argument, values in CHOICES.items():
        for value in values:
            layer = made(name, **{**required, argument: value})
            assert not difference(layer, call((None, 8, 9, 3))), (argument, value)
    for shape in ((8, 9, 3), (None, 3, 8, 9), (None, 8, 9, 1), (None, 4), ()):
        assert not difference(made(name, **required), call(shape))


OPTIONAL_FACTOR = (
    "AutoContrast ContrastLimitedAdaptiveHistogramEqualization Equalization RandomFlip MixUp "
    "RandomShear Solarization RandomColorJitter"
)

FEATURES: list[tuple[str, dict[str, Any]]] = [
    ("CategoryEncoding", {}),
    ("CategoryEncoding", {"num_tokens": 0}),
    *(
        ("CategoryEncoding", {"num_tokens": 4, "output_mode": mode, "sparse": sparse})
        for mode in ("one_hot", "multi_hot", "count", "binary", "int")
        for sparse in (False, True)
    ),
    ("Discretization", {}),
    ("Discretization", {"num_bins": 3, "bin_boundaries": [1.0]}),
    ("Discretization", {"num_bins": -1}),
    ("Discretization", {"num_bins": 3, "trainable": False}),
    ("Discretization", {"bin_boundaries": 3, "output_mode": "count"}),
    *(
        ("Discretization", {**bins, "output_mode": mode, "sparse": sparse})
        for bins in ({"num_bins": 3}, {"bin_boundaries": [0.0, 1.0]})
        for mode in ("int", "one_hot", "multi_hot", "count", "tf_idf")
        for sparse in (False, True)
    ),
    ("Hashing", {"num_bins": None}),
    ("Hashing", {"num_bins": 0}),
    ("Hashing", {"num_bins": 3, "dtype": "float32"}),
    ("Hashing", {"num_bins": 3, "salt": (1, 2, 3)}),
    *(
        ("Hashing", {"num_bins": 3, "output_mode": mode, "dtype": dtype, "salt": 1})
        for mode in ("int", "one_hot", "multi_hot", "count", "binary")
        for dtype in (None, "int32", "mixed_float16")
    ),
    ("Normalization", {}),
    ("Normalization", {"axis": None}),
    ("Normalization", {"axis": (1, -1)}),
    ("Normalization", {"axis": (-1, 2)}),
    ("Normalization", {"axis": 5}),
    ("Normalization", {"axis": 2.5}),
    ("Normalization", {"mean": 1.0}),
    ("Normalization", {"mean": 1.0, "variance": 2.0}),
    ("Normalization", {"mean": [1.0, 2.0], "variance": [2.0, 1.0]}),
    ("Normalization", {"mean": [1.0, 2.0], "variance": 2.0}),
    ("Normalization", {"mean": [[1.0]], "variance": [[1.0]]}),
    ("Normalization", {"mean": [[1.0], [2.0, 3.0]], "variance": 1.0}),
]


@pytest.mark.parametrize(("name", "options"), FEATURES, ids=str)
def test_features(name: str, options: dict[str, Any]) -> None:
    for shape in ((None, 4), (None, 1), (3,), (None, 4, 1), (), (None, 4, 4), (None, None)):
        assert not difference(made(name, **options), call(shape))


@pytest.mark.parametrize("mode", ["int", "one_hot", "multi_hot"])
def test_hashed_crossing(mode: str) -> None:
    layer = made("HashedCrossing", 5, mode, surplus=1)
    for inputs in ([(None, 1)] * 2, [(None,)] * 2, [(None, 1)], (None, 2), [(None, 1), (None, 2)]):
        assert not difference(layer, call(inputs))
    assert not difference(layer, call({"a": (None, 1), "b": (None, 1)}))


VOCABULARIES: list[dict[str, Any]] = [
    {"vocabulary": ["a", "b"]},
    {"vocabulary": ["[UNK]", "a", "b"]},
    {"vocabulary": ["", "[UNK]", "a"], "mask_token": ""},
    {"vocabulary": ["a", "a"]},
    {"vocabulary": ["a", "m"], "mask_token": "m"},
    {"vocabulary": []},
    {"vocabulary": [1, 2]},
    {"vocabulary": 5},
    {"vocabulary": ["a", "b", "c"], "max_tokens": 3},
    {"vocabulary": ["a", "b"], "max_tokens": 5, "pad_to_max_tokens": True},
    {"vocabulary": ["a"], "num_oov_indices": 3},
    {"vocabulary": ["a"], "num_oov_indices": 0},
    {"vocabulary": ["a"], "num_oov_indices": -1},
    {"vocabulary": ["a"], "mask_token": 3},
    {"vocabulary": ["a"], "invert": True},
    {"vocabulary": ["a"], "sparse": True},
    {"vocabulary": ["a"], "idf_weights": [0.5]},
    {"vocabulary": ["a"], "idf_weights": [0.5, 0.5]},
    {"pad_to_max_tokens": True},
    {"max_tokens": 1},
    {"salt": (1, 2, 3)},
]


@pytest.mark.parametrize("options", VOCABULARIES, ids=str)
@pytest.mark.parametrize("mode", ["int", "one_hot", "multi_hot", "tf_idf", "binary", "floats"])
def test_string_lookup(mode: str, options: dict[str, Any]) -> None:
    layer = made("StringLookup", output_mode=mode, **options)
    for shape in ((None, 3), (None, 1), ()):
        assert not difference(layer, strings(*shape))


@pytest.mark.parametrize("mode", ["int", "one_hot", "multi_hot", "tf_idf"])
def test_text(mode: str) -> None:
    vocabulary: dict[str, Any] = {"vocabulary": ["a", "b"], "output_mode": mode}
    if mode == "tf_idf":
        vocabulary["idf_weights"] = [0.5, 0.5]
    for options in (
        {},
        {"split": None},
        {"split": "words"},
        {"standardize": None, "ngrams": 2},
        {"ngrams": [1, 2]},
        {"output_sequence_length": 7},
        {"output_sequence_length": 7.5},
        {"max_tokens": 9, "pad_to_max_tokens": True},
        {"ragged": True},
    ):
        layer = made("TextVectorization", **vocabulary, **options)
        for shape in ((None,), (None, 1), (), (None, 2)):
            assert not difference(layer, strings(*shape))


STFT: list[dict[str, Any]] = [
    *({"mode": mode} for mode in ("log", "real", "imag", "stft", "sound")),
    {"expand_dims": True},
    {"data_format": "channels_first", "expand_dims": True},
    {"padding": "same", "frame_step": 4},
    {"frame_step": 17},
    {"fft_length": 8},
    {"fft_length": 64},
    {"window": "nosuch"},
    {"window": "kaiser"},
    {"window": None},
    {"window": [1.0]},
    {"scaling": "none"},
    {"frame_length": 1},
    {"frame_length": 0},
    {"padding": "causal"},
]


@pytest.mark.parametrize("options", STFT, ids=str)
def test_stft(options: dict[str, Any]) -> None:
    layer = made("STFTSpectrogram", **{"frame_length": 16, **options})
    for shape in ((None, 60, 2), (None, 9, 2), (None, None, None), (None, 60)):
        if options.get("frame_length") != 1:
            assert not difference(layer, call(shape))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"sequence_length": 4096},
        {"sequence_stride": 0},
        {"num_mel_bins": -1},
        {"sampling_rate": "a"},
    ],
    ids=str,
)
def test_mel(options: dict[str, Any]) -> None:
    for shape in ((None, 4000), (4000,), (None, None), (None, 2, 60), ()):
        assert not difference(made("MelSpectrogram", **options), call(shape))


def test_boxes() -> None:
    boxes = {"boxes": (None, 7, 4), "labels": (None, 7)}
    for count in (3, 3.7, "3", "a", None, -1):
        layer = made("MaxNumBoundingBoxes", count)
        assert not difference(layer, call({"bounding_boxes": boxes, "images": (None, 8, 8, 3)}))
        assert not difference(layer, call({"bounding_boxes": {**boxes, "more": (None,)}}))
        assert not difference(layer, call((None, 8, 8, 3)))


def test_mixtures_of_images_and_labels() -> None:
    data = {"images": (None, 8, 8, 3), "labels": (None, 4)}
    for name in ("MixUp", "CutMix", "RandomFlip", "Resizing"):
        arguments = (3, 4) if name == "Resizing" else ()
        assert not difference(made(name, *arguments), call(data))


PIPELINES: list[Any] = [
    [made("RandomFlip"), made("Resizing", 3, 4), made("Rescaling", 2)],
    [made("Flatten"), made("Dense", 4)],
    [made("LSTM", 4, return_state=True)],
    [made("Dense", 4), made("Conv2D", 4, 9)],
    [made("Hashing", 5)],
    [],
    [3],
    3,
    None,
]


@pytest.mark.parametrize("layers", PIPELINES, ids=str)
def test_pipeline(layers: Any) -> None:
    for shape in ((None, 8, 8, 3), (None, 5, 3)):
        assert not difference(made("Pipeline", layers), call(shape))


def test_keywords_of_lookups() -> None:
    for name in ("StringLookup", "IntegerLookup", "TextVectorization"):
        for keywords in ({"foo": 1}, {"trainable": 3}, {"dtype": "nosuch"}, {"autocast": False}):
            assert not difference(made(name, **keywords), strings(None, 3))
