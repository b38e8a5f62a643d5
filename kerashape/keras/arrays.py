"""numpy on data: creation, random numbers, and what it shares with ``keras.ops``.

Data are :class:`Array` (a shape, a dtype, a word on the origin). A function of numpy that is
not here is unknown, with that reason.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from kerashape.keras import ops
from kerashape.keras.layers.base import Array
from kerashape.keras.signature import Arguments, Signature, bind
from kerashape.shapes import Fault, Shape, Symbol, Unknown

Law = Callable[..., Any]
_LAWS: dict[str, tuple[str, Law]] = {}


def law(names: str, signature: str) -> Callable[[Law], Law]:
    """Register what some functions of numpy return."""

    def register(function: Law) -> Law:
        for name in names.split():
            _LAWS[name] = (signature, function)
        return function

    return register


def call(name: str, arguments: Arguments) -> Any:
    """What ``numpy.<name>(...)`` returns: a value, or the :class:`Call` of an operation."""
    values = [*arguments.positional, *(arguments.keywords or {}).values()]
    plain = _on_numbers(name, values)
    if plain is not None:
        return plain
    if name in _LAWS:
        text, function = _LAWS[name]
        signature = Signature.parse(text)
        try:
            bound = bind(signature, arguments, name)
        except Fault as fault:
            return Unknown(fault.text)
        rest = bound.varargs if signature.varargs is not None else ()
        return function(*rest, **bound.values)
    record = ops.find(_SHARED.get(name, name)) if name in _SHARED or "." not in name else None
    if record is None or not any(isinstance(value, (Array, list, tuple)) for value in values):
        return Unknown(f"what numpy.{name} returns")
    return record.apply(arguments)


_SHARED = {"vstack": "vstack", "hstack": "hstack", "concat": "concatenate", "max": "max"}
_NUMBERS = frozenset(
    [
        "ceil",
        "floor",
        "sqrt",
        "log",
        "log2",
        "log10",
        "exp",
        "abs",
        "absolute",
        "sin",
        "cos",
        "power",
        "round",
        "prod",
        "max",
        "min",
        "sum",
        "mod",
    ]
)


def _on_numbers(name: str, values: list[Any]) -> Any:
    """Plain numbers in, a plain number out."""
    if name not in _NUMBERS or not values:
        return None
    flat = list(values[0]) if isinstance(values[0], (list, tuple)) and len(values) == 1 else values
    if not all(isinstance(value, (int, float)) for value in flat):
        return None
    functions: dict[str, Callable[..., Any]] = {
        "ceil": lambda x: float(math.ceil(x)), "floor": lambda x: float(math.floor(x)),
        "sqrt": math.sqrt, "log": math.log, "log2": math.log2, "log10": math.log10,
        "exp": math.exp, "abs": abs, "absolute": abs, "sin": math.sin, "cos": math.cos,
        "power": pow, "round": round, "prod": lambda *xs: math.prod(xs),
        "max": lambda *xs: max(xs), "min": lambda *xs: min(xs), "sum": lambda *xs: sum(xs),
        "mod": lambda x, y: x % y,
    }  # fmt: skip
    try:
        return functions[name](*flat)
    except (ValueError, TypeError, ArithmeticError):
        return Unknown(f"numpy.{name} has no number to return here")


# -- creation -------------------------------------------------------------------------


def _shape(value: Any) -> Shape:
    if isinstance(value, (int, Symbol, Unknown)) and not isinstance(value, bool):
        return Shape((value,)) if not isinstance(value, Unknown) else Shape.unknown()
    if isinstance(value, (list, tuple)) and all(
        isinstance(dim, (int, Symbol, Unknown)) for dim in value
    ):
        return Shape(value)
    return Shape.unknown()


def _dtype(value: Any, default: str) -> Any:
    if value is None:
        return default
    if isinstance(value, str):
        return value
    name = getattr(value, "name", None)  # the builtins int, float, bool
    return {"int": "int64", "float": "float64", "bool": "bool"}.get(
        name if isinstance(name, str) else "", Unknown("a dtype that is not known")
    )


@law("zeros ones empty", "shape, dtype=None, order='C'")
def _filled(shape: Any, dtype: Any, order: Any) -> Array:
    return Array(_shape(shape), _dtype(dtype, "float64"))


@law("full", "shape, fill_value, dtype=None, order='C'")
def _full(shape: Any, fill_value: Any, dtype: Any, order: Any) -> Array:
    default = "float64" if isinstance(fill_value, float) else "int64"
    return Array(_shape(shape), _dtype(dtype, default))


@law("zeros_like ones_like empty_like", "a, dtype=None, **kwargs")
def _like(a: Any, dtype: Any) -> Any:
    if not isinstance(a, Array):
        return Unknown("an array like something not known")
    return Array(a.shape, a.dtype if dtype is None else _dtype(dtype, "float64"))


@law("arange", "start, stop=None, step=1, dtype=None")
def _arange(start: Any, stop: Any, step: Any, dtype: Any) -> Array:
    if stop is None:
        start, stop = 0, start
    if all(isinstance(v, int) for v in (start, stop, step)) and step:
        count: Any = max(0, -((start - stop) // step))
    else:
        count = Unknown("the length of a range")
    floats = any(isinstance(v, float) for v in (start, stop, step))
    return Array(Shape((count,)), _dtype(dtype, "float64" if floats else "int64"))


@law("linspace logspace geomspace", "start, stop, num=50, **kwargs")
def _linspace(start: Any, stop: Any, num: Any) -> Array:
    scalars = all(isinstance(v, (int, float)) for v in (start, stop))
    return Array(Shape((num,)) if scalars else Shape.unknown(), "float64")


@law("eye identity", "N, M=None, k=0, dtype=None, **kwargs")
def _eye(N: Any, M: Any, k: Any, dtype: Any) -> Array:
    classes = N if isinstance(N, int) else None
    return Array(
        Shape((N, N if M is None else M)), _dtype(dtype, "float64"), classes=classes, one_hot=True
    )


@law("array asarray ascontiguousarray asanyarray", "object, dtype=None, **kwargs")
def _array(object: Any, dtype: Any) -> Any:
    if isinstance(object, Array):
        return Array(
            object.shape,
            object.dtype if dtype is None else _dtype(dtype, "float64"),
            object.origin,
            classes=object.classes,
            one_hot=object.one_hot,
        )
    if not isinstance(object, (list, tuple, int, float, bool)):
        return Unknown("an array of something not known")
    return Array(_shape_of(object), _dtype(dtype, _kind_of(object)))


def _shape_of(value: Any) -> Shape:
    """The shape of the array that a nested list makes."""
    if isinstance(value, Array):
        return value.shape
    if not isinstance(value, (list, tuple)):
        return Shape.unknown() if isinstance(value, (Unknown, Symbol)) else Shape()
    inner = [_shape_of(item) for item in value]
    if not inner:
        return Shape((0,))
    if any(not shape.same(inner[0]) for shape in inner):
        return Shape.unknown()
    return Shape((len(value),)) + inner[0]


def _kind_of(value: Any) -> str:
    while isinstance(value, (list, tuple)) and value:
        value = value[0]
    return {bool: "bool", int: "int64", str: "str"}.get(type(value), "float64")


# -- random numbers -------------------------------------------------------------------


@law("random.rand random.randn", "*dims")
def _rand(*dims: Any) -> Any:
    return Array(Shape(dims), "float64")


@law("random.seed random.shuffle", "x=None")
def _nothing(x: Any) -> None:
    return None


@law("random.random random.random_sample random.ranf random.sample", "size=None, *rest, **kwargs")
def _random(*rest: Any, size: Any) -> Any:
    return _sized(size, "float64")


@law("random.standard_normal", "size=None, dtype=None, out=None")
def _standard(size: Any, dtype: Any, out: Any) -> Any:
    return _sized(size, "float64")


@law(
    "random.normal random.uniform random.laplace random.gumbel random.logistic random.beta "
    "random.gamma random.binomial",
    "loc=0.0, scale=1.0, size=None, **kwargs",
)
def _normal(loc: Any, scale: Any, size: Any) -> Any:
    return _sized(size, "float64")


@law("random.randint random.integers", "low, high=None, size=None, dtype=None, endpoint=False")
def _randint(low: Any, high: Any, size: Any, dtype: Any, endpoint: Any) -> Any:
    bound = low if high is None else high
    result = _sized(size, _dtype(dtype, "int64"))
    if isinstance(result, Array) and isinstance(bound, int) and endpoint is False:
        result.classes = bound
    return result


@law("random.choice", "a, size=None, *rest, **kwargs")
def _choice(*rest: Any, a: Any, size: Any) -> Any:
    if isinstance(a, Array):
        return _sized(size, a.dtype)
    result = _sized(size, "int64" if isinstance(a, int) else _kind_of(a))
    if isinstance(result, Array) and isinstance(a, int):
        result.classes = a
    return result


@law("random.permutation", "x, axis=0")
def _permutation(x: Any, axis: Any) -> Any:
    if isinstance(x, Array):
        return x
    return Array(Shape((x,)), "int64") if isinstance(x, int) else Unknown("a permutation")


def _sized(size: Any, dtype: Any) -> Any:
    if size is None:
        return Unknown("a random number")
    return Array(_shape(size), dtype)


# -- methods of arrays ----------------------------------------------------------------

_REDUCTIONS = frozenset(
    ["mean", "sum", "max", "min", "std", "var", "prod", "argmax", "argmin", "any", "all", "cumsum"]
)


def method(value: Array, name: str, arguments: Arguments) -> Any:
    """What ``array.<name>(...)`` returns."""
    given = list(arguments.positional)
    if name == "astype":
        return Array(
            value.shape,
            _dtype(given[0] if given else None, "float64"),
            value.origin,
            classes=value.classes,
            one_hot=value.one_hot,
        )
    if name in ("copy", "round", "clip", "numpy"):
        return value
    if name == "reshape":
        target = given[0] if len(given) == 1 else tuple(given)
        target = (target,) if isinstance(target, (int, Symbol)) else target
        return ops_call("reshape", [value, target])
    if name in ("flatten", "ravel"):
        return ops_call("reshape", [value, (-1,)])
    if name == "transpose":
        axes = given[0] if len(given) == 1 else tuple(given) or None
        return ops_call("transpose", [value, axes])
    if name in ("squeeze", "repeat", "swapaxes", *_REDUCTIONS):
        return ops_call(name, [value, *given], arguments.keywords)
    return Unknown(f"what {name}() of an array returns")


def ops_call(name: str, positional: list[Any], keywords: Any = None) -> Any:
    """The call of the operation of that name on data."""
    record = ops.find(name)
    if record is None:
        return Unknown(f"what {name}() returns")
    return record.apply(Arguments(positional, keywords or {}))
