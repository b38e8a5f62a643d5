"""Augmentations that move, turn, blur or hide parts of images."""

from __future__ import annotations

from typing import Any

from kerashape.keras.layers.arguments import refuse
from kerashape.keras.layers.augmentation import Augmentation, Within
from kerashape.keras.layers.values import fault, plain


class RandomElasticTransform(Augmentation):
    """Moves the pixels about."""

    needs_sizes = True
    signature = (
        "factor=1.0, scale=1.0, interpolation='bilinear', fill_mode='reflect', fill_value=0.0, "
        "value_range=(0, 255), seed=None, data_format=None"
    )
    has_factor = False
    bounds = (0, 1)
    steps = "factor scale seed interpolation fill_mode"
    fill_modes = ("constant", "nearest", "wrap", "mirror", "reflect")

    def output(self, inputs: Any, training: Any = True) -> Any:
        if self.within and training is True and self._moves():
            self.require_sizes(inputs, "'>' not supported between instances of '")
        return inputs

    def _moves(self) -> bool:
        """Whether it certainly moves something."""
        return all(
            isinstance(bound, (int, float)) and bound > 0 for bound in (self.factor, self.scale)
        )

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

    casts_inputs = False
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

    needs_sizes = True
    signature = (
        "factor=1.0, scale=1.0, interpolation='bilinear', fill_value=0.0, seed=None, "
        "data_format=None"
    )
    has_factor = False
    bounds = (0, 1)
    steps = "factor seed scale interpolation"

    def output(self, inputs: Any, training: Any = True) -> Any:
        if self.within and training is True:
            self.require_sizes(inputs, "unsupported operand type(s) for -: 'NoneType' and 'int'")
        return inputs

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


class RandomShear(Within):
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


class RandomTranslation(Within):
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


class RandomZoom(Within):
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
