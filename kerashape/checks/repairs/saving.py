"""The repair of a path that Keras 3 does not save to: KS603."""

from __future__ import annotations

import ast
import re

from kerashape.analysis import FaultFact
from kerashape.diagnostic import Fix
from kerashape.fixes.rewriting import fix, replaced
from kerashape.syntax import is_text

_OLD = re.compile(r"(\.weights)?\.(h5|hdf5|ckpt|tf|pb|keras|weights|model)$|/$")
_WRITTEN = re.compile(r"""(\w*)(['"])((?:(?!\2)[^\\\n])*)\2""")


def with_another_ending(fact: FaultFact) -> Fix | None:
    """The same path with the ending that is due, where it is written out."""
    ending = ".weights.h5" if ".weights.h5" in str(fact.fault.expected) else ".keras"
    node = _last_part(fact.site.node)
    if not (is_text(node) or isinstance(node, ast.JoinedStr)):
        return None
    written = _WRITTEN.fullmatch(fact.site.source.code_of(node))
    if written is None:
        return None
    prefix, quote, path = written.groups()
    if (path.endswith("}") and isinstance(node, ast.JoinedStr)) or ("{" in path and is_text(node)):
        return None
    new = f"{prefix}{quote}{_OLD.sub('', path)}{ending}{quote}"
    return fix(f"let the path end in {ending}", replaced(fact.site.at(node), new), safe=False)


def _last_part(node: ast.AST) -> ast.AST:
    """Of ``folder + "a.h5"`` and ``os.path.join(folder, "a.h5")`` the last string."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _last_part(node.right)
    if isinstance(node, ast.Call) and node.args and not node.keywords:
        return _last_part(node.args[-1])
    return node
