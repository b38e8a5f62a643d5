"""EfficientNet B0 to B7."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from kerashape.keras.applications.arguments import Settings
from kerashape.keras.applications.base import Application
from kerashape.keras.applications.blocks import Graph, divisible, downsampling_padding
from kerashape.keras.graph import Tensor
from kerashape.shapes import Fault

# For each stage: kernel, blocks, filters, expansion, strides.
_STAGES = (
    (3, 1, 16, 1, 1),
    (3, 2, 24, 6, 2),
    (5, 2, 40, 6, 2),
    (3, 3, 80, 6, 2),
    (5, 3, 112, 6, 1),
    (5, 4, 192, 6, 2),
    (3, 1, 320, 6, 1),
)
_STEM, _TOP = 32, 1280
_IMAGENET_DEVIATIONS = (0.229, 0.224, 0.225)


@dataclass(frozen=True, kw_only=True)
class EfficientNet(Application):
    """Inverted residual blocks with squeeze and excitation, scaled in width and depth.

    Args:
        width: the factor on the number of filters.
        depth: the factor on the number of blocks.
        dropout: the rate before the predictions.
    """

    width: float
    depth: float
    dropout: float

    classes_text: ClassVar[str] = (
        'If using `weights="imagenet"` with `include_top` as true, `classes` should be 1000'
    )
    pool_names: ClassVar[tuple[str | None, str | None]] = ("avg_pool", "max_pool")

    def body(self, g: Graph, x: Tensor, a: Settings) -> Tensor:
        x = g("Normalization", g("Rescaling", x, 1 / 255), axis=3)
        if a.imagenet is None:
            x = g.perhaps(x, ["Rescaling"], "whether it has the layer that ImageNet weights add")
        elif a.imagenet:
            x = g("Rescaling", x, [deviation**-0.5 for deviation in _IMAGENET_DEVIATIONS])
        x = g.pad(x, downsampling_padding(x, 3), name="stem_conv_pad")
        x = g.conv(x, self.filters(_STEM), 3, 2, padding="valid", name="stem_conv")
        x = _norm_swish(g, x, "stem_bn", "stem_activation")
        first, inputs = True, self.filters(_STEM)
        for stage, (kernel, blocks, outputs, expansion, strides) in enumerate(_STAGES, start=1):
            outputs = self.filters(outputs)
            for block in range(math.ceil(self.depth * blocks)):
                x = _block(
                    g, x, inputs, outputs, kernel, expansion, 1 if block else strides,
                    f"block{stage}{chr(ord('a') + block)}_", drop=not first,
                )  # fmt: skip
                first, inputs = False, outputs
        x = g.conv(x, self.filters(_TOP), name="top_conv")
        return _norm_swish(g, x, "top_bn", "top_activation")

    def filters(self, base: int) -> int:
        return divisible(base * self.width)

    def predictions(self, g: Graph, x: Tensor, a: Settings) -> Tensor:
        return super().predictions(g, g("Dropout", x, self.dropout, name="top_dropout"), a)

    def check_after_build(self, a: Settings) -> None:
        super().check_after_build(a)
        if a.imagenet and a.name is None:  # the name of the file is made from it
            raise Fault(
                "bad-argument",
                "unsupported operand type(s) for +: 'NoneType' and 'str'",
                argument="name",
                expected="a string",
                found=None,
            )


def _block(
    g: Graph, x: Tensor, inputs: int, outputs: int, kernel: int, expansion: int, strides: int,
    prefix: str, *, drop: bool,
) -> Tensor:  # fmt: skip
    start, wide = x, inputs * expansion
    if expansion > 1:
        x = g.conv(x, wide, name=f"{prefix}expand_conv")
        x = _norm_swish(g, x, f"{prefix}expand_bn", f"{prefix}expand_activation")
    padding = "same"
    if strides == 2:
        x = g.pad(x, downsampling_padding(x, kernel), name=f"{prefix}dwconv_pad")
        padding = "valid"
    x = g.depthwise(x, kernel, strides, padding=padding, name=f"{prefix}dwconv")
    x = _norm_swish(g, x, f"{prefix}bn", f"{prefix}activation")
    x = g.squeeze_excite(x, wide, max(1, inputs // 4), "swish", prefix)
    x = g.norm(g.conv(x, outputs, name=f"{prefix}project_conv"), name=f"{prefix}project_bn")
    if strides == 1 and inputs == outputs:
        return residual(g, x, start, prefix, drop=drop)
    return x


def residual(g: Graph, x: Tensor, start: Tensor, prefix: str, *, drop: bool) -> Tensor:
    """``x`` added to where its block started; all but the first block may be dropped."""
    if drop:
        x = g("Dropout", x, 0.2, noise_shape=(None, 1, 1, 1), name=f"{prefix}drop")
    return g.add(x, start, name=f"{prefix}add")


def _norm_swish(g: Graph, x: Tensor, norm: str, activation: str) -> Tensor:
    return g.activation(g.norm(x, name=norm), "swish", name=activation)


# Width, depth, size and dropout of each variant.
_VARIANTS = (
    (1.0, 1.0, 224, 0.2),
    (1.0, 1.1, 240, 0.2),
    (1.1, 1.2, 260, 0.3),
    (1.2, 1.4, 300, 0.3),
    (1.4, 1.8, 380, 0.4),
    (1.6, 2.2, 456, 0.4),
    (1.8, 2.6, 528, 0.5),
    (2.0, 3.1, 600, 0.5),
)

APPLICATIONS = [
    EfficientNet(
        name=f"EfficientNetB{index}", model_name=f"efficientnetb{index}",
        width=width, depth=depth, default_size=size, dropout=dropout,
    )
    for index, (width, depth, size, dropout) in enumerate(_VARIANTS)
]  # fmt: skip
