"""Running a program under the real Keras, small and without side effects."""

from __future__ import annotations

import ast
import contextlib
import functools
import io
import re
import sys
import traceback
import types
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import keras
import numpy as np
import tensorflow as tf

from kerashape.dynamic.surroundings import surroundings

_IMAGES = {
    "mnist": ((28, 28), 10),
    "fashion_mnist": ((28, 28), 10),
    "cifar10": ((32, 32, 3), 10),
    "cifar100": ((32, 32, 3), 100),
}


@dataclass
class Outcome:
    """What became of a program."""

    text: str
    namespace: dict[str, Any]
    error: BaseException | None = None
    lines: list[int] = field(default_factory=list)
    """The program's lines that were being executed when it raised, outermost first."""
    warnings: list[str] = field(default_factory=list)

    @property
    def message(self) -> str:
        """What Keras said, without colours."""
        return re.sub(r"\x1b\[\d*m", "", str(self.error))

    def raised_in(self, line: int) -> bool:
        """Whether a statement that ``line`` is part of was being executed."""
        return any(line in _extent(self.text, running) for running in self.lines)


def run(text: str, filename: str, folder: Path, *, train: bool = True) -> Outcome:
    """Execute ``text`` in ``folder``, with a fresh Keras session and one small step per training.

    Without ``train`` even this step only goes forward, to the loss and the metrics.
    """
    outcome = Outcome(text, {"__name__": "__main__", "__file__": filename})
    keras.utils.clear_session(free_memory=False)
    keras.utils.set_random_seed(1)
    with (
        warnings.catch_warnings(record=True) as caught,
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.chdir(folder) if sys.version_info >= (3, 11) else contextlib.nullcontext(),
        _surroundings(train, eager=not _keeps_what_it_traced(text)),
    ):
        warnings.simplefilter("always")
        try:
            exec(compile(text, filename, "exec"), outcome.namespace)
        except Exception as error:
            frames = traceback.extract_tb(error.__traceback__)
            outcome.lines = [f.lineno for f in frames if f.filename == filename and f.lineno]
            outcome.error = error.with_traceback(None)  # which would keep every model alive
    outcome.warnings = [str(w.message) for w in caught]
    return outcome


def _extent(text: str, line: int) -> range:
    """The lines of the innermost statement that holds ``line``."""
    holding = [
        range(node.lineno, (node.end_lineno or node.lineno) + 1)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    return min(holding, key=len)


def _keeps_what_it_traced(text: str) -> bool:
    """Whether it matters that the second training runs what was traced for the first."""
    trainings = len(re.findall(r"\.(?:fit|train_on_batch)\(", text))
    return trainings > 1 and ".trainable = " in text


@contextlib.contextmanager
def _surroundings(train: bool, *, eager: bool) -> Iterator[None]:
    """Trainings of one step; data sets without a download; plots and pictures of nothing."""
    pyplot = mock.MagicMock(name="matplotlib.pyplot")
    pyplot.subplots.side_effect = lambda *a, **k: (mock.MagicMock(), mock.MagicMock())
    matplotlib = types.ModuleType("matplotlib")
    matplotlib.pyplot = pyplot  # type: ignore[attr-defined]
    with contextlib.ExitStack() as stack:
        enter = stack.enter_context
        enter(mock.patch.dict(sys.modules, {"matplotlib": matplotlib, "matplotlib.pyplot": pyplot}))
        for method in ("fit", "evaluate", "predict"):
            noted = _noted(getattr(keras.Model, method), method)
            enter(mock.patch.object(keras.Model, method, noted))
        enter(surroundings(keras, train=train))
        # Rules speak of values, too: data sets have some.
        for name, (shape, classes) in _IMAGES.items():
            load = functools.partial(_images, shape, classes)
            enter(mock.patch.object(getattr(keras.datasets, name), "load_data", load))
        enter(mock.patch.object(keras.datasets.imdb, "load_data", _reviews))
        enter(mock.patch.object(keras.datasets.boston_housing, "load_data", _prices))
        # Tracing takes longer than the one step.
        tf.config.run_functions_eagerly(eager)
        stack.callback(tf.config.run_functions_eagerly, False)
        yield


def _images(shape: tuple[int, ...], classes: int) -> Any:
    """Random images; the largest class comes first."""
    rng = np.random.default_rng(0)

    def part(n: int) -> Any:
        labels = (n, 1) if len(shape) == 3 else (n,)
        return (
            rng.integers(0, 256, (n, *shape), dtype="uint8"),
            (classes - 1 - np.arange(n, dtype="uint8") % classes).reshape(labels),
        )

    return part(64), part(16)


def _prices(**_: Any) -> Any:
    rng = np.random.default_rng(0)
    return tuple((rng.random((n, 13)), 5 + 45 * rng.random(n)) for n in (64, 16))


def _reviews(num_words: int = 1000, **_: Any) -> Any:
    rng = np.random.default_rng(0)

    def part(n: int) -> Any:
        words = np.empty(n, dtype=object)
        words[:] = [rng.integers(1, num_words, rng.integers(5, 60)).tolist() for _ in range(n)]
        return words, rng.integers(0, 2, n)

    return part(64), part(16)


def _noted(original: Any, method: str) -> Any:
    """The method, which leaves on the model what it was given at last."""

    @functools.wraps(original)
    def noted(self: Any, x: Any = None, *args: Any, **kwargs: Any) -> Any:
        self.fed = {"x": x} if method == "predict" else {"x": x, "y": kwargs.get("y")}
        self.class_weight = kwargs.get("class_weight")
        return original(self, x, *args, **kwargs)

    return noted
