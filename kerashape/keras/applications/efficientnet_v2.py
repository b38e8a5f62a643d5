"""EfficientNetV2 B0 to B3, S, M and L."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from kerashape.keras.applications.arguments import Settings, maybe
from kerashape.keras.applications.base import Application
from kerashape.keras.applications.blocks import Graph
from kerashape.keras.applications.efficientnet import residual
from kerashape.keras.graph import Tensor
from kerashape.shapes import Fault, Undecided, Unknown

# The filters of the stem; then for each stage: blocks, filters, expansion, strides,
# whether the expansion is fused with the depthwise convolution.
_B = (32, ((1, 16, 1, 1, True), (2, 32, 4, 2, True), (2, 48, 4, 2, True),
           (3, 96, 4, 2, False), (5, 112, 6, 1, False), (8, 192, 6, 2, False)))  # fmt: skip
_S = (24, ((2, 24, 1, 1, True), (4, 48, 4, 2, True), (4, 64, 4, 2, True),
           (6, 128, 4, 2, False), (9, 160, 6, 1, False), (15, 256, 6, 2, False)))  # fmt: skip
_M = (24, ((3, 24, 1, 1, True), (5, 48, 4, 2, True), (5, 80, 4, 2, True),
           (7, 160, 4, 2, False), (14, 176, 6, 1, False), (18, 304, 6, 2, False),
           (5, 512, 6, 1, False)))  # fmt: skip
_L = (32, ((4, 32, 1, 1, True), (7, 64, 4, 2, True), (7, 96, 4, 2, True),
           (10, 192, 4, 2, False), (19, 224, 6, 1, False), (25, 384, 6, 2, False),
           (7, 640, 6, 1, False)))  # fmt: skip
# Keras looks the stages up by the name that the model is given, whatever the constructor.
_STAGES = {
    **{f"efficientnetv2-b{index}": _B for index in range(4)},
    "efficientnetv2-s": _S, "efficientnetv2-m": _M, "efficientnetv2-l": _L,
}  # fmt: skip
_TOP = 1280


@dataclass(frozen=True, kw_only=True)
class EfficientNetV2(Application):
    """EfficientNet whose first stages fuse expansion and depthwise convolution.

    Args:
        width: the factor on the number of filters.
        depth: the factor on the number of blocks.
    """

    width: float = 1.0
    depth: float = 1.0

    parameters: ClassVar[str] = (
        "include_top=True, weights='imagenet', input_tensor=None, input_shape=None, "
        "pooling=None, classes=1000, classifier_activation='softmax', "
        "include_preprocessing=True, name={name!r}"
    )
    classes_text: ClassVar[str] = (
        'If using `weights="imagenet"` with `include_top` as true, `classes` should be 1000'
    )
    pool_names: ClassVar[tuple[str | None, str | None]] = ("avg_pool", "max_pool")

    def check(self, a: Settings) -> None:
        if isinstance(a.name, Unknown):
            raise Undecided(a.name.reason)
        if a.name not in _STAGES:
            raise Fault(
                "bad-argument",
                repr(a.name),
                argument="name",
                expected=f"one of {', '.join(map(repr, _STAGES))}",
                found=a.name,
                help="leave `name` out, and name the model that contains this one",
            )
        super().check(a)

    def check_after_shape(self, a: Settings, shape: object) -> None:
        a.channels = shape[-1]  # type: ignore[index]

    def body(self, g: Graph, x: Tensor, a: Settings) -> Tensor:
        x = self.preprocessing(g, x, a)
        stem, stages = _STAGES[a.name]
        first, inputs = True, self.filters(stem)
        x = _conv_norm_swish(g, x, inputs, 3, 2, "stem_", "stem_conv")
        for stage, (blocks, outputs, expansion, strides, fused) in enumerate(stages, start=1):
            outputs = self.filters(outputs)
            block = _fused_block if fused else _block
            for index in range(math.ceil(self.depth * blocks)):
                prefix = f"block{stage}{chr(ord('a') + index)}_"
                step = 1 if index else strides
                start, x = x, block(g, x, inputs, outputs, expansion, step, prefix)
                if step == 1 and inputs == outputs:
                    x = residual(g, x, start, prefix, drop=not first)
                first, inputs = False, outputs
        return _conv_norm_swish(g, x, self.filters(_TOP), 1, 1, "top_", "top_conv")

    def filters(self, base: int) -> int:
        return max(8, int(base * self.width + 4) // 8 * 8)

    def preprocessing(self, g: Graph, x: Tensor, a: Settings) -> Tensor:
        included = maybe(lambda: a.include_preprocessing)
        if included is False:
            return x
        standardized = a.name[-2] == "b" and maybe(lambda: a.channels == 3)
        if included is None or standardized is None:
            return g.perhaps(x, ["Rescaling", "Normalization"], "its preprocessing layers")
        if not standardized:
            return g("Rescaling", x, 1 / 128, -1)
        x = g("Rescaling", x, 1 / 255)
        return g("Normalization", x, axis=3, mean=_MEAN, variance=_VARIANCE)

    def predictions(self, g: Graph, x: Tensor, a: Settings) -> Tensor:
        return super().predictions(g, g("Dropout", x, 0.2, name="top_dropout"), a)


_MEAN = (0.485, 0.456, 0.406)
_VARIANCE = (0.229**2, 0.224**2, 0.225**2)


def _block(
    g: Graph, x: Tensor, inputs: int, outputs: int, expansion: int, strides: int, prefix: str
) -> Tensor:
    wide = inputs * expansion
    x = _conv_norm_swish(g, x, wide, 1, 1, f"{prefix}expand_", f"{prefix}expand_conv")
    x = g.norm(g.depthwise(x, 3, strides, name=f"{prefix}dwconv2"), name=f"{prefix}bn")
    x = g.activation(x, "swish", name=f"{prefix}activation")
    x = g.squeeze_excite(x, wide, max(1, inputs // 4), "swish", prefix)
    return g.norm(g.conv(x, outputs, name=f"{prefix}project_conv"), name=f"{prefix}project_bn")


def _fused_block(
    g: Graph, x: Tensor, inputs: int, outputs: int, expansion: int, strides: int, prefix: str
) -> Tensor:
    project = f"{prefix}project_"
    if expansion == 1:
        return _conv_norm_swish(g, x, outputs, 3, strides, project, f"{project}conv")
    expand = f"{prefix}expand_"
    x = _conv_norm_swish(g, x, inputs * expansion, 3, strides, expand, f"{expand}conv")
    return g.norm(g.conv(x, outputs, name=f"{project}conv"), name=f"{project}bn")


def _conv_norm_swish(
    g: Graph, x: Tensor, filters: int, kernel: int, strides: int, prefix: str, name: str
) -> Tensor:
    x = g.norm(g.conv(x, filters, kernel, strides, name=name), name=f"{prefix}bn")
    return g.activation(x, "swish", name=f"{prefix}activation")


# Size, width and depth of each variant.
_VARIANTS = {
    "B0": (224, 1.0, 1.0),
    "B1": (240, 1.0, 1.1),
    "B2": (260, 1.1, 1.2),
    "B3": (300, 1.2, 1.4),
    "S": (384, 1.0, 1.0),
    "M": (480, 1.0, 1.0),
    "L": (480, 1.0, 1.0),
}

APPLICATIONS = [
    EfficientNetV2(
        name=f"EfficientNetV2{variant}", model_name=f"efficientnetv2-{variant.lower()}",
        default_size=size, width=width, depth=depth,
    )
    for variant, (size, width, depth) in _VARIANTS.items()
]  # fmt: skip
