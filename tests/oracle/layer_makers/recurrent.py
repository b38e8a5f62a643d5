"""Recurrent layers, their cells, and wrappers around other layers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.oracle.case import CallOf, Made, T
from tests.oracle.layer_makers import combining
from tests.oracle.layer_makers.drawing import (
    Special,
    call_kwargs,
    draw_arguments,
    draw_input,
    generic,
    spatial_rank,
)
from tests.oracle.values import Draft


def _inner(d: Draft, *names: str) -> Made:
    inner = Draft(d.draw.choice(names), d.draw)
    inner.n = spatial_rank(inner.layer)
    special = {"RNN": _rnn_made, "StackedRNNCells": _stacked_made}.get(inner.layer)
    return special(inner) if special else draw_arguments(inner)


CELLS = ("LSTMCell", "GRUCell", "SimpleRNNCell")


def _rnn_made(d: Draft) -> Made:
    cell: Any = _inner(d, *CELLS, "StackedRNNCells")
    if d.draw.chance(0.2):
        cell = [_inner(d, *CELLS) for _ in range(d.draw.size(1, 3))]
    return draw_arguments(d, {"cell": cell})


def _rnn(d: Draft) -> tuple[Made, CallOf]:
    made = _rnn_made(d) if d.layer == "RNN" else draw_arguments(d)
    t = draw_input(d)
    kwargs = call_kwargs(d)
    if d.draw.chance(0.1) and len(t.shape) > 1:
        kwargs["mask"] = T(t.shape[:2], "bool")
    units = d.get("units")
    if isinstance(units, int) and d.draw.chance(0.15) and t.shape:
        states = [T((t.shape[0], units)) for _ in range(2 if d.layer == "LSTM" else 1)]
        kwargs["initial_state"] = states if d.draw.chance(0.8) else states[0]
    return made, CallOf((t,), kwargs)


def _state_dtype(d: Draft) -> str:
    return d.draw.of("string", "int32", "float16", "bool") if d.draw.chance(0.05) else "float32"


def _cell(d: Draft) -> tuple[Made, CallOf]:
    made = draw_arguments(d)
    t = draw_input(d)
    batch = t.shape[0] if t.shape else None
    count = 2 if d.layer == "LSTMCell" else 1
    states = [T((batch, d.values["units"]), _state_dtype(d)) for _ in range(count)]
    given: Any = states
    if d.draw.chance(0.15):
        given = states[0] if d.draw.chance(0.6) else [T((batch, d.draw.size(1, 6)))]
    return made, CallOf((t, given), {})


def _stacked_made(d: Draft) -> Made:
    cells = [_inner(d, *CELLS) for _ in range(d.draw.size(1, 3))]
    return draw_arguments(d, {"cells": cells})


def _stacked(d: Draft) -> tuple[Made, CallOf]:
    drafts = [Draft(d.draw.choice(CELLS), d.draw) for _ in range(d.draw.size(1, 3))]
    cells = [draw_arguments(inner) for inner in drafts]
    t = draw_input(d)
    batch = t.shape[0] if t.shape else None
    states: list[Any] = []
    for inner in drafts:
        state = T((batch, inner.values["units"]))
        states.append([state, state] if inner.layer == "LSTMCell" else [state])
    return draw_arguments(d, {"cells": cells}), CallOf((t, states))


def _bidirectional(d: Draft) -> tuple[Made, CallOf]:
    draw = d.draw
    made = _inner(d, "LSTM", "GRU", "SimpleRNN", "RNN", "LSTM", "GRU")
    if draw.chance(0.04):
        made = _inner(d, "Dense", "LSTMCell", "Conv1D")
    fixed: dict[str, Any] = {"layer": made, "backward_layer": None}
    if draw.chance(0.15):
        kwargs = {**made.kwargs, "go_backwards": True}
        if draw.chance(0.2):
            kwargs["return_sequences"] = draw.chance(0.5)
        fixed["backward_layer"] = replace(made, kwargs=kwargs)
        if draw.chance(0.85):
            fixed["layer"] = replace(made, kwargs={**made.kwargs, "go_backwards": False})
    return draw_arguments(d, fixed), CallOf((draw_input(d),), call_kwargs(d))


_TIMED = ("Dense", "Conv1D", "Conv2D", "MaxPooling2D", "Flatten", "LSTM", "Dropout", "BatchNormalization",
          "GlobalAveragePooling2D", "Embedding", "Reshape", "Activation")  # fmt: skip


def _any(d: Draft) -> tuple[Made, CallOf]:
    """A layer to be wrapped, and a call of it."""
    special = SPECIAL.get(d.layer) or combining.SPECIAL.get(d.layer)
    return special(d) if special else generic(d)


def _time_distributed(d: Draft) -> tuple[Made, CallOf]:
    draw = d.draw
    name = draw.choice(_TIMED)
    inner = Draft(name, draw, spatial_rank(name))
    layer, call = _any(inner)
    first = call.args[0]
    shape = (*first.shape[:1], draw.dim(1, 5), *first.shape[1:])
    made = draw_arguments(d, {"layer": layer})
    return made, CallOf((T(shape, first.dtype),), call_kwargs(d))


def _spectral(d: Draft) -> tuple[Made, CallOf]:
    names = (
        "Dense",
        "Conv2D",
        "Conv1D",
        "Embedding",
        "Dropout",
        "Dense",
        "EinsumDense",
        "Conv2DTranspose",
    )
    name = d.draw.choice(names)
    inner = Draft(name, d.draw, spatial_rank(name))
    layer, call = _any(inner)
    return draw_arguments(d, {"layer": layer}), CallOf(call.args, call_kwargs(d))


SPECIAL: dict[str, Special] = {
    **dict.fromkeys(("RNN", "LSTM", "GRU", "SimpleRNN"), _rnn),
    **dict.fromkeys(CELLS, _cell),
    "StackedRNNCells": _stacked,
    "Bidirectional": _bidirectional,
    "TimeDistributed": _time_distributed,
    "SpectralNormalization": _spectral,
}
