"""Einstein's summation, as ``keras.ops.einsum`` infers it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kerashape.shapes.broadcast import broadcast
from kerashape.shapes.outcome import Fault
from kerashape.shapes.shape import Shape
from kerashape.shapes.symbol import Dim

_TOKEN = re.compile(r"\.\.\.|.", re.DOTALL)


def einsum_shape(subscripts: str, operands: Sequence[Shape]) -> Shape:
    """The shape of ``einsum(subscripts, *operands)``.

    Axes that are summed are not compared, as in Keras; those that are kept broadcast.

    Raises:
        Fault: ``op-mismatch`` where the subscripts do not fit the operands.
    """
    sides = subscripts.split("->")
    if len(sides) > 2:
        raise Fault(
            "op-mismatch",
            f"At most one '->' is supported in `einsum` subscripts, but received {subscripts}.",
            argument="subscripts",
            expected="one '->' at most",
            found=subscripts,
        )
    specs = sides[0].split(",")
    if len(specs) != len(operands):
        raise Fault(
            "op-mismatch",
            f"Number of operands ({len(operands)}) does not match the number of input specs "
            f"({len(specs)}) in `einsum`, received subscripts={subscripts}.",
            expected=f"{len(specs)} operands",
            found=len(operands),
        )
    target = sides[1] if len(sides) == 2 else "..." + "".join(_kept(sides[0]))
    shapes = [_expanded(spec, shape, target) for spec, shape in zip(specs, operands)]
    result = shapes[0]
    for shape in shapes[1:]:
        result = broadcast(result, shape)
    return result


def label_sizes(subscripts: str, operands: Sequence[Shape]) -> dict[str, list[Dim]]:
    """Every size that a letter has, in the operands' order; the subscripts fit the operands."""
    sizes: dict[str, list[Dim]] = {}
    for spec, shape in zip(subscripts.split("->")[0].split(","), operands):
        front, _, back = spec.replace(" ", "").partition("...")
        ends = [*zip(front, shape), *zip(reversed(back), reversed(tuple(shape)))]
        for letter, dim in ends:
            sizes.setdefault(letter, []).append(dim)
    return sizes


def _kept(subscripts: str) -> list[str]:
    """The axes that are kept where the output is not given: those that come once.

    (Keras: a letter that comes a third time stays among the summed.)
    """
    letters = [letter for letter in subscripts if letter.isalpha()]
    return sorted(letter for letter in set(letters) if letters.count(letter) == 1)


def _expanded(spec: str, shape: Shape, target: str) -> Shape:
    """The operand's shape with an axis for each of the target's, 1 where it has none."""
    sizes, wildcard = _sizes(spec, shape)
    dims: list[Dim] = []
    for token in _TOKEN.findall(target):
        if token == "...":
            dims += wildcard
        elif token in sizes:
            dims.append(sizes[token])
        elif "a" <= token <= "z":
            dims.append(1)
        elif not token.isspace():
            raise Fault(
                "op-mismatch",
                "invalid literal for int() with base 10: ",
                argument="subscripts",
                expected="lower-case letters",
                found=token,
            )
    return Shape(dims)


def _sizes(spec: str, shape: Shape) -> tuple[dict[str, Dim], list[Dim]]:
    """The size of each letter of a spec, and the sizes that its ``...`` stands for."""
    front, ellipsis, back = spec.partition("...")
    dims = [-1 if dim is None else dim for dim in shape]
    if not ellipsis and len(dims) != len(front):
        raise Fault(
            "op-mismatch",
            "Number of dimensions in the subscript does not match the number of dimensions in the "
            f"operand, received subscript `{spec}` and operand of shape "
            f"[{', '.join(map(str, dims))}].",
            expected=f"{len(front)} dimensions",
            found=shape,
        )
    if len(dims) < max(len(front), len(back)):
        raise Fault(
            "op-mismatch",
            "list index out of range",
            expected=f"{len(front) + len(back)} or more dimensions",
            found=shape,
        )
    sizes: dict[str, Dim] = {}
    for letter, dim in zip(front, shape):
        sizes.setdefault(letter, dim)
    for letter, dim in zip(reversed(back), reversed(list(shape))):
        sizes.setdefault(letter, dim)
    end = len(dims) - len(back)
    return sizes, list(shape)[len(front) : end] if ellipsis else []
