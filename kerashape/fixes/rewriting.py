"""From changes of nodes to edits of text.

A changed node is rendered by libcst, so that whitespace and comments stay as they are, and
compared with what the file has: the edit is what differs. Where the rendering of the node
as it was is not what the file has, there is no edit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import libcst as cst

from kerashape.diagnostic import Edit, Fix
from kerashape.parsing import Range, split_lines

if TYPE_CHECKING:
    from kerashape.site import Site
    from kerashape.source import Source

Arguments = list[cst.Arg]


def fix(message: str, *edits: Edit | None, safe: bool) -> Fix | None:
    """The fix made of these edits; None if one of them could not be made."""
    made = [edit for edit in edits if edit is not None]
    if not made or len(made) < len(edits):
        return None
    return Fix(message, tuple(dict.fromkeys(made)), safe)


def replaced(site: Site, new: cst.CSTNode | str) -> Edit | None:
    """The site's expression (or small statement) replaced by another, or by code."""
    old = site.node
    place = site.source.place(site.statement, old)
    rendered = "\n".join(split_lines(_render(site, old)))
    if rendered != _text(site.source, place):
        return None
    return _edit(site.source, place, rendered, new if isinstance(new, str) else _render(site, new))


def inserted_before(site: Site, code: str) -> Edit | None:
    """Code in front of the site's expression."""
    place = site.source.place(site.statement, site.node)
    start = Range(place.line, place.column, place.line, place.column)
    return _edit(site.source, start, "", code)


def new_line_before(site: Site, code: str) -> Edit | None:
    """A statement of its own above the site's statement."""
    place = site.source.place(site.statement, site.statement)
    indent = site.source.lines[place.line - 1][: place.column - 1]
    if indent.strip():
        return None  # it shares its line with another statement
    start = Range(place.line, 1, place.line, 1)
    return _edit(site.source, start, "", f"{indent}{code}\n")


def in_parentheses(node: cst.BaseExpression, code: str) -> str:
    """The code of a node, so that a subscript, attribute or operator may follow."""
    tight = (cst.Name, cst.Attribute, cst.Call, cst.Subscript, cst.List, cst.Dict)
    return code if isinstance(node, tight) else f"({code})"


# -- calls ------------------------------------------------------------------------------------


def with_argument(site: Site, keyword: str, code: str) -> Edit | None:
    """The site's call with ``keyword=code``, in place of the one it has or after the others."""
    call = _call(site)
    if call is None or any(arg.star == "**" for arg in call.args):
        return None
    value = cst.parse_expression(code)
    for arg in call.args:
        if arg.keyword is not None and arg.keyword.value == keyword:
            return replaced(site.at(arg.value), value)
    arg = cst.Arg(value, cst.Name(keyword), equal=_EQUAL)
    return replaced(site, call.with_changes(args=_appended(call, arg)))


def without_argument(site: Site, keyword: str) -> Edit | None:
    """The site's call without an argument that is passed by keyword."""
    call = _call(site)
    if call is None:
        return None
    args = list(call.args)
    index = next((i for i, a in enumerate(args) if a.keyword and a.keyword.value == keyword), None)
    if index is None:
        return None
    gone = args.pop(index)
    if index and index == len(args):
        args[-1] = args[-1].with_changes(
            comma=gone.comma, whitespace_after_arg=gone.whitespace_after_arg
        )
    return replaced(site, call.with_changes(args=args))


def renamed_argument(site: Site, old: str, new: str) -> Edit | None:
    """The site's call with another name for a keyword."""
    call = _call(site)
    for arg in call.args if call is not None else ():
        if arg.keyword is not None and arg.keyword.value == old:
            return replaced(site.at(arg.keyword), new)
    return None


def changed_arguments(site: Site, change: Callable[[Arguments], Arguments | None]) -> Edit | None:
    """The site's call with its arguments changed by a function; None from it: no edit."""
    call = _call(site)
    if call is None:
        return None
    args = change(list(call.args))
    return None if args is None else replaced(site, call.with_changes(args=args))


def argument(site: Site, keyword: str, position: int | None = None) -> Site | None:
    """Where the value of an argument of the site's call is."""
    call = _call(site)
    if call is None or any(arg.star for arg in call.args):
        return None
    positional = [arg for arg in call.args if arg.keyword is None]
    for arg in call.args:
        if arg.keyword is not None and arg.keyword.value == keyword:
            return site.at(arg.value)
    if position is not None and position < len(positional):
        return site.at(positional[position].value)
    return None


def _call(site: Site) -> cst.Call | None:
    return site.node if isinstance(site.node, cst.Call) else None


_NONE = cst.SimpleWhitespace("")
_EQUAL = cst.AssignEqual(whitespace_before=_NONE, whitespace_after=_NONE)


def _appended(call: cst.Call, arg: cst.Arg) -> Arguments:
    """The arguments with one more, which is set as the others are: on its own line if they are."""
    args = list(call.args)
    if not args:
        return [arg]
    last = args[-1]
    first_comma = args[0].comma
    gap: Any = cst.SimpleWhitespace(" ")
    if len(args) > 1 and isinstance(first_comma, cst.Comma):
        gap = first_comma.whitespace_after
    elif isinstance(call.whitespace_before_args, cst.ParenthesizedWhitespace):
        gap = call.whitespace_before_args
    if isinstance(gap, cst.ParenthesizedWhitespace):
        gap = gap.with_changes(first_line=cst.TrailingWhitespace(), empty_lines=[])
    if isinstance(last.comma, cst.Comma):
        after = last.comma.whitespace_after
        if isinstance(after, cst.ParenthesizedWhitespace) and isinstance(
            gap, cst.ParenthesizedWhitespace
        ):
            # A comment behind the last argument stays there.
            gap = gap.with_changes(first_line=after.first_line)
            after = after.with_changes(first_line=cst.TrailingWhitespace())
        arg = arg.with_changes(comma=last.comma.with_changes(whitespace_after=after))
    args[-1] = last.with_changes(comma=cst.Comma(whitespace_after=gap), whitespace_after_arg=_NONE)
    return [*args, arg.with_changes(whitespace_after_arg=last.whitespace_after_arg)]


# -- text -------------------------------------------------------------------------------------


def _render(site: Site, node: cst.CSTNode) -> str:
    """The node's code as it stands in its block, without the parentheses around it."""
    source = site.source
    if isinstance(node, cst.BaseExpression):
        if node.lpar:
            node = node.with_changes(lpar=[], rpar=[])
        node = cst.Expr(node)
    indent = source.indent(site.statement)
    if not indent or not isinstance(node, cst.BaseSmallStatement):
        return source.module.code_for_node(node)
    # In a block, so that the lines of the node are indented as the block is.
    block = cst.IndentedBlock([cst.SimpleStatementLine([node])], indent=indent)
    return source.module.code_for_node(block).strip("\r\n").removeprefix(indent)


def _text(source: Source, place: Range) -> str:
    """The program's text at a place."""
    lines = list(source.lines[place.line - 1 : place.end_line])
    lines[-1] = lines[-1][: place.end_column - 1]
    lines[0] = lines[0][place.column - 1 :]
    return "\n".join(lines)


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
