"""MobileNetV2."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, ClassVar

from kerashape.keras.applications.arguments import Settings, certainly, plain_shape
from kerashape.keras.applications.blocks import Graph, channels, divisible, downsampling_padding
from kerashape.keras.applications.mobilenet import SizedApplication, sides_of
from kerashape.keras.graph import Tensor
from kerashape.shapes import Dim, Fault, Shape, Unknown

# For each stage: blocks, filters, strides.
_STAGES = ((1, 16, 1), (2, 24, 2), (3, 32, 2), (4, 64, 2), (3, 96, 1), (3, 160, 2), (1, 320, 1))
_EXPANSION = 6


@dataclass(frozen=True, kw_only=True)
class MobileNetV2(SizedApplication):
    """Inverted residual blocks with linear bottlenecks."""

    parameters: ClassVar[str] = (
        "input_shape=None, alpha=1.0, include_top=True, weights='imagenet', "
        "input_tensor=None, pooling=None, classes=1000, classifier_activation='softmax', "
        "name={name!r}"
    )
    classes_text: ClassVar[str] = (
        'If using `weights="imagenet"` with `include_top` as true, `classes` should be 1000. '
        "Received `classes={classes}`"
    )
    top_pool_name: ClassVar[str | None] = None
    sizes: ClassVar[Collection[int]] = (96, 128, 160, 192, 224)
    widths: ClassVar[Collection[float]] = (0.35, 0.5, 0.75, 1.0, 1.3, 1.4)
    alpha_text: ClassVar[str] = (
        "If imagenet weights are being loaded, alpha must be one of `0.35`, `0.50`, `0.75`, "
        "`1.0`, `1.3` or `1.4` only; Received `alpha={alpha}`"
    )
    prefix: ClassVar[str] = "mobilenetv2"

    def sides(self, a: Settings) -> tuple[Dim, Dim] | None:
        given, tensor = plain_shape(a.input_shape), a.input_tensor
        if given is None:
            return sides_of_tensor(tensor) if isinstance(tensor, Tensor) else None
        sides = sides_of(given)
        if sides is not None and tensor is not None and not isinstance(tensor, Unknown):
            check_same_columns(
                tensor,
                given,
                sides[1],
                not_a_tensor="input_tensor is not a Keras tensor; Received `input_tensor=",
                differs="input_tensor.shape[2] must equal input_shape[1]; Received "
                "`input_tensor.shape={tensor}`, `input_shape={given}`",
            )
        return sides

    def stem(self, alpha: Any) -> int:
        return divisible(32 * alpha)

    def body(self, g: Graph, x: Tensor, a: Settings) -> Tensor:
        x = g.conv(x, a.stem, 3, 2, name="Conv1")
        x = g("ReLU", g.norm(x, name="bn_Conv1"), 6.0, name="Conv1_relu")
        index = 0
        for blocks, filters, strides in _STAGES:
            for block in range(blocks):
                x = _block(g, x, divisible(int(filters * a.alpha)), 1 if block else strides, index)
                index += 1
        x = g.conv(x, divisible(1280 * max(a.alpha, 1.0)), padding="valid", name="Conv_1")
        return g("ReLU", g.norm(x, name="Conv_1_bn"), 6.0, name="out_relu")


def _block(g: Graph, x: Tensor, filters: int, strides: int, index: int) -> Tensor:
    start, inputs = x, channels(x)
    assert isinstance(inputs, int)
    prefix = f"block_{index}_" if index else "expanded_conv_"
    if index:
        x = g.norm(
            g.conv(x, _EXPANSION * inputs, name=f"{prefix}expand"), name=f"{prefix}expand_BN"
        )
        x = g("ReLU", x, 6.0, name=f"{prefix}expand_relu")
    padding = "same"
    if strides == 2:
        x = g.pad(x, downsampling_padding(x, 3), name=f"{prefix}pad")
        padding = "valid"
    x = g.depthwise(x, 3, strides, padding=padding, name=f"{prefix}depthwise")
    x = g("ReLU", g.norm(x, name=f"{prefix}depthwise_BN"), 6.0, name=f"{prefix}depthwise_relu")
    x = g.norm(g.conv(x, filters, name=f"{prefix}project"), name=f"{prefix}project_BN")
    if inputs == filters and strides == 1:
        return g.add(start, x, name=f"{prefix}add")
    return x


def sides_of_tensor(tensor: Tensor) -> tuple[Dim, Dim] | None:
    """The rows and columns of an input tensor; None where its rank is not known.

    Raises:
        Fault: ``wrong-rank`` if it has none.
    """
    if tensor.shape.open:
        return None
    if len(tensor.shape) < 3:
        raise Fault(
            "wrong-rank",
            "tuple index out of range",
            argument="input_tensor",
            expected="(batch, rows, columns, channels)",
            found=tensor.shape,
        )
    return (tensor.shape[1], tensor.shape[2])


def check_same_columns(
    tensor: Any, given: Any, columns: Dim, *, not_a_tensor: str, differs: str
) -> None:
    """``input_shape`` and ``input_tensor`` must agree where both are given.

    Raises:
        Fault: ``not-a-tensor``, ``wrong-rank`` or ``application-input``.
    """
    if not isinstance(tensor, Tensor):
        raise Fault(
            "not-a-tensor",
            not_a_tensor,
            argument="input_tensor",
            expected="a symbolic tensor",
            found=tensor,
        )
    sides = sides_of_tensor(tensor)
    if sides is not None and certainly(lambda: sides[1] != columns):
        raise Fault(
            "application-input",
            differs.format(tensor=tensor.shape, given=Shape(given)),
            argument="input_shape",
            expected=tensor.shape,
            found=Shape(given),
        )


APPLICATIONS = [MobileNetV2(name="MobileNetV2", model_name=None)]
