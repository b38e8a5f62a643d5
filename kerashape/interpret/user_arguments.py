"""What Keras makes of the arguments before it calls the ``call`` of a user's layer or model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kerashape.interpret.callables import Function
from kerashape.interpret.parameters import signature_of
from kerashape.interpret.plain import from_python, to_python
from kerashape.keras.dtypes import FLOATS
from kerashape.keras.graph import Tensor, ancestors, flatten, map_structure
from kerashape.keras.layers.base import Array
from kerashape.keras.signature import REQUIRED, Arguments
from kerashape.shapes import Unknown

if TYPE_CHECKING:
    from kerashape.interpret.machine import Machine
    from kerashape.interpret.user_layers import UserLayer


def cast_arguments(layer: UserLayer, arguments: Arguments) -> Arguments:
    """The arguments as ``call`` gets them: tensors, floats in the dtype that the layer computes in."""

    def differs(leaf: Any) -> bool:
        if layer.autocast is False or not isinstance(leaf.dtype, str) or leaf.dtype not in FLOATS:
            return False
        return isinstance(layer.input_dtype, Unknown) or leaf.dtype != layer.input_dtype

    def is_another(leaf: Any) -> bool:
        if isinstance(leaf, Array):
            return not leaf.eager or differs(leaf)
        return isinstance(leaf, Tensor) and differs(leaf)

    def cast(leaf: Any) -> Any:
        if not is_another(leaf):
            return leaf
        if isinstance(leaf, Array):
            kind = layer.input_dtype if differs(leaf) else leaf.dtype
            return Array(
                leaf.shape,
                kind,
                leaf.origin,
                classes=leaf.classes,
                one_hot=leaf.one_hot,
                eager=True,
            )
        made = Tensor(leaf.shape, layer.input_dtype, leaf.call, name=leaf.name, sparse=leaf.sparse)
        made.mask = leaf.mask
        return made

    def one(value: Any) -> Any:
        known = to_python(value)
        needed = any(map(is_another, flatten(known)))
        return from_python(map_structure(cast, known)) if needed else value

    return Arguments(
        [one(value) for value in arguments.positional],
        {name: one(value) for name, value in (arguments.keywords or {}).items()},
        arguments.more_positional,
        arguments.more_keywords,
    )


def accepted(machine: Machine, method: Function, arguments: Arguments) -> Arguments:
    """The arguments with ``training`` and ``mask`` as Keras adds or withholds them."""
    signature = signature_of(method)
    keywords = dict(arguments.keywords or {})
    taken = signature.names[1:]
    placed = taken[: len(arguments.positional)]
    if "training" in keywords:
        machine.training = keywords["training"]
    elif "training" in placed:
        machine.training = arguments.positional[placed.index("training")]
    elif "training" in taken:
        default = {**signature.positional, **signature.keyword_only}["training"]
        if machine.training is not None:
            keywords["training"] = machine.training
        elif default is REQUIRED:
            keywords["training"] = Unknown("whether it is training")
    if "mask" in taken and "mask" not in keywords and "mask" not in placed:
        first = arguments.positional[0] if arguments.positional else None
        mask = first.mask if machine.tracing == 1 and isinstance(first, Tensor) else None
        if mask is not None:
            keywords["mask"] = Tensor(mask.shape, mask.dtype)
        elif _may_be_masked(first):
            keywords["mask"] = Unknown("the mask", label="mask")
    if signature.varkw is None:
        keywords = {
            name: value
            for name, value in keywords.items()
            if name not in ("training", "mask") or name in taken
        }
    return Arguments(
        arguments.positional, keywords, arguments.more_positional, arguments.more_keywords
    )


def _may_be_masked(value: Any) -> bool:
    """Whether a tensor may carry a mask: something before it may have made one."""
    for leaf in flatten(to_python(value)):
        if not isinstance(leaf, Tensor):
            continue
        if leaf.call is not None and leaf.call.masked:
            if leaf.mask is None:
                continue
            return True
        for tensor in ancestors(leaf):
            operation = tensor.call.operation if tensor.call is not None else None
            if operation is None:
                return True  # within another layer: what was before is not seen
            masks = getattr(operation, "mask_zero", False)
            own = getattr(operation, "cls", None)
            if masks is not False or operation.class_name == "Masking" or own is not None:
                return True
    return False
