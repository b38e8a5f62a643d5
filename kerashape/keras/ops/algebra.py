"""``keras.ops.linalg``: decompositions, inverses and solutions of (batches of) matrices."""

from __future__ import annotations

from typing import Any

from kerashape.keras.graph import DType
from kerashape.keras.ops import dtypes
from kerashape.keras.ops.base import Spec, on_backend_too, op, traced
from kerashape.keras.ops.inference import BackendFault, given, keras_checks, merge, merge_all
from kerashape.keras.ops.linear import differ
from kerashape.shapes import Dim, Fault, Shape, Symbol, Unknown, unknown_dim
from kerashape.shapes.broadcast import broadcast


def _matrices(x: Shape) -> None:
    if not x.open and x.rank < 2:
        raise Fault(
            "op-mismatch",
            f"Expected input to have rank >= 2. Received input with shape {x}.",
            expected="2 or more dimensions",
            found=x,
        )


def _square(x: Shape) -> None:
    if not x.open and x.rank < 2:
        raise Fault(
            "op-mismatch",
            f"not enough values to unpack (expected 2, got {x.rank})",
            expected="2 or more dimensions",
            found=x,
        )
    if differ(x[-2], x[-1]):
        raise Fault(
            "op-mismatch",
            f"Expected a square matrix. Received non-square input with shape {x}",
            expected="a square matrix",
            found=x,
        )


def _smaller(a: Dim, b: Dim) -> Dim:
    if isinstance(a, Symbol) or isinstance(b, Symbol):
        return a if isinstance(a, Symbol) and a.same(b) else unknown_dim()
    if a is None or b is None:
        raise Fault(
            "undefined-dimension",
            "'<' not supported between instances of",
            expected="known sizes of the matrix",
        )
    return min(a, b)


@op("cholesky", "x, upper=False")
@op("cholesky_inverse", "x, upper=False")
@op("inv", "x")
def square_to_square(x: Shape) -> Shape:
    """(..., n, n) -> (..., n, n)."""
    _matrices(x)
    _square(x)
    return x


@on_backend_too("cholesky", "cholesky_inverse")
def cholesky_on_backend(x: Spec) -> Shape:
    """The same of floats."""
    shape = square_to_square(x.shape)
    if isinstance(x.dtype, str) and ("int" in x.dtype or x.dtype == "bool"):
        raise BackendFault(
            "op-mismatch",
            f"has DataType {x.dtype} not in list of allowed values",
            expected="floats",
            found=x.dtype,
        )
    return shape


@op("det", "x")
def det(x: Shape) -> Shape:
    """(..., n, n) -> (...)."""
    _matrices(x)
    _square(x)
    return x[:-2]


@op("logdet", "x")
def logdet(x: Shape) -> Shape:
    """(..., n, n) -> (...); Keras does not look at the sizes."""
    return x[:-2]


@op("slogdet", "x", outputs=2)
def slogdet(x: Shape) -> tuple[Shape, Shape]:
    """The sign and the logarithm; to Keras the sign is a scalar."""
    return Shape(), x[:-2]


@on_backend_too("slogdet")
def slogdet_on_backend(x: Shape) -> tuple[Shape, Shape]:
    """The sign and the logarithm of each matrix."""
    return x[:-2], x[:-2]


@op("eig", "x", outputs=2)
@op("eigh", "x", outputs=2)
def eig(x: Shape) -> tuple[Shape, Shape]:
    """(..., n, n) -> eigenvalues (..., n), eigenvectors (..., n, n)."""
    _square(x)
    return x[:-1], x


@on_backend_too("eig")
def eig_on_backend(x: Spec) -> tuple[Spec, Spec]:
    """As ``eig``, of complex numbers."""
    _square(x.shape)
    dtype = {"float64": "complex128", "float32": "complex64"}.get(str(x.dtype))
    kind: DType = dtype if dtype is not None else Unknown("which complex dtype it is")
    return Spec(x.shape[:-1], kind), Spec(x.shape, kind)


@on_backend_too("eigh")
def eigh_on_backend(x: Shape) -> tuple[Shape, Shape]:
    """As ``eig``; Keras looks at the sizes first."""
    with keras_checks():
        return eig(x)


@op("lu_factor", "x", outputs=2)
def lu_factor(x: Shape) -> tuple[Shape, Shape]:
    """(..., m, n) -> (..., m, n), pivots (..., min(m, n))."""
    _matrices(x)
    return x, x[:-2] + (_smaller(x[-2], x[-1]),)


@op("qr", "x, mode='reduced'", outputs=2)
def qr(x: Shape, mode: Any) -> tuple[Shape, Shape]:
    """(..., m, n) -> (..., m, k), (..., k, n); k is min(m, n), or m if complete."""
    _check_qr(x, mode)
    m, n = x[-2], x[-1]
    if m is None or n is None:
        raise Fault(
            "undefined-dimension",
            f"Input should have its last 2 dimensions fully-defined. Received: input.shape = {x}",
            expected="known sizes of the matrix",
            found=x,
        )
    k = m if mode == "complete" else _smaller(m, n)
    return x[:-2] + (m, k), x[:-2] + (k, n)


def _check_qr(x: Shape, mode: Any) -> None:
    if mode not in ("reduced", "complete"):
        raise Fault(
            "bad-argument",
            "`mode` argument value not supported. Expected one of {",
            argument="mode",
            expected="'reduced' or 'complete'",
            found=mode,
        )
    if not x.open and x.rank < 2:
        raise Fault(
            "op-mismatch",
            f"Input should have rank >= 2. Received: input.shape = {x}",
            expected="2 or more dimensions",
            found=x,
        )


@op("svd", "x, full_matrices=True, compute_uv=True", class_name="SVD", outputs=None)
def svd(x: Shape, full_matrices: Any, compute_uv: Any) -> Any:
    """(..., m, n) -> u (..., m, m), s (..., k), v (..., n, n); k instead if not full."""
    _matrices(x)
    rows, columns, batch = x[-2], x[-1], x[:-2]
    k = _smaller(rows, columns)
    if not compute_uv:
        return batch + (k,)
    if full_matrices:
        return batch + (rows, rows), batch + (k,), batch + (columns, columns)
    return batch + (rows, k), batch + (k,), batch + (k, columns)


@op("matrix_rank", "x, tol=None", dtypes.int32)
def matrix_rank(x: Shape) -> Shape:
    """(..., m, n) -> (...)."""
    _matrices(x)
    return x[:-2]


@op("pinv", "x, rcond=None")
def pinv(x: Shape) -> Shape:
    """(..., m, n) -> (..., n, m)."""
    _matrices(x)
    return x[:-2] + (x[-1], x[-2])


@op("solve", "a, b", dtype_of="b")
@op("solve_triangular", "a, b, lower=False", dtype_of="b")
def solve(a: Shape, b: Shape) -> Shape:
    """(..., n, n) and (..., n) or (..., n, k) -> the second's shape."""
    _matrices(a)
    _square(a)
    if b.rank < 1:
        raise Fault(
            "op-mismatch",
            "Expected input to have rank >= 1. Received scalar input",
            expected="1 or more dimensions",
            found=b,
        )
    if a.rank == b.rank and differ(a[-2], b[-2]):
        last = 2
    elif a.rank == b.rank - 1 and differ(a[-1], b[-1]):
        last = 1
    else:
        return b
    raise Fault(
        "op-mismatch",
        f"Incompatible shapes between `a` and `b`. Expected `a.shape[-{last}] == "
        f"b.shape[-{last}]`. Received: a.shape={a}, b.shape={b}",
        expected=f"{a[-last]} in the second",
        found=b,
    )


@traced("solve")
def solve_within(a: Shape, b: Shape) -> Shape:
    """The same; a size that is None is the one that the other tensor tells."""
    with keras_checks():
        solve(a, b)
    rows = merge(a[-2], a[-1])
    if b.rank == a.rank - 1:
        return merge_all(a[:-2], b[:-1]) + (merge(rows, b[-1]),)
    return merge_all(a[:-2], b[:-2]) + (merge(rows, b[-2]), b[-1])


@traced("solve_triangular")
def solve_triangular_within(a: Shape, b: Shape) -> Shape:
    """The same; batches broadcast."""
    with keras_checks():
        solve(a, b)
    rows = merge(a[-2], a[-1])
    if b.rank == a.rank - 1:
        return broadcast(a[:-2], b[:-1]) + (merge(rows, b[-1]),)
    return broadcast(a[:-2], b[:-2]) + (merge(rows, b[-2]), b[-1])


@on_backend_too("lu_factor")
def lu_factor_within(x: Spec) -> tuple[Spec, Spec]:
    """Of one square matrix; TensorFlow inverts the pivots of no batch."""
    with keras_checks():
        _matrices(x.shape)
        _square(x.shape)
    if x.shape.rank != 2:
        raise BackendFault(
            "op-mismatch",
            f"Shape must be rank 1 but is rank {x.shape.rank - 1}",
            expected="one matrix",
            found=x.shape,
        )
    return x, Spec(x.shape[:1], "int32")


@traced("svd")
def svd_within(x: Shape, full_matrices: Any, compute_uv: Any) -> Any:
    """The same; sizes may be None."""
    with keras_checks():
        _matrices(x)
    rows, columns, batch = x[-2], x[-1], x[:-2]
    k = _smaller_within(rows, columns)
    if compute_uv is False:
        return batch + (k,)
    if full_matrices:
        return batch + (rows, rows), batch + (k,), batch + (columns, columns)
    return batch + (rows, k), batch + (k,), batch + (k, columns)


@traced("qr")
def qr_within(x: Shape, mode: Any) -> tuple[Shape, Shape]:
    """The same; sizes may be None."""
    with keras_checks():
        _check_qr(x, mode)
    m, n = x[-2], x[-1]
    k = m if mode == "complete" else _smaller_within(m, n)
    return x[:-2] + (m, k), x[:-2] + (k, n)


def _smaller_within(a: Dim, b: Dim) -> Dim:
    return _smaller(a, b) if given(a) and given(b) else None


@op("lstsq", "a, b, rcond=None")
def lstsq(a: Shape, b: Shape) -> Shape:
    """(m, n) and (m,) or (m, k) -> (n,) or (n, k)."""
    if a.rank != 2:
        raise Fault(
            "op-mismatch",
            f"Expected a to have rank 2. Received: a.shape={a}",
            expected="2 dimensions",
            found=a,
        )
    if b.rank not in (1, 2):
        raise Fault(
            "op-mismatch",
            f"Expected b to have rank 1 or 2. Received: b.shape={b}",
            expected="1 or 2 dimensions",
            found=b,
        )
    if differ(a[0], b[0]):
        raise Fault(
            "op-mismatch",
            f"Expected b.shape[0] to be equal to a.shape[0]. Received: a.shape={a}, b.shape={b}",
            expected=f"{a[0]} rows",
            found=b,
        )
    return a[1:] + b[1:]
