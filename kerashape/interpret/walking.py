"""What a piece of syntax mentions, found without rendering it or libcst's visitors.

Both take several times as long as a plain walk, which is what is asked here very often.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import Any

import libcst as cst

_LAYOUT = re.compile(
    r"whitespace|lines_|leading_|lines$|^(lpar|rpar|lbracket|rbracket|lbrace|rbrace|comma|colon|"
    r"semicolon|equal|dot|header|footer|indent)$"
)


_fields: dict[type, tuple[str, ...] | None] = {}
"""By type, the fields that hold more than how the code is laid out; None for what is no node.

libcst's nodes are abstract base classes: ``isinstance`` of them costs more than this.
"""


def _names_of(kind: type) -> tuple[str, ...] | None:
    try:
        return _fields[kind]
    except KeyError:
        return _fields_of(kind)


def _fields_of(kind: type) -> tuple[str, ...] | None:
    found = None
    if issubclass(kind, cst.CSTNode):
        names = (f.name for f in dataclasses.fields(kind))
        found = tuple(name for name in names if not _LAYOUT.search(name))
    _fields[kind] = found
    return found


def children(node: cst.CSTNode) -> list[cst.CSTNode]:
    """The nodes right below it, whitespace and brackets left out."""
    found: list[cst.CSTNode] = []
    pending: list[Any] = [getattr(node, name) for name in _names_of(type(node)) or ()]
    while pending:
        value = pending.pop()
        if type(value) is tuple or type(value) is list:
            pending += value
        elif _names_of(type(value)) is not None:
            found.append(value)
    return found


def nodes(root: cst.CSTNode, within: frozenset[type] = frozenset()) -> Iterator[cst.CSTNode]:
    """The node and all nodes in it but whitespace and brackets, in no particular order.

    What is in nodes of the types ``within`` is left out, unless it is the root itself.
    """
    pending: list[Any] = [root]
    while pending:
        node = pending.pop()
        kind = type(node)
        if kind is tuple or kind is list:
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


_WORDS = frozenset([cst.Name, cst.SimpleString, cst.Float, cst.Integer])
_BINDERS = frozenset([cst.AssignTarget, cst.AnnAssign, cst.AugAssign, cst.For, cst.Del])


def words(root: cst.CSTNode) -> Iterator[str]:
    """The names, attributes, numbers and strings in it."""
    return (node.value for node in nodes(root) if type(node) in _WORDS)  # type: ignore[attr-defined]


_CHANGING = frozenset(
    ["append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse", "update", "add",
     "discard", "setdefault", "popitem", "appendleft", "extendleft", "popleft"]
)  # fmt: skip
"""Methods of lists, dicts, sets and deques that change them."""


def _changes(function: cst.CSTNode) -> bool:
    return isinstance(function, cst.Attribute) and function.attr.value in _CHANGING


def assigned_attributes(function: cst.CSTNode, receiver: str = "self") -> frozenset[str]:
    """The attributes of ``self`` that a function binds, changes in place, or deletes."""
    found: set[str] = set()
    for node in nodes(function):
        kind = type(node)
        if kind in _BINDERS:
            target: cst.CSTNode = node.target  # type: ignore[attr-defined]
        elif kind is cst.AsName:
            target = node.name  # type: ignore[attr-defined]
        elif kind is cst.Call and _changes(node.func):  # type: ignore[attr-defined]
            target = node.func.value  # type: ignore[attr-defined]
        else:
            continue
        for inner in nodes(target):
            if (
                isinstance(inner, cst.Attribute)
                and isinstance(inner.value, cst.Name)
                and inner.value.value == receiver
            ):
                found.add(inner.attr.value)
    return frozenset(found)


def calls_method(function: cst.CSTNode, name: str) -> bool:
    """Whether a function calls a method of that name."""
    return any(
        type(node) is cst.Call
        and isinstance(node.func, cst.Attribute)
        and node.func.attr.value == name
        for node in nodes(function)
    )


def has_own(function: cst.CSTNode, kind: type) -> bool:
    """Whether there is such a node in a body, those of functions and classes in it aside."""
    return any(type(node) is kind for node in nodes(function, within=_SCOPES))


_SCOPES = frozenset([cst.FunctionDef, cst.ClassDef, cst.Lambda])
