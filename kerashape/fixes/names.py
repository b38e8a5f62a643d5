"""Names in a program: where they are bound, and how something of Keras can be spelled."""

from __future__ import annotations

import ast
import functools
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerashape.diagnostic import Edit
from kerashape.fixes.rewriting import new_line_before
from kerashape.interpret.walking import nodes
from kerashape.site import Site
from kerashape.syntax import BLOCKS, FunctionNode

if TYPE_CHECKING:
    from kerashape.source import Source

Block = FunctionNode | ast.ClassDef


def imported(module: ast.Module) -> dict[str, str]:
    """What the imports at the top of a module bind: ``{"layers": "keras.layers"}``."""
    found: dict[str, str] = {}
    for statement in module.body:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                root = alias.name.partition(".")[0]
                found[alias.asname or root] = alias.name if alias.asname else root
        elif isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
            for alias in statement.names:
                if alias.name != "*":
                    found[alias.asname or alias.name] = f"{statement.module}.{alias.name}"
    return found


def spelling(source: Source, path: str) -> tuple[str, Edit | None] | None:
    """How ``keras.ops.matmul`` is written in a program, and the import that it needs.

    None where it cannot be reached.
    """
    names = imported(source.tree)
    _, _, rest = path.partition(".")
    best = ""
    for name, bound in names.items():
        for root in ("keras", "tensorflow.keras"):
            full = f"{root}.{rest}"
            if (full == bound or full.startswith(f"{bound}.")) and (
                bound.startswith(root) or root == "tensorflow.keras"
            ):
                spelled = name + full[len(bound) :]
                if not best or len(spelled) < len(best):
                    best = spelled
    if best:
        return best, None
    if "keras" in names or is_bound(source.tree, "keras"):
        return None  # the name means something else here
    edit = new_import(source, "import keras")
    return None if edit is None else (path, edit)


def new_import(source: Source, code: str) -> Edit | None:
    """An import statement above the first one of the program."""
    for statement in source.tree.body:
        future = isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
        if isinstance(statement, (ast.Import, ast.ImportFrom)) and not future:
            return new_line_before(Site(source, statement, statement), code)
    return None


def is_bound(module: ast.Module, name: str) -> bool:
    """Whether anything in a module binds a name."""
    return bindings(module, name) > 0


def bindings(scope: ast.Module | Block, name: str) -> int:
    """How often a name is bound within a module or a function, in whatever scope."""
    return _bound(scope)[name]


@functools.lru_cache(maxsize=16)
def _bound(scope: ast.Module | Block) -> Counter[str]:
    """How often each name is bound, or taken away (``del``, ``global``)."""
    return Counter(name for node in nodes(scope) for name in _names_bound(node))


def _names_bound(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name):
        if not isinstance(node.ctx, ast.Load):
            yield node.id
    elif isinstance(node, ast.alias):
        yield (node.asname or node.name).partition(".")[0]
    elif isinstance(node, (ast.Global, ast.Nonlocal)):
        yield from node.names
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.MatchMapping):
        yield from filter(None, [node.rest])
    elif isinstance(node, (*BLOCKS, ast.ExceptHandler, ast.MatchAs, ast.MatchStar)):
        yield from filter(None, [node.name])


def enclosing(module: ast.Module, statement: ast.AST) -> list[Block]:
    """The functions and classes around a statement, the outermost first."""
    pending: list[tuple[ast.AST, tuple[Block, ...]]] = [(module, ())]
    while pending:
        node, around = pending.pop()
        if node is statement:
            return list(around)
        if isinstance(node, BLOCKS):
            around = (*around, node)
        pending += [(child, around) for child in ast.iter_child_nodes(node)]
    return []


def is_visible(site: Site, name: str, bound_at: Site) -> bool:
    """Whether a name that is bound at one place is certainly the same thing at another."""
    if site.source is not bound_at.source:
        return False
    module = site.source.tree
    outer = enclosing(module, bound_at.statement)
    if outer and isinstance(outer[-1], ast.ClassDef):
        return False
    if bindings(outer[-1] if outer else module, name) != 1:
        return False
    return enclosing(module, site.statement)[: len(outer)] == outer


def variable(site: Site | None) -> str | None:
    """The variable to which the site's expression is assigned, if that is the whole statement."""
    statement = site.statement if site is not None else None
    if site is None or not isinstance(statement, ast.Assign) or statement.value is not site.node:
        return None
    target = statement.targets[0]
    return target.id if isinstance(target, ast.Name) else None
