"""Repairs of the end of a model: a layer that brings each sample to one vector (KS403)."""

from __future__ import annotations

import ast

from kerashape.diagnostic import Edit, Fix
from kerashape.fixes.names import spelling
from kerashape.fixes.rewriting import fix, inserted_before, new_line_before, replaced
from kerashape.interpret.walking import nodes
from kerashape.keras.graph import Tensor
from kerashape.keras.layers.base import Layer
from kerashape.shapes import Shape
from kerashape.site import Site
from kerashape.syntax import first_argument, is_attribute, items


def one_vector(output: Tensor) -> Fix | None:
    """Flatten, or pool where a size is not known, in front of the last layer."""
    call = output.call
    if call is None or not isinstance(call.operation, Layer) or len(call.input_tensors) != 1:
        return None
    kind = _kind(call.input_tensors[0].shape)
    made = call.operation.site
    if kind is None or made is None or not isinstance(made.node, ast.Call):
        return None
    spelled = _spelling(made, kind)
    if spelled is None:
        return None
    name, needed = spelled
    edits = [_placed(made, call.site, f"{name}()"), *([needed] if needed is not None else [])]
    return fix(f"put `{name}()` before the last layer", *edits, safe=False)


def _kind(shape: Shape) -> str | None:
    if shape.open or not 3 <= len(shape.dims) <= 5:
        return None
    if all(isinstance(size, int) for size in shape.dims[1:]):
        return "Flatten"
    return f"GlobalAveragePooling{len(shape.dims) - 2}D"


def _spelling(made: Site, kind: str) -> tuple[str, Edit | None] | None:
    """As the last layer is spelled: ``layers.Dense`` beside ``layers.Flatten``."""
    function = made.node.func if isinstance(made.node, ast.Call) else None
    if isinstance(function, ast.Attribute):
        return f"{made.source.text_of(function.value)}.{kind}", None
    return spelling(made.source, f"keras.layers.{kind}")


def _placed(made: Site, called: Site | None, code: str) -> Edit | None:
    """The layer where the model is written: around a tensor, in a list, in an ``add``."""
    node = called.node if called is not None else None
    if called is not None and isinstance(node, ast.Call) and node.func is made.node:
        tensor = first_argument(node)
        if tensor is None or len(node.args) + len(node.keywords) != 1:
            return None
        text = called.source.code_of(tensor)
        return replaced(called.at(tensor), f"{code}({text})")
    parent = _parent(made)
    if items(parent) is not None:
        place = made.source.place(made.node)
        before = made.source.lines[place.line - 1][: place.column - 1]
        alone = not before.strip()
        return inserted_before(made, f"{code},\n{before}" if alone else f"{code}, ")
    function = parent.func if isinstance(parent, ast.Call) else None
    if function is not None and is_attribute(function, "add"):
        return new_line_before(made, f"{made.source.text_of(function)}({code})")
    return None


def _parent(site: Site) -> ast.AST | None:
    """The list, or the call, among whose elements or arguments the site's expression stands."""
    for node in nodes(site.statement):
        given = node.args if isinstance(node, ast.Call) else items(node)
        if given is not None and any(element is site.node for element in given):
            return node
    return None
