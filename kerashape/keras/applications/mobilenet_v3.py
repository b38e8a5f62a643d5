"""MobileNetV3, small and large."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from kerashape.keras.applications.arguments import (
    Settings,
    check_classifier_activation,
    maybe,
    plain_shape,
)
from kerashape.keras.applications.base import Application
from kerashape.keras.applications.blocks import Graph, channels, divisible, downsampling_padding
from kerashape.keras.applications.mobilenet import sides_of
from kerashape.keras.applications.mobilenet_v2 import check_same_columns, sides_of_tensor
from kerashape.keras.graph import Tensor
from kerashape.shapes import Fault, Shape, Unknown, unknown_dim

# For each block: expansion, filters, whether the kernel is large, strides, whether it has
# squeeze and excitation, whether its activation is hard swish.
_SMALL = (
    (1, 16, False, 2, True, False),
    (72 / 16, 24, False, 2, False, False),
    (88 / 24, 24, False, 1, False, False),
    (4, 40, True, 2, True, True),
    (6, 40, True, 1, True, True),
    (6, 40, True, 1, True, True),
    (3, 48, True, 1, True, True),
    (3, 48, True, 1, True, True),
    (6, 96, True, 2, True, True),
    (6, 96, True, 1, True, True),
    (6, 96, True, 1, True, True),
)
_LARGE = (
    (1, 16, False, 1, False, False),
    (4, 24, False, 2, False, False),
    (3, 24, False, 1, False, False),
    (3, 40, True, 2, True, False),
    (3, 40, True, 1, True, False),
    (3, 40, True, 1, True, False),
    (6, 80, False, 2, False, True),
    (2.5, 80, False, 1, False, True),
    (2.3, 80, False, 1, False, True),
    (2.3, 80, False, 1, False, True),
    (6, 112, False, 1, True, True),
    (6, 112, False, 1, True, True),
    (6, 160, True, 2, True, True),
    (6, 160, True, 1, True, True),
    (6, 160, True, 1, True, True),
)


@dataclass(frozen=True, kw_only=True)
class MobileNetV3(Application):
    """Inverted residual blocks found by architecture search.

    Args:
        blocks: the table of blocks.
        last: the filters of the last convolution before the predictions.
    """

    blocks: tuple[tuple[float, int, bool, int, bool, bool], ...]
    last: int

    parameters: ClassVar[str] = (
        "input_shape=None, alpha=1.0, minimalistic=False, include_top=True, "
        "weights='imagenet', input_tensor=None, classes=1000, pooling=None, "
        "dropout_rate=0.2, classifier_activation='softmax', include_preprocessing=True, "
        "name={name!r}"
    )
    classes_text: ClassVar[str] = (
        'If using `weights="imagenet"` with `include_top` as true, `classes` should be 1000.  '
        "Received classes={classes}"
    )
    pool_names: ClassVar[tuple[str | None, str | None]] = ("avg_pool", "max_pool")

    def check(self, a: Settings) -> None:
        super().check(a)
        a.minimalistic = bool(a.minimalistic)

    def input_shape(self, a: Settings) -> Any:
        given, tensor = plain_shape(a.input_shape), a.input_tensor
        if given is not None and tensor is not None and not isinstance(tensor, Unknown):
            sides = sides_of(given)
            if sides is not None:
                check_same_columns(
                    tensor,
                    given,
                    sides[1],
                    not_a_tensor="input_tensor specified: ",
                    differs="input_shape[1] must equal input_tensor.shape[2].  Received "
                    "input_shape={given}, input_tensor.shape={tensor}",
                )
        elif given is None and isinstance(tensor, Tensor):
            sides = sides_of_tensor(tensor)
            given = Unknown("its rank") if sides is None else (sides[1], sides[0], 3)
        elif given is None and tensor is None:
            given = (None, None, 3)
        if isinstance(given, Unknown) or (given is None and isinstance(tensor, Unknown)):
            return (unknown_dim(), unknown_dim(), unknown_dim())
        rows, columns = given[0], given[1]
        if maybe(lambda: rows and columns and (rows < 32 or columns < 32)):
            raise Fault(
                "application-input",
                f"Input size must be at least 32x32; Received `input_shape={Shape(given)}`",
                argument="input_shape",
                expected="at least 32 rows and columns",
                found=Shape(given),
            )
        return given

    def check_after_shape(self, a: Settings, shape: Any) -> None:
        a.last = divisible(self.last * a.alpha) if a.alpha > 1.0 else self.last
        a.dropped = a.top and a.dropout_rate > 0
        if a.imagenet and a.alpha not in ((1.0,) if a.minimalistic else (0.75, 1.0)):
            raise Fault(
                "bad-argument",
                "If imagenet weights are being loaded, alpha can be one of `0.75`, `1.0` for non "
                "minimalistic or `1.0` for minimalistic only.",
                argument="alpha",
                expected="1.0" if a.minimalistic else "0.75 or 1.0",
                found=a.alpha,
            )

    def body(self, g: Graph, x: Tensor, a: Settings) -> Tensor:
        included = maybe(lambda: a.include_preprocessing)
        if included is None:
            x = g.perhaps(x, ["Rescaling"], "whether it has a preprocessing layer")
        elif included:
            x = g("Rescaling", x, 1 / 127.5, -1.0)
        hard = not a.minimalistic
        x = _activation(g, g.norm(g.conv(x, 16, 3, 2, name="conv"), name="conv_bn"), hard)
        for index, (expansion, filters, large, strides, gated, swish) in enumerate(self.blocks):
            x = _block(
                g, x, index, expansion, divisible(filters * a.alpha), 5 if large and hard else 3,
                strides, gated=gated and hard, hard=swish and hard,
            )  # fmt: skip
        x = g.norm(g.conv(x, divisible(_width(x) * 6), name="conv_1"), name="conv_1_bn")
        return _activation(g, x, hard)

    def classifier(self, g: Graph, x: Tensor, a: Settings) -> Tensor:
        x = g("GlobalAveragePooling2D", x, keepdims=True)
        x = _activation(g, g.conv(x, a.last, bias=True, name="conv_2"), not a.minimalistic)
        if a.dropped:
            x = g("Dropout", x, a.dropout_rate)
        x = g("Flatten", g.conv(x, a.classes, bias=True, name="logits"))
        check_classifier_activation(a)
        return g.activation(x, a.classifier_activation, name="predictions")


def _block(
    g: Graph, x: Tensor, index: int, expansion: float, filters: int, kernel: int, strides: int,
    *, gated: bool, hard: bool,
) -> Tensor:  # fmt: skip
    start, inputs = x, _width(x)
    wide = divisible(inputs * expansion)
    prefix = f"expanded_conv_{index}_" if index else "expanded_conv_"
    if index:
        x = g.norm(g.conv(x, wide, name=f"{prefix}expand"), name=f"{prefix}expand_bn")
        x = _activation(g, x, hard)
    padding = "same"
    if strides == 2:
        x = g.pad(x, downsampling_padding(x, kernel), name=f"{prefix}depthwise_pad")
        padding = "valid"
    x = g.depthwise(x, kernel, strides, padding=padding, name=f"{prefix}depthwise")
    x = _activation(g, g.norm(x, name=f"{prefix}depthwise_bn"), hard)
    if gated:
        x = _squeeze_excite(g, x, wide, f"{prefix}squeeze_excite_")
    x = g.norm(g.conv(x, filters, name=f"{prefix}project"), name=f"{prefix}project_bn")
    if strides == 1 and inputs == filters:
        return g.add(start, x, name=f"{prefix}add")
    return x


def _squeeze_excite(g: Graph, x: Tensor, filters: int, prefix: str) -> Tensor:
    gate = g("GlobalAveragePooling2D", x, keepdims=True, name=f"{prefix}avg_pool")
    gate = g.conv(gate, divisible(filters / 4), bias=True, name=f"{prefix}conv")
    gate = g("ReLU", gate, name=f"{prefix}relu")
    gate = g.conv(gate, filters, bias=True, name=f"{prefix}conv_1")
    gate = g("ReLU", g.op("add", gate, 3.0), 6.0)
    return g.multiply(x, g.op("multiply", gate, 1 / 6), name=f"{prefix}mul")


def _activation(g: Graph, x: Tensor, hard: bool) -> Tensor:
    return g.activation(x, "hard_swish") if hard else g("ReLU", x)


def _width(x: Tensor) -> int:
    width = channels(x)
    assert isinstance(width, int)
    return width


APPLICATIONS = [
    MobileNetV3(name="MobileNetV3Small", model_name="MobileNetV3Small", blocks=_SMALL, last=1024),
    MobileNetV3(name="MobileNetV3Large", model_name="MobileNetV3Large", blocks=_LARGE, last=1280),
]
