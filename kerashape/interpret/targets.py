"""What ``=`` and ``del`` do to each kind of target."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from kerashape.analysis import BindingFact
from kerashape.interpret import attributes, items, unpacking
from kerashape.interpret.containers import ListValue
from kerashape.interpret.places import HERE
from kerashape.keras.models import Model
from kerashape.shapes import Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine


def assign(machine: Machine, target: ast.expr, value: Any) -> None:
    """``target = value``, for every kind of target."""
    if isinstance(value, Model) and isinstance(target, (ast.Name, ast.Attribute)):
        name = target.id if isinstance(target, ast.Name) else target.attr
        machine.analysis.bindings.append(BindingFact(machine.site(target), name, value))
    if isinstance(target, ast.Name):
        machine.bind(target.id, value)
    elif isinstance(target, (ast.Tuple, ast.List)):
        _unpack(machine, target, value)
    elif isinstance(target, ast.Attribute):
        receiver = machine.evaluate(target.value)
        attributes.set(machine, receiver, target.attr, value)
    elif isinstance(target, ast.Subscript):
        container = machine.evaluate(target.value)
        machine.store(container, machine.evaluate(target.slice), value)
    elif isinstance(target, ast.Starred):
        assign(machine, target.value, value)


def _unpack(machine: Machine, target: ast.Tuple | ast.List, value: Any) -> None:
    elements = target.elts
    found = machine.items_of(value, elements[0] if elements else HERE)
    unpacking.check_count(machine, target, value, found)
    star = next((i for i, e in enumerate(elements) if isinstance(e, ast.Starred)), None)
    count = len(elements)
    if found is not None and star is not None and len(found) >= count - 1:
        tail = count - star - 1
        middle = ListValue(found[star : len(found) - tail])
        found = [*found[:star], middle, *found[len(found) - tail :]]
    if found is not None and len(found) != count:
        machine.throw("ValueError", "the number of values to unpack")
        found = None
    if found is None:
        machine.risks += 1
        reason = value.reason if isinstance(value, Unknown) else "an unpacking"
        found = [
            ListValue(None, reason) if isinstance(element, ast.Starred) else Unknown(reason)
            for element in elements
        ]
    for element, item in zip(elements, found):
        assign(machine, element, item)


def delete(machine: Machine, target: ast.expr) -> None:
    """``del target``, for every kind of target."""
    if isinstance(target, ast.Name):
        machine.unbind(target.id)
    elif isinstance(target, (ast.Tuple, ast.List)):
        for element in target.elts:
            delete(machine, element)
    elif isinstance(target, ast.Subscript):
        container = machine.evaluate(target.value)
        items.delete(machine, container, machine.evaluate(target.slice))
    elif isinstance(target, ast.Attribute):
        attributes.delete(machine, machine.evaluate(target.value), target.attr)
