"""kerashape's answers."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from typing import Any

from kerashape.keras import layers
from kerashape.keras.graph import Tensor
from kerashape.keras.layers.base import Array
from kerashape.keras.layers.construction import UNFORESEEN
from kerashape.keras.names import Names
from kerashape.keras.signature import Arguments
from kerashape.shapes import Fault, Shape, Symbol, Undecided, Unknown
from tests.oracle.case import Answer, Case, Made, Out, T, realise


class NoRecord(LookupError):
    """kerashape has no record of that name."""


def tensor(t: T) -> Tensor:
    """The symbolic tensor that a case speaks of."""
    return Tensor(Shape(t.shape), t.dtype)


def data(t: T) -> Array:
    """The data that a case speaks of, on which an op calculates."""
    return Array(Shape(t.shape), t.dtype)


def answer_as_keras_2(case: Case) -> Answer:
    """Run a layer's case through kerashape, for Keras 2."""
    from kerashape.keras import keras2

    try:
        return _answer(case, keras2.find, keras2.construct)
    except NoRecord:
        raise
    except Exception:
        return Answer(crash=traceback.format_exc())


def answer(case: Case) -> Answer:
    """Run a case through kerashape.

    Raises:
        NoRecord: if it does not know the layer or op.
    """
    if case.made is not None and not case.calls:
        # Functions (``keras.layers.add``, ``Input``) have no record: the interpreter knows them.
        from tests.oracle import source

        return source.answer(case)
    try:
        return _answer(case, layers.find, None)
    except NoRecord:
        raise
    except Exception:
        return Answer(crash=traceback.format_exc())


def _answer(case: Case, find: Any, construct: Any) -> Answer:
    names = Names()

    def make(made: Made) -> Any:
        record = find(made.layer)
        if record is None:
            raise NoRecord(made.layer)
        args, kwargs = realise((made.args, made.kwargs), tensor, make)
        if construct is not None:
            return construct(made.layer, Arguments(args, kwargs), names)
        return record.construct(Arguments(args, kwargs), names)

    outputs: list[Any] = []
    reason = ""
    stage = "constructor"
    try:
        layer = find_op(case.name) if case.made is None else make(case.made)
        if UNFORESEEN in (getattr(layer, "unsettled", None) or ""):
            return Answer(crash=layer.unsettled)
        stage = "call"
        for call in case.calls:
            leaf = data if case.mode == "eager" else tensor
            arguments = Arguments(*realise((call.args, call.kwargs), leaf, make))
            if case.made is None:
                result = layer.apply(arguments, names, None, traced=case.mode == "traced")
            else:
                result = (layer.call_within if case.mode == "traced" else layer)(arguments)
            if result.fault is not None:
                raise result.fault
            if UNFORESEEN in (result.reason or ""):
                return Answer(crash=result.reason)
            outputs.append(describe(result.output))
            reason = reason or result.reason or ""
    except Fault as fault:
        return Answer(stage, fault.text, tuple(outputs))
    except Undecided as undecided:
        return Answer(outputs=tuple(Out(None, "?") for _ in case.calls), reason=undecided.reason)
    if case.made is None:
        return Answer(outputs=tuple(outputs), weights=(), reason=reason)
    return weights_of(layer, tuple(outputs), reason)


def weights_of(layer: Any, outputs: tuple[Any, ...], reason: str) -> Answer:
    """The answer about a layer that was called without a fault."""
    try:
        weights = tuple(
            (tuple(map(dim, w.shape)), bool(w.trainable)) for w in layer.all_variables()
        )
    except Undecided as undecided:
        return Answer(outputs=outputs, reason=reason or undecided.reason)
    return Answer(outputs=outputs, weights=weights, params=layer.count_params(), reason=reason)


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
