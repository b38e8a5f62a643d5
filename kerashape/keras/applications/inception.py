"""InceptionV3 and InceptionResNetV2: parallel branches of convolutions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from kerashape.keras.applications.arguments import Settings
from kerashape.keras.applications.base import Application
from kerashape.keras.applications.blocks import Graph, channels
from kerashape.keras.graph import Tensor
from kerashape.keras.layers.base import Layer
from kerashape.shapes import Shape

Kernel = int | tuple[int, int]
Step = tuple[Any, ...]
"""A convolution: filters, kernel, and for those that halve the size ``HALF``."""
Branch = Sequence[Step]
HALF = "half"
AVERAGE = ("average",)
"""An average pooling that keeps the size."""
MAXIMUM = ("maximum",)
"""A maximum pooling that halves it."""

_STEM = ((32, 3, HALF), (32, 3, "valid"), (64, 3), MAXIMUM, (80, 1, "valid"), (192, 3, "valid"),
         MAXIMUM)  # fmt: skip
_ROW, _COLUMN = (1, 7), (7, 1)


@dataclass(frozen=True, kw_only=True)
class Inception(Application):
    """What both have in common."""

    min_size: ClassVar[int] = 75
    classes_text: ClassVar[str] = (
        'If using `weights="imagenet"` with `include_top=True`, `classes` should be 1000. '
        "Received classes={classes}"
    )


def conv_norm_relu(
    g: Graph, x: Tensor, filters: Any, kernel: Kernel, padding: str = "same",
    *, name: str | None = None,
) -> Tensor:  # fmt: skip
    """A convolution with batch normalization and relu."""
    strides = 1
    if padding == HALF:
        strides, padding = 2, "valid"
    x = g.conv(x, filters, kernel, strides, padding=padding, name=name)
    x = g.norm(x, scale=False, name=name and f"{name}_bn")
    return g.relu(x, name=name and f"{name}_ac")


def follow(g: Graph, x: Tensor, branch: Branch) -> Tensor:
    """A branch from end to end."""
    for step in branch:
        if step == AVERAGE:
            x = g.average_pool(x)
        elif step == MAXIMUM:
            x = g.max_pool(x)
        else:
            x = conv_norm_relu(g, x, *step)
    return x


def mix(g: Graph, x: Tensor, branches: Sequence[Branch], name: str) -> Tensor:
    """All branches on the same tensor, their channels joined."""
    return g.concatenate([follow(g, x, branch) for branch in branches], name=name)


def _small_grid(pooled: int) -> list[Branch]:
    return [
        [(64, 1)],
        [(48, 1), (64, 5)],
        [(64, 1), (96, 3), (96, 3)],
        [AVERAGE, (pooled, 1)],
    ]


def _middle_grid(width: int) -> list[Branch]:
    return [
        [(192, 1)],
        [(width, 1), (width, _ROW), (192, _COLUMN)],
        [(width, 1), (width, _COLUMN), (width, _ROW), (width, _COLUMN), (192, _ROW)],
        [AVERAGE, (192, 1)],
    ]


_MIXED: list[list[Branch]] = [
    _small_grid(32),
    _small_grid(64),
    _small_grid(64),
    [[(384, 3, HALF)], [(64, 1), (96, 3), (96, 3, HALF)], [MAXIMUM]],
    _middle_grid(128),
    _middle_grid(160),
    _middle_grid(160),
    _middle_grid(192),
    [
        [(192, 1), (320, 3, HALF)],
        [(192, 1), (192, _ROW), (192, _COLUMN), (192, 3, HALF)],
        [MAXIMUM],
    ],
]


@dataclass(frozen=True, kw_only=True)
class InceptionV3(Inception):
    """Factorized convolutions; the last two blocks fork within their branches."""

    def body(self, g: Graph, x: Tensor, a: Settings) -> Tensor:
        x = follow(g, x, _STEM)
        for index, branches in enumerate(_MIXED):
            x = mix(g, x, branches, f"mixed{index}")
        for index in range(2):
            x = _wide_grid(g, x, index)
        return x


def _wide_grid(g: Graph, x: Tensor, index: int) -> Tensor:
    single = follow(g, x, [(320, 1)])
    short = _fork(g, follow(g, x, [(384, 1)]), f"mixed9_{index}")
    long = _fork(g, follow(g, x, [(448, 1), (384, 3)]), None)
    pooled = follow(g, x, [AVERAGE, (192, 1)])
    return g.concatenate([single, short, long, pooled], name=f"mixed{9 + index}")


def _fork(g: Graph, x: Tensor, name: str | None) -> Tensor:
    branches = [[(384, (1, 3))], [(384, (3, 1))]]
    return g.concatenate([follow(g, x, branch) for branch in branches], name=name)


# The residual blocks: name, branches, how many.
_RESIDUAL: dict[str, tuple[list[Branch], int]] = {
    "block35": ([[(32, 1)], [(32, 1), (32, 3)], [(32, 1), (48, 3), (64, 3)]], 10),
    "block17": ([[(192, 1)], [(128, 1), (160, _ROW), (192, _COLUMN)]], 20),
    "block8": ([[(192, 1)], [(192, 1), (224, (1, 3)), (256, (3, 1))]], 10),
}
# What comes before each of them.
_BEFORE: dict[str, tuple[str, list[Branch]]] = {
    "block35": (
        "mixed_5b",
        [[(96, 1)], [(48, 1), (64, 5)], [(64, 1), (96, 3), (96, 3)], [AVERAGE, (64, 1)]],
    ),
    "block17": (
        "mixed_6a",
        [[(384, 3, HALF)], [(256, 1), (256, 3), (384, 3, HALF)], [MAXIMUM]],
    ),
    "block8": (
        "mixed_7a",
        [
            [(256, 1), (384, 3, HALF)],
            [(256, 1), (288, 3, HALF)],
            [(256, 1), (288, 3), (320, 3, HALF)],
            [MAXIMUM],
        ],
    ),
}


class CustomScaleLayer(Layer):
    """The sum of two tensors of equal shape, the second scaled."""

    signature = "scale"
    takes_list = True

    @property
    def callee(self) -> str:  # type: ignore[override]
        return "keras.applications.inception_resnet_v2.CustomScaleLayer"

    def output(self, inputs: Any) -> Shape:
        return inputs[0]  # type: ignore[no-any-return]


@dataclass(frozen=True, kw_only=True)
class InceptionResNetV2(Inception):
    """Inception branches as residuals."""

    def body(self, g: Graph, x: Tensor, a: Settings) -> Tensor:
        x = follow(g, x, _STEM)
        for kind, (branches, count) in _RESIDUAL.items():
            name, before = _BEFORE[kind]
            x = mix(g, x, before, name)
            for index in range(1, count + 1):
                last = kind == "block8" and index == count
                x = _residual(g, x, branches, f"{kind}_{index}", active=not last)
        return conv_norm_relu(g, x, 1536, 1, name="conv_7b")


def _residual(g: Graph, x: Tensor, branches: list[Branch], name: str, *, active: bool) -> Tensor:
    mixed = mix(g, x, branches, f"{name}_mixed")
    up = g.conv(mixed, channels(x), bias=True, name=f"{name}_conv")
    x = g.call(g.make(CustomScaleLayer, 0.1), [x, up])
    return g.relu(x, name=f"{name}_ac") if active else x


APPLICATIONS = [
    InceptionV3(name="InceptionV3", model_name="inception_v3", default_size=299),
    InceptionResNetV2(name="InceptionResNetV2", model_name="inception_resnet_v2", default_size=299),
]
