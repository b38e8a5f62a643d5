"""What a piece of syntax mentions, found by a plain walk.

``ast.walk`` takes several times as long, and this is asked very often.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from kerashape.syntax import BLOCKS, is_call_of_attribute

_NOT_CODE = frozenset(["ctx", "op", "ops", "kind", "type_comment", "type_ignores"])

_fields: dict[type, tuple[str, ...] | None] = {}
"""By type, the fields that may hold nodes; None for what is no node."""


def _fields_of(kind: type) -> tuple[str, ...] | None:
    found = None
    if issubclass(kind, ast.AST):
        found = tuple(name for name in kind._fields if name not in _NOT_CODE)
    _fields[kind] = found
    return found


def nodes(root: Any, within: frozenset[type] = frozenset()) -> Iterator[ast.AST]:
    """The node, or the nodes of a list, and all nodes in it, in no particular order.

    What is in nodes of the types ``within`` is left out, unless it is the root itself.
    """
    pending: list[Any] = [root]
    while pending:
        node = pending.pop()
        kind = type(node)
        if kind is list:
            pending += node
            continue
        try:
            names = _fields[kind]
        except KeyError:
            names = _fields_of(kind)
        if names is None:
            continue
        yield node
        if kind not in within or node is root:
            pending += [getattr(node, name) for name in names]


def words(root: ast.AST) -> Iterator[str]:
    """The names, attributes, numbers and strings in it."""
    for node in nodes(root):
        if type(node) is ast.Name:
            yield node.id
        elif type(node) is ast.Attribute:
            yield node.attr
        elif type(node) is ast.Constant:
            yield str(node.value)


_BINDERS = frozenset([ast.AnnAssign, ast.AugAssign, ast.For, ast.AsyncFor])
_CHANGING = frozenset(
    ["append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse", "update", "add",
     "discard", "setdefault", "popitem", "appendleft", "extendleft", "popleft"]
)  # fmt: skip
"""Methods of lists, dicts, sets and deques that change them."""


def _changed(node: Any) -> Any:
    """What a node binds, changes in place or deletes; None if nothing."""
    kind = type(node)
    if kind in _BINDERS:
        return node.target
    if kind is ast.Assign or kind is ast.Delete:
        return node.targets
    if kind is ast.withitem:
        return node.optional_vars
    if kind is ast.Call and type(node.func) is ast.Attribute and node.func.attr in _CHANGING:
        return node.func.value
    return None


def assigned_attributes(function: ast.AST, receiver: str = "self") -> frozenset[str]:
    """The attributes of ``self`` that a function binds, changes in place, or deletes."""
    found: set[str] = set()
    for node in nodes(function):
        for inner in nodes(_changed(node)):
            if (
                isinstance(inner, ast.Attribute)
                and isinstance(inner.value, ast.Name)
                and inner.value.id == receiver
            ):
                found.add(inner.attr)
    return frozenset(found)


def changed_names(function: ast.AST) -> frozenset[str]:
    """The names under which a function changes something in place: ``found.append(...)``."""
    found: set[str] = set()
    for node in nodes(function):
        if type(node) is ast.Call:
            found.update(n.id for n in nodes(_changed(node)) if isinstance(n, ast.Name))
        elif type(node) is ast.Subscript and isinstance(node.ctx, (ast.Store, ast.Del)):
            found.update(n.id for n in nodes(node.value) if isinstance(n, ast.Name))
    return frozenset(found)


def calls_method(function: ast.AST, name: str) -> bool:
    """Whether a function calls a method of that name."""
    return any(is_call_of_attribute(node, name) for node in nodes(function))


def has_own(body: Any, kinds: frozenset[type]) -> bool:
    """Whether there is such a node in a body, those of functions and classes in it aside."""
    return any(type(node) in kinds for node in nodes(body, within=_SCOPES))


_SCOPES = frozenset([*BLOCKS, ast.Lambda])
