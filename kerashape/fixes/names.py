"""Names in a program: where they are bound, and how something of Keras can be spelled."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from kerashape.diagnostic import Edit
from kerashape.fixes.rewriting import new_line_before
from kerashape.interpret.walking import children, nodes
from kerashape.site import Site

if TYPE_CHECKING:
    from kerashape.source import Source


def statements(module: cst.Module) -> Iterator[tuple[cst.SimpleStatementLine, cst.CSTNode]]:
    """The simple statements at the top of a module, each with its line."""
    for line in module.body:
        if isinstance(line, cst.SimpleStatementLine):
            for small in line.body:
                yield line, small


def imported(module: cst.Module) -> dict[str, str]:
    """What the imports at the top of a module bind: ``{"layers": "keras.layers"}``."""
    found: dict[str, str] = {}
    for _, small in statements(module):
        if isinstance(small, cst.Import):
            for alias in small.names:
                path = dotted(alias.name)
                if alias.asname is None:
                    root = path.partition(".")[0]
                    found[root] = root
                elif isinstance(alias.asname.name, cst.Name):
                    found[alias.asname.name.value] = path
        elif isinstance(small, cst.ImportFrom) and small.module is not None and not small.relative:
            base = dotted(small.module)
            for alias in small.names if not isinstance(small.names, cst.ImportStar) else ():
                name = alias.evaluated_alias or alias.evaluated_name
                found[name] = f"{base}.{alias.evaluated_name}"
    return found


def dotted(node: cst.CSTNode) -> str:
    """``a.b.c`` as text; empty for anything else."""
    if isinstance(node, cst.Name):
        return node.value
    if isinstance(node, cst.Attribute):
        base = dotted(node.value)
        return f"{base}.{node.attr.value}" if base else ""
    return ""


def spelling(source: Source, path: str) -> tuple[str, Edit | None] | None:
    """How ``keras.ops.matmul`` is written in a program, and the import that it needs.

    None where it cannot be reached.
    """
    names = imported(source.module)
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
    if "keras" in names or is_bound(source.module, "keras"):
        return None  # the name means something else here
    edit = new_import(source, "import keras")
    return None if edit is None else (path, edit)


def new_import(source: Source, code: str) -> Edit | None:
    """An import statement above the first one of the program."""
    for line, small in statements(source.module):
        future = isinstance(small, cst.ImportFrom) and dotted(small.module or small) == "__future__"
        if isinstance(small, (cst.Import, cst.ImportFrom)) and not future:
            return new_line_before(Site(source, line, line), code)
    return None


def is_bound(module: cst.Module, name: str) -> bool:
    """Whether anything in a module binds a name."""
    return bindings(module, name) > 0


def bindings(module: cst.Module, name: str) -> int:
    """How often a module binds a name, in whatever scope."""
    return _bound(module)[name]


_BOUND_BY: dict[type, str] = {
    **dict.fromkeys([cst.AssignTarget, cst.AnnAssign, cst.AugAssign, cst.NamedExpr, cst.For,
                     cst.CompFor, cst.Del], "target"),
    **dict.fromkeys([cst.AsName, cst.Param, cst.FunctionDef, cst.ClassDef, cst.NameItem,
                     cst.MatchAs, cst.MatchStar], "name"),
}  # fmt: skip
"""What binds a name, or takes it away (``del``, ``global``), and the field that has it."""


@functools.lru_cache(maxsize=4)
def _bound(module: cst.Module) -> Counter[str]:
    """How often each name is bound."""
    found: Counter[str] = Counter()
    for node in nodes(module):
        if type(node) in _BOUND_BY:
            found.update(_target_names(getattr(node, _BOUND_BY[type(node)])))
        elif isinstance(node, cst.ImportAlias) and node.asname is None:
            found[dotted(node.name).partition(".")[0]] += 1
    return found


def _target_names(target: cst.CSTNode | None) -> Iterator[str]:
    if isinstance(target, cst.Name):
        yield target.value
    elif isinstance(target, (cst.Tuple, cst.List)):
        for element in target.elements:
            yield from _target_names(element.value)
    elif isinstance(target, cst.StarredElement):
        yield from _target_names(target.value)


Block = cst.FunctionDef | cst.ClassDef


def enclosing(module: cst.Module, statement: cst.CSTNode) -> list[Block]:
    """The functions and classes around a statement, the outermost first."""
    pending: list[tuple[cst.CSTNode, tuple[Block, ...]]] = [(module, ())]
    while pending:
        node, around = pending.pop()
        if node is statement:
            return list(around)
        if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
            around = (*around, node)
        pending += [(child, around) for child in children(node)]
    return []


def is_visible(site: Site, name: str, bound_at: Site) -> bool:
    """Whether a name that is bound at one place is certainly the same thing at another."""
    if site.source is not bound_at.source or bindings(site.source.module, name) != 1:
        return False
    module = site.source.module
    outer = enclosing(module, bound_at.statement)
    if outer and isinstance(outer[-1], cst.ClassDef):
        return False
    return enclosing(module, site.statement)[: len(outer)] == outer


def variable(site: Site | None) -> str | None:
    """The variable to which the site's expression is assigned, if that is the whole statement."""
    statement = site.statement if site is not None else None
    if isinstance(statement, cst.SimpleStatementLine) and len(statement.body) == 1:
        (statement,) = statement.body
    if site is None or not isinstance(statement, cst.Assign) or statement.value is not site.node:
        return None
    target = statement.targets[0].target
    return target.value if isinstance(target, cst.Name) else None
