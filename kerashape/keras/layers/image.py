"""What the image layers have in common, and those that change the size: Resizing and crops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from kerashape.keras.graph import Operation, Tensor, flatten
from kerashape.keras.layers.arguments import refuse, settle, standard_data_format
from kerashape.keras.layers.base import Array, Layer, Spec
from kerashape.keras.layers.values import fault, plain, seed
from kerashape.keras.signature import Arguments, Signature, bind
from kerashape.keras.standardize import standardize_shape
from kerashape.shapes import Fault, Shape, Undecided, Unknown
from kerashape.shapes.broadcast import broadcast


class ValueLayer(Layer):
    """A layer that may be called on plain values; what it makes of them is not inferred.

    On data it runs, and does not go by its law for symbolic tensors: ``same_on_data`` says
    that one array becomes what the law says, though perhaps of another dtype.
    """

    same_on_data: ClassVar[bool] = True
    of_several: ClassVar[bool] = False
    """Whether it is called on a list."""

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
        if any(isinstance(leaf, Tensor) for leaf in flatten(values)):
            if self.within and not self.of_several and isinstance(first, (list, tuple)):
                raise Undecided("what the layer makes of a list when it runs")
            try:
                output = super().infer_output(values, shapes)
            except Fault:
                if self.within and isinstance(first, dict):
                    raise Undecided("what the layer makes of a dict when it runs") from None
                raise
            return self._traced(first, output) if self.within else output
        return self._on_data(values, shapes)

    def _traced(self, inputs: Any, output: Any) -> Any:
        """What comes out within another layer's ``call``, where the layer runs."""
        if not isinstance(inputs, Shape) or inputs.open:
            return output
        if isinstance(output, Spec):
            return Spec(self.when_run(inputs, output.shape), output.dtype, output.sparse)
        return self.when_run(inputs, output)

    def when_run(self, inputs: Shape, output: Any) -> Any:
        """What comes out when the layer runs, or is traced by another, if not its law's output.

        Raises:
            Fault: what it refuses only then.
        """
        return output

    def _on_data(self, values: dict[str, Any], shapes: dict[str, Any]) -> Any:
        data = next(iter(values.values()))
        if not self.same_on_data or not isinstance(data, Array):
            return Unknown("what the layer makes of data")
        try:
            law = super().infer_output(values, shapes)
            shape = law if data.shape.open else self.when_run(data.shape, law)
        except Fault:
            return Unknown("what the layer makes of data")
        floating = isinstance(data.dtype, str) and "float" in data.dtype
        dtype = self.compute_dtype if floating else Unknown("what the layer makes of integers")
        return Spec(shape, dtype) if isinstance(shape, Shape) else shape


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

    def when_run(self, inputs: Shape, output: Any) -> Any:
        shape = inputs
        for name in ("scale", "offset"):
            try:
                shape = broadcast(shape, Shape(data_shape(getattr(self, name), name)))
            except Fault as fault:
                raise Fault(
                    "op-mismatch",
                    "Dimensions must be equal, but are",
                    argument=name,
                    expected=f"as many numbers as {inputs} has channels",
                    found=fault.found,
                ) from None
        return shape


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
    needs_sizes: ClassVar[bool] = False
    """Whether it computes with height and width: without them it raises, or forgets some size."""
    factor: Any

    def __init_subclass__(cls) -> None:
        own = Signature.parse(cls.signature).names
        base = ("factor", "bounding_box_format", "data_format")
        cls.keywords = ", ".join(f"{name}=None" for name in base if name not in own)
        if "hands_factor" not in vars(cls):
            cls.hands_factor = "factor" not in own

    def infer_output(self, values: dict[str, Any], shapes: dict[str, Any]) -> Any:
        first = next(iter(shapes.values()))
        if isinstance(first, (bool, int, float, str)):
            raise Fault("not-a-tensor", "", expected="images", found=first)
        if self.within and isinstance(first, dict):
            self._check_dict(first)
        return super().infer_output(values, shapes)

    def require_sizes(self, inputs: Any, text: str) -> None:
        """Raise what a layer raises that calculates with height and width, once it runs."""
        if not isinstance(inputs, Shape) or inputs.rank not in (3, 4):
            return
        first = inputs.rank - (2 if self.channels_first else 3)
        if None in inputs.dims[first : first + 2]:
            raise Fault("undefined-dimension", text, expected="a known size", found=inputs)

    def _check_dict(self, inputs: dict[str, Any]) -> None:
        """What a layer that runs looks for in a dict."""
        if "images" not in inputs:
            raise Fault("wrong-arity", "images", expected="the key 'images'", found=list(inputs))
        form = self.arguments.get("bounding_box_format")
        if "bounding_boxes" in inputs and plain(form) and not form:
            raise Fault(
                "bad-argument",
                "You passed an input with a 'bounding_boxes' key, but you didn't specify a "
                "bounding box format. Pass a `bounding_box_format` argument to your "
                f"{self.class_name} layer",
                argument="bounding_box_format",
                expected="a format, e.g. 'xyxy'",
                found=form,
            )

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
                expected="no factor",
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

    def when_run(self, inputs: Shape, output: Any) -> Any:
        if inputs.rank not in (3, 4):
            raise Fault(
                "wrong-rank",
                "Could not automatically infer the output shape / dtype of",
                expected="3 or 4 dimensions",
                found=inputs,
            )
        first = inputs.rank - (2 if self.channels_first else 3)
        if self.needs_sizes and None in inputs.dims[first : first + 2]:
            raise Undecided("what the layer makes of images of unknown size")
        return output


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

    def infer_output(self, values: dict[str, Any], shapes: dict[str, Any]) -> Any:
        result = super().infer_output(values, shapes)
        if self.within and isinstance(next(iter(shapes.values())), dict):
            raise Undecided("what the layer makes of a dict when it runs")
        return result

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

    def when_run(self, inputs: Shape, output: Any) -> Any:
        super().when_run(inputs, output)
        methods = ("bilinear", "nearest", "lanczos3", "lanczos5", "bicubic")
        self.refuse_run(
            "interpolation",
            lambda: plain(self.interpolation) and self.interpolation not in methods,
            "Invalid value for argument `interpolation`. Expected of one",
        )
        self.refuse_run(
            "fill_mode",
            lambda: plain(self.fill_mode) and self.fill_mode != "constant",
            "Invalid value for argument `fill_mode`. Only `'constant'` is supported.",
        )
        self.refuse_run(
            "pad_to_aspect_ratio",
            lambda: (
                plain(self.pad_to_aspect_ratio)
                and plain(self.crop_to_aspect_ratio)
                and self.pad_to_aspect_ratio
                and self.crop_to_aspect_ratio
            ),
            "Only one of `pad_to_aspect_ratio` & `crop_to_aspect_ratio` can be `True`.",
        )
        return output

    def refuse_run(self, name: str, wrong: Callable[[], Any], text: str) -> None:
        """Refuse an argument that only the run looks at."""
        refuse(name, wrong, text, found=getattr(self, name))


class CenterCrop(_Sized):
    """(batch, h, w, c) -> (batch, height, width, c), or without the batch."""

    signature = "height, width, data_format=None"

    def when_run(self, inputs: Shape, output: Any) -> Any:
        """With one size unknown, TensorFlow tells neither, unless the image is resized."""
        super().when_run(inputs, output)
        first = inputs.rank - (2 if self.channels_first else 3)
        if self.resizes(inputs) or None not in inputs.dims[first : first + 2]:
            return output
        return output.replace(first, None).replace(first + 1, None)

    def _traced(self, inputs: Any, output: Any) -> Any:
        shape = super()._traced(inputs, output)
        known = isinstance(inputs, Shape) and not inputs.open and isinstance(shape, Shape)
        return Spec(shape, "float32") if known and self.resizes(inputs) else shape

    def resizes(self, inputs: Shape) -> bool:
        """Whether the image is smaller than what is cropped: it is then resized, to floats."""
        first = inputs.rank - (2 if self.channels_first else 3)
        sizes = zip(inputs.dims[first : first + 2], (self.height, self.width))
        return any(size is not None and size < wanted for size, wanted in sizes)

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

    needs_sizes = True
    casts_inputs = False
    signature = "height, width, seed=None, data_format=None, name=None"
    has_factor = True
    hands_data_format = False

    def check(self) -> None:
        super().check()
        seed(self)
        standard_data_format(self)

    def output(self, inputs: Any, training: Any = True) -> Shape:
        if self.within and training is not True:
            raise Undecided("whether the image is cropped")
        return self.sized(inputs, -2 if self.channels_first else -3)


def data_shape(value: Any, name: str) -> tuple[Any, ...]:
    """``numpy.shape`` of a number, of nested lists or of an array.

    Raises:
        Fault: ``bad-argument`` where the lists are ragged.
        Undecided: if the value is not known.
    """
    if isinstance(value, Array):
        return tuple(value.shape)
    if isinstance(value, (list, tuple)):
        shapes = [data_shape(item, name) for item in value]
        if any(shape != shapes[0] for shape in shapes):
            raise fault(
                name,
                "setting an array element with a sequence. The requested array has an",
                value,
            )
        return (len(value), *(shapes[0] if shapes else ()))
    if not plain(value):
        raise Undecided("the shape of an argument is not known")
    return ()
