"""The masks that Keras passes along beside the tensors of a graph.

``Embedding(mask_zero=True)`` and ``Masking`` compute a mask with operations that are nodes of
the graph; layers that support masking hand it on; those that use it are connected to it.
Follows ``keras.src.layers.layer.Layer.__call__`` and each layer's ``compute_mask``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kerashape.keras.casting import cast_inputs
from kerashape.keras.graph import Call, Tensor, flatten, map_structure
from kerashape.keras.names import Names
from kerashape.keras.signature import Arguments
from kerashape.shapes import Unknown

if TYPE_CHECKING:
    from kerashape.keras.layers.base import Layer
    from kerashape.site import Site


def pass_on(layer: Layer, call: Call, arguments: Arguments, names: Names) -> None:
    """Connect a symbolic call to the mask of its input, and give its outputs theirs.

    The casts that Keras makes of the inputs beforehand are made here, too.
    """
    if call.fault is not None:
        return
    cast = cast_inputs(layer, arguments, names, call.site)
    if not call.output_tensors:
        return
    inputs = map_structure(
        lambda leaf: cast.get(id(leaf), leaf), next(iter(call.values.values()), None)
    )
    masks = map_structure(_mask_of, inputs)
    masked = any(mask is not None for mask in flatten(masks))
    if masked and _hands_over(layer, call, arguments):
        call.masks = tuple(mask for mask in flatten(masks) if isinstance(mask, Tensor))
    given = call.values.get("mask")
    if given is not None:
        masks = given
    if layer.own_mask is not None:
        computed = layer.own_mask(inputs, masks)
    else:
        computed = compute_mask(layer, inputs, masks, names, call.site)
    found = list(flatten([computed]))
    call.masked = not any(isinstance(mask, Unknown) for mask in found)
    for tensor, mask in zip(call.output_tensors, found):
        if isinstance(mask, Tensor):
            tensor.mask = mask


def compute_mask(layer: Layer, inputs: Any, masks: Any, names: Names, site: Site | None) -> Any:
    """``layer.compute_mask(inputs, masks)`` where that is Keras's: nested masks, or None."""
    record = layer.masks_as
    rule = None if record is None else RULES.get(record.class_name)
    masked = any(mask is not None for mask in flatten(masks))
    if record is None or rule is None or not (masked or rule in (_embedding, _masking)):
        return None
    return rule(_Context(record, names, site), inputs, masks)


def _mask_of(leaf: Any) -> Tensor | None:
    return leaf.mask if isinstance(leaf, Tensor) else None


def _hands_over(layer: Layer, call: Call, arguments: Arguments) -> bool:
    """Whether Keras adds the mask to the arguments that it connects in the graph.

    It does not where it has to convert an argument first: the mask goes to a copy of them.
    """
    tensors = [v for v in call.values.values() if any(isinstance(t, Tensor) for t in flatten(v))]
    if (
        "mask" not in layer.call_parameters
        or len(tensors) != 1
        or call.values.get("mask") is not None
    ):
        return False
    if layer.class_name == "Functional":
        return True
    first = arguments.positional[0] if arguments.positional else None
    return (
        len(arguments.positional) == 1
        and not arguments.keywords
        and isinstance(first, Tensor)
        and isinstance(first.dtype, str)
        and first.dtype == layer.input_dtype
    )


@dataclass(frozen=True)
class _Context:
    """The layer, and how its mask's operations are named and placed."""

    layer: Layer
    names: Names
    site: Site | None

    def op(self, name: str, *arguments: Any, **keywords: Any) -> Any:
        from kerashape.keras import ops

        record = ops.find(name)
        assert record is not None, name
        made = record.apply(Arguments(arguments, keywords), self.names, self.site)
        return made.output if made.fault is None else None


Rule = Callable[[_Context, Any, Any], Any]
"""``compute_mask(inputs, mask)``."""


def _same(context: _Context, inputs: Any, mask: Any) -> Any:
    return mask


def _none(context: _Context, inputs: Any, mask: Any) -> Any:
    return None


def _embedding(context: _Context, inputs: Any, mask: Any) -> Any:
    if context.layer.mask_zero is not True or not isinstance(inputs, Tensor):
        return None
    return context.op("not_equal", inputs, 0)


def _masking(context: _Context, inputs: Any, mask: Any) -> Any:
    if not isinstance(inputs, Tensor):
        return None
    differs = context.op("not_equal", inputs, context.layer.mask_value)
    return None if differs is None else context.op("any", differs, axis=-1)


def _merged(context: _Context, inputs: Any, mask: Any) -> Any:
    masks = list(mask) if isinstance(mask, (list, tuple)) else []
    if not masks or any(each is None for each in masks):
        return None
    merged = masks[0]
    for each in masks[1:]:
        merged = context.op("logical_or", merged, each)
    return merged


def _concatenated(context: _Context, inputs: Any, mask: Any) -> Any:
    masks = list(mask) if isinstance(mask, (list, tuple)) else []
    parts = []
    for tensor, each in zip(inputs, masks):
        if each is None:
            parts.append(context.op("ones_like", tensor, dtype="bool"))
        elif len(each.shape) < len(tensor.shape):
            wide = context.op("expand_dims", each, axis=-1)
            zeros = context.op("zeros_like", tensor, dtype="bool")
            parts.append(context.op("logical_or", wide, zeros))
        else:
            parts.append(each)
    if not parts or any(part is None for part in parts):
        return None
    joined = context.op("concatenate", parts, axis=context.layer.axis)
    return None if joined is None else context.op("any", joined, axis=-1, keepdims=False)


def _attention(context: _Context, inputs: Any, mask: Any) -> Any:
    first = next(iter(flatten(mask)), None)
    return None if first is None else context.op("convert_to_tensor", first)


def _recurrent(context: _Context, inputs: Any, mask: Any) -> Any:
    if context.layer.return_sequences is not True:
        return None
    return [next(iter(flatten(mask)), None)]


def _bidirectional(context: _Context, inputs: Any, mask: Any) -> Any:
    if getattr(context.layer.forward_layer, "return_sequences", None) is not True:
        return None
    first = next(iter(flatten(mask)), None)
    return (first, first) if context.layer.merge_mode is None else first


RULES: dict[str, Rule] = {
    **dict.fromkeys(
        ["Activation", "ActivityRegularization", "AlphaDropout", "BatchNormalization", "Dense",
         "Dropout", "ELU", "GaussianDropout", "GaussianNoise", "GroupNormalization",
         "GroupQueryAttention", "Identity", "LayerNormalization", "LeakyReLU",
         "MultiHeadAttention", "Normalization", "PReLU", "ReLU", "Rescaling", "Softmax",
         "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "TimeDistributed",
         "UnitNormalization"],
        _same,
    ),
    **dict.fromkeys(["Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract"], _merged),
    **dict.fromkeys(["ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "GRU", "LSTM", "RNN", "SimpleRNN"],
                    _recurrent),
    **dict.fromkeys(["AdditiveAttention", "Attention"], _attention),
    **dict.fromkeys(["Dot", "GlobalAveragePooling1D", "Lambda"], _none),
    "Bidirectional": _bidirectional,
    "Concatenate": _concatenated,
    "Embedding": _embedding,
    "Masking": _masking,
}  # fmt: skip
"""What each layer that supports masking makes of the masks of its inputs."""


def supports_masking(layer: Layer) -> bool:
    """Whether Keras lets a layer have masked inputs without a warning."""
    return layer.class_name in RULES and layer.class_name != "Lambda"
