"""numpy's number types called as functions: ``np.float32(0.5)``."""

from __future__ import annotations

import struct
from typing import Any

from kerashape.keras.signature import Arguments
from kerashape.shapes import Unknown

_BITS = {"int8": 8, "int16": 16, "int32": 32, "int64": 64, "uint8": 8, "uint16": 16,
         "uint32": 32, "uint64": 64}  # fmt: skip
_PACKED = {"float16": "<e", "float32": "<f", "float64": "<d"}


def convert(dtype: str, arguments: Arguments) -> Any:
    """``np.<dtype>(number)``; None where it is not given one number."""
    value = arguments.positional[0] if len(arguments.positional) == 1 else None
    if not isinstance(value, (bool, int, float)):
        return None
    if dtype in _BITS and 0 <= value < 2 ** (_BITS[dtype] - 1):
        return int(value)
    if dtype in _PACKED:
        try:
            return float(struct.unpack(_PACKED[dtype], struct.pack(_PACKED[dtype], value))[0])
        except OverflowError:
            return Unknown("a number that is too large")
    return bool(value) if dtype == "bool" else Unknown(f"what {dtype}() returns")
