"""What ``fit``, ``evaluate`` and ``predict`` make of the data that they are given."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from kerashape.interpret.callables import Bound
from kerashape.interpret.data.frames import as_array
from kerashape.interpret.data.values import BATCHES, Pipeline
from kerashape.interpret.objects import Instance
from kerashape.interpret.plain import from_python, to_python
from kerashape.interpret.streams import Foreign, Stream
from kerashape.keras.graph import flatten
from kerashape.keras.signature import Arguments
from kerashape.shapes import Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

_SEQUENCES = frozenset(
    ["keras.utils.Sequence", "keras.utils.PyDataset", "keras.utils.data_utils.Sequence"]
)
_PARTS = ("x", "y", "sample_weight")


def spread(machine: Machine, values: dict[str, Any], node: ast.AST) -> dict[str, Stream]:
    """Put the arrays that a pipeline gives in the places of ``x``, ``y`` and the weights.

    Args:
        values: the bound arguments of the method; changed in place.

    Returns:
        The pipelines, by the name of the argument that they were given as.
    """
    found: dict[str, Stream] = {}
    for name in ("x", "generator"):
        stream = as_stream(machine, values.get(name), node)
        if stream is not None:
            found["x"] = stream
            parts = unpacked(stream)
            for part in _PARTS:
                if part == "x" or values.get(part) is None:
                    values[part] = from_python(parts[part])
    validation = as_stream(machine, values.get("validation_data"), node)
    if validation is not None:
        found["validation_data"] = validation
        parts = unpacked(validation)
        known = not isinstance(parts["x"], Unknown)
        values["validation_data"] = (
            tuple(from_python(parts[part]) for part in _PARTS[:2]) if known else parts["x"]
        )
    for name in _PARTS:
        if any(isinstance(leaf, Foreign) for leaf in flatten(to_python(values.get(name)))):
            values[name] = from_python(as_array(to_python(values[name])))
    return found


def as_stream(machine: Machine, value: Any, node: ast.AST) -> Stream | None:
    """Batches, if that is what a value gives; a sequence of the user's is asked for one."""
    if isinstance(value, Stream):
        return value
    if not isinstance(value, Instance) or not _SEQUENCES & set(value.cls.external_bases):
        return None
    method = value.cls.find("__getitem__")
    if method is None:
        return Pipeline(BATCHES, Unknown("batches that are not known"), Unknown("their number"))
    with machine.guard():
        number = Unknown("the number of a batch")
        batch = machine.call(Bound(method, value), Arguments([number], {}), node)
    return Pipeline(BATCHES, to_python(batch), Unknown("the number of batches"))


def unpacked(stream: Stream) -> dict[str, Any]:
    """``x``, ``y`` and the weights of one batch."""
    element = stream.element if isinstance(stream, Pipeline) else stream.piece
    if isinstance(element, Unknown):
        return dict.fromkeys(_PARTS, element)
    if isinstance(element, list) and isinstance(stream, Pipeline) and stream.kind == BATCHES:
        return dict.fromkeys(_PARTS, Unknown("a batch that is a list"))
    given = element if isinstance(element, tuple) else (element,)
    if not 1 <= len(given) <= len(_PARTS):
        return dict.fromkeys(_PARTS, Unknown("a batch of more than three parts"))
    return {name: given[i] if i < len(given) else None for i, name in enumerate(_PARTS)}


__all__ = ["as_stream", "spread", "unpacked"]
