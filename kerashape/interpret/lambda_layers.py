"""``keras.layers.Lambda``: its function is followed, where no ``output_shape`` is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from kerashape.interpret.parameters import signature_of
from kerashape.interpret.values import DictValue, Function, from_python, to_python
from kerashape.keras.graph import Tensor, map_structure
from kerashape.keras.layers.base import Array, Spec
from kerashape.keras.layers.core import Lambda
from kerashape.keras.signature import Arguments
from kerashape.shapes import Fault, Shape, Undecided, Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

NO_SHAPE = (
    "We could not automatically infer the shape of the Lambda's output. Please specify the "
    "`output_shape` argument for this Lambda layer."
)


def follow(machine: Machine, layer: Lambda, values: dict[str, Any], node: cst.CSTNode) -> Any:
    """The nested shapes that the function of a Lambda returns.

    Keras traces it with tensors of the layer's dtype, whatever the dtype of the inputs, and
    says of any exception that it could not infer the shape.

    Raises:
        Fault: if Keras raises, and the reason is not within the function.
        Undecided: if it is not known.
    """
    inputs = map_structure(lambda leaf: _entry(leaf, layer), values["inputs"])
    keywords = _keywords(layer)
    faults = machine.analysis.faults
    before = len(faults)
    machine.tracing += 1
    try:
        arguments = Arguments([from_python(inputs)], keywords)
        result = machine.call(layer.function, arguments, node)
    finally:
        machine.tracing -= 1
    for fact in faults[before:]:
        if fact.site.certain:
            fact.fault.help = fact.fault.help or f"within the Lambda: {fact.fault.text}"
            fact.fault.text = NO_SHAPE
    return map_structure(_result, to_python(result))


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


def _result(leaf: Any) -> Any:
    if isinstance(leaf, Tensor):
        return leaf.shape
    if isinstance(leaf, Array):
        return Spec(leaf.shape, leaf.dtype)
    if isinstance(leaf, (bool, int, float, str)) or leaf is None:
        raise Fault("not-a-tensor", NO_SHAPE, expected="a function that returns a tensor")
    if isinstance(leaf, Unknown):
        raise Undecided(leaf.reason)
    if isinstance(leaf, Shape):
        raise Undecided("the function of the Lambda returns a shape")
    raise Undecided("what the function of the Lambda returns is not known")
