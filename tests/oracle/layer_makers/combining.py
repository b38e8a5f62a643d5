"""Layers whose arguments and inputs have to suit each other: merges, attention, einsum."""

from __future__ import annotations

from typing import Any

from tests.oracle.case import CallOf, Made, T
from tests.oracle.layer_makers.drawing import Special, call_kwargs, draw_arguments, draw_input
from tests.oracle.values import Draft


def _merge(d: Draft) -> tuple[Made, CallOf]:
    return draw_arguments(d), CallOf((merge_inputs(d),))


def merge_inputs(d: Draft) -> Any:
    """Shapes that broadcast, mostly; for Concatenate equal but for one axis."""
    draw = d.draw
    shape = draw.shape(draw.choice((2, 2, 3, 3, 4, 1, 5)))
    count = 2 if d.layer.lower() == "subtract" else draw.of(2, 2, 2, 3, 4, 1)
    dtype = draw.dtype()
    tensors = []
    for _ in range(count):
        dims = list(shape)
        for axis in range(len(dims)):
            if draw.chance(0.12):
                dims[axis] = draw.of(1, None, draw.size(1, 6))
        if d.layer.lower() == "concatenate" and draw.chance(0.8):
            dims = list(shape)
            axis = d.get("axis", -1)
            if isinstance(axis, int) and -len(dims) <= axis < len(dims):
                dims[axis] = draw.dim(1, 6)
        if draw.chance(0.06):
            dims = dims[draw.randint(0, 1) :]
        tensors.append(T(tuple(dims), dtype if draw.chance(0.92) else draw.dtype()))
    return tuple(tensors) if draw.chance(0.15) else tensors


def dot_inputs(d: Draft) -> tuple[Any, Any]:
    draw = d.draw
    a = list(draw.shape(draw.of(2, 3, 3, 4)))
    b = list(draw.shape(draw.of(2, 3, 3, 4)))
    first, second = draw.randrange(1, len(a)), draw.randrange(1, len(b))
    if draw.chance(0.9):
        b[second] = a[first]
    if draw.chance(0.8):
        b[0] = a[0]
    same = first == second and draw.chance(0.5)
    axes = first if same else draw.of((first, second), [first, second], (first, second - len(b)))
    return axes, [T(tuple(a)), T(tuple(b))]


def _dot(d: Draft) -> tuple[Made, CallOf]:
    axes, tensors = dot_inputs(d)
    return draw_arguments(d, {"axes": axes}), CallOf((tensors,))


def _attention(d: Draft) -> tuple[Made, CallOf]:
    draw = d.draw
    batch, queries, keys, size = draw.batch(), draw.dim(1, 6), draw.dim(1, 6), draw.dim(1, 6, 0.03)
    size_v = draw.size(1, 6)
    inputs = [T((batch, queries, size)), T((batch, keys, size_v if draw.chance(0.4) else size))]
    if draw.chance(0.5):
        inputs.append(T((batch, keys, size)))
    kwargs: dict[str, Any] = {}
    if draw.chance(0.3):
        kwargs["return_attention_scores"] = draw.chance(0.7)
    if draw.chance(0.2):
        kwargs["use_causal_mask"] = draw.chance(0.5)
    if draw.chance(0.2):
        kwargs["mask"] = [T((batch, queries), "bool"), T((batch, keys), "bool")]
    return draw_arguments(d), CallOf((inputs,), kwargs)


def _multi_head(d: Draft) -> tuple[Made, CallOf]:
    draw = d.draw
    batch, size = draw.batch(), draw.dim(1, 6, 0.03)
    middle = draw.of(1, 1, 1, 2) if d.layer == "MultiHeadAttention" else 1
    query = T((batch, *(draw.dim(1, 6) for _ in range(middle)), size))
    keys = tuple(draw.dim(1, 6) for _ in range(middle))
    other = size if d.layer == "GroupQueryAttention" else draw.size(1, 6)
    value = T((batch, *keys, other)) if draw.chance(0.7) else query
    tensors = [query, value]
    if draw.chance(0.3):
        tensors.append(T((batch, *value.shape[1:-1], draw.size(1, 6))))
    kwargs: dict[str, Any] = {}
    if draw.chance(0.25):
        kwargs["return_attention_scores"] = draw.chance(0.8)
    if draw.chance(0.15):
        kwargs["use_causal_mask"] = draw.chance(0.5)
    if draw.chance(0.1):
        kwargs["attention_mask"] = T((batch, query.shape[1], value.shape[1]), "bool")
    fixed: dict[str, Any] = {}
    if d.layer == "GroupQueryAttention":
        groups = draw.of(1, 2, 3)
        fixed["num_key_value_heads"] = groups
        if draw.chance(0.85):
            fixed["num_query_heads"] = groups * draw.of(1, 2, 3)
    if middle == 2 and draw.chance(0.7):
        fixed["attention_axes"] = draw.of(1, 2, (1, 2), (2, 1), None)
    elif middle == 1 and draw.chance(0.9) and d.layer == "MultiHeadAttention":
        fixed["attention_axes"] = draw.of(None, 1, (1,))
    made = draw_arguments(d, fixed)
    if draw.chance(0.2) and len(tensors) == 3:
        kwargs = {"value": tensors[1], "key": tensors[2], **kwargs}
        tensors = tensors[:1]
    return made, CallOf(tuple(tensors), kwargs)


_ODD_EQUATIONS = (
    ("a...b,bc->a...c", 4, "c"), ("ab->a", 2, ""), ("ab,bc", 2, "c"), ("ab, bc -> ac", 2, "c"),
)  # fmt: skip


_EQUATIONS = (
    ("ab,bc->ac", 2, "c"), ("abc,cd->abd", 3, "d"), ("abc,bd->acd", 3, "d"), ("...x,xy->...y", 3, "y"),
    ("abc,cde->abde", 3, "de"), ("abcd,cde->abe", 4, "e"), ("ab...,bc->ac...", 3, "c"),
    ("abc,abd->acd", 3, "d"), ("ab,b->ab", 2, "b"), ("ab,bc->abc", 2, "c"),
    ("abc,acd->abd", 3, "d"), ("ab,cd->abcd", 2, "cd"), ("ab,bc->ca", 2, "c"),
)  # fmt: skip


def _einsum(d: Draft) -> tuple[Made, CallOf]:
    draw = d.draw
    equation, rank, new = draw.choice(_EQUATIONS if draw.chance(0.95) else _ODD_EQUATIONS)
    shape = draw.shape(rank, 6, none=0.06)
    result = equation.replace(" ", "").split("->")[-1].replace("...", "")
    sizes: list[Any] = []
    source = equation.split(",")[0].strip()
    for letter in result if equation.startswith("...") else result[1:]:
        if letter in source and "..." not in equation and draw.chance(0.94):
            sizes.append(shape[source.index(letter)])
        else:
            sizes.append(draw.size(1, 6))
    output: Any = tuple(sizes) if len(sizes) != 1 or draw.chance(0.4) else sizes[0]
    if draw.chance(0.05):
        output = draw.of((3,), 3, (None, 2, 3), [2, 3])
    fixed: dict[str, Any] = {"equation": equation, "output_shape": output}
    if draw.chance(0.4):
        letters = new if draw.chance(0.7) else "".join(draw.some(result, 1))
        fixed["bias_axes"] = letters if draw.chance(0.95) else "z"
    return draw_arguments(d, fixed), CallOf((T(shape, draw.dtype()),))


def _reshape(d: Draft) -> tuple[Made, CallOf]:
    draw = d.draw
    target = [draw.size(1, 4) for _ in range(draw.randint(0, 4))]
    product = 1
    for size in target:
        product *= size
    dims: list[int | None] = []
    while product > 1 and len(dims) < 3:
        factor = draw.of(*[f for f in range(1, product + 1) if product % f == 0])
        dims.append(factor)
        product //= factor
    if product > 1 or draw.chance(0.2):
        dims.append(product)
    if target and draw.chance(0.5):
        target[draw.randrange(len(target))] = -1
    if draw.chance(0.1) and dims:
        dims[draw.randrange(len(dims))] = draw.of(None, draw.size(1, 5))
    if draw.chance(0.08) and target:
        target[draw.randrange(len(target))] = draw.of(-1, 0, 5, None, draw.size(1, 5))
    shape: Any = list(target) if draw.chance(0.2) else tuple(target)
    made = draw_arguments(d, {"target_shape": shape})
    return made, CallOf((T((draw.batch(), *dims), draw.dtype()),))


def _permute(d: Draft) -> tuple[Made, CallOf]:
    draw = d.draw
    rank = draw.randint(1, 4)
    dims = list(range(1, rank + 1))
    draw.shuffle(dims)
    if draw.chance(0.08):
        dims[0] = draw.of(0, 9, -1, 1)
    made = draw_arguments(d, {"dims": list(dims) if draw.chance(0.2) else tuple(dims)})
    return made, CallOf((T(draw.shape(rank + 1), draw.dtype()),))


def _group_normalization(d: Draft) -> tuple[Made, CallOf]:
    groups = d.draw.of(1, 2, 3, -1, 4)
    axis = d.draw.of(-1, 1, -2, 2, -1, 3)
    t = d.draw.shape(d.draw.randint(2, 5))
    if -len(t) <= axis < len(t) and d.draw.chance(0.9):
        dims = list(t)
        dims[axis] = abs(groups) * d.draw.size(1, 4)
        t = tuple(dims)
    fixed = {"groups": groups, "axis": axis} if d.draw.chance(0.9) else {"axis": axis}
    return draw_arguments(d, fixed), CallOf((T(t, d.draw.dtype()),))


def _embedding(d: Draft) -> tuple[Made, CallOf]:
    made, t = draw_arguments(d), draw_input(d)
    kwargs = {}
    if d.layer == "ReversibleEmbedding" and d.draw.chance(0.4):
        kwargs["reverse"] = True
        t = T((*t.shape[:-1], d.values["output_dim"]), "float32")
    return made, CallOf((t,), kwargs)


def _masked(d: Draft) -> tuple[Made, CallOf]:
    """Layers whose call takes a mask beside the input."""
    made, t = draw_arguments(d), draw_input(d)
    kwargs = call_kwargs(d)
    if d.draw.chance(0.15):
        shape = t.shape if d.layer == "Softmax" or d.draw.chance(0.3) else t.shape[:-1]
        kwargs["mask"] = T(shape, "bool")
    return made, CallOf((t,), kwargs)


SPECIAL: dict[str, Special] = {
    **dict.fromkeys(
        ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"), _merge
    ),
    "Dot": _dot,
    "Attention": _attention,
    "AdditiveAttention": _attention,
    "MultiHeadAttention": _multi_head,
    "GroupQueryAttention": _multi_head,
    "EinsumDense": _einsum,
    "Reshape": _reshape,
    "Permute": _permute,
    "Embedding": _embedding,
    "ReversibleEmbedding": _embedding,
    "Softmax": _masked,
    "BatchNormalization": _masked,
    "GroupNormalization": _group_normalization,
}
