"""What a piece of syntax mentions, found without rendering it or libcst's visitors.

Both take several times as long as a plain walk, which is what is asked here very often.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Iterator

import libcst as cst

_LAYOUT = re.compile(
    r"whitespace|lines_|leading_|lines$|^(lpar|rpar|lbracket|rbracket|lbrace|rbrace|comma|colon|"
    r"semicolon|equal|dot|header|footer|indent)$"
)


@functools.cache
def _fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    """The fields that hold more than how the code is laid out."""
    return tuple(f.name for f in dataclasses.fields(kind) if not _LAYOUT.search(f.name))


def nodes(root: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The node and all nodes in it but whitespace and brackets, in no particular order."""
    pending: list[object] = [root]
    while pending:
        node = pending.pop()
        if isinstance(node, cst.CSTNode):
            yield node
            pending += [getattr(node, name) for name in _fields(type(node))]
        elif isinstance(node, (list, tuple)):
            pending += node


def words(root: cst.CSTNode) -> Iterator[str]:
    """The names, attributes, numbers and strings in it."""
    for node in nodes(root):
        if isinstance(node, (cst.Name, cst.SimpleString, cst.Float, cst.Integer)):
            yield node.value


def assigned_attributes(function: cst.CSTNode, receiver: str = "self") -> frozenset[str]:
    """The attributes of ``self`` that a function binds, changes in place, or deletes."""
    found: set[str] = set()
    for node in nodes(function):
        if isinstance(node, (cst.AssignTarget, cst.AnnAssign, cst.AugAssign, cst.For, cst.Del)):
            target: cst.CSTNode = node.target
        elif isinstance(node, cst.AsName):
            target = node.name
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


def called_methods(function: cst.CSTNode) -> frozenset[str]:
    """The names of the methods that a function calls."""
    return frozenset(
        node.func.attr.value
        for node in nodes(function)
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute)
    )
