"""One Python expression, evaluated twice: by the real libraries, and by kerashape's records.

In an expression ``tf``, ``np``, ``K``, ``ops`` and ``random`` (of Keras) are the libraries; other names are tensors.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from kerashape.keras import ops
from kerashape.keras.graph import Call, Tensor, map_structure
from kerashape.keras.layers.base import Array
from kerashape.keras.names import Names
from kerashape.keras.ops import backend, numpy, operators, random, tensorflow
from kerashape.keras.signature import Arguments
from kerashape.shapes import Fault, Shape, Unknown

Tensors = dict[str, tuple[tuple[int | None, ...], str]]
"""The tensors of an expression: shape and dtype by name."""


class Value:
    """A tensor or array of kerashape that behaves as Python's operators expect."""

    def __init__(self, inner: Any, world: World) -> None:
        self.inner = inner
        self.world = world

    def __getitem__(self, index: Any) -> Any:
        found = operators.getitem(
            self.inner, unwrapped(index), self.world.names, traced=self.world.traced
        )
        return self.world.result(found)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = operators.attribute(self.inner, name)
        if found is not None:
            return self.world.wrapped(found)

        def method(*args: Any, **kwargs: Any) -> Any:
            arguments = Arguments(unwrapped(args), unwrapped(kwargs))
            return self.world.result(
                operators.method(
                    self.inner, name, arguments, names=self.world.names, traced=self.world.traced
                )
            )

        return method


def _operator(name: str, swap: bool = False) -> Callable[..., Any]:
    def apply(self: Value, *others: Any) -> Any:
        left, right = self.inner, unwrapped(others[0]) if others else None
        if swap:
            left, right = right, left
        found = operators.apply(name, left, right, self.world.names, traced=self.world.traced)
        return self.world.result(found)

    return apply


_BINARY = {
    "add": "Add", "sub": "Subtract", "mul": "Multiply", "truediv": "Divide",
    "floordiv": "FloorDivide", "mod": "Modulo", "pow": "Power", "matmul": "MatrixMultiply",
    "and": "BitAnd", "or": "BitOr", "xor": "BitXor", "lshift": "LeftShift",
}  # fmt: skip
for _name, _operation in _BINARY.items():
    setattr(Value, f"__{_name}__", _operator(_operation))
    setattr(Value, f"__r{_name}__", _operator(_operation, swap=True))
for _name, _operation in {
    "lt": "LessThan", "le": "LessThanEqual", "gt": "GreaterThan", "ge": "GreaterThanEqual",
    "eq": "Equal", "ne": "NotEqual", "neg": "UnaryMinus", "pos": "UnaryPlus",
    "invert": "UnaryBitInvert",
}.items():  # fmt: skip
    setattr(Value, f"__{_name}__", _operator(_operation))


class Library:
    """The functions of a library, by dotted name."""

    def __init__(self, world: World, call: Callable[..., Any], path: str = "") -> None:
        self._world, self._call, self._path = world, call, path

    def __getattr__(self, name: str) -> Any:
        path = f"{self._path}.{name}" if self._path else name
        if name in ("float16", "float32", "float64", "int32", "int64", "bool", "uint8"):
            return name
        if name == "newaxis":
            return None
        return Library(self._world, self._call, path)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        found = self._call(self._path, Arguments(unwrapped(args), unwrapped(kwargs)))
        return self._world.result(found)


class World:
    """Where expressions are evaluated by kerashape."""

    def __init__(self, traced: bool) -> None:
        self.traced = traced
        self.names = Names()
        self.last: Call | None = None

    def scope(self, tensors: Tensors, data: bool) -> dict[str, Any]:
        """The names of an expression."""
        made: dict[str, Any] = {
            "tf": Library(self, self._of(tensorflow.find)),
            "K": Library(self, self._of(backend.find)),
            "random": Library(self, self._of(random.find)),
            "ops": Library(self, self._of(ops.find)),
            "np": Library(self, functools.partial(numpy.call, traced=self.traced)),
        }
        for name, (shape, dtype) in tensors.items():
            kind = Array if data else Tensor
            made[name] = Value(kind(Shape(shape), dtype), self)
        return made

    def _of(self, find: Callable[[str], Any]) -> Callable[..., Any]:
        def call(name: str, arguments: Arguments) -> Any:
            record = find(name)
            assert record is not None, f"no record of {name}"
            return record.apply(
                arguments, self.names, traced=self.traced, call_function=self._function
            )

        return call

    def _function(self, function: Any, values: Any) -> Any:
        return unwrapped(function(*self.wrapped(list(values))))

    def result(self, found: Any) -> Any:
        """What a call gave; its fault is raised."""
        if isinstance(found, Call):
            self.last = found
            if found.fault is not None:
                raise found.fault
            if found.output is None and found.reason is not None:
                return Unknown(found.reason)
            found = found.output
        return self.wrapped(found)

    def wrapped(self, value: Any) -> Any:
        def wrap(leaf: Any) -> Any:
            return Value(leaf, self) if isinstance(leaf, (Tensor, Array)) else leaf

        return map_structure(wrap, value)


def unwrapped(value: Any) -> Any:
    """The tensors of kerashape in place of their wrappers."""
    if isinstance(value, slice):
        return slice(*(unwrapped(part) for part in (value.start, value.stop, value.step)))
    if isinstance(value, Library):
        return value._path
    return map_structure(lambda leaf: leaf.inner if isinstance(leaf, Value) else leaf, value)


def ours(expression: str, tensors: Tensors, *, data: bool = False, traced: bool = False) -> Any:
    """kerashape's answer: nested ``(shape, dtype)``, plain values, or the text of a fault."""
    world = World(traced)
    try:
        found = unwrapped(eval(expression, world.scope(tensors, data)))
    except Fault as fault:
        return Raised(fault.text)
    return map_structure(_described, found)


def _described(leaf: Any) -> Any:
    if not isinstance(leaf, (Tensor, Array)):
        return leaf
    shape = None if leaf.shape.open else tuple(leaf.shape.dims)
    return Out(shape, leaf.dtype)


class Raised(str):
    """The text of an exception."""


class Scalar:
    """A number of numpy: a plain number, or an array without dimensions."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def agrees(self, found: Any) -> bool:
        if isinstance(found, Out):
            dtype = isinstance(found.dtype, Unknown) or found.dtype == self.value.dtype.name
            return found.shape in ((), None) and dtype
        return bool(found == self.value)

    def __repr__(self) -> str:
        return repr(self.value)


class Out:
    """A tensor's shape and dtype."""

    def __init__(self, shape: tuple[Any, ...] | None, dtype: Any) -> None:
        self.shape, self.dtype = shape, dtype

    def __repr__(self) -> str:
        return f"{self.shape} {self.dtype}"


def agree(real: Any, found: Any) -> bool:
    """Whether kerashape says the same, or says that it does not know."""
    if isinstance(found, Unknown):
        return True
    if isinstance(real, Raised) or isinstance(found, Raised):
        return isinstance(real, Raised) and (not isinstance(found, Raised) or found in real)
    if isinstance(real, Scalar):
        return real.agrees(found)
    if isinstance(real, (list, tuple)):
        return (
            isinstance(found, (list, tuple))
            and len(real) == len(found)
            and all(map(agree, real, found))
        )
    if not isinstance(real, Out):
        return bool(real == found)
    if not isinstance(found, Out):
        return False
    same = found.shape is None or (
        len(found.shape) == len(real.shape or ())
        and all(not isinstance(a, (int, type(None))) or a == b
                for a, b in zip(found.shape, real.shape or ()))
    )  # fmt: skip
    return same and (isinstance(found.dtype, Unknown) or found.dtype == real.dtype)


def known(found: Any) -> bool:
    """Whether everything about kerashape's answer is known."""
    leaves: list[Any] = []
    map_structure(leaves.append, found)
    return not any(
        isinstance(leaf, Unknown)
        or (isinstance(leaf, Out)
            and (leaf.shape is None
                 or any(not isinstance(d, (int, type(None))) for d in leaf.shape)
                 or isinstance(leaf.dtype, Unknown)))
        for leaf in leaves
    )  # fmt: skip
