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

SAMPLES = 3
"""How many samples of the data a training or prediction gets to see: as many as no model here
has outputs, or Keras takes one array of labels for a list of them."""

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
        enter(mock.patch.object(keras.utils, "plot_model", mock.MagicMock()))
        for name, (shape, classes) in _IMAGES.items():
            load = functools.partial(_images, shape, classes)
            enter(mock.patch.object(getattr(keras.datasets, name), "load_data", load))
        enter(mock.patch.object(keras.datasets.imdb, "load_data", _reviews))
        enter(mock.patch.object(keras.datasets.boston_housing, "load_data", _prices))
        # Tracing takes longer than the one step.
        tf.config.run_functions_eagerly(eager)
        stack.callback(tf.config.run_functions_eagerly, False)
        for method in ("fit", "evaluate", "predict"):
            original = getattr(keras.Model, method)
            small = _small(original, method) if train or method != "fit" else _forward
            enter(mock.patch.object(keras.Model, method, small))
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


def _small(original: Any, method: str) -> Any:
    """``fit``, ``evaluate`` or ``predict`` once, on a few samples, without validation."""

    @functools.wraps(original)
    def small(self: Any, x: Any = None, *args: Any, **kwargs: Any) -> Any:
        data = {"x": x}
        if method != "predict":
            data["y"], args = (args[0], args[1:]) if args else (kwargs.pop("y", None), ())
        if method == "fit":
            kwargs |= {"epochs": 1, "validation_data": None, "validation_split": 0.0}
            if data["y"] is None:
                kwargs["steps_per_epoch"] = 1
        given = keras.tree.flatten([data, kwargs.get("sample_weight")])
        if len({len(leaf) for leaf in given if _is_array(leaf)}) == 1:
            data = keras.tree.map_structure(_few, data)
            kwargs |= {k: _few(kwargs[k]) for k in ("sample_weight",) if k in kwargs}
        self.fed, self.class_weight = data, kwargs.get("class_weight")
        history = original(self, *args, **data, **{**kwargs, "verbose": 0})
        if method == "fit":
            for name in [*history.history]:
                history.history.setdefault(f"val_{name}", history.history[name])
        return history

    return small


def _forward(self: Any, x: Any, y: Any = None, **_: Any) -> Any:
    """``fit``, but only as far as the loss."""
    values = self.evaluate(x, y, return_dict=True)
    history = keras.callbacks.History()
    history.history = {f"{part}{k}": [v] for part in ("", "val_") for k, v in values.items()}
    return history


def _is_array(leaf: Any) -> bool:
    return isinstance(leaf, np.ndarray) and leaf.ndim > 0


def _few(leaf: Any) -> Any:
    return leaf[:SAMPLES] if _is_array(leaf) else leaf
