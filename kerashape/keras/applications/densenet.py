"""DenseNet 121, 169 and 201."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from kerashape.keras.applications.arguments import Settings
from kerashape.keras.applications.base import Application
from kerashape.keras.applications.blocks import Graph
from kerashape.keras.graph import Tensor

_GROWTH = 32
_STEM = 64


@dataclass(frozen=True, kw_only=True)
class DenseNet(Application):
    """Blocks whose every layer sees all before it; transitions halve channels and size.

    Args:
        depths: the number of layers in each of the four dense blocks.
    """

    depths: tuple[int, int, int, int]

    only_channels_last: ClassVar[str | None] = "DenseNet"
    classes_text: ClassVar[str] = (
        'If using `weights` as `"imagenet"` with `include_top` as true, `classes` should be 1000'
    )
    pool_names: ClassVar[tuple[str | None, str | None]] = ("avg_pool", "max_pool")

    def body(self, g: Graph, x: Tensor, a: Settings) -> Tensor:
        x = g.conv(g.pad(x, 3), _STEM, 7, 2, padding="valid", name="conv1_conv")
        x = g.relu(g.norm(x, name="conv1_bn"), name="conv1_relu")
        x = g.max_pool(g.pad(x, 1), name="pool1")
        width = _STEM
        for block, depth in enumerate(self.depths, start=2):
            for layer in range(1, depth + 1):
                x = _dense_layer(g, x, f"conv{block}_block{layer}")
            width += depth * _GROWTH
            if block < 5:
                width //= 2
                x = _transition(g, x, width, f"pool{block}")
        return g.relu(g.norm(x, name="bn"), name="relu")


def _dense_layer(g: Graph, x: Tensor, name: str) -> Tensor:
    y = g.relu(g.norm(x, name=f"{name}_0_bn"), name=f"{name}_0_relu")
    y = g.conv(y, 4 * _GROWTH, name=f"{name}_1_conv")
    y = g.relu(g.norm(y, name=f"{name}_1_bn"), name=f"{name}_1_relu")
    y = g.conv(y, _GROWTH, 3, name=f"{name}_2_conv")
    return g.concatenate([x, y], name=f"{name}_concat")


def _transition(g: Graph, x: Tensor, width: int, name: str) -> Tensor:
    x = g.relu(g.norm(x, name=f"{name}_bn"), name=f"{name}_relu")
    x = g.conv(x, width, name=f"{name}_conv")
    return g.average_pool(x, 2, 2, padding="valid", name=f"{name}_pool")


_DEPTHS = {"121": (6, 12, 24, 16), "169": (6, 12, 32, 32), "201": (6, 12, 48, 32)}

APPLICATIONS = [
    DenseNet(name=f"DenseNet{size}", model_name=f"densenet{size}", depths=depths)
    for size, depths in _DEPTHS.items()
]
