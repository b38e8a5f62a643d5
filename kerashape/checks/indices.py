"""Checks of what an Embedding looks up: KS409."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from kerashape.checks.base import Facts, Finding, check_for
from kerashape.checks.feeds import Feed, feeds, graph_of
from kerashape.interpret.plain import to_python
from kerashape.keras.graph import Call, Tensor, flatten
from kerashape.keras.layers.base import Array
from kerashape.keras.models import Functional
from kerashape.shapes import Unknown
from kerashape.site import Site

RULE = "index-out-of-range"
_UNLIKELY = 1e-9
"""How likely it may be that random numbers happen to leave out the ones that are too large."""
_RAISES = (
    "TensorFlow raises on a CPU: indices[...] is not in [0, {size}); on a GPU it takes zeros for "
    "them, without a word"
)


@check_for(RULE)
def positions(facts: Facts) -> Iterator[Finding]:
    """KS409: positions that are counted further than the Embedding has rows."""
    for fact in facts.calls:
        size = _rows(fact.call)
        last = _last_of_range(fact.call.values.get("inputs")) if size is not None else None
        if size is not None and last is not None and last >= size:
            yield _finding(fact.site, f"the numbers 0 to {last}", last, size, fact.call)


@check_for(RULE)
def data(facts: Facts) -> Iterator[Finding]:
    """KS409: data with larger numbers than the Embedding has rows."""
    for given in feeds(facts):
        graph = graph_of(given.fact.model)
        if graph is None or given.pipeline is not None:
            continue
        for tensor, array in _inputs(graph, given):
            for call in _lookups(graph, tensor):
                size = _rows(call)
                if size is not None and _is_exceeded(array, size):
                    last = (array.classes or 0) - 1
                    what = f"{given.method} is given the numbers 0 to {last}"
                    yield _finding(given.site, what, last, size, call)


def _finding(site: Site, what: str, last: int, size: int, call: Call) -> Finding:
    place = call.operation.site
    return Finding(
        RULE,
        site,
        f"{what}, but the Embedding `{call.operation.name}` has {size} rows, for 0 to {size - 1}",
        label=f"up to {last}",
        note=_RAISES.format(size=size),
        help=f"make the Embedding larger: input_dim={last + 1}",
        related=((place, f"input_dim={size}"),) if place is not None else (),
    )


def _rows(call: Call) -> int | None:
    """How many rows an Embedding of Keras has; None where it is none, or that is not known."""
    layer = call.operation
    if layer.class_name != "Embedding" or type(layer).__name__ != "Embedding":
        return None
    size = getattr(layer, "input_dim", None)
    return size if type(size) is int else None


def _last_of_range(value: Any) -> int | None:
    """The last number of ``ops.arange(...)`` or ``tf.range(...)``, where all of it is known."""
    call = value.call if isinstance(value, Tensor) else None
    if call is None or call.operation.callee not in ("keras.ops.arange", "tf.range"):
        return None
    parts = list(call.values.values())[:3]
    if any(part is not None and type(part) is not int for part in parts):
        return None
    first, end, step = parts
    numbers = range(first or 0, end, step or 1) if end is not None else range(first or 0)
    return max(numbers, default=None)


def _inputs(graph: Functional, given: Feed) -> Iterator[tuple[Tensor, Array]]:
    x = to_python(given.x)
    tensors = list(flatten(graph.inputs))
    if isinstance(x, dict):
        x = [x.get(name) for name in graph.input_names] if not isinstance(graph.inputs, dict) else x
    for tensor, array in zip(tensors, flatten(x)):
        if isinstance(tensor, Tensor) and isinstance(array, Array):
            yield tensor, array


def _lookups(graph: Functional, tensor: Tensor) -> Iterator[Call]:
    """The calls of Embeddings on an Input."""
    for operation in graph.network.operations:
        for call in operation.calls:
            if any(leaf is tensor for leaf in call.input_tensors) and _rows(call) is not None:
                yield call


def _is_exceeded(array: Array, size: int) -> bool:
    """Whether some number of the data certainly is no row."""
    classes = array.classes
    if classes is None or array.one_hot or classes <= size or array.shape.open:
        return False
    if array.origin in _TEXTS:
        return size <= classes // 2  # rare words may be cut off
    dims = array.shape.dims
    if any(isinstance(dim, Unknown) or type(dim) is not int for dim in dims):
        return False
    return (size / classes) ** math.prod(dim for dim in dims if type(dim) is int) < _UNLIKELY


_TEXTS = frozenset(["imdb", "reuters", "pad_sequences()"])
