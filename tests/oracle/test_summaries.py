"""``kerashape summary`` against ``model.summary()``, line by line."""

from __future__ import annotations

import contextlib
import gc
from collections import defaultdict
from collections.abc import Iterator
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
    """Compare every model that the program makes with Keras's of that name; how many there are.

    Of several with the same name, Keras may hold only the last.
    """
    from tests.oracle.summaries import keras_lines, our_lines

    ours = {(found.model.name, found.model.class_name): found.model
            for found in models_of("<string>", analyze(text))}  # fmt: skip
    compared = 0
    for kind, model in ours.items():
        same = [each for each in theirs if (each.name, type(each).__name__) == kind]
        if len(same) == 1:
            assert our_lines(model) == keras_lines(same[0])
        elif same:
            assert our_lines(model) in [keras_lines(each) for each in same]
        compared += bool(same)
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

    from kerashape.dynamic import surroundings
    from tests.oracle import execution

    text, _ = fixture.program()
    gc.collect()
    before = alive()
    with (
        everything_kept(),
        mock.patch.object(keras.Model, "train_on_batch", mock.MagicMock()),
        mock.patch.object(surroundings, "_forward", forward_if_it_can(surroundings._forward)),
    ):
        outcome = execution.run(text, fixture.name, tmp_path, train=False)
        known = set(map(id, before))
        made = [model for model in alive() if id(model) not in known]
    assert outcome.error is None
    assert compare(text, made) > 0


@contextlib.contextmanager
def everything_kept() -> Iterator[None]:
    """No collection: models that the program drops in a loop are still to be found."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def forward_if_it_can(make: Any) -> Any:
    """A model that trains in its own way need not be callable."""
    import keras

    forward = make(keras)

    def fit(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return forward(self, *args, **kwargs)
        except NotImplementedError:
            history = keras.callbacks.History()
            history.history = defaultdict(lambda: [0.0])
            return history

    return lambda keras: fit


SUBCLASSED = """
import numpy as np

class Net(keras.Model):
    def __init__(self, units=8, **kwargs):
        super().__init__(**kwargs)
        self.conv = layers.Conv2D(4, 3)
        self.bn = layers.BatchNormalization()
        self.flat = layers.Flatten()
        self.drop = layers.Dropout(.1)
        self.blocks = [layers.Dense(units) for _ in range(2)]
        self.head = keras.Sequential([layers.Dense(3), layers.Dense(4)])
        self.out = layers.Dense(10, activation="softmax")
        self.unused = layers.Dense(3)
    def call(self, x, training=False):
        x = self.drop(self.flat(self.bn(self.conv(x))), training=training)
        for b in self.blocks:
            x = b(x)
        return self.out(self.head(x))

class Res(layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.d1 = layers.Dense(units); self.d2 = layers.Dense(units)
    def call(self, x):
        return x + self.d2(self.d1(x))
unbuilt = Net(name="unbuilt")
eager = Net(name="eager"); eager(np.zeros((2, 28, 28, 1)))
symbolic = Net(name="symbolic"); symbolic(keras.Input((28, 28, 1)))
built = Net(name="built"); built.build((None, 28, 28, 1))
i = keras.Input((6,))
functional = keras.Model(i, layers.Dense(2)(Res(6)(Res(6)(i))), name="fun")

class Outer(keras.Model):
    def __init__(self):
        super().__init__()
        self.inner = Res(10)
        self.deep = Net(4)
        self.o = layers.Dense(1)
    def call(self, x):
        return self.o(self.inner(self.deep(x)))
outer = Outer(); outer(np.ones((3, 12, 12, 2), "float32"))
seq = keras.Sequential([keras.Input((6,)), Res(6), layers.Dense(2)], name="seq")

class Shaped(layers.Layer):
    def __init__(self, n, **kw):
        super().__init__(**kw)
        self.n = n
    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], self.n), name="w")
        self.c = self.add_weight(shape=(self.n,), trainable=False)
    def call(self, x):
        return keras.ops.matmul(x, self.w)
    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.n)
class Third(keras.Model):
    def __init__(self):
        super().__init__()
        self.s = Shaped(7)
        self.f = keras.Sequential([keras.Input((7,)), layers.Dense(3)])
        j = keras.Input((3,))
        self.g = keras.Model(j, layers.Dense(5)(j))
        self.pair = {"a": layers.Dense(1), "b": layers.Dense(2)}
        self.same = self.s
        self.lstm = layers.LSTM(4, return_state=True)
        self.frozen = layers.Dense(2, trainable=False)
    def call(self, x):
        y = self.g(self.f(self.s(x)))
        z, h, c = self.lstm(y[:, None])
        return self.frozen(self.pair["a"](y) + self.pair["b"](y) + z[:, :1])
third = Third(); third(np.ones((4, 9), "float32"))
model = third
"""

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
    "masks": """
i = keras.Input((10,))
x = layers.Embedding(100, 8, mask_zero=True)(i)
x = layers.Dropout(0.1)(layers.LSTM(4, return_sequences=True)(x))
x = layers.Bidirectional(layers.GRU(3, return_sequences=True))(x)
model = keras.Model(i, layers.GlobalAveragePooling1D()(x))
""",
    "masks that are lost": """
i = keras.Input((10,))
x = layers.Embedding(100, 8, mask_zero=True)(i)
y = layers.LSTM(4)(layers.Conv1D(4, 3)(x))
z = layers.LSTM(4)(x * 2.0)
model = keras.Model(i, [y, z])
""",
    "masks merged": """
i, j = keras.Input((10, 3)), keras.Input((10, 3))
a, b = layers.Masking()(i), layers.Masking(2.0)(j)
c = layers.Concatenate()([a, b])
d = layers.Add()([a, b])
model = keras.Model([i, j], [layers.LSTM(2)(c), layers.LSTM(2)(d), layers.Attention()([a, b])])
""",
    "masks and states": """
i, j = keras.Input((7,)), keras.Input((5,))
e = layers.Embedding(9, 4, mask_zero=True, name="e")
_, h, c = layers.LSTM(6, return_state=True)(e(i))
y = layers.LSTM(6, return_sequences=True)(e(j), initial_state=[h, c])
y = layers.TimeDistributed(layers.Dense(3))(y)
model = keras.Model([i, j], layers.Softmax()(y))
""",
    "masks in attention": """
i = keras.Input((7,), dtype="int32")
x = layers.Embedding(9, 4, mask_zero=True)(i)
x = layers.Add()([x, layers.MultiHeadAttention(2, 2)(x, x)])
x = layers.LayerNormalization()(x)
model = keras.Model(i, layers.GRU(2)(layers.Dense(4)(x)))
""",
    "masks into models": """
i = keras.Input((7, 3))
inner = keras.Sequential([keras.Input((7, 3)), layers.Masking(), layers.LSTM(2)], name="inner")
j = keras.Input((7, 3))
core = keras.Model(j, layers.Dense(3)(j), name="core")
x = layers.Masking()(i)
y = layers.LSTM(4)(core(x))
model = keras.Model(i, layers.Concatenate()([y, inner(x)]))
""",
    "preprocessed": """
i = keras.Input((32, 32, 3))
x = keras.applications.resnet50.preprocess_input(i)
y = keras.applications.densenet.preprocess_input(i)
model = keras.Model(i, layers.Add()([x, y]))
""",
    "subclassed": SUBCLASSED,
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_a_program(program: str) -> None:
    from tests.oracle.reference import keras, reset

    text = f"import keras\nfrom keras import layers\n{program}"
    namespace: dict[str, Any] = {}
    reset()
    exec(text, namespace)
    models = {id(v): v for v in namespace.values() if isinstance(v, keras.Model)}
    assert compare(text, list(models.values())) >= len(models)


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
