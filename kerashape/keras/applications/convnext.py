"""ConvNeXt, tiny to extra large."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from kerashape.keras.applications.arguments import (
    Settings,
    certainly,
    check_classifier_activation,
    maybe,
)
from kerashape.keras.applications.base import Application
from kerashape.keras.applications.blocks import Graph
from kerashape.keras.graph import Tensor
from kerashape.keras.layers.base import Layer
from kerashape.keras.models import Sequential
from kerashape.shapes import Fault, Shape, Undecided, Unknown

_EPSILON = 1e-6
_DEVIATIONS = (0.229, 0.224, 0.225)
_MEAN = tuple(255 * mean for mean in (0.485, 0.456, 0.406))
_VARIANCE = tuple((255 * deviation) ** 2 for deviation in _DEVIATIONS)


class LayerScale(Layer):
    """Scales each channel: gamma (channels,)."""

    signature = "init_values, projection_dim"

    @property
    def callee(self) -> str:  # type: ignore[override]
        return "keras.applications.convnext.LayerScale"

    def build(self, inputs: Shape) -> None:
        self.weight("gamma", (self.projection_dim,))


@dataclass(frozen=True, kw_only=True)
class ConvNeXt(Application):
    """Depthwise convolutions with an inverted bottleneck, in the manner of transformers.

    Args:
        depths: the number of blocks in each of the four stages.
        widths: the number of channels in each.
    """

    depths: tuple[int, int, int, int]
    widths: tuple[int, int, int, int]

    parameters: ClassVar[str] = (
        "include_top=True, include_preprocessing=True, weights='imagenet', input_tensor=None, "
        "input_shape=None, pooling=None, classes=1000, classifier_activation='softmax', "
        "name={name!r}"
    )
    only_channels_last: ClassVar[str | None] = "ConvNeXt"
    classes_text: ClassVar[str] = (
        'If using `weights="imagenet"` with `include_top=True`, `classes` should be 1000. '
        "Received classes={classes}"
    )

    def check_after_shape(self, a: Settings, shape: Any) -> None:
        a.channels = shape[-1]
        preprocessing = certainly(lambda: a.include_preprocessing and a.channels == 3)
        if a.name is None and preprocessing:
            raise Fault(
                "bad-argument",
                "module 'keras.src.backend' has no attribute 'get_uid'",
                argument="name",
                expected="a string",
                found=None,
            )
        if not isinstance(a.name, Unknown):
            a.name + "_stage"

    def body(self, g: Graph, x: Tensor, a: Settings) -> Tensor:
        name = Name(a.name)
        x = self.preprocessing(g, x, a, name("_prestem_normalization"))
        halvings = [self.stem(g, name), *(self.halving(g, name, i) for i in range(3))]
        for stage, (depth, width, halving) in enumerate(zip(self.depths, self.widths, halvings)):
            x = _apply(g, halving, x)
            for block in range(depth):
                x = _block(g, x, width, Name(name(f"_stage_{stage}_block_{block}")))
        return x

    def preprocessing(self, g: Graph, x: Tensor, a: Settings, name: str | Unknown) -> Tensor:
        wanted = maybe(lambda: a.include_preprocessing)
        if wanted is not False:
            wanted = maybe(lambda: a.channels == 3) and wanted
        if wanted is None:
            return g.perhaps(x, [], "whether it has a preprocessing layer")
        if not wanted:
            return x
        return g("Normalization", x, mean=_MEAN, variance=_VARIANCE, name=name)

    def stem(self, g: Graph, name: Name) -> Sequential:
        conv = g.layer("Conv2D", self.widths[0], 4, strides=4, name=name("_stem_conv"))
        norm = g.layer("LayerNormalization", epsilon=_EPSILON, name=name("_stem_layernorm"))
        return _sequential(g, name("_stem"), conv, norm)

    def halving(self, g: Graph, name: Name, index: int) -> Sequential:
        norm = g.layer(
            "LayerNormalization", epsilon=_EPSILON, name=name(f"_downsampling_layernorm_{index}")
        )
        conv = g.layer(
            "Conv2D", self.widths[index + 1], 2, strides=2, name=name(f"_downsampling_conv_{index}")
        )
        return _sequential(g, name(f"_downsampling_block_{index}"), norm, conv)

    def classifier(self, g: Graph, x: Tensor, a: Settings) -> Tensor:
        check_classifier_activation(a)
        name = Name(a.name)
        x = g("GlobalAveragePooling2D", x, name=name("_head_gap"))
        x = g("LayerNormalization", x, epsilon=_EPSILON, name=name("_head_layernorm"))
        return g(
            "Dense", x, a.classes, activation=a.classifier_activation, name=name("_head_dense")
        )

    def features(self, g: Graph, x: Tensor, a: Settings) -> Tensor:
        return g("LayerNormalization", super().features(g, x, a), epsilon=_EPSILON)

    def check_after_build(self, a: Settings) -> None:
        super().check_after_build(a)
        assert self.model_name is not None
        if a.imagenet and isinstance(a.name, str) and self.model_name not in a.name:
            raise Fault(
                "bad-argument",
                f'Model name "{a.name}" does not match weights variant "{self.model_name}".',
                argument="name",
                expected=f"a name that contains {self.model_name}, or weights=None",
                found=a.name,
            )


class Name:
    """The name that those of the inner layers start with; they are unknown if it is."""

    def __init__(self, start: Any) -> None:
        self.start = start

    def __call__(self, end: str) -> str | Unknown:
        return self.start if isinstance(self.start, Unknown) else f"{self.start}{end}"


def _block(g: Graph, x: Tensor, width: int, name: Name) -> Tensor:
    y = g("Conv2D", x, width, 7, padding="same", groups=width, name=name("_depthwise_conv"))
    y = g("LayerNormalization", y, epsilon=_EPSILON, name=name("_layernorm"))
    y = g("Dense", y, 4 * width, name=name("_pointwise_conv_1"))
    y = g.activation(y, "gelu", name=name("_gelu"))
    y = g("Dense", y, width, name=name("_pointwise_conv_2"))
    y = g.call(g.make(LayerScale, _EPSILON, width, name=name("_layer_scale")), y)
    y = g.activation(y, "linear", name=name("_identity"))
    return g.op("add", x, y)


def _sequential(g: Graph, name: str | Unknown, *layers: Layer) -> Sequential:
    model: Sequential = Sequential.empty(name=name, names=g.names)
    for layer in layers:
        model.add(layer, g.names, build=False)
    return model


def _apply(g: Graph, model: Sequential, x: Tensor) -> Tensor:
    for call in model.build_for(x.shape, g.names):
        if call.fault is not None:
            raise call.fault
    if model.graph is None:
        raise Undecided("a shape within the model is not known")
    return g.call(model, x)


_DEEP = (3, 3, 27, 3)

APPLICATIONS = [
    ConvNeXt(
        name=f"ConvNeXt{size}", model_name=f"convnext_{size.lower()}",
        depths=(3, 3, 9, 3) if size == "Tiny" else _DEEP,
        widths=(width, 2 * width, 4 * width, 8 * width),
    )
    for size, width in {"Tiny": 96, "Small": 96, "Base": 128, "Large": 192, "XLarge": 256}.items()
]  # fmt: skip
