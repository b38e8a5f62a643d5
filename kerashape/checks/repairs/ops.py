"""Repairs of functions of TensorFlow and NumPy on symbolic tensors: KS107."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from kerashape.diagnostic import Fix
from kerashape.fixes.calls import changed_arguments, named, with_end_of
from kerashape.fixes.names import spelling
from kerashape.fixes.rewriting import fix
from kerashape.keras import ops
from kerashape.keras.ops import equivalents
from kerashape.site import Site

if TYPE_CHECKING:
    from kerashape.fixes.calls import Arguments


def keras_function(site: Site, callee: str) -> Fix | None:
    """The function of ``keras.ops`` that does the same, called with the same arguments."""
    equivalent = equivalents.find(callee)
    if equivalent is None or not isinstance(site.node, ast.Call):
        return None
    theirs = _parameters(callee, equivalent)
    spelled = spelling(site.source, f"keras.ops.{equivalent.name}")
    if spelled is None:
        return None
    name, needed = spelled
    call = changed_arguments(site, lambda args: _arguments(args, theirs, equivalent), name)
    edits = [call] + ([needed] if needed is not None else [])
    return fix(f"use `{name}`", *edits, safe=True)


def _parameters(callee: str, equivalent: equivalents.Equivalent) -> list[str]:
    """The parameters of ``tf.<name>`` or ``numpy.<name>`` that may be given by place, in order."""
    from kerashape.keras.ops import tensorflow

    root, _, name = callee.partition(".")
    record = tensorflow.find(name) if root == "tf" else None
    if record is not None:
        return list(record.signature.positional)
    listed = list(equivalent.parameters)
    return listed[: listed.index("keepdims")] if "keepdims" in listed else listed


def _arguments(
    given: Arguments, theirs: list[str], equivalent: equivalents.Equivalent
) -> Arguments | None:
    """The arguments as the other function takes them; None where it does not."""
    record = ops.find(equivalent.name)
    if record is None:
        return None
    ours = list(record.signature.positional)
    found: Arguments = []
    for index, arg in enumerate(given):
        if arg.star or (arg.keyword is None and index >= len(theirs)):
            return None
        name = theirs[index] if arg.keyword is None else arg.keyword.value
        if name == "name" and arg.keyword is not None:
            continue  # Keras names the operation itself
        parameter = equivalent.parameters.get(name)
        if parameter is None:
            return None
        in_place = arg.keyword is None and index < len(ours) and ours[index] == parameter
        found.append(arg if in_place else named(arg, parameter))
    return with_end_of(found, given[-1]) if len(found) < len(given) else found
