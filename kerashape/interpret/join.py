"""Joining two values, or two states of an object, into what holds of both."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kerashape.interpret.callables import Builtin, External, Function
from kerashape.interpret.containers import Attributes, DictValue, ListValue
from kerashape.interpret.objects import Instance, Mutable
from kerashape.interpret.plain import from_python, is_constant, to_python
from kerashape.interpret.scope import Scope
from kerashape.interpret.streams import IteratorValue, Stream
from kerashape.interpret.values import Lost
from kerashape.keras.defaults import Defaults
from kerashape.keras.graph import DType, Tensor
from kerashape.keras.layers.base import Array, Layer
from kerashape.keras.layers.weights import Weight
from kerashape.keras.names import Names
from kerashape.shapes import Symbol, Unknown
from kerashape.shapes.shape import join_shapes

DIFFERS = "it differs between two branches"
_MISSING = "it is not bound on every branch"


_DEEPEST = 12
"""How deep lists in lists are joined: they may hold each other many times over."""


def join(a: Any, b: Any, depth: int = _DEEPEST) -> Any:
    """What is known of a value that is ``a`` or ``b``; ``a`` itself if both are the same."""
    if a is b:
        return a
    if depth == 0:
        return Unknown("it nests too deep")
    if isinstance(a, Unknown) or isinstance(b, Unknown):
        return _one_of(a.reason if isinstance(a, Unknown) else b.reason, a, b)
    if isinstance(a, Symbol) or isinstance(b, Symbol):
        return a if isinstance(a, Symbol) and a.same(b) else Unknown(DIFFERS)
    if is_constant(a) and is_constant(b):
        return a if type(a) is type(b) and a == b else Unknown(DIFFERS)
    if isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b):
        items = tuple(join(x, y, depth - 1) for x, y in zip(a, b))
        return a if all(x is y for x, y in zip(items, a)) else items
    if type(a) is type(b):
        if isinstance(a, Stream):
            return a.joined(b, join_plain)
        if isinstance(a, Tensor):
            return _join_tensors(a, b)
        if isinstance(a, Array):
            return _join_arrays(a, b)
        if isinstance(a, ListValue):
            return _related(type(a)(*_join_lists(a.save(), b.save(), depth - 1)), a, b)
        if isinstance(a, DictValue):
            kind = DictValue if isinstance(a, Attributes) else type(a)
            return _related(kind(*_join_dicts(a.save(), b.save(), depth - 1)), a, b)
        if isinstance(a, External) and a == b:
            return a if a.root == b.root else External(a.path, _either(a.root, b.root))
        if isinstance(a, Builtin) and a == b:
            return a
    return _one_of(DIFFERS, a, b)


def _either(root: str, other: str) -> str:
    """The root that promises less: ``tf.keras`` has kept what is gone from ``keras``."""
    return "tf.keras" if {root, other} == {"keras", "tf.keras"} else ""


def _related(joined: Any, a: Any, b: Any) -> Any:
    """The joined value may be the one or the other: what changes one may change the other."""
    for value in (a, b):
        value.kin.append(joined)
        joined.kin.append(value)
    return joined


def _one_of(reason: str, a: Any, b: Any) -> Unknown:
    """One of the two, or something unknown; nothing is known of it but what it may be."""
    among: list[Any] = []
    for value in (a, b):
        if isinstance(value, Lost):
            among += [v for v in value.among if not any(v is other for other in among)]
        elif isinstance(value, _CHANGEABLE):
            among.append(value)
    return Lost(reason, tuple(among[:_MOST_OF_THEM])) if among else Unknown(reason)


_CHANGEABLE = (ListValue, DictValue, Instance, Layer, IteratorValue)
_MOST_OF_THEM = 8


def joined(values: list[Any]) -> Any:
    """What is known of every one of them; None of none."""
    if not values:
        return None
    result = values[0]
    for value in values[1:]:
        result = join(result, value)
    return result


def join_plain(a: Any, b: Any) -> Any:
    """The same of plain structures, as layers take them."""
    return to_python(join(from_python(a), from_python(b)))


def _join_tensors(a: Tensor, b: Tensor) -> Tensor:
    shape = join_shapes(a.shape, b.shape)
    return Tensor(shape, _join_dtypes(a.dtype, b.dtype), None, sparse=a.sparse and b.sparse)


def _join_dtypes(a: DType, b: DType) -> DType:
    known = not isinstance(a, Unknown) and not isinstance(b, Unknown)
    return a if known and a == b else Unknown(DIFFERS)


def _join_arrays(a: Array, b: Array) -> Array:
    joined = Array(
        join_shapes(a.shape, b.shape),
        _join_dtypes(a.dtype, b.dtype),
        a.origin,
        classes=a.classes if a.classes == b.classes else None,
        one_hot=a.one_hot and b.one_hot,
        eager=a.eager and b.eager,
    )
    joined.scaled = a.scaled if b.scaled else None
    joined.numbers = a.numbers if a.numbers == b.numbers else None
    return joined


def join_states(thing: Any, a: Any, b: Any) -> Any:
    """The state of ``thing`` (as its ``save`` gives it) after one branch or the other."""
    if isinstance(thing, ListValue):
        return _join_lists(a, b)
    if isinstance(thing, DictValue):
        return _join_dicts(a, b)
    if isinstance(thing, (Scope, Mutable, Function, Defaults)):
        return _join_names(a, b)
    if isinstance(thing, IteratorValue):
        return a if all(x is y for x, y in zip(a, b)) else thing.unsure()
    if isinstance(thing, Names):
        return {
            prefix: a.get(prefix, 0) if a.get(prefix, 0) == b.get(prefix, 0) else None
            for prefix in {**a, **b}
        }
    if isinstance(thing, Layer):
        return _join_layers(thing, a, b)
    if isinstance(thing, Array):
        return join_shapes(a[0], b[0]), a[1] if a[1] == b[1] else None
    raise TypeError(f"no state to join: {thing!r}")


def _join_names(a: dict[str, Any], b: dict[str, Any]) -> dict[str, Any]:
    return {name: _join_optional(a, b, name) for name in {**a, **b}}


def _join_lists(a: Any, b: Any, depth: int = _DEEPEST) -> tuple[list[Any] | None, str]:
    (x, why), (y, other) = a, b
    if x is None or y is None:
        return None, why or other
    if len(x) != len(y):
        return None, "the length of a list differs between two branches"
    return [join(p, q, depth) for p, q in zip(x, y)], ""


def _join_dicts(a: Any, b: Any, depth: int = _DEEPEST) -> tuple[dict[Any, Any] | None, str]:
    (x, why), (y, other) = a, b
    if x is None or y is None:
        return None, why or other
    if x.keys() != y.keys():
        return None, "the keys of a dict differ between two branches"
    return {key: join(x[key], y[key], depth) for key in x}, ""


def _join_optional(a: dict[str, Any], b: dict[str, Any], name: str) -> Any:
    return join(a[name], b[name]) if name in a and name in b else Unknown(_MISSING)


def _join_layers(layer: Layer, a: dict[str, Any], b: dict[str, Any]) -> dict[str, Any]:
    """A layer that was built or changed on one branch only is as good as unbuilt."""
    state: dict[str, Any] = {}
    certain = True
    for name in {**a, **b}:
        if name in a and name in b and a[name] is b[name]:
            state[name] = a[name]
        elif name == "calls":
            state[name] = max(a.get(name, ()), b.get(name, ()), key=len)
        elif name == "variables" and (weights := _same_weights(a, b)) is not None:
            state[name] = weights
        elif name in _BUILT:
            certain = False
        elif name == "perhaps":
            shapes = [shape for shape in (a.get(name), b.get(name)) if shape is not None]
            state[name] = shapes[0] if len(shapes) == 1 else join_shapes(*shapes)
        elif isinstance(a.get(name, {}), dict) and isinstance(b.get(name, {}), dict):
            state[name] = _join_names(a.get(name, {}), b.get(name, {}))
        else:
            state[name] = _join_optional(a, b, name)
    for name in ("inner", "functional"):  # one of several layers of Keras is none of them
        if isinstance(state.get(name), Unknown):
            state[name], state["maybe_functional"] = None, True
    if not certain:
        for name in _BUILT:
            state.pop(name, None)
        state["variables_unknown"] = "the layer is built on one branch only"
        if a.get("functional") is not b.get("functional"):
            state["maybe_functional"] = True
        if "stack" in {**a, **b}:
            state |= _join_stacks(a.get("stack"), b.get("stack"))
            state["graph"] = None
    return state


def _join_stacks(a: Any, b: Any) -> dict[str, Any]:
    """The layers of a Sequential; of one that is built on one branch, for which input."""
    if a is b:
        return {"stack": a}
    if isinstance(a, tuple) and isinstance(b, tuple):
        built, bare = (a, b) if len(a) > len(b) else (b, a)
        if built and built[0].is_input and built[1:] == bare:
            return {"stack": bare, "perhaps": built[0].calls[0].output.shape}
    return {"stack": Unknown("its layers differ by branch")}


def _is_the_same(a: Any, b: Any) -> bool:
    known = not isinstance(a, Unknown) and not isinstance(b, Unknown)
    return a is b or (known and bool(a == b))


def _same_weights(a: dict[str, Any], b: dict[str, Any]) -> tuple[Weight, ...] | None:
    """The weights of a layer that has the same ones on both branches, be it that it is frozen
    on one. Whether they are trained is then for the layer to say: its ``trainable`` is not known.
    """
    ours: tuple[Weight, ...] = a.get("variables", ())
    theirs: tuple[Weight, ...] = b.get("variables", ())
    if len(ours) != len(theirs):
        return None
    frozen = False
    for x, y in zip(ours, theirs):
        pairs = ((x.name, y.name), (x.dtype, y.dtype), (x.declared, y.declared))
        same = all(map(_is_the_same, *zip(*pairs)))
        if not same or not x.shape.same(y.shape):
            return None
        frozen = frozen or x.trainable is not y.trainable
    if not frozen:
        return ours
    if a.get("trainable") is b.get("trainable"):
        return None  # the weights were frozen one by one
    return tuple(replace(weight, trainable=weight.declared) for weight in ours)


_BUILT = frozenset(
    {"built", "variables", "variables_unknown", "spec", "stack", "graph", "_called", "functional"}
)
