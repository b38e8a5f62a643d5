"""The functions of ``keras.ops`` that stand for others give the same numbers."""

from __future__ import annotations

from typing import Any

import pytest

from kerashape.keras import ops
from kerashape.keras.ops import equivalents, tensorflow

ROWS = [(root, name) for root in ("tf", "numpy") for name in equivalents.functions(root)]


@pytest.mark.parametrize(("root", "name"), ROWS)
def test_the_parameters_are_those_of_both(root: str, name: str) -> None:
    equivalent = equivalents.functions(root)[name]
    ours = ops.find(equivalent.name)
    theirs = tensorflow.find(name) if root == "tf" else None
    assert ours is not None
    assert set(equivalent.parameters.values()) <= set(ours.signature.names)
    if theirs is not None:
        assert set(equivalent.parameters) <= set(theirs.signature.names)


SWITCHES = {"keepdims": True, "approximate": True, "axis": 1, "alpha": 0.3}


def arguments(name: str, parameters: list[str]) -> dict[str, Any]:
    """Something to call a function of TensorFlow or NumPy with."""
    import numpy as np

    rng = np.random.default_rng(len(name))
    first = rng.uniform(0.1, 0.9, (2, 3)).astype("float32")
    second = rng.uniform(0.1, 0.9, (2, 3)).astype("float32")
    if name == "acosh":
        first += 1
    if "logical" in name or name in ("any", "all", "reduce_any", "reduce_all"):
        first, second = first > 0.5, second > 0.5
    given: dict[str, Any] = {}
    for position, parameter in enumerate(parameters):
        given[parameter] = SWITCHES.get(parameter, first if position == 0 else second)
    special: dict[str, dict[str, Any]] = {
        "reshape": {"shape": (3, 2), "newshape": (3, 2)},
        "transpose": {"perm": (1, 0), "axes": (1, 0)},
        "squeeze": {parameters[0]: first[:, :1]},
        "tile": {"multiples": (2, 1), "reps": (2, 1)},
        "repeat": {"repeats": 2},
        "roll": {"shift": 1},
        "reverse": {"axis": [1]},
        "concat": {"values": [first, second]},
        "concatenate": {"arrays": [first, second]},
        "stack": {"values": [first, second], "arrays": [first, second]},
        "matmul": {"b": second.T, "x2": second.T},
        "dot": {"b": second.T},
        "tensordot": {"b": second.T, "axes": 1},
        "where": {"condition": first > 0.5},
        "gather": {"indices": np.array([2, 0])},
        "take": {"indices": np.array([2, 0])},
        "one_hot": {"indices": np.array([2, 0]), "depth": 3},
        "cast": {"dtype": "int32"},
        "clip_by_value": {"clip_value_min": 0.2, "clip_value_max": 0.6},
        "clip": {"a_min": 0.2, "a_max": 0.6},
        "swapaxes": {"axis1": 0, "axis2": 1},
    }
    changes = {k: v for k, v in special.get(name, {}).items() if k in given}
    return {**given, **changes}


@pytest.mark.keras
def test_the_numbers_are_the_same() -> None:
    """All in one test, eagerly: each is a fraction of a millisecond."""
    import keras
    import numpy as np
    import tensorflow as tf

    wrong = []
    for root, name in ROWS:
        equivalent = equivalents.functions(root)[name]
        given = arguments(name, list(equivalent.parameters))
        theirs = _function(np if root == "numpy" else tf, name)
        if root == "numpy" and name == "reshape":  # its own name for it varies
            expected = np.reshape(given["a"], given["newshape"])
        elif root == "numpy":
            own = list(given.values()) if name in _POSITIONAL else []
            expected = theirs(*own) if own else theirs(**given)
        else:
            expected = theirs(**given)
        ours = _function(keras.ops, equivalent.name)
        found = ours(**{equivalent.parameters[key]: value for key, value in given.items()})
        same = np.shape(expected) == np.shape(found) and np.allclose(
            np.asarray(expected), np.asarray(found), atol=1e-5
        )
        if not same:
            wrong.append((root, name, np.asarray(expected), np.asarray(found)))
    assert not wrong


# numpy's element-wise functions take their operands by place only.
_POSITIONAL = frozenset([name for root, name in ROWS if root == "numpy"]) - {
    "sum",
    "prod",
    "max",
    "min",
    "mean",
    "std",
    "var",
    "any",
    "all",
    "amax",
    "amin",
}


def _function(module: Any, name: str) -> Any:
    for holder in (module, getattr(module, "nn", None), getattr(module, "math", None)):
        found = getattr(holder, name, None)
        if found is not None:
            return found
    raise AttributeError(name)
