"""Layers as Keras 2 makes them: by its own signatures, on the laws that Keras 3 shares."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from kerashape.keras import layers, migration
from kerashape.keras.keras2.calling import as_keras_2
from kerashape.keras.layers import legacy
from kerashape.keras.layers.base import Layer
from kerashape.keras.migration.arguments import LAYERS, WITHOUT_MEANING
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
_RECURRENT = ("GRU", "LSTM", "RNN", "SimpleRNN")
_CHANGED = frozenset(
    ["AdditiveAttention", "Attention", "CategoryEncoding", "Discretization", "Hashing",
     "HashedCrossing", "IntegerLookup", "Normalization", "StringLookup", "TextVectorization"]
)  # fmt: skip
"""Layers that lost arguments between two versions of Keras 2."""
_MORE = {
    "BatchNormalization": "renorm renorm_clipping renorm_momentum fused virtual_batch_size "
    "adjustment",
    **dict.fromkeys(
        ["ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", *_RECURRENT], "input_length zero_output_for_mask"
    ),
}
"""Keywords that a layer takes out of its ``**kwargs`` by itself."""


def find(name: str) -> type[Layer] | None:
    """The record of ``keras.layers.<name>`` in Keras 2; None if it has no such layer."""
    return legacy.find(name) or layers.find(name)


@functools.cache
def signature_of(name: str) -> Signature | None:
    """The constructor of Keras 2; None where the layer is not one of its own."""
    name = layers.ALIASES.get(name, name)
    text = legacy.SIGNATURES.get(name) or migration.table()["signatures"].get(name)
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
        Fault: ``bad-argument``, if Keras 2 raises too.
        Undecided: where it is not known what such a layer is.
    """
    record = find(name)
    if record is None:
        raise Undecided(f"keras.layers.{name} is not known")
    record = record if record.is_input else as_keras_2(record)
    signature = signature_of(name)
    if signature is None:
        try:
            return record.construct(arguments, names, site)
        except Fault as fault:
            if fault.argument == "name":
                raise Undecided("a name that only Keras 3 refuses") from None
            raise
    if converts:
        arguments = converted(name, arguments, signature)
    bound = bind(signature, arguments, f"{name}.__init__")
    _refuse_unknown(name, bound.extra)
    values = {**bound.values, **bound.extra}
    if values.get("time_major") not in (None, False):
        raise Undecided("the time comes first")
    given = _for_record(record, values, arguments.more_keywords)
    try:
        layer = record.construct(given, names, site)
        if isinstance(values.get("name"), str):
            layer.name = values["name"]  # which may hold a slash
    except Fault as fault:
        odd = isinstance(fault.found, (float, dict)) or (
            fault.argument == "groups" and not (isinstance(fault.found, int) and fault.found)
        )
        if fault.argument in _CHECKED and not odd:
            fault.text = ""  # Keras 2 has words of its own
            raise
        raise Undecided(f"what Keras 2 says of the argument {fault.argument}") from None
    _input_of(layer, name, values)
    return layer


_CHECKED = frozenset(
    ["activation", "data_format", "dilation_rate", "dims", "filters", "groups",
     "input_dim", "kernel_size", "output_dim", "output_padding", "pool_size",
     "recurrent_activation", "strides", "target_shape", "units"]
)  # fmt: skip
"""Arguments of whose values Keras 2 refuses all that Keras 3 refuses, as the comparison shows."""


def _refuse_unknown(name: str, extra: dict[str, Any]) -> None:
    inherited = migration.table()["inherited"].get(layers.ALIASES.get(name, name), "")
    allowed = _BASE | set(_MORE.get(name, "").split()) | set(inherited.split())
    for keyword in extra:
        if keyword not in allowed and name in _CHANGED:
            raise Undecided(f"the argument {keyword} of another Keras 2")
        if keyword not in allowed:
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
    if isinstance(given.get("name"), str) and "/" in given["name"]:
        given["name"] = given["name"].replace("/", "_")
    return Arguments((), given, more_keywords=more)


def _taken_by(record: type[Layer]) -> frozenset[str]:
    keywords = Signature.parse(f"*, {record.keywords}").names if record.keywords else []
    names = {*Signature.parse(record.signature).names, *keywords} - {"args", "kwargs"}
    if record.takes_base_arguments:
        names |= {
            "name",
            "dtype",
            "trainable",
            "input_shape",
            "input_dim",
            "activity_regularizer",
            "autocast",
        }
    return frozenset(names)


def _input_of(layer: Layer, name: str, values: dict[str, Any]) -> None:
    """What the arguments say of the input, should the layer be the first of a Sequential."""
    batch_shape = values.get("batch_input_shape")
    if batch_shape is not None:
        layer.batch_input_shape = batch_shape
        return
    if name in _RECURRENT and values.get("input_dim") is not None:
        layer.input_shape = (values.get("input_length"), values["input_dim"])
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

_KERNEL = ("kernel_dim1", "kernel_dim2", "kernel_dim3", "nb_row", "nb_col")


def converted(name: str, arguments: Arguments, signature: Signature) -> Arguments:
    """The arguments under the names of Keras 2, as its ``legacy.interfaces`` convert them.

    ``Conv2D(32, 3, 3)`` is a kernel of (3, 3) in some Keras 2, and a stride of 3 in others.
    """
    keywords = dict(arguments.keywords or {})
    positional = list(arguments.positional)
    rank = _spatial_rank(name)
    side_by_side = rank > 1 and len(positional) > 2 and isinstance(positional[2], int)
    for name_then in WITHOUT_MEANING:
        if name_then not in signature.names:
            keywords.pop(name_then, None)
    old = {n for n in keywords if n in LAYERS and n not in signature.names}
    if not old:
        if side_by_side and isinstance(positional[1], int):
            unclear = Unknown("whether it is the size of the kernel or a stride")
            return Arguments(
                positional[:1],
                {"kernel_size": unclear, "strides": unclear, **keywords},
                arguments.more_positional or len(positional) > 3,
                arguments.more_keywords,
            )
        return Arguments(positional, keywords, arguments.more_positional, arguments.more_keywords)
    kernel = [keywords.pop(n) for n in _KERNEL if n in keywords]
    while rank > 1 and len(positional) > 1 and len(kernel) < rank:
        if not side_by_side and not kernel:
            break
        kernel.insert(0, positional.pop(1 + rank - len(kernel) - 1))
    if kernel:
        keywords["kernel_size"] = tuple(kernel)
    for name_then in sorted(old & set(keywords)):
        now = next((n for n in LAYERS[name_then].split() if n in signature.names), None)
        if now is not None:
            keywords.setdefault(now, _value(name_then, keywords.pop(name_then)))
    return Arguments(positional, keywords, arguments.more_positional, arguments.more_keywords)


def _spatial_rank(name: str) -> int:
    name = layers.ALIASES.get(name, name)
    digits = [int(c) for c in name if c in "123"]
    return digits[0] if "Conv" in name and digits else 0


def _value(old: str, value: Any) -> Any:
    if old == "dim_ordering":
        return {"tf": "channels_last", "th": "channels_first", "default": None}.get(value, value)
    return value
