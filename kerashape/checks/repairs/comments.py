"""Repairs of what comments say: KS220."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from kerashape.diagnostic import Fix
from kerashape.fixes.rewriting import fix, replaced

if TYPE_CHECKING:
    from kerashape.analysis import CommentFact


def restated(fact: CommentFact, start: int, end: int, shape: str) -> Fix | None:
    """The comment, or the string of the annotation, with another shape in that part of its text."""
    node = fact.site.node
    text = fact.text[:start] + shape + fact.text[end:]
    if isinstance(node, cst.SimpleString):
        new = f"{node.prefix}{node.quote}{text}{node.quote}"
    else:
        new = f"#{text}"
    return fix(f"write {shape}", replaced(fact.site, new), safe=True)
