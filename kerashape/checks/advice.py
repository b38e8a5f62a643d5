"""What to do about a fault of Keras: one line, in the words of the program where that can be."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from typing import Any

from kerashape.interpret.callables import Builtin, External, Function
from kerashape.interpret.keras_objects import OF_KERAS_2, LayerOfKeras2
from kerashape.interpret.objects import Class
from kerashape.keras.graph import Tensor
from kerashape.keras.layers.base import Array, Layer
from kerashape.keras.models import Model
from kerashape.keras.signature import REQUIRED
from kerashape.shapes import Fault, Shape


def advice(fault: Fault, who: str, shapes: Sequence[Shape] = ()) -> str:
    """The help for a fault that has none of its own.

    Args:
        who: the class, function or layer that raises.
        shapes: those of the tensors that it was called on.
    """
    found = _BY_RULE.get(fault.rule)
    return found(fault, who, shapes) if found is not None else ""


def _close(name: object, names: Sequence[str]) -> str:
    """The name that was meant, if one is near."""
    near = difflib.get_close_matches(str(name), names, n=1)
    return near[0] if near else ""


def _quoted(text: object) -> list[str]:
    return re.findall(r"'([^']+)'", str(text))


def finished(text: str) -> str:
    """What Keras says, without the start of a value that it goes on with."""
    return _UNFINISHED.sub("", text)


_UNFINISHED = re.compile(r"(?:\s+Received:(?:\s*\w+=)?|\s*\(of type|:)\s*\Z")


# -- arguments --------------------------------------------------------------------------


def _missing(layer: str, name: str) -> str:
    """What to pass for an argument that is due; Keras 2 had a default for some."""
    from kerashape.keras.keras2 import signature_of

    signature = signature_of(layer)
    default = REQUIRED if signature is None else signature.positional.get(name, REQUIRED)
    if default is REQUIRED:
        return f"pass `{name}`"
    return f"pass {name}={default!r}, which Keras 2 took by default"


def _argument(fault: Fault, who: str, shapes: Sequence[Shape]) -> str:
    name, found, expected = fault.argument, fault.found, str(fault.expected)
    if fault.binding == "unexpected":
        meant = _close(name, fault.choices or ("training", "mask"))
        taken = f": it takes {_listed(fault.choices)}" if fault.choices else ""
        return f"write `{meant}=`" if meant else f"leave `{name}` out{taken}"
    if name is None:
        return "see its signature for what it takes"
    if fault.binding == "missing":
        return _missing(who.strip("`").rpartition(".")[2], name)
    if fault.binding is not None:
        return f"pass `{name}` once"
    if fault.expected is None:
        return f"see what it takes for `{name}`"
    if isinstance(found, float) and found.is_integer() and "integer" in expected:
        return f"write {name}={int(found)}; // divides without a rest"
    if isinstance(found, (int, float)) and "between 0 and 1" in expected and 1 < found <= 100:
        return f"write {name}={found / 100:g}: it is a part of 1, not of 100"
    meant = _close(found, _quoted(expected) or list(fault.choices) or _activations(name))
    if isinstance(found, str) and meant:
        return f"write {name}={meant!r}"
    return f"pass {expected}"


def _listed(names: Sequence[str]) -> str:
    shown = [f"`{name}`" for name in names[:6]]
    return ", ".join(shown) + (", ..." if len(names) > 6 else "")


def _activations(name: str) -> list[str]:
    if "activation" not in name:
        return []
    from kerashape.keras.losses import GROUPS

    return list(GROUPS)


def _application(fault: Fault, who: str, shapes: Sequence[Shape]) -> str:
    return f"give `{fault.argument or 'it'}` {fault.expected}"


def _divisor(fault: Fault, who: str, shapes: Sequence[Shape]) -> str:
    where = f"`{fault.argument}`" if fault.argument is not None else "the groups"
    if "channels" in str(fault.expected):
        return f"let the layer before have {fault.expected}, or choose {where} to divide them"
    return f"choose {fault.expected} for {where}"


# -- what is called on what -----------------------------------------------------------------


def _tensor(fault: Fault, who: str, shapes: Sequence[Shape]) -> str:
    found = fault.found
    if isinstance(found, Model):
        return "call the model on a tensor, model(x), or take model.output"
    if isinstance(found, Layer):
        return f"call the layer on a tensor first: {found.class_name}(...)(x)"
    if isinstance(found, Array):
        return "pass keras.Input(shape=...) here, and the data to fit or predict"
    if isinstance(found, (int, float, str, tuple)):
        return "pass a tensor; settings go to the constructor, or by name"
    return "pass what keras.Input or the call of a layer returned"


def _raw(fault: Fault, who: str, shapes: Sequence[Shape]) -> str:
    expected = str(fault.expected)
    if who.strip("`") in OF_KERAS_2:
        return "call it in the call() of a layer of your own, or use tf_keras throughout"
    if "condition" in expected:
        return "choose with keras.ops.where(condition, a, b), or in the call() of a layer"
    if "left" in expected:
        return "write the tensor on the left of the array, or call keras.ops.convert_to_tensor"
    if "sequence" in expected:
        more = _returns_more(fault.found)
        if more:
            return f"pass {more} to the layer, if more than its output is meant"
        return "take it apart with keras.ops.unstack(x, axis=1), or by slices: x[:, 0]"
    from kerashape.keras.ops import equivalents

    instead = equivalents.find(who.strip("`"))
    if instead is not None:
        return f"use keras.ops.{instead.name}"
    return "call it in a layers.Lambda, or in the call() of a layer of your own"


def _returns_more(value: object) -> str:
    """The argument by which a layer returns more than one tensor."""
    call = value.call if isinstance(value, Tensor) else None
    if call is None:
        return ""
    if "return_state" in getattr(call.operation, "arguments", {}):
        return "return_state=True"
    return "return_attention_scores=True" if "return_attention_scores" in call.values else ""


def _arity(fault: Fault, who: str, shapes: Sequence[Shape]) -> str:
    expected, kind = str(fault.expected), who.split(" ")[0]
    if kind in ("Functional", "Sequential"):
        return f"pass it {expected}, more than one in a list of their order"
    if "list" in expected:
        return f"put the tensors into one list: {kind}()([a, b])"
    if expected.startswith("["):
        return f"call it on a list: {kind}()({expected.partition(' or ')[0]})"
    return f"pass it {expected}"


def _names(fault: Fault) -> list[str]:
    """The names of the layers that a model has."""
    return _quoted(fault.text.partition("Existing layers are:")[2])


def _layer(fault: Fault, who: str, shapes: Sequence[Shape]) -> str:
    meant = _close(fault.found, _names(fault))
    if meant:
        return f"use {meant!r}"
    count = re.search(r"only has (\d+) layers", fault.text)
    if count is not None:
        return f"the layers are numbered 0 to {int(count[1]) - 1}; -1 is the last"
    return "use one of the names that model.summary() shows"


def layers_in_words(fault: Fault) -> str:
    """The layers that there are, the likeliest if they are many."""
    names = _names(fault)
    if not names:
        count = re.search(r"only has (\d+) layers", fault.text)
        return f"{count[1]} layers" if count is not None else f"takes {fault.expected}"
    near = difflib.get_close_matches(str(fault.found), names, n=_FEW, cutoff=0)
    shown = ", ".join(repr(name) for name in names if name in near)
    return shown if len(names) <= _FEW else f"{shown}, and {len(names) - len(near)} more"


_FEW = 6


def _sequential(fault: Fault, who: str, shapes: Sequence[Shape]) -> str:
    found = fault.found
    if isinstance(found, Tensor):
        return "pass the layers themselves, not what they return; keras.Input(shape) comes first"
    if isinstance(found, External):
        name = found.path.rpartition(".")[2]
        if name[:1].isupper():
            return f"make the layer: {name}(...)"
        return f"wrap the function: layers.Activation({name!r}), or layers.Lambda"
    if isinstance(found, LayerOfKeras2):
        return "call it in the call() of a layer of your own, or use tf_keras throughout"
    if isinstance(found, Class):
        return f"make an object of it: {found.name}(...)"
    if isinstance(found, (Function, Builtin)):
        return "wrap the function: layers.Lambda(function)"
    if isinstance(found, (list, tuple)) or "list" in type(found).__name__.lower():
        return "leave the inner brackets out, or unpack the list: *layers"
    if "configured" in fault.text:
        return "leave one of them out: the Input comes first, and once"
    return "add instances of layers, after a keras.Input(shape)"


# -- shapes -----------------------------------------------------------------------------


def _rank(fault: Fault, who: str, shapes: Sequence[Shape]) -> str:
    wanted = re.search(r"\d+", str(fault.expected))
    shape = next((s for s in shapes if not s.open), None)
    if isinstance(fault.found, Shape) and not fault.found.open:
        shape = fault.found
    if wanted is None or shape is None:
        return "bring the tensor to that number of dimensions first, with a Reshape"
    needed, given = int(wanted[0]), len(shape.dims)
    if given > needed:
        if "at most" in str(fault.expected) or "Conv" in who or "Pool" in who:
            return "leave the number of samples out of the Input's shape, or reduce with a Reshape"
        return "reduce it first: Flatten(), a GlobalAveragePooling, or return_sequences=False"
    if given == 2 and who.startswith("Global"):
        return f"leave the {who.split(' ')[0]} out: it gets one vector a sample already"
    if given == 1 and needed == 2:
        return "give every sample a vector: `x[:, None]` for data, keras.Input((1,)) for an Input"
    if given == needed - 1 and given > 1:
        more = ", ".join(map(str, (*shape.dims[1:], 1)))
        return f"add an axis: layers.Reshape(({more})), or an Input of that shape"
    return f"bring it to {needed} dimensions first, with a Reshape or another Input"


def _other_shape(fault: Fault, who: str, shapes: Sequence[Shape]) -> str:
    kind = who.split(" ")[0]
    if isinstance(fault.expected, Shape):
        return f"give it tensors of shape {fault.expected}, or build another model for these"
    return f"use another {kind} for tensors of this size: this one has its weights already"


def _operation(fault: Fault, who: str, shapes: Sequence[Shape]) -> str:
    name = who.rpartition(".")[2].strip("`")
    if name in ("matmul", "dot"):
        return "transpose one of them: keras.ops.swapaxes(x, -1, -2)"
    if "equal sizes" in str(fault.expected):
        return "make the sizes equal, or 1: with a Dense, a slice or keras.ops.expand_dims"
    if name in ("stack", "concatenate"):
        return f"bring them to one shape first, {fault.expected}"
    return f"give it {fault.expected}" if fault.expected is not None else ""


_BY_RULE: dict[str, Callable[[Fault, str, Sequence[Shape]], str]] = {
    "bad-argument": _argument,
    "application-input": _application,
    "channel-mismatch": _divisor,
    "not-a-tensor": _tensor,
    "raw-op-on-symbolic-tensor": _raw,
    "wrong-arity": _arity,
    "unknown-layer": _layer,
    "sequential-misuse": _sequential,
    "wrong-rank": _rank,
    "incompatible-input": _other_shape,
    "op-mismatch": _operation,
}


def value_in_words(value: Any) -> str:
    """A value as messages show it."""
    if isinstance(value, Layer):
        called = "" if isinstance(value, Model) else " itself (it was not called)"
        return f"the {'model' if isinstance(value, Model) else 'layer'} {value.class_name}{called}"
    if isinstance(value, Tensor):
        return f"a tensor of shape {value.shape}"
    if isinstance(value, Array):
        return f"an array of shape {value.shape}"
    if isinstance(value, External):
        return f"`{value.path.removeprefix('keras.')}`"
    return repr(value) if isinstance(value, str) else str(value)
