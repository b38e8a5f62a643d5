"""Functions that are handed to code that is not followed: they may be called, and change things."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from kerashape.interpret.callables import Bound, Function, Partial
from kerashape.interpret.objects import Instance
from kerashape.interpret.walking import assigned_attributes, changed_names, nodes
from kerashape.shapes import Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine


def forget_through(machine: Machine, value: Any, reason: str) -> None:
    """Forget what calls of ``value`` may have changed, if it is a function of the user's."""
    outer = machine.forgetting
    machine.forgetting = set() if outer is None else outer  # what changes may lead back here
    try:
        _forget(machine, value, reason, machine.forgetting)
    finally:
        machine.forgetting = outer


def _forget(machine: Machine, value: Any, reason: str, seen: set[tuple[int, int]]) -> None:
    if isinstance(value, Partial):
        _forget(machine, value.function, reason, seen)
    elif isinstance(value, Bound) and isinstance(value.function, Function):
        if isinstance(value.receiver, Instance):
            _forget_method(machine, value.receiver, value.function, reason, seen)
    elif isinstance(value, Function) and (id(value), 0) not in seen:
        seen.add((id(value), 0))
        _forget_free(machine, value, reason, seen)


def _forget_method(
    machine: Machine, instance: Instance, method: Function, reason: str, seen: set[tuple[int, int]]
) -> None:
    """A method changes what it assigns, and what the methods that it mentions assign."""
    if (id(method), id(instance)) in seen:
        return
    seen.add((id(method), id(instance)))
    parameters = getattr(method.node, "args", None)
    first = parameters.args[0].arg if parameters is not None and parameters.args else "self"
    for name in assigned_attributes(method.node, first):
        _forget_attribute(machine, instance, name, reason)
    _forget_mentioned(machine, method, {first: instance}, reason, seen)


def _forget_free(
    machine: Machine, function: Function, reason: str, seen: set[tuple[int, int]]
) -> None:
    """A function changes the objects around it, under the names that it mentions."""
    around: dict[str, Any] = {}
    for node in nodes(function.node):
        if isinstance(node, ast.Name) and node.id not in around:
            holder = function.scope.holder(node.id)
            if holder is not None:
                around[node.id] = holder.variables[node.id]
    for name in changed_names(function.node):
        if name in around and not isinstance(around[name], Instance):
            machine.forget(around[name], reason)
    for name, value in around.items():
        if isinstance(value, Instance):
            for attribute in assigned_attributes(function.node, name):
                _forget_attribute(machine, value, attribute, reason)
        elif isinstance(value, Function) and value.scope is function.scope:
            _forget(machine, value, reason, seen)
    _forget_mentioned(machine, function, around, reason, seen)


def _forget_mentioned(
    machine: Machine,
    function: Function,
    objects: dict[str, Any],
    reason: str,
    seen: set[tuple[int, int]],
) -> None:
    """The methods of these objects that it mentions may be called, too."""
    for node in nodes(function.node):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            instance = objects.get(node.value.id)
            method = instance.cls.find(node.attr) if isinstance(instance, Instance) else None
            if isinstance(instance, Instance) and isinstance(method, Function):
                _forget_method(machine, instance, method, reason, seen)


def _forget_attribute(machine: Machine, instance: Instance, name: str, reason: str) -> None:
    if name in instance.attributes:
        machine.journal.touch(instance)
        machine.forget(instance.attributes[name], reason)
        instance.attributes[name] = Unknown(reason)
