"""The parameters of a user's function."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import libcst as cst

from kerashape.interpret.values import Function
from kerashape.keras.signature import REQUIRED, Signature


def signature_of(function: Function) -> Signature:
    """The parameters of a user's function."""
    parameters = function.node.params

    def named(group: Iterable[cst.Param]) -> dict[str, Any]:
        return {
            p.name.value: function.defaults.get(p.name.value, REQUIRED)
            if p.default is not None
            else REQUIRED
            for p in group
        }

    star = parameters.star_arg
    return Signature(
        named((*parameters.posonly_params, *parameters.params)),
        named(parameters.kwonly_params),
        star.name.value if isinstance(star, cst.Param) else None,
        parameters.star_kwarg.name.value if parameters.star_kwarg is not None else None,
        frozenset(p.name.value for p in parameters.posonly_params),
    )
