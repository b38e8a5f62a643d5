"""The weights of a layer whose dtype policy is quantized: integers, their scales and zeros.

The base class tells a layer's mode; the layers that Keras quantizes (Dense, EinsumDense, the
embeddings) call these in place of making their kernel.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kerashape.keras.quantization import Quantization, is_quantized, parse_policy
from kerashape.shapes import Dim, Fault, Symbol, Undecided

if TYPE_CHECKING:
    from kerashape.keras.layers.base import Layer

_AMAX_HISTORY = 1024
"""``QuantizedFloat8DTypePolicy.default_amax_history_length``"""


def quantization_of(layer: Layer) -> Quantization | None:
    """How the layer's weights are stored; None: as they are, or it is not known.

    Raises:
        Undecided: if a configuration decides that is not known.
    """
    policy = getattr(layer, "dtype", None)
    if not isinstance(policy, str) or not is_quantized(policy):
        return None
    if getattr(layer, "quantization_config", None) is not None:
        raise Undecided("what the quantization_config says is not known")
    return parse_policy(policy)


def require_known_policy(layer: Layer) -> None:
    """Say at the end of ``build`` that the weights may be others.

    Raises:
        Undecided: if the dtype policy is not known: it may be a quantized one.
    """
    policy = getattr(layer, "dtype", None)
    if policy is not None and not isinstance(policy, str):
        raise Undecided("whether the weights are quantized is not known")


def needs_kernel(quantization: Quantization | None) -> bool:
    """Whether the layer has a kernel of floats in spite of its mode."""
    return quantization is None or quantization.mode == "float8"


def refuse_lora(quantization: Quantization | None) -> None:
    """Keras: no low-rank adaptation of a kernel that is stored by groups."""
    if quantization is None or quantization.mode not in ("gptq", "awq"):
        return
    text = "lora is not currently supported with GPTQ quantization."
    if quantization.mode == "awq":
        text = "'NoneType' object has no attribute 'shape'"
    raise Fault(
        "bad-argument", text, argument="lora_rank", expected="another quantization, or none"
    )


def frozen(layer: Layer, name: str, shape: Sequence[Any], dtype: str | None = None) -> None:
    """Add a weight that is not trained."""
    layer.weight(name, shape, trainable=False, dtype=dtype)


def groups_of(rows: Any, quantization: Quantization) -> Any:
    """How many groups of rows have a scale of their own."""
    size = quantization.group
    return 1 if size is None else (rows + (size - 1)) // size


def packed(columns: Any) -> Any:
    """The bytes that hold so many numbers of 4 bits.

    Raises:
        Fault: ``undefined-dimension``.
    """
    _refuse_none([columns], "unsupported operand type(s) for +: 'NoneType' and 'int'")
    return (columns + 1) // 2


def matrix(layer: Layer, quantization: Quantization, rows: Dim, columns: Dim) -> None:
    """The kernel of a layer that multiplies by a matrix (rows, columns)."""
    mode = quantization.mode
    if mode == "int8":
        frozen(layer, "kernel", (rows, columns), "int8")
        frozen(layer, "kernel_scale", (columns,))
    elif mode == "float8":
        float8(layer)
    elif mode == "int4":
        _refuse_none([rows], "unsupported operand type(s)", quantization.group is not None)
        int4(layer, quantization, rows, columns)
    else:
        by_groups(layer, quantization, rows, columns, "kernel_zero")


def float8(layer: Layer) -> None:
    """Scales and histories of maxima, which gradients overwrite."""
    for part in ("inputs", "kernel", "outputs_grad"):
        layer.weight(f"{part}_scale", (), dtype="float32")
        layer.weight(f"{part}_amax_history", (_AMAX_HISTORY,), dtype="float32")


def int4(layer: Layer, quantization: Quantization, rows: Dim, columns: Dim) -> None:
    """Two numbers a byte, along the columns."""
    frozen(layer, "kernel", (rows, packed(columns)), "int8")
    if quantization.group is None:
        frozen(layer, "kernel_scale", (columns,))
        return
    groups = groups_of(rows, quantization)
    frozen(layer, "kernel_scale", (groups, columns))
    frozen(layer, "kernel_zero", (groups, columns), "int8")
    frozen(layer, "g_idx", (rows,), "float32")


def by_groups(layer: Layer, quantization: Quantization, rows: Dim, columns: Dim, zero: str) -> None:
    """``gptq`` and ``awq``: the kernel transposed, a scale and a zero for each group of rows."""
    stored = packed(columns) if quantization.bits == 4 else columns
    frozen(layer, "kernel", (stored, rows), "uint8")
    groups = groups_of(rows, quantization)
    frozen(layer, "kernel_scale", (columns, groups))
    frozen(layer, zero, (columns, groups), "uint8")
    if quantization.mode == "awq":
        frozen(layer, "awq_scales", (rows,))
    frozen(layer, "g_idx", (rows,), "float32")


# -- einsum -----------------------------------------------------------------------------------


def einsum_kernel(
    layer: Layer, quantization: Quantization, kernel: Sequence[Any], specs: Sequence[str]
) -> None:
    """The kernel of an EinsumDense; ``specs`` are the equation's input, kernel and output."""
    mode = quantization.mode
    if mode == "float8":
        return float8(layer)
    if mode in ("gptq", "awq"):
        rows, columns = _rows_and_columns(kernel, mode)
        _refuse_ellipsis(layer)
        return by_groups(layer, quantization, rows, columns, "zero_point")
    _refuse_ellipsis(layer)
    _, weights, outs = specs
    _refuse_none(kernel, "unsupported operand type(s) for *=: 'int' and 'NoneType'", mode == "int4")
    reduced = [label not in outs for label in weights]
    if mode == "int8":
        frozen(layer, "kernel", kernel, "int8")
        return frozen(layer, "kernel_scale", _scale_shape(kernel, weights, outs))
    rows = math.prod(size for size, gone in zip(kernel, reduced) if gone)
    columns = math.prod(size for size, gone in zip(kernel, reduced) if not gone)
    return int4(layer, quantization, rows, columns)


def _refuse_ellipsis(layer: Any) -> None:
    """Keras takes the length of the rank where the equation has an ellipsis."""
    if "..." in layer.equation:
        raise Fault(
            "bad-argument",
            "object of type 'int' has no len()",
            argument="equation",
            expected="an equation without an ellipsis, or a policy without quantization",
            found=layer.equation,
        )


def _refuse_none(kernel: Sequence[Any], text: str, applies: bool = True) -> None:
    if applies and None in kernel:
        raise Fault("undefined-dimension", text, expected="a known size", found=list(kernel))


def _rows_and_columns(kernel: Sequence[Any], mode: str) -> tuple[Any, Any]:
    if len(kernel) == 2:
        return kernel[0], kernel[1]
    if len(kernel) != 3:
        text = "AWQ quantization only supports 2D or 3D kernels."
        if mode == "gptq":
            text = "cannot access local variable 'rows' where it is not associated with a value"
        raise Fault("wrong-rank", text, expected="a kernel of 2 or 3 axes", found=list(kernel))
    _refuse_none(kernel, "not supported between instances of 'int' and 'NoneType'")
    if any(isinstance(size, Symbol) for size in kernel):
        raise Undecided("which axis of the kernel is the largest is not known")
    first, second, third = kernel
    if first == max(kernel):
        return first, second * third
    return first * second, third


def _scale_shape(kernel: Sequence[Any], weights: str, outs: str) -> list[Any]:
    """Keras: ``_get_kernel_scale_shape``, from the axes that ``_analyze_quantization_info`` finds."""
    sizes = [size if label in outs else 1 for size, label in zip(kernel, weights)]
    order = [weights.find(label) for label in outs if label in weights]
    absent = [index for index, label in enumerate(outs) if label not in weights]
    squeezed: list[int] = []
    place = 0
    for axis, label in enumerate(weights):
        if label in outs:
            continue
        if absent:
            place = absent.pop(0)
        else:
            squeezed.append(axis)
        order.insert(place, axis)
    scale = [sizes[axis] for axis in order]
    for axis in absent:
        scale.insert(axis, 1)
    for axis in sorted(squeezed, reverse=True):
        scale.pop(axis)
    return scale


# -- embeddings -------------------------------------------------------------------------------


def embeddings(layer: Layer, quantization: Quantization, rows: Dim, columns: Dim) -> None:
    """The table of an embedding: (rows, columns)."""
    if quantization.mode == "int8":
        frozen(layer, "embeddings", (rows, columns), "int8")
        frozen(layer, "embeddings_scale", (rows,))
        return
    frozen(layer, "embeddings", (rows, packed(columns)), "int8")
    if quantization.group is None:
        frozen(layer, "embeddings_scale", (rows,))
        return
    groups = groups_of(columns, quantization)
    frozen(layer, "embeddings_scale", (rows, groups))
    frozen(layer, "embeddings_zero", (rows, groups), "int8")
    frozen(layer, "g_idx", (columns,), "float32")


def reverse_embeddings(layer: Layer, quantization: Quantization, rows: Dim, columns: Dim) -> None:
    """The table that projects back: (columns, rows)."""
    name = "reverse_embeddings"
    if quantization.mode == "int8":
        frozen(layer, name, (columns, rows), "int8")
        frozen(layer, f"{name}_scale", (rows,))
        return
    frozen(layer, name, (packed(columns), rows), "int8")
    if quantization.group is None:
        frozen(layer, f"{name}_scale", (rows,))
        return
    groups = groups_of(columns, quantization)
    frozen(layer, f"{name}_scale", (groups, rows))
    frozen(layer, f"{name}_zero", (groups, rows))


def require_int(layer: Layer, quantization: Quantization) -> None:
    """Keras quantizes embeddings to integers only."""
    if quantization.mode not in ("int8", "int4"):
        raise Fault(
            "bad-argument",
            "Invalid quantization mode. Expected one of ('int8', 'int4'). "
            f"Received: quantization_mode={quantization.mode}",
            argument="dtype",
            expected="a policy of int8 or int4",
            found=getattr(layer, "dtype", None),
        )
