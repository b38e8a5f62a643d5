"""Repairs of calls and constructors of layers: KS108, KS110, KS208, KS401, KS502."""

from __future__ import annotations

import ast
import difflib
import re
from typing import TYPE_CHECKING

from kerashape.analysis import FaultFact
from kerashape.diagnostic import Fix
from kerashape.fixes.calls import changed_arguments, with_argument, without_argument
from kerashape.fixes.rewriting import argument, fix, in_parentheses, replaced
from kerashape.keras import layers
from kerashape.keras.graph import Call
from kerashape.keras.layers.base import Layer
from kerashape.keras.signature import Signature
from kerashape.site import Site
from kerashape.syntax import expression, is_text, key

if TYPE_CHECKING:
    from kerashape.fixes.calls import Arguments

_MERGES = frozenset(
    ["Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract"]
)
RECURRENT = frozenset(
    ["LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"]
)
_SHAPES = frozenset(["shape", "batch_shape", "input_shape", "batch_input_shape"])


def return_sequences(source: Call, consumer: Call) -> Fix | None:
    """KS208: ``return_sequences=True`` where the recurrent layer is made.

    Not where one expression makes both layers, in a loop say: then not all of them need it.
    """
    layer = source.operation
    inner = getattr(layer, "layer", layer)
    site = inner.site
    if site is None or not isinstance(inner, Layer):
        return None
    made = consumer.operation.site
    if made is None or layer.site is None or made.node is layer.site.node:
        return None
    message = f"add `return_sequences=True` to the {inner.class_name}"
    explicit = argument(site, "return_sequences") is not None
    # Before a convolution, say, the last step may have been meant to be repeated.
    safe = not explicit and consumer.operation.class_name in RECURRENT
    return fix(message, with_argument(site, "return_sequences", "True"), safe=safe)


def in_a_list(site: Site, merge: str) -> Fix | None:
    """KS108: the tensors of a merge layer, given side by side, in a list."""
    if merge.capitalize() not in _MERGES:
        return None
    edit = changed_arguments(site, _listed)
    return fix("put the tensors in a list", edit, safe=True)


def _listed(args: Arguments) -> Arguments | None:
    import libcst as cst

    tensors = [arg for arg in args if arg.keyword is None]
    if len(tensors) < 2 or any(arg.star for arg in args):
        return None
    last = tensors[-1]
    elements = [cst.Element(arg.value, arg.comma) for arg in tensors[:-1]]
    elements.append(cst.Element(last.value))
    return [last.with_changes(value=cst.List(elements)), *args[len(tensors) :]]


def as_a_tuple(fact: FaultFact) -> Fix | None:
    """KS110: ``shape=(10)`` is the number 10: the comma makes it a tuple."""
    fault = fact.fault
    number = fault.found
    if fault.argument not in _SHAPES or isinstance(number, bool) or not isinstance(number, int):
        return None
    value = expression(fact.site.node)
    if not isinstance(value, ast.expr) or isinstance(value, ast.Call):
        return None
    site = fact.site.at(value)
    code = site.source.code_of(value)
    code = f"{code}," if site.source.is_in_parentheses(value) else f"({code},)"
    return fix("make it a tuple", replaced(site, code), safe=True)


def with_batch_axis(site: Site) -> Fix | None:
    """KS401, KS406: one sample as a batch of one."""
    node = site.node
    if not isinstance(node, ast.expr):
        return None
    code = in_parentheses(node, site.source.code_of(node))
    return fix("add the batch axis", replaced(site, f"{code}[None]"), safe=True)


def without_training(site: Site) -> Fix | None:
    """KS502: the call without ``training=True``."""
    return fix("remove `training=True`", without_argument(site, "training"), safe=False)


def as_it_was_meant(fact: FaultFact) -> Fix | None:
    """KS110: an argument, or a word given for one, that is misspelt."""
    fault = fact.fault
    if fault.argument is None:
        return None
    if fault.binding == "unexpected":
        return _respelt_keyword(fact)
    if isinstance(fault.found, str):
        return _respelt_word(fact, re.findall(r"'(\w+)'", str(fault.expected or "")))
    return None


def _respelt_keyword(fact: FaultFact) -> Fix | None:
    record = layers.find(fact.callee.rpartition(".")[2])
    node = fact.site.node
    if record is None or not isinstance(node, ast.keyword) or node.arg is None:
        return None
    known = [*Signature.parse(record.signature).names, "name", "dtype", "trainable"]
    close = difflib.get_close_matches(node.arg, known, n=1, cutoff=_CLOSE)
    if not close:
        return None
    edit = replaced(fact.site.at(key(node)), close[0])
    return fix(f"use `{close[0]}`", edit, safe=False)


def _respelt_word(fact: FaultFact, words: list[str]) -> Fix | None:
    value = expression(fact.site.node)
    quotes = re.search(r"['\"]+", fact.site.source.code_of(value)) if is_text(value) else None
    if quotes is None:
        return None
    close = difflib.get_close_matches(str(fact.fault.found), words, n=1, cutoff=_CLOSE)
    if not close:
        return None
    edit = replaced(fact.site.at(value), f"{quotes[0]}{close[0]}{quotes[0]}")
    return fix(f"use {close[0]!r}", edit, safe=False)


_CLOSE = 0.7
