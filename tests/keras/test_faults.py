"""Every fault says what would have fitted, so that a message can."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import kerashape

PACKAGE = Path(kerashape.__file__).parent
MODULES = sorted(p for part in ("keras", "shapes") for p in (PACKAGE / part).rglob("*.py"))
_TELLS = {"expected", "binding", "help"}
_BY_PYTHON = {"_python_fault"}
"""Python's own errors within Keras: their text is all there is to say."""


def silent(module: Path) -> list[int]:
    """The lines where a fault is made without a word on what would have fitted."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    spared = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and function.name in _BY_PYTHON
        for node in ast.walk(function)
    }
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Fault"
        and isinstance(node.args[0], ast.Constant)  # labels.py leaves the words to its check
        and id(node) not in spared
        and not _TELLS & {keyword.arg or "" for keyword in node.keywords}
    ]


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.relative_to(PACKAGE).as_posix())
def test_a_fault_says_what_would_fit(module: Path) -> None:
    assert not silent(module)
