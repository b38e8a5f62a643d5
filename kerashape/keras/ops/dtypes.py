"""Keras's type promotion, and the dtype rules of its operations.

The lattice is that of ``keras.src.backend.common.dtypes`` (it came from JAX), for the
TensorFlow backend and ``floatx`` ``float32``. Where Keras says ``type(x)`` of a plain
Python number, its dtype here is that type itself: such a number is *weak*, it takes the
dtype of what it meets.

A dtype rule is a function of the dtypes of an operation's tensors, in order, that returns
the dtype of the result. A dtype that is not known makes the result unknown, unless the
rule does not look at it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from kerashape.keras.dtypes import DTYPES, FLOATS, FLOATX, INTEGERS
from kerashape.keras.graph import DType
from kerashape.shapes import Fault, Undecided, Unknown

Kind = str | type
"""A dtype's name, or the type of a plain Python number."""
Rule = Callable[..., str]

_OF_PYTHON: dict[Any, str] = {
    bool: "bool",
    int: "int64",
    float: "float32",
    str: "string",
    complex: "complex128",
    "int": "int64",
}
_NEXT = {
    "bool": "int", "uint8": "int16 uint16", "uint16": "int32 uint32", "uint32": "int64 uint64",
    "uint64": "float", "int": "uint8 int8 complex64", "int8": "int16", "int16": "int32",
    "int32": "int64", "int64": "float", "float": "bfloat16 float16", "bfloat16": "float32",
    "float16": "float32", "float32": "float64 complex64", "float64": "complex128",
    "complex64": "complex128", "complex128": "",
}  # fmt: skip
"""The dtypes right above each one; ``int`` and ``float`` are those of weak numbers."""


def _above(node: str) -> frozenset[str]:
    found = {node}
    for higher in _NEXT[node].split():
        found |= _above(higher)
    return frozenset(found)


_ABOVE = {node: _above(node) for node in _NEXT}


def standardize_dtype(dtype: Any) -> str:
    """The name of a dtype given as a name, a Python type or None (``floatx``).

    Raises:
        Fault: ``bad-argument`` if Keras knows no such dtype.
        Undecided: if it is none of these.
    """
    if dtype is None:
        return FLOATX
    named = getattr(dtype, "name", None)  # a builtin type, as the interpreter holds it
    if isinstance(named, str):
        dtype = {"int": int, "float": float, "bool": bool, "complex": complex}.get(named, named)
    if isinstance(dtype, (str, type)):
        name = _OF_PYTHON.get(dtype, dtype)
        if name in DTYPES:
            return str(name)
        dtype = getattr(name, "__name__", name)
    elif not isinstance(dtype, (int, float, list, tuple, dict)):
        raise Undecided("a dtype is not known")
    raise Fault(
        "bad-argument",
        f"Invalid dtype: {dtype}",
        argument="dtype",
        expected="a dtype",
        found=dtype,
    )


@functools.lru_cache(1024)
def result_type(*kinds: Kind) -> str:
    """What Keras promotes these dtypes to (``keras.backend.result_type``).

    Raises:
        Fault: ``op-mismatch`` if there is no implicit promotion, ``bad-argument`` if one is
            no dtype.
    """
    if not kinds:
        return FLOATX
    for kind in kinds:
        if isinstance(kind, str) and kind.startswith("float8"):
            raise Fault(
                "op-mismatch",
                "There is no implicit conversions from float8 dtypes to others.",
                expected="dtypes that promote to a common one",
                found=kind,
            )
    weak = [kind is int or kind is float for kind in kinds]
    dtypes = [standardize_dtype(kind) for kind in kinds]
    if len(kinds) == 1:
        result, is_weak = dtypes[0], weak[0]
    elif len(set(dtypes)) == 1 and not all(weak):
        result, is_weak = dtypes[0], False
    elif all(weak):
        result, is_weak = _least_upper_bound(frozenset(dtypes)), True
    else:
        nodes = (("float" if "float" in d else "int") if w else d for d, w in zip(dtypes, weak))
        result = _least_upper_bound(frozenset(nodes))
        is_weak = result in ("int", "float")
    if is_weak:
        result = "int32" if result.startswith("int") else "float32"
    return {"uint64": "uint32", "complex128": "complex64"}.get(result, result)


def _least_upper_bound(nodes: frozenset[str]) -> str:
    for node in nodes:
        if node not in _ABOVE:
            raise Fault(
                "op-mismatch",
                f"dtype={node!r} is not a valid dtype for Keras type promotion.",
                expected="numbers",
                found=node,
            )
    common = frozenset.intersection(*(_ABOVE[node] for node in nodes))
    least = common & nodes or {node for node in common if common <= _ABOVE[node]}
    if len(least) != 1:
        raise Fault(
            "op-mismatch",
            f"Input dtypes {tuple(sorted(nodes))} have no available implicit dtype promotion path.",
            expected="dtypes that promote to a common one",
            found=" and ".join(sorted(nodes)),
        )
    return next(iter(least))


def apply_rule(rule: Rule, kinds: Sequence[Kind | Unknown]) -> DType:
    """The dtype that ``rule`` gives; unknown where it depends on one that is not known."""
    missing = next((kind for kind in kinds if isinstance(kind, Unknown)), None)
    if missing is None:
        return rule(*kinds)
    return rule() if rule in _CONSTANT else missing


def _one(kind: Kind) -> str:
    return standardize_dtype(kind)


# -- rules ------------------------------------------------------------------------------


def same(kind: Kind = FLOATX, *_: Kind) -> str:
    """The dtype of the first tensor."""
    return _one(kind)


def boolean(*_: Kind) -> str:
    """``bool``."""
    return "bool"


def int32(*_: Kind) -> str:
    """``int32``."""
    return "int32"


def complex64(*_: Kind) -> str:
    """``complex64``."""
    return "complex64"


def floatx(*_: Kind) -> str:
    """``float32``, whatever comes in."""
    return FLOATX


def default_float(*_: Kind) -> str:
    """``float32`` where no dtype is given."""
    return FLOATX


_CONSTANT = {default_float, boolean, complex64, int32, floatx}

promoted = result_type


def promoted_float(*kinds: Kind) -> str:
    """The common dtype, at least a float."""
    return result_type(*kinds, float)


def promoted_number(*kinds: Kind) -> str:
    """The common dtype; ``bool`` becomes ``int32``."""
    return number(result_type(*kinds))


def chosen(*kinds: Kind) -> str:
    """The common dtype; an integer of nothing."""
    return result_type(*kinds) if kinds else "int64"


def spaced(kind: Kind) -> str:
    """The dtype as a float."""
    return result_type(_one(kind), float)


def standardized(*kinds: Kind) -> str:
    """The common dtype, plain numbers counting as ``int64`` and ``float32``."""
    return result_type(*map(_one, kinds))


def standardized_float(*kinds: Kind) -> str:
    """As :func:`standardized`, at least a float."""
    return result_type(*map(_one, kinds), float)


def arctangent(*kinds: Kind) -> str:
    """The common dtype, at least a float; every plain number counts as ``float32``."""
    return result_type(*(FLOATX if isinstance(k, type) else k for k in kinds), float)


def number(kind: Kind) -> str:
    """The same dtype; ``bool`` becomes ``int32``."""
    dtype = _one(kind)
    return "int32" if dtype == "bool" else dtype


def inexact(kind: Kind) -> str:
    """A float of the same width; ``floatx`` for ``int64``."""
    dtype = _one(kind)
    return FLOATX if dtype == "int64" else result_type(dtype, float)


def floated(kind: Kind) -> str:
    """The same dtype; ``floatx`` for integers and ``bool``."""
    dtype = _one(kind)
    return FLOATX if "int" in dtype or dtype == "bool" else dtype


def floated_wide(kind: Kind) -> str:
    """As :func:`floated`, but ``float64`` for ``int64``."""
    dtype = _one(kind)
    return "float64" if dtype == "int64" else floated(dtype)


def coefficient(kind: Kind) -> str:
    """A float: ``float64`` for ``int64``."""
    dtype = _one(kind)
    return "float64" if dtype == "int64" else result_type(dtype, float)


def angle(kind: Kind) -> str:
    """``float64`` for 64 bits, a half stays a half, ``floatx`` otherwise."""
    dtype = _one(kind)
    if dtype in ("int64", "float64"):
        return "float64"
    return dtype if dtype in ("bfloat16", "float16") else FLOATX


def hypotenuse(x1: Kind, x2: Kind) -> str:
    """The common dtype; integers become floats (``bool`` and ``uint64`` stay)."""
    dtype = result_type(x1, x2)
    if dtype == "int64":
        return "float64"
    return FLOATX if dtype in INTEGERS - {"uint64"} else dtype


def shifted(x: Kind, y: Kind) -> str:
    """The common dtype; that of the first if the second is a plain integer."""
    if isinstance(y, type) and y not in (int, bool):
        raise Fault(
            "bad-argument",
            f"'{y.__name__}' object has no attribute 'dtype'",
            expected="an integer or a tensor",
            found=y.__name__,
        )
    return _one(x) if isinstance(y, type) else result_type(x, y)


def product(*kinds: Kind) -> str:
    """The common dtype; ``int32`` for two of ``int8`` (matmul)."""
    dtypes = [_one(kind) for kind in kinds]
    if set(dtypes) == {"int8"}:
        return "int32"
    return result_type(*dtypes)


def accumulated(kind: Kind = FLOATX) -> str:
    """Small integers widen to 32 bits when they are added up."""
    dtype = _one(kind)
    if dtype in ("bool", "int8", "int16"):
        return "int32"
    return "uint32" if dtype in ("uint8", "uint16") else dtype


def accumulated_result(kind: Kind = FLOATX) -> str:
    """As :func:`accumulated`, of the promoted dtype (no 64-bit unsigned)."""
    return accumulated(result_type(kind))


def averaged(kind: Kind) -> str:
    """Floats stay; integers become floats."""
    dtype = _one(kind)
    return result_type(dtype, "float32") if "int" in dtype or dtype == "bool" else dtype


def percentile(kind: Kind) -> str:
    """Floats stay; everything else becomes ``floatx``."""
    dtype = _one(kind)
    return dtype if dtype in FLOATS else FLOATX


def correlated(x1: Kind, x2: Kind) -> str:
    """The common dtype as a float."""
    return angle(result_type(x1, x2))


_KEEPING = {
    same, promoted, promoted_float, promoted_number, product, averaged, number, inexact, floated,
    floated_wide, coefficient, percentile, spaced, accumulated, accumulated_result,
}  # fmt: skip
"""The rules that leave floats as they are."""


def heeds_no_floatx(rule: Rule, kinds: Sequence[Kind | Unknown]) -> bool:
    """Whether what the rule gives for these dtypes is the same whatever ``floatx`` is."""
    if rule in (boolean, int32):
        return True
    named = [kind for kind in kinds if not isinstance(kind, type)]
    floats = all(isinstance(kind, str) and kind in FLOATS for kind in named)
    return rule in _KEEPING and bool(named) and floats


__all__ = [
    "FLOATS",
    "FLOATX",
    "INTEGERS",
    "Kind",
    "Rule",
    "apply_rule",
    "result_type",
    "standardize_dtype",
]
