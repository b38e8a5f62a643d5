"""From the facts about a program to the picture of one of its models."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

from kerashape.keras.graph import Call, Operation, Tensor, flatten
from kerashape.keras.layers.base import Layer
from kerashape.keras.models import Functional, Model, Sequential
from kerashape.keras.summary import UNKNOWN, Summary, functional_of, text_of
from kerashape.picture.families import family_of
from kerashape.picture.model import Arrow, Box, Group, Picture
from kerashape.shapes import Shape, Undecided, Unknown

if TYPE_CHECKING:
    from kerashape.diagnostic import Span
    from kerashape.listings import Listings
    from kerashape.report.models import ProgramModel
    from kerashape.site import Site

OPENED = 40
"""Nested models of up to so many layers are drawn with their layers, unless said otherwise."""


def picture_of(
    found: ProgramModel, listings: Listings | None = None, *, expand_nested: bool | None = None
) -> Picture:
    """The picture of a model; the faults are put in by :mod:`kerashape.picture.marking`.

    Args:
        found: the model and the program that makes it.
        listings: the lines of the files, for the source line of each box.
        expand_nested: whether to draw the layers of nested models; None: where they are few.
    """
    builder = _Builder(listings, expand_nested)
    group = builder.model(found.model, top=True)
    builder.upstream(found.model)
    builder.name_copies(found.model)
    summary = Summary(found.model)
    return Picture(
        title=found.title,
        model=group,
        arrows=builder.arrows(),
        span=found.site.span,
        total=summary.total.text,
        trainable=summary.trainable.text,
        gap=None if any(box.failed for box in builder.boxes) else summary.gap,
    )


class _Builder:
    def __init__(self, listings: Listings | None, expand_nested: bool | None) -> None:
        self._listings = listings
        self._expand = expand_nested
        self._boxes: dict[int, Box] = {}
        self._opened: dict[int, Model] = {}
        self._calls: dict[int, Call] = {}
        self._groups = 0
        self._top: Group | None = None

    @property
    def boxes(self) -> Iterable[Box]:
        """All boxes."""
        return self._boxes.values()

    # -- boxes ------------------------------------------------------------------------------

    def model(self, model: Model, *, top: bool = False) -> Group:
        """The group of a model, with a box or a group for each operation."""
        self._groups += 1
        group = Group(f"g{self._groups}", text_of(model.name), model.class_name)
        if top:
            self._top = group
        self._opened[id(model)] = model
        functional = functional_of(model)
        if functional is not None:
            self._opened[id(functional)] = model
            self._fill(group, functional.network.operations, functional.network.calls)
        else:
            layers = _layers(model)
            self._fill(group, layers, _own_calls(model, layers))
        return group

    def _fill(self, group: Group, operations: Iterable[Operation], calls: Iterable[Call]) -> None:
        for operation in operations:
            if id(operation) in self._boxes or id(operation) in self._opened:
                continue
            if isinstance(operation, Model) and self._opens(operation):
                group.groups.append(self.model(operation))
            else:
                group.boxes.append(self._box(operation))
        for call in calls:
            self._add(call, group)

    def _add(self, call: Call, group: Group) -> None:
        """Take in a call; its operation gets a box if it has none."""
        self._calls.setdefault(id(call), call)
        operation = call.operation
        if id(operation) not in self._boxes and id(operation) not in self._opened:
            group.boxes.append(self._box(operation))
        box = self._boxes.get(id(operation))
        if box is None:
            return
        if box.span is None and call.site is not None:
            self._place(box, call.site)
        if not box.inputs:
            box.inputs = tuple(_text(tensor) for tensor in call.input_tensors)
        box.failed = box.failed or call.fault is not None
        if call.fault is not None and (call.site is None or call.site.certain):
            box.output = "does not fit"

    def _opens(self, model: Model) -> bool:
        if not model.is_model or self._expand is False or any(c.fault for c in model.calls):
            return False
        functional = functional_of(model)
        operations = functional.network.operations if functional is not None else _layers(model)
        drawn = functional is not None or isinstance(model, Sequential)
        return drawn and bool(operations) and (bool(self._expand) or len(operations) <= OPENED)

    def _box(self, operation: Operation) -> Box:
        layer = operation if isinstance(operation, Layer) else None
        box = Box(
            id=f"n{len(self._boxes) + 1}",
            name=text_of(operation.name),
            kind=operation.class_name,
            family=family_of(operation),
            operation=operation,
        )
        self._boxes[id(operation)] = box
        shapes = [_text(t) for call in operation.calls for t in call.output_tensors][-1:]
        calls = [call for call in operation.calls if call.fault is None]
        if calls:
            shapes = [_text(leaf) for leaf in flatten(calls[-1].output)] or [UNKNOWN]
        box.output = ", ".join(shapes) or UNKNOWN
        if layer is not None:
            params = layer.count_params() if layer.built is not False else 0
            box.params = UNKNOWN if params is None else f"{params:,}"
            box.trainable = _trainable(layer)
        if isinstance(operation, Model) and operation.is_model:
            functional = functional_of(operation)
            count = len(functional.network.operations) if functional else len(_layers(operation))
            box.note = f"{count} layers" if count else ""
        if operation.calls and operation.calls[0].site is not None:
            self._place(box, operation.calls[0].site)
        elif operation.site is not None:
            self._place(box, operation.site)
        return box

    def _place(self, box: Box, site: Site) -> None:
        box.span = span = site.span
        if self._listings is not None:
            box.source = self._listings[span.path].line(span.cell, span.line).strip()

    # -- arrows -----------------------------------------------------------------------------

    def upstream(self, model: Model) -> None:
        """Take in what a fault, or something unknown, has cut off: the calls that led to it."""
        assert self._top is not None
        functional = functional_of(model)
        structures = [call.inputs for call in self._calls.values()]
        structures += [] if functional is None else [functional.outputs]
        pending = [
            leaf.call
            for structure in structures
            for leaf in flatten(structure)
            if isinstance(leaf, Unknown) and isinstance(leaf.call, Call)
        ]
        while pending:
            call = pending.pop()
            if id(call) not in self._calls:
                self._add(call, self._top)
                pending += self._producers(call.inputs)

    def _producers(self, structure: Any) -> Iterator[Call]:
        for leaf in flatten(structure):
            if (isinstance(leaf, Tensor) and leaf.call is not None) or (
                isinstance(leaf, Unknown) and isinstance(leaf.call, Call)
            ):
                yield leaf.call

    def name_copies(self, model: Model) -> None:
        """Keras starts a model at a copy of a tensor that is no Input: say of which."""
        functional = functional_of(model)
        if functional is None or not functional.intermediate:
            return
        entries = [t.call.operation for t in flatten(functional.inputs) if _has_call(t)]
        copies = [each for each in entries if isinstance(each.name, Unknown)]
        for tensor, copy in zip(functional.intermediate, copies):
            box = self._boxes.get(id(copy))
            if box is not None and tensor.call is not None:
                box.name = f"copy of {text_of(tensor.call.operation.name)}"
                box.note = "all before it is dropped"

    def arrows(self) -> list[Arrow]:
        """What is connected to what, each once."""
        found: dict[Arrow, None] = {}
        for call in self._calls.values():
            broken = call.fault is not None
            for index, leaf in enumerate([*flatten(call.inputs), *call.masks]):
                target = self._box_at(call.operation, index, "inputs")
                for source in self._sources(leaf):
                    if target is not None and source != target:
                        shape = _text(leaf) if isinstance(leaf, Tensor) else UNKNOWN
                        found[Arrow(source, target, shape, broken)] = None
        for model in self._opened.values():
            if isinstance(model, Sequential):
                found.update(dict.fromkeys(self._chain(model)))
        return list(found)

    def _chain(self, model: Sequential) -> Iterator[Arrow]:
        """A stack whose calls are not (all) known: one layer after the other all the same."""
        if model.graph is not None:
            return
        layers = _layers(model)
        for above, below in itertools.pairwise(layers):
            source, target = self._box_at(above, 0, "outputs"), self._box_at(below, 0, "inputs")
            if source is not None and target is not None:
                done = [c for c in above.calls if c.fault is None and c.output_tensors]
                shape = _text(done[-1].output_tensors[0]) if done else UNKNOWN
                broken = any(call.fault is not None for call in below.calls)
                yield Arrow(source, target, shape, broken)

    def _sources(self, leaf: Any) -> Iterator[str]:
        for call in self._producers(leaf):
            tensors = list(flatten(call.output))
            index = next((i for i, tensor in enumerate(tensors) if tensor is leaf), 0)
            source = self._box_at(call.operation, index, "outputs")
            if source is not None:
                yield source

    def _box_at(
        self, operation: Operation, index: int, side: Literal["inputs", "outputs"]
    ) -> str | None:
        """The box that an input goes to, or an output comes from: within an opened model, too."""
        for _ in range(_DEEPEST):
            box = self._boxes.get(id(operation))
            if box is not None:
                return box.id
            model = self._opened.get(id(operation))
            inner = None if model is None else _end(model, side, index)
            if inner is None:
                return None
            operation, index = inner
        return None


_DEEPEST = 50


def _end(model: Model, which: str, index: int) -> tuple[Operation, int] | None:
    """The operation within a model that takes an input or gives an output."""
    if isinstance(model, Sequential):
        layers = _layers(model)
        if which == "inputs" or model.graph is None:
            return (layers[0 if which == "inputs" else -1], 0) if layers else None
    functional = functional_of(model) or (model.graph if isinstance(model, Sequential) else None)
    if functional is None:
        return None
    ends = list(flatten(getattr(functional, which)))
    tensor = ends[index] if index < len(ends) else None
    if not isinstance(tensor, Tensor) or tensor.call is None:
        return None
    tensors = list(flatten(tensor.call.output))
    at = next((i for i, each in enumerate(tensors) if each is tensor), 0)
    return tensor.call.operation, at


def _has_call(value: Any) -> bool:
    return isinstance(value, Tensor) and value.call is not None


def _layers(model: Model) -> list[Layer]:
    try:
        if isinstance(model, Sequential) and not isinstance(model.stack, Unknown):
            return list(model.stack)
        return list({id(layer): layer for layer in model.sublayers}.values())
    except Undecided:
        return []


def _own_calls(model: Model, layers: Sequence[Layer]) -> list[Call]:
    """The calls that connect the layers of a model that is no functional graph."""
    if isinstance(model, Sequential):
        if model.graph is not None:
            return model.graph.network.calls
        return [c for layer in layers for c in layer.calls if c.fault is not None or layer.is_input]
    return [call for layer in layers for call in layer.calls if call.traced]


def _text(leaf: Any) -> str:
    shape = getattr(leaf, "shape", None)
    if not isinstance(shape, Shape) or (shape.open and not shape.dims):
        return UNKNOWN
    return str(shape)


def _trainable(layer: Layer) -> str:
    try:
        weights = layer.all_variables()
    except Undecided:
        return UNKNOWN
    if not weights:
        return "-"
    if isinstance(layer.trainable, Unknown):
        return UNKNOWN
    return "yes" if layer.trainable else "no"


__all__ = ["Functional", "Span", "picture_of"]
