"""Checks of the masks that Keras passes along: KS512."""

from __future__ import annotations

from collections.abc import Iterator

from kerashape.checks.base import Facts, Finding, check_for
from kerashape.checks.trace import place_of
from kerashape.keras.graph import Call, Tensor, ancestors
from kerashape.keras.layers.base import Layer
from kerashape.keras.masks import supports_masking
from kerashape.keras.models import Model

RULE = "mask-destroyed"
_MADE_BY = {"Embedding": "the Embedding with mask_zero=True", "Masking": "the Masking layer"}


@check_for(RULE)
def mask_destroyed(facts: Facts) -> Iterator[Finding]:
    """KS512: a layer that does not support masking is called on what carries a mask."""
    for fact in facts.calls:
        layer = fact.call.operation
        if not isinstance(layer, Layer) or isinstance(layer, Model) or fact.call.traced:
            continue
        masked = next((t for t in fact.call.input_tensors if t.mask is not None), None)
        if masked is None or not layer.from_keras or supports_masking(layer):
            continue
        source = _source(masked)
        if source is None:
            continue
        place = place_of(source)
        made_by = _MADE_BY[source.operation.class_name]
        yield Finding(
            RULE,
            fact.site,
            f"{layer.class_name} `{layer.name}` drops the mask of {made_by}: from here on padding "
            "counts like everything else",
            label="does not support masking",
            note=f"Keras warns: Layer '{layer.name}' (of type {layer.class_name}) was passed an "
            "input with a mask attached to it.",
            help="let a layer that takes the mask come before (LSTM, GlobalAveragePooling1D, "
            "attention), or leave the mask out",
            related=((place, "makes the mask"),) if place is not None else (),
        )


def _source(tensor: Tensor) -> Call | None:
    """The call that made the mask of a tensor."""
    for each in ancestors(tensor):
        if each.call is not None and each.call.operation.class_name in _MADE_BY:
            return each.call
    return None
