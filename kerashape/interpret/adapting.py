"""Layers that learn from data before a training: vocabularies, means and bins."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kerashape.interpret.keras_layers import plain as as_given
from kerashape.interpret.keras_layers import touch
from kerashape.interpret.plain import from_python, to_python
from kerashape.keras.layers.base import Array, Layer
from kerashape.keras.layers.features import Discretization, Normalization
from kerashape.keras.layers.lookup import IndexLookup
from kerashape.keras.layers.text import TextVectorization
from kerashape.keras.layers.values import plain
from kerashape.keras.signature import Arguments, Signature, bind
from kerashape.shapes import Fault, Shape, Undecided, Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine

SIGNATURES = {
    name: Signature.parse(text)
    for name, text in {
        "adapt": "data, steps=None, batch_size=None",
        "get_vocabulary": "include_special_tokens=True",
        "set_vocabulary": "vocabulary, idf_weights=None",
        "vocabulary_size": "",
    }.items()
}
_PUNCTUATION = re.compile(r"""[!"#$%&()*+,\-./:;<=>?@\[\\\]^_`{|}~']""")


def lookup_of(layer: Layer) -> IndexLookup | None:
    """The layer that holds the vocabulary, if it has one."""
    if isinstance(layer, TextVectorization):
        return layer.lookup
    return layer if isinstance(layer, IndexLookup) else None


def call_method(
    machine: Machine, layer: Layer, name: str, arguments: Arguments, node: ast.AST
) -> Any:
    """``layer.adapt(data)``, and the methods that read or set a vocabulary."""
    lookup = lookup_of(layer)
    if lookup is None and not isinstance(layer, (Normalization, Discretization)):
        return Unknown(f"what {name}() returns")
    try:
        values = bind(SIGNATURES[name], arguments, f"{layer.class_name}.{name}").values
        if name == "adapt":
            touch(machine, layer)
            _adapt(layer, lookup, to_python(values["data"]))
        elif lookup is None:
            return Unknown(f"what {name}() returns")
        elif name == "vocabulary_size":
            return lookup.known_size()
        elif name == "get_vocabulary":
            special = values["include_special_tokens"]
            return from_python(lookup.known_tokens(special=bool(special)))
        else:
            touch(machine, layer)
            lookup.take_vocabulary(
                to_python(values["vocabulary"]), to_python(values["idf_weights"])
            )
    except Fault as fault:
        callee = f"{layer.callee}.{name}"
        return machine.fault(fault, node, callee, given=as_given(arguments))
    except Undecided as undecided:
        return Unknown(undecided.reason)
    return None


def _adapt(layer: Layer, lookup: IndexLookup | None, data: Any) -> None:
    if lookup is not None:
        _learn(layer, lookup, data)
    elif isinstance(layer, Normalization):
        layer.adapt(data.shape if isinstance(data, Array) else Shape.unknown())
    elif isinstance(layer, Discretization):
        layer.adapt()


def _learn(layer: Layer, lookup: IndexLookup, data: Any) -> None:
    """``layer.adapt(data)``: the tokens of the data, the frequent ones first."""
    if lookup.vocabulary is not None:
        _refuse_static(layer, lookup, data)
        return
    try:
        texts = list(_leaves(data))
        tokens = [token for text in texts for token in _tokens(layer, lookup, text)]
        lookup.learn(Counter(tokens))
    except Undecided as undecided:
        lookup.forget(undecided.reason)


def _refuse_static(layer: Layer, lookup: IndexLookup, data: Any) -> None:
    given = plain(lookup.vocabulary) or isinstance(lookup.vocabulary, Array)
    if given and isinstance(data, (list, tuple, Array)):
        raise Fault(
            "bad-argument",
            f"Cannot adapt layer '{lookup.name}' after setting a static vocabulary via "
            "`vocabulary` argument or `set_vocabulary()` method.",
            expected="no vocabulary in the constructor",
            found=lookup.vocabulary,
        )


def _leaves(data: Any) -> Iterator[Any]:
    if not isinstance(data, (list, tuple)):
        raise Undecided("the vocabulary is learnt from data that is not known")
    for item in data:
        if isinstance(item, (list, tuple)):
            yield from _leaves(item)
        elif isinstance(item, (str, int)) and not isinstance(item, bool):
            yield item
        else:
            raise Undecided("the vocabulary is learnt from data that is not known")


def _tokens(layer: Layer, lookup: IndexLookup, text: Any) -> list[Any]:
    """The tokens of one text, or of one value."""
    if isinstance(text, str) != (lookup.token_type == "string"):
        raise Undecided("the tokens are of another type than the layer's")
    if not isinstance(layer, TextVectorization):
        return [text]
    known = plain(layer.standardize) and plain(layer.split) and layer.ngrams is None
    if not known or not text.isascii():
        raise Undecided("how the texts become tokens")
    if layer.standardize in ("lower", "lower_and_strip_punctuation"):
        text = text.lower()
    if layer.standardize in ("strip_punctuation", "lower_and_strip_punctuation"):
        text = _PUNCTUATION.sub("", text)
    if layer.split == "whitespace":
        return list(text.split())
    return list(text) if layer.split == "character" else [text]
