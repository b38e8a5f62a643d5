"""Imports: libraries by name, modules of the project by running them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from kerashape.analysis import ImportFact
from kerashape.interpret import migration
from kerashape.interpret.callables import External
from kerashape.keras.public import OLD_COPY

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine


_BY_NAME = ("tensorflow", "tensorflow.python", OLD_COPY)
"""Packages where the names that are imported say which Keras is meant."""


def import_names(machine: Machine, node: ast.Import) -> None:
    """``import a.b.c as d``."""
    for alias in node.names:
        path = alias.name
        note_keras(machine, path, alias)
        migration.note_module(machine, path, alias)
        if alias.asname is not None:
            machine.bind(alias.asname, module(machine, path))
        else:
            root = path.partition(".")[0]
            machine.bind(root, module(machine, root))


def import_from(machine: Machine, node: ast.ImportFrom) -> None:
    """``from a.b import c as d``, ``from . import x``, ``from a import *``."""
    base, level = node.module or "", node.level
    if level == 0 and base not in _BY_NAME:
        note_keras(machine, base, node)
    if level == 0 and node.module is not None:
        first = node.names[0].name
        place = machine.frame.source.module_of(node)
        migration.note_module(machine, base, place, "" if first == "*" else first)
    for alias in node.names:
        name = alias.name
        if name == "*":
            _import_star(machine, base, level)
            return
        value = _member(machine, base, level, name, alias)
        if level == 0 and base in _BY_NAME:
            note_keras(machine, f"{base}.{name}", node)
        machine.bind(alias.asname or name, value)


def _import_star(machine: Machine, base: str, level: int) -> None:
    scope = machine.project.scope_of(machine, base, level) if machine.project else None
    if scope is not None:
        for name, value in scope.variables.items():
            if not name.startswith("_"):
                machine.bind(name, value)
        return
    path = base if level == 0 else f"{'.' * level}{base}"
    machine.scope.module.stars.append(path)


def _member(machine: Machine, base: str, level: int, name: str, node: ast.AST) -> Any:
    if machine.project is not None:
        value = machine.project.member(machine, base, level, name)
        if value is not None:
            return value
    if level:
        return External(f"{'.' * level}{base}.{name}")
    return machine.attribute(migration.library(base), name, node)


def module(machine: Machine, path: str) -> Any:
    """The module of that dotted path."""
    if machine.project is not None:
        value = machine.project.module(machine, path)
        if value is not None:
            return value
    return migration.library(path)


def note_keras(machine: Machine, path: str, node: ast.AST) -> None:
    """Record by which root Keras is reached."""
    root = keras_root(path)
    if root is None:
        return
    old = root == OLD_COPY and path.split(".")[3:4] in _BUILDING
    if root == "tf_keras" or old:
        machine.keras_version = 2
        machine.names.old = True
    always = not machine.journal.branching and not machine.guarded
    machine.analysis.imports.append(ImportFact(machine.site(node), root, path, always))


_BUILDING = [[], ["layers"], ["models"], ["engine"], ["Model"], ["Sequential"], ["Input"]]
"""What of an old Keras makes the models of a program old ones."""


def keras_root(path: str) -> str | None:
    """By which root ``path`` imports Keras; None if it imports something else."""
    parts = path.split(".")
    if parts[:3] == OLD_COPY.split("."):
        return OLD_COPY
    if parts[0] == "keras":
        return "keras"
    if parts[0] == "tensorflow" and "keras" in parts[1:4]:
        return "tf.keras"
    return "tf_keras" if parts[0] == "tf_keras" else None
