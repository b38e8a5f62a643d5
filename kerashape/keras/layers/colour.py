"""Augmentations of the colours of images."""

from __future__ import annotations

from typing import Any

from kerashape.keras.graph import Tensor, map_structure
from kerashape.keras.layers.arguments import refuse, shown
from kerashape.keras.layers.augmentation import Augmentation, Within
from kerashape.keras.layers.base import Array, Spec
from kerashape.keras.layers.values import fault, plain
from kerashape.shapes import Fault, Shape, Undecided, Unknown


class AutoContrast(Augmentation):
    """Stretches the contrast of each channel."""

    signature = "value_range=(0, 255)"
    has_factor = False
    steps = "value_range"


class ContrastLimitedAdaptiveHistogramEqualization(Augmentation):
    """Equalizes the histograms of tiles."""

    needs_sizes = True
    signature = "value_range=(0, 255), clip_limit=4.0, tile_grid_size=(8, 8), data_format=None"
    hands_data_format = False
    steps = "data_format"

    def when_run(self, inputs: Shape, output: Any) -> Any:
        if None in inputs.dims[-3:]:
            raise Undecided("what the layer makes of images of unknown size")
        return super().when_run(inputs, output)


class Equalization(Augmentation):
    """Equalizes the histogram; returns its input as it is while the model is built."""

    signature = "value_range=(0, 255), bins=256, data_format=None"
    hands_data_format = False
    keeps_dtype = True
    integers_within = "unknown"
    steps = "value_range data_format"

    def infer_output(self, values: dict[str, Any], shapes: dict[str, Any]) -> Any:
        inputs = values["inputs"]
        if isinstance(inputs, (dict, list, tuple)):
            return map_structure(self.kept, inputs)
        return super().infer_output(values, shapes)

    def kept(self, leaf: Any) -> Any:
        """One of several tensors, as it is."""
        if not isinstance(leaf, (Tensor, Array)):
            return leaf
        floating = isinstance(leaf.dtype, str) and "float" in leaf.dtype
        if self.within and not floating:
            return Spec(leaf.shape, Unknown("whether it is an image, which is cast"))
        return Spec(leaf.shape, self.compute_dtype if floating else leaf.dtype)

    def check_value_range(self) -> None:
        try:
            super().check_value_range()
        except Fault as error:
            if not error.text.startswith("The `value_range`"):
                raise
            text = "'Equalization' object has no attribute '_VALUE_RANGE_VALIDATION_ERROR'"
            raise fault("value_range", text, self.value_range, "two numbers") from None


class RandomBrightness(Augmentation):
    """Changes the brightness."""

    signature = "factor, value_range=(0, 255), seed=None"
    hands_factor = True
    steps = "seed value_range"


class RandomColorDegeneration(Augmentation):
    """Mixes colour images with their grey version; the images have three channels."""

    signature = "factor, value_range=(0, 255), data_format=None, seed=None"
    steps = "factor value_range seed"

    def output(self, inputs: Any) -> Any:
        rank = len(list(inputs))
        if rank not in (3, 4):
            raise Fault(
                "wrong-rank",
                "Invalid images rank: expected rank 3 (single image) or rank 4 (batch of "
                f"images). Received: input_shape={shown(inputs)}",
                expected="3 or 4 dimensions",
                found=shown(inputs),
            )
        axis = -3 if self.channels_first else -1
        if self.within and not isinstance(inputs, Shape):
            raise Undecided("several tensors instead of images")
        if isinstance(inputs, dict):
            raise Fault("wrong-arity", str(axis), expected="images", found="a dict")
        if not isinstance(inputs, Shape):
            raise Undecided("several tensors instead of images")
        channels = inputs[axis]
        if channels is not None and channels != 3 and not self.within:
            raise Fault(
                "channel-mismatch",
                f"Input images must have 3 channels, but received images with {channels} channels.",
                expected="3 channels",
                found=inputs,
            )
        return inputs


def _of_colours(layer: Augmentation, inputs: Shape, output: Any) -> Any:
    """The output of a layer that goes by way of hue and saturation."""
    if inputs[-3 if layer.channels_first else -1] is None:
        raise Undecided("how many channels the images have")
    return output


class RandomContrast(Augmentation):
    """Changes the contrast."""

    signature = "factor, value_range=(0, 255), seed=None"
    bounds = (0, 1)


class RandomGrayscale(Augmentation):
    """Makes some images grey."""

    signature = "factor=0.5, data_format=None, seed=None"
    hands_data_format = False
    keeps_dtype = True
    integers_within = "unknown"
    steps = "factor data_format seed"

    def check_factor(self) -> None:
        factor = self.factor
        if plain(factor):
            refuse(
                "factor",
                lambda: factor < 0 or factor > 1,
                f"`factor` should be between 0 and 1. Received: factor={factor}",
                expected="a number from 0 to 1",
                found=factor,
            )

    def output(self, inputs: Any) -> Any:
        if not isinstance(inputs, Shape):
            text = f"'{type(inputs).__name__}' object has no attribute 'shape'"
            raise Fault("wrong-arity", text, expected="images", found=shown(inputs))
        return inputs


class RandomHue(Augmentation):
    """Changes the hue."""

    signature = "factor, value_range=(0, 255), data_format=None, seed=None"
    bounds = (0, 1)

    def when_run(self, inputs: Shape, output: Any) -> Any:
        return _of_colours(self, inputs, super().when_run(inputs, output))


class RandomInvert(Augmentation):
    """Inverts some images."""

    signature = "factor=1.0, value_range=(0, 255), seed=None, data_format=None"
    has_factor = False
    bounds = (0, 1)


class RandomPosterization(Augmentation):
    """Keeps fewer bits of each channel."""

    signature = "factor, value_range=(0, 255), data_format=None, seed=None"
    has_factor = False
    bounds = (1, 8)
    steps = "factor value_range seed"


class RandomSaturation(Augmentation):
    """Changes the saturation."""

    signature = "factor, value_range=(0, 255), data_format=None, seed=None"
    steps = "factor value_range seed"

    def when_run(self, inputs: Shape, output: Any) -> Any:
        return _of_colours(self, inputs, super().when_run(inputs, output))


class RandomSharpness(Augmentation):
    """Changes the sharpness."""

    signature = "factor, value_range=(0, 255), data_format=None, seed=None"
    has_factor = False
    bounds = (0, 1)
    steps = "factor value_range seed"


class Solarization(Within):
    """Inverts the values above a threshold."""

    signature = "addition_factor=0.0, threshold_factor=0.0, value_range=(0, 255), seed=None"
    steps = "seed addition threshold value_range"
    words = (
        "The `addition_factor` and `threshold_factor` arguments should be a number (or a list of "
        "two numbers) in the range [0, 1]. "
    )

    def check_addition(self) -> None:
        """The factor of the addition."""
        self.check_within("addition_factor")

    def check_threshold(self) -> None:
        """The factor of the threshold."""
        self.check_within("threshold_factor")
