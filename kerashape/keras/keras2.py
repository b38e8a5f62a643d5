"""Layers as Keras 2 makes them: by its own signatures, on the laws that Keras 3 shares."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from kerashape.keras import layers, migration
from kerashape.keras.layers import legacy
from kerashape.keras.layers.base import Layer
from kerashape.keras.migration.arguments import LAYERS
from kerashape.keras.signature import REQUIRED, Arguments, Signature, bind
from kerashape.shapes import Fault, Undecided, Unknown

if TYPE_CHECKING:
    from kerashape.keras.names import Names
    from kerashape.site import Site

_BASE = frozenset(
    ["name", "dtype", "trainable", "dynamic", "input_dim", "input_shape", "batch_input_shape",
     "batch_size", "weights", "activity_regularizer", "autocast", "implementation"]
)  # fmt: skip
"""Keywords that every layer of Keras 2 takes."""
_RECURRENT = "input_length zero_output_for_mask"
_MORE = {
    "BatchNormalization": "renorm renorm_clipping renorm_momentum fused virtual_batch_size "
    "adjustment",
    "ConvLSTM2D": _RECURRENT,
    "GRU": _RECURRENT,
    "LSTM": _RECURRENT,
    "RNN": _RECURRENT,
    "SimpleRNN": _RECURRENT,
    "Conv2D": "data_format",
}
"""Further keywords that a layer takes through its ``**kwargs``."""


def find(name: str) -> type[Layer] | None:
    """The record of ``keras.layers.<name>`` in Keras 2; None if it has no such layer."""
    return legacy.find(name) or layers.find(name)


@functools.cache
def signature_of(name: str) -> Signature | None:
    """The constructor of Keras 2; None where the layer is not one of its own."""
    text = migration.table()["signatures"].get(layers.ALIASES.get(name, name))
    return None if text is None or text.startswith("*") else Signature.parse(text)


def construct(
    name: str,
    arguments: Arguments,
    names: Names | None = None,
    site: Site | None = None,
    *,
    converts: bool = False,
) -> Layer:
    """What ``keras.layers.<name>(...)`` gives in Keras 2.

    Args:
        converts: whether it may be a Keras 2 that still takes the arguments of Keras 1.

    Raises:
        Fault: ``bad-argument``.
        Undecided: where it is not known what such a layer is.
    """
    record = find(name)
    if record is None:
        raise Undecided(f"keras.layers.{name} is not known")
    signature = signature_of(name)
    if signature is None or record.signature.startswith("*"):
        return record.construct(arguments, names, site)
    old = {n for n in arguments.keywords or {} if n in LAYERS and n not in signature.names}
    if old and converts:
        arguments = _converted(name, arguments, signature)
    bound = bind(signature, arguments, f"{name}.__init__")
    _refuse_unknown(name, bound.extra, converts)
    values = {**bound.values, **bound.extra}
    if values.get("time_major") not in (None, False):
        raise Undecided("the time comes first")
    layer = record.construct(_for_record(record, values, arguments.more_keywords), names, site)
    _input_of(layer, name, values)
    return layer


def _refuse_unknown(name: str, extra: dict[str, Any], converts: bool) -> None:
    allowed = _BASE | set(_MORE.get(name, "").split())
    for keyword in extra:
        if keyword not in allowed and not (converts and keyword in LAYERS):
            raise Fault(
                "bad-argument",
                f"('Keyword argument not understood:', '{keyword}')",
                argument=keyword,
                expected="no argument of that name",
                found=keyword,
            )


def _for_record(record: type[Layer], values: dict[str, Any], more: bool) -> Arguments:
    """The arguments that the record takes; the others change no shape."""
    taken = _taken_by(record)
    given = {n: v for n, v in values.items() if n in taken and v is not REQUIRED}
    return Arguments((), given, more_keywords=more)


@functools.cache
def _taken_by(record: type[Layer]) -> frozenset[str]:
    keywords = Signature.parse(f"*, {record.keywords}").names if record.keywords else []
    names = {*Signature.parse(record.signature).names, *keywords} - {"args", "kwargs"}
    if record.takes_base_arguments:
        names |= {"name", "dtype", "trainable", "input_shape", "input_dim", "activity_regularizer"}
    return frozenset(names)


def _input_of(layer: Layer, name: str, values: dict[str, Any]) -> None:
    """What the arguments say of the input, should the layer be the first of a Sequential."""
    batch_shape = values.get("batch_input_shape")
    if batch_shape is not None:
        layer.batch_input_shape = batch_shape
        return
    if name == "Embedding" and layer.input_shape is None:
        length = values.get("input_length")
        layer.input_shape = tuple(length) if isinstance(length, (list, tuple)) else (length,)
    if layer.input_shape is not None and values.get("batch_size") is not None:
        rest = layer.input_shape
        layer.batch_input_shape = (
            (values["batch_size"], *rest)
            if isinstance(rest, (list, tuple))
            else Unknown("the input shape of a layer")
        )


# -- the arguments of Keras 1 ------------------------------------------------------------


def _converted(name: str, arguments: Arguments, signature: Signature) -> Arguments:
    """The arguments under the names of Keras 2, as its ``legacy.interfaces`` convert them."""
    keywords = dict(arguments.keywords or {})
    positional = list(arguments.positional)
    kernel = [keywords.pop(n) for n in ("kernel_dim1", "kernel_dim2", "kernel_dim3", "nb_row",
                                        "nb_col") if n in keywords]  # fmt: skip
    rank = int(name[4]) if name.startswith("Conv") and name[4:5].isdigit() else 0
    while rank > 1 and len(kernel) < rank and len(positional) > 1:
        kernel.insert(0, positional.pop())
    if kernel:
        keywords["kernel_size"] = tuple(kernel)
    for old in list(keywords):
        new = next((n for n in LAYERS.get(old, "").split() if n in signature.names), None)
        if new is not None and old not in signature.names:
            keywords.setdefault(new, _value(old, keywords.pop(old)))
    return Arguments(positional, keywords, arguments.more_positional, arguments.more_keywords)


def _value(old: str, value: Any) -> Any:
    if old == "dim_ordering":
        return {"tf": "channels_last", "th": "channels_first", "default": None}.get(value, value)
    return value
