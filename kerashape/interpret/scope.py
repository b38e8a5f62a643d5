"""Scopes: where names live."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kerashape.interpret.clock import CLOCK
from kerashape.interpret.walking import nodes
from kerashape.syntax import BLOCKS

if TYPE_CHECKING:
    from kerashape.source import Source


class Scope:
    """The names of a module, class body or function call.

    Args:
        parent: the scope in which free names are looked up next (never a class body).
        module: the scope of the module (itself for a module).
        stars: library modules from which ``import *`` was done, latest last.
        source: in the scope of a module, its file or notebook.
        transient: whether it is that of a comprehension.
    """

    __slots__ = (
        "_reassigned",
        "_rebound",
        "born",
        "globals_",
        "module",
        "nonlocals",
        "parent",
        "source",
        "stars",
        "transient",
        "variables",
    )

    def __init__(self, parent: Scope | None = None, module: Scope | None = None) -> None:
        self.variables: dict[str, Any] = {}
        self.parent = parent
        self.module: Scope = module or self
        self.stars: list[str] = []
        self.source: Source | None = None
        self.globals_: set[str] = set()
        self.nonlocals: set[str] = set()
        self.transient = False
        self.born = CLOCK.now
        self._reassigned: frozenset[str] | None = None
        self._rebound: frozenset[str] | None = None

    def holder(self, name: str) -> Scope | None:
        """The scope that binds ``name``, from here outwards."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.variables:
                return scope
            scope = scope.parent
        return None

    def target(self, name: str) -> Scope:
        """The scope in which an assignment to ``name`` binds it."""
        if name in self.globals_:
            return self.module
        if name in self.nonlocals and self.parent is not None:
            return self.parent.holder(name) or self
        return self

    def is_reassigned(self, name: str) -> bool:
        """Whether some function of the module assigns this name of the module."""
        if self._reassigned is None:
            text = self.source.text if self.source is not None else ""
            lines = re.findall(r"^\s*global\s+([\w, ]+)", text, re.MULTILINE)
            self._reassigned = frozenset(n.strip() for line in lines for n in line.split(","))
        return name in self._reassigned

    def is_rebound(self, name: str) -> bool:
        """Whether several statements of the module, or a function of it, assign this name of it."""
        if self._rebound is None:
            body = self.source.tree.body if self.source is not None else []
            self._rebound = frozenset(_assigned_twice(body))
        return name in self._rebound or self.is_reassigned(name)

    def save(self) -> Any:
        return dict(self.variables)

    def restore(self, state: Any) -> None:
        self.variables = dict(state)


def _assigned_twice(body: list[ast.stmt]) -> Iterator[str]:
    seen: set[str] = set()
    for statement in body:
        if isinstance(statement, BLOCKS):
            continue
        assigned = {
            node.id
            for node in nodes(statement, within=frozenset(BLOCKS))
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
        }
        yield from seen & assigned
        seen |= assigned
