"""Quantized dtype policies: ``int8_from_float32``, ``int4/128_from_mixed_bfloat16`` and such.

Follows ``keras.src.dtype_policies.dtype_policy``.
"""

from __future__ import annotations

from dataclasses import dataclass

from kerashape.shapes import Fault

MODES = ("int8", "float8", "int4", "gptq", "awq")
_BITS = {"gptq": ((2, 3, 4, 8), "2, 3, 4, and 8"), "awq": ((4,), "4")}
_POLICIES = {"gptq": "GPTQDTypePolicy", "awq": "AWQDTypePolicy", "int4": "Int4DTypePolicy"}
_FORMATS = {
    "gptq": "'gptq/<weight_bits>/<group_size>'",
    "awq": "'awq/<weight_bits>/<group_size>'",
    "int4": "'int4/<block_size>'",
}
_WHOLE = {"gptq": "whole-tensor", "awq": "per-channel"}


@dataclass(frozen=True, slots=True)
class Quantization:
    """How the weights of a layer are stored.

    Args:
        mode: one of :data:`MODES`.
        source: the policy without quantization.
        bits: the bits of a weight (``gptq``, ``awq``).
        group: how many rows share a scale; None: all of them.
    """

    mode: str
    source: str
    bits: int = 8
    group: int | None = None


def is_quantized(policy: object) -> bool:
    """Whether ``dtype=`` asks for a quantized policy."""
    return isinstance(policy, str) and policy.startswith(MODES)


def parse_policy(policy: str) -> Quantization:
    """What the name of a quantized policy says; that of its source is not checked.

    Raises:
        Fault: ``bad-argument``.
    """
    parts = policy.split("_from_")
    if len(parts) != 2:
        raise _refused(
            "Cannot convert `policy` into a valid pair (`mode`, `source_name`) to instantiate "
            f"`QuantizedDTypePolicy`. Received: policy={policy}",
            policy,
        )
    mode, source = parts
    if mode.startswith("int4") and "/" in mode:
        return _int4(mode, source, policy)
    if mode.startswith(("gptq", "awq")):
        return _grouped(mode, source, policy)
    return Quantization(mode, source)


def check_mode(quantization: Quantization, compute_dtype: object, policy: str) -> None:
    """What Keras checks once the source is known.

    Raises:
        Fault: ``bad-argument``.
    """
    mode = quantization.mode
    if mode not in MODES:
        text = f"Invalid quantization mode. Expected one of {MODES}. Received: mode={mode}"
        raise _refused(text, policy)
    if mode == "int8" and compute_dtype == "float16":
        text = f"Quantization mode='{mode}' doesn't work well with compute_dtype='float16'."
        raise _refused(text, policy)


def _int4(mode: str, source: str, policy: str) -> Quantization:
    expected = _FORMATS["int4"]
    parts = mode.split("/")
    if len(parts) != 2 or parts[0] != "int4":
        raise _refused(
            f"Invalid mode for Int4DTypePolicy. Expected format {expected}, but got '{mode}'.",
            policy,
        )
    block = _integer(parts[1])
    if block is None:
        raise _refused(
            "Invalid mode for Int4DTypePolicy. <block_size> must be an integer. Expected format "
            f"{expected}, but got '{mode}'.",
            policy,
        )
    if block < -1 or block == 0:
        raise _refused(
            "Invalid block_size in mode. Supported values are -1 (per-channel) or a positive "
            f"integer (sub-channel), but got {block} from '{mode}'.",
            policy,
        )
    return Quantization("int4", source, 4, None if block == -1 else block)


def _grouped(mode: str, source: str, policy: str) -> Quantization:
    """``gptq/4/128`` and ``awq/4/128``."""
    base = "gptq" if mode.startswith("gptq") else "awq"
    parts = mode.split("/")
    wrong = f"Invalid mode for {_POLICIES[base]}."
    if len(parts) != 3 or parts[0] != base:
        text = f"{wrong} Expected format {_FORMATS[base]}, but got '{mode}'."
        raise _refused(text, policy)
    bits, group = _integer(parts[1]), _integer(parts[2])
    if bits is None or group is None:
        raise _refused(
            f"{wrong} <weight_bits> and <group_size> must be integers. Expected format "
            f"{_FORMATS[base]}, but got '{mode}'.",
            policy,
        )
    allowed, words = _BITS[base]
    if bits not in allowed:
        supported = (
            f"Supported values are {words},"
            if base == "gptq"
            else "AWQ only supports 4-bit quantization,"
        )
        text = f"Invalid weight_bits in mode. {supported} but got {bits} from '{mode}'."
        raise _refused(text, policy)
    if group < -1 or group == 0:
        raise _refused(
            f"Invalid group_size in mode. Supported values are -1 ({_WHOLE[base]}) or a positive "
            f"integer, but got {group} from '{mode}'.",
            policy,
        )
    return Quantization(base, source, bits, None if group == -1 else group)


def _integer(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None


def _refused(text: str, policy: str) -> Fault:
    return Fault(
        "bad-argument", text, argument="dtype", expected="the name of a dtype policy", found=policy
    )
