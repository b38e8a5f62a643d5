"""A Lambda's function is followed: each expression of the tables, as the body of one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kerashape.api import analyze
from kerashape.shapes import Fault
from tests.oracle.case import Out

TABLE = Path(__file__).parents[1] / "keras" / "ops" / "tables" / "within.txt"
INPUTS = {
    "x": ((None, 4, 6), "float32"),
    "y": ((2, 4, 6), "float32"),
    "i": ((None, 3), "int32"),
    "v": ((6,), "float32"),
    "m": ((None, 6, 5), "float32"),
    "b": ((None, 4), "bool"),
    "img": ((None, 8, 9, 3), "float32"),
    "k": ((3, 3, 3, 16), "float32"),
}
FORMS = (
    "layers.Lambda(lambda t: {body})({given})",
    "layers.Lambda(function)({given})",
    "layers.Lambda(lambda t, extra: function(t), arguments={{'extra': 1}})({given})",
)
"""Ways to write the same: the function in place, named, and through a closure."""


def bodies() -> list[str]:
    """The rows, without what is gone in Keras 3 or wants more of its functions."""
    rows = [row.partition("  # ?")[0] for row in TABLE.read_text().splitlines()]
    return [row for row in rows if "K." not in row and "while_loop" not in row]


def program(body: str, form: str) -> str:
    """The expression as the body of a Lambda, on the tensors that it names."""
    names = [name for name in INPUTS if re.search(rf"(?<![\w.]){name}\b(?!=)", body)] or ["x"]
    lines = ["import keras", "import numpy as np", "import tensorflow as tf",
             "from keras import layers, ops", "from keras import random"]  # fmt: skip
    for name in names:
        shape, dtype = INPUTS[name]
        lines.append(f"{name}_in = keras.Input(batch_shape={shape}, dtype={dtype!r})")
    single = len(names) == 1
    within = body
    for index, name in enumerate(names):
        taken = "t" if single else f"t[{index}]"
        within = re.sub(rf"(?<![\w.]){name}\b(?!=)", taken, within)
    lines += ["def function(t):", f"    {', '.join(names)}{'' if single else ','} = t"]
    lines += [f"    return {body}"]
    given = f"{names[0]}_in" if single else f"[{', '.join(f'{n}_in' for n in names)}]"
    lines.append(f"result = {form.format(body=within, given=given)}")
    return "\n".join(lines) + "\n"


def theirs(text: str) -> Any:
    from tests.oracle.reference import describe

    scope: dict[str, Any] = {}
    try:
        exec(text, scope)
    except Exception as error:
        return error
    return describe(scope["result"])


def ours(text: str) -> Any:
    from tests.oracle.candidate import describe

    analysis = analyze(text)
    call = analysis.calls[-1].call if analysis.calls else None
    faults = [fact.fault for fact in analysis.faults]
    faults += [call.fault] if call is not None and call.fault is not None else []
    return faults[0] if faults else describe(call.output if call is not None else None)


def flat(value: Any) -> Iterator[Any]:
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from flat(item)
    else:
        yield value


def agree(real: Any, found: Any) -> bool:
    """Whether nothing that is said is wrong."""
    if isinstance(found, Fault):
        return isinstance(real, Exception) and found.text in str(real)
    leaves = list(flat(found))
    if any(isinstance(leaf, Out) and leaf.shape is None for leaf in leaves):
        return True
    if isinstance(real, Exception):
        return False
    expected = list(flat(real))
    return len(expected) == len(leaves) and all(map(same, expected, leaves))


def same(real: Any, found: Any) -> bool:
    if not isinstance(found, Out) or not isinstance(real, Out):
        return bool(real == found)
    assert found.shape is not None
    assert real.shape is not None
    return (
        len(found.shape) == len(real.shape)
        and all(a == "?" or a == b for a, b in zip(found.shape, real.shape))
        and found.dtype in ("?", real.dtype)
    )


@pytest.mark.keras
@pytest.mark.parametrize("form", FORMS)
def test_the_expressions_of_the_table(form: str) -> None:
    different, unknown = [], 0
    for body in bodies():
        text = program(body, form)
        real, found = theirs(text), ours(text)
        if not agree(real, found):
            different.append(f"{body}\n    Keras: {real!r}\n    kerashape: {found!r}")
        elif not isinstance(found, Fault):
            unknown += any(isinstance(leaf, Out) and not leaf.known for leaf in flat(found))
    assert not different, "\n".join(different)
    assert unknown <= len(bodies()) // 10
