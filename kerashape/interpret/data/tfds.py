"""``tensorflow_datasets``: the well-known data sets.

Source: the catalog of TensorFlow Datasets. Features and supervised keys were compared with the
builders of ``tensorflow_datasets`` 4.9.10.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from kerashape.interpret.data.registry import function, method
from kerashape.interpret.data.values import (
    DATASET,
    ITERATOR,
    DataObject,
    Pipeline,
    array,
    stacked,
)
from kerashape.keras.graph import map_structure
from kerashape.keras.layers.base import Array
from kerashape.shapes import Unknown, unknown_dim

INFO = "tensorflow_datasets.core.DatasetInfo"
_FEATURES = "tensorflow_datasets.features.FeaturesDict"
_FEATURE = "tensorflow_datasets.features.Tensor"
_LABEL = "tensorflow_datasets.features.ClassLabel"
_SPLIT = "tensorflow_datasets.core.SplitInfo"


@dataclass(frozen=True, slots=True)
class Entry:
    """One data set.

    Attributes:
        features: shape and dtype by name; a number of classes in place of a shape for labels.
        supervised: the names of the features of ``as_supervised``.
        splits: how many examples each part has; None where that is not recorded here.
    """

    features: dict[str, tuple[tuple[int | None, ...], str] | int]
    supervised: tuple[str, str] | None = None
    splits: dict[str, int | None] = field(default_factory=dict)

    def element(self, as_supervised: bool) -> Any:
        """One example."""
        if not as_supervised:
            return {name: self._feature(name) for name in self.features}
        if self.supervised is None:
            return Unknown("the supervised form of a data set")
        return tuple(self._feature(name) for name in self.supervised)

    def _feature(self, name: str) -> Array:
        described = self.features[name]
        if isinstance(described, int):
            return array((), "int64", "tfds", classes=described, eager=True)
        return array(described[0], described[1], "tfds", eager=True)


_STRING: tuple[tuple[int | None, ...], str] = ((), "string")
_PHOTO: tuple[tuple[int | None, ...], str] = ((None, None, 3), "uint8")


def _pictures(
    shape: tuple[int | None, ...], classes: int, more: dict[str, Any] | None = None, **splits: Any
) -> Entry:
    features = {"image": (shape, "uint8"), "label": classes, **(more or {})}
    return Entry(features, ("image", "label"), splits)


def _texts(
    classes: int, name: str = "text", more: dict[str, Any] | None = None, **splits: Any
) -> Entry:
    return Entry({name: _STRING, "label": classes, **(more or {})}, (name, "label"), splits)


_MNIST = _pictures((28, 28, 1), 10, train=60000, test=10000)
ENTRIES = {
    "mnist": _MNIST,
    "fashion_mnist": _MNIST,
    "kmnist": _MNIST,
    "cifar10": _pictures((32, 32, 3), 10, {"id": _STRING}, train=50000, test=10000),
    "cifar100": _pictures(
        (32, 32, 3), 100, {"coarse_label": 20, "id": _STRING}, train=50000, test=10000
    ),
    "svhn_cropped": _pictures((32, 32, 3), 10, {"id": _STRING}, train=73257, test=26032, extra=531131),
    "cats_vs_dogs": _pictures((None, None, 3), 2, {"image/filename": _STRING}, train=23262),
    "tf_flowers": _pictures((None, None, 3), 5, train=3670),
    "rock_paper_scissors": _pictures((300, 300, 3), 3, train=2520, test=372),
    "horses_or_humans": _pictures((300, 300, 3), 2, train=1027, test=256),
    "beans": _pictures((500, 500, 3), 3, train=1034, validation=133, test=128),
    "eurosat": _pictures((64, 64, 3), 10, {"filename": _STRING}, train=27000),
    "malaria": _pictures((None, None, 3), 2, train=27558),
    "oxford_flowers102": _pictures(
        (None, None, 3), 102, {"file_name": _STRING}, train=1020, validation=1020, test=6149
    ),
    "food101": _pictures((None, None, 3), 101, train=75750, validation=25250),
    "patch_camelyon": _pictures(
        (96, 96, 3), 2, {"id": _STRING}, train=262144, validation=32768, test=32768
    ),
    "colorectal_histology": _pictures((150, 150, 3), 8, {"filename": _STRING}, train=5000),
    "emnist": _pictures((28, 28, 1), 62),
    "emnist/letters": _pictures((28, 28, 1), 37),
    "emnist/balanced": _pictures((28, 28, 1), 47),
    "oxford_iiit_pet": _pictures(
        (None, None, 3), 37,
        {"species": 2, "file_name": _STRING, "segmentation_mask": ((None, None, 1), "uint8"),
         "head_bbox": ((4,), "float32")}, train=3680, test=3669,
    ),
    "caltech101": _pictures((None, None, 3), 102, {"image/file_name": _STRING}),
    "deep_weeds": _pictures((256, 256, 3), 9),
    "plant_village": _pictures((None, None, 3), 38, {"image/filename": _STRING}),
    "uc_merced": _pictures((None, None, 3), 21, {"filename": _STRING}),
    "cassava": _pictures((None, None, 3), 5, {"image/filename": _STRING}),
    "stl10": _pictures((96, 96, 3), 10),
    "imagenette": _pictures((None, None, 3), 10),
    "cars196": _pictures((None, None, 3), 196, {"bbox": ((4,), "float32"), "id": _STRING}),
    "resisc45": _pictures((256, 256, 3), 45, {"filename": _STRING}),
    "quickdraw_bitmap": _pictures((28, 28, 1), 345),
    "penguins": Entry({"species": 3, "features": ((4,), "float32")}, ("features", "species")),
    "glue/sst2": Entry({"sentence": _STRING, "label": 2, "idx": ((), "int32")}),
    "glue/mrpc": Entry(
        {"sentence1": _STRING, "sentence2": _STRING, "label": 2, "idx": ((), "int32")}
    ),
    "ted_hrlr_translate/ru_to_en": Entry({"ru": _STRING, "en": _STRING}, ("ru", "en")),
    "imdb_reviews": _texts(2, train=25000, test=25000, unsupervised=50000),
    "yelp_polarity_reviews": _texts(2, train=560000, test=38000),
    "ag_news_subset": _texts(4, "description", {"title": _STRING}, train=120000, test=7600),
    "iris": Entry(
        {"features": ((4,), "float32"), "label": 3}, ("features", "label"), {"train": 150}
    ),
    "ted_hrlr_translate/pt_to_en": Entry(
        {"en": _STRING, "pt": _STRING}, ("pt", "en"),
        {"train": 51785, "validation": 1193, "test": 1803},
    ),
}  # fmt: skip
_PLAIN = {"imdb_reviews/plain_text": "imdb_reviews", "eurosat/rgb": "eurosat"}


def entry_of(name: Any) -> Entry | None:
    """The data set of a name as ``tfds.load`` takes it, version included."""
    if not isinstance(name, str):
        return None
    name = re.sub(r":[\d.*]+$", "", name)
    return ENTRIES.get(_PLAIN.get(name, name))


@function(
    "tensorflow_datasets.load",
    "name, split=None, data_dir=None, batch_size=None, shuffle_files=False, download=True, "
    "as_supervised=False, decoders=None, read_config=None, with_info=False, **kwargs",
)
def _load(values: dict[str, Any]) -> Any:
    entry, supervised = entry_of(values["name"]), values["as_supervised"]
    if entry is None or values["decoders"] is not None or not isinstance(supervised, bool):
        element: Any = Unknown("a data set that is not known here")
    else:
        element = entry.element(supervised)
    data = _parts(entry, element, values["split"], values["batch_size"])
    with_info = values["with_info"]
    if with_info is False:
        return data
    if with_info is not True:
        return Unknown("a data set, perhaps with its description")
    return data, _info(entry)


def _parts(entry: Entry | None, element: Any, split: Any, batch_size: Any) -> Any:
    """The datasets of the splits that are asked for, nested as they are."""
    if split is None:
        if entry is None or not entry.splits:
            return Unknown("the parts of a data set")
        return {name: _part(entry, element, name, batch_size) for name in entry.splits}
    if isinstance(split, (list, tuple)):
        return [_parts(entry, element, item, batch_size) for item in split]
    if isinstance(split, dict):
        return {name: _parts(entry, element, item, batch_size) for name, item in split.items()}
    return _part(entry, element, split, batch_size)


def _part(entry: Entry | None, element: Any, split: Any, batch_size: Any) -> Any:
    count: Any = unknown_dim()
    if entry is not None and isinstance(split, str) and entry.splits.get(split) is not None:
        count = entry.splits[split]
    if batch_size is None:
        return Pipeline(DATASET, element, count, nonempty=True)
    if batch_size == -1:
        return map_structure(lambda leaf: stacked(leaf, count), element)
    element = map_structure(lambda leaf: stacked(leaf, None), element)
    return Pipeline(DATASET, element, unknown_dim(), batched=True, nonempty=True)


def _info(entry: Entry | None) -> Any:
    if entry is None:
        return Unknown("the description of a data set")
    features = {name: _described(feature) for name, feature in entry.features.items()}
    splits = {name: DataObject(_SPLIT, {"num_examples": n}) for name, n in entry.splits.items()}
    return DataObject(INFO, {"features": DataObject(_FEATURES, features), "splits": splits})


def _described(feature: tuple[tuple[int | None, ...], str] | int) -> DataObject:
    if isinstance(feature, int):
        return DataObject(_LABEL, {"num_classes": feature, "shape": (), "dtype": "int64"})
    shape, dtype = feature
    return DataObject(_FEATURE, {"shape": shape, "dtype": dtype})


@method(_FEATURES, "__getitem__", "key")
def _feature(features: DataObject, key: Any) -> Any:
    return features[key] if isinstance(key, str) else Unknown("a feature")


@function("tensorflow_datasets.as_numpy", "dataset")
def _as_numpy(dataset: Any) -> Any:
    def data(leaf: Any) -> Any:
        return leaf.but(kind=ITERATOR) if isinstance(leaf, Pipeline) else leaf

    return map_structure(data, dataset)


@function("tensorflow_datasets.builder", "name, **kwargs")
def _builder(name: Any) -> Any:
    entry = entry_of(name)
    return DataObject("tensorflow_datasets.builder", {"name_": name, "info": _info(entry)})


@method("tensorflow_datasets.builder", "download_and_prepare", "*args, **kwargs")
def _prepare(builder: DataObject) -> Any:
    return None


@method(
    "tensorflow_datasets.builder",
    "as_dataset",
    "split=None, batch_size=None, shuffle_files=False, decoders=None, read_config=None, "
    "as_supervised=False",
)
def _as_dataset(builder: DataObject, values: dict[str, Any]) -> Any:
    entry, supervised = entry_of(builder["name_"]), values["as_supervised"]
    known = entry is not None and values["decoders"] is None and isinstance(supervised, bool)
    element = entry.element(supervised) if known and entry else Unknown("a data set")
    return _parts(entry, element, values["split"], values["batch_size"])
