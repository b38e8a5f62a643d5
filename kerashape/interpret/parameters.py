"""The parameters of a user's function."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any

from kerashape.interpret.callables import Function
from kerashape.keras.signature import REQUIRED, Signature


def signature_of(function: Function) -> Signature:
    """The parameters of a user's function."""
    written = function.node.args

    def named(group: Iterable[ast.arg]) -> dict[str, Any]:
        return {p.arg: function.defaults.get(p.arg, REQUIRED) for p in group}

    return Signature(
        named((*written.posonlyargs, *written.args)),
        named(written.kwonlyargs),
        written.vararg.arg if written.vararg is not None else None,
        written.kwarg.arg if written.kwarg is not None else None,
        frozenset(p.arg for p in written.posonlyargs),
    )
