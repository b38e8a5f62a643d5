"""Which functions of symbolic tensors return what Keras calls a sparse tensor.

A rule gets, for each tensor, whether it is sparse; None for what has no such mark (a
number, an array).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

Marks = Sequence["bool | None"]
SparseRule = Callable[[Marks], bool]


def _stays(marks: Marks) -> bool:
    return bool(marks) and marks[0] is True


def _all(marks: Marks) -> bool:
    return bool(marks) and all(mark is True for mark in marks)


def _product(marks: Marks) -> bool:
    """Keras takes what has no mark, a plain number too, for sparse."""
    return any(mark is not False for mark in marks)


def _matrix_product(marks: Marks) -> bool:
    return all(mark is not False for mark in marks)


def _quotient(marks: Marks) -> bool:
    return marks[0] is True and marks[1] is not True


_RULES: dict[SparseRule, str] = {
    _stays: "absolute arcsin arcsinh arctan arctanh bincount ceil conjugate convert_to_tensor copy "
    "digitize expand_dims expm1 fabs floor imag log1p mean nansum negative ones_like real reshape "
    "round sign signbit sin sinh sqrt square squeeze sum tan tanh transpose zeros_like",
    _all: "add concatenate fmax fmin maximum minimum subtract",
    _product: "multiply",
    _matrix_product: "matmul",
    _quotient: "divide divide_no_nan true_divide",
}
SPARSE: dict[str, SparseRule] = {
    name: rule for rule, names in _RULES.items() for name in names.split()
}
"""The rule of each function; the others never return a sparse tensor."""
