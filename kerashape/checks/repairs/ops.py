"""Repairs of functions of TensorFlow and NumPy on symbolic tensors: KS107."""

from __future__ import annotations

import libcst as cst

from kerashape.diagnostic import Fix
from kerashape.fixes.names import spelling
from kerashape.fixes.rewriting import Arguments, fix, replaced
from kerashape.keras import ops
from kerashape.keras.ops import equivalents
from kerashape.site import Site


def keras_function(site: Site, callee: str) -> Fix | None:
    """The function of ``keras.ops`` that does the same, called with the same arguments."""
    equivalent = equivalents.find(callee)
    node = site.node
    if equivalent is None or not isinstance(node, cst.Call):
        return None
    args = _arguments(node, _parameters(callee, equivalent), equivalent)
    spelled = spelling(site.source, f"keras.ops.{equivalent.name}")
    if args is None or spelled is None:
        return None
    name, needed = spelled
    call = node.with_changes(func=cst.parse_expression(name), args=args)
    edits = [replaced(site, call)] + ([needed] if needed is not None else [])
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
    call: cst.Call, theirs: list[str], equivalent: equivalents.Equivalent
) -> Arguments | None:
    """The arguments as the other function takes them; None where it does not."""
    record = ops.find(equivalent.name)
    if record is None:
        return None
    ours = list(record.signature.positional)
    found: Arguments = []
    for index, arg in enumerate(call.args):
        if arg.star or (arg.keyword is None and index >= len(theirs)):
            return None
        given = theirs[index] if arg.keyword is None else arg.keyword.value
        if given == "name" and arg.keyword is not None:
            continue  # Keras names the operation itself
        parameter = equivalent.parameters.get(given)
        if parameter is None:
            return None
        in_place = arg.keyword is None and index < len(ours) and ours[index] == parameter
        if not in_place:
            equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
            arg = arg.with_changes(
                keyword=cst.Name(parameter), equal=arg.equal if arg.keyword else equal
            )
        found.append(arg)
    if found and len(found) < len(call.args):
        last = call.args[-1]
        found[-1] = found[-1].with_changes(
            comma=last.comma, whitespace_after_arg=last.whitespace_after_arg
        )
    return found
