"""The repair of a path that Keras 3 does not save to: KS603."""

from __future__ import annotations

import re

import libcst as cst

from kerashape.analysis import FaultFact
from kerashape.diagnostic import Fix
from kerashape.fixes.rewriting import fix, replaced

_OLD = re.compile(r"(\.weights)?\.(h5|hdf5|ckpt|tf|pb|keras|weights|model)$|/$")
_PLAIN = re.compile(r"""^(['"])((?:(?!\1)[^\\{}])*)\1$""")


def with_another_ending(fact: FaultFact) -> Fix | None:
    """The same path with the ending that is due, where it is written out."""
    ending = ".weights.h5" if ".weights.h5" in str(fact.fault.expected) else ".keras"
    node = _last_part(fact.site.node)
    if isinstance(node, cst.FormattedString):
        text = node.parts[-1] if node.parts else None
        if not isinstance(text, cst.FormattedStringText) or "\\" in text.value:
            return None
        changed = text.with_changes(value=_OLD.sub("", text.value) + ending)
        new: cst.CSTNode | str = node.with_changes(parts=[*node.parts[:-1], changed])
    elif isinstance(node, cst.SimpleString):
        written = _PLAIN.match(node.value)
        if written is None:
            return None
        quote, path = written.groups()
        new = f"{quote}{_OLD.sub('', path)}{ending}{quote}"
    else:
        return None
    return fix(f"let the path end in {ending}", replaced(fact.site.at(node), new), safe=False)


def _last_part(node: cst.CSTNode) -> cst.CSTNode:
    """Of ``folder + "a.h5"`` and ``os.path.join(folder, "a.h5")`` the last string."""
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add):
        return _last_part(node.right)
    if isinstance(node, cst.Call) and node.args and node.args[-1].keyword is None:
        return _last_part(node.args[-1].value)
    return node
