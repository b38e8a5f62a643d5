"""numpy's number types called as functions: ``np.float32(0.5)``."""

from __future__ import annotations

import struct
from typing import Any

from kerashape.keras.dtypes import INTEGERS, ITEMSIZE
from kerashape.keras.layers.base import Array
from kerashape.keras.signature import Arguments
from kerashape.shapes import Shape, Unknown

_PACKED = {"float16": "<e", "float32": "<f", "float64": "<d"}


def convert(dtype: str, arguments: Arguments) -> Any:
    """``np.<dtype>(number)``; None where it is not given one number."""
    value = arguments.positional[0] if len(arguments.positional) == 1 else None
    if not isinstance(value, (bool, int, float)):
        return None
    if dtype in INTEGERS and 0 <= value < 2 ** (8 * ITEMSIZE[dtype] - 1):
        return int(value)
    if dtype in _PACKED:
        if dtype != "float64" and value >= 1 and float(value).is_integer():
            return Array(Shape(), dtype, "numpy")  # Keras may take it for an integer
        try:
            return float(struct.unpack(_PACKED[dtype], struct.pack(_PACKED[dtype], value))[0])
        except OverflowError:
            return Unknown("a number that is too large")
    return bool(value) if dtype == "bool" else Unknown(f"what {dtype}() returns")
