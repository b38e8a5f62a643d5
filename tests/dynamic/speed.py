"""How long many small models take to verify: ``python -m tests.dynamic.speed``.

Fifty programs in one command, against four times the import of TensorFlow and the building of
their models by Keras alone.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

COUNT = 50
TIMES = 4
_HEAD = "import keras, numpy as np\nfrom keras import layers\n"
_PROGRAMS = (
    """
x = keras.Input(({a},))
h = layers.Dropout(0.2)(layers.Dense({b}, activation="relu")(x))
m = keras.Model(x, layers.Dense({c}, activation="softmax")(h))
m.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
m.fit(np.zeros((100, {a})), np.zeros((100,)), epochs=2)
""",
    """
m = keras.Sequential([
    keras.Input((28, 28, 1)), layers.Conv2D({b}, 3, activation="relu"), layers.MaxPooling2D(),
    layers.BatchNormalization(), layers.Flatten(), layers.Dense({c}),
])
m.compile("adam", "mse")
m.fit(np.zeros((100, 28, 28, 1)), np.zeros((100, {c})))
""",
    """
x = keras.Input((None,))
h = layers.Bidirectional(layers.LSTM({a}))(layers.Embedding(1000, {b})(x))
m = keras.Model(x, layers.Dense(1, activation="sigmoid")(h))
m.compile("rmsprop", "binary_crossentropy")
""",
    """
a, b = keras.Input((16, {a})), keras.Input(({b},))
h = layers.GlobalAveragePooling1D()(layers.Conv1D({c}, 3, padding="same")(a))
m = keras.Model([a, b], layers.Dense(2)(layers.LayerNormalization()(layers.concatenate([h, b]))))
""",
    """
x = keras.Input((12, {b}))
h = layers.Add()([layers.MultiHeadAttention(2, {a})(x, x), x])
m = keras.Model(x, layers.Dense({c})(layers.Flatten()(h)))
m.compile("adam", "mae")
m.fit(np.zeros((30, 12, {b})), np.zeros((30, {c})))
""",
)
_BUILD = """
import json, resource, sys, time
def now():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return time.perf_counter(), used.ru_utime + used.ru_stime
start = now()
import tensorflow
imported = now()
import keras
keras.Model.fit = lambda *args, **kwargs: None
for file in sys.argv[1:]:
    exec(compile(open(file).read(), file, "exec"), {})
built = now()
print(json.dumps([[b - a for a, b in zip(start, imported)], [b - a for a, b in zip(imported, built)]]))
"""


@dataclass(frozen=True)
class Took:
    """Seconds on the clock, and seconds of the processor."""

    wall: float
    cpu: float


@dataclass(frozen=True)
class Measured:
    """What was measured."""

    imported: Took
    built: Took
    verified: Took
    said: str

    @property
    def limit(self) -> Took:
        """What verifying may take."""
        return Took(
            TIMES * self.imported.wall + self.built.wall,
            TIMES * self.imported.cpu + self.built.cpu,
        )


def programs(folder: Path) -> list[Path]:
    """Write the programs."""
    files = []
    for number in range(COUNT):
        text = _HEAD + _PROGRAMS[number % len(_PROGRAMS)]
        for name, size in (("a", 4 + number % 7), ("b", 8 + number % 5), ("c", 3 + number % 4)):
            text = text.replace(f"{{{name}}}", str(size))
        files.append(folder / f"model{number:02}.py")
        files[-1].write_text(text)
    return files


def measure() -> Measured:
    """Measure both sides, one after the other."""
    quiet = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
    with tempfile.TemporaryDirectory() as folder:
        files = programs(Path(folder))
        built = subprocess.run(
            [sys.executable, "-c", _BUILD, *map(str, files)],
            env=quiet, capture_output=True, text=True, check=True,
        )  # fmt: skip
        start, before = time.perf_counter(), _of_children()
        done = subprocess.run(
            [sys.executable, "-m", "kerashape", "verify", "-q", "--device", "cpu", folder],
            env=quiet, capture_output=True, text=True, check=False,
        )  # fmt: skip
        verified = Took(time.perf_counter() - start, _of_children() - before)
    first, second = json.loads(built.stdout)
    said = (done.stdout.strip() or done.stderr).splitlines()[-1]
    return Measured(Took(*first), Took(*second), verified, said)


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> int:
    """Print the figures; the exit status is 1 if it takes too much of the processor."""
    found = measure()
    for name, took in (
        ("import of TensorFlow", found.imported), ("building the models", found.built),
        (f"limit: {TIMES} times the import, and building", found.limit),
        ("kerashape verify", found.verified),
    ):  # fmt: skip
        print(f"{name:<45} {took.wall:6.2f} s {took.cpu:6.2f} processor seconds")
    print(found.said)
    return 1 if found.verified.cpu > found.limit.cpu else 0


if __name__ == "__main__":
    sys.exit(main())
