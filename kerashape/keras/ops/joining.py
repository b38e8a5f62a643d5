"""Operations that join several tensors into one, or part one into several."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from kerashape.keras.ops import dtypes
from kerashape.keras.ops.base import AnySpec, Shapes, Spec, Specs, on_backend_too, op, traced
from kerashape.keras.ops.inference import BackendFault, given, keras_checks
from kerashape.shapes import Dim, Fault, Shape, Symbol, Undecided, Unknown, unknown_dim
from kerashape.shapes.axes import add, canonical_axis, integer, item_axis
from kerashape.shapes.broadcast import broadcast_all, fit, list_text
from kerashape.shapes.reshape import product


@op("concatenate", "xs, axis=0", dtypes.promoted)
def concatenate(xs: Shapes, axis: Any) -> Shape:
    """The sizes on the axis add up; Keras takes the other sizes from the first tensor."""
    if axis is None:
        raise Fault(
            "bad-argument",
            "`axis` cannot be None for `concatenate`.",
            argument="axis",
            expected="an integer",
        )
    first = _first(xs)
    if first.open:
        return _concatenate_open(xs, axis)
    return _joined(xs, canonical_axis(axis, first.rank))


def _concatenate_open(xs: Sequence[Shape], axis: Any) -> Shape:
    known = next((x for x in xs if not x.open), None)
    if known is None:
        raise Undecided("the rank of the tensors is not known")
    return _joined(_of_rank(xs, known.rank), canonical_axis(axis, known.rank))


def _joined(xs: Sequence[Shape], axis: int, written: Callable[[Shape], str] = str) -> Shape:
    first = xs[0]
    for x in xs:
        if not fit(x, first, [axis]):
            raise Fault(
                "op-mismatch",
                "Every value in `xs` must have the same shape except on the `axis` dim. But found "
                f"element of shape {written(x)}, which is different from the first element's shape "
                f"{written(first)}.",
                expected=first,
                found=x,
            )
    if axis >= first.rank:
        raise Fault(
            "op-mismatch",
            "list assignment index out of range",
            expected=f"{axis + 1} or more dimensions",
            found=first,
        )
    return first.replace(axis, add(*(x[axis] for x in _of_rank(xs, first.rank))))


def _of_rank(xs: Sequence[Shape], rank: int) -> list[Shape]:
    return [Shape.of_rank(rank) if x.open else x for x in xs]


def _first(xs: Sequence[Shape]) -> Shape:
    if not xs:
        raise Fault("op-mismatch", "index out of range", expected="one tensor or more")
    return xs[0]


@on_backend_too("concatenate")
def concatenate_within(xs: Shapes, axis: Any) -> Shape:
    """As ``concatenate``; the other sizes are those that any tensor tells."""
    if len(xs) == 1:
        return xs[0]
    return _settled(xs, concatenate(xs, axis), axis)


def _settled(xs: Sequence[Shape], result: Shape, axis: Any) -> Shape:
    """The result with the sizes that one of several equal ones tells."""
    place = integer(axis) % result.rank
    dims = list(result)
    for i in range(result.rank):
        told = [x[i] for x in xs if not x.open and isinstance(x[i], int)]
        if i != place and told:
            dims[i] = told[0]
    return Shape(dims)


@op("hstack", "xs", dtypes.promoted)
def hstack(xs: Shapes) -> Shape:
    """Joined on axis 1."""
    _first(xs)
    return _joined(xs, 1)


@on_backend_too("hstack")
def hstack_on_backend(xs: Shapes) -> Shape:
    """Joined on axis 1; vectors on axis 0."""
    return concatenate_within(xs, 0 if _first(xs).rank < 2 else 1)


@op("vstack", "xs", dtypes.promoted)
def vstack(xs: Shapes) -> Shape:
    """Joined on axis 0."""
    _first(xs)
    return _joined(xs, 0)


@on_backend_too("vstack")
def vstack_on_backend(xs: Shapes) -> Shape:
    """Joined on axis 0."""
    return concatenate_within(xs, 0)


@op("dstack", "xs", dtypes.promoted)
def dstack(xs: Shapes) -> Shape:
    """Joined on axis 2, after the tensors got three dimensions."""
    _first(xs)
    return _joined([_deep(x) for x in xs], 2, list_text)


@traced("dstack")
def dstack_within(xs: Shapes) -> Shape:
    """As ``dstack``; the other sizes are those that any tensor tells."""
    return _settled([_deep(x) for x in xs], dstack(xs), 2)


def _deep(x: Shape) -> Shape:
    if x.rank > 2:
        return x
    return (Shape((1, 1, 1)), Shape((1, *x, 1)), Shape((*x, 1)))[x.rank]


@op("stack", "x, axis=0", dtypes.promoted)
def stack(x: Shapes, axis: Any) -> Shape:
    """A new axis, as long as the list."""
    first = _first(x)
    if first.open and any(not item.open for item in x):
        first = Shape.of_rank(next(item.rank for item in x if not item.open))
    place = canonical_axis(axis, first.rank + 1)
    for item in x:
        if not fit(item, first):
            raise Fault(
                "op-mismatch",
                "Every value in `x` must have the same shape. But found element of shape "
                f"{item},  which is different from the first element's shape {first}.",
                expected=first,
                found=item,
            )
    return Shape((*first[:place], len(x), *first[place:]))


@traced("stack")
def stack_within(x: Shapes, axis: Any) -> Shape:
    """As ``stack``; the sizes are those that any tensor tells."""
    result = stack(x, axis)
    place = integer(axis) % result.rank
    items = [Shape((*item[:place], len(x), *item[place:])) for item in x if not item.open]
    return _settled(items, result, place)


@op("append", "x1, x2, axis=None", dtypes.promoted)
def append(x1: Shape, x2: Shape, axis: Any) -> Shape:
    """Joined on an axis, or both flattened and joined."""
    if axis is None:
        return Shape((add(product(tuple(x1)), product(tuple(x2))),))
    same_rank = x1.open or x2.open or x1.rank == x2.rank
    if not same_rank or not fit(x1, x2, [item_axis(axis, x1)]):
        raise Fault(
            "op-mismatch",
            f"`append` requires inputs to have the same shape except the `axis={axis}`, but "
            f"received shape {x1} and {x2}.",
            expected=x1,
            found=x2,
        )
    place = item_axis(axis, x1)
    return x1.replace(place, _sum(x1[place], x2[place]))


@traced("append")
def append_within(x1: Shape, x2: Shape, axis: Any) -> Shape:
    """As ``append``; the other sizes are those that either tensor tells."""
    if axis is not None and None in (*x1.dims, *x2.dims):
        return concatenate_within([x1, x2], axis)
    result = append(x1, x2, axis)
    return result if axis is None else _settled([x1, x2], result, item_axis(axis, x1))


def _sum(a: Dim, b: Dim) -> Dim:
    if a is None or b is None:
        raise Fault(
            "undefined-dimension",
            "unsupported operand type(s) for +:",
            expected="known sizes on the axis",
        )
    return a + b


@op("meshgrid", "*x, indexing='xy'", outputs=None)
def meshgrid(x: Specs, indexing: Any) -> list[Spec]:
    """As many grids as vectors, each over all of them; Keras takes the last one's dtype."""
    if indexing not in ("xy", "ij"):
        raise Fault(
            "bad-argument",
            "Valid values for `indexing` are 'xy' and 'ij', but received {index}.",
            argument="indexing",
            expected="'xy' or 'ij'",
            found=indexing,
        )
    sizes = [product(tuple(item.shape)) for item in x]
    if indexing == "xy" and len(sizes) < 2:
        raise Fault("op-mismatch", "list index out of range", expected="two tensors or more")
    if indexing == "xy":
        sizes[0], sizes[1] = sizes[1], sizes[0]
    dtype = x[-1].dtype if indexing == "xy" else dtypes.FLOATX
    return [Spec(Shape(sizes), dtype) for _ in x]


@on_backend_too("meshgrid")
def meshgrid_on_backend(x: Specs, indexing: Any) -> list[Spec]:
    """As ``meshgrid``, each with its own dtype; all bool after one of bool."""
    sizes = [product(tuple(item.shape)) for item in x]
    if indexing not in ("xy", "ij"):
        raise Undecided("an indexing that is not known")
    if indexing == "xy" and len(sizes) > 1:
        sizes[0], sizes[1] = sizes[1], sizes[0]
    kinds = ["bool" if x[0].dtype == "bool" else item.dtype for item in x]
    return [Spec(Shape(sizes), kind) for kind in kinds]


# -- parting ----------------------------------------------------------------------------


@op("split", "x, indices_or_sections, axis=0", outputs=None)
def split(x: Shape, indices_or_sections: Any, axis: Any) -> list[Shape]:
    """Equal parts of an axis, or the parts between the indices."""
    place = canonical_axis(axis, x.rank)
    size = x[place]
    parts = indices_or_sections
    if isinstance(parts, int):
        if size is None:
            return [x] * parts
        if not isinstance(size, Symbol) and (parts == 0 or size % parts != 0):
            raise Fault(
                "op-mismatch",
                "`x` size on given `axis` must be divisible by `indices_or_sections` when "
                f"`indices_or_sections` is an int. But received {size} and {parts}.",
                argument="indices_or_sections",
                expected=f"a divisor of {size}",
                found=parts,
            )
        return [x.replace(place, size // parts)] * parts
    if isinstance(parts, (float, type(None))):
        raise Fault(
            "bad-argument",
            f"'{type(parts).__name__}' object is not iterable",
            argument="indices_or_sections",
            expected="an integer or a list of indices",
            found=parts,
        )
    ends: list[Dim] = [0, *parts, size]
    sizes: list[Dim] = [
        None if start is None or end is None else end - start
        for start, end in itertools.pairwise(ends)
    ]
    return [x.replace(place, part) for part in sizes]


@op("hsplit", "x, indices_or_sections", outputs=None)
def hsplit(x: Shape, indices_or_sections: Any) -> list[Shape]:
    """Parts of axis 1, of axis 0 of a vector."""
    _least_rank(x, 1, "hsplit", "dimension")
    return split(x, indices_or_sections, 0 if x.rank == 1 else 1)


@op("vsplit", "x, indices_or_sections", outputs=None)
def vsplit(x: Shape, indices_or_sections: Any) -> list[Shape]:
    """Parts of axis 0."""
    _least_rank(x, 2, "vsplit", "dimensions")
    return split(x, indices_or_sections, 0)


@on_backend_too("vsplit")
def vsplit_on_backend(x: Shape, indices_or_sections: Any) -> list[Shape]:
    """Parts of axis 0, of a vector too."""
    return split(x, indices_or_sections, 0)


@op("dsplit", "x, indices_or_sections", outputs=None)
def dsplit(x: Shape, indices_or_sections: Any) -> list[Shape]:
    """Parts of axis 2."""
    _least_rank(x, 3, "dsplit", "dimensions")
    return split(x, indices_or_sections, 2)


def _least_rank(x: Shape, rank: int, name: str, word: str) -> None:
    if x.rank < rank:
        raise Fault(
            "op-mismatch",
            f"`{name}` only works on arrays of at least {rank} {word}. "
            f"Received array with shape {x}.",
            expected=f"{rank} or more dimensions",
            found=x,
        )


@op("array_split", "x, indices_or_sections, axis=0", outputs=None)
def array_split(x: Shape, indices_or_sections: Any, axis: Any) -> list[Shape]:
    """Parts of an axis, the first ones longer by 1 where it does not divide."""
    parts = indices_or_sections
    if isinstance(parts, (str, float, list, tuple, type(None))):
        raise Fault(
            "bad-argument",
            f"Argument `indices_or_sections` must be of type `int`. "
            f"Received: indices_or_sections={parts}",
            argument="indices_or_sections",
            expected="an integer",
            found=parts,
        )
    if parts <= 0:
        raise Fault(
            "bad-argument",
            "Argument `indices_or_sections` must be a positive integer. "
            f"Received: indices_or_sections={parts}",
            argument="indices_or_sections",
            expected="a positive integer",
            found=parts,
        )
    if isinstance(axis, (str, float, list, tuple, type(None))):
        raise Fault(
            "bad-argument",
            f"Argument `axis` must be of type `int`. Received: {axis}",
            argument="axis",
            expected="an integer",
            found=axis,
        )
    place = axis + x.rank if axis < 0 else axis  # Keras then looks it up, from behind if negative
    if not -x.rank <= place < x.rank:
        raise Fault(
            "op-mismatch", "tuple index out of range", expected=f"an axis of {x}", found=axis
        )
    axis = place % x.rank
    size = x[axis]
    if size is None:
        return [x] * parts
    if isinstance(size, Symbol):
        return [x.replace(axis, unknown_dim())] * parts
    whole, rest = divmod(size, parts)
    return [x.replace(axis, whole + (i < rest)) for i in range(parts)]


@on_backend_too("array_split")
def array_split_within(x: Shape, indices_or_sections: Any, axis: Any) -> list[Shape]:
    """The same of a known size; an axis whose size is None stays in one piece."""
    with keras_checks():
        parts = array_split(x, indices_or_sections, axis)
    return parts if given(x[axis]) else parts[:1]


@op("unstack", "x, num=None, axis=0", outputs=None)
def unstack(x: Shape, num: Any, axis: Any) -> list[Shape]:
    """The slices along an axis."""
    place = canonical_axis(axis, x.rank)
    count = x[place] if num is None else num
    if count is None:
        raise Fault(
            "undefined-dimension",
            f"Cannot infer argument `num` from shape {x}. Either provide a tensor with a concrete "
            "shape in the `axis` dimension or explicitly pass the `num` argument.",
            expected="a known size",
            found=x,
        )
    if isinstance(count, (Symbol, Unknown)):
        raise Undecided("the number of slices is not known")
    return [Shape((*x[:place], *x[place + 1 :]))] * count


@op("select", "condlist, choicelist, default=0", dtype_of="choicelist")
def select(condlist: Shapes, choicelist: Shapes) -> Shape:
    """Keras takes the first choice's shape."""
    if not condlist or not choicelist:
        raise Fault(
            "bad-argument",
            "condlist and choicelist must not be empty. Received: condlist = ",
            expected="one condition and choice or more",
        )
    return choicelist[0]


@on_backend_too("select")
def select_within(condlist: Shapes, choicelist: Specs, default: AnySpec) -> Spec:
    """All of them broadcast; the dtype is numpy's."""
    if len(condlist) != len(choicelist):
        raise BackendFault(
            "op-mismatch",
            f"condlist must have length equal to choicelist ({len(condlist)} vs {len(choicelist)})",
            expected=f"{len(condlist)} choices",
            found=len(choicelist),
        )
    select(condlist, [choice.shape for choice in choicelist])
    shapes = [*condlist, *(choice.shape for choice in choicelist), default.shape]
    dtype = _with_number(_of_numpy([choice.dtype for choice in choicelist]), default.dtype)
    return Spec(broadcast_all(shapes), dtype or Unknown("what numpy promotes the choices to"))


def _of_numpy(kinds: Sequence[object]) -> str | None:
    """What numpy promotes these dtypes to; None if that is not known."""
    if not all(isinstance(kind, str) for kind in kinds):
        return None
    names = {str(kind) for kind in kinds}
    if len(names) > 1:
        names.discard("bool")
    return "float64" if names == {"int32", "float32"} else names.pop() if len(names) == 1 else None


def _with_number(dtype: str | None, other: object) -> str | None:
    """What numpy promotes a dtype to beside a number, or another tensor; None if not known."""
    if dtype is None:
        return None
    exact = "float" not in dtype and "complex" not in dtype
    if other == dtype or other is bool:
        return dtype
    if other is int:
        return "int64" if dtype == "bool" else dtype
    if other is float:
        return "float64" if exact else dtype
    return None
