"""One program, answered by kerashape and by the real Keras."""

from __future__ import annotations

from typing import Any

from tests.oracle.case import CallOf, Case, Made, T


def made(layer: str, *args: Any, **kwargs: Any) -> Made:
    """``keras.layers.<layer>(*args, **kwargs)``."""
    return Made(layer, args, kwargs)


def call(*args: Any, **kwargs: Any) -> CallOf:
    """A call; tuples stand for symbolic tensors of that shape."""
    return CallOf(tuple(map(_tensors, args)), {k: _tensors(v) for k, v in kwargs.items()})


def _tensors(value: Any) -> Any:
    if isinstance(value, tuple):
        return T(value)
    if isinstance(value, list):
        return [_tensors(item) for item in value]
    if isinstance(value, dict):
        return {key: _tensors(item) for key, item in value.items()}
    return value


def difference(layer: Made, *calls: CallOf, words: bool = True, mode: str = "symbolic") -> str:
    """What the two answers to one program differ in; empty where they agree.

    They agree on shapes, dtypes, weights and number of parameters, or on where the program
    stops and, with ``words``, on what Keras says. In the mode ``traced`` the calls are within
    another layer's.
    """
    from tests.oracle import candidate, reference
    from tests.oracle.compare import compare, same_words

    case = Case(layer.layer, layer, calls, mode=mode)
    theirs, ours = reference.answer(case), candidate.answer(case)
    verdict = compare(theirs, ours)
    if verdict == "equal" and words and not same_words(theirs, ours):
        verdict = "other words"
    if verdict == "equal":
        return ""
    return f"{verdict}\n{case.program}\nKeras: {theirs}\nkerashape: {ours}"
