"""Calls of losses, optimizers, callbacks, utilities... against their signatures."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from kerashape.interpret.keras_layers import argument_node, plain
from kerashape.keras import signatures
from kerashape.keras.signature import Arguments, bind
from kerashape.shapes import Fault

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine


def refuse(machine: Machine, path: str, arguments: Arguments, node: ast.AST) -> bool:
    """Whether Keras 3 takes no call of ``path`` with these arguments; it is noted."""
    signature = signatures.find(path) if machine.keras_version >= 3 else None
    if signature is None:
        return False
    name = path.rpartition(".")[2]
    try:
        bind(signature, arguments, f"{name}.__init__" if name[:1].isupper() else name)
    except Fault as fault:
        place = argument_node(node, fault, signature)
        if path.startswith("keras.optimizers.") and "unexpected keyword" in fault.text:
            fault.text = f"Argument(s) not recognized: {{'{fault.argument}': ...}}"
        machine.fault(fault, place, path, given=plain(arguments))
        return True
    return False
