"""Calls with other arguments.

The call alone is parsed by libcst, changed and rendered, so that whitespace and comments stay
as they are. libcst is imported when the first fix is asked for.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kerashape.diagnostic import Edit
from kerashape.fixes.rewriting import replaced
from kerashape.syntax import keyword

if TYPE_CHECKING:
    import libcst as cst

    from kerashape.site import Site

    Arguments = list[cst.Arg]


def with_argument(site: Site, name: str, code: str) -> Edit | None:
    """The site's call with ``name=code``, in place of the one it has or after the others."""
    import libcst as cst

    given = keyword(site.node, name)
    if given is not None:
        return replaced(site.at(given.value), code)

    call = _parsed(site)
    if call is None or any(arg.star == "**" for arg in call.args):
        return None
    args = _appended(call, named(cst.Arg(cst.parse_expression(code)), name))
    return _changed(site, call, args)


def without_argument(site: Site, name: str) -> Edit | None:
    """The site's call without an argument that is passed by keyword."""
    if keyword(site.node, name) is None:
        return None
    return changed_arguments(site, lambda args: _without(args, name))


def changed_arguments(
    site: Site, change: Callable[[Arguments], Arguments | None], function: str | None = None
) -> Edit | None:
    """The site's call with its arguments changed, and perhaps of another function.

    None from ``change``: no edit.
    """
    call = _parsed(site)
    args = change(list(call.args)) if call is not None else None
    return None if call is None or args is None else _changed(site, call, args, function)


def named(arg: cst.Arg, name: str) -> cst.Arg:
    """An argument passed by that name."""
    import libcst as cst

    none = cst.SimpleWhitespace("")
    equal = arg.equal if arg.keyword else cst.AssignEqual(none, none)
    return arg.with_changes(keyword=cst.Name(name), equal=equal)


def with_end_of(args: Arguments, last: cst.Arg) -> Arguments:
    """The arguments, the last of them followed by the comma and space that ``last`` had."""
    if args:
        args[-1] = args[-1].with_changes(
            comma=last.comma, whitespace_after_arg=last.whitespace_after_arg
        )
    return args


def _parsed(site: Site) -> cst.Call | None:
    """The site's call as a tree of libcst."""
    import libcst as cst

    if not isinstance(site.node, ast.Call):
        return None
    try:
        # In parentheses, as it may stand on lines that only parentheses around it join.
        call = cst.parse_expression(f"({site.source.code_of(site.node)})")
    except cst.ParserSyntaxError:
        return None
    return call.with_changes(lpar=[], rpar=[]) if isinstance(call, cst.Call) else None


def _changed(
    site: Site, call: cst.Call, args: Arguments, function: str | None = None
) -> Edit | None:
    import libcst as cst

    other = {} if function is None else {"func": cst.parse_expression(function)}
    return replaced(site, cst.Module([]).code_for_node(call.with_changes(args=args, **other)))


def _without(args: Arguments, name: str) -> Arguments:
    index = next(i for i, arg in enumerate(args) if arg.keyword and arg.keyword.value == name)
    gone = args.pop(index)
    return with_end_of(args, gone) if index == len(args) else args


def _appended(call: cst.Call, arg: cst.Arg) -> Arguments:
    """The arguments with one more, which is set as the others are: on its own line if they are."""
    import libcst as cst

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
    comma = cst.Comma(whitespace_after=gap)
    args[-1] = last.with_changes(comma=comma, whitespace_after_arg=cst.SimpleWhitespace(""))
    return [*args, arg.with_changes(whitespace_after_arg=last.whitespace_after_arg)]
