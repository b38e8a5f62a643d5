"""How the arguments of a layer's call are bound, and what Keras refuses about them."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from kerashape.keras.graph import Operation, Tensor, flatten
from kerashape.keras.layers.tensors import Array
from kerashape.keras.layers.values import plain
from kerashape.keras.signature import Arguments, Signature, bind
from kerashape.shapes import Fault, Unknown

if TYPE_CHECKING:
    from kerashape.keras.layers.base import Layer


def bind_call(layer: Layer, arguments: Arguments) -> dict[str, Any]:
    """Bind the arguments of a call.

    Raises:
        Fault: ``wrong-arity`` or ``not-a-tensor``, in Keras's words.
    """
    if not layer.accepts_values:
        for value in flatten(list(arguments.positional)):
            if not isinstance(value, (Tensor, Array, Unknown, type(None))):
                _refuse_value(value)
    signature = Signature.parse(layer.call_signature)
    if "training" not in signature.names and "training" in (arguments.keywords or {}):
        arguments = _without_training(arguments)  # Keras keeps it from such a layer's call
    try:
        bound = bind(signature, arguments, f"{layer.class_name}.call")
    except Fault as fault:
        count = len(arguments.positional)
        if count > min(1, len(signature.positional)) and fault.argument is None:
            raise Fault(
                "wrong-arity",
                "too many positional arguments",
                expected="one tensor, or one list of tensors",
                found=f"{count} positional arguments",
            ) from None
        raise _as_inspect_says(fault) from None
    for name, value in bound.values.items():
        if isinstance(value, (list, tuple, dict)):
            leaves = list(flatten(value))
            tensors = [isinstance(leaf, Tensor) for leaf in leaves]
            known = [not isinstance(leaf, (Tensor, Array, Unknown)) for leaf in leaves]
            if any(tensors) and any(k and v is not None for k, v in zip(known, leaves)):
                raise Fault(
                    "not-a-tensor",
                    "In a nested call() argument, you cannot mix tensors and non-tensors. "
                    f"Received invalid mixed argument: {name}=",
                    expected="tensors only",
                )
    return bound.values


def as_called(layer: Layer, arguments: Arguments) -> Arguments:
    """What ``layer.call(...)`` is given, as ``layer(...)`` takes it: but for the first, by name.

    Only ``__call__`` refuses flags and numbers by position.
    """
    given = list(arguments.positional)
    names = list(Signature.parse(layer.call_signature).positional)[: len(given)]
    keywords = dict(arguments.keywords or {})
    if arguments.more_positional or len(names) < len(given) or set(names) & set(keywords):
        return arguments
    keywords.update(zip(names[1:], given[1:]))
    return dataclasses.replace(arguments, positional=given[:1], keywords=keywords)


def _as_inspect_says(fault: Fault) -> Fault:
    """Calls are bound by ``inspect.Signature.bind``, whose words differ from the interpreter's."""
    text = fault.text.partition("() ")[2].removeprefix("got multiple ")
    if fault.binding == "missing":
        text = f"missing a required argument: '{fault.argument}'"
    return Fault(fault.rule, text, argument=fault.argument, binding=fault.binding)


def _without_training(arguments: Arguments) -> Arguments:
    keywords = {k: v for k, v in (arguments.keywords or {}).items() if k != "training"}
    return dataclasses.replace(arguments, keywords=keywords)


def _refuse_value(value: Any) -> None:
    if isinstance(value, (bool, int, float, str, Operation)):
        raise Fault(
            "not-a-tensor",
            "Only input tensors may be passed as positional arguments. The following argument "
            "value should be passed as a keyword argument: "
            + (f"{value} (of type " if plain(value) else ""),
            expected="a tensor",
            found=value,
        )
