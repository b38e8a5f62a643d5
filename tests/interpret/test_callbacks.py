"""What functions change that are handed to code which is not followed."""

from __future__ import annotations

import pytest

from kerashape.api import analyze

HEAD = """
import functools
import keras, numpy as np, tensorflow as tf, somelib
class Found:
    def __init__(self):
        self.width = 3
        self.reset()
    def reset(self):
        self.items = [1.0]
    def update(self, x):
        self.take(x)
    def take(self, each):
        self.items.extend(each)
    def result(self):
        return np.array(self.items)[:, 0]
m, items = Found(), [1.0]
"""
CHANGED = {
    "a method": "somelib.run(m.update)",
    "a partial of a method": "somelib.run(functools.partial(m.update, 1))",
    "a lambda": "somelib.run(lambda x: m.update(x))",
    "a function": "def step(x):\n    m.take(x)\nsomelib.run(step)",
    "a method that is handed on": "def step(x):\n    tf.numpy_function(m.update, [x], [])\n"
    "somelib.run(step, (1, 2))",
    "a function that calls another": "def inner(x): m.items.append(x)\ndef step(x): inner(x)\n"
    "somelib.run(step)",
    "its attribute": "def step(x): m.items = x\nsomelib.run(step)",
}


@pytest.mark.parametrize("change", ["step = m", "step.items[0] = x", "step += x"])
def test_a_callback_that_changes_itself(change: str) -> None:
    program = f"{HEAD}def step(x):\n    global step\n    {change}\nsomelib.run(step)\nm.result()\n"
    assert [fact.fault.rule for fact in analyze(program).faults] == ["op-mismatch"]


@pytest.mark.parametrize("name", CHANGED)
def test_what_a_callback_may_have_changed_is_not_known(name: str) -> None:
    analysis = analyze(f"{HEAD}{CHANGED[name]}\nm.result()\n")
    assert not analysis.faults


@pytest.mark.parametrize("call", ["items.append(x)", "items.extend([x])", "items[:] = [x]"])
def test_nor_is_a_list(call: str) -> None:
    program = f"{HEAD}def step(x):\n    {call}\nsomelib.run(step)\nnp.array(items)[:, 0]\n"
    assert not analyze(program).faults


@pytest.mark.parametrize("call", ["somelib.run(m.result)", "somelib.run(lambda x: m.width)", ""])
def test_what_it_does_not_change_stays_known(call: str) -> None:
    program = f"{HEAD}{call}\nkeras.layers.Dense(m.width)(keras.Input((2,)))\nm.result()\n"
    analysis = analyze(program)
    assert [fact.fault.rule for fact in analysis.faults] == ["op-mismatch"]
    assert str(analysis.calls[0].call.output.shape) == "(None, 3)"
