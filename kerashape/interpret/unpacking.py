"""Names for what a layer, a method or a library function returns: as many as there are values."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from kerashape.interpret.callables import External
from kerashape.interpret.containers import ListValue
from kerashape.interpret.plain import to_python
from kerashape.keras.graph import Operation, Tensor, flatten
from kerashape.keras.layers.base import Array
from kerashape.shapes import Fault, Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

RULE = "output-count"
_COUNTED = ("keras.datasets.", "sklearn.model_selection.train_test_split")
"""Functions of which it is known how many arrays they return."""


class Figure(Unknown):
    """A figure that a model reports by itself: a float that is not known, no sequence."""

    __slots__ = ("method", "name")

    def __init__(self, name: str, method: str) -> None:
        super().__init__(f"a figure of {method}()")
        self.name = name
        self.method = method


class Returned:
    """What was taken apart.

    Attributes:
        maker: what returned it, in words.
        values: the values, in words: a shape or a name each.
        operation: the layer, if it was one.
    """

    def __init__(self, maker: str, values: list[str], operation: Any = None) -> None:
        self.maker = maker
        self.values = values
        self.operation = operation


def check_count(
    machine: Machine, target: ast.Tuple | ast.List, value: Any, items: list[Any] | None
) -> None:
    """Record the fault where ``items``, those of ``value``, are not as many as the targets."""
    elements = target.elts
    starred = any(isinstance(element, ast.Starred) for element in elements)
    count = len(elements) - starred
    fits = items is not None and (len(items) >= count if starred else len(items) == count)
    if fits or not elements:
        return
    returned = _returned(machine, value, items)
    if returned is None:
        return
    found = len(returned.values)
    if isinstance(value, Figure):
        text = "cannot unpack non-iterable float object"
    elif found > count:
        text = f"too many values to unpack (expected {count})"
    else:
        least = "at least " if starred else ""
        text = f"not enough values to unpack (expected {least}{count}, got {found})"
    machine.fault(Fault(RULE, text, expected=count, found=returned), target, either=True)


def _returned(machine: Machine, value: Any, items: list[Any] | None) -> Returned | None:
    """What ``value`` is, if it is just what something of Keras returned."""
    if isinstance(value, Figure):
        return Returned(f"`{value.method}`", [value.name])
    if not items or not isinstance(value, (ListValue, tuple)):
        return None
    if all(isinstance(item, Figure) for item in items):
        return Returned(f"`{items[0].method}`", [item.name for item in items])
    call = items[0].call if isinstance(items[0], Tensor) else None
    whole = call.output if call is not None else None
    if call is not None and isinstance(whole, (list, tuple)) and len(whole) == len(items):
        leaves = list(flatten(to_python(value)))
        if leaves == list(flatten(whole)):
            return Returned(_who(call.operation), [_word(part) for part in whole], call.operation)
    return _from_library(machine, items)


def _word(value: Any) -> str:
    return str(value.shape) if isinstance(value, Tensor) else "a list"


def _who(operation: Operation) -> str:
    return operation.title if operation.is_layer else f"`{operation.callee}`"


def _from_library(machine: Machine, items: list[Any]) -> Returned | None:
    """Arrays that the statement takes straight from a function of a library."""
    statement = machine.frame.statement
    called = statement.value if isinstance(statement, ast.Assign) else None
    if not isinstance(called, ast.Call) or not isinstance(called.func, (ast.Name, ast.Attribute)):
        return None
    function = machine.evaluate(called.func)
    if not isinstance(function, External) or not function.path.startswith(_COUNTED):
        return None
    if not all(map(_is_data, items)):
        return None
    name = function.path.rpartition(".")[2]
    return Returned(f"`{name}`", ["a pair" if isinstance(i, tuple) else "an array" for i in items])


def _is_data(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(map(_is_data, value))
    return isinstance(value, Array)
