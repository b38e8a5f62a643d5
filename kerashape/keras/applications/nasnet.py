"""NASNet-A, mobile and large."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from kerashape.keras.applications.arguments import Settings
from kerashape.keras.applications.base import Application
from kerashape.keras.applications.blocks import Graph, downsampling_padding
from kerashape.keras.graph import Tensor
from kerashape.shapes import Fault, Shape


@dataclass(frozen=True, kw_only=True)
class NASNet(Application):
    """Normal and reduction cells, each on the outputs of the two cells before.

    Args:
        filters: the number of filters in the first stage of normal cells.
        cells: the number of normal cells in each of the three stages.
        stem: the filters of the first convolution.
        skip_reduction: whether the first cell after a reduction looks past it.
        sized: whether it has its default size even without top.
    """

    filters: int
    cells: int
    stem: int
    skip_reduction: bool
    sized: bool

    parameters: ClassVar[str] = (
        "input_shape=None, include_top=True, weights='imagenet', input_tensor=None, "
        "pooling=None, classes=1000, classifier_activation='softmax', name={name!r}"
    )
    only_channels_last: ClassVar[str | None] = "NASNet"
    classes_text: ClassVar[str] = (
        'If using `weights` as `"imagenet"` with `include_top` as true, `classes` should be 1000'
    )
    top_pool_name: ClassVar[str | None] = None

    def check(self, a: Settings) -> None:
        super().check(a)
        given = a.input_shape
        if a.imagenet and isinstance(given, tuple) and any(dim is None for dim in given):
            raise Fault(
                "application-input",
                "When specifying the input shape of a NASNet and loading `ImageNet` weights, the "
                "input_shape argument must be static (no None entries). Got: "
                f"`input_shape={Shape(given)}`.",
                argument="input_shape",
                expected="known rows and columns, or weights=None",
                found=Shape(given),
            )

    def input_shape(self, a: Settings) -> Any:
        if self.sized and not a.top and a.input_shape is None:
            return (self.default_size, self.default_size, 3)
        return super().input_shape(a)

    def body(self, g: Graph, x: Tensor, a: Settings) -> Tensor:
        width, cells = self.filters, self.cells
        x = g.norm(g.conv(x, self.stem, 3, 2, padding="valid", name="stem_conv1"), name="stem_bn1")
        x, previous = _reduction_cell(g, x, None, width // 4, "stem_1"), x
        x, previous = _reduction_cell(g, x, previous, width // 2, "stem_2"), x
        for stage in range(3):
            if stage:
                name = f"reduce_{stage * cells}"
                width *= 2
                reduced = _reduction_cell(g, x, previous, width, name)
                x, previous = reduced, previous if self.skip_reduction else x
            for cell in range(cells):
                number = stage * cells + cell + bool(stage)
                x, previous = _normal_cell(g, x, previous, width, str(number)), x
        return g.relu(x)


def _normal_cell(g: Graph, x: Tensor, previous: Tensor, filters: int, cell: str) -> Tensor:
    p, h = _entries(g, x, previous, filters, "normal", cell)
    left = _separable(g, h, filters, 5, f"normal_left1_{cell}")
    right = _separable(g, p, filters, 3, f"normal_right1_{cell}")
    first = g.add(left, right, name=f"normal_add_1_{cell}")
    left = _separable(g, p, filters, 5, f"normal_left2_{cell}")
    right = _separable(g, p, filters, 3, f"normal_right2_{cell}")
    second = g.add(left, right, name=f"normal_add_2_{cell}")
    left = g.average_pool(h, name=f"normal_left3_{cell}")
    third = g.add(left, p, name=f"normal_add_3_{cell}")
    left = g.average_pool(p, name=f"normal_left4_{cell}")
    right = g.average_pool(p, name=f"normal_right4_{cell}")
    fourth = g.add(left, right, name=f"normal_add_4_{cell}")
    left = _separable(g, h, filters, 3, f"normal_left5_{cell}")
    fifth = g.add(left, h, name=f"normal_add_5_{cell}")
    return g.concatenate([p, first, second, third, fourth, fifth], name=f"normal_concat_{cell}")


def _reduction_cell(
    g: Graph, x: Tensor, previous: Tensor | None, filters: int, cell: str
) -> Tensor:
    p, h = _entries(g, x, previous, filters, "reduction", cell)
    padded = g.pad(h, downsampling_padding(h, 3), name=f"reduction_pad_1_{cell}")
    left = _separable(g, h, filters, 5, f"reduction_left1_{cell}", strides=2)
    right = _separable(g, p, filters, 7, f"reduction_right1_{cell}", strides=2)
    first = g.add(left, right, name=f"reduction_add_1_{cell}")
    left = g.max_pool(padded, name=f"reduction_left2_{cell}")
    right = _separable(g, p, filters, 7, f"reduction_right2_{cell}", strides=2)
    second = g.add(left, right, name=f"reduction_add_2_{cell}")
    left = g.average_pool(padded, 3, 2, padding="valid", name=f"reduction_left3_{cell}")
    right = _separable(g, p, filters, 5, f"reduction_right3_{cell}", strides=2)
    third = g.add(left, right, name=f"reduction_add3_{cell}")
    right = g.average_pool(first, name=f"reduction_left4_{cell}")
    fourth = g.add(second, right)
    left = _separable(g, first, filters, 3, f"reduction_left4_{cell}")
    right = g.max_pool(padded, name=f"reduction_right5_{cell}")
    fifth = g.add(left, right, name=f"reduction_add4_{cell}")
    return g.concatenate([second, third, fourth, fifth], name=f"reduction_concat_{cell}")


def _entries(
    g: Graph, x: Tensor, previous: Tensor | None, filters: int, kind: str, cell: str
) -> tuple[Tensor, Tensor]:
    """The two tensors that a cell combines, both of its width."""
    p = _adjusted(g, x, previous, filters, cell)
    h = g.conv(g.relu(x), filters, name=f"{kind}_conv_1_{cell}")
    return p, g.norm(h, name=f"{kind}_bn_1_{cell}")


def _adjusted(g: Graph, x: Tensor, previous: Tensor | None, filters: int, cell: str) -> Tensor:
    """The output of the cell before the last, in the size of the last and the cell's width.

    Keras compares the columns only; where they are None in both, they count as equal.
    """
    if previous is None:
        return x
    p: Any = previous
    if p.shape[-2] != x.shape[-2]:
        p = g.relu(p, name=f"adjust_relu_1_{cell}")
        halves = []
        for half in (1, 2):
            y = p
            if half == 2:  # one pixel further down and right
                y = g("Cropping2D", g.pad(y, ((0, 1), (0, 1))), ((1, 0), (1, 0)))
            y = g.average_pool(y, 1, 2, padding="valid", name=f"adjust_avg_pool_{half}_{cell}")
            halves.append(g.conv(y, filters // 2, name=f"adjust_conv_{half}_{cell}"))
        return g.norm(g.concatenate(halves), name=f"adjust_bn_{cell}")
    if p.shape[-1] != filters:
        p = g.conv(g.relu(p), filters, name=f"adjust_conv_projection_{cell}")
        return g.norm(p, name=f"adjust_bn_{cell}")
    return previous


def _separable(
    g: Graph, x: Tensor, filters: int, kernel: int, block: str, *, strides: int = 1
) -> Tensor:
    """Twice relu, separable convolution and batch normalization; the first may stride."""
    x = g.relu(x)
    padding = "same"
    if strides == 2:
        x = g.pad(x, downsampling_padding(x, kernel), name=f"separable_conv_1_pad_{block}")
        padding = "valid"
    name = f"separable_conv_1_{block}"
    x = g.separable(x, filters, kernel, strides, padding=padding, name=name)
    x = g.relu(g.norm(x, name=f"separable_conv_1_bn_{block}"))
    x = g.separable(x, filters, kernel, name=f"separable_conv_2_{block}")
    return g.norm(x, name=f"separable_conv_2_bn_{block}")


APPLICATIONS = [
    NASNet(
        name="NASNetMobile", model_name="nasnet_mobile", default_size=224,
        filters=44, cells=4, stem=32, skip_reduction=False, sized=True,
    ),
    NASNet(
        name="NASNetLarge", model_name="nasnet_large", default_size=331,
        filters=168, cells=6, stem=96, skip_reduction=True, sized=False,
    ),
]  # fmt: skip
