"""Dtype policies: what the ``dtype=`` argument of a layer means.

Follows ``keras.src.dtype_policies.get``.
"""

from __future__ import annotations

from typing import Any

from kerashape.keras.dtypes import DTYPES
from kerashape.keras.graph import DType
from kerashape.keras.quantization import check_mode, is_quantized, parse_policy
from kerashape.shapes import Fault, Unknown

_ALIASES = {"mixed_float16": "float16", "mixed_bfloat16": "bfloat16", "int": "int64"}


def check_policy(dtype: Any) -> None:
    """Check the ``dtype=`` of a layer; an object or a configuration is never at fault.

    Raises:
        Fault: ``bad-argument``.
    """
    if isinstance(dtype, str) and is_quantized(dtype):
        quantization = parse_policy(dtype)
        check_policy_name(quantization.source)
        check_mode(quantization, compute_dtype(quantization.source), dtype)
    elif isinstance(dtype, str):
        check_policy_name(dtype)
    elif isinstance(dtype, dict) and not dtype:
        _refuse(dtype, "Unknown `config` as a `dict`, config={}")
    elif isinstance(dtype, (bool, int, float, bytes, list, tuple)):
        _refuse(
            dtype,
            "Cannot interpret `dtype` argument. Expected a string or an instance of "
            f"DTypePolicy. Received: dtype={dtype!r}",
        )


def check_policy_name(dtype: str) -> None:
    """Check the name of a policy without quantization.

    Raises:
        Fault: ``bad-argument``.
    """
    if dtype not in DTYPES and dtype not in _ALIASES:
        _refuse(
            dtype,
            f"Cannot convert '{dtype}' to a mixed precision DTypePolicy. Valid policies "
            "include 'mixed_float16', 'mixed_bfloat16', and the name of any float dtype "
            "such as 'float32'.",
        )


def compute_dtype(dtype: Any) -> DType:
    """The dtype that a layer with that ``dtype=`` computes in."""
    if dtype is None:
        return "float32"
    if isinstance(dtype, str):
        source = dtype.partition("_from_")[2] or dtype
        source = _ALIASES.get(source, source)
        if source in DTYPES:
            return source
    return Unknown("the dtype of the layer is not known")


def variable_dtype(dtype: Any) -> DType:
    """The dtype of the weights of a layer with that ``dtype=``."""
    if isinstance(dtype, str) and (dtype.partition("_from_")[2] or dtype).startswith("mixed_"):
        return "float32"
    return compute_dtype(dtype)


def _refuse(dtype: Any, text: str) -> None:
    raise Fault("bad-argument", text, argument="dtype", expected="the name of a dtype", found=dtype)
