"""numpy's number types called as functions: ``np.float32(0.5)``."""

from __future__ import annotations

import struct
from typing import Any

from kerashape.keras.dtypes import INTEGERS, ITEMSIZE
from kerashape.keras.signature import Arguments
from kerashape.shapes import Unknown

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
            return Unknown("a number that Keras may take for an integer")  # Python's floats are not
        try:
            return float(struct.unpack(_PACKED[dtype], struct.pack(_PACKED[dtype], value))[0])
        except OverflowError:
            return Unknown("a number that is too large")
    return bool(value) if dtype == "bool" else Unknown(f"what {dtype}() returns")
