"""Repairs of the loss and the last activation: KS301, KS302, KS303."""

from __future__ import annotations

import ast
import re

from kerashape.diagnostic import Edit, Fix
from kerashape.fixes.calls import with_argument, without_argument
from kerashape.fixes.rewriting import argument, fix, replaced
from kerashape.keras.layers.base import Layer
from kerashape.keras.losses import find
from kerashape.keras.signature import Signature
from kerashape.site import Site
from kerashape.syntax import dotted, expression, is_text, word


def another_loss(site: Site, name: str, class_name: str) -> Fix | None:
    """Another loss where it is given to ``compile``: its name, or its class."""
    return fix(f"use {name}", _loss_edit(site, name, class_name), safe=False)


def another_activation(operation: object, activation: str) -> Fix | None:
    """Another last activation, where the layer is made."""
    message = f"use activation='{activation}'"
    return fix(message, activation_edit(operation, activation), safe=False)


def loss_and_activation(
    site: Site, name: str, class_name: str, operation: object, activation: str
) -> Fix | None:
    """Both at once."""
    return fix(
        f"use {name} and activation='{activation}'",
        _loss_edit(site, name, class_name),
        activation_edit(operation, activation),
        safe=False,
    )


def without_logits(site: Site) -> Fix | None:
    """KS303: the loss without ``from_logits=True``."""
    value = _value(site)
    return fix("remove `from_logits=True`", without_argument(value, "from_logits"), safe=False)


def activation_edit(operation: object, activation: str) -> Edit | None:
    """The layer's constructor with another activation; None where it takes none."""
    if not isinstance(operation, Layer) or operation.site is None:
        return None
    inner = getattr(operation, "layer", operation)
    if not isinstance(inner, Layer) or inner.site is None:
        return None
    parameters = list(Signature.parse(inner.signature).positional)
    if "activation" not in parameters or not isinstance(inner.site.node, ast.Call):
        return None
    code = quoted(inner.site, activation)
    given = argument(inner.site, "activation", parameters.index("activation"))
    if given is not None:
        return replaced(given, code)
    return with_argument(inner.site, "activation", code)


def quoted(site: Site, text: str) -> str:
    """A string with the quotes that the file prefers."""
    program = site.source.text
    quote = "'" if program.count("'") > program.count('"') else '"'
    return f"{quote}{text}{quote}"


def _loss_edit(site: Site, name: str, class_name: str) -> Edit | None:
    """The loss as it is written there; None where a variable holds it."""
    site = _value(site)
    node = site.node
    if is_text(node):
        quotes = re.search(r"['\"]+", site.source.code_of(node))
        return replaced(site, f"{quotes[0]}{name}{quotes[0]}") if quotes is not None else None
    callee = node.func if isinstance(node, ast.Call) else node
    given = dotted(callee).rpartition(".")[2]
    if find(given) is None:
        return None
    if isinstance(callee, ast.Attribute):
        return replaced(site.at(word(callee)), class_name if given[:1].isupper() else name)
    # A name that was imported: its replacement was not.
    return replaced(site, quoted(site, name)) if callee is node else None


def _value(site: Site) -> Site:
    return site.at(expression(site.node))
