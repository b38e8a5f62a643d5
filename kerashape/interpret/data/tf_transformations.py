"""``tf.data``: what makes a dataset of another one."""

from __future__ import annotations

from typing import Any

from kerashape.interpret.data.registry import Calling, attribute, find_method, method
from kerashape.interpret.data.tf_data import SPEC, component, shape_of
from kerashape.interpret.data.values import (
    DATASET,
    ITERATOR,
    DataObject,
    Pipeline,
    array,
    closed,
    like,
    one_of,
    opened,
    rows_of,
    stacked,
)
from kerashape.keras.graph import map_structure
from kerashape.keras.layers.base import Array
from kerashape.keras.signature import Arguments
from kerashape.shapes import Dim, Shape, Symbol, Unknown, unknown_dim
from kerashape.shapes.shape import same_dim

_ANY = "*args, **kwargs"


def _size(value: Any) -> Dim:
    """A number that is given as an argument; None where it is none."""
    return value if isinstance(value, (int, Symbol)) else unknown_dim()


def _drops(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


# -- one for one --------------------------------------------------------------------------


@method(DATASET, "prefetch cache with_options snapshot", _ANY)
def _same(dataset: Pipeline) -> Any:
    return dataset


@method(DATASET, "shuffle", _ANY)
def _shuffle(dataset: Pipeline) -> Any:
    return dataset.but()


@method(DATASET, "map", "map_func, num_parallel_calls=None, deterministic=None, **kwargs")
def _map(dataset: Pipeline, call: Calling, map_func: Any) -> Any:
    element, batched = mapped(dataset, call, map_func)
    return dataset.but(element=element, batched=batched, rows=dataset.rows, full=dataset.full)


def mapped(dataset: Pipeline, call: Calling, function: Any) -> tuple[Any, bool]:
    """What a function makes of the elements, and whether that is batched, too."""
    element, sizes = opened(dataset.element, dataset.batched)
    if isinstance(element, Unknown):
        return component(call.run_on_anything(function)), False
    given = element if isinstance(element, tuple) else (element,)
    result = call.run(function, *given)
    if isinstance(result, list):  # not one tensor, as elsewhere
        result = tuple(result)
    result = component(result)
    return closed(result, sizes), dataset.batched and _leading(result, sizes[0])


def _leading(element: Any, rows: Symbol) -> bool:
    """Whether all arrays begin with that size."""
    leaves: list[bool] = []

    def look(leaf: Any) -> None:
        dims = leaf.shape.dims if isinstance(leaf, Array) and not leaf.shape.open else ()
        leaves.append(bool(dims) and isinstance(dims[0], Symbol) and dims[0].same(rows))

    map_structure(look, element)
    return bool(leaves) and all(leaves)


@method(DATASET, "enumerate", "start=0, name=None")
def _enumerate(dataset: Pipeline) -> Any:
    counter = array((), "int64", "tf", eager=True)
    return dataset.but(element=(counter, dataset.element), batched=False)


@method(DATASET, "apply", "transformation_func")
def _apply(dataset: Pipeline, call: Calling, transformation_func: Any) -> Any:
    if isinstance(transformation_func, DataObject):
        record = find_method(DATASET, str(transformation_func["name"]))
        if record is not None:
            given = Arguments(list(transformation_func["given"]), {})
            return record.apply(call.machine, given, call.node, dataset)
    return call.run(transformation_func, dataset)


# -- fewer or more ------------------------------------------------------------------------


@method(DATASET, "take", "count, name=None")
def _take(dataset: Pipeline, count: Any) -> Any:
    if not isinstance(count, int):
        return dataset.but(count=unknown_dim())
    if count < 0:
        return dataset
    taken: Dim = count
    if dataset.count is not None and not (count == 1 and dataset.nonempty):
        taken = min(count, dataset.count) if isinstance(dataset.count, int) else unknown_dim()
    known = dataset.full is None or count <= dataset.full
    return dataset.but(
        count=taken,
        nonempty=dataset.nonempty and count > 0,
        rows=dataset.rows if known else None,
        full=None,
    )


@method(DATASET, "skip", "count, name=None")
def _skip(dataset: Pipeline, count: Any) -> Any:
    if dataset.count is None:
        return dataset
    known = isinstance(count, int) and count >= 0 and isinstance(dataset.count, int)
    left = max(dataset.count - count, 0) if known else unknown_dim()
    return dataset.but(count=left)


@method(DATASET, "repeat", "count=None, name=None")
def _repeat(dataset: Pipeline, count: Any) -> Any:
    if count is None or count == -1:
        return dataset.but(count=None)
    known = isinstance(count, int) and isinstance(dataset.count, int)
    return dataset.but(
        count=dataset.count * count if known else unknown_dim(),
        nonempty=dataset.nonempty and isinstance(count, int) and count > 0,
    )


@method(DATASET, "shard", "num_shards, index, name=None")
@method(DATASET, "unique take_while rejection_resample ignore_errors", _ANY)
def _some(dataset: Pipeline) -> Any:
    return dataset.but(count=unknown_dim())


@method(DATASET, "filter", "predicate, name=None")
def _filter(dataset: Pipeline, call: Calling, predicate: Any) -> Any:
    return dataset.but(count=unknown_dim())


@method(DATASET, "concatenate", "dataset, name=None")
def _concatenate(first: Pipeline, values: dict[str, Any]) -> Any:
    other = values["dataset"]
    if not isinstance(other, Pipeline):
        return first.but(element=Unknown("it was joined with something else"), count=unknown_dim())
    return Pipeline(
        DATASET,
        common(first.element, other.element),
        _sum(first.count, other.count),
        batched=first.batched and other.batched,
        nonempty=first.nonempty or other.nonempty,
        rows=first.rows if first.rows == other.rows and not (first.full or other.full) else None,
    )


def _sum(a: Dim, b: Dim) -> Dim:
    if a is None or b is None:
        return None
    return a + b if isinstance(a, int) and isinstance(b, int) else unknown_dim()


def common(a: Any, b: Any) -> Any:
    """The most that is true of two elements: None where their sizes differ."""
    if isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b):
        return tuple(common(x, y) for x, y in zip(a, b))
    if isinstance(a, dict) and isinstance(b, dict) and a.keys() == b.keys():
        return {key: common(a[key], b[key]) for key in a}
    if not isinstance(a, Array) or not isinstance(b, Array):
        return Unknown("two datasets whose elements differ")
    same = isinstance(a.dtype, str) and a.dtype == b.dtype
    dtype = a.dtype if same else Unknown("two dtypes")
    if a.shape.open or b.shape.open or len(a.shape.dims) != len(b.shape.dims):
        return Array(Shape.unknown(), dtype, "tf", eager=True)
    dims = [_common_size(x, y) for x, y in zip(a.shape.dims, b.shape.dims)]
    classes = a.classes if a.classes == b.classes else None
    return Array(
        Shape(dims), dtype, "tf", classes=classes, one_hot=a.one_hot and b.one_hot, eager=True
    )


def _common_size(a: Dim, b: Dim) -> Dim:
    if same_dim(a, b):
        return a
    return unknown_dim() if isinstance(a, Symbol) or isinstance(b, Symbol) else None


# -- batches ------------------------------------------------------------------------------


@method(
    DATASET,
    "batch",
    "batch_size, drop_remainder=False, num_parallel_calls=None, deterministic=None, name=None",
)
def _batch(dataset: Pipeline, batch_size: Any, drop_remainder: Any) -> Any:
    return batches(dataset, batch_size, drop_remainder, dataset.element)


def batches(dataset: Pipeline, batch_size: Any, drop_remainder: Any, element: Any) -> Pipeline:
    """So many elements at a time; ``element`` is what each of them has become before."""
    size, drops = _size(batch_size), _drops(drop_remainder)
    rows: Dim = size if drops else None
    if drops is None:
        rows = unknown_dim()
    count = dataset.count
    if isinstance(count, int) and isinstance(size, int) and size > 0 and drops is not None:
        count = count // size if drops else -(-count // size)
    elif count is not None:
        count = unknown_dim()
    element = map_structure(lambda leaf: _gathered(leaf, rows), element)
    nonempty = dataset.nonempty and drops is False
    each, full = _rows_of_each(dataset.count, size)
    return dataset.but(
        element=element, count=count, batched=True, nonempty=nonempty, rows=each, full=full
    )


def _rows_of_each(count: Dim, size: Dim) -> tuple[int | None, int | None]:
    """How many of ``count`` elements a batch has, and how many batches are that full (None: all)."""
    if not isinstance(size, int) or size <= 0:
        return None, None
    if count is None:
        return size, None  # it never ends
    if not isinstance(count, int):
        return None, None
    if count < size:
        return count, None
    return size, count // size if count % size else None


def _gathered(leaf: Any, rows: Dim) -> Any:
    return stacked(leaf, rows) if not isinstance(leaf, Pipeline) else Unknown("datasets in a batch")


@method(
    DATASET,
    "padded_batch",
    "batch_size, padded_shapes=None, padding_values=None, drop_remainder=False, name=None",
)
def _padded_batch(
    dataset: Pipeline, batch_size: Any, padded_shapes: Any, drop_remainder: Any
) -> Any:
    element = dataset.element
    if padded_shapes is not None:
        element = _padded(element, padded_shapes)
    return batches(dataset, batch_size, drop_remainder, element)


def _padded(element: Any, shapes: Any) -> Any:
    if isinstance(element, tuple):
        known = isinstance(shapes, tuple) and len(shapes) == len(element)
        return tuple(
            _padded(item, shapes[index] if known else Unknown("a shape"))
            for index, item in enumerate(element)
        )
    if isinstance(element, dict):
        known = isinstance(shapes, dict)
        return {
            key: _padded(item, shapes.get(key) if known else Unknown("a shape"))
            for key, item in element.items()
        }
    return like(element, shape_of(shapes)) if isinstance(element, Array) else element


@method(DATASET, "unbatch", "name=None")
def _unbatch(dataset: Pipeline) -> Any:
    rows, count = rows_of(dataset.element), dataset.count
    if dataset.full is None and dataset.rows is not None:
        rows = dataset.rows
    if isinstance(count, int) and isinstance(rows, int):
        count = count * rows
    elif count is not None:
        count = unknown_dim()
    element = map_structure(one_of, dataset.element)
    return dataset.but(element=element, count=count, batched=False)


@method(DATASET, "rebatch", "batch_size, drop_remainder=False, name=None")
def _rebatch(dataset: Pipeline, batch_size: Any, drop_remainder: Any) -> Any:
    single: Pipeline = _unbatch(dataset)
    return batches(single, batch_size, drop_remainder, single.element)


@method(DATASET, "ragged_batch sparse_batch group_by_window scan", _ANY)
def _other() -> Any:
    return Pipeline(DATASET, Unknown("what a transformation gives"), unknown_dim())


@method(DATASET, "bucket_by_sequence_length", _ANY)
def _bucket(dataset: Pipeline) -> Any:
    element = map_structure(lambda leaf: stacked(leaf, None), dataset.element)
    return dataset.but(element=element, count=unknown_dim(), batched=True)


# -- datasets of datasets -------------------------------------------------------------------


@method(DATASET, "window", "size, shift=None, stride=1, drop_remainder=False, name=None")
def _window(dataset: Pipeline, size: Any, drop_remainder: Any) -> Any:
    count = size if drop_remainder is True else Unknown("the last window is shorter")

    def window(leaf: Any) -> Any:
        return Pipeline(DATASET, leaf, count)

    return dataset.but(
        element=map_structure(window, dataset.element), count=unknown_dim(), batched=False
    )


@method(DATASET, "flat_map", "map_func, name=None")
@method(
    DATASET,
    "interleave",
    "map_func, cycle_length=None, block_length=None, num_parallel_calls=None, **kwargs",
)
def _flat_map(dataset: Pipeline, call: Calling, map_func: Any) -> Any:
    element, _ = opened(dataset.element, dataset.batched)
    if isinstance(element, Unknown):
        inner = call.run_on_anything(map_func)
    else:
        inner = call.run(map_func, *(element if isinstance(element, tuple) else (element,)))
    if not isinstance(inner, Pipeline):
        return Pipeline(DATASET, Unknown("what the function gives"), unknown_dim())
    return inner.but(count=unknown_dim())


# -- what is asked of a dataset ---------------------------------------------------------------


@attribute(DATASET, "element_spec")
def _element_spec(dataset: Pipeline) -> Any:
    def spec(leaf: Any) -> Any:
        if not isinstance(leaf, Array):
            return Unknown("the specification of an element")
        shape = Unknown("a shape") if leaf.shape.open else tuple(leaf.shape.dims)
        return DataObject(SPEC, {"shape": shape, "dtype": leaf.dtype})

    return map_structure(spec, dataset.element)


@method(DATASET, "cardinality", "")
def _cardinality(dataset: Pipeline) -> Any:
    return array((), "int64", "tf", eager=True)


@method(DATASET, "as_numpy_iterator", "")
def _as_numpy(dataset: Pipeline) -> Any:
    def data(leaf: Any) -> Any:
        return like(leaf, leaf.shape) if isinstance(leaf, Array) else leaf

    return dataset.but(
        kind=ITERATOR,
        element=map_structure(data, dataset.element),
        rows=dataset.rows,
        full=dataset.full,
    )


@method(DATASET, "get_single_element", "name=None")
def _single(dataset: Pipeline) -> Any:
    return dataset.piece


@method(DATASET, "reduce", "initial_state, reduce_func, name=None")
def _reduce(initial_state: Any) -> Any:
    return Unknown("what a reduction gives")


@method(DATASET, "save", _ANY)
def _save(dataset: Pipeline) -> Any:
    return None


@method(ITERATOR, "next get_next", "")
def _next(iterator: Pipeline) -> Any:
    return iterator.piece


__all__ = ["batches", "common", "mapped"]
