"""The states from which a recurrent layer starts: Keras looks at them only when it runs.

``LSTM.call`` and its like hand ``initial_state`` to the cell as it is: an LSTM takes two states,
a SimpleRNN one, a GRU uses the first of those that it is given; each as wide as the layer.
A Bidirectional gives the first half of them to its forward layer.
"""

from __future__ import annotations

from collections.abc import Sequence

from kerashape.keras.graph import Call, Tensor, flatten
from kerashape.keras.layers.base import Array, Layer
from kerashape.shapes import Fault

_STATES = {"LSTM": 2, "GRU": 1, "SimpleRNN": 1}
_TAKES_MORE = frozenset(["GRU"])
RULE = "state-mismatch"


def initial_states(call: Call) -> list[Tensor | Array]:
    """The states that a call gives a layer; none where they are not all known."""
    given = list(flatten(call.values.get("initial_state")))
    return given if all(isinstance(each, (Tensor, Array)) for each in given) else []


def check_states(call: Call) -> None:
    """Whether a layer can start from the states that it is given, as far as that is known.

    Raises:
        Fault: ``state-mismatch``, if Keras raises when the layer runs.
    """
    layer, given = call.operation, initial_states(call)
    if not given or not isinstance(layer, Layer):
        return
    if layer.class_name != "Bidirectional":
        _check(layer, given)
        return
    half = len(given) // 2
    for one, states in (("forward_layer", given[:half]), ("backward", given[half:])):
        inner = getattr(layer, one, None)
        if isinstance(inner, Layer):
            _check(inner, states)


def _check(layer: Layer, given: Sequence[Tensor | Array]) -> None:
    count = _STATES.get(layer.class_name)
    units = layer.arguments.get("units")
    if count is None or not layer.from_keras or not isinstance(units, int):
        return
    fits = len(given) >= count if layer.class_name in _TAKES_MORE else len(given) == count
    number = f"{count} states" if count > 1 else "one state"
    if not fits:
        text = "list index out of range" if len(given) < count else "Too few leaves for PyTreeSpec"
        raise Fault(RULE, text, expected=number, found=len(given))
    for place, state in enumerate(given[:count]):
        size = state.shape.dims[-1] if state.shape.dims else None
        if not isinstance(size, int) or size == units:
            continue
        if place == 0 or size > 1:  # the cell state is only multiplied: one number stretches
            text = f"Dimensions must be equal, but are {size} and {units}"
            raise Fault(RULE, text, expected=units, found=state.shape)
