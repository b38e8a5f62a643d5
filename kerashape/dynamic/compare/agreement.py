"""Inferred shapes beside recorded ones.

A shape is a list of sizes, ``None`` and, where the analysis does not know, ``"?"``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from kerashape.dynamic.events import Shapes
from kerashape.keras.graph import Tensor, flatten, map_structure
from kerashape.report.facts import shape_json
from kerashape.shapes import Unknown

if TYPE_CHECKING:
    from kerashape.analysis import CallFact, ModelFact


def output_of(fact: CallFact) -> Shapes:
    """The inferred output, in the form of a recorded one."""
    return map_structure(leaf_of, fact.call.output)


NO_SHAPE = "unknown"


def leaf_of(value: object) -> Shapes:
    """A shape; a word where even the rank is not known; None of what is no tensor."""
    if isinstance(value, Tensor):
        shape = shape_json(value.shape)
        return NO_SHAPE if shape is None else shape
    return NO_SHAPE if value is None or isinstance(value, Unknown) else None


def agree(inferred: Shapes, actual: Shapes) -> bool:
    """Whether a known output is the one that Keras gave (whatever kind of nesting)."""
    ours, theirs = list(_shapes(inferred)), list(_shapes(actual))
    return bool(ours) and ours == theirs and all(_known(shape) for shape in ours)


def compatible(inferred: Shapes, actual: Shapes) -> bool:
    """Whether an output that is not (all) known could be the one that Keras gave."""
    ours, theirs = list(_shapes(inferred)), list(_shapes(actual))
    if not ours or ours == [NO_SHAPE]:
        return True
    return len(ours) == len(theirs) and all(
        a == NO_SHAPE or (len(a) == len(b) and all(x in ("?", y) for x, y in zip(a, b)))
        for a, b in zip(ours, theirs)
    )


def _known(shape: Any) -> bool:
    return shape != NO_SHAPE and "?" not in shape


def is_shape(value: Any) -> bool:
    """Whether it is one shape, not a structure of several."""
    return isinstance(value, list) and all(
        size is None or isinstance(size, int) or size == "?" for size in value
    )


def _leaves(value: Shapes) -> Iterable[Any]:
    """The shapes within; ``[None, None]`` is a shape of rank 2."""
    if isinstance(value, dict):
        for key in sorted(value):
            yield from _leaves(value[key])
    elif isinstance(value, (list, tuple)) and not is_shape(value):
        for item in value:
            yield from _leaves(item)
    else:
        yield value


def _shapes(value: Shapes) -> Iterable[Any]:
    return (shape for shape in _leaves(value) if shape is not None)


def ends_of(fact: ModelFact) -> Shapes:
    """The shapes of a model's inputs and of its outputs."""
    model = fact.model
    return [
        [leaf_of(tensor) for tensor in flatten(model.inputs)],
        [leaf_of(tensor) for tensor in flatten(model.outputs)],
    ]
