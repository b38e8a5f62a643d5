"""Repairs of imports: KS501."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from kerashape.analysis import ImportFact
from kerashape.diagnostic import Edit, Fix
from kerashape.fixes.names import dotted, imported, new_import
from kerashape.fixes.rewriting import fix, replaced
from kerashape.site import Site

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
    if isinstance(node, cst.ImportFrom):
        return [_from(site, node, root)]
    if isinstance(node, cst.ImportAlias):
        return [_import(site, node, root)]
    if isinstance(node, cst.Attribute) and node.attr.value == "keras" and root == "keras":
        edit = replaced(site, "keras")
        known = imported(site.source.module).get("keras")
        if known is not None:
            return [edit] if known in _MODULES.values() else [None]
        return [edit, new_import(site.source, "import keras")]
    return [None]


def _from(site: Site, node: cst.ImportFrom, root: str) -> Edit | None:
    """``from tensorflow.keras import x`` or ``from tensorflow import keras``."""
    if node.module is None:
        return None
    path = dotted(node.module)
    if path == "tensorflow":
        if isinstance(node.names, cst.ImportStar) or len(node.names) != 1:
            return None
        alias = node.names[0].with_changes(comma=cst.MaybeSentinel.DEFAULT)
        return replaced(site, cst.Import([alias]))
    return replaced(site.at(node.module), _renamed(path, root))


def _import(site: Site, node: cst.ImportAlias, root: str) -> Edit | None:
    """``import keras``, ``import keras.layers as L``."""
    path = dotted(node.name)
    statement = site.statement
    if path == "keras" and root == "tf.keras":
        small = statement.body if isinstance(statement, cst.SimpleStatementLine) else ()
        if len(small) != 1 or not isinstance(small[0], cst.Import) or len(small[0].names) != 1:
            return None
        alias = node.with_changes(comma=cst.MaybeSentinel.DEFAULT)
        return replaced(site.at(small[0]), cst.ImportFrom(cst.Name("tensorflow"), [alias]))
    if node.asname is None:
        return None  # it binds the root
    return replaced(site.at(node.name), _renamed(path, root))


def _renamed(path: str, root: str) -> str:
    other = next(module for name, module in _MODULES.items() if name != root)
    return _MODULES[root] + path.removeprefix(other)
