"""Products of vectors, matrices and tensors, and linear algebra."""

from __future__ import annotations

import functools
import string
from typing import Any

from kerashape.keras.ops import dtypes
from kerashape.keras.ops.base import Operand, Shapes, Spec, eager, on_backend_too, op, traced
from kerashape.keras.ops.inference import BackendFault, all_given, either, merge
from kerashape.shapes import Dim, Fault, Shape, Symbol, Undecided
from kerashape.shapes.axes import canonical_axis, item_axis
from kerashape.shapes.broadcast import broadcast, fit, list_text
from kerashape.shapes.einsum import einsum_shape, label_sizes
from kerashape.shapes.product import matmul as matrix_product
from kerashape.shapes.reshape import product

_PLAIN = (int, str, float, list, tuple, type(None))


def differ(a: Dim, b: Dim) -> bool:
    """Whether two sizes certainly are not the same to Python, None included."""
    return not isinstance(a, Symbol) and not isinstance(b, Symbol) and a != b


@op("matmul", "x1, x2", dtypes.product)
def matmul(x1: Operand, x2: Operand) -> Shape:
    """(..., n, k) @ (..., k, m) -> (..., n, m)."""
    return matrix_product(x1, x2)


@traced("matmul")
def matmul_within(x1: Operand, x2: Operand) -> Shape:
    """The same; of tensors of two ranks TensorFlow looks at no size where one is None."""
    one, other = x1.rank, x2.rank
    unequal = 1 in (one, other) or (other == 2 and one > 2)
    if not unequal or not one or not other or None not in (*x1.dims, *x2.dims):
        return matrix_product(x1, x2)
    return _unchecked(x1, x2, -2 if other > 1 else 0)


@op("einsum", "subscripts, *operands, **kwargs", dtypes.product)
def einsum(subscripts: Any, operands: Shapes, kwargs: Any) -> Shape:
    """Einstein's summation."""
    for name in kwargs:
        raise Fault(
            "bad-argument",
            f"got an unexpected keyword argument '{name}'",
            argument=name,
            binding="unexpected",
        )
    return einsum_shape(subscripts, operands)


@traced("einsum")
def einsum_within(subscripts: Any, operands: Shapes, kwargs: Any) -> Shape:
    """The same; a letter has one size, summed or kept, which any of the operands tells.

    Spaces and capitals, at which Keras stumbles on symbolic tensors, are no matter.
    """
    if isinstance(subscripts, str):
        subscripts = _renamed(subscripts)
    result = einsum(subscripts, operands, kwargs)
    sizes = {
        letter: functools.reduce(merge, dims)
        for letter, dims in label_sizes(subscripts, operands).items()
    }
    target = subscripts.partition("->")[2]
    if len(target) != result.rank:  # of an ellipsis, or without a target
        return result
    return Shape(sizes.get(letter, dim) for letter, dim in zip(target, result))


def _renamed(subscripts: str) -> str:
    """The letters as a, b, c... in their order, as Keras names them for TensorFlow."""
    names: dict[str, str] = {}
    for letter in subscripts:
        if letter in string.ascii_letters:
            names.setdefault(letter, string.ascii_letters[len(names)])
    return "".join(names.get(letter, letter) for letter in subscripts if letter != " ")


@op("dot", "x1, x2", dtypes.promoted)
def dot(x1: Operand, x2: Operand) -> Shape:
    """The last axis of the first against the second last (or only) one of the second."""
    if x1.rank == 0 or x2.rank == 0:
        return broadcast(x1, x2)
    if x1.rank == 1 and x2.rank == 1:
        return Shape()
    if x2.rank == 1:
        if differ(x1[-1], x2[0]):
            raise Fault(
                "op-mismatch",
                "Shape must match on the last axis of `x1` and `x2` when `x1` is N-d array while "
                f"`x2` is 1-D, but receive shape `x1.shape={x1}` and x2.shape=`{x2}`.",
                expected=f"{x1[-1]} elements",
                found=x2,
            )
        return x1[:-1]
    if x1[-1] is not None and x2[-2] is not None and differ(x1[-1], x2[-2]):
        raise Fault(
            "op-mismatch",
            "Shape must match on the last axis of `x1` and second last axis of `x2` when `x1` is "
            f"N-d array while `x2` is M-D, but received `x1.shape={x1}` and x2.shape=`{x2}`.",
            expected=f"{x1[-1]} rows in the second",
            found=x2,
        )
    return x1[:-1] + x2[:-2] + (x2[-1],)


@traced("dot")
def dot_within(x1: Operand, x2: Operand) -> Shape:
    """The same; TensorFlow looks at no size where one is None."""
    if x1.rank and x2.rank and None in (*x1.dims, *x2.dims):
        return _unchecked(x1, x2, -2 if x2.rank > 1 else 0)
    return dot(x1, x2)


def _unchecked(x1: Shape, x2: Shape, place: int) -> Shape:
    """The last axis of the first goes, and one of the second, be they as long as they are."""
    place %= x2.rank
    return x1[:-1] + x2[:place] + x2[place + 1 :]


@op("vdot", "x1, x2", dtypes.promoted)
def vdot(x1: Operand, x2: Operand) -> Shape:
    """The product of the flattened tensors: a scalar."""
    return Shape()


@op("inner", "x1, x2", dtypes.promoted)
def inner(x1: Operand, x2: Operand) -> Shape:
    """The last axes against each other."""
    if x1.rank == 0 or x2.rank == 0:
        return x1 + x2
    if isinstance(x1[-1], int) and isinstance(x2[-1], int) and x1[-1] != x2[-1]:
        raise Fault(
            "op-mismatch",
            "`inner` requires the last dimension of `x1` and `x2` to match. "
            f"Received: x1.shape={x1}, x2.shape={x2}.",
            expected=f"a last dimension of {x1[-1]}",
            found=x2,
        )
    return x1[:-1] + x2[:-1]


@traced("inner")
def inner_within(x1: Operand, x2: Operand) -> Shape:
    """The same; TensorFlow traces the product by a scalar as well, so both must broadcast."""
    if x1.rank == 0 or x2.rank == 0:
        raise Undecided("what TensorFlow infers with a scalar")
    try:
        scaled = broadcast(x1, x2)
    except Fault:
        raise Undecided("tensors that do not broadcast") from None
    merge(x1[-1], x2[-1])
    return either(scaled, x1[:-1] + x2[:-1])


@op("outer", "x1, x2", dtypes.promoted)
def outer(x1: Operand, x2: Operand) -> Shape:
    """Each element of the one with each of the other."""
    return Shape((product(tuple(x1)), product(tuple(x2))))


@op("kron", "x1, x2", dtypes.standardized)
def kron(x1: Operand, x2: Operand) -> Shape:
    """Keras multiplies the sizes axis by axis, from the front."""
    return Shape(None if a is None or b is None else a * b for a, b in zip(x1, x2))


@eager("kron")
def kron_of_data(x1: Operand, x2: Operand) -> Shape:
    """The sizes multiplied axis by axis, from behind."""
    rank = max(x1.rank, x2.rank)
    one, other = ((1,) * (rank - x.rank) + x.dims for x in (x1, x2))
    return Shape(None if a is None or b is None else a * b for a, b in zip(one, other))


@op("tensordot", "x1, x2, axes=2", dtypes.promoted)
def tensordot(x1: Operand, x2: Operand, axes: Any) -> Shape:
    """Some axes of the first against some of the second."""
    if isinstance(axes, int):
        return x1 + x2 if axes <= 0 else Shape((*x1[:-axes], *x2[axes:]))
    left, right = axes[0], axes[1]
    if isinstance(left, int) or isinstance(right, int):
        raise Fault(
            "bad-argument",
            "'int' object is not iterable",
            argument="axes",
            expected="two lists of axes",
            found=axes,
        )
    one, other = [item_axis(a, x1) for a in left], [item_axis(a, x2) for a in right]
    chosen, against = Shape(x1[a] for a in one), Shape(x2[a] for a in other)
    if not fit(chosen, against):
        raise Fault(
            "op-mismatch",
            "Shape mismatch on `x1[axes[0]]` and `x2[axes[1]]`, received "
            f"{list_text(chosen)} and {list_text(against)}.",
            argument="axes",
            expected=chosen,
            found=against,
        )
    return Shape(
        [d for i, d in enumerate(x1) if i not in one]
        + [d for i, d in enumerate(x2) if i not in other]
    )


@on_backend_too("tensordot")
def tensordot_within(x1: Operand, x2: Operand, axes: Any) -> Shape:
    """The same; a single axis of each will do."""
    if isinstance(axes, (list, tuple)) and len(axes) == 2:
        axes = [[axis] if isinstance(axis, int) else axis for axis in axes]
    return tensordot(x1, x2, axes)


@op("cross", "x1, x2, axisa=-1, axisb=-1, axisc=-1, axis=None", dtypes.promoted)
def cross(x1: Shape, x2: Shape, axisa: Any, axisb: Any, axisc: Any, axis: Any) -> Shape:
    """Vectors of 2 or 3 against each other."""
    if axis is not None:
        axisa = axisb = axisc = axis
    one, other = item_axis(axisa, x1), item_axis(axisb, x2)
    sizes = x1[one], x2[other]
    rest = broadcast(_without(x1, one), _without(x2, other))
    for name, size in zip(("x1", "x2"), sizes):
        if isinstance(size, int) and size not in (2, 3):
            raise Fault(
                "op-mismatch",
                f"`{name}`'s dim on `axis={{axis{'a' if name == 'x1' else 'b'}}}` must be either "
                f"2 or 3, but received: {size}",
                expected="2 or 3",
                found=size,
            )
    if any(isinstance(size, int) and size == 3 for size in sizes):
        vector = [3]
    elif any(isinstance(size, Symbol) for size in sizes):
        raise Undecided("the length of the vectors is not known")
    else:
        vector = []
    place = canonical_axis(axisc, rest.rank + len(vector))
    return Shape((*rest[:place], *vector, *rest[place:]))


@traced("cross")
def cross_within(x1: Shape, x2: Shape, axisa: Any, axisb: Any, axisc: Any, axis: Any) -> Shape:
    """The same; beside a size that is None, TensorFlow knows sizes above 1 alone."""
    result = cross(x1, x2, axisa, axisb, axisc, axis)
    if all_given([*x1, *x2]):
        return result
    one, other = (axisa, axisb) if axis is None else (axis, axis)
    vectors = x1[one], x2[other]
    if not all_given(vectors):
        raise Undecided("the length of the vectors is not known")
    place = axisc if axis is None else axis
    vector = None if vectors == (2, 2) else place % result.rank
    return Shape(
        None if i != vector and isinstance(dim, int) and dim <= 1 else dim
        for i, dim in enumerate(result)
    )


def _without(shape: Shape, place: int) -> Shape:
    return Shape(dim for i, dim in enumerate(shape) if i != place)


@op("correlate", "x1, x2, mode='valid'", dtypes.correlated)
def correlate(x1: Operand, x2: Operand, mode: Any) -> Shape:
    """Two vectors along each other."""
    for name, x in (("x1", x1), ("x2", x2)):
        if x.rank != 1:
            raise Fault(
                "op-mismatch",
                f"`{name}` must be a 1-dimensional tensor, but receivedshape {x}",
                expected="1 dimension",
                found=x,
            )
    a, b = x1[0], x2[0]
    if a is None or b is None:
        raise Fault(
            "undefined-dimension",
            "not supported between instances of",
            expected="known lengths",
            found=f"{x1} and {x2}",
        )
    if mode == "full":
        return Shape((a + b - 1,))
    if mode not in ("valid", "same"):
        raise Fault(
            "bad-argument",
            f"`mode` must be either `valid`, `same`, or `full`, butreceived: {mode}",
            argument="mode",
            expected="'valid', 'same' or 'full'",
            found=mode,
        )
    longer, shorter = max(a, b), min(a, b)
    return Shape((longer if mode == "same" else longer - shorter + 1,))


@traced("correlate")
def correlate_within(x1: Spec, x2: Spec, mode: Any) -> Spec:
    """The same by a convolution: the second one must not be the longer where it stays within."""
    if x1.shape.rank != 1 or x2.shape.rank != 1:
        raise Undecided("what TensorFlow makes of several dimensions")
    if mode not in ("valid", "same", "full"):
        raise BackendFault(
            "bad-argument",
            f"Invalid mode: '{mode}'. Mode must be one of: 'full', 'same', 'valid'.",
            argument="mode",
            expected="'valid', 'same' or 'full'",
            found=mode,
        )
    dtype = dtypes.apply_rule(dtypes.promoted, [x1.dtype, x2.dtype])
    if isinstance(dtype, str) and dtype not in _WIDTHS:
        dtype = "float64" if dtype == "int64" else "float32"
    a, b = x1.shape[0], x2.shape[0]
    if not all_given((a, b)):
        return Spec(Shape((None,)), dtype)
    if mode != "valid":
        return Spec(correlate(x1.shape, x2.shape, mode), dtype)
    size = a - b + 1  # type: ignore[operator]
    if size < 0:
        raise BackendFault(
            "op-mismatch",
            "Computed output size would be negative",
            expected=f"at most {a} elements in the second",
            found=x2.shape,
        )
    return Spec(Shape((size,)), dtype)


@eager("correlate")
def correlate_of_data(x1: Spec, x2: Spec, mode: Any) -> Spec:
    """The same; a second one that is longer makes something else of data."""
    spec = correlate_within(x1, x2, mode)
    if mode == "valid" and spec.shape[0] == 0:
        raise Undecided("a longer vector along a shorter one")
    return spec


_WIDTHS = ("bfloat16", "float16", "float64")


@op("corrcoef", "x", dtypes.coefficient)
def corrcoef(x: Shape) -> Shape:
    """Keras keeps the shape."""
    return x


@eager("corrcoef")
def corrcoef_of_data(x: Shape) -> Shape:
    """Each row against each."""
    if x.rank != 2:
        raise Undecided("what the rows of other tensors than matrices are")
    return Shape((x[0], x[0]))


@op("vander", "x, N=None, increasing=False")
def vander(x: Shape, N: Any, increasing: Any) -> Shape:
    """(n,) -> (n, N)."""
    if x.rank != 1:
        raise Fault(
            "op-mismatch",
            f"Input tensor must be 1-dimensional. Received: input.shape={x}",
            expected="1 dimension",
            found=x,
        )
    if isinstance(N, (str, float, list, tuple)):
        raise Fault(
            "bad-argument",
            f"Argument `N` must be of type `int`. Received: N={N}",
            argument="N",
            expected="an integer",
            found=N,
        )
    if isinstance(N, int) and N < 0:
        raise Fault(
            "bad-argument",
            f"Argument 'N' must be nonnegative. Received: N={N}",
            argument="N",
            expected="0 or more",
            found=N,
        )
    if isinstance(increasing, _PLAIN) and not isinstance(increasing, bool):
        raise Fault(
            "bad-argument",
            f"Argument `increasing` must be of type `bool`. Received: increasing={increasing}",
            argument="increasing",
            expected="True or False",
            found=increasing,
        )
    return x + (x[0] if N is None else N,)


@op("cdist", "x, y", dtypes.promoted_float, class_name="CDist")
def cdist(x: Shape, y: Shape) -> Shape:
    """(..., n, d) and (..., m, d) -> (..., n, m)."""
    if x.rank < 2 or y.rank < 2:
        raise Fault(
            "op-mismatch",
            f"Inputs to `cdist` must have rank >= 2. Received shapes: x.shape={x}, y.shape={y}",
            expected="2 or more dimensions",
            found=f"{x} and {y}",
        )
    if not fit(x[-1:], y[-1:]):
        raise Fault(
            "op-mismatch",
            "The last dimension of inputs to `cdist` must match. "
            f"Received shapes: x.shape={x}, y.shape={y}",
            expected=f"a last dimension of {x[-1]}",
            found=y,
        )
    try:
        batch = broadcast(x[:-2], y[:-2])
    except Fault as fault:
        raise Fault(
            "op-mismatch",
            "Batch dimensions of inputs to `cdist` must be broadcastable. "
            f"Received shapes: x.shape={x}, y.shape={y}",
            expected=fault.expected,
            found=fault.found,
        ) from None
    return batch + (x[-2], y[-2])
