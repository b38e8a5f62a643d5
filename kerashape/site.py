"""Where something happened in a program."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ast

    from kerashape.diagnostic import Span
    from kerashape.source import Source


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """Where something happened.

    Args:
        source: the file or notebook.
        statement: the statement that was running.
        node: the expression, within that statement.
        caller: where the running function was called from, if it was.
        certain: whether the code runs with these very values: False within a ``try`` that
            catches, and in a function run on its own with its defaults. What is found at
            an uncertain site is listed, but never reported.
        function: the name of the running function; empty at the top level.
        doubtful: whether it is on a branch that may not be taken with these very values: what
            decides is not an option of the program's, but was lost sight of.
    """

    source: Source
    statement: ast.AST
    node: ast.AST
    caller: Site | None = None
    certain: bool = True
    function: str = ""
    doubtful: bool = False

    @property
    def span(self) -> Span:
        """The place as lines and columns (resolved on demand)."""
        return self.source.span(self.node)

    @property
    def text(self) -> str:
        """The expression's source on one line."""
        return self.source.text_of(self.node)

    def at(self, node: ast.AST) -> Site:
        """Another expression of the same statement."""
        return replace(self, node=node)

    @property
    def key(self) -> tuple[int, int]:
        """The same for every evaluation of the same expression."""
        return (id(self.source), id(self.node))
