"""One program on an application, run by Keras and by kerashape: what they see."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from kerashape.keras import applications
from kerashape.keras.graph import Tensor
from kerashape.keras.models import Functional, make_input
from kerashape.keras.names import Names
from kerashape.keras.signature import Arguments
from kerashape.shapes import Fault
from tests.oracle.applications import no_downloads
from tests.oracle.reference import counters_now, keras, reset, stateless

_UNCOUNTED = ("keras_tensor", "variable", "seed_generator", "scratch_graph")


@dataclass(frozen=True)
class Program:
    """``keras.applications.<name>(*positional, **keywords)``.

    ``tensor`` is the batch shape of an Input that is given as ``input_tensor``; with
    ``padded`` it first goes through a layer. ``called_on`` is the shape of a second Input
    that the model is called on.
    """

    name: str
    keywords: dict[str, Any] = field(default_factory=dict)
    positional: tuple[Any, ...] = ()
    tensor: tuple[int | None, ...] | None = None
    padded: bool = False
    called_on: tuple[int | None, ...] | None = None


@dataclass
class Seen:
    """What came of a program: an error's text, or the model in all its parts."""

    error: str | None = None
    name: Any = None
    layers: list[tuple[Any, ...]] = field(default_factory=list)
    operations: list[tuple[Any, ...]] = field(default_factory=list)
    output: Any = None
    trainable: int | None = None
    total: int | None = None
    counters: dict[str, int] = field(default_factory=dict)
    called: Any = None


def by_keras(program: Program) -> Seen:
    """What Keras sees; the weights have no values, and are not fetched."""
    reset()
    keywords = dict(program.keywords)
    try:
        with stateless(), no_downloads():
            if program.tensor is not None:
                tensor = keras.Input(batch_shape=program.tensor)
                if program.padded:
                    tensor = keras.layers.ZeroPadding2D(2)(tensor)
                keywords["input_tensor"] = tensor
            model = getattr(keras.applications, program.name)(*program.positional, **keywords)
            counters = counters_now()
            called = None
            if program.called_on is not None:
                called = tuple(model(keras.Input(batch_shape=program.called_on)).shape)
    except Exception as error:
        return Seen(error=f"{type(error).__name__}: {error}")
    return Seen(
        name=model.name,
        layers=[
            (layer.name, type(layer).__name__, tuple(layer.output.shape), layer.count_params())
            for layer in model.layers
        ],
        operations=[(op.name, type(op).__name__) for op in model.operations],
        output=tuple(model.output.shape),
        trainable=sum(math.prod(w.shape) for w in model.trainable_weights),
        total=model.count_params(),
        counters={k: v for k, v in counters.items() if not k.startswith(_UNCOUNTED)},
        called=called,
    )


def by_kerashape(program: Program) -> Seen:
    """What kerashape sees."""
    names = Names()
    keywords = dict(program.keywords)
    try:
        if program.tensor is not None:
            keywords["input_tensor"] = _tensor(program, names)
        model = build(program.name, names, *program.positional, **keywords)
    except Fault as fault:
        return Seen(error=fault.text)
    counters = names.save()
    called = None
    if program.called_on is not None:
        other = make_input({"batch_shape": program.called_on}, names)
        called = model(Arguments([other])).output.shape.dims
    return Seen(
        name=model.name,
        layers=[
            (layer.name, layer.class_name, layer.calls[0].output.shape.dims, layer.count_params())
            for layer in model.layers
        ],
        operations=[(op.name, op.class_name) for op in model.network.operations],
        output=model.outputs.shape.dims,
        trainable=sum(_size(w.size) for w in model.all_variables() if w.trainable),
        total=model.count_params(),
        counters={k: v for k, v in counters.items() if v is not None},
        called=called,
    )


def build(
    name: str, names: Names | None = None, /, *positional: Any, **keywords: Any
) -> Functional:
    """The model that ``keras.applications.<name>(...)`` gives."""
    application = applications.find(name)
    assert application is not None
    return application.build(Arguments(positional, keywords), names or Names())


def assert_same(program: Program) -> None:
    """Both see the same; an error is the same if kerashape's text is part of Keras's."""
    theirs, ours = by_keras(program), by_kerashape(program)
    if theirs.error is not None:
        assert ours.error is not None, theirs.error
        assert ours.error in theirs.error
    else:
        assert ours == theirs


def _tensor(program: Program, names: Names) -> Tensor:
    from kerashape.keras.layers import find

    tensor = make_input({"batch_shape": program.tensor}, names)
    if program.padded:
        padding = find("ZeroPadding2D")
        assert padding is not None
        tensor = padding.construct(Arguments((2,)), names)(Arguments([tensor])).output
    return tensor


def _size(size: Any) -> int:
    assert isinstance(size, int)
    return size
