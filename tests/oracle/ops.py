"""Random cases for every function of ``keras.ops``.

Functions without a maker of their own get the one that their signature suggests: one tensor,
two that broadcast, a reduction.
"""

from __future__ import annotations

import functools
import inspect
from typing import Any

from tests.oracle.case import CallOf, Case, T, map_tensors, tensors_of
from tests.oracle.draw import BAD, DTYPES, FLOATS, INTEGERS, Draw
from tests.oracle.exports import KILLS_THE_PROCESS, NOT_SYMBOLIC, TAKES_CODE
from tests.oracle.op_makers import MAKERS, Arguments, Maker
from tests.oracle.op_makers.pieces import axes, dtype_of, one_axis, partner, tensor
from tests.oracle.reference import keras, op

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
        x = tensor(d)
        if name.startswith("bitwise") or name in ("left_shift", "right_shift", "gcd", "lcm"):
            x = T(x.shape, d.choice((*INTEGERS, "bool")))
        for p in params:
            if p.name == first:
                given[p.name] = x
            elif p.name in ("x2", "y"):
                dtype = x.dtype if d.chance(0.5) else dtype_of(d)
                given[p.name] = T(partner(d, x.shape), dtype)
                roll = d.random()
                if roll < 0.12:
                    given[p.name] = d.of(1, 2.0, True, 0, 3, -1)
                elif roll < 0.2:
                    given[first] = d.of(1, 2.0, False, 0)
            elif p.name in ("axis", "axes"):
                if p.default is p.empty or d.chance(0.75):
                    one = isinstance(p.default, int) or name in _ONE_AXIS
                    rank = len(x.shape)
                    given[p.name] = one_axis(d, rank) if one else axes(d, rank)
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
