"""Where a model begins: ``keras.Input`` and the layer behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kerashape.keras.graph import Tensor
from kerashape.keras.layers import find
from kerashape.keras.layers.base import Layer
from kerashape.keras.names import Names
from kerashape.keras.signature import Arguments

if TYPE_CHECKING:
    from kerashape.site import Site


def make_input(values: Mapping[str, Any], names: Names, site: Site | None = None) -> Tensor:
    """What ``keras.Input(**values)`` returns.

    Raises:
        Fault: ``bad-argument``.
    """
    layer = input_layer(values, names, site)
    tensor = layer.calls[0].output
    assert isinstance(tensor, Tensor)
    return tensor


def input_layer(values: Mapping[str, Any], names: Names, site: Site | None = None) -> Layer:
    """The InputLayer of those arguments, called."""
    record = find("InputLayer")
    assert record is not None
    return record.construct(Arguments((), values), names, site)
