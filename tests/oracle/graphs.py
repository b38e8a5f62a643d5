"""``model.summary()`` of random models, as Keras and as kerashape have it."""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kerashape.analysis import Analysis
from tests.oracle.case import Answer, Out, Source
from tests.oracle.graph_programs import program
from tests.oracle.reference import reset


def generate(name: str, seed: int, index: int) -> Source:
    """The case of that number."""
    return Source(name, program(seed, index))


# -- what Keras says --------------------------------------------------------------------


def keras_answer(case: Source) -> Answer:
    """Run the program and read ``model.summary()``."""
    reset()
    scope: dict[str, Any] = {}
    try:
        exec(case.program, scope)
    except Exception as error:
        return Answer("call", f"{type(error).__name__}: {error}")
    return keras_summary(scope["model"])


def keras_summary(model: Any) -> Answer:
    """What ``model.summary()`` prints: the name, a list for each row, and the totals."""
    lines: list[str] = []
    with _columns(3000):
        model.summary(line_length=2800, print_fn=lambda text: lines.extend(text.splitlines()))
    rows = [line for line in lines if line.startswith("│")]
    cells = [[cell.strip() for cell in row[1:-1].split("│")][:3] for row in rows]
    totals = [line.split(":")[1].split("(")[0].strip() for line in lines if "params:" in line]
    return Answer(outputs=(lines[0].split('"')[1], cells, totals), weights=())


@contextmanager
def _columns(width: int) -> Iterator[None]:
    """A terminal of that width."""
    kept = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = str(width)
    try:
        yield
    finally:
        if kept is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = kept


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
    if not analysis.models:
        unknown = (Out(None, "?"),) * 3
        return Answer(outputs=unknown, weights=(), reason=_reasons(analysis))
    summary = our_summary(analysis.models[-1].model)
    return Answer(outputs=summary, weights=(), reason=_reasons(analysis))


def _reasons(analysis: Analysis) -> str:
    return "; ".join(fact.reason for fact in analysis.unknowns)


def our_summary(model: Any) -> tuple[Any, ...]:
    """The name, the rows and the totals, as ``model.summary()`` would print them."""
    functional = hasattr(model, "network")
    rows = [_row(each) for each in (model.network.operations if functional else model.layers)]
    weights = model.all_variables()
    trainable = sum(weight.size for weight in weights if weight.trainable)
    total = sum(weight.size for weight in weights)
    return model.name, rows, [f"{count:,}" for count in (total, trainable, total - trainable)]


def _row(operation: Any) -> list[str]:
    shapes = [str(tensor.shape) for tensor in operation.calls[-1].output_tensors]
    shape = shapes[0] if len(shapes) == 1 else f"[{', '.join(shapes)}]"
    params = operation.count_params() if operation.is_layer else 0
    return [f"{operation.name} ({operation.class_name})", shape, f"{params:,}"]
