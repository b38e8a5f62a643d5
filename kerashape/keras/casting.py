"""The casts that Keras makes of a layer's symbolic inputs before it calls the layer.

Each is an operation of its own. The layer hangs on the tensor that was given to it, not on the
cast one; but the cast takes an automatic name, and masks are computed from what was cast.
Follows ``keras.src.layers.layer.Layer.__call__`` and ``DTypePolicy.convert_input``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kerashape.keras.dtypes import FLOATS
from kerashape.keras.graph import Tensor, flatten
from kerashape.keras.names import Names
from kerashape.keras.signature import Arguments
from kerashape.shapes import Unknown

if TYPE_CHECKING:
    from kerashape.keras.layers.base import Layer
    from kerashape.site import Site


def cast_inputs(
    layer: Layer, arguments: Arguments, names: Names, site: Site | None
) -> dict[int, Tensor]:
    """The casts of the tensors among the arguments that need one, by the tensors' identity."""
    autocast = getattr(layer, "autocast", True)
    if not layer.casts_inputs or autocast is False or names.old:
        return {}
    cast: dict[int, Tensor] = {}
    for leaf in [*flatten(list(arguments.positional)), *flatten(dict(arguments.keywords or {}))]:
        if not isinstance(leaf, Tensor):
            continue
        known = isinstance(autocast, bool) and isinstance(leaf.dtype, str)
        if not known or isinstance(layer.input_dtype, Unknown):
            names.lose("Cast")  # one may have been made
        elif leaf.dtype in FLOATS and leaf.dtype != layer.input_dtype:
            made = _cast(leaf, layer.input_dtype, names, site)
            made.mask = leaf.mask
            cast[id(leaf)] = made
    return cast


def _cast(tensor: Tensor, dtype: str, names: Names, site: Site | None) -> Tensor:
    from kerashape.keras import ops

    record = ops.find("cast")
    assert record is not None
    output: Any = record.apply(Arguments([tensor, dtype]), names, site).output
    assert isinstance(output, Tensor)
    return output
