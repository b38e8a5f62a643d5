"""Random cases for every layer, usually accepted or spoilt in one place.

Most layers are generated from the constructor's signature alone (``values`` says what to try
for a parameter, ``layer_makers.drawing`` what input is due); ``layer_makers`` has the others.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.oracle import values
from tests.oracle.case import CallOf, Case, Made, T, map_tensors, tensors_of
from tests.oracle.draw import BAD, DTYPES, Draw
from tests.oracle.exports import LAYERS_NOT_GENERATED
from tests.oracle.layer_makers import SPECIAL
from tests.oracle.layer_makers.combining import dot_inputs, merge_inputs
from tests.oracle.layer_makers.drawing import generic, parameters, spatial_rank
from tests.oracle.reference import keras
from tests.oracle.respelling import respelt
from tests.oracle.values import DULL, NEVER, Draft


def names(mode: str = "symbolic") -> list[str]:
    """The layers that cases are generated for; the functional forms (``add``) included.

    Within a layer (``"traced"``) these are called on nothing that Keras would trace.
    """
    found = [name for name in dir(keras.layers) if not name.startswith("_")]
    left_out = LAYERS_NOT_GENERATED | (frozenset(FUNCTIONS) if mode == "traced" else frozenset())
    return [name for name in found if name not in left_out]


def generate(name: str, seed: int, index: int, mode: str = "symbolic") -> Case:
    """The case of that number: always the same one, on symbolic tensors or within a layer."""
    draw = Draw(f"{name} {seed} {index}")
    draft = Draft(name, draw, spatial_rank(name))
    if name in FUNCTIONS:
        return _function(draft)
    special = SPECIAL.get(name)
    made, call = special(draft) if special else generic(draft)
    made = _maybe_spoil(made, draw)
    if draw.chance(0.12):
        call = _spoil_call(call, draw)
    calls = [call]
    if draw.chance(0.2):
        calls.append(_spoil_call(call, draw) if draw.chance(0.7) else call)
    return Case(name, made, tuple(calls), mode=mode)


def generate_respelt(name: str, seed: int, index: int, mode: str = "symbolic") -> Case:
    """The case of that number, spelt in other words."""
    return respelt(generate(name, seed, index, mode), Draw(f"respelt {name} {seed} {index}"))


def _maybe_spoil(made: Made, draw: Draw) -> Made:
    """Now and then one argument that the constructor may reject."""
    kind = draw.random()
    named = [p.name for p in parameters(made.layer) if p.kind is not p.VAR_KEYWORD]
    named = [name for name in named if name not in NEVER and name != "kwargs"]
    if kind < 0.16 and named:
        weights = [0.1 if name.endswith(DULL) else 1 for name in named]
        name = draw.choices(named, weights)[0]
        return _with(made, name, draw.choice(BAD))
    if kind < 0.18:
        extra = draw.of("input_length", "nosuch", "filter", "border_mode")
        return replace(made, kwargs={**made.kwargs, extra: draw.of(1, "same")})
    if kind < 0.19 and made.args:
        return replace(made, args=made.args[1:])
    if kind < 0.20:
        return replace(made, args=(*made.args, draw.of(1, None)))
    if kind < 0.21:
        name, value = draw.of(("name", "a/b"), ("name", 3), ("trainable", 1), ("dtype", "nosuch"))
        return replace(made, kwargs={**made.kwargs, name: value})
    return made


def _with(made: Made, name: str, value: Any) -> Made:
    """The same layer with another value of a parameter."""
    named = [p.name for p in parameters(made.layer)]
    position = named.index(name)
    if position < len(made.args):
        args = list(made.args)
        args[position] = value
        return replace(made, args=tuple(args))
    return replace(made, kwargs={**made.kwargs, name: value})


def _spoil_call(call: CallOf, draw: Draw) -> CallOf:
    """The call with something about one of its tensors changed, or wrong as a whole."""
    count = len(tensors_of(call.args))
    kind = draw.random()
    if not count or kind < 0.08:
        return draw.choice((
            CallOf(()),
            CallOf((*call.args, T((None, 2))), call.kwargs),
            CallOf(([*call.args],), call.kwargs),
            CallOf((draw.of(3, "a", None, [], [T((None, 2)), 1]),), call.kwargs),
            CallOf((Made("Flatten"),), call.kwargs),
        ))  # fmt: skip
    which = draw.randrange(count)
    seen = -1

    def change(t: T) -> T:
        nonlocal seen
        seen += 1
        return _spoil(t, draw) if seen == which else t

    return CallOf(map_tensors(call.args, change), call.kwargs)


def _spoil(t: T, draw: Draw) -> T:
    kind = draw.random()
    if kind < 0.35 or not t.shape:
        return T(draw.shape(draw.randint(0, 6)), t.dtype)
    if kind < 0.85:
        shape = list(t.shape)
        axis = draw.of(-1, draw.randrange(len(shape)))
        shape[axis] = draw.of(None, 1, 2, draw.size(1, 12), draw.size(1, 12))
        return T(tuple(shape), t.dtype)
    return T(t.shape, draw.choice((*DTYPES, "string")))


FUNCTIONS = (
    "Input",
    "add",
    "average",
    "concatenate",
    "dot",
    "maximum",
    "minimum",
    "multiply",
    "subtract",
)


def _function(d: Draft) -> Case:
    """``keras.layers.add(inputs)`` makes and calls in one step: ``made`` holds the tensors."""
    if d.layer == "Input":
        return Case(d.layer, _maybe_spoil(_input(d), d.draw), ())
    if d.layer == "dot":
        axes, tensors = dot_inputs(d)
        return Case(d.layer, Made(d.layer, (tensors, axes)), ())
    kwargs: dict[str, Any] = {}
    if d.layer == "concatenate" and d.draw.chance(0.6):
        kwargs["axis"] = d.values["axis"] = values.value(d, "axis", -1)
    return Case(d.layer, Made(d.layer, (merge_inputs(d),), kwargs), ())


def _input(d: Draft) -> Made:
    draw = d.draw
    shape: Any = draw.shape(draw.randint(0, 5))
    given: dict[str, Any] = {draw.of("shape", "shape", "batch_shape"): shape}
    if draw.chance(0.1):
        given = {"shape": draw.of(list(shape), 5, (2.5,), ("a",), (-1, 2), (0, 1), [None, 3], "ab")}
    extra = {
        "batch_size": draw.of(2, None, 16),
        "dtype": draw.choice((*DTYPES, "string", "nosuch")),
        "sparse": draw.chance(0.5),
        "name": draw.of("an_input", "a/b", None),
        "optional": draw.chance(0.5),
        "ragged": draw.of(False, None, True),
    }
    given |= {name: value for name, value in extra.items() if draw.chance(0.15)}
    args = (given.pop("shape"),) if "shape" in given and draw.chance(0.5) else ()
    return Made("Input", args, given)
