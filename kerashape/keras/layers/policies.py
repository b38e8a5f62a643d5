"""Augmentations made of others or of several images, and Pipeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from kerashape.keras.dtypes import FLOATS
from kerashape.keras.graph import Tensor, map_structure
from kerashape.keras.layers import colour, geometry
from kerashape.keras.layers.augmentation import Augmentation
from kerashape.keras.layers.base import Array, Layer, Spec
from kerashape.keras.layers.image import CenterCrop, ValueLayer
from kerashape.keras.layers.values import fault, plain
from kerashape.keras.signature import Arguments
from kerashape.keras.standardize import standardize_shape
from kerashape.shapes import Fault, Shape, Undecided, Unknown
from kerashape.shapes.broadcast import broadcast


class _Mixing(Augmentation):
    """Blends images, and their labels likewise."""

    def output(self, inputs: Any, training: Any = True) -> Any:
        if not self.within or not isinstance(inputs, Mapping) or "labels" not in inputs:
            return inputs
        images, labels = inputs.get("images"), inputs["labels"]
        if not isinstance(images, Shape) or not isinstance(labels, Shape) or not labels.rank:
            raise Undecided("what becomes of something else than images with labels")
        if images.rank == 3 or training is False:
            return inputs
        if images.rank != 4 or training is not True:
            raise Undecided("whether the labels are mixed")
        weights = Shape((images[0], 1))
        others = Shape((images[0],)) + labels[1:]
        return {**inputs, "labels": broadcast(broadcast(weights, labels), others)}


class CutMix(_Mixing):
    """Pastes a part of another image; also on a dict of images and labels."""

    signature = "factor=1.0, seed=None, data_format=None"
    has_factor = False
    bounds = (0, 1)


class MixUp(_Mixing):
    """Blends each image with another; also on a dict of images and labels."""

    signature = "alpha=0.2, data_format=None, seed=None"
    steps = "seed"


class MaxNumBoundingBoxes(Augmentation):
    """A dict with ``bounding_boxes``: their number becomes ``max_number``."""

    signature = "max_number, fill_value=-1"
    steps = "max_number fill_value"
    max_number: Any
    fill_value: Any

    def check_max_number(self) -> None:
        """What ``int()`` makes of it."""
        self.max_number = _as_int("max_number", self.max_number)

    def check_fill_value(self) -> None:
        """What ``int()`` makes of it."""
        self.fill_value = _as_int("fill_value", self.fill_value)

    def output(self, inputs: Any) -> Any:
        if not isinstance(inputs, Mapping) or "bounding_boxes" not in inputs:
            return inputs
        boxes = inputs["bounding_boxes"]
        if not isinstance(boxes, Mapping):
            raise Undecided("the bounding boxes are not a dict")
        extra = set(boxes) - {"boxes", "labels"}
        if extra:
            raise Fault(
                "wrong-arity",
                f"There are unsupported keys in `bounding_boxes`: {list(extra)}. Only `boxes` and "
                "`labels` are supported.",
                expected="`boxes` and `labels`",
                found=list(boxes),
            )
        return {
            **inputs,
            "bounding_boxes": {k: self.limited(boxes, k) for k in ("boxes", "labels")},
        }

    def limited(self, boxes: Mapping[str, Any], key: str) -> Shape:
        """The shape with ``max_number`` boxes."""
        if key not in boxes:
            raise Fault("wrong-arity", f"'{key}'", expected=f"the key {key!r}", found=list(boxes))
        dims = list(boxes[key])
        if len(dims) < 2:
            raise Fault(
                "wrong-rank",
                "list assignment index out of range",
                expected="at least 2 dimensions",
                found=boxes[key],
            )
        dims[1] = self.max_number
        return standardize_shape(dims)


def _as_int(name: str, value: Any) -> Any:
    if not plain(value):
        return Unknown(f"the value of the argument {name} is not known")
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise fault(name, str(error), value, "an integer") from None


class _Composed(Augmentation):
    """An augmentation that makes others, and hands them its own arguments."""

    parts: tuple[Layer, ...] = ()

    @property
    def sublayers(self) -> Sequence[Layer]:
        return self.parts

    def make(self, class_name: str, /, **keywords: Any) -> None:
        """Make one of the others."""
        module = geometry if hasattr(geometry, class_name) else colour
        record: type[Layer] = getattr(module, class_name)
        layer = record.construct(Arguments(keywords=keywords), self.names)
        self.parts = (*self.parts, layer)

    def handed(self) -> dict[str, Any]:
        """The keywords that go to every other: those of the base classes that were given."""
        own = ("trainable", "dtype", "autocast", "name", "activity_regularizer")
        names = (*own, "bounding_box_format", "data_format")
        return {name: self.arguments[name] for name in names if name in self.given}

    def bounds_of_factor(self) -> tuple[Any, Any]:
        """The factor as two numbers, the lower first."""
        factor = self.factor
        if not plain(factor):
            raise Undecided("the factor is not known")
        if isinstance(factor, (list, tuple)):
            low, high = sorted(factor)
            return low, high
        return max(-abs(factor), self.bounds[0]), abs(factor)

    def make_common(self, *, before: str, after: str, last: str = "") -> None:
        """The others, in Keras's order, each name with the arguments that it takes."""
        factor = self.bounds_of_factor()
        ranged = {"value_range": self.value_range}
        drawn = {"seed": self.seed, **self.handed()}
        placed = {"interpolation": self.interpolation, **drawn}
        arguments: dict[str, dict[str, Any]] = {
            "RandomShear": {"x_factor": factor, "y_factor": factor, **placed},
            "RandomTranslation": {"height_factor": factor, "width_factor": factor, **placed},
            "RandomRotation": {"factor": factor, **placed},
            "Solarization": {
                "addition_factor": factor, "threshold_factor": factor, **ranged, **drawn
            },
            "RandomPosterization": {"factor": max(1, int(8 * factor[1])), **ranged, **drawn},
            "AutoContrast": {**ranged, **self.handed()},
            "Equalization": {**ranged, **self.handed()},
        }  # fmt: skip
        for name in f"{before} {after} {last}".split():
            self.make(name, **arguments.get(name, {"factor": factor, **ranged, **drawn}))


_PLACING = "RandomShear RandomTranslation RandomRotation"
_COLOURING = "RandomBrightness RandomColorDegeneration RandomContrast RandomSharpness"


class RandAugment(_Composed):
    """Some augmentations, drawn at random for each image."""

    signature = (
        "value_range=(0, 255), num_ops=2, factor=0.5, interpolation='bilinear', seed=None, "
        "data_format=None"
    )
    has_factor = False
    bounds = (0, 1)

    def check(self) -> None:
        super().check()
        self.make_common(
            before=_PLACING,
            after=_COLOURING,
            last="Solarization RandomPosterization AutoContrast Equalization",
        )


class AugMix(_Composed):
    """Chains of augmentations, mixed."""

    signature = (
        "value_range=(0, 255), num_chains=3, chain_depth=3, factor=0.3, alpha=1.0, all_ops=True, "
        "interpolation='bilinear', seed=None, data_format=None"
    )
    has_factor = False
    bounds = (0, 1)

    def check(self) -> None:
        super().check()
        if not plain(self.all_ops):
            raise Undecided("all_ops is not known")
        self.make_common(
            before=_PLACING,
            after="Solarization RandomPosterization AutoContrast Equalization",
            last=_COLOURING if self.all_ops else "",
        )


class RandomColorJitter(_Composed):
    """Changes brightness, contrast, saturation and hue, each if its factor is given."""

    signature = (
        "value_range=(0, 255), brightness_factor=None, contrast_factor=None, "
        "saturation_factor=None, hue_factor=None, seed=None, data_format=None"
    )
    steps = "seed"
    changed: ClassVar[tuple[str, ...]] = ("brightness", "contrast", "saturation", "hue")

    def when_run(self, inputs: Shape, output: Any) -> Any:
        """By way of hue and saturation there are three channels."""
        output = super().when_run(inputs, output)
        if inputs[-3 if self.channels_first else -1] is None or inputs[-1] is None:
            raise Undecided("how many channels the images have")
        return output

    def check(self) -> None:
        super().check()
        for change in self.changed:
            factor = getattr(self, f"{change}_factor")
            if factor is not None:
                self.make(
                    f"Random{change.capitalize()}",
                    factor=factor,
                    value_range=self.value_range,
                    seed=self.seed,
                )


_NEED_SIZES = frozenset(
    {"RandomCrop", "RandomElasticTransform", "RandomErasing", "RandomPerspective"}
    | {"CutMix", "ContrastLimitedAdaptiveHistogramEqualization"}
)
"""Layers whose call computes with the sizes: traced without them, it raises or forgets them."""


def _has_sizes(images: Any) -> bool:
    if not isinstance(images, (Tensor, Array)) or images.shape.open:
        return False
    dims = images.shape.dims
    return None not in (dims[1:] if len(dims) == 4 else dims)


def _run(layer: Layer, inputs: Any) -> Any:
    """What the layer makes of the output of the one before."""
    output = layer.trace(inputs)
    one = isinstance(inputs, (Tensor, Array)) and isinstance(output, Tensor)
    crops = one and isinstance(layer, CenterCrop) and not inputs.shape.open
    if crops and layer.resizes(inputs.shape):
        output.dtype = "float32"
    return output


class Pipeline(ValueLayer):
    """Layers one after another, called as they are."""

    casts_inputs = False
    signature = "layers, name=None"
    call_signature = "inputs, training=True, mask=None"
    takes_base_arguments = False
    single_output = False

    @property
    def sublayers(self) -> Sequence[Layer]:
        if not isinstance(self.layers, (list, tuple)):
            return []
        return [layer for layer in self.layers if isinstance(layer, Layer)]

    def infer_output(self, values: dict[str, Any], shapes: dict[str, Any]) -> Any:
        if not isinstance(values["inputs"], (Tensor, Array)):
            raise Undecided("the pipeline was called on several tensors, or on plain values")
        if plain(self.layers) and not isinstance(self.layers, (str, bytes, list, tuple, dict)):
            text = f"'{type(self.layers).__name__}' object is not iterable"
            raise fault("layers", text, self.layers, "a list of layers")
        if not isinstance(self.layers, (str, bytes, list, tuple, dict)):
            raise Undecided("the layers of the pipeline are not known")
        if not self.layers:
            text = "cannot access local variable 'outputs' where it is not associated with a value"
            raise fault("layers", text, self.layers, "at least one layer")
        outputs = values["inputs"]
        for layer in self.layers:
            if plain(layer):
                text = f"'{type(layer).__name__}' object has no attribute '_call_has_mask_arg'"
                raise fault("layers", text, layer, "layers")
            if not isinstance(layer, Layer):
                raise Undecided("a layer of the pipeline is not known")
            if layer.class_name in _NEED_SIZES and not _has_sizes(outputs):
                raise Undecided("what a layer of the pipeline makes of images without known sizes")
            outputs = _run(layer, outputs)
        return map_structure(self._spec, outputs)

    def _spec(self, tensor: Tensor) -> Spec:
        """Traced, a layer casts nothing to a dtype of the code's that is no float."""
        cast = any("dtype" in x.given and x.compute_dtype not in FLOATS for x in self.sublayers)
        return Spec(tensor.shape, Unknown("a layer's dtype") if cast else tensor.dtype)
