"""What ``model.summary()`` says: a row a layer, and the parameters.

Follows ``keras.src.utils.summary_utils``. A model is described as it is when the program
ends, before any training: an optimizer has no variables yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kerashape.keras.dtypes import FLOATS, INTEGERS, ITEMSIZE
from kerashape.keras.graph import Call, Operation, Tensor, flatten, map_structure
from kerashape.keras.layers.base import Layer, Weight
from kerashape.keras.models import Functional, Model, Sequential
from kerashape.shapes import Shape, Undecided, Unknown

UNKNOWN = "?"
_BITS = {name: 8 * ITEMSIZE[name] for name in FLOATS | INTEGERS} | {"bool": 1}


@dataclass(frozen=True, slots=True)
class Origin:
    """A tensor that a layer is connected to, as Keras names it: ``name[node][tensor]``."""

    name: str
    node: int | None
    tensor: int | None

    def __str__(self) -> str:
        node, tensor = (UNKNOWN if n is None else n for n in (self.node, self.tensor))
        return f"{self.name}[{node}][{tensor}]"


@dataclass(frozen=True, slots=True)
class Row:
    """A layer or operation of a model.

    Args:
        operation: itself.
        level: how deep it is nested.
        shape: the nested shapes of its last call; None where it has no call.
        params: the number of its parameters; None where that is not known.
        built: whether Keras has built it; None where that is not known.
        origins: what it is connected to within the model.
        has_weights: whether it has weights; None where that is not known.
    """

    operation: Operation
    level: int
    shape: Any
    params: int | None
    built: bool | None
    origins: tuple[Origin, ...]
    has_weights: bool | None

    @property
    def name(self) -> str:
        """The layer's name."""
        return text_of(self.operation.name)

    @property
    def shape_text(self) -> str:
        """The output shape as Keras prints it."""
        shapes = [shape for shape in flatten(self.shape) if shape is not None]
        if len(shapes) <= 1:  # without the brackets of a list of one
            return _shape_text(shapes[0]) if shapes else UNKNOWN
        return _nested_text(self.shape)

    @property
    def params_text(self) -> str:
        """The number of parameters as Keras prints it."""
        if self.built is False:
            return "0 (unbuilt)"
        return UNKNOWN if self.params is None else f"{self.params:,}"

    @property
    def trainable_text(self) -> str:
        """``Y``, ``N`` or ``-`` as Keras prints it."""
        if self.has_weights is None:
            return UNKNOWN
        if not self.has_weights:
            return "-"
        trainable = getattr(self.operation, "trainable", True)
        return UNKNOWN if isinstance(trainable, Unknown) else "Y" if trainable else "N"


@dataclass(frozen=True, slots=True)
class Count:
    """A number of parameters and the bytes that they take; None where it is not known."""

    params: int | None
    bytes: float | None

    @property
    def text(self) -> str:
        """As Keras prints it: ``1,234 (4.82 KB)``."""
        params = UNKNOWN if self.params is None else f"{self.params:,}"
        return f"{params} ({UNKNOWN if self.bytes is None else _readable(self.bytes)})"


class Summary:
    """What ``model.summary()`` prints of a model.

    Args:
        model: the model.
        expand_nested: whether the layers of nested models come below them.
    """

    def __init__(self, model: Model, *, expand_nested: bool = False) -> None:
        self.model = model
        self.expand_nested = expand_nested
        self._functional = functional_of(model)

    @property
    def name(self) -> str:
        """The model's name."""
        return text_of(self.model.name)

    @cached_property
    def gap(self) -> str | None:
        """Why the layers are not (all) known, if they are not."""
        if self._functional is not None:
            return self._functional.network.open
        try:
            self._layers()
        except Undecided as undecided:
            return undecided.reason
        attributes = getattr(self.model, "attributes", {})
        lost = [v.reason for v in attributes.values() if isinstance(v, Unknown)]
        return lost[0] if lost else None

    @cached_property
    def rows(self) -> list[Row]:
        """The layers in Keras's order; as many as are known."""
        try:
            operations = self._layers()
        except Undecided:
            return []
        members = self._members
        return [row for each in operations for row in self._rows(each, 0, members)]

    def _layers(self) -> Sequence[Operation]:
        if self._functional is not None:
            return self._functional.network.operations
        return _tracked(self.model)

    @cached_property
    def _members(self) -> set[int] | None:
        """The calls that belong to the model; None where it is not a graph."""
        if self._functional is None:
            return None
        return {id(call) for call in self._functional.network.calls}

    @cached_property
    def is_sequential(self) -> bool:
        """Whether Keras shows it as a plain stack, without saying what is connected to what."""
        if self._functional is None:
            return True
        network = self._functional.network
        by_depth: dict[int, list[Call]] = {}
        for call in network.calls:
            by_depth.setdefault(network.depths.get(id(call), 0), []).append(call)
        if any(len(c) > 1 or len(c[0].connected) > 1 for c in by_depth.values()):
            return False
        members = self._members or set()
        return all(
            sum(id(call) in members for call in nodes(operation)) < 2
            for operation in network.operations
            if operation.is_layer
        )

    def _rows(self, operation: Operation, level: int, members: set[int] | None) -> Iterator[Row]:
        layer = operation if isinstance(operation, Layer) else None
        weights = [] if layer is None else _weights(layer)
        yield Row(
            operation,
            level,
            _shape(operation),
            0 if layer is None else layer.count_params() if _built(layer) else None,
            True if layer is None else _built(layer),
            tuple(_origins(operation, members)),
            None if weights is None else bool(weights),
        )
        if self.expand_nested and isinstance(layer, Model) and layer.is_model:
            try:
                inner = _layers_within(layer)
            except Undecided:
                return
            for each in inner:
                yield from self._rows(each, level + 1, members)

    # -- the totals -----------------------------------------------------------------------

    @cached_property
    def trainable(self) -> Count:
        """The weights that training changes."""
        return self._count(True)

    @cached_property
    def non_trainable(self) -> Count:
        """The others."""
        return self._count(False)

    @cached_property
    def total(self) -> Count:
        """All of them."""
        params = (self.trainable.params, self.non_trainable.params)
        sizes = (self.trainable.bytes, self.non_trainable.bytes)
        if None in params:  # the sum may be known all the same
            whole = _sizes(_weights(self.model))
            return Count(whole, None)
        return Count(sum(p or 0 for p in params), None if None in sizes else sum(map(_or0, sizes)))

    def _count(self, trainable: bool) -> Count:
        weights = _weights(self.model)
        frozen = self.model.trainable
        if weights is None or not _decided(self.model):
            return Count(None, None)
        wanted = [w for w in weights if (w.trainable and frozen is not False) is trainable]
        sizes = _sizes(wanted)
        bits = [_BITS.get(w.dtype) if isinstance(w.dtype, str) else None for w in wanted]
        if sizes is None or None in bits:
            return Count(sizes, None)
        known = (w.size * (b or 0) for w, b in zip(wanted, bits) if isinstance(w.size, int))
        return Count(sizes, sum(known) / 8)


def functional_of(model: Model) -> Functional | None:
    """The graph of a functional model, also of a class that derives from one."""
    if isinstance(model, Functional):
        return model
    inner = getattr(model, "functional", None)
    return inner if isinstance(inner, Functional) else None


def nodes(operation: Operation) -> list[Call]:
    """The calls of which Keras makes nodes."""
    return [call for call in operation.calls if call.fault is None and not call.traced]


def text_of(name: str | Unknown | None) -> str:
    """A name, or ``?``."""
    return name if isinstance(name, str) else UNKNOWN


def _tracked(model: Model) -> list[Layer]:
    """The layers of a model that is no graph, each once."""
    found: dict[int, Layer] = {}
    for layer in model.sublayers:
        found.setdefault(id(layer), layer)
    return list(found.values())


def _layers_within(model: Model) -> Sequence[Layer]:
    functional = functional_of(model)
    return functional.layers if functional is not None else _tracked(model)


def _built(layer: Layer) -> bool | None:
    if layer.built_at_once:
        return True
    return None if isinstance(layer.built, Unknown) else layer.built


def _shape(operation: Operation) -> Any:
    """The nested shapes of the last call, or of the call within another layer that built it."""
    calls = nodes(operation)
    if calls:
        output = calls[-1].output
        return Shape.unknown() if output is None else [_shape_of(leaf) for leaf in flatten(output)]
    graph = operation.graph if isinstance(operation, Sequential) else None
    graph = functional_of(operation) if graph is None and isinstance(operation, Model) else graph
    if graph is not None:
        return tuple(_shape_of(leaf) for leaf in flatten(graph.outputs))
    if not isinstance(operation, Layer) or operation.built_at_once or not operation.has_shape_law:
        return None
    built_by: object = operation.built_by  # not known where branches built it in different calls
    return map_structure(_shape_of, built_by.output) if isinstance(built_by, Call) else None


def _shape_of(leaf: Any) -> Any:
    return leaf.shape if isinstance(leaf, Tensor) or hasattr(leaf, "shape") else None


def _origins(operation: Operation, members: set[int] | None) -> Iterator[Origin]:
    if members is None:
        return
    for call in nodes(operation):
        if id(call) not in members:
            continue
        for tensor in call.connected:
            yield origin(tensor)


def origin(tensor: Tensor) -> Origin:
    """Where a tensor comes from."""
    call = tensor.call
    if call is None:
        return Origin(UNKNOWN, None, None)
    node = next((i for i, c in enumerate(nodes(call.operation)) if c is call), None)
    index = next((i for i, t in enumerate(flatten(call.output)) if t is tensor), None)
    return Origin(text_of(call.operation.name), node, index)


def _weights(layer: Layer) -> list[Weight] | None:
    try:
        return layer.all_variables()
    except Undecided:
        return None


def _decided(model: Model) -> bool:
    """Whether it is known of every layer whether it is frozen."""
    try:
        return not any(
            isinstance(layer.trainable, Unknown) and layer.variables
            for layer in model.with_sublayers()
        )
    except Undecided:
        return False


def _sizes(weights: list[Weight] | None) -> int | None:
    if weights is None or any(not isinstance(w.size, int) for w in weights):
        return None
    return sum(w.size for w in weights if isinstance(w.size, int))


def _or0(value: float | None) -> float:
    return value or 0


def _shape_text(shape: Any) -> str:
    return UNKNOWN if isinstance(shape, Shape) and shape.open and not shape.dims else str(shape)


def _nested_text(structure: Any) -> str:
    """Nested shapes as ``str`` gives them, the shapes themselves without quotes."""
    if isinstance(structure, dict):
        return f"{{{', '.join(f'{key}: {_nested_text(v)}' for key, v in structure.items())}}}"
    if isinstance(structure, (list, tuple)):
        inside = ", ".join(map(_nested_text, structure))
        if isinstance(structure, list):
            return f"[{inside}]"
        return f"({inside}{',' if len(structure) == 1 else ''})"
    return UNKNOWN if structure is None else _shape_text(structure)


def _readable(size: float) -> str:
    units = ["B", "KB", "MB", "GB", "TB", "PB"]
    for unit in units:
        if size / 1024 < 1:
            return f"{size:.2f} {unit}"
        size /= 1024
    return f"{size:.2f} {units[-1]}"


__all__ = ["Count", "Origin", "Row", "Sequential", "Summary", "functional_of", "nodes", "origin"]
