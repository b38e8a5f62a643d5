"""Pairing what was inferred with what was recorded."""

from __future__ import annotations

import dataclasses

import pytest

from kerashape.api import analyze
from kerashape.dynamic.compare import compare
from kerashape.dynamic.compare.agreement import agree, compatible
from kerashape.dynamic.compare.verdicts import (
    CONFIRMED,
    CONTRADICTED,
    NOT_REACHED,
    ONLY_SEEN,
    REFUTED,
    UNKNOWN,
)
from kerashape.dynamic.events import (
    Event,
    Finished,
    LayerCall,
    MethodCalled,
    ModelBuilt,
    Raised,
    Reached,
    dump,
    load,
)
from kerashape.files import Target
from kerashape.linter import Linter
from kerashape.source import Source

PROGRAM = """\
import keras
x = keras.Input((8,))
for units in (4, 2):
    x = keras.layers.Dense(
        units
    )(x)
y = keras.layers.Dense(5)(keras.layers.Dense(3)(x))
"""


END = Finished(1.0, "3", "tensorflow")


def call(line: int, output: object, *, end: tuple[int, int] | None = None, **more: object) -> Event:
    values = {"library": True, "mode": "symbolic", "inputs": []} | more
    return LayerCall(("p.py", line), "Dense", output=output, end=end, **values)  # type: ignore[arg-type]


def verdicts(*events: Event, program: str = PROGRAM) -> list[tuple[int, str]]:
    source = Source.from_text(program, "p.py")
    compared = compare(source, analyze(program, path="p.py"), [], events)
    return sorted((c.span.line, c.verdict) for c in compared.calls)


def test_evaluations_of_one_call_are_paired_by_shape() -> None:
    found = verdicts(
        call(4, [None, 4]), call(4, [None, 2]),
        call(7, [None, 3], end=(7, 51)), call(7, [None, 5], end=(7, 52)),
    )  # fmt: skip
    assert found == [(4, CONFIRMED), (4, CONFIRMED), (7, CONFIRMED), (7, CONFIRMED)]


def test_a_shape_that_keras_did_not_give_is_contradicted() -> None:
    found = verdicts(call(4, [None, 4]), call(4, [None, 7]))
    assert found == [(4, CONFIRMED), (4, CONTRADICTED), (7, NOT_REACHED), (7, NOT_REACHED)]


def test_a_call_that_was_not_foreseen_is_only_seen() -> None:
    found = verdicts(call(1, [None, 4]))
    assert (1, ONLY_SEEN) in found
    assert CONTRADICTED not in dict(found).values()


def test_the_same_place_in_another_file_is_another_place() -> None:
    event = LayerCall(("other.py", 4), "Dense", True, "symbolic", [], [None, 9])
    assert CONTRADICTED not in dict(verdicts(event)).values()


@pytest.mark.parametrize(
    ("inferred", "actual", "expected"),
    [
        ([None, 4], [None, 4], (True, True)),
        ([None, 4], [2, 4], (False, False)),
        ([None, "?"], [None, 4], (False, True)),
        ([None, "?"], [None, 4, 1], (False, False)),
        ("unknown", [None, 4], (False, True)),
        (["unknown", [None, 1]], [[3], [None, 1]], (False, True)),
        ([[3], [None, 1]], ([3], [None, 1]), (True, True)),
        ({"b": [1], "a": [2]}, {"a": [2], "b": [1]}, (True, True)),
        ([], [], (True, True)),
        (None, [3], (False, True)),
    ],
)
def test_agreement(inferred: object, actual: object, expected: tuple[bool, bool]) -> None:
    assert (agree(inferred, actual), compatible(inferred, actual)) == expected


BROKEN = """\
import keras
x = keras.Input((8,))
y = keras.layers.Conv2D(
    4, 3)(x)
"""


@pytest.mark.parametrize(
    ("events", "verdict"),
    [
        ([Raised((3, 4), "ValueError", "no", [("p.py", 4)], "keras", True)], CONFIRMED),
        ([Reached([("p.py", 3)])], REFUTED),
        ([Reached([("p.py", 2)])], NOT_REACHED),
        ([], NOT_REACHED),
    ],
)
def test_a_diagnostic_is_confirmed_by_an_exception_in_its_statement(
    events: list[Event], verdict: str
) -> None:
    examined = Linter().examine(Target.of_name("p.py"), BROKEN.encode())
    assert [d.code for d in examined.diagnostics] == ["KS201"]
    found = compare(examined.source, examined.analysis, examined.diagnostics, events)
    assert [j.verdict for j in found.diagnostics] == [verdict]


def test_models_are_compared_by_their_ends_and_sizes() -> None:
    program = PROGRAM + "m = keras.Model(x, y)\n"
    source = Source.from_text(program, "p.py")

    def models(params: int, outputs: object) -> list[str]:
        event = ModelBuilt(0, ("p.py", 8), False, "Functional", "m", [[None, 2]], outputs, params)
        found = compare(source, analyze(program, path="p.py"), [], [event, END])
        return [c.verdict for c in (*found.models, *found.params)]

    assert models(29, [[None, 5]]) == [CONFIRMED, CONFIRMED]
    assert models(30, [[None, 6]]) == [CONTRADICTED, CONTRADICTED]
    assert UNKNOWN not in models(29, [[None, 5]])

    cut_off = ModelBuilt(0, ("p.py", 8), False, "Functional", "m", [[None, 2]], [[None, 5]], 30)
    found = compare(source, analyze(program, path="p.py"), [], [cut_off])
    assert [c.verdict for c in (*found.models, *found.params)] == [NOT_REACHED]


def test_events_go_through_lines() -> None:
    events = [call(4, {"a": [None, 4]}, end=(4, 9)), Reached([("p.py", 1)])]
    assert list(load([*map(dump, events), '{"event": "call", "cut'])) == events


LATE = """\
import keras
import numpy as np
m = keras.Sequential([
    keras.layers.Dense(3)])
m.compile(loss="mse")
m.fit(np.zeros((8,)), np.zeros((8, 3)))
"""
SAID = (
    "Input 0 with name 'None' of layer 'dense' is incompatible with the layer: expected "
    "min_ndim=2, found ndim=1. Full shape received: (None,)"
)


@pytest.mark.parametrize(
    ("said", "inputs", "verdict"),
    [
        (SAID, None, CONFIRMED),  # where the model is used, in the words that were foretold
        (None, None, NOT_REACHED),  # it was never built
        ("another error", None, NOT_REACHED),
        (None, [[None, 4]], REFUTED),
    ],
)
def test_a_model_that_is_built_late_is_judged_by_its_use(
    said: str | None, inputs: object, verdict: str
) -> None:
    model = ModelBuilt(0, ("p.py", 3), False, "Sequential", "m", inputs, [[None, 3]], None)
    raised = [] if said is None else [Raised((6, 6), "ValueError", said, [("p.py", 6)], "k", True)]
    events = [Reached([("p.py", line) for line in range(1, 7)]), model, *raised]
    examined = Linter().examine(Target.of_name("p.py"), LATE.encode())
    found = compare(examined.source, examined.analysis, examined.diagnostics, events)
    assert [(j.diagnostic.code, j.verdict) for j in found.diagnostics] == [("KS201", verdict)]


def test_a_model_at_whose_layer_the_program_stopped_is_a_part_of_it() -> None:
    program = "import keras\nm = keras.Sequential([keras.Input((2,))])\n" + "".join(
        f"m.add(keras.layers.Dense({units}))\n" for units in (3, 4)
    )
    source = Source.from_text(program, "p.py")
    part = ModelBuilt(0, ("p.py", 2), False, "Sequential", "m", [[None, 2]], [[None, 3]], 9)
    stopped = Raised((4, 4), "NameError", "no", [("p.py", 4)], "__main__", False)

    def verdict(*events: Event) -> list[str]:
        found = compare(source, analyze(program, path="p.py"), [], events)
        return [c.verdict for c in (*found.models, *found.params)]

    assert verdict(part, END) == [CONTRADICTED, CONTRADICTED]
    assert verdict(part, stopped, END) == [NOT_REACHED]
    left = dataclasses.replace(part, interrupted=True)
    assert verdict(left, END) == [NOT_REACHED]
    wrong = call(4, [None, 5], stacked=True)
    after = dataclasses.replace(wrong, interrupted=True)
    assert verdicts(after, left, program=program) == [(3, NOT_REACHED), (4, NOT_REACHED)]
    assert verdicts(wrong, program=program) == [(3, NOT_REACHED), (4, CONTRADICTED)]
    assert verdicts(wrong, stopped, program=program) == [(3, NOT_REACHED), (4, NOT_REACHED)]


def test_a_trace_is_for_the_size_of_one_batch() -> None:
    def verdict(output: object, mode: str) -> list[tuple[int, str]]:
        found = verdicts(call(7, output, end=(7, 51), mode=mode))
        return [(line, v) for line, v in found if line == 7 and v != NOT_REACHED]

    assert verdict([32, 3], "traced") == [(7, CONFIRMED)]
    assert verdict([32, 3], "symbolic") == [(7, CONTRADICTED)]
    assert verdict([32, 4], "traced") == [(7, CONTRADICTED)]


def test_models_of_one_place_are_told_apart_by_their_sizes() -> None:
    program = """\
import keras
def made(units):
    return keras.Sequential([
        keras.Input((2,)), keras.layers.Dense(units), keras.layers.Dense(1)])
made(3)
made(4)
"""
    source = Source.from_text(program, "p.py")
    events = [
        ModelBuilt(i, ("p.py", 3), False, "Sequential", "m", [[None, 2]], [[None, 1]], params)
        for i, params in enumerate((17, 13))
    ]
    found = compare(source, analyze(program, path="p.py"), [], [*events, END])
    assert [c.verdict for c in found.params] == [CONFIRMED, CONFIRMED]


COMPILED = """\
import keras
i = keras.Input((3,))
m = keras.Model(i, [keras.layers.Dense(1, name="a")(i), keras.layers.Dense(5, name="b")(i)])
m.compile("sgd", loss={"b": "mse"})
m.compile("sgd", loss=["mse", "mse"])
m.fit(x, y)
"""


@pytest.mark.parametrize(
    ("calls", "verdict"),
    [
        ([(4, "compile", 0), (5, "compile", 0), (6, "fit", 0)], NOT_REACHED),
        ([(4, "compile", 0), (6, "fit", 0)], REFUTED),
        ([(4, "compile", 0), (6, "fit", 1)], NOT_REACHED),
        ([(4, "compile", None), (5, "compile", None), (6, "fit", None)], REFUTED),
    ],
)
def test_what_a_training_shows_is_said_of_the_last_compilation(
    calls: list[tuple[int, str, int | None]], verdict: str
) -> None:
    model = ModelBuilt(0, ("p.py", 3), False, "Functional", "m", [[None, 3]], [[None, 1]], 9)
    called = [MethodCalled(("p.py", line), name, True, number) for line, name, number in calls]
    events = [Reached([("p.py", line) for line in range(1, 7)]), model, *called]
    examined = Linter().examine(Target.of_name("p.py"), COMPILED.encode())
    found = compare(examined.source, examined.analysis, examined.diagnostics, events)
    assert [(j.diagnostic.code, j.verdict) for j in found.diagnostics] == [("KS308", verdict)]


FITTED = """\
import keras
import numpy as np
m = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
m.compile("sgd", "mse")
m.fit(np.zeros((8, 3)), np.zeros((7, 1)))
"""


@pytest.mark.parametrize(("interrupted", "verdict"), [(False, REFUTED), (True, NOT_REACHED)])
def test_what_an_exception_left_of_a_model_refutes_nothing(interrupted: bool, verdict: str) -> None:
    fitted = MethodCalled(("p.py", 5), "fit", True, 0, interrupted=interrupted)
    examined = Linter().examine(Target.of_name("p.py"), FITTED.encode())
    events = [Reached([("p.py", line) for line in range(1, 6)]), fitted]
    found = compare(examined.source, examined.analysis, examined.diagnostics, events)
    assert [(j.diagnostic.code, j.verdict) for j in found.diagnostics] == [("KS404", verdict)]


def test_a_line_that_needs_what_did_not_run_refutes_nothing() -> None:
    missing = Raised((9, 9), "NameError", "no", [("p.py", 9), ("p.py", 4)], "__main__", False)
    examined = Linter().examine(Target.of_name("p.py"), BROKEN.encode())
    reached = Reached([("p.py", line) for line in range(1, 6)])
    found = compare(examined.source, examined.analysis, examined.diagnostics, [reached, missing])
    assert [j.verdict for j in found.diagnostics] == [NOT_REACHED]


CAUGHT = """\
import keras
def f(x):
    y = keras.layers.Dense(3, axes=1)(x)
    return y
run(f, keras.Input((2,)))
"""


@pytest.mark.parametrize(("last", "verdict"), [(3, NOT_REACHED), (4, REFUTED)])
def test_a_statement_after_which_nothing_ran_may_have_raised(last: int, verdict: str) -> None:
    """What it raised was caught: by the program, its test runner, or Keras."""
    reached = Reached([("p.py", line) for line in (1, 2, 5, *range(3, last + 1))])
    examined = Linter().examine(Target.of_name("p.py"), CAUGHT.encode())
    found = compare(examined.source, examined.analysis, examined.diagnostics, [reached, END])
    assert [(j.diagnostic.code, j.verdict) for j in found.diagnostics] == [("KS110", verdict)]
