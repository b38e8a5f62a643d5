"""ResNet 50, 101 and 152, first and second version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from kerashape.keras.applications.arguments import Settings
from kerashape.keras.applications.base import Application
from kerashape.keras.applications.blocks import Graph
from kerashape.keras.graph import Tensor

_WIDTHS = (64, 128, 256, 512)


@dataclass(frozen=True, kw_only=True)
class ResNet(Application):
    """Bottleneck blocks; batch normalization after each convolution.

    Args:
        depths: the number of blocks in each of the four stages.
    """

    depths: tuple[int, int, int, int]

    imagenet_quoted: ClassVar[str] = "'imagenet'"
    pool_names: ClassVar[tuple[str | None, str | None]] = ("avg_pool", "max_pool")

    def body(self, g: Graph, x: Tensor, a: Settings) -> Tensor:
        x = self.stem(g, x)
        x = g.max_pool(g.pad(x, 1, name="pool1_pad"), name="pool1_pool")
        for stage, (width, depth) in enumerate(zip(_WIDTHS, self.depths), start=2):
            for block in range(1, depth + 1):
                x = self.block(g, x, width, stage, block, f"conv{stage}_block{block}")
        return self.tail(g, x)

    def stem(self, g: Graph, x: Tensor) -> Tensor:
        x = g.pad(x, 3, name="conv1_pad")
        x = g.conv(x, 64, 7, 2, padding="valid", bias=True, name="conv1_conv")
        return g.relu(g.norm(x, name="conv1_bn"), name="conv1_relu")

    def block(self, g: Graph, x: Tensor, width: int, stage: int, block: int, name: str) -> Tensor:
        strides = 2 if block == 1 and stage > 2 else 1
        shortcut = x
        if block == 1:
            shortcut = g.conv(x, 4 * width, 1, strides, bias=True, name=f"{name}_0_conv")
            shortcut = g.norm(shortcut, name=f"{name}_0_bn")
        for step, (kernel, step_strides) in enumerate([(1, strides), (3, 1)], start=1):
            x = g.conv(x, width, kernel, step_strides, bias=True, name=f"{name}_{step}_conv")
            x = g.norm(x, name=f"{name}_{step}_bn")
            x = g.relu(x, name=f"{name}_{step}_relu")
        x = g.conv(x, 4 * width, bias=True, name=f"{name}_3_conv")
        x = g.norm(x, name=f"{name}_3_bn")
        return g.relu(g.add(shortcut, x, name=f"{name}_add"), name=f"{name}_out")

    def tail(self, g: Graph, x: Tensor) -> Tensor:
        return x


@dataclass(frozen=True, kw_only=True)
class ResNetV2(ResNet):
    """Batch normalization before each convolution; a stage shrinks in its last block."""

    def stem(self, g: Graph, x: Tensor) -> Tensor:
        x = g.pad(x, 3, name="conv1_pad")
        return g.conv(x, 64, 7, 2, padding="valid", bias=True, name="conv1_conv")

    def block(self, g: Graph, x: Tensor, width: int, stage: int, block: int, name: str) -> Tensor:
        strides = 2 if block == self.depths[stage - 2] and stage < 5 else 1
        active = g.relu(g.norm(x, name=f"{name}_preact_bn"), name=f"{name}_preact_relu")
        shortcut = x
        if block == 1:
            shortcut = g.conv(active, 4 * width, bias=True, name=f"{name}_0_conv")
        elif strides > 1:
            shortcut = g.max_pool(x, 1, strides)
        x = g.conv(active, width, name=f"{name}_1_conv")
        x = g.relu(g.norm(x, name=f"{name}_1_bn"), name=f"{name}_1_relu")
        x = g.pad(x, 1, name=f"{name}_2_pad")
        x = g.conv(x, width, 3, strides, padding="valid", name=f"{name}_2_conv")
        x = g.relu(g.norm(x, name=f"{name}_2_bn"), name=f"{name}_2_relu")
        x = g.conv(x, 4 * width, bias=True, name=f"{name}_3_conv")
        return g.add(shortcut, x, name=f"{name}_out")

    def tail(self, g: Graph, x: Tensor) -> Tensor:
        return g.relu(g.norm(x, name="post_bn"), name="post_relu")


_DEPTHS = {"ResNet50": (3, 4, 6, 3), "ResNet101": (3, 4, 23, 3), "ResNet152": (3, 8, 36, 3)}

APPLICATIONS = [
    family(name=name + suffix, model_name=(name + suffix).lower(), depths=depths)
    for family, suffix in ((ResNet, ""), (ResNetV2, "V2"))
    for name, depths in _DEPTHS.items()
]
