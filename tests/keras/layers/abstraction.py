"""Forgetting part of a program: what was certain may become unknown, never wrong."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from kerashape.keras import layers
from kerashape.keras.graph import Tensor, flatten
from kerashape.keras.layers.base import Layer
from kerashape.keras.names import Names
from kerashape.keras.signature import Arguments
from kerashape.shapes import Fault, Shape, Symbol, Undecided, Unknown, unknown_dim
from tests.oracle.case import Case, Made, T, realise


class Opaque:
    """What the interpreter has for a function or an object."""


def forget(value: Any, draw: random.Random, chance: float) -> Any:
    """The value with parts of it unknown."""
    if isinstance(value, T):
        return _forget_tensor(value, draw, chance)
    if isinstance(value, Made):
        arguments = (forget(item, draw, chance / 2) for item in value.args)
        keywords = {k: forget(v, draw, chance / 2) for k, v in value.kwargs.items()}
        return Made(value.layer, tuple(arguments), keywords)
    if draw.random() < chance and not _holds_tensor(value):
        if type(value) is int and draw.random() < 0.5:
            return Symbol.named("n")
        return draw.choice([Unknown("forgotten"), Unknown("forgotten"), Opaque()])
    if isinstance(value, (list, tuple)):
        return type(value)(forget(item, draw, chance) for item in value)
    return value


def _holds_tensor(value: Any) -> bool:
    return any(isinstance(leaf, (T, Made)) for leaf in flatten(value))


def _forget_tensor(tensor: T, draw: random.Random, chance: float) -> Any:
    dims = tuple(unknown_dim() if draw.random() < chance else dim for dim in tensor.shape)
    dtype = Unknown("forgotten") if draw.random() < chance / 2 else tensor.dtype
    cut = draw.randrange(len(dims) + 1) if draw.random() < chance / 2 else 0
    return Tensor(Shape(dims[cut:], open=cut > 0), dtype)


def run(case: Case, draw: random.Random, chance: float) -> tuple[str, list[Any], list[Any]]:
    """Where the case faults (``""``: nowhere), its outputs, and its weights."""
    made = forget(case.made, draw, chance)
    outputs: list[Any] = []
    try:
        layer = _make(made)
    except Fault:
        return "constructor", outputs, []
    for call in case.calls:
        args = realise([forget(item, draw, chance) for item in call.args], _tensor, _make)
        kwargs = realise(
            {k: forget(v, draw, chance) for k, v in call.kwargs.items()}, _tensor, _make
        )
        result = layer(Arguments(args, kwargs))
        if result.fault is not None:
            return f"call {len(outputs)}", outputs, []
        outputs.append(result.output)
    try:
        return "", outputs, layer.all_variables()
    except Undecided:
        return "", outputs, []


def _tensor(t: T) -> Tensor:
    return Tensor(Shape(t.shape), t.dtype)


def _make(made: Made) -> Layer:
    record = layers.find(made.layer)
    assert record is not None, made.layer
    args = realise(made.args, _tensor, _make)
    kwargs = realise(made.kwargs, _tensor, _make)
    return record.construct(Arguments(args, kwargs), Names())


def contradictions(case: Case, draw: random.Random, chance: float = 0.3) -> Iterator[str]:
    """What is claimed of the forgetful case, and does not hold of the case itself."""
    stage, outputs, weights = run(case, draw, 0)
    vague_stage, vague_outputs, vague_weights = run(case, draw, chance)
    if vague_stage and (not stage or vague_stage < stage != "constructor"):
        yield f"faults in {vague_stage!r}, not in {stage!r}"
    for index, (output, vague) in enumerate(zip(outputs, vague_outputs)):
        for one, other in zip(flatten(output), flatten(vague)):
            if isinstance(one, Tensor) and isinstance(other, Tensor) and not _covers(other, one):
                yield f"output {index} is {one}, not {other}"
    if not stage and not vague_stage and vague_weights:
        for one, other in zip(weights, vague_weights):
            if not _covers_shape(other.shape, one.shape):
                yield f"weight {one}, not {other}"


def _covers(vague: Tensor, exact: Tensor) -> bool:
    dtypes = (vague.dtype, exact.dtype)
    if any(isinstance(dtype, Unknown) for dtype in dtypes) or dtypes[0] == dtypes[1]:
        return _covers_shape(vague.shape, exact.shape)
    return False


def _covers_shape(vague: Shape, exact: Shape) -> bool:
    if exact.open:
        return True
    dims = exact.dims
    if vague.open:
        if len(vague.dims) > len(dims):
            return False
        dims = dims[len(dims) - len(vague.dims) :]
    return len(vague.dims) == len(dims) and all(
        isinstance(a, Symbol) or isinstance(b, Symbol) or a == b for a, b in zip(vague.dims, dims)
    )
