"""Image augmentation: layers that keep the shape of the images.

``steps`` names the checks of a constructor after those of its base class, in Keras's order.
"""

from __future__ import annotations

from typing import ClassVar

from kerashape.keras.layers import values
from kerashape.keras.layers.arguments import refuse, standard_data_format
from kerashape.keras.layers.image import ImageLayer
from kerashape.keras.layers.values import fault, plain

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


class Within(Augmentation):
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
