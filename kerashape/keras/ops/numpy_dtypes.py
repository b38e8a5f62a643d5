"""numpy's dtypes: names, and promotion (``numpy.result_type``, NEP 50)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kerashape.keras.dtypes import ITEMSIZE
from kerashape.keras.graph import DType
from kerashape.shapes import Symbol, Unknown

Kinds = Sequence[str | type | Unknown]

_NAMES: dict[Any, str] = {
    float: "float64", int: "int64", bool: "bool", complex: "complex128", str: "str",
    "float": "float64", "int": "int64", "double": "float64", "single": "float32",
    "half": "float16", "f2": "float16", "f4": "float32", "f8": "float64", "f": "float32",
    "d": "float64", "i1": "int8", "i2": "int16", "i4": "int32", "i8": "int64", "u1": "uint8",
    "uint": "uint64", "long": "int64", "b1": "bool", "?": "bool", "i": "int32",
}  # fmt: skip
_BITS = {name: 8 * size for name, size in ITEMSIZE.items() if name != "bfloat16"}
_RANKS = ("bool", "uint", "int", "float", "complex")
_FLOAT_FOR = {8: 16, 16: 32, 32: 64, 64: 64}
"""The bits of the float that holds an integer of so many bits."""


def standardize(dtype: Any, default: DType) -> DType:
    """The name of a dtype given to numpy, as far as it is known; ``default`` for None."""
    if dtype is None:
        return default
    if isinstance(dtype, Unknown):
        return dtype
    name = getattr(dtype, "name", dtype)  # a builtin type, as the interpreter holds it
    if isinstance(name, (str, type)):
        known = _NAMES.get(name, name)
        if known in _BITS or known == "str":
            return str(known)
    return Unknown("a dtype that is not known")


def of_number(value: Any) -> DType:
    """The dtype of the array that a plain number makes."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, Symbol)):
        return "int64"
    names = {float: "float64", complex: "complex128", str: "str"}
    return names.get(type(value), Unknown("a value that is no number"))


def promoted(kinds: Kinds) -> DType:
    """The common dtype of arrays, and of plain numbers (types) that give way to them."""
    unknown = next((kind for kind in kinds if isinstance(kind, Unknown)), None)
    if unknown is not None:
        return unknown
    names = [kind for kind in kinds if isinstance(kind, str)]
    weak = [kind for kind in kinds if isinstance(kind, type)]
    if not names:
        names, weak = [_NAMES.get(kind, "object") for kind in weak] or ["float64"], []
    if any(name not in _BITS for name in names):
        return names[0] if len(set(names)) == 1 and not weak else Unknown("no common dtype")
    result = names[0]
    for name in names[1:]:
        result = _both(result, name)
    for kind in weak:
        result = _with_number(result, kind)
    return result


def _with_number(name: str, kind: type) -> str:
    """An array's dtype beside a plain number of that type."""
    if kind is complex:
        inexact = _family(name) in ("float", "complex")
        return _both(name, "complex64" if inexact else "complex128")
    least = {bool: 0, int: 1, float: 3}.get(kind, 0)
    if least <= _RANKS.index(_family(name)):
        return name
    return "int64" if kind is int else "float64"


def _family(name: str) -> str:
    return name.rstrip("0123456789")


def _both(a: str, b: str) -> str:
    if a == b:
        return a
    low, high = sorted((a, b), key=lambda name: (_RANKS.index(_family(name)), _BITS[name]))
    families, bits = (_family(low), _family(high)), (_BITS[low], _BITS[high])
    if families[0] == "bool" or families[0] == families[1]:
        return high
    if families == ("uint", "int"):
        needed = max(bits[0] * 2, bits[1])
        return f"int{needed}" if needed <= 64 else "float64"
    if families[1] == "float":
        return f"float{max(_FLOAT_FOR[bits[0]], bits[1])}"
    part = bits[0] if families[0] == "float" else _FLOAT_FOR[bits[0]]
    return f"complex{max(part * 2, bits[1])}"


def accumulated(kinds: Kinds) -> DType:
    """What a sum or product has: integers become as wide as can be."""
    kind = promoted(kinds)
    if not isinstance(kind, str):
        return kind
    return {"bool": "int64", "int": "int64", "uint": "uint64"}.get(_family(kind), kind)


def as_float(kinds: Kinds) -> DType:
    """What a mean or a division has: integers become floats of 64 bits."""
    kind = promoted(kinds)
    if isinstance(kind, str) and _family(kind) in ("bool", "int", "uint"):
        return "float64"
    return kind


def transcendental(kinds: Kinds) -> DType:
    """What ``exp`` and the like have: integers become floats that hold them."""
    kind = promoted(kinds)
    if isinstance(kind, str) and _family(kind) in ("bool", "int", "uint"):
        return f"float{_FLOAT_FOR[_BITS[kind]]}"
    return kind
