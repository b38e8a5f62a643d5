"""MobileNet, the first version; what all versions share about sizes and widths."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, ClassVar

from kerashape.keras.applications.arguments import (
    Settings,
    certainly,
    check_classifier_activation,
    plain_shape,
    standard_input_shape,
)
from kerashape.keras.applications.base import Application
from kerashape.keras.applications.blocks import Graph
from kerashape.keras.graph import Tensor
from kerashape.shapes import Dim, Fault, Symbol, Unknown

# Pointwise filters and strides of the depthwise separable blocks.
_BLOCKS = (
    (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1),
    (512, 1), (512, 1), (512, 1), (1024, 2), (1024, 1),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class SizedApplication(Application):
    """A MobileNet of any width, whose ImageNet weights exist for several sizes.

    Attributes:
        sizes: the sizes with weights of their own.
        widths: the values of ``alpha`` with ImageNet weights.
        alpha_text: what Keras says about another ``alpha``.
        prefix: how an automatic model name starts.
    """

    sizes: ClassVar[Collection[int]]
    widths: ClassVar[Collection[float]]
    alpha_text: ClassVar[str]
    prefix: ClassVar[str]

    def sides(self, a: Settings) -> tuple[Dim, Dim] | None:
        """The rows and columns by which the default size is chosen."""
        given = plain_shape(a.input_shape)
        return None if given is None else sides_of(given)

    def input_shape(self, a: Settings) -> Any:
        sides = self.sides(a)
        size: Any = self.default_size
        if sides is not None:
            known = [side for side in sides if not isinstance(side, Symbol)]
            if not known:
                size = sides[0]
            elif known[0] in self.sizes and known[0] == known[-1]:
                size = known[0]
        return standard_input_shape(
            a.input_shape, size=size, minimum=self.min_size, top=a.top, imagenet=a.imagenet
        )

    def check_after_shape(self, a: Settings, shape: Any) -> None:
        if a.imagenet and a.alpha not in self.widths:
            raise Fault(
                "bad-argument",
                self.alpha_text.format(alpha=a.alpha),
                argument="alpha",
                expected=f"one of {', '.join(map(str, self.widths))}, or weights=None",
                found=a.alpha,
            )
        a.stem = self.stem(a.alpha)

    def stem(self, alpha: Any) -> int:
        """The filters of the first convolution; Python refuses what is no finite number."""
        return int(32 * alpha)

    def choose_name(self, a: Settings, shape: Any) -> Any:
        if a.name is not None:
            return a.name
        rows, columns = shape[:2]
        if isinstance(rows, Symbol) or isinstance(columns, Symbol) or a.imagenet is None:
            return Unknown("the model is named after its input size")
        if a.imagenet and (rows != columns or rows not in self.sizes):
            rows = 224
        return f"{self.prefix}_{a.alpha:0.2f}_{rows}"


@dataclass(frozen=True, kw_only=True)
class MobileNet(SizedApplication):
    """Depthwise separable convolutions."""

    parameters: ClassVar[str] = (
        "input_shape=None, alpha=1.0, depth_multiplier=1, dropout=1e-3, include_top=True, "
        "weights='imagenet', input_tensor=None, pooling=None, classes=1000, "
        "classifier_activation='softmax', name={name!r}"
    )
    imagenet_quoted: ClassVar[str] = "'imagenet'"
    sizes: ClassVar[Collection[int]] = (128, 160, 192, 224)
    widths: ClassVar[Collection[float]] = (0.25, 0.5, 0.75, 1.0)
    alpha_text: ClassVar[str] = (
        "If imagenet weights are being loaded, alpha can be one of`0.25`, `0.50`, `0.75` or "
        "`1.0` only.  Received alpha={alpha}"
    )
    prefix: ClassVar[str] = "mobilenet"

    def check_after_shape(self, a: Settings, shape: Any) -> None:
        if a.imagenet and certainly(lambda: a.depth_multiplier != 1):
            raise Fault(
                "bad-argument",
                "If imagenet weights are being loaded, depth multiplier must be 1.  "
                f"Received depth_multiplier={a.depth_multiplier}",
                argument="depth_multiplier",
                expected="1, or weights=None",
                found=a.depth_multiplier,
            )
        super().check_after_shape(a, shape)

    def body(self, g: Graph, x: Tensor, a: Settings) -> Tensor:
        x = _norm_relu6(g, g.conv(x, a.stem, 3, 2, name="conv1"), "conv1")
        for index, (filters, strides) in enumerate(_BLOCKS, start=1):
            padding = "same"
            if strides == 2:
                x = g.pad(x, ((0, 1), (0, 1)), name=f"conv_pad_{index}")
                padding = "valid"
            name = f"conv_dw_{index}"
            x = g.depthwise(
                x, 3, strides, padding=padding, depth_multiplier=a.depth_multiplier, name=name
            )
            x = _norm_relu6(g, x, name)
            name = f"conv_pw_{index}"
            x = _norm_relu6(g, g.conv(x, int(filters * a.alpha), name=name), name)
        return x

    def classifier(self, g: Graph, x: Tensor, a: Settings) -> Tensor:
        x = g("GlobalAveragePooling2D", x, keepdims=True)
        x = g("Dropout", x, a.dropout, name="dropout")
        x = g.conv(x, a.classes, bias=True, name="conv_preds")
        x = g("Reshape", x, (a.classes,), name="reshape_2")
        check_classifier_activation(a)
        return g.activation(x, a.classifier_activation, name="predictions")


def sides_of(given: Any) -> tuple[Dim, Dim] | None:
    """The rows and columns of an ``input_shape`` argument; None where it is not known."""
    return None if isinstance(given, Unknown) else (given[0], given[1])


def _norm_relu6(g: Graph, x: Tensor, name: str) -> Tensor:
    return g("ReLU", g.norm(x, name=f"{name}_bn"), 6.0, name=f"{name}_relu")


APPLICATIONS = [MobileNet(name="MobileNet", model_name=None)]
