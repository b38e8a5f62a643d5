"""The abstract values of data libraries: pipelines, and objects with a state.

An element of a pipeline is a nested plain structure (tuples, dicts) whose leaves are
:class:`Array`, or :class:`Unknown`. In the arrays of a pipeline a dimension may be None, as in
``element_spec``: it differs from piece to piece.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kerashape.interpret.clock import CLOCK
from kerashape.interpret.objects import Mutable
from kerashape.interpret.plain import from_python
from kerashape.interpret.streams import Foreign, Stream
from kerashape.keras.graph import DType, Tensor, flatten, map_structure
from kerashape.keras.layers.base import Array
from kerashape.shapes import Dim, Shape, Symbol, Unknown, unknown_dim

DATASET = "tensorflow.data.Dataset"
ITERATOR = "iterator"
GENERATOR = "generator"
LIST = "list"
"""A list of arrays of different lengths."""
BATCHES = "keras.utils.PyDataset"
"""Batches by number: what Keras's image generators and sequences give."""


_FEW = 3
"""How many pieces are visited one by one."""


class Pipeline(Stream):
    """Data that come piece by piece.

    Args:
        kind: what it is, for its methods: one of the constants of this module.
        element: one piece; :class:`Unknown` where its structure is not known.
        count: how many pieces there are; None if they never end.
        batched: whether the first axis of every array is that of the samples of a batch.
        nonempty: whether there certainly is a piece.
        rows: how many samples the batches have in fact, where ``element`` has None for that.
        full: how many batches from the first on have those; None if all have.
        first: the first piece, where more is known of it than of any.
        attributes: what else is known of it, by the name of the attribute.
    """

    __slots__ = (
        "_first",
        "attributes",
        "batched",
        "count",
        "element",
        "full",
        "kind",
        "nonempty",
        "rows",
    )

    def __init__(
        self,
        kind: str,
        element: Any,
        count: Dim | Unknown = None,
        *,
        batched: bool = False,
        nonempty: bool = False,
        rows: int | None = None,
        full: int | None = None,
        first: Any = None,
        attributes: dict[str, Any] | None = None,
    ) -> None:
        self.kind = kind
        self.element = element
        self.count: Dim = unknown_dim() if isinstance(count, Unknown) else count
        self.batched = batched
        self.nonempty = nonempty or count is None or (isinstance(count, int) and count > 0)
        self.rows = rows if batched else None
        self.full = full
        self._first = first
        self.attributes = attributes or {}

    def but(self, **changes: Any) -> Pipeline:
        """The same pipeline with something else about it, perhaps in another order."""
        kept = self.full is None and not {"element", "batched"} & changes.keys()
        given: dict[str, Any] = {
            "kind": self.kind,
            "element": self.element,
            "count": self.count,
            "batched": self.batched,
            "nonempty": self.nonempty and "count" not in changes,
            "rows": self.rows if kept else None,
            "attributes": self.attributes,
            **changes,
        }
        return Pipeline(**given)

    @property
    def piece(self) -> Any:
        """One piece as the program holds it: what differs from piece to piece is a size."""
        return opened(self.element, self.batched, None if self.full else self.rows)[0]

    @property
    def traced(self) -> Pipeline:
        return self.but(rows=None, full=None)

    @property
    def first(self) -> Any:
        if not self.full or self.rows is None:
            return self._first
        return opened(self.element, self.batched, self.rows)[0]

    def listed(self) -> list[Any] | None:
        if not isinstance(self.count, int) or self.count > _FEW:
            return None
        first, full = self.first, self.full or 0
        return [
            from_python(self.piece if first is None or index >= full else first)
            for index in range(self.count)
        ]

    def joined(self, other: Any, join: Callable[[Any, Any], Any]) -> Any:
        """The pipeline that is the one or the other."""
        if not isinstance(other, Pipeline) or other.kind != self.kind:
            return Unknown("two kinds of data on two branches")
        same = isinstance(self.count, int) and self.count == other.count
        return Pipeline(
            self.kind,
            join(self.element, other.element),
            self.count if same or self.count is other.count else unknown_dim(),
            batched=self.batched and other.batched,
            nonempty=self.nonempty and other.nonempty,
            rows=self.rows if self._as_full(other) else None,
            full=self.full,
        )

    def as_much(self, other: Any, same: Callable[[Any, Any], bool]) -> bool:
        alike = self.kind == other.kind and self._as_full(other)
        if alike and (self._first is not None or other._first is not None):
            alike = _alike(self._first, other._first, same)
        return alike and _alike(self.element, other.element, same)

    def _as_full(self, other: Any) -> bool:
        return bool(self.rows == other.rows and self.full == other.full)

    def __repr__(self) -> str:
        return f"<Pipeline {self.kind} {self.element} x {self.count}>"


class DataObject(Foreign, Mutable):
    """An object of a data library that holds a state: a scaler, a tokenizer, a frame.

    Args:
        kind: the canonical path of its class.
        attributes: its arguments and what has become of it, by name.
    """

    def __init__(self, kind: str, attributes: dict[str, Any] | None = None) -> None:
        self.kind = kind
        self.attributes: dict[str, Any] = dict(attributes or {})
        self.born = CLOCK.now

    def __getitem__(self, name: str) -> Any:
        return self.attributes.get(name, Unknown(f"the {name} of {self.kind}"))

    def __repr__(self) -> str:
        return f"<DataObject {self.kind} {self.attributes}>"


def _alike(a: Any, b: Any, same: Callable[[Any, Any], bool]) -> bool:
    """Whether two plain structures nest in the same way, with leaves that are the same."""
    if isinstance(a, (tuple, list)) and type(a) is type(b):
        return len(a) == len(b) and all(_alike(x, y, same) for x, y in zip(a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_alike(a[key], b[key], same) for key in a)
    return same(a, b)


# -- arrays -------------------------------------------------------------------------------


def array(
    dims: tuple[Any, ...], dtype: DType = "float32", origin: str = "", **options: Any
) -> Array:
    """An array of that shape; a dimension may be :class:`Unknown`."""
    return Array(Shape(dims), dtype, origin, **options)


def like(value: Array, shape: Shape, dtype: DType | None = None) -> Array:
    """The same data in another shape: as many classes, encoded in the same way."""
    made = Array(
        shape,
        value.dtype if dtype is None else dtype,
        value.origin,
        classes=value.classes,
        one_hot=value.one_hot,
    )
    made.scaled = value.scaled
    return made


def with_rows(value: Any, rows: Dim | Unknown) -> Any:
    """The same data with another number of rows."""
    if not isinstance(value, Array):
        return value
    if value.shape.open or not value.shape.dims:
        return like(value, Shape.unknown())
    return like(value, Shape((rows, *value.shape.dims[1:])))


def stacked(value: Any, rows: Dim | Unknown) -> Any:
    """So many of the same, along a new first axis."""
    if not isinstance(value, Array):
        return value
    return like(value, Shape((rows,)) + value.shape if not value.shape.open else value.shape)


def one_of(value: Any) -> Any:
    """One row of an array."""
    if not isinstance(value, Array):
        return Unknown("an item of data that are not known")
    if value.shape.open or not value.shape.dims:
        return like(value, Shape.unknown())
    return like(value, Shape(value.shape.dims[1:]))


def rows_of(value: Any) -> Dim:
    """How many rows there are: the size of the first axis of the first array that tells."""
    for leaf in flatten(value):
        if isinstance(leaf, Array) and not leaf.shape.open and leaf.shape.dims:
            return leaf.shape.dims[0]
    return unknown_dim()


def rank_of(value: Any) -> int | None:
    """The number of dimensions; None where it is not known."""
    if not isinstance(value, Array) or value.shape.open:
        return None
    return len(value.shape.dims)


# -- pieces -------------------------------------------------------------------------------


def opened(element: Any, batched: bool, known: int | None = None) -> tuple[Any, list[Symbol]]:
    """An element with sizes in place of None, and those sizes.

    All arrays of a batch have as many rows: as many as are ``known``.
    """
    unknown = unknown_dim()
    rows: Dim = unknown if known is None else known
    made: list[Symbol] = [unknown]

    def size(axis: int, dim: Dim) -> Dim:
        if dim is not None:
            return dim
        if axis == 0 and batched:
            return rows
        made.append(unknown_dim())
        return made[-1]

    def leaf(value: Any) -> Any:
        if isinstance(value, Tensor):
            value = Array(value.shape, value.dtype)
        if not isinstance(value, Array):
            return value
        dims = [size(axis, dim) for axis, dim in enumerate(value.shape.dims)]
        return like(value, Shape(dims, open=value.shape.open))

    return map_structure(leaf, element), made


def closed(element: Any, sizes: list[Symbol]) -> Any:
    """The inverse: None where one of those sizes stands."""

    def leaf(value: Any) -> Any:
        if not isinstance(value, Array):
            return value
        dims = [None if any(_is(dim, size) for size in sizes) else dim for dim in value.shape.dims]
        return like(value, Shape(dims, open=value.shape.open))

    return map_structure(leaf, element)


def _is(dim: Dim, size: Symbol) -> bool:
    return isinstance(dim, Symbol) and dim.same(size)


__all__ = [
    "BATCHES",
    "DATASET",
    "GENERATOR",
    "ITERATOR",
    "LIST",
    "DataObject",
    "Pipeline",
    "array",
    "closed",
    "like",
    "one_of",
    "opened",
    "rank_of",
    "rows_of",
    "stacked",
    "with_rows",
]
