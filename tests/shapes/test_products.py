"""Matrix products, einsum, axes and reductions, against Keras on random shapes."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from kerashape.shapes import Fault, Shape, Undecided
from kerashape.shapes.axes import canonical_axis, item_axis, reduce_shape
from kerashape.shapes.einsum import einsum_shape
from kerashape.shapes.product import matmul

pytestmark = pytest.mark.keras
CHOICE = random.Random(7)


def same(real: Callable[..., Any], mine: Callable[..., Any], *given: Any) -> bool:
    """The same shape, or a fault in words that are part of what is raised."""
    try:
        told: Any = tuple(real(*given))
    except (ValueError, IndexError, TypeError) as error:
        told = f"{type(error).__name__}: {error}"
    try:
        return bool(tuple(mine(*given)) == told)
    except Fault as fault:
        return isinstance(told, str) and fault.text in told


def some_shape(low: int = 0, high: int = 4) -> tuple[int | None, ...]:
    return tuple(CHOICE.choice((None, 1, 2, 2, 3)) for _ in range(CHOICE.randint(low, high)))


def test_matmul() -> None:
    from keras.src.ops.operation_utils import compute_matmul_output_shape as real

    for _ in range(2000):
        a, b = some_shape(), some_shape()
        assert same(real, lambda a, b: matmul(Shape(a), Shape(b)), a, b), (a, b)


EQUATIONS = (
    "ij,jk->ik", "bij,bjk->bik", "ij->ji", "ii->i", "i,j->ij", "ij,jk", "ii", "i,i->", "ij->",
    "...ij,...jk->...ik", "b...->b", "b...d,de->b...e", "ij,jk,kl->il", "aB,Bc->ac", " ij,jk->ik",
)  # fmt: skip


def test_einsum() -> None:
    import keras

    def real(equation: str, shapes: Any) -> Any:
        return keras.ops.einsum(equation, *(keras.KerasTensor(shape) for shape in shapes)).shape

    def mine(equation: str, shapes: Any) -> Any:
        return einsum_shape(equation, [Shape(shape) for shape in shapes])

    for _ in range(1500):
        equation = CHOICE.choice(EQUATIONS)
        count = equation.split("->")[0].count(",") + 1
        given = [some_shape(1, 4) for _ in range(CHOICE.choice((count, count, count, count + 1)))]
        assert same(real, mine, equation, given), (equation, given)


def test_reductions() -> None:
    from keras.src.ops.operation_utils import reduce_shape as real

    def mine(shape: Any, axis: Any, keepdims: bool) -> Shape:
        return reduce_shape(Shape(shape), axis, keepdims)

    for _ in range(2000):
        shape = some_shape()
        axis = CHOICE.choice(
            (None, CHOICE.randint(-5, 5), [CHOICE.randint(-4, 4) for _ in range(2)], (0,), [0, 0])
        )
        keepdims = CHOICE.random() < 0.4
        assert same(real, mine, shape, axis, keepdims), (shape, axis, keepdims)


def test_reductions_of_an_open_shape() -> None:
    shape = Shape((3, 4), open=True)
    assert str(reduce_shape(shape, -1)) == "(..., 3)"
    assert str(reduce_shape(shape, (-1, -2), True)) == "(..., 1, 1)"
    assert tuple(reduce_shape(shape)) == ()
    with pytest.raises(Undecided):
        reduce_shape(shape, 0)


def test_axes_are_looked_up_as_in_a_list() -> None:
    assert item_axis(-1, Shape((2, 3))) == 1
    for axis in (2, -3):
        with pytest.raises(Fault, match="index out of range"):
            item_axis(axis, Shape((2, 3)))
        with pytest.raises(Fault, match="is out of bounds for an array with dimension 2"):
            canonical_axis(axis, 2)
    with pytest.raises(Fault, match="list indices must be integers or slices, not str"):
        item_axis("a", Shape((2, 3)))
