"""Keras's own layer tests: kerashape gives the shapes and weights that they expect."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from kerashape.shapes import Fault, Undecided

if TYPE_CHECKING:
    from tests.oracle.keras_tests import Recorded

pytestmark = [pytest.mark.keras, pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

UNKNOWN = {
    "test_lambda_basics": "the body of a Lambda is code, which only the interpreter reads",
}
"""The tests, by the beginning of their names, whose answer may be unknown, and why."""


def test_the_cases_of_keras_layer_tests() -> None:
    from tests.oracle.keras_tests import recorded

    def excused(case: Recorded, found: str) -> bool:
        name = case.test.rpartition(".")[2]
        return found.startswith("unknown") and name.startswith(tuple(UNKNOWN))

    cases = recorded()
    assert len(cases) > 400
    different = [
        f"{case.test}: {found}"
        for case in cases
        for found in differences(case)
        if not excused(case, found)
    ]
    assert not different, "\n".join(different)


def differences(case: Recorded) -> Iterator[str]:
    """What kerashape says otherwise than the test expects."""
    from tests.oracle.keras_tests import Foreign, run

    try:
        call = run(case)
    except Foreign:
        return
    except Fault as fault:
        if not refused(case):
            yield f"fault: {fault}"
        return
    if call.fault is not None:
        if not refused(case):
            yield f"fault: {call.fault}"
        return
    found = [tensor.shape for tensor in call.output_tensors]
    if any(not shape.known for shape in found) or not found:
        yield f"unknown: {call.reason}"
        return
    expected = case.get("expected_output_shape")
    if expected is not None and flat(expected) != [tuple(shape.dims) for shape in found]:
        yield f"expected {expected}, found {found}"
    try:
        weights = call.operation.all_variables()  # type: ignore[attr-defined]
    except Undecided as undecided:
        yield f"unknown weights: {undecided.reason}"
        return
    for what, trainable in (("trainable", True), ("non_trainable", False)):
        count = case.get(f"expected_num_{what}_weights")
        have = sum(weight.trainable is trainable for weight in weights)
        if count is not None and count != have:
            yield f"expected {count} {what} weights, found {have}"


def refused(case: Recorded) -> bool:
    """Whether Keras refuses the constructor's arguments, as the test wants it to."""
    try:
        case.layer(**case.arguments["init_kwargs"])
    except Exception:
        return True
    return False


def flat(shapes: Any) -> list[tuple[int | None, ...]]:
    """The shapes of a nested expectation, in order."""
    if isinstance(shapes, dict):
        return [shape for key in sorted(shapes) for shape in flat(shapes[key])]
    if all(size is None or isinstance(size, int) for size in shapes):
        return [tuple(shapes)]
    return [shape for item in shapes for shape in flat(item)]
