"""Data: what the libraries that load, prepare and batch it give.

A module a library; each declares its functions, and the methods and attributes of its objects,
by laws (see :mod:`kerashape.interpret.data.registry`). The values are in
:mod:`kerashape.interpret.data.values`.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from kerashape.interpret.callables import Method
from kerashape.interpret.data.registry import find, find_attribute, find_method
from kerashape.interpret.data.values import BATCHES, Pipeline
from kerashape.interpret.plain import from_python
from kerashape.interpret.streams import Foreign
from kerashape.keras.graph import flatten
from kerashape.keras.signature import Arguments
from kerashape.shapes import Undecided, Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine


def attribute(value: Foreign, name: str) -> Any:
    """``value.name``."""
    law = find_attribute(value.kind, name)
    if law is not None:
        try:
            return from_python(law(value))
        except Undecided as undecided:
            return Unknown(undecided.reason)
    if find_method(value.kind, name) is not None:
        return Method(value, name)
    if name == "__len__" and isinstance(value, Pipeline):
        return Unknown("an endless number of elements") if value.count is None else value.count
    if name in value.attributes:
        return from_python(value.attributes[name])
    return Unknown(f"the attribute {name} of {value.kind}", label=name)


def call_method(
    machine: Machine, value: Foreign, name: str, arguments: Arguments, node: ast.AST
) -> Any:
    """``value.name(...)``."""
    record = find_method(value.kind, name)
    if record is None:
        return Unknown(f"what {name}() of {value.kind} returns")
    return record.apply(machine, arguments, node, value)


def item(machine: Machine, value: Foreign, index: Any, node: ast.AST) -> Any:
    """``value[index]``."""
    record = find_method(value.kind, "__getitem__")
    if record is not None:
        return record.apply(machine, Arguments([index], {}), node, value)
    if isinstance(value, Pipeline) and value.kind == BATCHES:
        return from_python(value.piece)
    return Unknown(f"an item of {value.kind}")


def set_item(machine: Machine, value: Foreign, index: Any, item: Any) -> None:
    """``value[index] = item``."""
    record = find_method(value.kind, "__setitem__")
    node = machine.frame.statement or ast.Name("_")
    if record is not None:
        record.apply(machine, Arguments([index, item], {}), node, value)
    else:
        machine.forget(value, "an item of it was set")


def as_arrays(arguments: Arguments) -> Arguments:
    """Plain arguments as numpy takes them: tables and images are arrays."""
    from kerashape.interpret.data.frames import as_array

    given = [*arguments.positional, *(arguments.keywords or {}).values()]
    if not any(isinstance(leaf, Foreign) for value in given for leaf in flatten(value)):
        return arguments
    return Arguments(
        [as_array(value) for value in arguments.positional],
        {name: as_array(value) for name, value in (arguments.keywords or {}).items()},
        arguments.more_positional,
        arguments.more_keywords,
    )


__all__ = ["as_arrays", "attribute", "call_method", "find", "item", "set_item"]
