"""How to draw layers that need more than their signature, and calls of them."""

from __future__ import annotations

from tests.oracle.layer_makers import combining, features, recurrent
from tests.oracle.layer_makers.drawing import Special

SPECIAL: dict[str, Special] = {**combining.SPECIAL, **recurrent.SPECIAL, **features.SPECIAL}

__all__ = ["SPECIAL", "Special"]
