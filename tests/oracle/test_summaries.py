"""``kerashape summary`` against ``model.summary()``, line by line."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from kerashape.api import analyze
from kerashape.keras import applications
from kerashape.report.models import models_of
from tests.programs import Fixture, fixtures

pytestmark = [pytest.mark.keras, pytest.mark.filterwarnings("ignore")]


def compare(text: str, theirs: list[Any]) -> int:
    """Compare every model that the program makes with Keras's of that name; how many there are."""
    from tests.oracle.summaries import keras_lines, our_lines

    compared = 0
    for found in models_of("<string>", analyze(text)):
        kind = (found.model.name, found.model.class_name)
        same = [model for model in theirs if (model.name, type(model).__name__) == kind]
        for model in same[-1:]:
            assert our_lines(found.model) == keras_lines(model)
            compared += 1
    return compared


def alive() -> list[Any]:
    """Keras's models that the program holds."""
    import keras

    return [thing for thing in gc.get_objects() if isinstance(thing, keras.Model)]


@pytest.mark.parametrize(
    "fixture", [pytest.param(f, id=f.name) for f in fixtures() if not f.broken]
)
def test_a_fixture(fixture: Fixture, tmp_path: Path) -> None:
    import keras

    from tests.oracle.execution import run

    text, _ = fixture.program()
    before = set(map(id, alive()))
    with mock.patch.object(keras.Model, "train_on_batch", mock.MagicMock()):
        outcome = run(text, fixture.name, tmp_path, train=False)
    assert outcome.error is None
    assert compare(text, [model for model in alive() if id(model) not in before]) > 0


PROGRAMS = {
    "unbuilt": "model = keras.Sequential([layers.Dense(3), layers.Dropout(0.5), layers.ReLU()])",
    "built by build": """
model = keras.Sequential([layers.Dense(3), layers.BatchNormalization()], name="stack")
model.build((None, 5))
""",
    "built by a call": """
model = keras.Sequential([layers.Dense(3), layers.Flatten()])
model(keras.Input((4, 5)))
""",
    "grown": """
model = keras.Sequential([keras.Input((4,))])
model.add(layers.Dense(3))
model.add(layers.Dense(2))
model.pop()
model.add(layers.Dense(7, activation="relu"))
""",
    "frozen": """
inner = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.BatchNormalization()])
inner.trainable = False
i = keras.Input((4,))
d = layers.Dense(2, trainable=False)
model = keras.Model(i, d(inner(i)))
inner.layers[0].trainable = True
""",
    "frozen and thawed": """
d = layers.Dense(2, trainable=False)
n = layers.BatchNormalization()
i = keras.Input((4,))
model = keras.Model(i, n(d(i)))
model.trainable = False
d.trainable = True
""",
    "frozen as a whole": """
i = keras.Input((4,))
model = keras.Model(i, layers.BatchNormalization()(layers.Dense(2)(i)))
model.trainable = False
""",
    "shared": """
a, b = keras.Input((4,), name="left"), keras.Input((4,), name="right")
d = layers.Dense(3, name="tower")
model = keras.Model([a, b], layers.Subtract()([d(a), d(b)]))
""",
    "shared in a row": """
i = keras.Input((4,))
d = layers.Dense(4)
model = keras.Model(i, d(d(i)))
""",
    "several calls of a model": """
i = keras.Input((4,))
inner = keras.Model(i, layers.Dense(4)(i), name="inner")
j = keras.Input((4,))
model = keras.Model(j, [inner(j), inner(inner(j))])
""",
    "keywords": """
q, k, v = keras.Input((10, 4)), keras.Input((7, 4)), keras.Input((7, 4))
model = keras.Model([q, k, v], layers.MultiHeadAttention(2, 3)(query=q, value=v, key=k))
""",
    "states": """
i = keras.Input((5, 3))
x, h, c = layers.LSTM(4, return_state=True, return_sequences=True)(i)
y = layers.LSTM(4)(x, initial_state=[h, c])
model = keras.Model(i, [y, h])
""",
    "operators": """
i = keras.Input((4, 6))
x = keras.ops.split(i, 2, axis=-1)[1] * 2 + 1
model = keras.Model(i, keras.ops.mean(x[:, 0], axis=-1, keepdims=True))
""",
    "precision": """
i = keras.Input((4,))
x = layers.Dense(3, dtype="mixed_float16")(i)
model = keras.Model(i, layers.Dense(3, dtype="float16")(layers.Dense(3, dtype="float64")(x)))
""",
    "intermediate": """
i = keras.Input((4,))
x = layers.Dense(3)(i)
y = layers.Dense(2)(x)
whole = keras.Model(i, y)
model = keras.Model(i, whole.layers[1].output)
""",
    "wrappers": """
i = keras.Input((5, 3))
x = layers.Bidirectional(layers.GRU(4, return_sequences=True))(i)
model = keras.Model(i, layers.TimeDistributed(layers.Dense(2))(x))
""",
    "markup": """
i = keras.Input((4,), name="[red]in")
model = keras.Model(i, layers.Dense(3, name="[bold]d")(i), name="[italic]m")
""",
    "preprocessed": """
i = keras.Input((32, 32, 3))
x = keras.applications.resnet50.preprocess_input(i)
y = keras.applications.densenet.preprocess_input(i)
model = keras.Model(i, layers.Add()([x, y]))
""",
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_a_program(program: str) -> None:
    from tests.oracle.reference import reset

    text = f"import keras\nfrom keras import layers\n{program}"
    namespace: dict[str, Any] = {}
    reset()
    exec(text, namespace)
    assert compare(text, [namespace["model"]]) > 0


def test_what_the_constructor_builds() -> None:
    from kerashape.keras import layers
    from tests.oracle import layers as makers
    from tests.oracle.reference import make, reset

    for name in makers.names():
        record, made = layers.find(name), None
        if record is None:
            continue  # a functional form
        for index in range(30):
            case = makers.generate(name, 7, index)
            reset()
            try:
                made = make(case.made)
            except Exception:
                continue
            break
        assert made is not None, name
        assert record.built_at_once is made.built, name


@pytest.mark.slow
@pytest.mark.parametrize("name", applications.names())
def test_an_application(name: str) -> None:
    from tests.oracle.reference import reset, stateless

    text = f"import keras\nmodel = keras.applications.{name}(weights=None)\n"
    namespace: dict[str, Any] = {}
    reset()
    with stateless():
        exec(text, namespace)
        assert compare(text, [namespace["model"]]) == 1
