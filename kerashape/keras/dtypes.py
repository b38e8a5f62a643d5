"""The dtypes that Keras has, by name."""

from __future__ import annotations

FLOATX = "float32"
"""The float that Keras computes in where nothing else is said."""
FLOATS = frozenset({"bfloat16", "float16", "float32", "float64"})
INTEGERS = frozenset({"uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64"})
COMPLEX = frozenset({"complex64", "complex128"})
DTYPES = FLOATS | INTEGERS | COMPLEX | {"bool", "string", "float8_e4m3fn", "float8_e5m2"}

_WIDE = {1: "bool int8 uint8", 2: "float16 bfloat16 int16 uint16", 4: "float32 int32 uint32",
         8: "float64 int64 uint64 complex64", 16: "complex128"}  # fmt: skip
ITEMSIZE = {name: size for size, names in _WIDE.items() for name in names.split()}
"""The bytes of one element."""
