"""``model.summary()`` of random models, as Keras and as kerashape have it."""

from __future__ import annotations

import traceback
from typing import Any

from kerashape.analysis import Analysis
from kerashape.keras.graph import flatten
from tests.oracle import candidate
from tests.oracle.case import Answer, Out, Source
from tests.oracle.graph_programs import program
from tests.oracle.reference import describe, reset, restore_settings
from tests.oracle.summaries import is_known, keras_lines, our_lines


def generate(name: str, seed: int, index: int) -> Source:
    """The case of that number."""
    return Source(name, program(seed, index))


# -- what Keras says --------------------------------------------------------------------


def keras_answer(case: Source) -> Answer:
    """Run the program and read what ``model.summary()`` prints."""
    reset()
    scope: dict[str, Any] = {}
    try:
        exec(case.program, scope)
    except Exception as error:
        return Answer("call", f"{type(error).__name__}: {error}")
    finally:
        restore_settings()
    model = scope["model"]
    outputs = model.outputs if model.built else []  # a stack that nothing has built has none
    return Answer(outputs=(keras_lines(model), _ends(describe(outputs))), weights=())


def _ends(outputs: Any) -> list[Any]:
    """The shapes and dtypes of a model's outputs, one after the other."""
    return [end for end in flatten(outputs) if isinstance(end, Out)]


# -- what kerashape says ------------------------------------------------------------------


def our_answer(case: Source) -> Answer:
    """Read the same of the program."""
    from kerashape.api import analyze

    try:
        analysis = analyze(case.program)
        return _our_answer(analysis)
    except Exception:
        return Answer(crash=traceback.format_exc())


def _our_answer(analysis: Analysis) -> Answer:
    faults = [fact.fault for fact in analysis.faults]
    faults += [fact.call.fault for fact in analysis.calls if fact.call.fault is not None]
    if faults:
        return Answer("call", faults[0].text)
    reasons = "; ".join(fact.reason for fact in analysis.unknowns)
    if not analysis.models or not is_known(analysis.models[-1].model):
        return Answer(outputs=(Out(None, "?"),), weights=(), reason=reasons)
    model = analysis.models[-1].model
    outputs = [] if model.outputs is None else list(flatten(model.outputs))
    ends = _ends(candidate.describe(outputs))
    return Answer(outputs=(our_lines(model), ends), weights=(), reason=reasons)
