"""What a program puts on ``sys.path``: folders in which its imports are looked up, too."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kerashape.interpret.stdlib import handles
from kerashape.interpret.values import iterate
from kerashape.keras.signature import Arguments
from kerashape.syntax import dotted

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine
    from kerashape.source import Source

_SAME = frozenset(["abspath", "realpath", "normpath", "resolve", "absolute", "expanduser", "Path",
                   "PurePath", "str", "fspath", "as_posix"])  # fmt: skip
"""Functions and methods that give the same place in other words."""
_HERE = frozenset(["getcwd", "cwd"])


@handles("sys.path.append", "sys.path.insert", "sys.path.extend")
def _add(machine: Machine, arguments: Arguments, node: ast.AST) -> Any:
    source, project = machine.frame.source, machine.project
    if project is None or source.file is None or not isinstance(node, ast.Call) or not node.args:
        return None
    written = node.args[-1]
    values = iterate(arguments.positional[-1]) if arguments.positional else None
    several = written.elts if isinstance(written, (ast.List, ast.Tuple)) else [written]
    if values is None or len(values) != len(several):
        values = list(arguments.positional[-1:]) if len(several) == 1 else []
    for value, place in zip(values, several):
        folder = Path(value) if isinstance(value, str) else _place(place, source)
        if folder is not None:
            project.look_in(source.file, source.file.absolute().parent / folder)
    return None


def _place(node: ast.expr, source: Source, depth: int = 12) -> Path | None:
    """The path that an expression means, if that can be said from how it is written."""
    assert source.file is not None
    if depth == 0:
        return None

    def inner(other: ast.expr) -> Path | None:
        return _place(other, source, depth - 1)

    if isinstance(node, ast.Constant):
        return Path(node.value) if isinstance(node.value, str) else None
    if isinstance(node, ast.Name):
        if node.id == "__file__":
            return source.file.absolute()
        written = _assigned(source.tree, node.id)
        return None if written is None else inner(written)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return _joined([inner(node.left), inner(node.right)])
    if isinstance(node, ast.Attribute):
        if dotted(node) in ("os.pardir", "os.path.pardir"):
            return Path("..")
        found = inner(node.value) if node.attr == "parent" else None
        return found and found.parent
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute):
        found, index = inner(node.value.value), getattr(node.slice, "value", None)
        if found is not None and node.value.attr == "parents" and isinstance(index, int):
            return found.parents[index] if index < len(found.parents) else None
    return _called(node, inner, source.file) if isinstance(node, ast.Call) else None


def _called(node: ast.Call, inner: Callable[[ast.expr], Path | None], file: Path) -> Path | None:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else dotted(node.func)
    if name in _HERE:  # scripts are run where they lie
        return file.absolute().parent
    if name in ("join", "joinpath"):
        receiver = [node.func.value] if name == "joinpath" else []  # type: ignore[attr-defined]
        return _joined([inner(part) for part in (*receiver, *node.args)])
    given = node.args[0] if node.args else getattr(node.func, "value", None)
    found = inner(given) if given is not None else None
    if name == "dirname":
        return found and found.parent
    return found if name in _SAME else None


def _joined(parts: list[Path | None]) -> Path | None:
    return None if None in parts or not parts else Path(*parts)  # type: ignore[arg-type]


def _assigned(tree: ast.Module, name: str) -> ast.expr | None:
    """What the module assigns to a name, if it does so once."""
    found = [
        statement.value
        for statement in tree.body
        if isinstance(statement, ast.Assign)
        and any(isinstance(t, ast.Name) and t.id == name for t in statement.targets)
    ]
    return found[0] if len(found) == 1 else None
