"""Shapes: a sequence of dimensions, whose leading part may be unknown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import overload

from kerashape.shapes.outcome import Undecided, Unknown
from kerashape.shapes.symbol import Dim, Symbol, unknown_dim


class AxisError(IndexError):
    """A dimension was asked for that the shape does not have."""


class Shape:
    """The shape of a tensor, batch axis included.

    A *closed* shape has a known rank and behaves like a tuple. An *open* one
    (``Shape.unknown()``, or ``(..., 10)``) has an unknown number of dimensions before
    those listed: what is asked of them raises :class:`Undecided`, what is asked of the
    listed ones, by a negative index, is answered. A dimension given as
    :class:`Unknown` becomes an anonymous symbol.
    """

    __slots__ = ("dims", "open")

    def __init__(self, dims: Iterable[Dim | Unknown] = (), *, open: bool = False) -> None:
        self.dims: tuple[Dim, ...] = tuple(
            size_of(dim) if isinstance(dim, Unknown) else dim for dim in dims
        )
        self.open = open

    @classmethod
    def unknown(cls) -> Shape:
        """A shape of which not even the rank is known."""
        return cls((), open=True)

    @classmethod
    def of_rank(cls, rank: int) -> Shape:
        """A shape with ``rank`` unknown dimensions."""
        return cls(unknown_dim() for _ in range(rank))

    @property
    def rank(self) -> int:
        """The number of dimensions. Raises :class:`Undecided` on an open shape."""
        if self.open:
            raise Undecided("the rank of the shape is not known")
        return len(self.dims)

    def __len__(self) -> int:
        return self.rank

    @property
    def known(self) -> bool:
        """Whether every dimension is an int or None."""
        return not self.open and not any(isinstance(d, Symbol) for d in self.dims)

    def __iter__(self) -> Iterator[Dim]:
        self.rank  # noqa: B018 - raises on an open shape
        return iter(self.dims)

    @overload
    def __getitem__(self, index: int) -> Dim: ...
    @overload
    def __getitem__(self, index: slice) -> Shape: ...
    def __getitem__(self, index: int | slice) -> Dim | Shape:
        if isinstance(index, slice):
            return self._slice(index)
        if self.open and (index >= 0 or -index > len(self.dims)):
            raise Undecided("the rank of the shape is not known")
        try:
            return self.dims[index]
        except IndexError:
            raise AxisError("index out of range") from None

    def _slice(self, part: slice) -> Shape:
        if not self.open:
            return Shape(self.dims[part])
        start, stop = part.start, part.stop
        listed = len(self.dims)
        if part.step is None and start is None and stop is not None and stop < 0:
            return Shape(self.dims[:stop] if -stop <= listed else (), open=True)
        if part.step is None and start is not None and -listed <= start < 0 and (stop or 0) <= 0:
            return Shape(self.dims[start:stop])
        raise Undecided("the rank of the shape is not known")

    def __add__(self, other: Shape | tuple[Dim, ...]) -> Shape:
        if isinstance(other, Shape):
            if other.open:
                return other
            return Shape(self.dims + other.dims, open=self.open)
        return Shape(self.dims + other, open=self.open)

    def __radd__(self, other: tuple[Dim, ...]) -> Shape:
        return Shape(other) + self

    def replace(self, axis: int, dim: Dim) -> Shape:
        """The same shape with another size at ``axis`` (may be negative)."""
        self[axis]
        dims = list(self.dims)
        dims[axis] = dim
        return Shape(dims, open=self.open)

    def __eq__(self, other: object) -> bool:
        """Equality of closed shapes, dimension by dimension (a symbol may be undecided)."""
        if isinstance(other, Shape):
            return self.rank == other.rank and all(a == b for a, b in zip(self.dims, other.dims))
        if isinstance(other, tuple):
            return self.rank == len(other) and all(a == b for a, b in zip(self.dims, other))
        return NotImplemented

    def __hash__(self) -> int:
        return hash((self.dims, self.open))

    def same(self, other: Shape) -> bool:
        """Whether both are certainly the same shape (False: not certain)."""
        return (
            not self.open
            and not other.open
            and len(self.dims) == len(other.dims)
            and all(same_dim(a, b) for a, b in zip(self.dims, other.dims))
        )

    def __str__(self) -> str:
        dims = ["..."] * self.open + [str(d) for d in self.dims]
        return f"({', '.join(dims)}{',' if len(dims) == 1 else ''})"

    def __repr__(self) -> str:
        return f"Shape{self}"


def size_of(value: Unknown) -> Dim:
    """The symbol for an unknown value used as a size: always the same one for one object."""
    if value.size is None:
        value.size = _computed(value) or Symbol.named(value.label or "?")
    size: Dim = value.size
    return size


def _computed(value: Unknown) -> Dim:
    """The size from the operands that an unknown value was computed from; None if not."""
    if value.origin is None:
        return None
    function, *operands = value.origin
    sizes = [size_of(operand) if isinstance(operand, Unknown) else operand for operand in operands]
    try:
        result = function(*sizes)
    except (Undecided, ArithmeticError, TypeError):
        return None
    return result if isinstance(result, (int, Symbol)) else None


def same_dim(a: Dim, b: Dim) -> bool:
    """Whether two dimensions are certainly the same (False: not certain)."""
    if isinstance(a, Symbol):
        return a.same(b)
    return not isinstance(b, Symbol) and a == b


def join_shapes(a: Shape, b: Shape) -> Shape:
    """The shape of a tensor that has the one or the other."""
    if a.same(b):
        return a
    if a.open or b.open or len(a.dims) != len(b.dims):
        tail = []
        for x, y in zip(reversed(a.dims), reversed(b.dims)):
            if not same_dim(x, y):
                break
            tail.append(x)
        return Shape(reversed(tail), open=True)
    return Shape(x if same_dim(x, y) else unknown_dim() for x, y in zip(a.dims, b.dims))
