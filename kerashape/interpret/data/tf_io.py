"""TensorFlow's functions that read and decode files, and those on strings."""

from __future__ import annotations

from typing import Any

from kerashape.interpret.data.registry import function
from kerashape.interpret.data.tf_data import as_tensor, dtype_of, shape_of
from kerashape.interpret.data.values import DataObject, array
from kerashape.keras.graph import Tensor, map_structure
from kerashape.keras.layers.base import Array
from kerashape.shapes import Shape, Unknown

_FEATURE = "tensorflow.io.FixedLenFeature"


def _scalar(dtype: Any) -> Array:
    return array((), dtype, "tf", eager=True)


@function("tensorflow.io.read_file tensorflow.read_file", "filename, name=None")
def _read_file() -> Any:
    return _scalar("string")


@function(
    "tensorflow.io.decode_image tensorflow.image.decode_image",
    "contents, channels=None, dtype='uint8', name=None, expand_animations=True",
)
def _decode_image(channels: Any, dtype: Any, expand_animations: Any) -> Any:
    if expand_animations is not False:
        return Array(Shape.unknown(), dtype_of(dtype), "tf", eager=True)
    depth = channels or None
    return array((None, None, depth), dtype_of(dtype), "tf", eager=True)


@function("tensorflow.io.decode_bmp tensorflow.image.decode_bmp", "contents, channels=0, name=None")
def _decode_bmp(channels: Any) -> Any:
    return array((None, None, channels or None), "uint8", "tf", eager=True)


@function("tensorflow.io.decode_gif tensorflow.image.decode_gif", "contents, name=None")
def _decode_gif() -> Any:
    return array((None, None, None, 3), "uint8", "tf", eager=True)


@function(
    "tensorflow.audio.decode_wav", "contents, desired_channels=-1, desired_samples=-1, name=None"
)
def _decode_wav(desired_channels: Any, desired_samples: Any) -> Any:
    audio = shape_of((desired_samples, desired_channels))
    return Array(audio, "float32", "tf", eager=True), _scalar("int32")


# -- records ------------------------------------------------------------------------------


@function(_FEATURE, "shape, dtype, default_value=None")
def _feature(shape: Any, dtype: Any) -> Any:
    return DataObject(_FEATURE, {"shape": shape, "dtype": dtype})


@function(
    "tensorflow.io.parse_single_example tensorflow.io.parse_single_sequence_example",
    "serialized, features, *args, **kwargs",
)
def _parse_single(features: Any) -> Any:
    if not isinstance(features, dict):
        return Unknown("the features of a record")
    return {key: _parsed(feature, ()) for key, feature in features.items()}


@function("tensorflow.io.parse_example", "serialized, features, *args, **kwargs")
def _parse_many(serialized: Any, features: Any) -> Any:
    known = isinstance(serialized, Array) and not serialized.shape.open
    if not isinstance(features, dict) or not known:
        return Unknown("the features of records")
    return {key: _parsed(item, serialized.shape.dims) for key, item in features.items()}


def _parsed(feature: Any, ahead: tuple[Any, ...]) -> Any:
    if not isinstance(feature, DataObject) or feature.kind != _FEATURE:
        return Unknown("a feature of no fixed length")
    shape = shape_of(feature["shape"])
    if isinstance(feature["shape"], int):
        shape = Shape((feature["shape"],))
    made = Shape(ahead) + shape if not shape.open else shape
    return Array(made, dtype_of(feature["dtype"]), "tf", eager=True)


@function("tensorflow.io.decode_csv", "records, record_defaults, *args, **kwargs")
def _decode_csv(records: Any, record_defaults: Any) -> Any:
    if not isinstance(record_defaults, (list, tuple)) or not isinstance(records, Array):
        return Unknown("the columns of a record")
    return [_field(default, records.shape) for default in record_defaults]


def _field(default: Any, shape: Shape) -> Any:
    if isinstance(default, (list, tuple)):
        made = as_tensor(list(default)) if default else Unknown("a column without a default")
    else:
        made = as_tensor(default)
    dtype = made.dtype if isinstance(made, Array) else Unknown("the dtype of a column")
    return Array(shape, dtype, "tf", eager=True)


# -- strings ------------------------------------------------------------------------------


def _as_shape(value: Any, dtype: Any) -> Any:
    """The same shape in another dtype."""
    if isinstance(value, Tensor):
        return Tensor(value.shape, dtype)
    made = as_tensor(value) if isinstance(value, (str, list, Array)) else value
    return Array(made.shape, dtype, "tf", eager=True) if isinstance(made, Array) else made


@function(
    "tensorflow.strings.lower tensorflow.strings.upper tensorflow.strings.regex_replace "
    "tensorflow.strings.strip tensorflow.strings.substr tensorflow.strings.as_string "
    "tensorflow.strings.unicode_transcode",
    "input, *args, **kwargs",
)
def _same_strings(input: Any) -> Any:
    return _as_shape(input, "string")


@function("tensorflow.strings.length", "input, *args, **kwargs")
def _length(input: Any) -> Any:
    return _as_shape(input, "int32")


@function(
    "tensorflow.strings.to_number tensorflow.strings.to_hash_bucket_fast",
    "input, out_type='float32', *args, **kwargs",
)
def _to_number(input: Any) -> Any:
    return _as_shape(input, Unknown("the dtype of a number"))


@function("tensorflow.strings.regex_full_match", "input, *args, **kwargs")
def _matches(input: Any) -> Any:
    return _as_shape(input, "bool")


@function(
    "tensorflow.py_function tensorflow.numpy_function", "func, inp=None, Tout=None, *args, **kwargs"
)
def _python(Tout: Any) -> Any:
    def leaf(dtype: Any) -> Any:
        return Array(Shape.unknown(), dtype_of(dtype), "tf", eager=True)

    if isinstance(Tout, (list, tuple)):
        return map_structure(leaf, list(Tout))
    return leaf(Tout) if Tout is not None else Unknown("what a function of Python returns")
