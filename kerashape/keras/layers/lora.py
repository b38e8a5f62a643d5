"""Low-rank adaptation: two small factors beside a weight that is no longer trained."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from kerashape.keras.layers.base import Layer
from kerashape.shapes import Dim, Fault


def add_lora(
    layer: Layer, weight: str, rank: Any, first: Sequence[Dim], last: Sequence[Dim]
) -> None:
    """The factors of ``weight``: (*first, rank) and (rank, *last); the weight itself is frozen.

    Raises:
        Fault: ``bad-argument`` if the weight has a constraint.
    """
    if getattr(layer, f"{weight}_constraint"):
        words = "kernel" if weight == "kernel" else "embedding"
        raise Fault(
            "bad-argument",
            f"Lora is incompatible with {words} constraints. In order to enable lora on this "
            f"layer, remove the `{weight}_constraint` argument.",
            argument="lora_rank",
            expected=f"no {weight}_constraint",
        )
    layer.weight(f"lora_{weight}_a", (*first, rank), dtype="float32")
    layer.weight(f"lora_{weight}_b", (rank, *last), dtype="float32")
    layer.variables = tuple(
        dataclasses.replace(variable, trainable=False) if variable.name == weight else variable
        for variable in layer.variables
    )
