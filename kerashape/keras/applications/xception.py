"""Xception."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from kerashape.keras.applications.arguments import Settings
from kerashape.keras.applications.base import Application
from kerashape.keras.applications.blocks import Graph
from kerashape.keras.graph import Tensor

_MIDDLE = 728
# The blocks that halve the size: their number, and the filters of their two convolutions.
_ENTRY = ((2, 128, 128), (3, 256, 256), (4, _MIDDLE, _MIDDLE))
_EXIT = (13, _MIDDLE, 1024)


@dataclass(frozen=True, kw_only=True)
class Xception(Application):
    """Separable convolutions with residual connections."""

    min_size: ClassVar[int] = 71
    imagenet_quoted: ClassVar[str] = "'imagenet'"

    def body(self, g: Graph, x: Tensor, a: Settings) -> Tensor:
        for name, filters, strides in (("block1_conv1", 32, 2), ("block1_conv2", 64, 1)):
            x = g.conv(x, filters, 3, strides, padding="valid", name=name)
            x = g.relu(g.norm(x, name=f"{name}_bn"), name=f"{name}_act")
        for entry in _ENTRY:
            x = _halving(g, x, *entry)
        for block in range(5, 13):
            start = x
            for step in (1, 2, 3):
                x = _relu_separable(g, x, _MIDDLE, f"block{block}_sepconv{step}")
            x = g.add(x, start)
        x = _halving(g, x, *_EXIT)
        for step, filters in ((1, 1536), (2, 2048)):
            name = f"block14_sepconv{step}"
            x = g.norm(g.separable(x, filters, name=name), name=f"{name}_bn")
            x = g.relu(x, name=f"{name}_act")
        return x


def _halving(g: Graph, x: Tensor, block: int, first: int, second: int) -> Tensor:
    shortcut = g.norm(g.conv(x, second, 1, 2))
    # The very first block starts from an activation already.
    x = _relu_separable(g, x, first, f"block{block}_sepconv1", active=block > 2)
    x = _relu_separable(g, x, second, f"block{block}_sepconv2")
    x = g.max_pool(x, padding="same", name=f"block{block}_pool")
    return g.add(x, shortcut)


def _relu_separable(g: Graph, x: Tensor, filters: int, name: str, *, active: bool = True) -> Tensor:
    if active:
        x = g.relu(x, name=f"{name}_act")
    return g.norm(g.separable(x, filters, name=name), name=f"{name}_bn")


APPLICATIONS = [Xception(name="Xception", model_name="xception", default_size=299)]
