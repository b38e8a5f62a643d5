"""Copies of layers that were made and called before: architectures repeat themselves.

A layer's weights and output follow from its class, its arguments and the shapes that it is
called on. Where all of them are known, making and calling it again is copying its attributes.
"""

from __future__ import annotations

from typing import Any

from kerashape.keras.graph import Call, Tensor
from kerashape.keras.layers.base import Layer
from kerashape.keras.layers.values import plain
from kerashape.keras.names import Names

_memory: dict[Any, Copy] = {}
_MOST = 20_000
_OWN = frozenset({"name", "names", "arguments", "calls", "site"})
"""The attributes that no two layers share."""


class Copy:
    """A layer as it was after its first call, ready to be copied."""

    __slots__ = ("arguments", "attributes", "dtype", "record", "shape", "values")

    def __init__(self, layer: Layer, call: Call) -> None:
        self.record = type(layer)
        self.attributes = {k: v for k, v in vars(layer).items() if k not in _OWN}
        self.arguments = layer.arguments
        self.values = call.values
        self.shape = call.output.shape
        self.dtype = call.output.dtype

    def call(self, inputs: Any, name: Any, names: Names) -> Tensor:
        """What making the layer and calling it on ``inputs`` returns."""
        layer = self.record.__new__(self.record)
        attributes = vars(layer)
        attributes.update(self.attributes)
        attributes["name"] = names.automatic(layer.class_name) if name is None else name
        attributes["names"] = names
        attributes["site"] = None
        attributes["arguments"] = {**self.arguments, "name": name}
        first = next(iter(self.values))
        call = Call(layer, inputs, values={**self.values, first: inputs})
        output = call.output = Tensor(self.shape, self.dtype, call)
        attributes["calls"] = (call,)
        return output


def key_of(kind: str, positional: Any, keywords: dict[str, Any], inputs: Any) -> Any:
    """What tells one call from another, but for names; None if something is not known."""
    tensors = inputs if isinstance(inputs, list) else (inputs,)
    given = {**keywords, "": positional}
    given["name"] = given.get("name") is None
    if not plain(given) or not all(tensor.shape.known for tensor in tensors):
        return None
    seen = tuple((tensor.shape.dims, tensor.dtype, tensor.sparse) for tensor in tensors)
    return (kind, repr(given), isinstance(inputs, list), seen)


def find(key: Any) -> Copy | None:
    """The copy for a key, if there is one."""
    return None if key is None else _memory.get(key)


def remember(key: Any, layer: Layer, output: Tensor) -> None:
    """Keep a layer that was called once."""
    if key is not None and output.call is not None and output.shape.known:
        if len(_memory) >= _MOST:
            _memory.clear()
        _memory[key] = Copy(layer, output.call)
