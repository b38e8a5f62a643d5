"""Random cases for every function of ``keras.ops``.

A maker draws the usually accepted arguments of one call. Functions without a maker of their
own get the one that their signature suggests: one tensor, two that broadcast, a reduction.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from tests.oracle.case import CallOf, Case, T, map_tensors, tensors_of
from tests.oracle.draw import BAD, DTYPES, FLOATS, INTEGERS, Draw
from tests.oracle.exports import KILLS_THE_PROCESS, NOT_SYMBOLIC, TAKES_CODE
from tests.oracle.reference import keras, op

Arguments = dict[str, Any]
Maker = Callable[[Draw], Arguments]

_SUBMODULES = ("image", "linalg", "nn", "numpy")


@functools.cache
def names(mode: str = "symbolic") -> tuple[str, ...]:
    """The functions that cases are generated for: ``"add"``, ``"image.resize"``..."""
    top = [name for name in dir(keras.ops) if callable(getattr(keras.ops, name))]
    found = [name for name in top if not name.startswith("_")]
    for module in _SUBMODULES:
        within = getattr(keras.ops, module)
        found += [
            f"{module}.{name}"
            for name in dir(within)
            if not name.startswith("_") and not hasattr(keras.ops, name)
        ]
    left_out = TAKES_CODE | NOT_SYMBOLIC | (KILLS_THE_PROCESS if mode == "eager" else frozenset())
    return tuple(name for name in found if name not in left_out)


@functools.cache
def parameters(name: str) -> tuple[inspect.Parameter, ...]:
    return tuple(inspect.signature(op(name)).parameters.values())


def generate(name: str, seed: int, index: int, mode: str = "symbolic") -> Case:
    """The case of that number: always the same one, on tensors or data as the mode says."""
    draw = Draw(f"op {name} {seed} {index}")
    maker = MAKERS.get(name) or _guess(name)
    given = maker(draw)
    rest = given.pop("*", ())
    if draw.chance(0.14):
        given, rest = _spoil(name, given, rest, draw)
    call = _call(name, given, tuple(rest), draw)
    if mode != "symbolic":
        plain = functools.partial(_plain, sized=mode == "eager")
        call = CallOf(map_tensors(call.args, plain), map_tensors(call.kwargs, plain))
    return Case(name, None, (call,), mode=mode)


def _plain(t: T, sized: bool) -> T:
    """The tensor in a dtype that the backend's kernels take; data has no None."""
    shape = tuple(3 if size is None else size for size in t.shape) if sized else t.shape
    dtype = "int32" if t.dtype in INTEGERS else "float32" if t.dtype in FLOATS else t.dtype
    return T(shape, dtype)


def _call(name: str, given: Arguments, rest: tuple[Any, ...], draw: Draw) -> CallOf:
    """Some arguments by position, the others by name."""
    positional = [p.name for p in parameters(name) if p.kind is p.POSITIONAL_OR_KEYWORD]
    leading = 0
    while leading < len(positional) and positional[leading] in given:
        leading += 1
    required = sum(p.default is p.empty for p in parameters(name) if p.name in positional)
    many = leading if rest else draw.of(min(required, leading), draw.randint(0, leading))
    args = tuple(given[name] for name in positional[:many])
    keywords = {k: v for k, v in given.items() if k not in positional[:many]}
    return CallOf((*args, *rest), keywords)


def _spoil(
    name: str, given: Arguments, rest: tuple[Any, ...], draw: Draw
) -> tuple[Arguments, tuple[Any, ...]]:
    """One argument or tensor changed into something that may not fit."""
    kind = draw.random()
    plain = [k for k in given if not tensors_of(given[k])]
    if kind < 0.3 and plain:
        return {**given, draw.choice(plain): draw.choice(BAD)}, rest
    if kind < 0.36:
        return {**given, "nosuch": 1}, rest
    if kind < 0.40 and given:
        gone = draw.choice(list(given))
        return {k: v for k, v in given.items() if k != gone}, rest
    held = [k for k in given if tensors_of(given[k])]
    if not held:
        return given, rest
    which = draw.choice(held)
    first = True

    def change(t: T) -> T:
        nonlocal first
        if not first and draw.chance(0.5):
            return t
        first = False
        roll = draw.random()
        if roll < 0.4 or not t.shape:
            return T(draw.shape(draw.randint(0, 5)), t.dtype)
        if roll < 0.85:
            dims = list(t.shape)
            dims[draw.randrange(len(dims))] = draw.of(None, 1, 2, 3, draw.size(1, 9))
            return T(tuple(dims), t.dtype)
        return T(t.shape, draw.choice((*DTYPES, "complex64")))

    return {**given, which: map_tensors(given[which], change)}, rest


# -- pieces ------------------------------------------------------------------------------


def _tensor(d: Draw, low: int = 0, high: int = 4, dtype: str | None = None) -> T:
    return T(d.shape(d.randint(low, high), 7, none=0.15), dtype or _dtype(d))


def _dtype(d: Draw) -> str:
    return "float32" if d.chance(0.6) else d.choice(DTYPES)


def _float(d: Draw) -> str:
    return d.choice(FLOATS)


def _axis(d: Draw, rank: int) -> int:
    """An axis, rarely one too many."""
    if rank == 0 or d.chance(0.03):
        return d.of(0, -1, rank, -rank - 1)
    return d.randrange(-rank, rank)


def _axes(d: Draw, rank: int) -> Any:
    """None, an axis, or several."""
    kind = d.random()
    if kind < 0.25:
        return None
    if kind < 0.6 or rank == 0:
        return _axis(d, rank)
    axes = d.sample(range(rank), d.randint(1, rank))
    axes = [axis - rank * d.chance(0.4) for axis in axes]
    return list(axes) if d.chance(0.2) else tuple(axes)


def _partner(d: Draw, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
    """A shape that broadcasts with another."""
    dims = list(shape)
    for axis in range(len(dims)):
        if d.chance(0.2):
            dims[axis] = 1
        elif d.chance(0.08):
            dims[axis] = d.of(None, d.size(1, 7))
    if d.chance(0.25):
        dims = dims[d.randint(0, len(dims)) :]
    return tuple(dims)


def _maybe(d: Draw, given: Arguments, probability: float = 0.5, **extra: Any) -> Arguments:
    """The arguments, and each of the extra ones with that probability."""
    return given | {name: value for name, value in extra.items() if d.chance(probability)}


# -- kinds -------------------------------------------------------------------------------

_NUMBERS = {
    "alpha": 0.5, "negative_slope": 0.1, "threshold": 0.3, "default_value": 0.0, "b": 4, "k": 1,
    "decimals": 1, "nan": 1.0, "posinf": 1.0, "neginf": -1.0, "x_min": 0, "x_max": 1.0, "rtol": 0.1,
    "atol": 0.1, "beta": 14.0, "max_val": 1.0,
}  # fmt: skip


def _guess(name: str) -> Maker:
    """A maker from the parameters' names."""
    params = parameters(name)
    by_name = {p.name: p for p in params}
    first = params[0].name

    def make(d: Draw) -> Arguments:
        given: Arguments = {}
        x = _tensor(d)
        if name.startswith("bitwise") or name in ("left_shift", "right_shift", "gcd", "lcm"):
            x = T(x.shape, d.choice((*INTEGERS, "bool")))
        for p in params:
            if p.name == first:
                given[p.name] = x
            elif p.name in ("x2", "y"):
                dtype = x.dtype if d.chance(0.5) else _dtype(d)
                given[p.name] = T(_partner(d, x.shape), dtype)
                roll = d.random()
                if roll < 0.12:
                    given[p.name] = d.of(1, 2.0, True, 0, 3, -1)
                elif roll < 0.2:
                    given[first] = d.of(1, 2.0, False, 0)
            elif p.name in ("axis", "axes"):
                if p.default is p.empty or d.chance(0.75):
                    one = isinstance(p.default, int) or name in _ONE_AXIS
                    rank = len(x.shape)
                    given[p.name] = _axis(d, rank) if one else _axes(d, rank)
            elif p.name == "dtype":
                if p.default is p.empty or d.chance(0.4):
                    given[p.name] = d.choice(DTYPES)
            elif isinstance(p.default, bool):
                if d.chance(0.4):
                    given[p.name] = d.chance(0.5)
            elif p.name in _NUMBERS and (p.default is p.empty or d.chance(0.4)):
                given[p.name] = _NUMBERS[p.name]
        return given

    assert by_name
    return make


_ONE_AXIS = {
    "argmax", "argmin", "nanargmax", "nanargmin", "cumsum", "cumprod", "nancumsum", "nancumprod",
}  # fmt: skip


def _matmul(d: Draw) -> Arguments:
    size = d.dim(1, 6)
    left = d.of((), (d.dim(),), (d.batch(), d.dim(1, 4)), (2, 3, 4))
    right = d.of((d.dim(),), (), (d.batch(), d.dim()))
    a = (*left, size)
    b = (size,) if not right else (*right[:-1], size, right[-1])
    if len(right) > 1 and len(left) > 1 and d.chance(0.8):
        b = (left[0], *b[1:])
    dtype = _dtype(d)
    return {"x1": T(a, dtype), "x2": T(b, dtype if d.chance(0.6) else _dtype(d))}


def _two(low: int, high: int) -> Maker:
    def make(d: Draw) -> Arguments:
        x = _tensor(d, low, high)
        y = T(x.shape, x.dtype) if d.chance(0.6) else _tensor(d, low, high)
        return {"x1": x, "x2": y}

    return make


def _inner(d: Draw) -> Arguments:
    x, y = _tensor(d, 1, 3), _tensor(d, 1, 3)
    return {"x1": x, "x2": T((*y.shape[:-1], x.shape[-1]), y.dtype)}


def _tensordot(d: Draw) -> Arguments:
    x = d.shape(d.randint(1, 4), 5)
    count = d.randint(0, len(x))
    kind = d.random()
    if kind < 0.5:
        y = (*x[len(x) - count :], *d.shape(d.randint(0, 2), 5))
        return {"x1": T(x), "x2": T(y), "axes": count}
    mine = d.sample(range(len(x)), max(1, count))
    y = list(d.shape(d.randint(len(mine), 4), 5))
    theirs = d.sample(range(len(y)), len(mine))
    for a, b in zip(mine, theirs):
        y[b] = x[a]
    axes: Any = (mine, theirs) if len(mine) > 1 or d.chance(0.5) else (mine[0], theirs[0])
    return {"x1": T(x), "x2": T(tuple(y)), "axes": list(axes) if d.chance(0.3) else axes}


_EINSUMS = (
    "ij,jk->ik", "bij,bjk->bik", "ij->ji", "ij->", "ii->i", "i,j->ij", "bhqd,bhkd->bhqk", "ij,jk",
    "...ij,...jk->...ik", "i,i->", "bij->bj", "abc,cd->abd", "b...->b", "ij,jk,kl->il", "ijk->kji",
    "ii", "b...d,de->b...e",
)  # fmt: skip


def _einsum(d: Draw) -> Arguments:
    equation = d.choice(_EINSUMS)
    sizes: dict[str, int | None] = {}
    operands = []
    for term in equation.split("->")[0].split(","):
        head, dots, tail = term.partition("...")
        dims = [sizes.setdefault(letter, d.dim(1, 6, 0.15)) for letter in head]
        if dots:
            dims += [sizes.setdefault(str(i), d.dim(1, 4)) for i in range(2)]
        dims += [sizes.setdefault(letter, d.dim(1, 6, 0.15)) for letter in tail]
        operands.append(T(tuple(dims), "float32" if d.chance(0.8) else _dtype(d)))
    return {"subscripts": equation, "*": operands}


def _list_of(d: Draw, same: bool, axis: int | None = None, low: int = 1) -> list[T]:
    x = _tensor(d, low, 4)
    found = []
    for _ in range(d.size(1, 4)):
        dims = list(x.shape)
        for i in range(len(dims)):
            if d.chance(0.06):
                dims[i] = d.of(None, dims[i])
        if not same and axis is not None and -len(dims) <= axis < len(dims):
            dims[axis] = d.dim(1, 6)
        found.append(T(tuple(dims), x.dtype if d.chance(0.8) else _dtype(d)))
    return found


def _concatenate(d: Draw) -> Arguments:
    axis = d.of(0, -1, 1, -1, 2, -2)
    given = {"xs": _list_of(d, False, axis)}
    return given | {"axis": axis} if axis or d.chance(0.5) else given


def _stack(d: Draw) -> Arguments:
    tensors = _list_of(d, True, low=0)
    rank = len(tensors[0].shape) + 1
    return _maybe(d, {"x": tensors}, 0.7, axis=_axis(d, rank))


def _hstack(axis: int) -> Maker:
    return lambda d: {"xs": _list_of(d, False, d.of(axis, axis, -1))}


def _append(d: Draw) -> Arguments:
    axis = d.of(None, 0, -1, 1)
    x, *more = _list_of(d, False, axis)
    return {"x1": x, "x2": more[0] if more else x, "axis": axis}


def _reshape(d: Draw) -> Arguments:
    x = _tensor(d, 0, 4)
    known = [size for size in x.shape if size is not None]
    product = 1
    for size in known:
        product *= size
    target: list[int] = []
    while product > 1 and len(target) < 3:
        factor = d.choice([f for f in range(1, product + 1) if product % f == 0])
        target.append(factor)
        product //= factor
    if product > 1:
        target.append(product)
    if len(known) < len(x.shape) or d.chance(0.4):
        target.insert(d.randint(0, len(target)), -1)
        if d.chance(0.5) and len(target) > 1:
            target.pop(1 if target[0] == -1 else 0)
    if d.chance(0.06):
        target.append(d.of(2, -1, 0))
    shape: Any = tuple(target) if d.chance(0.8) else list(target)
    return {"x": x, "newshape": -1 if target == [-1] and d.chance(0.5) else shape}


def _broadcast_to(d: Draw) -> Arguments:
    shape = tuple(size or 2 for size in d.shape(d.randint(1, 4), 5))
    return {"x": T(_partner(d, shape)), "shape": shape}


def _transpose(d: Draw) -> Arguments:
    x = _tensor(d, 0, 5)
    axes = list(range(len(x.shape)))
    d.shuffle(axes)
    if axes and d.chance(0.2):
        axes[0] -= len(axes)
    return _maybe(d, {"x": x}, 0.75, axes=tuple(axes) if d.chance(0.7) else axes)


def _moveaxis(d: Draw) -> Arguments:
    x = _tensor(d, 1, 5)
    rank = len(x.shape)
    if d.chance(0.6):
        return {"x": x, "source": _axis(d, rank), "destination": _axis(d, rank)}
    count = d.randint(1, rank)
    return {
        "x": x,
        "source": d.sample(range(rank), count),
        "destination": d.sample(range(rank), count),
    }


def _swapaxes(d: Draw) -> Arguments:
    x = _tensor(d, 1, 4)
    return {"x": x, "axis1": _axis(d, len(x.shape)), "axis2": _axis(d, len(x.shape))}


def _squeeze(d: Draw) -> Arguments:
    dims = [1 if d.chance(0.5) else size for size in d.shape(d.randint(0, 5))]
    x = T(tuple(dims), _dtype(d))
    ones = [i for i, size in enumerate(dims) if size == 1]
    if d.chance(0.3) or not ones:
        return {"x": x} if d.chance(0.7) else {"x": x, "axis": _axis(d, len(dims))}
    axis: Any = d.choice(ones) - len(dims) * d.chance(0.4)
    return {"x": x, "axis": tuple(d.some(ones, 1)) if d.chance(0.25) else axis}


def _expand_dims(d: Draw) -> Arguments:
    x = _tensor(d, 0, 4)
    axis: Any = _axis(d, len(x.shape) + 1)
    if d.chance(0.2):
        axis = d.of((0, 1), (0, -1), [1], (1, 2), (-1, -2))
    return {"x": x, "axis": axis}


def _roll(d: Draw) -> Arguments:
    x = _tensor(d, 1, 4)
    return _maybe(d, {"x": x, "shift": d.of(1, -2, 0)}, 0.6, axis=_axis(d, len(x.shape)))


def _rot90(d: Draw) -> Arguments:
    x = _tensor(d, 2, 4)
    rank = len(x.shape)
    return _maybe(d, {"array": x}, 0.5, k=d.randint(-2, 5), axes=tuple(d.sample(range(rank), 2)))


def _tile(d: Draw) -> Arguments:
    x = _tensor(d, 0, 4)
    length = max(0, len(x.shape) + d.of(0, 0, 0, 1, -1))
    repeats: Any = [d.size(1, 3) for _ in range(length)]
    return {"x": x, "repeats": d.of(repeats, tuple(repeats), tuple(repeats), 2)}


def _repeat(d: Draw) -> Arguments:
    x = _tensor(d, 0, 4)
    axis = d.of(None, _axis(d, len(x.shape)), _axis(d, len(x.shape)))
    repeats: Any = d.size(1, 3)
    if axis is not None and -len(x.shape) <= axis < len(x.shape) and d.chance(0.3):
        repeats = [d.size(1, 3) for _ in range(x.shape[axis] or 2)]
    return {"x": x, "repeats": repeats, "axis": axis}


def _pad(d: Draw) -> Arguments:
    x = _tensor(d, 1, 4)
    pairs: Any = tuple((d.size(0, 3), d.size(0, 3)) for _ in x.shape)
    kind = d.random()
    if kind < 0.2:
        pairs = d.size(0, 3)
    elif kind < 0.35:
        pairs = d.of((1, 2), ((1, 2),), [1], (2,))
    given = {"x": x, "pad_width": pairs}
    if d.chance(0.5):
        given["mode"] = d.of("constant", "reflect", "symmetric", "edge")
    return _maybe(d, given, 0.15, constant_values=1)


def _split(d: Draw) -> Arguments:
    x = _tensor(d, 1, 4)
    axis = _axis(d, len(x.shape))
    dims = list(x.shape)
    parts: Any = d.size(1, 4)
    if d.chance(0.4):
        parts = sorted(d.sample(range(0, 8), d.randint(1, 3)))
        parts = tuple(parts) if d.chance(0.3) else parts
    elif -len(dims) <= axis < len(dims) and dims[axis] is not None and d.chance(0.8):
        dims[axis] = parts * d.size(1, 3)
    given: Arguments = {"x": T(tuple(dims), x.dtype), "indices_or_sections": parts}
    return given | {"axis": axis} if axis or d.chance(0.5) else given


def _split_on(axis: int, low: int) -> Maker:
    def make(d: Draw) -> Arguments:
        dims = list(d.shape(d.randint(low, 4), 7))
        parts = d.of(1, 2, 3, [1], [1, 2], (2,))
        where = axis if len(dims) > axis else 0
        if isinstance(parts, int) and d.chance(0.8):
            dims[where] = parts * d.size(1, 3)
        return {"x": T(tuple(dims)), "indices_or_sections": parts}

    return make


def _unstack(d: Draw) -> Arguments:
    x = _tensor(d, 1, 4)
    axis = _axis(d, len(x.shape))
    given: Arguments = {"x": x, "axis": axis}
    size = x.shape[axis] if -len(x.shape) <= axis < len(x.shape) else 2
    if size is None or d.chance(0.2):
        given["num"] = size or 3
    return given


def _take(d: Draw) -> Arguments:
    x = _tensor(d, 1, 4)
    indices = d.of(_tensor(d, 0, 3, "int32"), 0, [0, 1], ((0, 1), (1, 0)), -1)
    return _maybe(d, {"x": x, "indices": indices}, 0.7, axis=_axis(d, len(x.shape)))


def _take_along(d: Draw) -> Arguments:
    x = _tensor(d, 1, 4)
    rank = len(x.shape)
    axis = _axis(d, rank)
    dims = list(_partner(d, x.shape)) if d.chance(0.3) else list(x.shape)
    if -len(dims) <= axis < len(dims):
        dims[axis] = d.dim(1, 5)
    given = {"x": x, "indices": T(tuple(dims), d.of("int32", "int64"))}
    return given | ({"axis": None} if d.chance(0.15) else {"axis": axis})


def _where(d: Draw) -> Arguments:
    x = _tensor(d, 0, 4)
    given: Arguments = {"condition": T(_partner(d, x.shape), "bool")}
    if d.chance(0.9):
        given |= {"x1": x, "x2": d.of(T(_partner(d, x.shape), _dtype(d)), 0.0, 1, x)}
    return given


def _select(d: Draw) -> Arguments:
    x = _tensor(d, 1, 3)
    count = d.size(1, 3)
    given = {
        "condlist": [T(x.shape, "bool") for _ in range(count)],
        "choicelist": [T(x.shape, x.dtype if d.chance(0.8) else _dtype(d)) for _ in range(count)],
    }
    return _maybe(d, given, 0.4, default=d.of(0, 1.0))


def _shape_maker(*extra: str) -> Maker:
    def make(d: Draw) -> Arguments:
        shape: Any = tuple(d.size(0, 5) for _ in range(d.randint(0, 3)))
        given: Arguments = {"shape": d.of(shape, list(shape), 3, shape)}
        if "fill_value" in extra:
            given["fill_value"] = d.of(0, 1.5, True, T((), "float32"))
        return _maybe(d, given, 0.4, dtype=d.choice(DTYPES))

    return make


def _arange(d: Draw) -> Arguments:
    given: Arguments = {"start": d.of(0, 5, 2.0, 10, -3)}
    if d.chance(0.6):
        given["stop"] = d.of(5, 7.5, 10, -2)
        if d.chance(0.5):
            given["step"] = d.of(1, 2, 0.5, -1)
    return _maybe(d, given, 0.3, dtype=d.choice(DTYPES))


def _linspace(d: Draw) -> Arguments:
    start = d.of(0, 1.0, _tensor(d, 0, 2))
    stop = T(_partner(d, start.shape), start.dtype) if isinstance(start, T) else d.of(3, 2.5)
    given: Arguments = {"start": start, "stop": stop}
    return _maybe(
        d, given, 0.4, num=d.size(1, 6), endpoint=d.chance(0.5), dtype=_float(d), axis=d.of(0, -1)
    )


def _eye(d: Draw) -> Arguments:
    return _maybe(
        d, {"N": d.size(0, 5)}, 0.4, M=d.size(0, 5), k=d.of(0, 1, -1), dtype=d.choice(DTYPES)
    )


def _argpartition(d: Draw) -> Arguments:
    x = _tensor(d, 1, 3)
    return _maybe(d, {"x": x, "kth": d.size(0, 2)}, 0.5, axis=_axis(d, len(x.shape)))


def _top_k(d: Draw) -> Arguments:
    return _maybe(d, {"x": _tensor(d, 1, 3), "k": d.size(1, 4)}, 0.3, sorted=d.chance(0.5))


def _in_top_k(d: Draw) -> Arguments:
    batch = d.dim()
    targets, predictions = T((batch,), "int32"), T((batch, d.dim(2, 6)))
    return {"targets": targets, "predictions": predictions, "k": d.size(1, 3)}


def _average(d: Draw) -> Arguments:
    x = _tensor(d, 1, 4)
    axis = d.of(None, _axis(d, len(x.shape)), _axis(d, len(x.shape)))
    given: Arguments = {"x": x, "axis": axis}
    if d.chance(0.5):
        weights: Any = x.shape
        if axis is not None and -len(x.shape) <= axis < len(x.shape) and d.chance(0.5):
            weights = (x.shape[axis],)
        given["weights"] = T(weights, _dtype(d))
    return given


def _bincount(d: Draw) -> Arguments:
    x = _tensor(d, 1, 2, d.choice(INTEGERS))
    given = _maybe(d, {"x": x}, 0.4, minlength=d.size(0, 6), sparse=d.chance(0.2))
    return _maybe(d, given, 0.3, weights=T(x.shape, _dtype(d)))


def _digitize(d: Draw) -> Arguments:
    return {"x": _tensor(d, 0, 3), "bins": d.of(T((d.dim(),)), [0.0, 1.0, 2.0], T((2, 2)))}


def _histogram(d: Draw) -> Arguments:
    return _maybe(d, {"x": _tensor(d, 1, 3)}, 0.4, bins=d.size(1, 8), range=(0, 1))


def _correlate(d: Draw) -> Arguments:
    one, two = T((d.dim(),), _dtype(d)), T((d.dim(),), _dtype(d))
    return _maybe(d, {"x1": one, "x2": two}, 0.7, mode=d.of("valid", "same", "full"))


def _cross(d: Draw) -> Arguments:
    x = d.shape(d.randint(1, 3), 6)[:-1]
    one, two = (*x, d.of(3, 3, 2, None)), (*x, d.of(3, 3, 2))
    given: Arguments = {"x1": T(one, _dtype(d)), "x2": T(two)}
    return _maybe(d, given, 0.15, axis=-1, axisc=0)


def _diag(low: int, high: int) -> Maker:
    return lambda d: _maybe(d, {"x": _tensor(d, low, high)}, 0.5, k=d.of(0, 1, -1, 2))


def _diagonal(d: Draw) -> Arguments:
    x = _tensor(d, 2, 4)
    rank = len(x.shape)
    one, two = d.sample(range(rank), 2)
    given = _maybe(d, {"x": x}, 0.5, offset=d.of(0, 1, -1, 2))
    return given | ({"axis1": one, "axis2": two - rank * d.chance(0.3)} if d.chance(0.6) else {})


def _diff(d: Draw) -> Arguments:
    x = _tensor(d, 1, 4)
    return _maybe(d, {"a": x}, 0.5, n=d.size(0, 3), axis=_axis(d, len(x.shape)))


def _quantile(d: Draw) -> Arguments:
    x = _tensor(d, 1, 4)
    q = d.of(0.5, [0.1, 0.5], T((3,)), T(()))
    method = d.of("linear", "nearest", "lower", "midpoint")
    given = {"x": x, "q": q}
    return _maybe(d, given, 0.5, axis=_axes(d, len(x.shape)), method=method, keepdims=d.chance(0.5))


def _trapezoid(d: Draw) -> Arguments:
    y = _tensor(d, 1, 3)
    return _maybe(d, {"y": y}, 0.4, x=T(y.shape), dx=2.0, axis=_axis(d, len(y.shape)))


def _vander(d: Draw) -> Arguments:
    return _maybe(d, {"x": T((d.dim(),), _dtype(d))}, 0.5, N=d.size(0, 5), increasing=d.chance(0.5))


def _unravel(d: Draw) -> Arguments:
    return {
        "indices": _tensor(d, 0, 2, d.choice(INTEGERS)),
        "shape": d.of((3, 4), (12,), (2, 3, 2)),
    }


def _searchsorted(d: Draw) -> Arguments:
    given = {"sorted_sequence": T((d.dim(),)), "values": _tensor(d, 0, 2)}
    return _maybe(d, given, 0.4, side=d.of("left", "right"))


def _spatial(d: Draw, n: int, channels: int | None) -> tuple[tuple[int | None, ...], str]:
    """An input with ``n`` spatial axes, and its data format."""
    sizes = [d.dim(3, 12) for _ in range(n)]
    if d.chance(0.3):
        return (d.batch(), channels, *sizes), "channels_first"
    return (d.batch(), *sizes, channels), "channels_last"


def _conv_arguments(d: Draw, n: int, given: Arguments, data_format: str) -> Arguments:
    if data_format == "channels_first" or d.chance(0.3):
        given["data_format"] = data_format
    strides, dilation = d.ints(n, 1, 3), d.ints(n, 1, 2)
    given = _maybe(d, given, 0.4, strides=strides, padding=d.of("valid", "same"))
    if "strides" not in given or d.chance(0.1):
        given = _maybe(d, given, 0.4, dilation_rate=dilation)
    return given


def _conv(d: Draw) -> Arguments:
    n, groups, channels = d.size(1, 3), d.of(1, 1, 2), d.size(1, 3)
    shape, data_format = _spatial(d, n, groups * channels)
    kernel = (*(d.size(1, 3) for _ in range(n)), channels, groups * d.size(1, 3))
    return _conv_arguments(d, n, {"inputs": T(shape), "kernel": T(kernel)}, data_format)


def _conv_transpose(d: Draw) -> Arguments:
    n, channels = d.size(1, 3), d.size(1, 4)
    shape, data_format = _spatial(d, n, channels)
    kernel = (*(d.size(1, 4) for _ in range(n)), d.size(1, 4), channels)
    given = _conv_arguments(d, n, {"inputs": T(shape), "kernel": T(kernel)}, data_format)
    return _maybe(d, given, 0.2, output_padding=d.of(0, 1))


def _depthwise(d: Draw) -> Arguments:
    n, channels = d.size(1, 2), d.size(1, 4)
    shape, data_format = _spatial(d, n, channels)
    kernel = (*(d.size(1, 3) for _ in range(n)), channels, d.size(1, 3))
    return _conv_arguments(d, n, {"inputs": T(shape), "kernel": T(kernel)}, data_format)


def _separable(d: Draw) -> Arguments:
    n, channels, many = d.size(1, 2), d.size(1, 4), d.size(1, 2)
    shape, data_format = _spatial(d, n, channels)
    given = {
        "inputs": T(shape),
        "depthwise_kernel": T((*(d.size(1, 3) for _ in range(n)), channels, many)),
        "pointwise_kernel": T((*(1 for _ in range(n)), channels * many, d.size(1, 4))),
    }
    return _conv_arguments(d, n, given, data_format)


def _pool(d: Draw) -> Arguments:
    n = d.size(1, 3)
    shape, data_format = _spatial(d, n, d.size(1, 4))
    given: Arguments = {"inputs": T(shape, _float(d)), "pool_size": d.ints(n, 1, 3)}
    if data_format == "channels_first" or d.chance(0.3):
        given["data_format"] = data_format
    return _maybe(d, given, 0.5, strides=d.ints(n, 1, 3), padding=d.of("valid", "same"))


def _adaptive(d: Draw) -> Arguments:
    n = d.size(1, 3)
    shape, data_format = _spatial(d, n, d.size(1, 4))
    given: Arguments = {"inputs": T(shape, _float(d)), "output_size": d.ints(n, 1, 4)}
    return given | ({"data_format": data_format} if data_format == "channels_first" else {})


def _batch_norm(d: Draw) -> Arguments:
    x = _tensor(d, 2, 4)
    axis = _axis(d, len(x.shape))
    size = x.shape[axis] if -len(x.shape) <= axis < len(x.shape) else 3
    given = {"x": x, "mean": T((size,)), "variance": T((size,)), "axis": axis}
    return _maybe(d, given, 0.4, offset=T((size,)), scale=T((size,)))


def _layer_norm(d: Draw) -> Arguments:
    x = _tensor(d, 1, 4)
    given: Arguments = {"x": x}
    if d.chance(0.6):
        given["axis"] = _axis(d, len(x.shape))
    return _maybe(d, given, 0.3, epsilon=1e-3)


def _attention(d: Draw) -> Arguments:
    batch, heads, size = d.batch(), d.size(1, 4), d.size(1, 5)
    query, keys = d.dim(1, 6), d.dim(1, 6)
    given: Arguments = {
        "query": T((batch, query, heads, size)),
        "key": T((batch, keys, heads, size)),
        "value": T((batch, keys, heads, size)),
    }
    return _maybe(d, given, 0.2, is_causal=d.chance(0.5), scale=0.5)


def _loss(sparse: bool) -> Maker:
    def make(d: Draw) -> Arguments:
        x = d.shape(d.randint(1, 3), 5)
        target = T(x[:-1], "int32") if sparse else T(x)
        return _maybe(d, {"target": target, "output": T(x)}, 0.4, from_logits=d.chance(0.5))

    return make


def _one_hot(d: Draw) -> Arguments:
    x = _tensor(d, 0, 3, d.choice(INTEGERS))
    size = "num_classes"
    axis = d.of(-1, -1, 0, 1)
    return _maybe(d, {"x": x, size: d.size(1, 6)}, 0.3, axis=axis, dtype=_dtype(d), sparse=False)


def _multi_hot(d: Draw) -> Arguments:
    given = {"inputs": _tensor(d, 1, 3, d.choice(INTEGERS)), "num_classes": d.size(1, 6)}
    return _maybe(d, given, 0.3, axis=-1, dtype=_dtype(d), sparse=False)


def _square(d: Draw) -> Arguments:
    size = d.size(1, 5)
    shape = (*d.of((), (d.batch(),), (2, 3)), size, size)
    return {"x": T(shape, _float(d) if d.chance(0.9) else _dtype(d))}


def _square_with(**extra: tuple[Any, ...]) -> Maker:
    def make(d: Draw) -> Arguments:
        return _maybe(d, _square(d), 0.5, **{name: d.choice(of) for name, of in extra.items()})

    return make


def _matrix(**extra: tuple[Any, ...]) -> Maker:
    def make(d: Draw) -> Arguments:
        x = _tensor(d, 2, 4, _float(d))
        return _maybe(d, {"x": x}, 0.5, **{name: d.choice(of) for name, of in extra.items()})

    return make


def _solve(d: Draw) -> Arguments:
    size = d.size(1, 5)
    lead = d.of((), (d.batch(),))
    b = (*lead, size, d.size(1, 3)) if d.chance(0.6) else (*lead, size)
    return {"a": T((*lead, size, size)), "b": T(b)}


def _lstsq(d: Draw) -> Arguments:
    rows = d.size(1, 5)
    return {
        "a": T((rows, d.size(1, 5))),
        "b": T((rows, d.size(1, 3)) if d.chance(0.5) else (rows,)),
    }


def _norm(d: Draw) -> Arguments:
    x = _tensor(d, 1, 4)
    rank = len(x.shape)
    axis: Any = d.of(None, _axis(d, rank), tuple(d.sample(range(rank), 2)) if rank > 1 else 0)
    order = d.of(None, 1, 2, "fro", "nuc", 3)
    return _maybe(d, {"x": x, "axis": axis}, 0.5, ord=order, keepdims=d.chance(0.5))


def _normalize(d: Draw) -> Arguments:
    x = _tensor(d, 1, 4)
    return _maybe(d, {"x": x}, 0.4, axis=_axis(d, len(x.shape)), order=d.of(1, 2, 3))


def _fft(low: int, pair: bool = True) -> Maker:
    def make(d: Draw) -> Arguments:
        x = _tensor(d, low, 4, _float(d) if d.chance(0.9) else _dtype(d))
        return {"x": (x, T(x.shape, x.dtype))} if pair else {"x": x}

    return make


def _rfft(pair: bool) -> Maker:
    def make(d: Draw) -> Arguments:
        x = _tensor(d, 1, 3, _float(d))
        value: Any = (x, x) if pair else x
        return _maybe(d, {"x": value}, 0.5, fft_length=d.of(4, 8, 5))

    return make


def _stft(d: Draw) -> Arguments:
    x = T((*d.of((), (d.batch(),)), d.dim(16, 40, 0.1)))
    given: Arguments = {"x": x, "sequence_length": d.of(4, 8), "sequence_stride": d.of(1, 3, 4),
                        "fft_length": d.of(8, 16)}  # fmt: skip
    return _maybe(d, given, 0.3, window=d.of("hann", None, "hamming"), center=d.chance(0.5))


def _istft(d: Draw) -> Arguments:
    fft = d.of(8, 16)
    shape = (*d.of((), (d.batch(),)), d.dim(2, 8, 0.1), fft // 2 + 1)
    given: Arguments = {"x": (T(shape), T(shape)), "sequence_length": d.of(4, 8),
                        "sequence_stride": d.of(1, 3, 4), "fft_length": fft}  # fmt: skip
    return _maybe(d, given, 0.3, length=d.of(10, 20), center=d.chance(0.5))


def _extract(d: Draw) -> Arguments:
    x = _tensor(d, 1, 3, _float(d))
    return {"x": x, "sequence_length": d.size(1, 4), "sequence_stride": d.size(1, 3)}


def _segment(d: Draw) -> Arguments:
    size = d.dim()
    given = {"data": T((size, *d.shape(d.randint(0, 2), 4))), "segment_ids": T((size,), "int32")}
    return _maybe(d, given, 0.6, num_segments=d.size(1, 5), sorted=d.chance(0.5))


def _scatter(d: Draw) -> Arguments:
    shape = tuple(d.size(1, 5) for _ in range(d.randint(1, 3)))
    depth, count = d.randint(1, len(shape)), d.dim(1, 4)
    values = T((count, *shape[depth:]), _dtype(d))
    return {"indices": T((count, depth), "int32"), "values": values, "shape": shape}


def _scatter_update(d: Draw) -> Arguments:
    x = _tensor(d, 1, 3)
    depth, count = d.randint(1, len(x.shape)), d.dim(1, 4)
    updates = T((count, *x.shape[depth:]), x.dtype)
    return {"inputs": x, "indices": T((count, depth), "int32"), "updates": updates}


def _slice(d: Draw) -> Arguments:
    x = _tensor(d, 1, 3)
    starts: Any = [d.size(0, 2) for _ in x.shape]
    return {"inputs": x, "start_indices": d.of(starts, tuple(starts), T((len(starts),), "int32")),
            "shape": tuple(d.size(1, 2) for _ in x.shape)}  # fmt: skip


def _slice_update(d: Draw) -> Arguments:
    x = _tensor(d, 1, 3)
    return {"inputs": x, "start_indices": [0 for _ in x.shape], "updates": T(x.shape, x.dtype)}


def _unfold(d: Draw) -> Arguments:
    x = T((d.batch(), d.size(1, 3), d.dim(4, 9), d.dim(4, 9)))
    given = {"x": x, "kernel_size": d.ints(2, 1, 3)}
    return _maybe(
        d, given, 0.4, dilation=d.ints(2, 1, 2), padding=d.ints(2, 0, 1), stride=d.ints(2, 1, 2)
    )


def _fold(d: Draw) -> Arguments:
    kernel, out = (d.size(1, 3), d.size(1, 3)), (d.size(3, 6), d.size(3, 6))
    blocks = (out[0] - kernel[0] + 1) * (out[1] - kernel[1] + 1)
    x = T((d.batch(), d.size(1, 3) * kernel[0] * kernel[1], blocks))
    return {"x": x, "output_size": out, "kernel_size": kernel}


def _block(shrink: bool) -> Maker:
    def make(d: Draw) -> Arguments:
        block = d.of(1, 2, 2, 3)
        first = d.chance(0.3)
        side = [
            None if d.chance(0.15) else d.size(1, 4) * (1 if shrink else block) for _ in range(2)
        ]
        channels = d.size(1, 3) * (block * block if shrink else 1)
        shape = (d.batch(), channels, *side) if first else (d.batch(), *side, channels)
        given: Arguments = {"x": T(shape), "block_size": block}
        return given | ({"data_format": "channels_first"} if first else {})

    return make


_PATTERNS = (
    ("b h w c -> b (h w) c", 4, {}), ("b c h w -> b h w c", 4, {}), ("b (h p) c -> b h p c", 3, {"p": 2}),
    ("b h w -> b (h w)", 3, {}), ("a b -> b a", 2, {}), ("b (h a) (w d) -> b h w (a d)", 3, {"a": 2, "d": 2}),
    ("b ... -> ... b", 3, {}),
)  # fmt: skip


def _rearrange(d: Draw) -> Arguments:
    pattern, rank, lengths = d.choice(_PATTERNS)
    shape = list(d.shape(rank, 6))
    if lengths:
        shape[1:] = [None if d.chance(0.1) else 2 * d.size(1, 3) for _ in shape[1:]]
    return {"tensor": T(tuple(shape)), "pattern": pattern, **lengths}


def _index(d: Draw) -> Any:
    bound = lambda: d.of(None, None, 0, 1, 2, -1, -2, 5)  # noqa: E731
    return d.of(
        slice(None), slice(bound(), bound()), slice(bound(), bound(), d.of(None, 1, 2, -1)),
        d.of(0, 1, -1, 2), None, Ellipsis,
    )  # fmt: skip


def _get_item(d: Draw) -> Arguments:
    x = _tensor(d, 0, 4)
    if d.chance(0.4):
        return {"x": x, "key": _index(d)}
    key = tuple(_index(d) for _ in range(d.randint(0, len(x.shape))))
    if key.count(Ellipsis) > 1:
        key = tuple(item for item in key if item is not Ellipsis)
    return {"x": x, "key": key}


def _images(d: Draw, channels: int | None = None) -> tuple[T, Arguments]:
    size = channels or d.of(3, 3, 1, 4)
    sides = (d.dim(2, 9), d.dim(2, 9))
    lead = () if d.chance(0.25) else (d.batch(),)
    if d.chance(0.25):
        return T((*lead, size, *sides), _float(d)), {"data_format": "channels_first"}
    return T((*lead, *sides, size), _float(d)), {}


def _image(channels: int | None = None, **extra: tuple[Any, ...]) -> Maker:
    def make(d: Draw) -> Arguments:
        x, more = _images(d, channels)
        chosen = {name: d.choice(of) for name, of in extra.items()}
        return _maybe(d, {"images": x} | more, 0.5, **chosen)

    return make


def _resize(d: Draw) -> Arguments:
    x, more = _images(d)
    given = {"images": x, "size": d.of((4, 5), [3, 3], (6, 2), 4)} | more
    return _maybe(d, given, 0.25, interpolation=d.of("nearest", "bicubic", "lanczos3"),
                  antialias=d.chance(0.5), crop_to_aspect_ratio=d.chance(0.4),
                  pad_to_aspect_ratio=d.chance(0.4), fill_value=1.0)  # fmt: skip


def _affine(d: Draw) -> Arguments:
    x, more = _images(d)
    transform = T((x.shape[0], 8) if len(x.shape) == 4 else (8,))
    return _maybe(d, {"images": x, "transform": transform} | more, 0.4,
                  interpolation=d.of("nearest", "bilinear"), fill_mode=d.of("constant", "reflect"))  # fmt: skip


def _perspective(d: Draw) -> Arguments:
    x, more = _images(d)
    lead = (x.shape[0],) if len(x.shape) == 4 else ()
    points = T((*lead, 4, 2))
    return {"images": x, "start_points": points, "end_points": points} | more


def _patches(n: int) -> Maker:
    def make(d: Draw) -> Arguments:
        shape, data_format = _spatial(d, n, d.size(1, 3))
        key = "images" if n == 2 else "volumes"
        given: Arguments = {key: T(shape[1:] if d.chance(0.2) else shape), "size": d.ints(n, 1, 3)}
        if data_format == "channels_first":
            given["data_format"] = data_format
        given = _maybe(d, given, 0.4, strides=d.ints(n, 1, 3), padding=d.of("valid", "same"))
        return _maybe(d, given, 0.15, dilation_rate=d.size(1, 2))

    return make


def _crop(prefix: str) -> Maker:
    def make(d: Draw) -> Arguments:
        x, more = _images(d)
        given: Arguments = {"images": x} | more
        for one, other, target in (("top", "bottom", "height"), ("left", "right", "width")):
            parts = {f"{one}_{prefix}": d.size(0, 2), f"{other}_{prefix}": d.size(0, 2)}
            parts[f"target_{target}"] = d.size(1, 4) if prefix == "cropping" else d.size(8, 12)
            if d.chance(0.93):
                parts.pop(d.choice(list(parts)))
            given |= parts
        return given

    return make


def _coordinates(d: Draw) -> Arguments:
    x = _tensor(d, 1, 3, _float(d))
    coordinates = T((len(x.shape), *d.shape(d.randint(1, 2), 5)))
    return {"inputs": x, "coordinates": coordinates, "order": d.of(0, 1)}


def _scale_translate(d: Draw) -> Arguments:
    x, out = _tensor(d, 2, 3, "float32"), (3, 4, 2)
    return {"images": x, "output_shape": out[: len(x.shape)], "scale": T((2,)), "translation": T((2,)),
            "spatial_dims": (0, 1), "method": d.of("linear", "nearest", "cubic")}  # fmt: skip


def _ssim(d: Draw) -> Arguments:
    x = T((d.batch(), 12, 12, d.of(1, 3)))
    return _maybe(d, {"image1": x, "image2": x}, 0.3, max_val=1.0)


def _cdist(d: Draw) -> Arguments:
    size = d.dim(1, 5)
    lead = d.of((), (d.batch(),))
    return {"x": T((*lead, d.dim(), size)), "y": T((*lead, d.dim(), size))}


def _ctc(d: Draw) -> Arguments:
    batch, steps, classes = d.batch(), d.dim(4, 9), d.size(3, 6)
    return {"target": T((batch, d.size(1, 3)), "int32"), "output": T((batch, steps, classes)),
            "target_length": T((batch,), "int32"), "output_length": T((batch,), "int32")}  # fmt: skip


def _ctc_decode(d: Draw) -> Arguments:
    batch = d.batch()
    given = {"inputs": T((batch, d.dim(4, 9), 5)), "sequence_lengths": T((batch,), "int32")}
    return _maybe(d, given, 0.4, strategy=d.of("greedy", "beam_search"), top_paths=d.size(1, 2))


def _meshgrid(d: Draw) -> Arguments:
    tensors = [T((d.dim(),), _dtype(d)) for _ in range(d.size(1, 3))]
    return _maybe(d, {"*": tensors}, 0.5, indexing=d.of("xy", "ij"))


def _psnr(d: Draw) -> Arguments:
    x = _tensor(d, 1, 4, "float32")
    return {"x1": x, "x2": x, "max_val": d.of(1.0, 255)}


def _view_real(d: Draw) -> Arguments:
    return {"x": _tensor(d, 0, 3, d.of("complex64", "complex128"))}


def _view_complex(d: Draw) -> Arguments:
    return {"x": T((*d.shape(d.randint(0, 3)), 2), _float(d))}


def _isin(d: Draw) -> Arguments:
    return _maybe(d, {"x1": _tensor(d, 0, 3), "x2": _tensor(d, 0, 2)}, 0.3, invert=d.chance(0.5))


def _polar(d: Draw) -> Arguments:
    x = _tensor(d, 0, 3, _float(d))
    return {"abs_": x, "angle": T(x.shape, x.dtype)}


def _kaiser(d: Draw) -> Arguments:
    return {"x": d.of(5, 10, T((), "int32")), "beta": d.of(14.0, 5.0)}


def _window(d: Draw) -> Arguments:
    return {"x": d.of(5, 10, 1, T((), "int32"))}


def _unique(d: Draw) -> Arguments:
    return _maybe(d, {"x": _tensor(d, 1, 3)}, 0.3, return_index=d.chance(0.5), axis=0,
                  return_inverse=d.chance(0.5), return_counts=d.chance(0.5), size=d.size(1, 4))  # fmt: skip


def _full_like(d: Draw) -> Arguments:
    return _maybe(d, {"x": _tensor(d), "fill_value": d.of(1, 0.5)}, 0.4, dtype=d.choice(DTYPES))


def _moments(d: Draw) -> Arguments:
    x = _tensor(d, 1, 4)
    axes = d.sample(range(len(x.shape)), d.randint(1, len(x.shape)))
    return _maybe(d, {"x": x, "axes": tuple(axes)}, 0.4, keepdims=d.chance(0.6))


MAKERS: dict[str, Maker] = {
    "matmul": _matmul, "dot": _matmul, "inner": _inner, "outer": _two(0, 3), "vdot": _two(0, 3),
    "kron": _two(1, 3), "cross": _cross, "tensordot": _tensordot, "einsum": _einsum, "cdist": _cdist,
    "concatenate": _concatenate, "stack": _stack, "hstack": _hstack(1), "vstack": _hstack(0),
    "dstack": _hstack(2), "append": _append, "meshgrid": _meshgrid,
    "reshape": _reshape, "broadcast_to": _broadcast_to, "transpose": _transpose,
    "moveaxis": _moveaxis, "swapaxes": _swapaxes, "squeeze": _squeeze, "expand_dims": _expand_dims,
    "roll": _roll, "rot90": _rot90, "tile": _tile, "repeat": _repeat, "pad": _pad,
    "split": _split, "array_split": _split, "hsplit": _split_on(1, 1), "vsplit": _split_on(0, 1),
    "dsplit": _split_on(2, 3), "unstack": _unstack, "take": _take, "take_along_axis": _take_along,
    "where": _where, "select": _select, "get_item": _get_item, "slice": _slice,
    "slice_update": _slice_update, "scatter": _scatter, "scatter_update": _scatter_update,
    "zeros": _shape_maker(), "ones": _shape_maker(), "empty": _shape_maker(),
    "full": _shape_maker("fill_value"), "full_like": _full_like, "arange": _arange,
    "linspace": _linspace, "logspace": _linspace, "geomspace": _linspace, "eye": _eye, "tri": _eye,
    "identity": lambda d: _maybe(d, {"n": d.size(0, 5)}, 0.4, dtype=d.choice(DTYPES)),
    "argpartition": _argpartition, "top_k": _top_k, "in_top_k": _in_top_k, "average": _average,
    "bincount": _bincount, "digitize": _digitize, "histogram": _histogram, "correlate": _correlate,
    "diag": _diag(1, 3), "diagflat": _diag(0, 3), "tril": _diag(1, 4), "triu": _diag(1, 4),
    "diagonal": _diagonal, "trace": _diagonal, "diff": _diff, "quantile": _quantile,
    "percentile": _quantile, "nanquantile": _quantile, "nanpercentile": _quantile,
    "trapezoid": _trapezoid, "vander": _vander, "unravel_index": _unravel,
    "searchsorted": _searchsorted, "isin": _isin, "unique": _unique, "polar": _polar,
    "kaiser": _kaiser, "bartlett": _window, "blackman": _window, "hamming": _window,
    "hanning": _window, "moments": _moments,
    "conv": _conv, "conv_transpose": _conv_transpose, "depthwise_conv": _depthwise,
    "separable_conv": _separable, "max_pool": _pool, "average_pool": _pool,
    "adaptive_max_pool": _adaptive, "adaptive_average_pool": _adaptive,
    "batch_normalization": _batch_norm, "layer_normalization": _layer_norm,
    "rms_normalization": _layer_norm, "dot_product_attention": _attention,
    "binary_crossentropy": _loss(False), "categorical_crossentropy": _loss(False),
    "sparse_categorical_crossentropy": _loss(True), "one_hot": _one_hot, "multi_hot": _multi_hot,
    "ctc_loss": _ctc, "ctc_decode": _ctc_decode, "psnr": _psnr, "unfold": _unfold, "fold": _fold,
    "depth_to_space": _block(True), "space_to_depth": _block(False), "rearrange": _rearrange,
    "cholesky": _square_with(upper=(True, False)), "cholesky_inverse": _square_with(upper=(True, False)),
    "det": _square, "eig": _square, "eigh": _square, "inv": _square, "logdet": _square,
    "slogdet": _square, "lu_factor": _matrix(), "matrix_rank": _matrix(tol=(0.1,)),
    "pinv": _matrix(rcond=(0.1,)), "qr": _matrix(mode=("reduced", "complete")),
    "svd": _matrix(full_matrices=(True, False), compute_uv=(True, False)), "solve": _solve,
    "solve_triangular": _solve, "lstsq": _lstsq, "norm": _norm, "normalize": _normalize,
    "fft": _fft(1), "fft2": _fft(2), "ifft2": _fft(2), "rfft": _rfft(False), "irfft": _rfft(True),
    "stft": _stft, "istft": _istft, "extract_sequences": _extract,
    **dict.fromkeys(("segment_sum", "segment_max", "segment_min", "segment_prod"), _segment),
    "view_as_real": _view_real, "view_as_complex": _view_complex,
    "image.resize": _resize, "image.affine_transform": _affine,
    "image.perspective_transform": _perspective, "image.extract_patches": _patches(2),
    "image.extract_patches_3d": _patches(3), "image.crop_images": _crop("cropping"),
    "image.pad_images": _crop("padding"), "image.map_coordinates": _coordinates,
    "image.scale_and_translate": _scale_translate, "image.ssim": _ssim,
    "image.rgb_to_grayscale": _image(), "image.rgb_to_hsv": _image(3), "image.hsv_to_rgb": _image(3),
    "image.sobel_edges": _image(), "image.gaussian_blur": _image(kernel_size=((3, 3), (5, 5))),
    "image.elastic_transform": _image(interpolation=("nearest", "bilinear")),
}  # fmt: skip
