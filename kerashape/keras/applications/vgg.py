"""VGG16 and VGG19: plain stacks of convolutions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from kerashape.keras.applications.arguments import Settings
from kerashape.keras.applications.base import Application
from kerashape.keras.applications.blocks import Graph
from kerashape.keras.graph import Tensor

_WIDTHS = (64, 128, 256, 512, 512)


@dataclass(frozen=True, kw_only=True)
class VGG(Application):
    """Five blocks of 3x3 convolutions, each halved by a pooling.

    Args:
        depths: the number of convolutions in each block.
    """

    depths: tuple[int, int, int, int, int]

    imagenet_quoted: ClassVar[str] = "'imagenet'"

    def body(self, g: Graph, x: Tensor, a: Settings) -> Tensor:
        for block, (width, depth) in enumerate(zip(_WIDTHS, self.depths), start=1):
            for step in range(1, depth + 1):
                name = f"block{block}_conv{step}"
                x = g.conv(x, width, 3, bias=True, activation="relu", name=name)
            x = g.max_pool(x, 2, 2, name=f"block{block}_pool")
        return x

    def classifier(self, g: Graph, x: Tensor, a: Settings) -> Tensor:
        x = g("Flatten", x, name="flatten")
        for name in ("fc1", "fc2"):
            x = g("Dense", x, 4096, activation="relu", name=name)
        return self.predictions(g, x, a)


APPLICATIONS = [
    VGG(name="VGG16", model_name="vgg16", depths=(2, 2, 3, 3, 3)),
    VGG(name="VGG19", model_name="vgg19", depths=(2, 2, 4, 4, 4)),
]
