"""``tf.data``: where datasets come from."""

from __future__ import annotations

from typing import Any

from kerashape.interpret.data.registry import Calling, attribute, function
from kerashape.interpret.data.values import (
    DATASET,
    ITERATOR,
    DataObject,
    Pipeline,
    array,
    one_of,
    rows_of,
)
from kerashape.keras.graph import Tensor, map_structure
from kerashape.keras.layers.base import Array
from kerashape.keras.ops.dtypes import standardize_dtype
from kerashape.keras.ops.operands import as_array
from kerashape.shapes import Dim, Fault, Shape, Symbol, Undecided, Unknown, unknown_dim

SPEC = "tensorflow.TensorSpec"


def component(value: Any) -> Any:
    """A value as a component of a dataset: tuples and dicts nest, the rest becomes a tensor."""
    if isinstance(value, tuple):
        return tuple(component(item) for item in value)
    if isinstance(value, dict):
        return {key: component(item) for key, item in value.items()}
    if value is None or isinstance(value, (Unknown, Pipeline)):
        return value
    return as_tensor(value)


def as_tensor(value: Any) -> Any:
    """What ``tf.convert_to_tensor`` makes of a value: an array, or unknown."""
    if isinstance(value, (Array, Tensor)):
        dtype = value.dtype
        if dtype in ("str", "object") if isinstance(dtype, str) else False:
            dtype = "string" if dtype == "str" else Unknown("what objects become")
        made = Array(value.shape, dtype, "tf", eager=True)
        if isinstance(value, Array):
            made.classes, made.one_hot = value.classes, value.one_hot
            made.scaled = value.scaled
        return made
    if isinstance(value, (str, bytes)):
        return array((), "string", "tf", eager=True)
    if isinstance(value, (list, tuple)) and value and all(isinstance(v, str) for v in value):
        return array((len(value),), "string", "tf", eager=True)
    try:
        spec = as_array(value)
    except (Undecided, Fault):
        return Unknown("a tensor made of something that is not known")
    return Array(spec.shape, spec.dtype, "tf", eager=True)


def dtype_of(value: Any) -> Any:
    """A dtype as an argument gives it."""
    try:
        return Unknown("a dtype") if value is None else standardize_dtype(value)
    except (Undecided, Fault):
        return Unknown("a dtype that is not known")


def shape_of(value: Any) -> Shape:
    """A shape as an argument gives it: -1 and None are both open."""
    if isinstance(value, (list, tuple)) and all(
        dim is None or isinstance(dim, (int, Symbol, Unknown)) for dim in value
    ):
        return Shape(None if isinstance(dim, int) and dim < 0 else dim for dim in value)
    return Shape.unknown()


# -- sources ------------------------------------------------------------------------------


@function("tensorflow.data.Dataset.from_tensor_slices", "tensors, name=None")
def _slices(tensors: Any) -> Any:
    tensors = component(tensors)
    return Pipeline(DATASET, map_structure(one_of, tensors), rows_of(tensors))


@function("tensorflow.data.Dataset.from_tensors", "tensors, name=None")
def _tensors(tensors: Any) -> Any:
    return Pipeline(DATASET, component(tensors), 1)


@function("tensorflow.data.Dataset.range", "*args, output_type=None, **kwargs")
def _range(args: Any, output_type: Any) -> Any:
    dtype = "int64" if output_type is None else dtype_of(output_type)
    element = array((), dtype, "tf", eager=True)
    known = isinstance(args, tuple) and all(isinstance(arg, int) for arg in args) and args
    return Pipeline(DATASET, element, len(range(*args)) if known else _unknown())


@function(
    "tensorflow.data.Dataset.from_generator",
    "generator, output_types=None, output_shapes=None, args=None, output_signature=None, name=None",
)
def _from_generator(output_types: Any, output_shapes: Any, output_signature: Any) -> Any:
    if output_signature is not None:
        element = map_structure(_of_spec, output_signature)
    elif isinstance(output_types, (tuple, dict)):
        element = _typed(output_types, output_shapes)
    else:
        element = _typed_leaf(output_types, output_shapes)
    return Pipeline(DATASET, element, _unknown())


def _typed(types: Any, shapes: Any) -> Any:
    if isinstance(types, dict):
        given = shapes if isinstance(shapes, dict) else {}
        return {key: _typed(item, given.get(key)) for key, item in types.items()}
    if isinstance(types, tuple):
        known = isinstance(shapes, (tuple, list)) and len(shapes) == len(types)
        return tuple(
            _typed(item, shapes[index] if known else None) for index, item in enumerate(types)
        )
    return _typed_leaf(types, shapes)


def _typed_leaf(dtype: Any, shape: Any) -> Any:
    return Array(shape_of(shape), dtype_of(dtype), "tf", eager=True)


def _of_spec(leaf: Any) -> Any:
    if isinstance(leaf, DataObject) and leaf.kind == SPEC:
        return Array(shape_of(leaf["shape"]), dtype_of(leaf["dtype"]), "tf", eager=True)
    return Unknown("a component that is no plain tensor")


@function("tensorflow.data.Dataset.list_files", "*args, **kwargs")
def _list_files() -> Any:
    return Pipeline(DATASET, array((), "string", "tf", eager=True), _unknown(), nonempty=True)


@function("tensorflow.data.TextLineDataset tensorflow.data.TFRecordDataset", "*args, **kwargs")
@function("tensorflow.data.FixedLengthRecordDataset", "*args, **kwargs")
def _lines() -> Any:
    return Pipeline(DATASET, array((), "string", "tf", eager=True), _unknown())


@function("tensorflow.data.experimental.CsvDataset", "filenames, record_defaults, *args, **kwargs")
def _csv(record_defaults: Any) -> Any:
    if not isinstance(record_defaults, (list, tuple)):
        return Pipeline(DATASET, Unknown("the columns of a file"), _unknown())
    return Pipeline(DATASET, tuple(_column(default) for default in record_defaults), _unknown())


def _column(default: Any) -> Any:
    if isinstance(default, (list, tuple)) and len(default) == 1:
        default = default[0]
    made = as_tensor(default) if isinstance(default, (int, float, Array)) else None
    dtype = made.dtype if isinstance(made, Array) else dtype_of(default)
    return array((), dtype, "tf", eager=True)


@function("tensorflow.data.experimental.make_csv_dataset", "*args, **kwargs")
def _make_csv() -> Any:
    return Pipeline(DATASET, Unknown("the columns of a file"), None, batched=True)


@function("tensorflow.data.Dataset.load tensorflow.data.experimental.load", "*args, **kwargs")
def _load() -> Any:
    return Pipeline(DATASET, Unknown("what was saved"), _unknown())


@function("tensorflow.data.Dataset.random", "*args, **kwargs")
@function("tensorflow.data.Dataset.counter tensorflow.data.experimental.Counter", "*args, **kwargs")
def _counter() -> Any:
    return Pipeline(DATASET, array((), "int64", "tf", eager=True), None)


@function("tensorflow.data.Dataset.zip", "*args, datasets=None, name=None")
def _zip(args: Any, datasets: Any) -> Any:
    if isinstance(args, Unknown):
        return args
    given = datasets if datasets is not None else args
    if isinstance(given, tuple) and len(given) == 1 and datasets is None:
        given = given[0]
    return zipped(given)


def zipped(structure: Any) -> Any:
    """Datasets side by side."""
    if isinstance(structure, list):
        structure = tuple(structure)
    parts: list[Pipeline] = []
    map_structure(
        lambda leaf: parts.append(leaf) if isinstance(leaf, Pipeline) else None, structure
    )
    element = map_structure(
        lambda leaf: leaf.element if isinstance(leaf, Pipeline) else Unknown("a dataset"), structure
    )
    finite = [part.count for part in parts if part.count is not None]
    known = [count for count in finite if isinstance(count, int)]
    count: Dim = min(known) if known and len(known) == len(finite) else unknown_dim()
    if not finite and parts:
        count = None
    batched = bool(parts) and all(part.batched for part in parts)
    rows = {None if part.full else part.rows for part in parts}
    return Pipeline(
        DATASET,
        element,
        count,
        batched=batched,
        nonempty=all(part.nonempty for part in parts),
        rows=rows.pop() if len(rows) == 1 else None,
    )


@function(
    "tensorflow.data.Dataset.sample_from_datasets tensorflow.data.Dataset.choose_from_datasets "
    "tensorflow.data.experimental.sample_from_datasets "
    "tensorflow.data.experimental.choose_from_datasets",
    "datasets, *args, **kwargs",
)
def _sampled(datasets: Any) -> Any:
    from kerashape.interpret.data.tf_transformations import common

    parts = datasets if isinstance(datasets, (list, tuple)) else []
    if not parts or not all(isinstance(part, Pipeline) for part in parts):
        return Unknown("a mixture of datasets that are not known")
    element = parts[0].element
    for part in parts[1:]:
        element = common(element, part.element)
    return Pipeline(DATASET, element, _unknown(), batched=all(part.batched for part in parts))


def _unknown() -> Unknown:
    return Unknown("the number of elements")


# -- specifications -----------------------------------------------------------------------


@function("tensorflow.TensorSpec", "shape=None, dtype='float32', name=None")
def _spec(shape: Any, dtype: Any) -> Any:
    return DataObject(SPEC, {"shape": shape, "dtype": dtype})


@attribute(SPEC, "shape")
def _spec_shape(spec: DataObject) -> Any:
    shape = shape_of(spec["shape"])
    return Unknown("a shape that is not known") if shape.open else tuple(shape.dims)


@attribute(SPEC, "dtype")
def _spec_dtype(spec: DataObject) -> Any:
    return dtype_of(spec["dtype"])


@function("tensorflow.TensorShape", "dims")
def _tensor_shape(dims: Any) -> Any:
    return tuple(dims) if isinstance(dims, (list, tuple)) else Unknown("a shape")


# -- what is asked of datasets --------------------------------------------------------------


@function(
    "tensorflow.data.experimental.cardinality tensorflow.data.experimental.get_single_element",
    "dataset, **kwargs",
)
def _cardinality(call: Calling, dataset: Any) -> Any:
    return array((), "int64", "tf", eager=True)


@function("tensorflow.data.experimental.assert_cardinality", "expected_cardinality")
@function("tensorflow.data.experimental.ignore_errors", "log_warning=False")
@function("tensorflow.data.experimental.prefetch_to_device", "device, buffer_size=None")
@function("tensorflow.data.experimental.copy_to_device", "target_device, source_device=None")
def _keeping() -> Any:
    return DataObject("tensorflow.data.transformation", {"name": "ignore_errors", "given": ()})


@function("tensorflow.data.experimental.unbatch", "")
def _unbatch() -> Any:
    return DataObject("tensorflow.data.transformation", {"name": "unbatch", "given": ()})


@function("tensorflow.data.experimental.shuffle_and_repeat", "buffer_size, count=None, seed=None")
def _shuffle_and_repeat(count: Any) -> Any:
    return DataObject("tensorflow.data.transformation", {"name": "repeat", "given": (count,)})


__all__ = [
    "DATASET",
    "ITERATOR",
    "SPEC",
    "as_tensor",
    "component",
    "dtype_of",
    "shape_of",
    "zipped",
]
