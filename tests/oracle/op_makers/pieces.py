"""The pieces that arguments of operations are drawn from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.oracle.case import T
from tests.oracle.draw import DTYPES, FLOATS, Draw

Arguments = dict[str, Any]
Maker = Callable[[Draw], Arguments]


def tensor(d: Draw, low: int = 0, high: int = 4, dtype: str | None = None) -> T:
    return T(d.shape(d.randint(low, high), 7, none=0.15), dtype or dtype_of(d))


def dtype_of(d: Draw) -> str:
    return "float32" if d.chance(0.6) else d.choice(DTYPES)


def floating(d: Draw) -> str:
    return d.choice(FLOATS)


def one_axis(d: Draw, rank: int) -> int:
    """An axis, rarely one too many."""
    if rank == 0 or d.chance(0.03):
        return d.of(0, -1, rank, -rank - 1)
    return d.randrange(-rank, rank)


def axes(d: Draw, rank: int) -> Any:
    """None, an axis, or several."""
    kind = d.random()
    if kind < 0.25:
        return None
    if kind < 0.6 or rank == 0:
        return one_axis(d, rank)
    axes = d.sample(range(rank), d.randint(1, rank))
    axes = [axis - rank * d.chance(0.4) for axis in axes]
    return list(axes) if d.chance(0.2) else tuple(axes)


def partner(d: Draw, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
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


def maybe(d: Draw, given: Arguments, probability: float = 0.5, **extra: Any) -> Arguments:
    """The arguments, and each of the extra ones with that probability."""
    return given | {name: value for name, value in extra.items() if d.chance(probability)}


def spatial(d: Draw, n: int, channels: int | None) -> tuple[tuple[int | None, ...], str]:
    """An input with ``n`` spatial axes, and its data format."""
    sizes = [d.dim(3, 12) for _ in range(n)]
    if d.chance(0.3):
        return (d.batch(), channels, *sizes), "channels_first"
    return (d.batch(), *sizes, channels), "channels_last"
