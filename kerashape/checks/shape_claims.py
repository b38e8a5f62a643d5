"""What people write when they state a shape: ``(None, 5, 5, 1280)``, ``-> 150x150x3``, ``[B, T]``.

A claim is read only where the words leave nothing else that it could be; ``None`` otherwise.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

_BATCH = frozenset(
    [
        "None",
        "?",
        "-1",
        "*",
        "b",
        "B",
        "n",
        "N",
        "m",
        "bs",
        "batch",
        "batch_size",
        "BATCH",
        "BATCH_SIZE",
        "num_samples",
        "samples",
    ]
)
"""What stands for the batch axis, where it stands first."""

_WORDS = (
    r"(?:(?:the\s+)?(?:output|out|result|resulting|new|final|current|expected|tensor)s?[\s_]+)?"
    r"(?:shapes?|size|dims?|dimensions|outputs?|out|returns?|result|gives|TensorShape)"
)
_LEAD = re.compile(
    rf"""\s*(?:
        (?P<word>{_WORDS})\s*(?:is\b|are\b|now\b|[:=]+|[-=]>|→)?
      | (?P<arrow>[-=]>|→)
      | (?P<name>[A-Za-z_]\w*(?:\.\w+)*)\s*(?:[:=]+|[-=]>|→|(?:is|has)\s+shape)
      )\s*""",
    re.VERBOSE | re.IGNORECASE,
)
_NAME = re.compile(r"[A-Za-z_]\w*\Z")
_PRODUCT = re.compile(r"(?:[A-Z]|batch|None|\?|\d+)(?:\s*[x×]\s*(?:[A-Z]|None|\?|\d+))+(?![\w.])")
_TAIL = re.compile(
    r"\s*(?:[.,;:!]|--?\s|–|—|#|(?:after|because|since|thanks|due|via)\b).*\Z|\s*\Z", re.DOTALL
)
_ARROW = re.compile(r"\s*(?:[-=]>|→)\s*")
_ELLIPSES = frozenset(["...", "…", "*"])

Size = int | None
"""A size that a claim states; None where it states none."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of a claim: as written, and the size it states where that can be computed."""

    text: str
    size: Size

    @property
    def name(self) -> str | None:
        """The name that it gives the size, if it is one and nothing else."""
        return self.text if _NAME.match(self.text) and self.text != "None" else None


@dataclass(frozen=True, slots=True)
class Claim:
    """A shape as somebody wrote it down.

    Args:
        axes: the axes; None stands for ``...``.
        start, end: where the shape stands in the text.
        subject: the name that it is said of, where there is one.
        explicit: whether the words say that it is a shape: a batch axis, an arrow, "shape".
        style: how it is written: ``(``, ``[`` or ``x``.
        source: the claim in front of an arrow: what goes in, or a step on the way.
    """

    axes: tuple[Axis | None, ...]
    start: int
    end: int
    subject: str | None = None
    explicit: bool = False
    style: str = "("
    source: Claim | None = None

    @property
    def steps(self) -> Iterator[Claim]:
        """What lies between the first and the last of a chain of arrows."""
        step = self.source
        while step is not None and step.source is not None:
            yield step
            step = step.source

    @property
    def has_batch(self) -> bool:
        """Whether the first axis is certainly the batch axis."""
        return bool(self.axes) and self.axes[0] is not None and self.axes[0].text in _BATCH

    def contradicts(self, shape: tuple[Any, ...], *, batched: bool) -> bool:
        """Whether the claim is certainly false of a shape.

        Sizes of ``shape`` that are no int fit anything. The batch axis of a symbolic tensor
        (``batched``) may be left out, unless the claim has one.
        """
        if self._differs(shape):
            return not batched or self.has_batch or self._differs(shape[1:])
        return False

    def _differs(self, shape: tuple[Any, ...]) -> bool:
        return self.pairs(shape) is None or any(
            axis.size is not None and isinstance(size, int) and axis.size != size
            for axis, size in self.pairs(shape) or ()
        )

    def pairs(self, shape: tuple[Any, ...]) -> list[tuple[Axis, Any]] | None:
        """The axes with the sizes that they are about; None where the ranks differ."""
        stated = [axis for axis in self.axes if axis is not None]
        if len(stated) == len(self.axes):
            return list(zip(stated, shape)) if len(stated) == len(shape) else None
        if len(stated) > len(shape):
            return None
        before = self.axes.index(None)
        after = len(self.axes) - before - 1
        kept = shape[:before] + (shape[len(shape) - after :] if after else ())
        return list(zip(stated, kept))

    def agrees_somewhere(self, shape: tuple[Any, ...]) -> bool:
        """Whether an axis states the very size that the shape has, at either alignment."""
        return any(
            axis.size is not None and isinstance(size, int) and axis.size == size and size != 1
            for part in (shape, shape[1:])
            for axis, size in self.pairs(part) or ()
        )


def read(text: str, names: Mapping[str, Any]) -> Claim | None:
    """The claim that a comment makes, its ``#`` left out.

    Args:
        text: what stands behind the ``#``.
        names: sizes of names that the comment may use.
    """
    place = len(text) - len(text.lstrip())
    subject, explicit, said = None, False, False
    while lead := _LEAD.match(text, place):
        if lead["name"]:
            if subject is not None or said:
                return None
            subject = lead["name"].removesuffix(".shape")
        said = said or not lead["name"]
        explicit = explicit or "shape" in lead[0].lower()
        place = lead.end()
    claim = _shape(text, place, names)
    if claim is None:
        return None
    source = None
    while arrow := _ARROW.match(text, claim.end):
        following = _shape(text, arrow.end(), names)
        if following is None:
            return None
        source, claim, said = replace(claim, source=source), following, True
    if not _TAIL.match(text, claim.end) or _shape_within(text, claim.end, names):
        return None
    return Claim(
        claim.axes,
        claim.start,
        claim.end,
        subject,
        explicit or claim.has_batch or (said and any(axis and axis.size for axis in claim.axes)),
        claim.style,
        source,
    )


def annotation(text: str, names: Mapping[str, Any]) -> Claim | None:
    """The claim of a jaxtyping string: ``"batch 150 150 3"``, ``"*batch h w c"``, ``"..."``."""
    axes: list[Axis | None] = []
    for word in text.split():
        if word == "..." or word.startswith("*"):
            axes.append(None)
        elif word == "_" or word.startswith("?"):
            axes.append(Axis(word, None))
        else:
            axis = _axis(word.removeprefix("#").partition("=")[2] or word.removeprefix("#"), names)
            if axis is None:
                return None
            axes.append(Axis(axis.text, None) if word.startswith("#") else axis)
    return (
        Claim(tuple(axes), 0, len(text), explicit=True, style=" ") if axes.count(None) < 2 else None
    )


def _shape_within(text: str, start: int, names: Mapping[str, Any]) -> bool:
    """Whether another shape follows: which of them is meant is not certain."""
    return any(
        _shape(text, match.start(), names) is not None
        for match in re.compile(r"[(\[]|(?<!\w)\d").finditer(text, start)
    )


def _shape(text: str, start: int, names: Mapping[str, Any]) -> Claim | None:
    if start < len(text) and text[start] in "([":
        end = _closing(text, start)
        return None if end is None else _bracketed(text, start, end, names)
    product = _PRODUCT.match(text, start)
    if product is None:
        return None
    axes = [_axis(part, names) for part in re.split(r"\s*[x×]\s*", product[0])]
    return Claim(tuple(axes), start, product.end(), style="x") if all(axes) else None


def _closing(text: str, start: int) -> int | None:
    depth = 0
    for index in range(start, len(text)):
        depth += (text[index] in "([") - (text[index] in ")]")
        if depth == 0:
            return index + 1
    return None


def _bracketed(text: str, start: int, end: int, names: Mapping[str, Any]) -> Claim | None:
    inner = text[start + 1 : end - 1].strip()
    if inner[:1] in ("(", "[") and _closing(inner, 0) == len(inner):  # TensorShape([None, 32])
        within = _bracketed(inner, 0, len(inner), names)
        return within and replace(within, start=start, end=end)
    parts = [part.strip() for part in _split(inner)]
    if len(parts) < 2 or not all(parts[:-1]):
        return None  # one number in brackets can be anything
    if not parts[-1]:
        parts.pop()  # (10,)
    axes: list[Axis | None] = []
    for part in parts:
        if part in _ELLIPSES and not (part == "*" and not axes):
            axes.append(None)
            continue
        axis = _axis(part, names)
        if axis is None:
            return None
        axes.append(axis)
    return Claim(tuple(axes), start, end, style=text[start]) if axes.count(None) < 2 else None


def _split(text: str) -> list[str]:
    parts, depth = [""], 0
    for character in text:
        depth += (character in "([") - (character in ")]")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def _axis(text: str, names: Mapping[str, Any]) -> Axis | None:
    """One axis; None where it is no size, so that the whole is no shape."""
    if text in _BATCH or text == "_":
        return Axis(text, None)
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    try:
        return Axis(text, _compute(tree, names))
    except _NoSize:
        return None


class _NoSize(Exception):
    """Not something that a size is written as."""


_ARITHMETIC: dict[type[ast.operator], Callable[[int, int], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Div: lambda a, b: a // b if a % b == 0 else None,
}


def _compute(tree: ast.expr, names: Mapping[str, Any]) -> Size:
    if isinstance(tree, ast.Constant):
        if type(tree.value) is int:
            return tree.value
        raise _NoSize
    if isinstance(tree, (ast.Name, ast.Attribute)):
        value = names.get(ast.unparse(tree))
        return value if type(value) is int else None
    if isinstance(tree, ast.BinOp) and type(tree.op) in _ARITHMETIC:
        left, right = _compute(tree.left, names), _compute(tree.right, names)
        if (
            left is None
            or right is None
            or (right == 0 and not isinstance(tree.op, (ast.Add, ast.Sub, ast.Mult)))
        ):
            return None
        result = _ARITHMETIC[type(tree.op)](left, right)
        return result if isinstance(result, int) else None
    raise _NoSize
