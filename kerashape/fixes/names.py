"""Names in a program: where they are bound, and how something of Keras can be spelled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from kerashape.diagnostic import Edit
from kerashape.fixes.rewriting import new_line_before
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
    counter = _Bindings(name)
    module.visit(counter)
    return counter.count


class _Bindings(cst.CSTVisitor):
    """Counts everything that binds a name, and ``del`` and ``global`` of it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.count = 0

    def _target(self, node: cst.CSTNode) -> None:
        if isinstance(node, cst.Name):
            self.count += node.value == self.name
        elif isinstance(node, (cst.Tuple, cst.List)):
            for element in node.elements:
                self._target(element.value)
        elif isinstance(node, cst.StarredElement):
            self._target(node.value)

    def visit_AssignTarget(self, node: cst.AssignTarget) -> None:
        self._target(node.target)

    def visit_AnnAssign(self, node: cst.AnnAssign) -> None:
        self._target(node.target)

    def visit_AugAssign(self, node: cst.AugAssign) -> None:
        self._target(node.target)

    def visit_NamedExpr(self, node: cst.NamedExpr) -> None:
        self._target(node.target)

    def visit_For(self, node: cst.For) -> None:
        self._target(node.target)

    def visit_CompFor(self, node: cst.CompFor) -> None:
        self._target(node.target)

    def visit_AsName(self, node: cst.AsName) -> None:
        self._target(node.name)

    def visit_Del(self, node: cst.Del) -> None:
        self._target(node.target)

    def visit_Param(self, node: cst.Param) -> None:
        self._target(node.name)

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        self._target(node.name)

    def visit_ClassDef(self, node: cst.ClassDef) -> None:
        self._target(node.name)

    def visit_NameItem(self, node: cst.NameItem) -> None:
        self._target(node.name)

    def visit_ImportAlias(self, node: cst.ImportAlias) -> None:
        if node.asname is None:
            self.count += dotted(node.name).partition(".")[0] == self.name


Block = cst.FunctionDef | cst.ClassDef


def enclosing(module: cst.Module, statement: cst.CSTNode) -> list[Block]:
    """The functions and classes around a statement, the outermost first."""
    finder = _Enclosing(statement)
    module.visit(finder)
    return finder.found or []


class _Enclosing(cst.CSTVisitor):
    def __init__(self, statement: cst.CSTNode) -> None:
        super().__init__()
        self.statement = statement
        self.around: list[Block] = []
        self.found: list[Block] | None = None

    def on_visit(self, node: cst.CSTNode) -> bool:
        if node is self.statement:
            self.found = list(self.around)
        if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
            self.around.append(node)
        return self.found is None

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if self.around and self.around[-1] is original_node:
            self.around.pop()


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
