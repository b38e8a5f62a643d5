"""Programs on real Keras, in the nursery."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kerashape.dynamic.compare import compare
from kerashape.dynamic.compare.verdicts import CONFIRMED, Comparison
from kerashape.dynamic.events import LayerCall, ModelBuilt, Raised
from kerashape.dynamic.program import Job
from kerashape.dynamic.sandbox import Limits, Ran, Sandbox
from kerashape.files import Target
from kerashape.linter import Linter
from tests.programs import FIXTURES

pytestmark = pytest.mark.keras


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(Limits(timeout=60)) as box:
        yield box


def verified(sandbox: Sandbox, file: Path) -> tuple[Ran, Comparison]:
    examined = Linter().examine(Target.of(file))
    job = Job(str(file), examined.source.text, str(file.parent))
    ran = sandbox.run(job)
    return ran, compare(examined.source, examined.analysis, examined.diagnostics, ran.events)


def test_the_fault_of_the_broken_program_is_confirmed_by_keras(sandbox: Sandbox) -> None:
    ran, found = verified(sandbox, FIXTURES / "multimodal_broken.py")
    assert ran.how == "done"
    [judged] = found.diagnostics
    assert (judged.diagnostic.code, judged.verdict) == ("KS101", CONFIRMED)
    assert "expected shape=(None, 5, 5, 1280), found shape=(2, 150, 150, 3)" in judged.exception
    assert {c.verdict for c in found.calls} == {CONFIRMED}


def test_every_layer_of_the_mended_program_is_confirmed(sandbox: Sandbox) -> None:
    ran, found = verified(sandbox, FIXTURES / "multimodal_mended.py")
    assert (ran.how, found.diagnostics, found.exceptions) == ("done", [], [])
    assert len(found.calls) >= 6
    assert {c.verdict for c in [*found.calls, *found.models, *found.params]} == {CONFIRMED}


def test_layers_of_the_users_own_are_traced_and_notebooks_have_cells(sandbox: Sandbox) -> None:
    for name in ("vae_mended.py", "notebook_mended.ipynb"):
        ran, found = verified(sandbox, FIXTURES / name)
        assert ran.how == "done"
        assert not found.exceptions
        confirmed = [c for c in found.calls if c.verdict == CONFIRMED]
        assert len(confirmed) >= 0.8 * len(found.calls)
        assert all((c.span.cell is not None) == name.endswith("ipynb") for c in confirmed)


OWN_LAYER = """\
import keras
from keras import layers

class Twice(layers.Layer):
    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1],))

    def call(self, x):
        return 2 * x * self.w

made = Twice(name="twice")
assert made.get_config()["name"] == "twice"
assert made(keras.Input((3,))).shape == (None, 3)
"""


def test_a_layer_without_a_constructor_is_made_as_without_the_recorder(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    file = tmp_path / "program.py"
    file.write_text(OWN_LAYER)
    ran, found = verified(sandbox, file)
    assert (ran.how, found.exceptions) == ("done", [])
    assert CONFIRMED in {call.verdict for call in found.calls}


STACK_WITHIN = """\
import numpy as np
import keras
from keras import layers

class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.stack = keras.Sequential([layers.Dense(4), layers.Dense(3)])

    def call(self, x):
        return self.stack(x)

net = Net()
net.build((None, 8))
net.compile("adam", "mse")
net.fit(np.zeros(({rows}, 8)), np.zeros(({rows}, 3)), batch_size=32)
"""


@pytest.mark.parametrize("rows", [64, 70])
def test_a_stack_within_a_model_gets_the_batch_axis_of_the_training(
    sandbox: Sandbox, tmp_path: Path, rows: int
) -> None:
    """``build`` of a model with a ``call`` of its own builds nothing in it."""
    file = tmp_path / "program.py"
    file.write_text(STACK_WITHIN.format(rows=rows))
    ran, found = verified(sandbox, file)
    assert (ran.how, found.exceptions) == ("done", [])
    stacks = [c for c in found.models if c.layer == "Sequential"]
    assert [c.verdict for c in stacks] == [CONFIRMED]


INTERRUPTED = """\
import keras
from keras import layers

def built(bad):
    model = keras.Sequential()
    model.add(layers.Dense(3))
    model.build((4, 2))
    model.add(layers.Dense(bad))
    return model

late = keras.Sequential([layers.Dense(3)])
late.compile(optimizer=missing)
late.build((4, 2))
whole = keras.Sequential([keras.Input((2,)), layers.Dense(3)])
whole.fit(missing)
refused = keras.Sequential([layers.Dense(3)])
refused.add(layers.Dense(-1))
refused.build((4, 2))
within = built(-1)
outer = keras.Sequential([keras.Sequential([layers.Dense(5)])])
outer.fit(missing)
outer.build((4, 2))
"""


def test_what_an_exception_left_of_a_model_is_told_apart(sandbox: Sandbox, tmp_path: Path) -> None:
    """Of ``whole`` the exception came too late to matter."""
    file = tmp_path / "program.py"
    ran = sandbox.run(Job(str(file), INTERRUPTED, str(tmp_path), resume=True))
    assert [e.error for e in ran.events if isinstance(e, Raised)] == [
        "NameError", "NameError", "ValueError", "ValueError", "NameError"
    ]  # fmt: skip
    models = {e.number: e for e in ran.events if isinstance(e, ModelBuilt)}
    assert [m.interrupted for m in models.values()] == [True, False, True, True, True, True]
    calls = [e for e in ran.events if isinstance(e, LayerCall) and e.interrupted]
    assert [(c.layer, c.output) for c in calls if c.stacked][-1] == ("Sequential", [4, 5])
    assert [4, 5] in [c.output for c in calls if c.layer == "Dense"]
