"""Repairs of what comments say: KS220."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kerashape.diagnostic import Fix
from kerashape.fixes.rewriting import fix, replaced
from kerashape.syntax import Comment

if TYPE_CHECKING:
    from kerashape.analysis import CommentFact

_STRING = re.compile(r"""(\w*('''|\"\"\"|'|"))[^'"\\]*(\2)""")


def restated(fact: CommentFact, start: int, end: int, shape: str) -> Fix | None:
    """The comment, or the string of the annotation, with another shape in that part of its text."""
    node = fact.site.node
    text = fact.text[:start] + shape + fact.text[end:]
    if isinstance(node, Comment):
        new = f"#{text}"
    else:
        written = _STRING.fullmatch(fact.site.source.code_of(node))
        if written is None:
            return None
        new = f"{written[1]}{text}{written[2]}"
    return fix(f"write {shape}", replaced(fact.site, new), safe=True)
