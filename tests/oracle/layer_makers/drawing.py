"""Drawing a layer from its signature, and an input that is likely to suit it."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Collection
from typing import Any

from tests.oracle import values
from tests.oracle.case import CallOf, Made, T
from tests.oracle.draw import INTEGERS
from tests.oracle.reference import keras
from tests.oracle.values import DULL, NEVER, Draft

_BASE = ("name", "dtype", "trainable", "activity_regularizer", "autocast")


@functools.cache
def parameters(name: str) -> tuple[inspect.Parameter, ...]:
    """The constructor's parameters, without ``self``."""
    return tuple(inspect.signature(getattr(keras.layers, name)).parameters.values())


@functools.cache
def inherited(name: str) -> tuple[inspect.Parameter, ...]:
    """Parameters of the bases' constructors that ``**kwargs`` may pass on to them."""
    kind = getattr(keras.layers, name)
    known = {p.name for p in parameters(name)} | set(_BASE) | {"self", "args", "kwargs", "weights"}
    found: dict[str, inspect.Parameter] = {}
    for base in kind.__mro__[1:] if isinstance(kind, type) else ():
        if base is keras.Layer:
            break
        for p in inspect.signature(base.__init__).parameters.values():
            if p.name not in known:
                found.setdefault(p.name, p)
    return tuple(found.values())


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
        common = base == "dtype" and d.layer in values.QUANTIZED_LAYERS
        if base not in names and d.draw.chance(0.2 if common else 0.05):
            ordered[base] = values.value(d, base, None)
    further = inherited(d.layer)
    if further and takes_base and d.draw.chance(0.05):
        p = d.draw.choice(further)
        ordered[p.name] = values.value(d, p.name, None if p.default is p.empty else p.default)
    return Made(d.layer, args, ordered)


def spatial_rank(name: str) -> int:
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


def generic(d: Draft) -> tuple[Made, CallOf]:
    """A layer and a call of it on one tensor; on a dict now and then, if it takes images."""
    made, inputs = draw_arguments(d), draw_input(d)
    if d.layer in _IMAGE and d.draw.chance(0.06):
        return made, CallOf((_with_labels(d, inputs),), call_kwargs(d))
    return made, CallOf((inputs,), call_kwargs(d))


def _with_labels(d: Draft, images: T) -> dict[str, Any]:
    """Images with what belongs to them."""
    batch = images.shape[:1] if len(images.shape) == 4 else ()
    also = {
        "labels": T((*batch, d.draw.size(1, 4))),
        "segmentation_masks": T((*images.shape[:-1], 1)),
        "bounding_boxes": {"boxes": T((*batch, 2, 4)), "labels": T((*batch, 2))},
    }
    names = d.draw.some(("labels", "segmentation_masks", "bounding_boxes"), 1)
    return {"images": images, **{name: also[name] for name in names}}


def call_kwargs(d: Draft) -> dict[str, Any]:
    """``training=`` where the layer takes it; seldom something else."""
    if d.draw.chance(0.015):
        return {"nosuch": 1}
    return {"training": d.draw.of(True, False, None)} if d.draw.chance(0.06) else {}


Special = Callable[[Draft], tuple[Made, CallOf]]
