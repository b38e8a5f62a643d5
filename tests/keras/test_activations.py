"""The functions of ``keras.activations`` on symbolic tensors, and what ``get`` gives."""

from __future__ import annotations

from typing import Any

import pytest

from kerashape.api import analyze
from kerashape.shapes import Symbol

pytestmark = pytest.mark.keras
FORMS = (
    "y = keras.activations.{name}(x)",
    "y = keras.layers.Activation(keras.activations.{name})(x)",
    "y = keras.layers.Activation('{name}')(x)",
    "y = keras.layers.Dense(4, activation=keras.activations.get('{name}'))(x)",
    "y = keras.layers.Lambda(keras.activations.{name})(x)",
    "y = keras.activations.get('{name}')(x)",
)
NOT_FUNCTIONS = {"get", "serialize", "deserialize"}


def program(form: str, name: str) -> str:
    lines = ["import keras", "x = keras.Input((6, 4))", form.format(name=name)]
    return "\n".join([*lines, "model = keras.Model(x, y)"]) + "\n"


def names() -> list[str]:
    import keras

    return [n for n in dir(keras.activations) if not n.startswith("_") and n not in NOT_FUNCTIONS]


def theirs(text: str) -> Any:
    from tests.oracle.reference import reset

    reset()
    scope: dict[str, Any] = {}
    try:
        exec(text, scope)
    except Exception as error:
        return str(error)
    output = scope["model"].outputs[0]
    return tuple(output.shape), output.dtype


def ours(text: str) -> Any:
    analysis = analyze(text)
    faults = [fact.fault.text for fact in analysis.faults]
    faults += [fact.call.fault.text for fact in analysis.calls if fact.call.fault is not None]
    if faults:
        return faults[0]
    output = analysis.models[0].model.outputs if analysis.models else None
    if output is None or not hasattr(output, "shape") or output.shape.open:
        return None
    dims = output.shape.dims
    return None if any(isinstance(d, Symbol) for d in dims) else (dims, output.dtype)


@pytest.mark.parametrize("form", FORMS)
def test_an_activation_keeps_the_shape(form: str) -> None:
    different = []
    for name in names():
        text = program(form, name)
        real, found = theirs(text), ours(text)
        agree = found in real if isinstance(real, str) and isinstance(found, str) else found == real
        if not agree and not (found is None and isinstance(real, str)):
            different.append(f"{name}: {real!r}, not {found!r}")
    assert not different, "\n".join(different)
