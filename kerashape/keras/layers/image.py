"""What the image layers have in common, and those that change the size: Resizing and crops."""

from __future__ import annotations

from typing import Any, ClassVar

from kerashape.keras.graph import Operation, flatten
from kerashape.keras.layers.arguments import refuse, settle, standard_data_format
from kerashape.keras.layers.base import Layer
from kerashape.keras.layers.values import plain, seed
from kerashape.keras.signature import Arguments, Signature, bind
from kerashape.keras.standardize import standardize_shape
from kerashape.shapes import Fault, Shape, Unknown


class ValueLayer(Layer):
    """A layer that may be called on plain values; what it makes of them is not inferred."""

    call_signature = "inputs"
    accepts_values = True

    def infer_output(self, values: dict[str, Any], shapes: dict[str, Any]) -> Any:
        first = next(iter(shapes.values()))
        if first is None:
            raise Fault(
                "not-a-tensor",
                "Attempt to convert a value (None) with an unsupported type "
                "(<class 'NoneType'>) to a Tensor.",
                expected="a tensor",
                found=None,
            )
        if isinstance(first, Operation):
            raise Fault(
                "not-a-tensor",
                "Attempt to convert a value (",
                expected="a tensor",
                found=first,
            )
        leaves = list(flatten(first))
        if not leaves or not all(isinstance(leaf, Shape) for leaf in leaves):
            return Unknown("the layer was called on plain values")
        return super().infer_output(values, shapes)


class DataLayer(ValueLayer):
    """A layer that also runs inside a data pipeline: one positional argument."""

    def bind_call(self, arguments: Arguments) -> dict[str, Any]:
        bound = bind(Signature.parse("inputs, **kwargs"), arguments, "DataLayer.__call__")
        inputs = bound.values["inputs"]
        if isinstance(inputs, (list, tuple, dict)) and not list(flatten(inputs)):
            raise Fault(
                "not-a-tensor", "list index out of range", expected="a tensor", found=inputs
            )
        return super().bind_call(arguments)


class Rescaling(DataLayer):
    """Any shape, times ``scale`` plus ``offset``."""

    signature = "scale, offset=0.0"


class ImageLayer(DataLayer):
    """A layer on images, or on a dict of images, labels, boxes and masks.

    ``has_factor`` says that the base class takes a ``factor`` (Keras: ``_USE_BASE_FACTOR``),
    ``bounds`` are the limits of a factor; ``hands_factor`` and ``hands_data_format`` say that
    the layer hands its own argument of that name to the base class.
    """

    call_signature = "inputs, *, training=True"
    has_factor: ClassVar[bool] = True
    hands_factor: ClassVar[bool] = False
    hands_data_format: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (-1, 1)
    factor: Any

    def __init_subclass__(cls) -> None:
        own = Signature.parse(cls.signature).names
        base = ("factor", "bounding_box_format", "data_format")
        cls.keywords = ", ".join(f"{name}=None" for name in base if name not in own)
        if "hands_factor" not in vars(cls):
            cls.hands_factor = "factor" not in own

    def check(self) -> None:
        if self.hands_data_format:
            standard_data_format(self)
        if self.hands_factor and self.has_factor:
            if not plain(self.factor) or self.factor:
                self.check_factor()
        elif self.hands_factor and self.factor is not None and plain(self.factor):
            raise Fault(
                "bad-argument",
                f"Layer {self.class_name} does not take a `factor` argument. "
                f"Received: factor={self.factor}",
                argument="factor",
                found=self.factor,
            )

    def check_factor(self) -> None:
        """Keras: "The `factor` argument should be a number (or a list of two numbers)"."""
        self.check_range("factor")

    def check_range(self, name: str) -> None:
        """A number within the bounds, or two of which one may be."""
        factor = getattr(self, name)
        low, high = self.bounds
        if not plain(factor):
            return

        def outside() -> bool:
            if isinstance(factor, (list, tuple)):
                if len(factor) != 2 or factor[0] > high or factor[1] < low:
                    return True
                return not sorted(factor)
            return not isinstance(factor, (int, float)) or factor < low or factor > high

        refuse(
            name,
            outside,
            f"The `{name}` argument should be a number (or a list of two numbers) in the range "
            f"[{low}, {high}]. Received: factor={factor}",
            expected=f"a number from {low} to {high}, or two",
            found=factor,
        )

    @property
    def channels_first(self) -> bool:
        """Whether the channels come before height and width."""
        return bool(self.data_format == "channels_first")


class _Sized(ImageLayer):
    """A layer whose output has ``height`` and ``width``."""

    has_factor = False

    def check(self) -> None:
        settle(self, "height", "width")
        super().check()

    def sized(self, inputs: Any, first: int) -> Shape:
        """The shape with the dimensions at ``first`` and after it replaced.

        Keras takes the shapes of several tensors for the dimensions of one.
        """
        dims: list[Any] = list(inputs)
        try:
            dims[first], dims[first + 1] = self.height, self.width
        except IndexError:
            raise Fault(
                "wrong-rank",
                "list assignment index out of range",
                expected="3 or 4 dimensions",
                found=inputs,
            ) from None
        if not isinstance(inputs, Shape) and isinstance(dims[0], (Shape, list, tuple, str)):
            raise Fault("not-a-tensor", "to a shape.", expected="one tensor", found=inputs)
        return standardize_shape(tuple(dims))

    def output(self, inputs: Any) -> Shape:
        batched = len(list(inputs)) == 4
        return self.sized(inputs, batched + self.channels_first)

    def fallback(self, first: Any) -> Shape:
        return Shape.unknown()


class Resizing(_Sized):
    """(batch, h, w, c) -> (batch, height, width, c), or without the batch."""

    signature = (
        "height, width, interpolation='bilinear', crop_to_aspect_ratio=False, "
        "pad_to_aspect_ratio=False, fill_mode='constant', fill_value=0.0, antialias=False, "
        "data_format=None"
    )


class CenterCrop(_Sized):
    """(batch, h, w, c) -> (batch, height, width, c), or without the batch."""

    signature = "height, width, data_format=None"

    def output(self, inputs: Any) -> Shape:
        dims = list(inputs)
        if not dims:
            raise Fault("wrong-rank", "list index out of range", expected="3 or 4 dimensions")
        if isinstance(dims[0], (Shape, list, tuple)) or len(dims) not in (3, 4):
            raise Fault(
                "wrong-rank",
                "`input_shape` must be a non-nested tuple or list of rank-1 with size 3 "
                "(unbatched) or 4 (batched). ",
                expected="3 or 4 dimensions",
                found=inputs,
            )
        return super().output(inputs)


class RandomCrop(_Sized):
    """(batch, h, w, c) -> (batch, height, width, c), or without the batch."""

    signature = "height, width, seed=None, data_format=None, name=None"
    has_factor = True
    hands_data_format = False

    def check(self) -> None:
        super().check()
        seed(self)
        standard_data_format(self)

    def output(self, inputs: Any) -> Shape:
        return self.sized(inputs, -2 if self.channels_first else -3)
