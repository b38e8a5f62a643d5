"""Repairs of imports: KS501."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from kerashape.analysis import ImportFact
from kerashape.diagnostic import Edit, Fix
from kerashape.fixes.names import imported, new_import
from kerashape.fixes.rewriting import fix, replaced
from kerashape.site import Site
from kerashape.syntax import is_attribute

_MODULES = {"keras": "keras", "tf.keras": "tensorflow.keras"}


def one_root(facts: Sequence[ImportFact], root: str) -> Fix | None:
    """KS501: every import of Keras by the same root."""
    if root not in _MODULES or any(fact.root not in _MODULES for fact in facts):
        return None
    edits: list[Edit | None] = []
    for fact in facts:
        if fact.root != root:
            edits += _edits(fact.site, root)
    return fix(f"import everything from `{root}`", *edits, safe=False)


def _edits(site: Site, root: str) -> list[Edit | None]:
    node = site.node
    if isinstance(node, ast.ImportFrom):
        return [_from(site, node, root)]
    if isinstance(node, ast.alias):
        return [_import(site, node, root)]
    if is_attribute(node, "keras") and root == "keras":
        edit = replaced(site, "keras")
        known = imported(site.source.tree).get("keras")
        if known is not None:
            return [edit] if known in _MODULES.values() else [None]
        return [edit, new_import(site.source, "import keras")]
    return [None]


def _from(site: Site, node: ast.ImportFrom, root: str) -> Edit | None:
    """``from tensorflow.keras import x`` or ``from tensorflow import keras``."""
    if node.module is None:
        return None
    if node.module == "tensorflow":
        if len(node.names) != 1 or node.names[0].name == "*":
            return None
        return replaced(site, f"import {site.source.code_of(node.names[0])}")
    return replaced(site.at(site.source.module_of(node)), _renamed(node.module, root))


def _import(site: Site, node: ast.alias, root: str) -> Edit | None:
    """``import keras``, ``import keras.layers as L``."""
    path, statement = node.name, site.statement
    if path == "keras" and root == "tf.keras":
        if not isinstance(statement, ast.Import) or len(statement.names) != 1:
            return None
        code = f"from tensorflow import {site.source.code_of(node)}"
        return replaced(site.at(statement), code)
    if node.asname is None:
        return None  # it binds the root
    renamed = _renamed(path, root)
    return replaced(site, site.source.code_of(node).replace(path, renamed, 1))


def _renamed(path: str, root: str) -> str:
    other = next(module for name, module in _MODULES.items() if name != root)
    return _MODULES[root] + path.removeprefix(other)
