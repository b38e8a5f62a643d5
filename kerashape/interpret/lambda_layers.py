"""``keras.layers.Lambda``: its function is followed, where no ``output_shape`` is given."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from kerashape.interpret.callables import Function
from kerashape.interpret.containers import DictValue
from kerashape.interpret.parameters import signature_of
from kerashape.interpret.places import HERE
from kerashape.interpret.plain import from_python, to_python
from kerashape.keras.graph import Call, Tensor, map_structure
from kerashape.keras.layers.core import NO_SHAPE, Lambda
from kerashape.keras.signature import Arguments
from kerashape.shapes import Undecided, Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine


def prepare(machine: Machine, layer: Lambda) -> None:
    """Have the function followed wherever Keras calls the layer, as in a Sequential."""
    layer.follow = lambda values, tells: _follow(
        machine, layer, values, machine.frame.statement or HERE, tells
    )


def call(machine: Machine, layer: Lambda, given: Arguments, node: ast.AST) -> Call:
    """``layer(...)`` in the program."""
    prepared = layer.follow
    layer.follow = lambda values, tells: _follow(machine, layer, values, node, tells)
    try:
        return layer(given, machine.site(node))
    finally:
        layer.follow = prepared


def _follow(
    machine: Machine, layer: Lambda, values: dict[str, Any], node: ast.AST, tells: bool
) -> tuple[Any, Any]:
    """What the function of a Lambda is called with, and what it returns.

    Keras traces it with tensors of the layer's dtype, whatever the dtype of the inputs, and
    says of any exception that it could not infer the shape.

    Raises:
        Undecided: if it is not known.
    """
    inputs = map_structure(lambda leaf: _entry(leaf, layer), values["inputs"])
    keywords = _keywords(layer)
    mark, faults = machine.analysis.mark(), machine.analysis.faults
    before = len(faults)
    machine.tracing += 1
    try:
        arguments = Arguments([from_python(inputs)], keywords)
        result = machine.call(layer.function, arguments, node)
    finally:
        machine.tracing -= 1
    if not tells:
        machine.analysis.rewind(mark)
    for fact in faults[before:]:
        if fact.site.certain:
            fact.fault.help = fact.fault.help or f"within the Lambda: {fact.fault.text}"
            fact.fault.text = NO_SHAPE
    return inputs, to_python(result)


def _entry(leaf: Any, layer: Lambda) -> Any:
    if isinstance(leaf, Tensor):
        return Tensor(leaf.shape, layer.compute_dtype)
    return leaf


def _keywords(layer: Lambda) -> dict[str, Any]:
    """``arguments=``, and what Keras passes on to a function that has a parameter for it."""
    given = from_python(layer.extra)
    if given is None:
        given = DictValue({})
    if not isinstance(given, DictValue) or given.items is None:
        raise Undecided("the arguments of the Lambda are not known")
    keywords = {key: value for key, value in given.items.items() if isinstance(key, str)}
    if isinstance(layer.function, Function):
        for name in ("mask", "training"):
            if name in signature_of(layer.function).names:
                keywords[name] = Unknown(f"the {name} of a call")
    return keywords
