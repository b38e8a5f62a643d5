"""kerashape's answers by way of source: the case as a program, parsed and interpreted."""

from __future__ import annotations

from typing import Any

from kerashape.analysis import Analysis
from tests.oracle.candidate import describe, weights_of
from tests.oracle.case import Answer, Case, T, arguments_text, map_tensors


class _Name:
    """A variable of the program, in place of a tensor."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


def program(case: Case) -> str:
    """The case as a program that starts from Inputs."""
    assert case.made is not None
    lines = ["import keras", "import numpy as np", "import tensorflow as tf", *case.prelude]

    def entry(t: T) -> _Name:
        name = f"t{len(lines)}"
        lines.append(f"{name} = keras.Input(batch_shape={t.shape}, dtype={t.dtype!r})")
        return _Name(name)

    made = map_tensors((case.made.args, case.made.kwargs), entry)
    calls = [map_tensors((call.args, call.kwargs), entry) for call in case.calls]
    lines.append(f"layer = keras.layers.{case.made.layer}({arguments_text(*made)})")
    if case.made.layer == "Input":
        lines.append("model = keras.Model(layer, layer)")
    lines += [f"y = layer({arguments_text(*call)})" for call in calls]
    return "\n".join(lines) + "\n"


def answer(case: Case) -> Answer:
    """Interpret the case's program."""
    from kerashape.api import analyze

    return _read(analyze(program(case)), bool(case.calls))


def _read(analysis: Analysis, called: bool) -> Answer:
    first = min((fact.site.span.line for fact in analysis.calls), default=None)
    for fact in analysis.faults:
        if first is None or fact.site.span.line < first:
            return Answer("constructor" if called else "call", fact.fault.text)
    if analysis.models:
        return Answer(outputs=(describe(analysis.models[0].model.inputs),), weights=())
    calls = [fact.call for fact in analysis.calls]
    outputs: list[Any] = []
    for call in calls:
        if call.fault is not None:
            return Answer("call", call.fault.text, tuple(outputs))
        outputs.append(describe(call.output))
    if analysis.faults:
        stage = "call" if outputs else "constructor"
        return Answer(stage, analysis.faults[0].fault.text, tuple(outputs))
    reason = "; ".join([fact.reason for fact in analysis.unknowns])
    if not calls:
        return Answer(outputs=(describe(None),), reason=reason)
    if not called:
        return Answer(outputs=tuple(outputs), weights=(), reason=reason)
    return weights_of(calls[-1].operation, tuple(outputs), reason)
