"""kerashape's answers."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from typing import Any

from kerashape.keras import layers
from kerashape.keras.graph import Tensor
from kerashape.keras.layers.base import Array
from kerashape.keras.names import Names
from kerashape.keras.signature import Arguments
from kerashape.shapes import Fault, Shape, Symbol, Undecided, Unknown
from tests.oracle.case import Answer, Case, Made, Out, T, realise


class NoRecord(LookupError):
    """kerashape has no record of that name."""


def tensor(t: T) -> Tensor:
    """The symbolic tensor that a case speaks of."""
    return Tensor(Shape(t.shape), t.dtype)


def answer(case: Case) -> Answer:
    """Run a case through kerashape.

    Raises:
        NoRecord: if it does not know the layer or op.
    """
    try:
        return _answer(case)
    except NoRecord:
        raise
    except Exception:
        return Answer(crash=traceback.format_exc())


def _answer(case: Case) -> Answer:
    names = Names()

    def make(made: Made) -> Any:
        record = layers.find(made.layer)
        if record is None:
            raise NoRecord(made.layer)
        args = realise(made.args, tensor, make)
        kwargs = realise(made.kwargs, tensor, make)
        return record.construct(Arguments(args, kwargs), names)

    outputs: list[Any] = []
    reason = ""
    try:
        if case.made is None:
            layer: Any = find_op(case.name)
        else:
            layer = make(case.made)
    except Fault as fault:
        return Answer("constructor", fault.text)
    for call in case.calls:
        arguments = Arguments(
            realise(call.args, tensor, make), realise(call.kwargs, tensor, make)
        )
        try:
            if case.made is None:
                result = layer.apply(arguments, names, None)
            else:
                result = layer(arguments)
        except Fault as fault:
            return Answer("call", fault.text, tuple(outputs))
        if result.fault is not None:
            return Answer("call", result.fault.text, tuple(outputs))
        outputs.append(describe(result.output))
        reason = reason or result.reason or ""
    if not isinstance(layer, layers.Layer):  # an op, or a layer's functional form
        outputs += [] if case.calls else [describe(layer)]
        return Answer(outputs=tuple(outputs), weights=(), reason=reason)
    try:
        weights = tuple(
            (tuple(dim(d) for d in w.shape), bool(w.trainable)) for w in layer.all_variables()
        )
        return Answer(
            outputs=tuple(outputs), weights=weights, params=layer.count_params(), reason=reason
        )
    except Undecided as undecided:
        return Answer(outputs=tuple(outputs), reason=reason or undecided.reason)


def find_op(name: str) -> Any:
    """The record of ``keras.ops.<name>``."""
    from kerashape.keras import ops

    record = ops.find(name)
    if record is None:
        raise NoRecord(name)
    return record


def describe(output: Any) -> Any:
    """A nested output as :class:`Out` leaves; ``?`` for what is unknown."""
    if isinstance(output, (list, tuple)):
        return [describe(item) for item in output]
    if isinstance(output, Mapping):
        return {key: describe(item) for key, item in output.items()}
    if isinstance(output, (Tensor, Array)):
        shape = None if output.shape.open else tuple(map(dim, output.shape.dims))
        dtype = "?" if isinstance(output.dtype, Unknown) else output.dtype
        return Out(shape, dtype, getattr(output, "sparse", False))
    if output is None or isinstance(output, Unknown):
        return Out(None, "?")
    return output


def dim(size: Any) -> Any:
    """A dimension, ``?`` where it is unknown."""
    return "?" if isinstance(size, (Symbol, Unknown)) else size
