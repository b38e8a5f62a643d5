"""Random cases for every layer.

Most layers are generated from the constructor's signature alone (``values`` says what to
try for a parameter, ``RANKS`` what rank of input is due); ``SPECIAL`` names the rest.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

from tests.oracle import values
from tests.oracle.case import CallOf, Case, Made, T, map_tensors, tensors_of
from tests.oracle.draw import BAD, DTYPES, INTEGERS, Draw
from tests.oracle.exports import LAYERS_NOT_GENERATED
from tests.oracle.reference import keras
from tests.oracle.values import DULL, NEVER, Draft

_BASE = ("name", "dtype", "trainable", "activity_regularizer")


def names() -> list[str]:
    """The layers that cases are generated for; the functional forms (``add``) included."""
    found = [name for name in dir(keras.layers) if not name.startswith("_")]
    return [name for name in found if name not in LAYERS_NOT_GENERATED]


def generate(name: str, seed: int, index: int) -> Case:
    """The case of that number: always the same one."""
    draw = Draw(f"{name} {seed} {index}")
    draft = Draft(name, draw, _spatial_rank(name))
    if name in FUNCTIONS:
        return _function(draft)
    special = SPECIAL.get(name)
    made, call = special(draft) if special else _generic(draft)
    made = _maybe_spoil(made, draw)
    if draw.chance(0.12):
        call = _spoil_call(call, draw)
    calls = [call]
    if draw.chance(0.2):
        calls.append(_spoil_call(call, draw) if draw.chance(0.7) else call)
    return Case(name, made, tuple(calls))


# -- the constructor --------------------------------------------------------------------


@functools.cache
def parameters(name: str) -> tuple[inspect.Parameter, ...]:
    """The constructor's parameters, without ``self``."""
    return tuple(inspect.signature(getattr(keras.layers, name)).parameters.values())


def draw_arguments(
    d: Draft, fixed: dict[str, Any] | None = None, left_out: Collection[str] = ()
) -> Made:
    """Usually accepted arguments: the required ones, some of the others.

    Args:
        fixed: the arguments that are given anyway.
        left_out: the parameters that are given only if they are ``fixed``.
    """
    fixed = fixed or {}
    named = [p for p in parameters(d.layer) if p.kind is not p.VAR_KEYWORD]
    # Parameters that others depend on come first.
    for p in sorted(named, key=lambda p: p.name not in ("data_format", "groups")):
        if p.name in fixed:
            d.values[p.name] = fixed[p.name]
        elif p.name in NEVER or p.name in left_out or p.kind is p.VAR_POSITIONAL:
            continue
        elif p.default is p.empty or d.draw.chance(0.04 if p.name.endswith(DULL) else 0.35):
            d.values[p.name] = values.value(d, p.name, p.default)
    order = [p.name for p in named if p.name in d.values]
    ordered = {name: d.values[name] for name in order}
    ordered |= {k: v for k, v in fixed.items() if k not in ordered}
    names = [p.name for p in named]
    leading = 0
    while leading < len(names) and names[leading] in ordered:
        leading += 1
    leading = d.draw.randint(0, leading) if d.draw.chance(0.5) else 0
    args = tuple(ordered.pop(name) for name in names[:leading])
    takes_base = any(p.kind is p.VAR_KEYWORD for p in parameters(d.layer))
    for base in _BASE if takes_base else ():
        if base not in names and d.draw.chance(0.05):
            ordered[base] = values.value(d, base, None)
    return Made(d.layer, args, ordered)


def _maybe_spoil(made: Made, draw: Draw) -> Made:
    """Now and then one argument that the constructor may reject."""
    kind = draw.random()
    named = [p.name for p in parameters(made.layer) if p.kind is not p.VAR_KEYWORD]
    named = [name for name in named if name not in NEVER and name != "kwargs"]
    if kind < 0.16 and named:
        weights = [0.1 if name.endswith(DULL) else 1 for name in named]
        name = draw.choices(named, weights)[0]
        return _with(made, name, draw.choice(BAD))
    if kind < 0.18:
        extra = draw.of("input_length", "nosuch", "filter", "border_mode")
        return replace(made, kwargs={**made.kwargs, extra: draw.of(1, "same")})
    if kind < 0.19 and made.args:
        return replace(made, args=made.args[1:])
    if kind < 0.20:
        return replace(made, args=(*made.args, draw.of(1, None)))
    if kind < 0.21:
        name, value = draw.of(("name", "a/b"), ("name", 3), ("trainable", 1), ("dtype", "nosuch"))
        return replace(made, kwargs={**made.kwargs, name: value})
    return made


def _with(made: Made, name: str, value: Any) -> Made:
    """The same layer with another value of a parameter."""
    named = [p.name for p in parameters(made.layer)]
    position = named.index(name)
    if position < len(made.args):
        args = list(made.args)
        args[position] = value
        return replace(made, args=tuple(args))
    return replace(made, kwargs={**made.kwargs, name: value})


# -- the calls --------------------------------------------------------------------------


def _spatial_rank(name: str) -> int:
    return next((n for n in (1, 2, 3) if f"{n}D" in name), 2)


_SEQUENCE = ("RNN", "LSTM", "GRU", "SimpleRNN", "Bidirectional")
_IMAGE = (
    "RandomFlip", "RandomRotation", "RandomZoom", "RandomTranslation", "RandomContrast",
    "RandomBrightness", "RandomCrop", "CenterCrop", "Resizing", "RandomHue", "RandomShear",
    "RandomSaturation", "RandomSharpness", "RandomPosterization", "RandomInvert", "Solarization",
    "RandomGrayscale", "RandomGaussianBlur", "RandomErasing", "RandomElasticTransform",
    "RandomPerspective", "RandomColorJitter", "RandomColorDegeneration", "RandAugment", "AugMix",
    "AutoContrast", "Equalization", "ContrastLimitedAdaptiveHistogramEqualization", "CutMix",
    "MixUp",
)  # fmt: skip


def valid_ranks(name: str, n: int) -> tuple[int, ...]:
    """The ranks of input that the layer is meant for."""
    if name.startswith("ConvLSTM"):
        return (n + 3,)
    if f"{n}D" in name:
        return (n + 2,)
    if name in _SEQUENCE:
        return (3,)
    if name in _IMAGE:
        return (4, 4, 4, 3)
    if name == "RepeatVector":
        return (2,)
    if name.endswith(("Cell", "Cells")):
        return (2,)
    if name == "MelSpectrogram":
        return (1, 2, 2, 3)
    if name == "STFTSpectrogram":
        return (3, 3, 2)
    return (2, 3, 4, 2, 3, 4, 1, 5)


def draw_input(d: Draft) -> T:
    """One input that the layer is likely to take."""
    draw, name = d.draw, d.layer
    ranks = valid_ranks(name, d.n)
    rank = draw.choice(ranks) if draw.chance(0.95) else draw.randint(0, 6)
    high = 64 if name in ("MelSpectrogram", "STFTSpectrogram") else 12
    shape = list(draw.shape(rank, high))
    if rank >= 2:
        channel = 1 if d.channels_first else -1
        if name in _IMAGE:
            channel = channel if rank == 4 else (0 if d.channels_first else -1)
            shape[channel] = 3 if draw.chance(0.8) else draw.of(1, 4, 2)
        elif name in ("MelSpectrogram", "STFTSpectrogram"):
            pass
        elif f"{d.n}D" in name:
            groups = d.get("groups", 1)
            valid = isinstance(groups, int) and 0 < groups < 9
            many = groups if valid and draw.chance(0.85) else 1
            shape[channel] = None if draw.chance(0.03) else many * draw.size(1, 4)
            if name.startswith(("Conv", "Cropping", "Average", "Max", "Depthwise", "Separable")):
                # Enough room for a kernel, mostly; static sizes for ConvLSTM.
                for axis in range(rank - d.n - 1, rank) if draw.chance(0.8) else ():
                    if axis not in (0, channel, channel % rank) and shape[axis] is not None:
                        shape[axis] = draw.size(6, 14)
    dtype = draw.dtype()
    if name in ("Embedding", "ReversibleEmbedding", "CategoryEncoding", "Hashing", "IntegerLookup"):
        dtype = draw.choice(INTEGERS) if draw.chance(0.8) else dtype
    return T(tuple(shape), dtype)


def _generic(d: Draft) -> tuple[Made, CallOf]:
    made = draw_arguments(d)
    return made, CallOf((draw_input(d),), _call_kwargs(d))


def _call_kwargs(d: Draft) -> dict[str, Any]:
    """``training=`` where the layer takes it; seldom something else."""
    if d.draw.chance(0.015):
        return {"nosuch": 1}
    return {"training": d.draw.of(True, False, None)} if d.draw.chance(0.06) else {}


def _spoil_call(call: CallOf, draw: Draw) -> CallOf:
    """The call with something about one of its tensors changed, or wrong as a whole."""
    count = len(tensors_of(call.args))
    kind = draw.random()
    if not count or kind < 0.08:
        return draw.choice((
            CallOf(()),
            CallOf((*call.args, T((None, 2))), call.kwargs),
            CallOf(([*call.args],), call.kwargs),
            CallOf((draw.of(3, "a", None, [], [T((None, 2)), 1]),), call.kwargs),
            CallOf((Made("Flatten"),), call.kwargs),
        ))  # fmt: skip
    which = draw.randrange(count)
    seen = -1

    def change(t: T) -> T:
        nonlocal seen
        seen += 1
        return _spoil(t, draw) if seen == which else t

    return CallOf(map_tensors(call.args, change), call.kwargs)


def _spoil(t: T, draw: Draw) -> T:
    kind = draw.random()
    if kind < 0.35 or not t.shape:
        return T(draw.shape(draw.randint(0, 6)), t.dtype)
    if kind < 0.85:
        shape = list(t.shape)
        axis = draw.of(-1, draw.randrange(len(shape)))
        shape[axis] = draw.of(None, 1, 2, draw.size(1, 12), draw.size(1, 12))
        return T(tuple(shape), t.dtype)
    return T(t.shape, draw.choice((*DTYPES, "string", "complex64")))


# -- layers that need more than their signature -------------------------------------------

Special = Callable[[Draft], tuple[Made, CallOf]]


def _inner(d: Draft, *names: str) -> Made:
    inner = Draft(d.draw.choice(names), d.draw)
    inner.n = _spatial_rank(inner.layer)
    special = {"RNN": _rnn_made, "StackedRNNCells": _stacked_made}.get(inner.layer)
    return special(inner) if special else draw_arguments(inner)


def _merge(d: Draft) -> tuple[Made, CallOf]:
    return draw_arguments(d), CallOf((_merge_inputs(d),))


def _merge_inputs(d: Draft) -> Any:
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


def _dot_inputs(d: Draft) -> tuple[Any, Any]:
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
    axes, tensors = _dot_inputs(d)
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


CELLS = ("LSTMCell", "GRUCell", "SimpleRNNCell")


def _rnn_made(d: Draft) -> Made:
    cell: Any = _inner(d, *CELLS, "StackedRNNCells")
    if d.draw.chance(0.2):
        cell = [_inner(d, *CELLS) for _ in range(d.draw.size(1, 3))]
    return draw_arguments(d, {"cell": cell})


def _rnn(d: Draft) -> tuple[Made, CallOf]:
    made = _rnn_made(d) if d.layer == "RNN" else draw_arguments(d)
    t = draw_input(d)
    kwargs = _call_kwargs(d)
    if d.draw.chance(0.1) and len(t.shape) > 1:
        kwargs["mask"] = T(t.shape[:2], "bool")
    units = d.get("units")
    if isinstance(units, int) and d.draw.chance(0.15) and t.shape:
        states = [T((t.shape[0], units)) for _ in range(2 if d.layer == "LSTM" else 1)]
        kwargs["initial_state"] = states if d.draw.chance(0.8) else states[0]
    return made, CallOf((t,), kwargs)


def _cell(d: Draft) -> tuple[Made, CallOf]:
    made = draw_arguments(d)
    t = draw_input(d)
    batch = t.shape[0] if t.shape else None
    states = [T((batch, d.values["units"])) for _ in range(2 if d.layer == "LSTMCell" else 1)]
    given: Any = states
    if d.draw.chance(0.15):
        given = states[0] if d.draw.chance(0.6) else [T((batch, d.draw.size(1, 6)))]
    return made, CallOf((t, given), {})


def _stacked_made(d: Draft) -> Made:
    cells = [_inner(d, *CELLS) for _ in range(d.draw.size(1, 3))]
    return draw_arguments(d, {"cells": cells})


def _stacked(d: Draft) -> tuple[Made, CallOf]:
    drafts = [Draft(d.draw.choice(CELLS), d.draw) for _ in range(d.draw.size(1, 3))]
    cells = [draw_arguments(inner) for inner in drafts]
    t = draw_input(d)
    batch = t.shape[0] if t.shape else None
    states: list[Any] = []
    for inner in drafts:
        state = T((batch, inner.values["units"]))
        states.append([state, state] if inner.layer == "LSTMCell" else [state])
    return draw_arguments(d, {"cells": cells}), CallOf((t, states))


def _bidirectional(d: Draft) -> tuple[Made, CallOf]:
    draw = d.draw
    made = _inner(d, "LSTM", "GRU", "SimpleRNN", "RNN", "LSTM", "GRU")
    if draw.chance(0.04):
        made = _inner(d, "Dense", "LSTMCell", "Conv1D")
    fixed: dict[str, Any] = {"layer": made, "backward_layer": None}
    if draw.chance(0.15):
        kwargs = {**made.kwargs, "go_backwards": True}
        if draw.chance(0.2):
            kwargs["return_sequences"] = draw.chance(0.5)
        fixed["backward_layer"] = replace(made, kwargs=kwargs)
        if draw.chance(0.85):
            fixed["layer"] = replace(made, kwargs={**made.kwargs, "go_backwards": False})
    return draw_arguments(d, fixed), CallOf((draw_input(d),), _call_kwargs(d))


_TIMED = ("Dense", "Conv1D", "Conv2D", "MaxPooling2D", "Flatten", "LSTM", "Dropout", "BatchNormalization",
          "GlobalAveragePooling2D", "Embedding", "Reshape", "Activation")  # fmt: skip


def _time_distributed(d: Draft) -> tuple[Made, CallOf]:
    draw = d.draw
    name = draw.choice(_TIMED)
    inner = Draft(name, draw, _spatial_rank(name))
    special = SPECIAL.get(name)
    layer, call = special(inner) if special else _generic(inner)
    first = call.args[0]
    shape = (*first.shape[:1], draw.dim(1, 5), *first.shape[1:])
    made = draw_arguments(d, {"layer": layer})
    return made, CallOf((T(shape, first.dtype),), _call_kwargs(d))


def _spectral(d: Draft) -> tuple[Made, CallOf]:
    names = (
        "Dense",
        "Conv2D",
        "Conv1D",
        "Embedding",
        "Dropout",
        "Dense",
        "EinsumDense",
        "Conv2DTranspose",
    )
    name = d.draw.choice(names)
    inner = Draft(name, d.draw, _spatial_rank(name))
    special = SPECIAL.get(name)
    layer, call = special(inner) if special else _generic(inner)
    return draw_arguments(d, {"layer": layer}), CallOf(call.args, _call_kwargs(d))


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
    kwargs = _call_kwargs(d)
    if d.draw.chance(0.15):
        shape = t.shape if d.layer == "Softmax" or d.draw.chance(0.3) else t.shape[:-1]
        kwargs["mask"] = T(shape, "bool")
    return made, CallOf((t,), kwargs)


_WORDS = ["a", "b", "c", "d"]
_INTS = [1, 2, 3, 5, 8]


def _lookup(d: Draft) -> tuple[Made, CallOf]:
    draw = d.draw
    integer = d.layer == "IntegerLookup"
    tokens: Any = (_INTS if integer else _WORDS)[: draw.size(1, 4)]
    mode = draw.of("int", "int", "one_hot", "multi_hot", "count", "tf_idf")
    fixed: dict[str, Any] = {"output_mode": mode, "sparse": mode != "int" and draw.chance(0.3)}
    if draw.chance(0.9):
        fixed["vocabulary"] = tuple(tokens) if draw.chance(0.2) else list(tokens)
    fixed["mask_token"] = draw.of(None, None, 0 if integer else "")
    fixed["max_tokens"] = draw.of(None, None, None, 10, 8, 4)
    fixed["pad_to_max_tokens"] = draw.chance(0.3 if fixed["max_tokens"] else 0.05)
    if mode == "tf_idf" and draw.chance(0.9):
        fixed["idf_weights"] = [0.5] * len(tokens)
    if mode == "int" and draw.chance(0.2):
        fixed |= {"invert": True, "num_oov_indices": draw.of(0, 1, 1)}
    if integer and draw.chance(0.1):
        fixed["vocabulary_dtype"] = draw.of("int64", "int32", "string")
    left_out = {"invert", "encoding", "salt", "oov_method", "vocabulary_dtype", "oov_token",
                "idf_weights"}  # fmt: skip
    made = draw_arguments(d, fixed, left_out)
    shape = draw.shape(draw.of(1, 2, 2, 3), 5)
    if fixed.get("invert"):
        dtype = "int64" if draw.chance(0.9) else draw.choice(DTYPES)
    else:
        dtype = draw.choice(INTEGERS[:2]) if integer else "string"
    return made, CallOf((T(shape, dtype if draw.chance(0.9) else draw.choice(DTYPES)),))


def _text(d: Draft) -> tuple[Made, CallOf]:
    draw = d.draw
    mode = draw.of("int", "int", "multi_hot", "count", "tf_idf")
    fixed: dict[str, Any] = {
        "standardize": draw.of("lower", None, "strip_punctuation", "lower_and_strip_punctuation"),
        "split": draw.of("whitespace", None, "character", "whitespace"),
        "ngrams": draw.of(None, None, 2, (1, 2)),
        "output_mode": mode,
        "max_tokens": draw.of(None, None, 10, 8, 4),
    }
    if mode == "int":
        fixed["output_sequence_length"] = draw.of(None, 4, 7)
        fixed["ragged"] = draw.chance(0.05)
    else:
        fixed["sparse"] = draw.chance(0.3)
        fixed["pad_to_max_tokens"] = draw.chance(0.3 if fixed["max_tokens"] else 0.05)
    if draw.chance(0.85):
        fixed["vocabulary"] = _WORDS[: draw.size(1, 4)]
        if mode == "tf_idf" and draw.chance(0.9):
            fixed["idf_weights"] = [0.5] * len(fixed["vocabulary"])
    left_out = {"output_sequence_length", "ragged", "sparse", "pad_to_max_tokens", "vocabulary",
                "idf_weights", "encoding"}  # fmt: skip
    made = draw_arguments(d, fixed, left_out)
    shape = draw.of((None,), (None, 1), (3,), (2, 1), (None, 2), (), (None, 3, 2))
    return made, CallOf((T(shape, "string" if draw.chance(0.95) else draw.dtype()),))


def _category(d: Draft) -> tuple[Made, CallOf]:
    fixed: dict[str, Any] = {"num_tokens": d.draw.size(1, 6)} if d.draw.chance(0.95) else {}
    made, t = draw_arguments(d, fixed), draw_input(d)
    kwargs = {}
    if d.draw.chance(0.2):
        kwargs["count_weights"] = T(t.shape, "float32")
    return made, CallOf((t,), kwargs)


def _discretization(d: Draft) -> tuple[Made, CallOf]:
    mode = d.draw.of("int", "int", "one_hot", "multi_hot", "count")
    fixed: dict[str, Any] = {"output_mode": mode, "sparse": mode != "int" and d.draw.chance(0.3)}
    one = "bin_boundaries" if d.draw.chance(0.8) else "num_bins"
    fixed[one] = values.value(d, one, None)
    return draw_arguments(d, fixed, {"bin_boundaries", "num_bins"}), CallOf((draw_input(d),))


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


def _crossing(d: Draft) -> tuple[Made, CallOf]:
    draw = d.draw
    shape = draw.of((None,), (None, 1), (4, 1), (3,), (), (None, 2))
    other = shape if draw.chance(0.9) else draw.of((None,), (None, 1))
    dtype = draw.of("string", "int32", "int64")
    tensors = [T(shape, dtype), T(other, dtype if draw.chance(0.5) else "string")]
    return draw_arguments(d), CallOf((tuple(tensors) if draw.chance(0.5) else tensors,))


def _mix(d: Draft) -> tuple[Made, CallOf]:
    made, image = draw_arguments(d), draw_input(d)
    batch = image.shape[0] if image.shape else None
    data: Any = {"images": image, "labels": T((batch, d.draw.size(1, 4)))}
    return made, CallOf((image if d.draw.chance(0.3) else data,), _call_kwargs(d))


def _boxes(d: Draft) -> tuple[Made, CallOf]:
    draw = d.draw
    batch, count = draw.batch(), draw.dim(1, 6)
    boxes = {"boxes": T((batch, count, 4)), "labels": T((batch, count))}
    return draw_arguments(d), CallOf(({"bounding_boxes": boxes},))


def _spectrogram(d: Draft) -> tuple[Made, CallOf]:
    draw = d.draw
    length = draw.of(4, 8, 16)
    fixed: dict[str, Any] = {"frame_length": length, "fft_length": draw.of(None, length, 16, 32)}
    t = draw_input(d)
    fixed["expand_dims"] = len(t.shape) == 2 and draw.chance(0.9)
    return draw_arguments(d, fixed), CallOf((t,), _call_kwargs(d))


def _normalization(d: Draft) -> tuple[Made, CallOf]:
    draw = d.draw
    fixed: dict[str, Any] = {"axis": draw.of(-1, None, 1, (1, 2), (), -2, [-1], 0)}
    t = draw_input(d)
    if draw.chance(0.5):
        size = t.shape[-1] if t.shape and isinstance(t.shape[-1], int) else 2
        fixed |= draw.of(
            {"mean": 0.0, "variance": 1.0},
            {"mean": [0.0] * size, "variance": [1.0] * size},
            {"mean": [0.0, 1.0, 2.0], "variance": [1.0, 1.0, 1.0]},
        )
    else:
        fixed |= {"mean": None, "variance": None}
        if draw.chance(0.1):
            fixed["mean"] = 1.0
    return draw_arguments(d, fixed), CallOf((t,))


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
    **dict.fromkeys(("RNN", "LSTM", "GRU", "SimpleRNN"), _rnn),
    **dict.fromkeys(CELLS, _cell),
    "StackedRNNCells": _stacked,
    "Bidirectional": _bidirectional,
    "TimeDistributed": _time_distributed,
    "SpectralNormalization": _spectral,
    "Embedding": _embedding,
    "ReversibleEmbedding": _embedding,
    "Softmax": _masked,
    "BatchNormalization": _masked,
    "IntegerLookup": _lookup,
    "StringLookup": _lookup,
    "TextVectorization": _text,
    "CategoryEncoding": _category,
    "Discretization": _discretization,
    "GroupNormalization": _group_normalization,
    "HashedCrossing": _crossing,
    "CutMix": _mix,
    "MixUp": _mix,
    "MaxNumBoundingBoxes": _boxes,
    "STFTSpectrogram": _spectrogram,
    "Normalization": _normalization,
}

# -- the functional forms -----------------------------------------------------------------

FUNCTIONS = ("add", "average", "concatenate", "dot", "maximum", "minimum", "multiply", "subtract")


def _function(d: Draft) -> Case:
    """``keras.layers.add(inputs)`` makes and calls in one step: ``made`` holds the tensors."""
    if d.layer == "dot":
        axes, tensors = _dot_inputs(d)
        return Case(d.layer, Made(d.layer, (tensors, axes)), ())
    kwargs: dict[str, Any] = {}
    if d.layer == "concatenate" and d.draw.chance(0.6):
        kwargs["axis"] = d.values["axis"] = values.value(d, "axis", -1)
    return Case(d.layer, Made(d.layer, (_merge_inputs(d),), kwargs), ())
