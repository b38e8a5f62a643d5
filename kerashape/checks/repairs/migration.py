"""Repairs of what Keras 3 took away: KS601, KS602."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerashape.analysis import FaultFact
from kerashape.diagnostic import Fix
from kerashape.fixes.names import dotted
from kerashape.fixes.rewriting import fix, renamed_argument, replaced
from kerashape.keras.migration import names
from kerashape.site import Site

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
    if any(arg.keyword and arg.keyword.value in new.values() for arg in call.args):
        return None
    edits = [renamed_argument(fact.site.at(call), name, new[name]) for name in old]
    return fix(f"write {' and '.join(f'`{n}=`' for n in new.values())}", *edits, safe=True)


def where_it_is_now(fact: FaultFact) -> Fix | None:
    """KS601: the module, name or method that does the same."""
    kind, _, name = str(fact.fault.found).rpartition(".")
    node = fact.site.node
    if kind in _KINDS:
        return _method(fact.site, name)
    if isinstance(node, cst.ImportAlias):
        return _imported_name(fact.site, node)
    if isinstance(node, cst.Attribute):
        statement = _import_from(fact.site)
        if statement is not None and statement.module is node:
            return _module(fact.site, statement)
        return _attribute(fact.site, node)
    return None


def _method(site: Site, name: str) -> Fix | None:
    new = _METHODS.get(name)
    if new is None or not isinstance(site.node, cst.Name):
        return None
    call = next((c for c in _calls(site.statement) if _is_method(c, site.node)), None)
    positional = [arg for arg in call.args if arg.keyword is None] if call is not None else []
    if len(positional) > 1 or any(arg.star for arg in positional):
        return None  # the parameters come in another order
    first = [arg for arg in call.args if arg.keyword is not None] if call is not None else []
    if any(arg.keyword is not None and arg.keyword.value == "generator" for arg in first):
        return None
    return fix(f"use `{new}`", replaced(site, new), safe=True)


def _is_method(call: cst.Call, name: cst.CSTNode) -> bool:
    return isinstance(call.func, cst.Attribute) and call.func.attr is name


def _module(site: Site, statement: cst.ImportFrom) -> Fix | None:
    """``from keras.layers.core import Dense``: all names are in one module now."""
    if isinstance(statement.names, cst.ImportStar) or statement.module is None:
        return None
    root, path = _split(dotted(statement.module))
    modules = set()
    for alias in statement.names:
        name = dotted(alias.name)
        new = names.replacement(f"{path}.{name}")
        if new.rpartition(".")[2] != name:
            return None
        modules.add(new.rpartition(".")[0])
    if len(modules) != 1 or not root:
        return None
    module = modules.pop()
    new = f"{root}.{module}" if module else root
    return fix(f"import from `{new}`", replaced(site, new), safe=True)


def _imported_name(site: Site, alias: cst.ImportAlias) -> Fix | None:
    """``from keras.layers import CuDNNLSTM``: another name of the same module."""
    statement = _import_from(site)
    if statement is None or statement.module is None or not isinstance(alias.name, cst.Name):
        return None
    _, path = _split(dotted(statement.module))
    new = names.replacement(f"{path}.{alias.name.value}")
    module, _, name = new.rpartition(".")
    if module != path or not name.isidentifier() or names.was_module(f"{path}.{alias.name.value}"):
        return None
    code = name if alias.asname is not None else f"{name} as {alias.name.value}"
    return fix(f"import `{name}`", replaced(site.at(alias.name), code), safe=False)


def _attribute(site: Site, node: cst.Attribute) -> Fix | None:
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


def _import_from(site: Site) -> cst.ImportFrom | None:
    for node in _within(site.statement):
        if isinstance(node, cst.ImportFrom):
            aliases = node.names if not isinstance(node.names, cst.ImportStar) else ()
            if node.module is site.node or any(alias is site.node for alias in aliases):
                return node
    return None


def _call_of(site: Site) -> cst.Call | None:
    """The call that has the site's node as an argument."""
    if isinstance(site.node, cst.Call):
        return site.node
    for call in _calls(site.statement):
        if any(arg is site.node or arg.value is site.node for arg in call.args):
            return call
    return None


def _calls(statement: cst.CSTNode) -> Iterator[cst.Call]:
    return (node for node in _within(statement) if isinstance(node, cst.Call))


def _attributes(statement: cst.CSTNode) -> list[cst.Attribute]:
    """The attributes, the inner ones first."""
    return [n for n in _within(statement) if isinstance(n, cst.Attribute)][::-1]


def _within(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    yield node
    for child in node.children:
        yield from _within(child)
