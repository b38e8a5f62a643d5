"""From changes of code to edits of text: the smallest that make them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from kerashape.diagnostic import Edit, Fix
from kerashape.parsing import Range, split_lines
from kerashape.syntax import key, keyword

if TYPE_CHECKING:
    from kerashape.site import Site
    from kerashape.source import Source


def fix(message: str, *edits: Edit | None, safe: bool) -> Fix | None:
    """The fix made of these edits; None if one of them could not be made."""
    made = [edit for edit in edits if edit is not None]
    if not made or len(made) < len(edits):
        return None
    return Fix(message, tuple(dict.fromkeys(made)), safe)


def replaced(site: Site, code: str) -> Edit | None:
    """The site's expression replaced by other code; the parentheses around it stay."""
    place = site.source.place(site.node)
    return _edit(site.source, place, site.source.code_of(site.node), code)


def inserted_before(site: Site, code: str) -> Edit | None:
    """Code in front of the site's expression."""
    place = site.source.place(site.node)
    start = Range(place.line, place.column, place.line, place.column)
    return _edit(site.source, start, "", code)


def new_line_before(site: Site, code: str) -> Edit | None:
    """A statement of its own above the site's statement."""
    place = site.source.place(site.statement)
    indent = site.source.lines[place.line - 1][: place.column - 1]
    if indent.strip():
        return None  # it shares its line with another statement
    start = Range(place.line, 1, place.line, 1)
    return _edit(site.source, start, "", f"{indent}{code}\n")


def in_parentheses(node: ast.expr, code: str) -> str:
    """The code of a node, so that a subscript, attribute or operator may follow."""
    tight = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.List, ast.Dict, ast.Tuple)
    return code if isinstance(node, tight) else f"({code})"


def renamed_argument(site: Site, old: str, new: str) -> Edit | None:
    """The site's call with another name for a keyword."""
    named = keyword(site.node, old)
    return None if named is None else replaced(site.at(key(named)), new)


def argument(site: Site, name: str, position: int | None = None) -> Site | None:
    """Where the value of an argument of the site's call is."""
    call = site.node
    if not isinstance(call, ast.Call) or is_unpacked(call):
        return None
    named = keyword(call, name)
    if named is not None:
        return site.at(named.value)
    if position is not None and position < len(call.args):
        return site.at(call.args[position])
    return None


def is_unpacked(call: ast.Call) -> bool:
    """Whether some of its arguments are unpacked there."""
    starred = any(isinstance(argument, ast.Starred) for argument in call.args)
    return starred or any(named.arg is None for named in call.keywords)


# -- text -------------------------------------------------------------------------------------


def _edit(source: Source, place: Range, old: str, new: str) -> Edit | None:
    """What differs, as an edit; None where the file itself has other lines than the program."""
    new = "\n".join(split_lines(new))
    before = _common(old, new)
    after = _common(old[before:][::-1], new[before:][::-1])
    start = _moved(place.line, place.column, old[:before])
    end = _moved(place.line, place.column, old[: len(old) - after])
    span = source.locate(Range(*start, *end))
    if source.notebook is not None:
        for line in range(start[0], end[0] + 1):
            cell_line = span.line + line - start[0]
            if source.listing.line(span.cell, cell_line) != source.lines[line - 1]:
                return None  # IPython's own, rewritten
    return Edit(span, new[before : len(new) - after])


def _common(one: str, other: str) -> int:
    """The length of the common beginning."""
    length = 0
    for a, b in zip(one, other):
        if a != b:
            break
        length += 1
    return length


def _moved(line: int, column: int, text: str) -> tuple[int, int]:
    """The place behind a text that starts at a place."""
    *above, last = text.split("\n")
    return (line + len(above), len(last) + (1 if above else column))
