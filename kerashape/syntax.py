"""Small words over ``ast``'s trees, which the interpreter and the checks share."""

from __future__ import annotations

import ast
from typing import Any, TypeAlias, TypeGuard

FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
ForNode: TypeAlias = ast.For | ast.AsyncFor
WithNode: TypeAlias = ast.With | ast.AsyncWith
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
LOOPS = (ast.For, ast.AsyncFor)
BLOCKS = (*FUNCTIONS, ast.ClassDef)

OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "Add", ast.Sub: "Subtract", ast.Mult: "Multiply", ast.Div: "Divide",
    ast.FloorDiv: "FloorDivide", ast.Mod: "Modulo", ast.Pow: "Power",
    ast.MatMult: "MatrixMultiply", ast.BitAnd: "BitAnd", ast.BitOr: "BitOr",
    ast.BitXor: "BitXor", ast.LShift: "LeftShift", ast.RShift: "RightShift",
    ast.Not: "Not", ast.USub: "Minus", ast.UAdd: "Plus", ast.Invert: "BitInvert",
    ast.Eq: "Equal", ast.NotEq: "NotEqual", ast.Lt: "LessThan", ast.LtE: "LessThanEqual",
    ast.Gt: "GreaterThan", ast.GtE: "GreaterThanEqual", ast.Is: "Is", ast.IsNot: "IsNot",
    ast.In: "In", ast.NotIn: "NotIn",
}  # fmt: skip
"""The operators by the names that the tables of operators have them under."""


class Comment(ast.expr):
    """A comment: ``ast`` leaves them out. ``text`` is what follows the ``#``."""

    text: str = ""


def dotted(node: ast.AST | None) -> str:
    """``a.b.c`` as text; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        base = dotted(node.value)
        return f"{base}.{node.attr}" if base else ""
    return ""


def is_call_of_attribute(node: ast.AST, name: str) -> bool:
    """Whether it is ``<anything>.name(...)``."""
    return isinstance(node, ast.Call) and is_attribute(node.func, name)


def is_attribute(node: ast.AST, name: str) -> TypeGuard[ast.Attribute]:
    """Whether it is ``<anything>.name``."""
    return isinstance(node, ast.Attribute) and node.attr == name


def is_text(node: ast.AST | None) -> bool:
    """Whether it is a string as it stands."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def keyword(node: ast.AST, *names: str) -> ast.keyword | None:
    """The argument of a call that has one of these names."""
    for argument in node.keywords if isinstance(node, ast.Call) else ():
        if argument.arg in names:
            return argument
    return None


def first_argument(node: ast.AST) -> ast.expr | None:
    """What a call is given first, by position."""
    first = node.args[0] if isinstance(node, ast.Call) and node.args else None
    return None if isinstance(first, ast.Starred) else first


def expression(node: ast.AST) -> ast.AST:
    """The value of an argument that is given by name; any other node as it is."""
    return node.value if isinstance(node, ast.keyword) else node


def items(node: ast.AST | None) -> list[ast.expr] | None:
    """The elements of a list or a tuple as it stands."""
    return node.elts if isinstance(node, (ast.List, ast.Tuple)) else None


def parameters(arguments: ast.arguments) -> list[ast.arg]:
    """The parameters of a function but for ``*args`` and ``**kwargs``."""
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]


# -- places of words that are no nodes of their own -------------------------------------------


def word(node: ast.Attribute) -> ast.Name:
    """The place of ``name`` in ``value.name``; the same node each time."""
    line, end = node.end_lineno or node.lineno, node.end_col_offset or 0
    return _placed(node, node.attr, line, end - len(node.attr.encode()))


def key(node: ast.keyword) -> ast.Name:
    """The place of ``name`` in ``name=value``; the same node each time."""
    return _placed(node, node.arg or "", node.lineno, node.col_offset)


def _placed(node: Any, name: str, line: int, column: int) -> ast.Name:
    known: ast.Name | None = node.__dict__.get("kerashape_word")
    if known is None:
        end = column + len(name.encode())
        known = ast.Name(
            name, ast.Load(), lineno=line, col_offset=column, end_lineno=line, end_col_offset=end
        )
        node.kerashape_word = known
    return known
