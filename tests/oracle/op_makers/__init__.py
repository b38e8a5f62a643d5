"""How to draw the arguments of each function of ``keras.ops``.

A maker draws the usually accepted arguments of one call, by name; those of ``*args`` go under
``"*"``. A function without a maker gets one from its signature (``tests.oracle.ops``).
"""

from __future__ import annotations

from tests.oracle.op_makers import image, indexing, neural, numeric, products, shaping
from tests.oracle.op_makers.pieces import Arguments, Maker

MAKERS: dict[str, Maker] = {
    **products.MAKERS,
    **shaping.MAKERS,
    **indexing.MAKERS,
    **numeric.MAKERS,
    **neural.MAKERS,
    **image.MAKERS,
}

__all__ = ["MAKERS", "Arguments", "Maker"]
