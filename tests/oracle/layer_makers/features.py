"""Layers that prepare features, texts and images."""

from __future__ import annotations

from typing import Any

from tests.oracle import values
from tests.oracle.case import CallOf, Made, T
from tests.oracle.draw import DTYPES, INTEGERS
from tests.oracle.layer_makers.drawing import Special, call_kwargs, draw_arguments, draw_input
from tests.oracle.values import Draft

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
    return made, CallOf((image if d.draw.chance(0.3) else data,), call_kwargs(d))


def _pipeline(d: Draft) -> tuple[Made, CallOf]:
    drafts = [Draft(name, d.draw) for name in d.draw.sample(_PIPED, d.draw.size(1, 3))]
    made = Made("Pipeline", ([draw_arguments(inner) for inner in drafts],))
    return made, CallOf((draw_input(drafts[0]),), call_kwargs(d))


_PIPED = ("RandomFlip", "RandomRotation", "Resizing", "Rescaling", "CenterCrop", "RandomContrast")


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
    return draw_arguments(d, fixed), CallOf((t,), call_kwargs(d))


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
    "IntegerLookup": _lookup,
    "StringLookup": _lookup,
    "TextVectorization": _text,
    "CategoryEncoding": _category,
    "Discretization": _discretization,
    "HashedCrossing": _crossing,
    "CutMix": _mix,
    "MixUp": _mix,
    "Pipeline": _pipeline,
    "MaxNumBoundingBoxes": _boxes,
    "STFTSpectrogram": _spectrogram,
    "Normalization": _normalization,
}
