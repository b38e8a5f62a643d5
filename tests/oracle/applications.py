"""Cases for every constructor of ``keras.applications``: sizes, tops, poolings, variants, faults.

The first seven cases of a constructor are seven input sizes; the others are random.
"""

from __future__ import annotations

import functools
import inspect
import math
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from kerashape.keras.graph import flatten
from tests.oracle.case import Answer, Case, Made, Out, T, realise
from tests.oracle.draw import BAD, Draw
from tests.oracle.reference import describe, keras, make, reset, stateless

SIZES = 7
"""How many of the first cases are input sizes."""


def names() -> list[str]:
    """The constructors."""
    return [name for name in dir(keras.applications) if name[0].isupper()]


@functools.cache
def parameters(name: str) -> dict[str, Any]:
    """The constructor's parameters and their defaults."""
    found = inspect.signature(getattr(keras.applications, name)).parameters.values()
    return {p.name: p.default for p in found}


def generate(name: str, seed: int, index: int) -> Case:
    """The case of that number: always the same one."""
    draw = Draw(f"application {name} {seed} {index}")
    kwargs = _size(name, index) if index < SIZES else _random(name, draw)
    return Case(name, Made(name, (), kwargs), (), "applications")


def _size(name: str, index: int) -> dict[str, Any]:
    pooling = (None, "avg", "max")[index % 3]
    smallest = 75 if name.startswith(("Inception",)) else 71 if name == "Xception" else 32
    top = {"weights": None, "classes": 10}
    bare = {"weights": None, "include_top": False, "pooling": pooling}
    return (
        {"weights": None},
        {**bare},
        {**bare, "input_shape": (smallest, smallest, 3)},
        {**bare, "input_shape": (None, 160, 3)},
        {**bare, "input_shape": (101, 150, 3)},
        {**bare, "input_shape": (257, 331, 1)},
        {**top, "input_shape": (192, 96, 4)},
    )[index]


def _random(name: str, draw: Draw) -> dict[str, Any]:
    params = parameters(name)
    kwargs: dict[str, Any] = {}
    if draw.chance(0.8):
        kwargs["weights"] = None
    if draw.chance(0.6):
        kwargs["include_top"] = draw.chance(0.25)
    side = draw.of(32, 48, 71, 75, 96, 128, 160, 192, 224, 225, 20, None, draw.size(30, 260))
    other = side if draw.chance(0.5) else draw.of(64, 100, 224, None)
    channels = draw.of(3, 3, 3, 1, 4, None) if draw.chance(0.4) else 3
    if draw.chance(0.8):
        kwargs["input_shape"] = (side, other, channels)
    elif draw.chance(0.5):
        kwargs["input_tensor"] = T((None, side, other, channels))
        kwargs["weights"] = None  # others would have to be loaded to see that they do not fit
    choices = {
        "pooling": (None, "avg", "max", "nosuch"),
        "classes": (10, 1000, 1, 2),
        "classifier_activation": (None, "softmax", "sigmoid", "relu", "nosuch"),
        "alpha": (0.25, 0.5, 0.75, 1.0, 1.4, 0.35),
        "depth_multiplier": (1, 2),
        "minimalistic": (True, False),
        "include_preprocessing": (True, False),
        "dropout": (0.0, 0.5),
        "dropout_rate": (0.2, 0.8),
        "name": ("backbone", None),
    }
    for parameter, values in choices.items():
        if parameter in params and draw.chance(0.3):
            kwargs[parameter] = draw.choice(values)
    if draw.chance(0.12):
        spoilt = draw.choice([p for p in params if p not in ("input_tensor", "weights")])
        kwargs[spoilt] = draw.choice(BAD)
    elif draw.chance(0.06):
        # A string may be the path of a file with weights; all but an empty one.
        kwargs[draw.of("nosuch", "input", "weights")] = draw.of("", (224, 224), 3)
    return {k: v for k, v in kwargs.items() if k in params or k in ("nosuch", "input")}


def keras_answer(case: Case) -> Answer:
    """What Keras builds, layer by layer."""
    assert case.made is not None
    reset()
    build = getattr(keras.applications, case.name)
    try:
        with stateless(), no_downloads():
            kwargs = realise(case.made.kwargs, lambda t: keras.Input(batch_shape=t.shape), make)
            model = build(**kwargs)
    except Exception as error:
        return Answer("constructor", f"{type(error).__name__}: {error}")
    layers = [
        [layer.name, type(layer).__name__, describe(layer.output), layer.count_params()]
        for layer in model.layers
    ]
    trainable = sum(math.prod(w.shape) for w in model.trainable_weights)
    facts = {"name": model.name, "layers": layers, "trainable": trainable}
    return Answer(outputs=(facts, describe(model.outputs)), weights=(), params=model.count_params())


@contextmanager
def no_downloads() -> Iterator[None]:
    """Pre-trained weights are neither fetched nor loaded; shapes do not depend on them."""
    with (
        mock.patch("keras.src.utils.file_utils.get_file", return_value=""),
        mock.patch("keras.src.models.model.Model.load_weights"),
    ):
        yield


def our_answer(case: Case) -> Answer:
    """What kerashape says of the same constructor."""
    from kerashape.keras import applications
    from kerashape.keras.models import make_input
    from kerashape.keras.names import Names
    from kerashape.keras.signature import Arguments
    from kerashape.shapes import Fault, Undecided
    from tests.oracle import candidate

    assert case.made is not None
    record = applications.find(case.name)
    if record is None:
        raise candidate.NoRecord(case.name)
    names = Names()
    try:
        kwargs = realise(
            case.made.kwargs,
            lambda t: make_input({"batch_shape": t.shape}, names),
            candidate.tensor,
        )
        model = record.build(Arguments((), kwargs), names)
    except Fault as fault:
        return Answer("constructor", fault.text)
    except Undecided as undecided:
        return Answer(outputs=(Out(None, "?"),) * 2, weights=(), reason=undecided.reason)
    except Exception:
        return Answer(crash=traceback.format_exc())
    layers = [
        [
            layer.name,
            layer.class_name,
            candidate.describe(layer.calls[0].output),
            layer.count_params(),
        ]
        for layer in model.layers
    ]
    trainable = sum(w.size for w in model.all_variables() if w.trainable)
    facts = {"name": model.name, "layers": layers, "trainable": trainable}
    outputs = candidate.describe(list(flatten(model.outputs)))
    return Answer(outputs=(facts, outputs), weights=(), params=model.count_params())
