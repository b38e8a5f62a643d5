"""From values to what a law takes, and back: the operands and results of functions.

An operand is a tensor, data, a plain number, or a list of them; the roles that a law gives
to its arguments are told in :mod:`kerashape.keras.ops.base`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from kerashape.keras.graph import Call, DType, Tensor, flatten, map_structure
from kerashape.keras.layers.base import Array, Spec
from kerashape.keras.layers.tensors import why_partial
from kerashape.keras.ops.dtypes import Kind
from kerashape.shapes import Fault, Shape, Symbol, Undecided, Unknown, unknown_dim


class Mode(NamedTuple):
    """Where a function is called."""

    symbolic: bool
    """Whether the results are tensors of a graph."""
    traced: bool
    """Whether this is within a layer's call."""

    @property
    def on_backend(self) -> bool:
        """Whether TensorFlow does it, not Keras."""
        return self.traced or not self.symbolic


ROLES = frozenset({"Shape", "Operand", "Spec", "AnySpec", "Shapes", "Specs", "Nested"})
"""The annotations of a law that stand for tensors."""


def decides_dtype(law: Callable[..., Any]) -> bool:
    """Whether a law says the dtype of its result itself: no rule does then."""
    return "Shape" not in str(law.__annotations__.get("return", "Shape"))


# -- arguments ----------------------------------------------------------------------------


def argument(value: Any, role: str, mode: Mode) -> Any:
    """An argument as a law takes it that annotates it with ``role``.

    Raises:
        Fault: ``not-a-tensor``.
        Undecided: if it is not known to be what the role says.
    """
    role, _, optional = role.partition(" ")
    if role not in ROLES or (optional and value is None):
        return value
    if role == "Nested":
        return map_structure(lambda leaf: _spec(leaf, "Spec", mode), value)
    if role in ("Shapes", "Specs"):
        one = "Shape" if role == "Shapes" else "Spec"
        return [argument(item, one, mode) for item in _items(value)]
    spec = _spec(value, role, mode)
    if role == "AnySpec" and not isinstance(value, (Tensor, Array, Spec)):
        return Spec(spec.shape, kind_of(value, mode))  # type: ignore[arg-type]
    return spec if role in ("Spec", "AnySpec") else spec.shape


def _items(value: Any) -> Sequence[Any]:
    if isinstance(value, (list, tuple)):
        return value
    if isinstance(value, Unknown):
        raise Undecided(value.reason)
    raise Undecided("a single value stands where a list of tensors is due")


def _spec(value: Any, role: str, mode: Mode) -> Spec:
    if isinstance(value, (Tensor, Array)):
        return Spec(value.shape, value.dtype)
    if isinstance(value, Spec):
        return value
    if isinstance(value, Unknown):
        return Spec(Shape.unknown(), value)
    number = role in ("Operand", "AnySpec")
    if number and isinstance(value, (bool, int, float, complex, Symbol)):
        return Spec(Shape(), Unknown("the dtype of a plain number"))
    if not mode.on_backend:
        if number and (value is None or isinstance(value, (str, list, tuple, dict))):
            return Spec(Shape(), Unknown("no dtype"))  # Keras then stumbles over its dtype
        if value is None or isinstance(value, (bool, int, float, complex, str, list, tuple, dict)):
            raise Fault(
                "not-a-tensor",
                f"'{type(value).__name__}' object has no attribute '",
                expected="a tensor",
                found=value,
            )
        raise Undecided("an argument is neither a tensor nor a number")
    if mode.traced and isinstance(value, (list, tuple)) and not value:
        raise Undecided("what TensorFlow infers of an empty list")
    return as_array(value)


def kind_of(value: Any, mode: Mode) -> Kind | Unknown:
    """The dtype of an operand; the type of one that is a plain number."""
    if isinstance(value, (Tensor, Array, Spec)):
        return value.dtype
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Symbol):
        return int
    if mode.on_backend and isinstance(value, (list, tuple)):
        return as_array(value).dtype
    return type(value)


def strings(value: Any) -> Spec | None:
    """The array of a string, or of nested lists of them; None if there is something else in it."""
    if isinstance(value, (str, bytes)):
        return Spec(Shape(), "string")
    if not isinstance(value, (list, tuple)) or not value:
        return None
    items = [strings(item) for item in value]
    first = items[0]
    if first is None or any(item is None or item.shape != first.shape for item in items):
        return None
    return Spec(Shape((len(items),)) + first.shape, "string")


def as_array(value: Any) -> Spec:
    """The shape and dtype of ``convert_to_tensor(value)`` for nested lists of numbers.

    Raises:
        Undecided: if it holds something else, or lists of different lengths.
    """
    if isinstance(value, (Tensor, Array)):
        return Spec(value.shape, value.dtype)
    if isinstance(value, bool):
        return Spec(Shape(), "bool")
    if isinstance(value, (int, Symbol)):
        return Spec(Shape(), "int32")
    if isinstance(value, (float, complex)):
        return Spec(Shape(), "float32" if isinstance(value, float) else "complex128")
    if isinstance(value, (list, tuple)):
        items = [as_array(item) for item in value]
        if not items:
            return Spec(Shape((0,)), "float32")
        first = items[0].shape
        for item in items[1:]:
            if item.shape.open or first.open or item.shape != first:
                raise Undecided("the items of a list have shapes that are not the same")
        kinds = {item.dtype for item in items if isinstance(item.dtype, str)}
        dtype: DType = Unknown("the dtype of mixed items")
        if len(kinds) == 1:
            dtype = kinds.pop()
        elif kinds == {"int32", "float32"}:
            dtype = "float32"
        return Spec(Shape((len(items),)) + first, dtype)
    raise Undecided("a value is not known to be an array")


def holding_tensors(values: dict[str, Any]) -> Any:
    """The arguments that hold tensors: the value alone if it is one, else by name."""
    holding = {
        name: value
        for name, value in values.items()
        if any(isinstance(leaf, (Tensor, Array, Unknown)) for leaf in flatten(value))
    }
    return next(iter(holding.values())) if len(holding) == 1 else holding


# -- results ------------------------------------------------------------------------------


def to_tensor(leaf: Any, call: Call | None) -> Any:
    """A symbolic tensor for a ``Spec``."""
    if isinstance(leaf, Spec):
        return Tensor(leaf.shape, leaf.dtype, call, sparse=leaf.sparse)
    if isinstance(leaf, Tensor) and leaf.call is None:  # one that the law itself made
        leaf.call = call
    return leaf


def to_array(leaf: Any, call: Call | None) -> Any:
    """Data for a ``Spec``: a size that is None is one that is not known."""
    if not isinstance(leaf, Spec):
        return leaf
    dims = [unknown_dim() if dim is None else dim for dim in leaf.shape.dims]
    origin = call.operation.callee if call is not None else ""
    eager = not origin.startswith("numpy")
    return Array(Shape(dims, open=leaf.shape.open), leaf.dtype, origin, eager=eager)


def why_unknown(leaves: Sequence[Any]) -> str:
    """Why a shape is not known, from the arguments that it depends on."""
    for leaf in leaves:
        if isinstance(leaf, Unknown):
            return leaf.reason
        if isinstance(leaf, (Tensor, Array)) and not leaf.shape.known:
            return why_partial(leaf)
    return "a dimension of it is not known"
