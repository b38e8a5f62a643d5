"""KS220: comments and annotations that state another shape than the inferred one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from kerashape.checks import shape_claims
from kerashape.checks.base import Facts, Finding, check_for
from kerashape.checks.repairs.comments import restated
from kerashape.checks.shape_claims import Claim
from kerashape.keras.graph import Tensor
from kerashape.shapes import Symbol
from kerashape.shapes.shape import same_dim

if TYPE_CHECKING:
    from kerashape.analysis import CommentFact

RULE = "wrong-shape-comment"
_LOOSE = frozenset(
    [
        "height",
        "width",
        "channels",
        "channel",
        "features",
        "feature",
        "filters",
        "dim",
        "dims",
        "units",
        "depth",
        "size",
        "length",
        "steps",
        "time",
        "num",
        "rows",
        "cols",
        "columns",
        "points",
        "tokens",
        "heads",
        "out",
        "in",
    ]
)
"""Names that people give to whatever size there is."""

_SIZES = ("kernel_size", "pool_size", "strides", "size", "padding", "dilation_rate", "filters")


@check_for(RULE)
def wrong_comments(facts: Facts) -> Iterator[Finding]:
    """A comment is wrong if it is wrong whenever the code runs past it."""
    stated: defaultdict[tuple[int, int], list[tuple[CommentFact, Claim]]] = defaultdict(list)
    for fact in facts.comments:
        claim = _claim(fact)
        if claim is not None:
            stated[fact.site.key].append((fact, claim))
    wrong = set()
    for key, group in stated.items():
        if all(_is_wrong(fact, claim) for fact, claim in group):
            wrong.add(key)
            certain = next((pair for pair in group if pair[0].site.certain), group[0])
            yield _finding(*certain)
    yield from _inconsistent([group for key, group in stated.items() if key not in wrong])


def _claim(fact: CommentFact) -> Claim | None:
    if fact.kind == "annotation":
        return shape_claims.annotation(fact.text, fact.sizes)
    claim = shape_claims.read(fact.text, fact.sizes)
    if claim is not None and claim.subject is not None and claim.subject != fact.name:
        return None
    return claim


def _is_wrong(fact: CommentFact, claim: Claim) -> bool:
    shape = fact.value.shape
    if shape.open:
        return False
    batched = isinstance(fact.value, Tensor) and fact.kind not in ("shown", "annotation")
    if batched and 2 <= len(claim.axes) == len(shape.dims) - 2:
        return False  # the sizes of a picture, without its batch and its channels
    if not claim.contradicts(shape.dims, batched=batched):
        return False
    if any(not step.contradicts(shape.dims, batched=batched) for step in claim.steps):
        return False
    if fact.kind in ("shown", "annotation"):
        return True
    if not claim.explicit and (fact.kind == "above" or not _is_of(claim, fact.value)):
        return False
    return not any(_fits(claim, other) for other in fact.others)


def _fits(claim: Claim, other: Tensor) -> bool:
    return other.shape.open or not claim.contradicts(other.shape.dims, batched=True)


def _is_of(claim: Claim, value: Any) -> bool:
    """Whether sizes without a word are those of the value, but for the wrong ones.

    ``3x3x32`` beside a convolution can be its kernel; ``26x26x32`` is its output if 32 is.
    """
    axes = [axis.size if axis is not None else None for axis in claim.axes]
    dims = value.shape.dims
    if len(axes) not in (len(dims), len(dims) - isinstance(value, Tensor)) or len(axes) < 2:
        return False
    if axes[-1] in (None, 1) or not same_dim(axes[-1], dims[-1]):
        return False
    operation = value.call.operation if isinstance(value, Tensor) and value.call else None
    arguments = getattr(operation, "arguments", {})
    return not any(_equal(axes, arguments.get(name)) for name in _SIZES)


def _equal(axes: Sequence[int | None], argument: Any) -> bool:
    """Whether sizes, perhaps with the channels behind, are an argument's."""
    if type(argument) is int:
        return set(axes[:-1]) == {argument}
    if not isinstance(argument, (tuple, list)):
        return False
    return any(
        len(argument) == len(sizes) and all(map(same_dim, argument, sizes))
        for sizes in (axes, axes[:-1])
    )


def _finding(fact: CommentFact, claim: Claim) -> Finding:
    shape = fact.value.shape
    what = "annotation" if fact.kind == "annotation" else "comment"
    said = fact.text[claim.start : claim.end]
    counted = _computed(claim)
    right = _rewritten(claim, shape.dims)
    return Finding(
        RULE,
        fact.site,
        f"this {what} says {said}{counted}, but the shape is {shape}",
        label=str(shape),
        note="Keras does not read it; whoever does is misled",
        help=f"write {right}",
        tensor=fact.value if isinstance(fact.value, Tensor) else None,
        fix=lambda: restated(fact, claim.start, claim.end, right),
    )


def _computed(claim: Claim) -> str:
    """The sum behind a size that is written as one."""
    for axis in claim.axes:
        if axis is not None and axis.size is not None and not axis.text.isdigit():
            return f" ({axis.text} is {axis.size})"
    return ""


def _rewritten(claim: Claim, dims: tuple[Any, ...]) -> str:
    """The shape, written as the claim is."""
    first = claim.axes[0] if claim.axes else None
    without_batch = bool(dims) and dims[0] is None and first is not None and first.size is not None
    sizes = dims[without_batch:]
    pairs = claim.pairs(sizes)
    if pairs is not None and len(pairs) == len(sizes):
        written = [
            axis.text
            if axis.size is None or isinstance(size, Symbol) or axis.size == size
            else str(size)
            for axis, size in pairs
        ]
    else:
        written = [str(size) for size in sizes]
    if claim.style == "x":
        return "x".join(written)
    if claim.style == " ":
        return " ".join("_" if size == "None" else size for size in written)
    comma = "," if len(written) == 1 and claim.style == "(" else ""
    return f"{claim.style}{', '.join(written)}{comma}{')' if claim.style == '(' else ']'}"


# -- names ------------------------------------------------------------------------------


def _inconsistent(groups: Sequence[list[tuple[CommentFact, Claim]]]) -> Iterator[Finding]:
    """One name, in one function, for two sizes."""
    first: dict[tuple[int, str], tuple[int, CommentFact]] = {}
    for group in groups:
        for (scope, name), size in _named_sizes(group).items():
            fact, _ = group[0]
            known = first.setdefault((scope, name), (size, fact))
            if known[0] != size and known[1].site.key != fact.site.key:
                yield Finding(
                    RULE,
                    fact.site,
                    f"{name!r} is {size} here, but {known[0]} in an earlier "
                    f"{'annotation' if fact.kind == 'annotation' else 'comment'}",
                    label=str(fact.value.shape),
                    note="one name for two sizes misleads whoever reads it",
                    help=f"give the size another name than {name!r}",
                    tensor=fact.value if isinstance(fact.value, Tensor) else None,
                    related=((known[1].site, f"{name} is {known[0]}"),),
                )
                break


def _named_sizes(group: list[tuple[CommentFact, Claim]]) -> dict[tuple[int, str], int]:
    """What the names of one comment stand for, by scope; those that vary are left out."""
    found: dict[tuple[int, str], set[int]] = defaultdict(set)
    for fact, claim in group:
        if fact.value.shape.open or not claim.explicit:
            continue
        for axis, size in claim.pairs(fact.value.shape.dims) or ():
            name = axis.name
            if name is None or axis.size is not None or type(size) is not int:
                continue
            if fact.kind == "annotation" or (len(name) > 2 and name.lower() not in _LOOSE):
                found[id(fact.scope), name].add(size)
    return {key: sizes.pop() for key, sizes in found.items() if len(sizes) == 1}
