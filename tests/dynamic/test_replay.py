"""The inferred graph, rebuilt with real Keras."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kerashape.cli import run
from kerashape.diagnostic import Diagnostic, Severity, Span
from kerashape.dynamic import devices
from kerashape.dynamic.compare.verdicts import (
    CONFIRMED,
    CONTRADICTED,
    NOT_REACHED,
    ONLY_SEEN,
    REFUTED,
    SILENT,
    Compared,
    Comparison,
)
from kerashape.dynamic.verify import Options, Verified, Verifier
from kerashape.files import Target
from kerashape.keras.layers import find
from kerashape.linter import Linter
from kerashape.shapes import Shape
from tests.oracle.graph_programs import program
from tests.programs import FIXTURES, bugs, fixtures

pytestmark = pytest.mark.keras
GRAPHS = 100


@pytest.fixture(scope="module")
def verifier() -> Iterator[Verifier]:
    with Verifier(Options(device="cpu")) as made:
        yield made


@pytest.fixture(scope="module")
def running() -> Iterator[Verifier]:
    with Verifier(Options(device="cpu", run=True)) as made:
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


def wrong(found: Comparison) -> list[Compared]:
    return [c for c in [*found.calls, *found.models, *found.params] if c.verdict == CONTRADICTED]


# The large applications take long to rebuild: one pair of them is in the tests above.
PROGRAMS = [
    pytest.param(
        each.path, id=each.name, marks=[pytest.mark.slow] if "multimodal" in each.name else []
    )
    for each in (*fixtures(), *bugs())
    if each.name not in ("multimodal_broken.py", "multimodal_mended.py")
]


@pytest.mark.parametrize("file", PROGRAMS)
def test_every_error_is_confirmed_by_keras_and_no_shape_is_contradicted(
    verifier: Verifier, running: Verifier, file: Path
) -> None:
    found = replay_file(verifier, file).comparison
    assert not wrong(found)
    errors = {
        judged.diagnostic.sort_key: judged.verdict
        for judged in found.diagnostics
        if judged.diagnostic.severity is Severity.ERROR
    }
    assert REFUTED not in errors.values()
    if set(errors.values()) <= {CONFIRMED}:
        return
    # Something of the program's own is in the way: it has to run.
    found = replay_file(running, file).comparison
    assert not wrong(found)
    again = {judged.diagnostic.sort_key: judged.verdict for judged in found.diagnostics}
    assert REFUTED not in again.values()
    for key, verdict in errors.items():
        assert CONFIRMED in (verdict, again[key]), key


@pytest.mark.filterwarnings("ignore:Layer .* was passed an input with a mask")
@pytest.mark.parametrize("index", range(GRAPHS))
def test_every_layer_of_a_random_graph_is_confirmed(verifier: Verifier, index: int) -> None:
    text = program(7, index)
    found = replay(verifier, text).comparison
    entries = [*found.calls, *found.params]
    own = [entry for entry in entries if entry.reason == "something of the program's own"]
    assert {entry.verdict for entry in entries if entry not in own} <= {CONFIRMED}, text
    assert entries or "layers." not in text
    assert len(own) <= text.count("Lambda")
    for model in found.models:
        if model.verdict == NOT_REACHED:  # a stack that nothing builds has no shapes
            assert not _made_in(text, model.span.line).built, text
        else:  # some graphs that Keras builds take no data: a gate halves an odd size
            assert model.verdict in (CONFIRMED, ONLY_SEEN), text


def _made_in(text: str, line: int) -> Any:
    """What a line of a program assigns."""
    scope: dict[str, Any] = {}
    exec(text, scope)
    return scope[text.splitlines()[line - 1].partition(" = ")[0].strip()]


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


DATA = "import keras, numpy as np\nx = np.zeros((50, 6))\n"
SMALL_MODEL = "m = keras.Sequential([keras.Input((6,)), keras.layers.Dense({}, 'softmax')])\n"


@pytest.mark.parametrize(
    ("units", "loss", "fit", "how", "error"),
    [
        (3, "sparse_categorical_crossentropy", "m.fit(load(), load())", "fit", ""),
        (3, "categorical_crossentropy", "", "fit", ""),
        (3, "categorical_crossentropy", "m.fit(x, np.zeros((50, 4)))", "fit", "same shape"),
        (3, "mse", "m.fit(x, np.zeros((50, 3)), sample_weight=np.ones(50))", "fit", ""),
        (3, "mse", "m.fit(x, np.zeros((50, 3)), sample_weight=np.ones(40))", "fit", "cardinality"),
        (3, "mse", "m.train_on_batch(x, np.zeros((50, 3)))", "train_on_batch", ""),
        (1, "mse", "m.fit(x, [0.0] * 50)", "fit", "Unrecognized data type"),
        (9, "sparse_categorical_crossentropy", "m.fit(x, np.arange(50) % 9)", "fit", ""),
    ],
)
def test_a_training_is_replayed_with_what_the_program_gives_or_labels_that_fit_the_loss(
    verifier: Verifier, units: int, loss: str, fit: str, how: str, error: str
) -> None:
    text = f"{DATA}{SMALL_MODEL.format(units)}m.compile('adam', {loss!r})\n{fit}\n"
    steps = replay(verifier, text).comparison.trained
    assert [step.how for step in steps] == ["compile", how]
    assert error in steps[-1].error
    assert bool(error) == bool(steps[-1].error)


@pytest.mark.parametrize(
    ("rest", "code"),
    [
        ("m.fit(x, np.zeros((50, 3)), callbacks=mine)\n", "KS302"),
        ("m.get_layer('nosuch')\n", "KS109"),
        ("m.add(keras.activations.relu)\n", "KS111"),
        ("keras.ops.matmul(keras.Input((3, 4)), keras.Input((5, 6)))\n", "KS209"),
        ("if keras.Input((3,)):\n    pass\n", "KS107"),
        ("for t in keras.Input((3,)):\n    pass\n", "KS107"),
        ("np.sqrt(keras.Input((3,)))\n", "KS107"),
        ("keras.optimizers.Adam(momentum=0.9)\n", "KS110"),
    ],
)
def test_faults_outside_of_layers_are_provoked(verifier: Verifier, rest: str, code: str) -> None:
    one = replay(verifier, DATA + SMALL_MODEL.format(1) + "m.compile('adam', 'mse')\n" + rest)
    verdicts = {j.diagnostic.code: j.verdict for j in one.comparison.diagnostics}
    assert verdicts[code] == (SILENT if code == "KS302" else CONFIRMED)


def test_what_is_left_out_is_not_refuted(verifier: Verifier) -> None:
    """A claim about a training is not refuted by one that lacks what the claim may be about."""
    examined = Linter().examine(
        Target.of_name("program.py"),
        f"{DATA}{SMALL_MODEL.format(3)}m.compile('adam', 'mse')\n"
        "m.fit(x, np.zeros((50, 3)), callbacks=[Mine()])\n".encode(),
    )
    span = Span("program.py", None, 5, 1, 5, 20)
    made_up = Diagnostic("KS408", "", Severity.ERROR, "", span)
    examined.diagnostics.append(made_up)
    [judged] = [j for j in verifier.verify(examined).comparison.diagnostics
                if j.diagnostic is made_up]  # fmt: skip
    assert judged.verdict == NOT_REACHED


def test_two_programs_at_a_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(5):
        text = f"import keras\nm = keras.Sequential([keras.Input((3,)), keras.layers.Dense({number + 1})])\n"
        (tmp_path / f"model{number}.py").write_text(text)
    options = ["--format", "json", "--device", "cpu", "--jobs", "2"]
    assert run(["verify", str(tmp_path), *options]) == 0
    programs = json.loads(capsys.readouterr().out)["programs"]
    assert [Path(one["path"]).stem for one in programs] == [f"model{n}" for n in range(5)]
    actual = [one["calls"][-1]["actual"] for one in programs]
    assert actual == [[None, n + 1] for n in range(5)]


@pytest.fixture(scope="module", params=["jax", "torch"])
def another(request: pytest.FixtureRequest) -> Iterator[Verifier]:
    backend: str = request.param
    if not devices.installed(backend):
        pytest.skip(f"{backend} is not installed")
    with Verifier(Options(device="cpu", backend=backend)) as made:
        yield made


def test_another_backend(another: Verifier) -> None:
    text = (
        "import keras, numpy as np\n"
        "x = keras.Input((6, 3))\n"
        "m = keras.Model(x, keras.layers.Dense(2)(keras.layers.LSTM(4)(x)))\n"
        "m.compile('adam', 'mse')\n"
        "m.fit(np.zeros((20, 6, 3)), np.zeros((20, 2)))\n"
    )
    one = replay(another, text)
    assert one.about["backend"] == another.options.backend
    assert [(step.how, step.error) for step in one.comparison.trained] == [
        ("compile", ""), ("fit", ""),
    ]  # fmt: skip
    found = one.comparison
    assert {c.verdict for c in [*found.calls, *found.models, *found.params]} == {CONFIRMED}


@pytest.mark.slow
def test_the_broken_program_fails_on_another_backend_too(another: Verifier) -> None:
    found = replay_file(another, FIXTURES / "multimodal_broken.py").comparison
    [judged] = found.diagnostics
    assert (judged.diagnostic.code, judged.verdict) == ("KS101", CONFIRMED)
    assert "expected shape=(None, 5, 5, 1280), found shape=(3, 150, 150, 3)" in judged.exception


@pytest.mark.slow
@pytest.mark.parametrize("index", range(6))
def test_random_graphs_on_another_backend(another: Verifier, index: int) -> None:
    text = program(7, index)
    found = replay(another, text).comparison
    assert not wrong(found), text
    # Of one layer there is a kind that only TensorFlow has.
    everywhere = "Lambda" not in text and "synchronized=True" not in text
    if everywhere:
        assert {call.verdict for call in found.calls} <= {CONFIRMED}, text
    assert CONFIRMED in {call.verdict for call in found.calls}


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


def test_of_what_is_not_understood_nothing_is_contradicted(verifier: Verifier) -> None:
    """Whatever Keras returns, or raises, and after it gave a layer up."""
    text = (
        "import keras\n"
        "x = keras.Input((4, 3))\n"
        "a = keras.layers.Dropout(0.5)([])\n"
        "b = keras.layers.RandomPosterization(factor=3)('a')\n"
        "layer = keras.layers.BatchNormalization()\n"
        "c = layer(keras.Input((4, None)))\n"
        "d = layer(keras.Input((4, None)))\n"
    )
    found = replay(verifier, text).comparison
    assert not wrong(found)
    assert [call.verdict for call in found.calls if call.span.line > 5] == [CONFIRMED, NOT_REACHED]
