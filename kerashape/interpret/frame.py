"""What runs: a module, a function or the body of a class."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ast

    from kerashape.interpret.callables import Function
    from kerashape.interpret.objects import Class
    from kerashape.interpret.scope import Scope
    from kerashape.site import Site
    from kerashape.source import Source


@dataclass(eq=False)
class Frame:
    """A running module, function or class body."""

    source: Source
    scope: Scope
    function: Function | None = None
    receiver: Any = None
    owner: Class | None = None
    caller: Site | None = None
    statement: ast.stmt | None = None
    leaving: Any = None
    """What the last ``return`` returns, or what is raised."""
    handled: Any = None
    """The exception that the running handler took."""
    older: bool = False
    """Whether a branch for some versions of a library has left: the rest is for the others."""
    enough: bool = False
    """In a generator: whether it gives more items than anybody follows one by one."""
    called_at: int = 0
    """How many branches were running where it was called."""
    starts_at: int = 0
    """And where its body starts: a generator's is a branch of its own."""
    on_yield: Callable[[Any], Any] | None = None
    """In a generator: what takes its items, and gives what is sent."""
