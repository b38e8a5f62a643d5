"""Image augmentation: layers that keep the shape of the images.

``steps`` names the checks of a constructor after those of its base class, in Keras's order.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from kerashape.keras.layers import values
from kerashape.keras.layers.arguments import refuse, shown, standard_data_format
from kerashape.keras.layers.features import fault
from kerashape.keras.layers.image import ImageLayer
from kerashape.keras.layers.values import plain
from kerashape.shapes import Fault, Shape, Undecided

_MODES = ("reflect", "wrap", "constant", "nearest")


class Augmentation(ImageLayer):
    """What the augmentations have in common: their checks, by name."""

    steps: ClassVar[str] = "factor seed"
    interpolations: ClassVar[tuple[str, ...]] = ("nearest", "bilinear")
    fill_modes: ClassVar[tuple[str, ...]] = _MODES

    def check(self) -> None:
        super().check()
        for step in self.steps.split():
            getattr(self, f"check_{step}")()

    def check_data_format(self) -> None:
        """Of a layer that does not hand it to its base class."""
        standard_data_format(self)

    def check_seed(self) -> None:
        """Keras: "Argument `seed` must be an integer"."""
        values.seed(self)

    def check_value_range(self) -> None:
        """Keras: "The `value_range` argument should be a list of two numbers"."""
        given = self.value_range
        if not plain(given):
            return
        refuse(
            "value_range",
            lambda: not isinstance(given, (list, tuple)) or len(given) != 2 or not sorted(given),
            "The `value_range` argument should be a list of two numbers. "
            f"Received: value_range={given}",
            expected="a list of two numbers",
            found=given,
        )

    def check_interpolation(self) -> None:
        """Keras: "Unknown `interpolation`"."""
        self._check_choice("interpolation", self.interpolations)

    def check_fill_mode(self) -> None:
        """Keras: "Unknown `fill_mode`"."""
        self._check_choice("fill_mode", self.fill_modes)

    def _check_choice(self, name: str, supported: tuple[str, ...]) -> None:
        value = getattr(self, name)
        if plain(value) and value not in supported:
            text = f"Unknown `{name}` {value}. Expected of one "
            raise fault(name, text, value, f"one of {', '.join(map(repr, supported))}")


class _Within(Augmentation):
    """A layer with factors of its own, whose every number has to be within bounds."""

    has_factor = False
    words: ClassVar[str]
    low: ClassVar[float] = 0.0
    open_below: ClassVar[bool] = False

    def check_within(self, name: str) -> None:
        """A number within the bounds, or two."""
        factor = getattr(self, name)
        if not plain(factor):
            return
        several = isinstance(factor, (list, tuple))
        if (several and len(factor) == 2) or isinstance(factor, (int, float)):
            for number in factor if several else [factor]:
                refuse(
                    name,
                    lambda number=number: (  # type: ignore[misc]
                        number > 1.0
                        or (number <= self.low if self.open_below else number < self.low)
                    ),
                    f"{self.words}Received: input_number={number}",
                    expected=f"numbers from {self.low} to 1",
                    found=factor,
                )
            return
        raise fault(name, f"{self.words}Received: {name}={factor}", factor, "a number, or two")

    def check_height(self) -> None:
        """The factor of the height."""
        self.check_within("height_factor")

    def check_width(self) -> None:
        """The factor of the width, which may be left out."""
        if self.width_factor is not None or not self.open_below:
            self.check_within("width_factor")


# -- colours ------------------------------------------------------------------------------


class AutoContrast(Augmentation):
    """Stretches the contrast of each channel."""

    signature = "value_range=(0, 255)"
    has_factor = False
    steps = "value_range"


class ContrastLimitedAdaptiveHistogramEqualization(Augmentation):
    """Equalizes the histograms of tiles."""

    signature = "value_range=(0, 255), clip_limit=4.0, tile_grid_size=(8, 8), data_format=None"
    hands_data_format = False
    steps = "data_format"


class Equalization(Augmentation):
    """Equalizes the histogram; returns its input as it is while the model is built."""

    signature = "value_range=(0, 255), bins=256, data_format=None"
    hands_data_format = False
    keeps_dtype = True
    steps = "value_range data_format"

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
        rank = len(inputs) if isinstance(inputs, Mapping) else len(list(inputs))
        if rank not in (3, 4):
            raise Fault(
                "wrong-rank",
                "Invalid images rank: expected rank 3 (single image) or rank 4 (batch of "
                f"images). Received: input_shape={shown(inputs)}",
                expected="3 or 4 dimensions",
                found=shown(inputs),
            )
        if not isinstance(inputs, Shape):
            raise Undecided("several tensors instead of images")
        channels = inputs[-3 if self.channels_first else -1]
        if channels is not None and channels != 3:
            raise Fault(
                "channel-mismatch",
                f"Input images must have 3 channels, but received images with {channels} channels.",
                expected="3 channels",
                found=inputs,
            )
        return inputs


class RandomContrast(Augmentation):
    """Changes the contrast."""

    signature = "factor, value_range=(0, 255), seed=None"
    bounds = (0, 1)


class RandomGrayscale(Augmentation):
    """Makes some images grey."""

    signature = "factor=0.5, data_format=None, seed=None"
    hands_data_format = False
    keeps_dtype = True
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


class RandomSharpness(Augmentation):
    """Changes the sharpness."""

    signature = "factor, value_range=(0, 255), data_format=None, seed=None"
    has_factor = False
    bounds = (0, 1)
    steps = "factor value_range seed"


class Solarization(_Within):
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


# -- geometry -----------------------------------------------------------------------------


class RandomElasticTransform(Augmentation):
    """Moves the pixels about."""

    signature = (
        "factor=1.0, scale=1.0, interpolation='bilinear', fill_mode='reflect', fill_value=0.0, "
        "value_range=(0, 255), seed=None, data_format=None"
    )
    has_factor = False
    bounds = (0, 1)
    steps = "factor scale seed interpolation fill_mode"
    fill_modes = ("constant", "nearest", "wrap", "mirror", "reflect")

    def check_scale(self) -> None:
        """The scale, within the bounds of a factor."""
        self.check_range("scale")

    def check_fill_mode(self) -> None:
        if plain(self.fill_mode) and isinstance(self.fill_mode, (list, dict)):
            text = "unhashable type: "
            raise fault("fill_mode", text, self.fill_mode, f"one of {self.fill_modes}")
        super().check_fill_mode()


class RandomErasing(Augmentation):
    """Erases a rectangle."""

    signature = (
        "factor=1.0, scale=(0.02, 0.33), fill_value=None, value_range=(0, 255), seed=None, "
        "data_format=None"
    )
    has_factor = False
    bounds = (0, 1)
    steps = "factor scale seed"

    def check_scale(self) -> None:
        """The scale, within the bounds of a factor."""
        self.check_range("scale")


class RandomFlip(Augmentation):
    """Flips some images."""

    signature = "mode='horizontal_and_vertical', seed=None, data_format=None"
    has_factor = False
    steps = "seed"


class RandomGaussianBlur(Augmentation):
    """Blurs the images."""

    signature = (
        "factor=1.0, kernel_size=3, sigma=1.0, value_range=(0, 255), data_format=None, seed=None"
    )
    has_factor = False
    bounds = (0, 1)
    steps = "factor kernel_size sigma seed"

    def check_kernel_size(self) -> None:
        """Keras: "kernel_size must be an odd number"."""
        size = self.kernel_size
        if not plain(size):
            return
        text = f"kernel_size must be an odd number. Received: kernel_size={size}"
        if isinstance(size, (list, tuple)) and len(size) != 2:
            text = (
                "The `kernel_size` argument should be a number (or a list of two numbers) "
                f"Received: kernel_size={size}"
            )

        def wrong() -> bool:
            if isinstance(size, (list, tuple)):
                return len(size) != 2 or size[0] % 2 == 0 or size[1] % 2 == 0
            return not isinstance(size, (int, float)) or size % 2 == 0

        refuse("kernel_size", wrong, text, expected="an odd number, or two", found=size)

    def check_sigma(self) -> None:
        """The deviation, within the bounds of a factor."""
        self.check_range("sigma")


class RandomPerspective(Augmentation):
    """Changes the perspective."""

    signature = (
        "factor=1.0, scale=1.0, interpolation='bilinear', fill_value=0.0, seed=None, "
        "data_format=None"
    )
    has_factor = False
    bounds = (0, 1)
    steps = "factor seed scale interpolation"

    def check_scale(self) -> None:
        """Keras: "The `scale` argument should be a number in the range [0,1]"."""
        scale = self.scale
        if plain(scale):
            refuse(
                "scale",
                lambda: scale < 0.0 or scale > 1.0,
                "The `scale` argument should be a number in the range [0,1]. "
                f"Received: scale={scale}",
                expected="a number from 0 to 1",
                found=scale,
            )


class RandomRotation(Augmentation):
    """Turns the images."""

    signature = (
        "factor, fill_mode='reflect', interpolation='bilinear', seed=None, fill_value=0.0, "
        "data_format=None"
    )
    hands_factor = True
    steps = "seed fill_mode interpolation"


class RandomShear(_Within):
    """Shears the images."""

    signature = (
        "x_factor=0.0, y_factor=0.0, interpolation='bilinear', fill_mode='reflect', "
        "fill_value=0.0, data_format=None, seed=None"
    )
    steps = "x y fill_mode interpolation seed"
    words = (
        "The `factor` argument should be a number (or a list of two numbers) in the range "
        "[0, 1.0]. "
    )

    def check_x(self) -> None:
        """The factor of the width."""
        self.check_within("x_factor")

    def check_y(self) -> None:
        """The factor of the height."""
        self.check_within("y_factor")


class RandomTranslation(_Within):
    """Moves the images."""

    signature = (
        "height_factor, width_factor, fill_mode='reflect', interpolation='bilinear', seed=None, "
        "fill_value=0.0, data_format=None"
    )
    steps = "height width fill_mode interpolation seed"
    low = -1.0
    words = (
        "The `factor` argument should be a number (or a list of two numbers) in the range "
        "[-1.0, 1.0]. "
    )


class RandomZoom(_Within):
    """Zooms into the images, or out of them."""

    signature = (
        "height_factor, width_factor=None, fill_mode='reflect', interpolation='bilinear', "
        "seed=None, fill_value=0.0, data_format=None"
    )
    hands_data_format = False
    steps = "height width fill_mode interpolation seed data_format"
    low = -1.0
    open_below = True
    words = (
        "The `height_factor` and `width_factor` arguments should be a number (or a list of two "
        "numbers) in the range (-1.0, 1.0]. "
    )
