"""Repairs of what Keras 3 took away: KS601, KS602."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerashape.analysis import FaultFact
from kerashape.diagnostic import Fix
from kerashape.fixes.rewriting import fix, is_unpacked, renamed_argument, replaced
from kerashape.keras.migration import names
from kerashape.site import Site
from kerashape.syntax import dotted, keyword, word

_OTHER_VALUES = frozenset(["dim_ordering", "nb_val_samples", "samples_per_epoch"])
"""Renamed arguments whose values mean something else now."""
_METHODS = {
    "fit_generator": "fit",
    "evaluate_generator": "evaluate",
    "predict_generator": "predict",
    "predict_proba": "predict",
    "reset_states": "reset_state",
    "lr": "learning_rate",
}
_KINDS = ("Model", "Optimizer", "Metric")


def by_new_names(fact: FaultFact) -> Fix | None:
    """KS602: the arguments by their new names, where only the name is another."""
    new = fact.fault.expected
    old = fact.fault.found
    if not isinstance(new, dict) or not isinstance(old, list) or set(old) != set(new):
        return None
    call = _call_of(fact.site)
    if call is None or len(set(new.values())) < len(new) or _OTHER_VALUES & set(new):
        return None
    if keyword(call, *new.values()) is not None:
        return None
    edits = [renamed_argument(fact.site.at(call), name, new[name]) for name in old]
    return fix(f"write {' and '.join(f'`{n}=`' for n in new.values())}", *edits, safe=True)


def where_it_is_now(fact: FaultFact) -> Fix | None:
    """KS601: the module, name or method that does the same."""
    kind, _, name = str(fact.fault.found).rpartition(".")
    node = fact.site.node
    if kind in _KINDS:
        return _method(fact.site, name)
    if isinstance(node, ast.alias):
        return _imported_name(fact.site, node)
    statement = _import_from(fact.site)
    if statement is not None:
        return _module(fact.site, statement)
    return _attribute(fact.site, node) if isinstance(node, ast.Attribute) else None


def _method(site: Site, name: str) -> Fix | None:
    new = _METHODS.get(name)
    if new is None or not isinstance(site.node, ast.Name):
        return None
    call = next((c for c in _calls(site.statement) if _is_method(c, site.node)), None)
    if call is not None and (len(call.args) > 1 or is_unpacked(call) or keyword(call, "generator")):
        return None  # the parameters come in another order
    return fix(f"use `{new}`", replaced(site, new), safe=True)


def _is_method(call: ast.Call, name: ast.AST) -> bool:
    return isinstance(call.func, ast.Attribute) and word(call.func) is name


def _module(site: Site, statement: ast.ImportFrom) -> Fix | None:
    """``from keras.layers.core import Dense``: all names are in one module now."""
    root, path = _split(statement.module or "")
    modules = set()
    for alias in statement.names:
        new = names.replacement(f"{path}.{alias.name}")
        if new.rpartition(".")[2] != alias.name:
            return None
        modules.add(new.rpartition(".")[0])
    if len(modules) != 1 or not root:
        return None
    module = modules.pop()
    new = f"{root}.{module}" if module else root
    return fix(f"import from `{new}`", replaced(site, new), safe=True)


def _imported_name(site: Site, alias: ast.alias) -> Fix | None:
    """``from keras.layers import CuDNNLSTM``: another name of the same module."""
    statement = _import_from(site)
    if statement is None or statement.module is None:
        return None
    _, path = _split(statement.module)
    new = names.replacement(f"{path}.{alias.name}")
    module, _, name = new.rpartition(".")
    if module != path or not name.isidentifier() or names.was_module(f"{path}.{alias.name}"):
        return None
    code = f"{name} as {alias.asname or alias.name}"
    return fix(f"import `{name}`", replaced(site, code), safe=False)


def _attribute(site: Site, node: ast.Attribute) -> Fix | None:
    """``tf.keras.losses.mse``, ``tf.keras.layers.experimental.preprocessing.Resizing``."""
    whole = node
    path = dotted(node)
    start = path.find("keras.")
    if start < 0:
        return None  # Keras goes by a name of the program's own
    for outer in _attributes(site.statement):
        if outer.value is whole:
            whole = outer
            path = dotted(whole)
            if names.replacement(path[start + len("keras.") :]):
                break
    new = names.replacement(path[start + len("keras.") :])
    if not new or not all(part.isidentifier() for part in new.split(".")):
        return None
    prefix = path[: start + len("keras")]
    return fix(f"use `{prefix}.{new}`", replaced(site.at(whole), f"{prefix}.{new}"), safe=False)


def _split(path: str) -> tuple[str, str]:
    """The root by which Keras is reached, and the rest."""
    for root in ("tensorflow.keras", "keras"):
        if path == root or path.startswith(f"{root}."):
            return root, path[len(root) + 1 :]
    return "", path


# -- the syntax around a node ---------------------------------------------------------------


def _import_from(site: Site) -> ast.ImportFrom | None:
    return site.statement if isinstance(site.statement, ast.ImportFrom) else None


def _call_of(site: Site) -> ast.Call | None:
    """The call that has the site's node as an argument."""
    if isinstance(site.node, ast.Call):
        return site.node
    for call in _calls(site.statement):
        if any(given is site.node for given in [*call.args, *call.keywords]):
            return call
    return None


def _calls(statement: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(statement) if isinstance(node, ast.Call))


def _attributes(statement: ast.AST) -> list[ast.Attribute]:
    """The attributes, the inner ones first."""
    return [node for node in ast.walk(statement) if isinstance(node, ast.Attribute)][::-1]
