"""How TensorFlow infers the static shapes of a layer's ``call``.

The laws within a layer (:func:`kerashape.keras.ops.base.traced`) are put together from these,
as Keras's functions there are from TensorFlow's. A size that is None may get known, or one
that was known lost, where Keras itself would say otherwise.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator

from kerashape.keras.ops.backends import BackendFault, KerasCheck
from kerashape.shapes import Dim, Fault, Shape, Symbol, Undecided, unknown_dim


@contextlib.contextmanager
def keras_checks() -> Iterator[None]:
    """What the function looks at before TensorFlow does: the faults within are raised there too."""
    try:
        yield
    except BackendFault:
        raise
    except Fault as fault:
        raise KerasCheck(**vars(fault)) from None


def given(dim: Dim) -> bool:
    """Whether a size is there, not None.

    Raises:
        Undecided: of a symbol, which may stand for either.
    """
    if isinstance(dim, Symbol):
        raise Undecided(dim)
    return dim is not None


def all_given(dims: Iterable[Dim]) -> bool:
    """Whether no size is None. Raises Undecided if that is not known."""
    dims = list(dims)
    return None not in dims and all(given(dim) for dim in dims)


def merge(a: Dim, b: Dim) -> Dim:
    """The size of both, which must be one.

    Raises:
        BackendFault: if they are not the same.
    """
    if a is None or b is None:
        return b if a is None else a
    if isinstance(a, Symbol) or isinstance(b, Symbol):
        known = a if isinstance(a, int) else b
        same = isinstance(a, Symbol) and isinstance(b, Symbol) and a.same(b)
        return known if isinstance(known, int) or same else unknown_dim()
    if a != b:
        raise BackendFault(
            "op-mismatch",
            f"Dimensions must be equal, but are {a} and {b}",
            expected="equal sizes",
            found=f"{a} and {b}",
        )
    return a


def merge_all(a: Shape, b: Shape) -> Shape:
    """The shape of both, size by size. Raises Undecided if the ranks are not the same."""
    if a.rank != b.rank:
        raise Undecided("shapes of two ranks")
    return Shape(map(merge, a, b))


def either(a: Shape, b: Shape) -> Shape:
    """What is known of a tensor that one of two branches gives."""
    if a.rank != b.rank:
        raise Undecided("two branches give tensors of two ranks")
    return Shape(
        i if i == j else None if all_given((i, j)) or None in (i, j) else unknown_dim()
        for i, j in zip(a, b)
    )


def without_sizes(x: Shape) -> Shape:
    """The rank alone: what is left when a shape is calculated from sizes at run time."""
    return Shape((None,) * x.rank)


__all__ = [
    "BackendFault", "KerasCheck", "all_given", "either", "given", "keras_checks", "merge", "merge_all",
    "without_sizes",
]  # fmt: skip
