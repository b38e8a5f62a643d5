"""The inferred graph, rebuilt with real Keras."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kerashape.diagnostic import Severity
from kerashape.dynamic.compare import CONFIRMED, CONTRADICTED, ONLY_SEEN, REFUTED
from kerashape.dynamic.verify import Options, Verified, Verifier
from kerashape.files import Target
from kerashape.keras.layers import find
from kerashape.linter import Linter
from kerashape.shapes import Shape
from tests.oracle.graph_programs import program
from tests.programs import FIXTURES, fixtures

pytestmark = pytest.mark.keras
FEW = 12


@pytest.fixture(scope="module")
def verifier() -> Iterator[Verifier]:
    with Verifier(Options(device="cpu")) as made:
        yield made


def replay(verifier: Verifier, text: str, name: str = "program.py") -> Verified:
    return verifier.verify(Linter().examine(Target.of_name(name), text.encode()))


def replay_file(verifier: Verifier, file: Path) -> Verified:
    return verifier.verify(Linter().examine(Target.of(file)))


def test_the_broken_program_fails_in_fit_with_keras_own_words(verifier: Verifier) -> None:
    found = replay_file(verifier, FIXTURES / "multimodal_broken.py").comparison
    [judged] = found.diagnostics
    assert (judged.diagnostic.code, judged.verdict) == ("KS101", CONFIRMED)
    assert "expected shape=(None, 5, 5, 1280), found shape=(3, 150, 150, 3)" in judged.exception
    assert {call.verdict for call in found.calls} == {CONFIRMED}


def test_the_mended_program_is_confirmed_and_trains(verifier: Verifier) -> None:
    found = replay_file(verifier, FIXTURES / "multimodal_mended.py").comparison
    assert {c.verdict for c in [*found.calls, *found.models, *found.params]} == {CONFIRMED}
    assert [(step.how, step.error) for step in found.trained][:2] == [("compile", ""), ("fit", "")]
    [model] = found.models
    assert model.seconds
    assert model.peak


# The largest applications take long to rebuild, and are in the test above.
SMALL = [f for f in fixtures() if "multimodal" not in f.name]


@pytest.mark.parametrize("fixture", SMALL, ids=lambda f: f.name)
def test_no_error_of_a_fixture_is_refuted_and_no_shape_contradicted(
    verifier: Verifier, fixture: object
) -> None:
    found = replay_file(verifier, fixture.path).comparison  # type: ignore[attr-defined]
    wrong = [c for c in [*found.calls, *found.models, *found.params] if c.verdict == CONTRADICTED]
    assert not wrong
    errors = [j for j in found.diagnostics if j.diagnostic.severity is Severity.ERROR]
    assert REFUTED not in {judged.verdict for judged in errors}
    shapes = [j for j in errors if j.diagnostic.code.startswith("KS2")]
    assert {judged.verdict for judged in shapes} <= {CONFIRMED}


@pytest.mark.parametrize("index", range(FEW))
def test_every_layer_of_a_random_graph_is_confirmed(verifier: Verifier, index: int) -> None:
    text = program(7, index)
    found = replay(verifier, text).comparison
    entries = [*found.calls, *found.params]
    own = [entry for entry in entries if entry.reason == "something of the program's own"]
    assert {entry.verdict for entry in entries if entry not in own} == {CONFIRMED}, text
    assert len(own) <= text.count("Lambda")
    # Some graphs that Keras builds take no data: a gate halves an odd size.
    assert {entry.verdict for entry in found.models} <= {CONFIRMED, ONLY_SEEN}, text


def test_a_wrong_shape_function_is_caught(
    verifier: Verifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = find("Dense")
    assert record is not None

    def wrong(self: object, inputs: Shape) -> Shape:
        return Shape((*inputs.dims[:-1], self.units + 1))  # type: ignore[attr-defined]

    monkeypatch.setattr(record, "output", wrong)
    found = replay(verifier, "import keras\nx = keras.Input((3,))\ny = keras.layers.Dense(4)(x)\n")
    [call] = found.comparison.calls
    assert (call.verdict, call.inferred, call.actual) == (CONTRADICTED, [None, 5], [None, 4])
    assert found.failed


def test_another_backend() -> None:
    pytest.importorskip("jax", reason="jax is not installed: pip install 'kerashape[jax]'")
    text = (
        "import keras, numpy as np\n"
        "x = keras.Input((6, 3))\n"
        "m = keras.Model(x, keras.layers.Dense(2)(keras.layers.LSTM(4)(x)))\n"
        "m.compile('adam', 'mse')\n"
        "m.fit(np.zeros((20, 6, 3)), np.zeros((20, 2)))\n"
    )
    with Verifier(Options(device="cpu", backend="jax")) as made:
        one = replay(made, text)
    assert one.about["backend"] == "jax"
    assert [(step.how, step.error) for step in one.comparison.trained] == [
        ("compile", ""), ("fit", ""),
    ]  # fmt: skip
    entries = [*one.comparison.calls, *one.comparison.models, *one.comparison.params]
    assert {entry.verdict for entry in entries} == {CONFIRMED}


@pytest.mark.parametrize("run", [False, True])
def test_keras_2(run: bool, tmp_path: Path) -> None:
    pytest.importorskip("tf_keras", reason="tf-keras is not installed")
    file = tmp_path / "program.py"
    file.write_text(
        "from tensorflow import keras\nimport numpy as np\n"
        "m = keras.Sequential([keras.layers.Dense(4, input_shape=(6,)), keras.layers.Dense(2)])\n"
        "m.compile('adam', 'mse')\n"
        "m.fit(np.zeros((20, 6)), np.zeros((20, 2)))\n"
    )
    with Verifier(Options(device="cpu", run=run)) as made:
        one = made.verify(Linter().examine(Target.of(file)), keras_version=2)
    assert {step.error for step in one.comparison.trained} == {""}
    entries = [*one.comparison.calls, *one.comparison.models, *one.comparison.params]
    assert {entry.verdict for entry in entries} == {CONFIRMED}
