"""Operators, subscripts, methods and properties of tensors and arrays."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from kerashape.interpret import scaling, series
from kerashape.interpret.containers import ListValue
from kerashape.interpret.keras_functions import outcome_of
from kerashape.interpret.keras_layers import plain
from kerashape.interpret.places import HERE
from kerashape.interpret.plain import to_python
from kerashape.keras.graph import Tensor
from kerashape.keras.layers.base import Array
from kerashape.keras.ops import operators
from kerashape.keras.ops.sizes import sizes
from kerashape.keras.signature import Arguments
from kerashape.shapes import Fault, Shape, Undecided, Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine


def operate(machine: Machine, name: str, left: Any, right: Any, node: ast.AST) -> Any:
    """An operator with a tensor or an array on either side (right is None for a unary one)."""
    machine.journal.touch(machine.names)
    first, second = to_python(left), to_python(right)
    outcome = operators.apply(
        name, first, second, machine.names, machine.site(node), traced=machine.tracing > 0
    )
    result = outcome_of(machine, outcome, node, Arguments([first, second], {}))
    if isinstance(result, Array) and isinstance(second, (int, float)):
        scaling.note(machine, result, name, second, node)
    return result


def item(machine: Machine, value: Any, index: Any, node: ast.AST) -> Any:
    """``tensor[index]``."""
    machine.journal.touch(machine.names)
    key = to_python(index)
    if isinstance(value, Array) and value.numbers is not None and not value.eager:
        found = series.item(value, key)
        if found is not None:
            return found
    outcome = operators.getitem(
        value, key, machine.names, machine.site(node), traced=machine.tracing > 0
    )
    found = outcome_of(machine, outcome, node, Arguments([value, key], {}))
    if isinstance(found, Array) and found.shape.dims == () and not _is_element(found):
        return Unknown("an element of an array of objects")
    return found


def _is_element(found: Array) -> bool:
    return found.is_numeric or (found.eager and isinstance(found.dtype, str))


def call_method(
    machine: Machine, value: Tensor | Array, name: str, arguments: Arguments, node: ast.AST
) -> Any:
    """``tensor.name(...)``, ``array.name(...)``."""
    if name == "get_shape":
        return machine.attribute(value, "shape", node)
    if name == "set_shape":
        return None
    if name == "numpy":
        return _content(value)
    given = plain(arguments)
    if name == "resize" and isinstance(value, Array) and not value.eager:
        return _resize(machine, value, given)
    if name == "tolist" and isinstance(value, Array) and value.numbers is not None:
        return ListValue(list(value.numbers))
    if name in series.CHANGING and isinstance(value, Array):
        series.forget(machine, value)
    machine.journal.touch(machine.names)
    outcome = operators.method(
        value, name, given, names=machine.names, site=machine.site(node),
        traced=machine.tracing > 0,
    )  # fmt: skip
    return outcome_of(machine, outcome, node, Arguments([value, *given.positional], given.keywords))


def _resize(machine: Machine, array: Array, given: Arguments) -> None:
    """``array.resize(2, 3)`` or ``array.resize((2, 3))``, in place."""
    wanted = given.positional[0] if len(given.positional) == 1 else tuple(given.positional)
    machine.journal.touch(array)
    array.numbers = None
    try:
        array.shape = Shape.unknown() if given.more_positional else sizes(wanted)
    except (Fault, Undecided):
        array.shape = Shape.unknown()


def set_shape(machine: Machine, array: Array, shape: Any) -> None:
    """``array.shape = shape``, in place."""
    given = Arguments([to_python(shape)], {})
    outcome = operators.method(array, "reshape", given)
    found = outcome_of(machine, outcome, machine.frame.statement or HERE, given)
    machine.journal.touch(array)
    array.numbers = None
    array.shape = found.shape if isinstance(found, Array) else Shape.unknown()


def _content(value: Tensor | Array) -> Any:
    """``tensor.numpy()``; of strings, bytes."""
    if not isinstance(value, Array):
        return Unknown("the content of a tensor")
    if series.number(value) is not value:
        return series.number(value)
    if value.is_numeric:
        found = Array(
            value.shape, value.dtype, "numpy", classes=value.classes, one_hot=value.one_hot
        )
        found.numbers = value.numbers
        return found
    if value.shape.open or not value.shape.dims:
        return Unknown("the content of a tensor of strings")
    return Array(value.shape, "object", "numpy")


def property_of(value: Tensor | Array, name: str) -> Any:
    """A property such as ``.T`` or ``.size``; None if it is a method."""
    return operators.attribute(value, name)
