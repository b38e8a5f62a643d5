"""``keras.utils`` on data: encoding labels, padding, and datasets read from folders."""

from __future__ import annotations

from typing import Any

from kerashape.interpret.containers import ListValue
from kerashape.interpret.data.registry import Calling, function, method
from kerashape.interpret.data.values import (
    BATCHES,
    DATASET,
    LIST,
    Pipeline,
    array,
    one_of,
    stacked,
)
from kerashape.keras.datasets import DATASETS, classes_of
from kerashape.keras.graph import map_structure
from kerashape.keras.layers.base import Array, Spec
from kerashape.keras.ops.numpy import spec_of
from kerashape.shapes import Dim, Shape, Symbol, Unknown, unknown_dim

# -- labels -------------------------------------------------------------------------------


@function("keras.utils.to_categorical", "x, num_classes=None, dtype=None")
def _to_categorical_3(x: Any, num_classes: Any) -> Any:
    return _one_hot(x, num_classes)


def _one_hot(labels: Any, num_classes: Any) -> Any:
    """(n,) or (n, 1) -> (n, classes)."""
    if isinstance(labels, list):
        if num_classes is None and labels and all(type(label) is int for label in labels):
            num_classes = max(labels) + 1
        spec = spec_of(labels)
        labels = Array(spec.shape, spec.dtype)
    if not isinstance(labels, Array) or labels.shape.open:
        return Unknown("what to_categorical() returns")
    dims = labels.shape.dims
    if len(dims) > 1 and isinstance(dims[-1], int) and dims[-1] == 1:
        dims = dims[:-1]
    elif len(dims) > 1 and not isinstance(dims[-1], int):
        return Unknown("what to_categorical() returns")
    classes = num_classes
    if classes is None:
        classes = classes_of(labels) or Unknown("the classes")
    if not isinstance(classes, (int, Symbol, Unknown)):
        return Unknown("what to_categorical() returns")
    known = classes if isinstance(classes, int) else None
    dtype = "float32" if labels.eager else "float64"
    return Array(
        Shape((*dims, classes)), dtype, "to_categorical()", classes=known, one_hot=True,
        eager=labels.eager,
    )  # fmt: skip


@function("keras.utils.normalize", "x, axis=-1, order=2")
def _normalize(x: Any) -> Any:
    if not isinstance(x, Array):
        return Unknown("data that are normalized")
    if x.eager:
        return Array(x.shape, "float32", eager=True)
    dtype = x.dtype if x.dtype in ("float32", "float64", "float16") else "float64"
    return Array(x.shape, dtype, x.origin)


@function("keras.utils.split_dataset", "dataset, left_size=None, right_size=None, **kwargs")
def _split(dataset: Any, left_size: Any, right_size: Any) -> Any:
    if isinstance(dataset, Pipeline) and dataset.kind == DATASET:
        part = dataset.but(count=unknown_dim())
    elif isinstance(dataset, (Array, tuple, dict)):
        part = Pipeline(DATASET, map_structure(one_of, dataset), unknown_dim())
    else:
        return (Unknown("a part of data"),) * 2
    return part, part


# -- sequences ----------------------------------------------------------------------------


@function(
    "keras.utils.pad_sequences keras.preprocessing.sequence.pad_sequences "
    "keras.utils.data_utils.pad_sequences",
    "sequences, maxlen=None, dtype='int32', padding='pre', truncating='pre', value=0.0",
)
def _pad_sequences(sequences: Any, maxlen: Any, dtype: Any) -> Any:
    """n sequences of some lengths -> (n, maxlen)."""
    count, sample, length = _sequences(sequences)
    if sample is None:
        return Unknown("what pad_sequences() makes of data that are not known")
    if isinstance(maxlen, (int, Symbol, Unknown)):
        length = maxlen
    kind = dtype if isinstance(dtype, str) else Unknown("a dtype")
    if kind in ("float", "int", "str"):
        kind = {"float": "float64", "int": "int64"}.get(str(kind), Unknown("a dtype"))
    words = sequences.classes if isinstance(sequences, Array) else None
    return Array(Shape((count, length)) + sample, kind, "pad_sequences()", classes=words)


def _one(item: Any) -> Spec:
    """One of several sequences: an array, or a list that is not written out."""
    if isinstance(item, Pipeline) and item.kind == LIST and isinstance(item.element, Array):
        element = item.element
        open_ = element.shape.open
        return Spec(
            Shape.unknown() if open_ else Shape((item.count, *element.shape.dims)), element.dtype
        )
    return spec_of(item)


def one_sequence(value: Any) -> Array | None:
    """One of many sequences of numbers, where that is what a value holds."""
    _, sample, _ = _sequences(value)
    lists = isinstance(value, Pipeline) or (isinstance(value, Array) and value.dtype == "object")
    if sample is None or not lists:
        return None
    return Array(Shape((unknown_dim(), *sample.dims)), "int64")


def sequences_like(value: Any, item: Any) -> Any:
    """As many as there are in ``value``, each of which is ``item``."""
    if not isinstance(item, Array) or item.shape.open or not item.shape.dims:
        return ListValue(None, "what becomes of many sequences")
    return Pipeline(LIST, item, _sequences(value)[0])


@method(LIST, "append extend insert pop remove clear", "*args")
def _changed(sequences: Pipeline) -> Any:
    """Nothing is known of them after that, on whatever branch it is."""
    sequences.count, sequences.nonempty = unknown_dim(), False
    sequences.element = Unknown("a sequence of a list that was changed")
    return Unknown("what was in a list")


def _sequences(value: Any) -> tuple[Dim, Shape | None, Any]:
    """How many there are, the shape of one item of one, and how long the longest is."""
    longest = Unknown("the length of the longest sequence")
    if isinstance(value, Array) and not value.shape.open:
        if value.dtype == "object" and value.origin in DATASETS and len(value.shape.dims) == 1:
            return value.shape.dims[0], Shape(), longest
        if isinstance(value.dtype, str) and value.dtype != "object" and len(value.shape.dims) > 1:
            return value.shape.dims[0], Shape(value.shape.dims[2:]), value.shape.dims[1]
    if isinstance(value, Pipeline) and value.kind == LIST:
        item = value.element
        if isinstance(item, Array) and not item.shape.open and item.shape.dims:
            return value.count, Shape(item.shape.dims[1:]), longest
    if isinstance(value, list) and value:
        parts = [_one(item) for item in value]
        ranks = {None if part.shape.open else len(part.shape.dims) for part in parts}
        if ranks == {1}:
            lengths = [part.shape.dims[0] for part in parts]
            known = [n for n in lengths if isinstance(n, int)]
            return len(value), Shape(), max(known) if len(known) == len(lengths) else longest
    return unknown_dim(), None, longest


@function(
    "keras.utils.timeseries_dataset_from_array "
    "keras.preprocessing.timeseries_dataset_from_array "
    "keras.preprocessing.sequence.timeseries_dataset_from_array",
    "data, targets, sequence_length, sequence_stride=1, sampling_rate=1, batch_size=128, "
    "shuffle=False, seed=None, start_index=None, end_index=None, format='tf'",
)
def _timeseries(data: Any, targets: Any, batch_size: Any) -> Any:
    """Windows: their length is open, as the dataset gathers them by numbers that it computes."""
    window = _as_tensor(stacked(one_of(data), None))
    element = window
    if targets is not None:
        element = (window, _as_tensor(one_of(targets)))
    return _grouped(element, batch_size)


def _number(value: Any) -> Any:
    return value if isinstance(value, (int, Symbol)) else Unknown("a number that is not known")


def _as_tensor(value: Any) -> Any:
    return (
        Array(value.shape, value.dtype, "tf", classes=value.classes, one_hot=value.one_hot,
              eager=True)
        if isinstance(value, Array)
        else value
    )  # fmt: skip


def _grouped(element: Any, batch_size: Any, attributes: dict[str, Any] | None = None) -> Pipeline:
    """A dataset of batches, or of single samples if there is no batch size."""
    count = Unknown("the number of batches")
    if batch_size is None:
        return Pipeline(DATASET, element, count, nonempty=True, attributes=attributes)
    rows: Any = None if isinstance(batch_size, int) else unknown_dim()
    element = map_structure(lambda leaf: stacked(leaf, rows), element)
    return Pipeline(DATASET, element, count, batched=True, nonempty=True, attributes=attributes)


# -- folders ------------------------------------------------------------------------------

_FOLDER = "directory, labels='inferred', label_mode='int', class_names=None, "
_PART = "shuffle=True, seed=None, validation_split=None, subset=None, "
_CHANNELS = {"rgb": 3, "rgba": 4, "grayscale": 1}


@function(
    "keras.utils.image_dataset_from_directory keras.preprocessing.image_dataset_from_directory",
    _FOLDER + "color_mode='rgb', batch_size=32, image_size=(256, 256), " + _PART +
    "interpolation='bilinear', follow_links=False, crop_to_aspect_ratio=False, "
    "pad_to_aspect_ratio=False, data_format=None, format='tf', verbose=True, **kwargs",
)  # fmt: skip
def _images(values: dict[str, Any], call: Calling) -> Any:
    channels = _channels(values["color_mode"])
    size = values["image_size"]
    if not isinstance(size, (list, tuple)) or len(size) != 2:
        size = (Unknown("the height"), Unknown("the width"))
    layout = values["data_format"] or call.machine.names.defaults.data_format
    dims = (channels, *size) if layout == "channels_first" else (*size, channels)
    return _labelled_folder(array(dims, "float32", "tf", eager=True), values)


def _channels(mode: Any) -> Any:
    known = isinstance(mode, str) and mode in _CHANNELS
    return _CHANNELS[mode] if known else Unknown("the number of channels")


@function(
    "keras.utils.text_dataset_from_directory keras.preprocessing.text_dataset_from_directory",
    _FOLDER + "batch_size=32, max_length=None, " + _PART +
    "follow_links=False, format='tf', verbose=True",
)  # fmt: skip
def _texts(values: dict[str, Any]) -> Any:
    return _labelled_folder(array((), "string", "tf", eager=True), values)


@function(
    "keras.utils.audio_dataset_from_directory",
    _FOLDER + "batch_size=32, sampling_rate=None, output_sequence_length=None, ragged=False, "
    + _PART + "follow_links=False, verbose=True",
)  # fmt: skip
def _audio(values: dict[str, Any]) -> Any:
    length = values["output_sequence_length"]
    sample = array((length, Unknown("the number of channels")), "float32", "tf", eager=True)
    return _labelled_folder(sample, values)


def _labelled_folder(sample: Array, values: dict[str, Any]) -> Any:
    """Samples with the labels that ``label_mode`` says, one dataset for each part."""
    mode, names = values["label_mode"], values["class_names"]
    if values["labels"] is None:
        mode = None
    classes: Any = len(names) if isinstance(names, (list, tuple)) else None
    element: Any = sample
    if mode is not None:
        element = (sample, _label(mode, classes))
    listed = Unknown("the names of the folders") if classes is None else list(names)
    dataset = _grouped(element, values["batch_size"], {"class_names": listed, "file_paths": _FILES})
    return (dataset, dataset) if values["subset"] == "both" else dataset


_FILES = Unknown("the files of a folder")


def _label(mode: Any, classes: int | None) -> Any:
    if mode == "int":
        return array((), "int32", "tf", classes=classes, eager=True)
    if mode == "binary":
        return array((1,), "float32", "tf", classes=2, eager=True)
    if mode == "categorical":
        count = Unknown("the number of folders") if classes is None else classes
        return array((count,), "float32", "tf", classes=classes, one_hot=True, eager=True)
    return Unknown("a label mode that is not known")


# -- sequences of batches ---------------------------------------------------------------------


@function(
    "keras.preprocessing.sequence.TimeseriesGenerator",
    "data, targets, length, sampling_rate=1, stride=1, start_index=0, end_index=None, "
    "shuffle=False, reverse=False, batch_size=128",
)
def _generator(data: Any, targets: Any, length: Any, sampling_rate: Any) -> Any:
    steps = _number(length)
    if isinstance(length, int) and isinstance(sampling_rate, int) and sampling_rate > 0:
        steps = -(-length // sampling_rate)
    if not isinstance(data, Array) or not isinstance(targets, Array):
        return Pipeline(BATCHES, Unknown("windows of data that are not known"), _BATCH_COUNT)
    x = stacked(stacked(one_of(data), steps), None)
    y = stacked(one_of(targets), None)
    return Pipeline(BATCHES, (x, y), _BATCH_COUNT, batched=True)


_BATCH_COUNT = Unknown("the number of batches")
