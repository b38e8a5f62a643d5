"""What every application does around its architecture.

An application checks its arguments, finds its input size, makes or takes over the input,
builds its body and its top, and returns a functional model. Subclasses state the body
and whatever differs, in Keras's order of checks. The laws are those of
``keras.src.applications``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from kerashape.keras.applications.arguments import (
    Settings,
    certainly,
    check_classifier_activation,
    maybe,
    standard_input_shape,
)
from kerashape.keras.applications.blocks import Graph
from kerashape.keras.applications.weights import check_fit
from kerashape.keras.graph import Tensor
from kerashape.keras.layers.construction import check_name
from kerashape.keras.layers.values import plain
from kerashape.keras.models import Functional, make_input
from kerashape.keras.names import Names
from kerashape.keras.signature import Arguments, Signature, bind
from kerashape.shapes import Fault, Shape, Undecided, Unknown, unknown_dim

if TYPE_CHECKING:
    from kerashape.site import Site

_PYTHON_ERRORS = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError)

_NO_PATHS = ("", "ImageNet", "Imagenet", "IMAGENET", "imagenet21k", "noisy-student", "none", "None")
"""Strings that are given for ``weights`` by mistake, and are no names of weight files."""


@dataclass(frozen=True, kw_only=True)
class Application:
    """One constructor of ``keras.applications``.

    Args:
        name: its public name.
        model_name: the default of its ``name`` argument.
        default_size: the rows and columns that its ImageNet weights were trained on.
    """

    name: str
    model_name: str | None
    default_size: int = 224

    min_size: ClassVar[int] = 32
    parameters: ClassVar[str] = (
        "include_top=True, weights='imagenet', input_tensor=None, input_shape=None, "
        "pooling=None, classes=1000, classifier_activation='softmax', name={name!r}"
    )
    imagenet_quoted: ClassVar[str] = "`imagenet`"
    """How the message on ``weights`` writes the word."""
    classes_text: ClassVar[str] = (
        "If using `weights='imagenet'` with `include_top=True`, `classes` should be 1000.  "
        "Received classes={classes}"
    )
    only_channels_last: ClassVar[str | None] = None
    """The name under which Keras says that it does not take the channels first."""
    top_pool_name: ClassVar[str | None] = "avg_pool"
    pool_names: ClassVar[tuple[str | None, str | None]] = (None, None)
    """The names of the average and the maximum pooling of a model without top."""

    @property
    def signature(self) -> str:
        """The constructor's parameters, as the layer records write them."""
        return self.parameters.format(name=self.model_name)

    @property
    def callee(self) -> str:
        """Its public Keras 3 name."""
        return f"keras.applications.{self.name}"

    def build(
        self,
        arguments: Arguments,
        names: Names,
        site: Site | None = None,
        *,
        data_format: Any = "channels_last",
    ) -> Functional:
        """What calling the constructor returns. Every call makes new layers.

        Args:
            data_format: what ``keras.config.image_data_format()`` says there.

        Raises:
            Fault: ``application-input``, ``bad-argument``, or whatever one of the layers
                raises on the input tensor.
            Undecided: if the architecture depends on an argument that is not known.
        """
        a = Settings(**bind(Signature.parse(self.signature), arguments, self.name).values)
        try:
            self._check_data_format(data_format)
            return self._build(a, names, site)
        except Undecided:
            names.forget()  # Keras draws names here, but which is not known
            raise

    def _check_data_format(self, data_format: Any) -> None:
        if data_format == "channels_last":
            return
        if self.only_channels_last is None or data_format != "channels_first":
            raise Undecided("an application with its channels first is not followed")
        raise Fault(
            "bad-argument",
            f"{self.only_channels_last} does not support the `channels_first` image data format. "
            "Switch to `channels_last` by editing your local config file at ~/.keras/keras.json",
            expected="the image data format channels_last",
            found=data_format,
        )

    def _build(self, a: Settings, names: Names, site: Site | None) -> Functional:
        given = dict(vars(a))
        shape = self._settle(a)
        graph = Graph(names)
        entry = self.entry(a, shape, names)
        try:
            x = self.body(graph, entry, a)
            x = self.classifier(graph, x, a) if a.top else self.features(graph, x, a)
        except _PYTHON_ERRORS as error:
            raise Undecided(f"{self.name} was given something unforeseen: {error}") from error
        inputs = entry if a.input_tensor is None else sources(entry)
        name = self.choose_name(a, shape)
        check_name(name)
        model = Functional.from_tensors(inputs, x, name=name, names=names, site=site)
        self.check_after_build(a)
        if a.imagenet and (a.input_tensor is not None or certainly(lambda: shape[-1] != 3)):
            usual = Settings(**{**given, "input_tensor": None, "input_shape": None})
            check_fit(model, self._build(usual, Names(), None))
        return model

    def _settle(self, a: Settings) -> Any:
        """Check the arguments; the shape of the input.

        These checks are Keras's own code: where Python refuses a value, it does so there too.
        """
        given = list(vars(a).values())
        a.imagenet = maybe(lambda: a.weights == "imagenet")
        a.top = bool(a.include_top)
        try:
            self.check(a)
            shape = self.input_shape(a)
            self.check_after_shape(a, shape)
        except _PYTHON_ERRORS as error:
            if all(plain(value) or isinstance(value, Tensor) for value in given):
                expected = f"arguments that {self.name}() can use"
                raise Fault("bad-argument", str(error), expected=expected) from error
            raise Undecided(f"{self.name} was given something unforeseen: {error}") from error
        return shape

    # -- the arguments ------------------------------------------------------------------

    def check(self, a: Settings) -> None:
        """The faults that come before the input shape is looked at."""
        self.check_weights(a)
        if a.imagenet and a.top:
            if certainly(lambda: a.classes != 1000):
                raise Fault(
                    "application-input",
                    self.classes_text.format(classes=a.classes),
                    argument="classes",
                    expected="1000 classes, or weights=None",
                    found=a.classes,
                )
            a.classes = 1000
        if isinstance(a.classes, Unknown):
            a.classes = unknown_dim()

    def check_weights(self, a: Settings) -> None:
        """Any other string may be a path that exists where the program runs."""
        weights = a.weights
        if isinstance(weights, (list, dict)):
            text = f"unhashable type: '{type(weights).__name__}'"
        elif isinstance(weights, (float, tuple)):
            text = (
                "stat: path should be string, bytes, os.PathLike or integer, "
                f"not {type(weights).__name__}"
            )
        elif (isinstance(weights, int) and weights > 2) or (
            isinstance(weights, str) and weights in _NO_PATHS
        ):
            text = (
                "The `weights` argument should be either `None` (random initialization), "
                f"{self.imagenet_quoted} (pre-training on ImageNet), or the path to the "
                "weights file to be loaded."
            )
        else:
            return
        raise Fault(
            "bad-argument",
            text,
            argument="weights",
            expected="None, 'imagenet' or a path",
            found=weights,
        )

    def check_after_shape(self, a: Settings, shape: Any) -> None:
        """The faults that come after the input shape was found."""

    def check_after_build(self, a: Settings) -> None:
        """The faults that come after the model was built."""
        if isinstance(a.weights, int):  # to Python, a file that is open: standard input or output
            raise Fault(
                "bad-argument",
                f"File format not supported: filepath={a.weights}.",
                argument="weights",
                expected="None, 'imagenet' or a path",
                found=a.weights,
            )

    # -- the input ----------------------------------------------------------------------

    def input_shape(self, a: Settings) -> Any:
        """The shape of the input without the batch axis."""
        return standard_input_shape(
            a.input_shape, size=self.default_size, minimum=self.min_size, top=a.top,
            imagenet=a.imagenet,
        )  # fmt: skip

    def entry(self, a: Settings, shape: Any, names: Names) -> Tensor:
        """The tensor that the body starts from."""
        tensor = a.input_tensor
        if tensor is None:
            return make_input({"shape": shape}, names)
        if isinstance(tensor, Unknown):  # None, or a tensor of any origin
            names.counters["input_layer"] = None
            return Tensor(Shape.of_rank(4))
        if not isinstance(tensor, Tensor):
            raise Fault(
                "not-a-tensor",
                "Argument `input_tensor` must be a KerasTensor. "
                "Received invalid type: input_tensor=",
                argument="input_tensor",
                expected="a symbolic tensor, such as an Input",
                found=tensor,
            )
        return tensor

    # -- the architecture ---------------------------------------------------------------

    def body(self, g: Graph, x: Tensor, a: Settings) -> Tensor:
        """Everything up to the last feature map."""
        raise NotImplementedError

    def classifier(self, g: Graph, x: Tensor, a: Settings) -> Tensor:
        """The top: pooled features, then the predictions."""
        x = g("GlobalAveragePooling2D", x, name=self.top_pool_name)
        return self.predictions(g, x, a)

    def predictions(self, g: Graph, x: Tensor, a: Settings) -> Tensor:
        """The last Dense layer."""
        check_classifier_activation(a)
        return g("Dense", x, a.classes, activation=a.classifier_activation, name="predictions")

    def features(self, g: Graph, x: Tensor, a: Settings) -> Tensor:
        """What a model without top returns."""
        average, maximum = self.pool_names
        if a.pooling == "avg":
            return g("GlobalAveragePooling2D", x, name=average)
        if a.pooling == "max":
            return g("GlobalMaxPooling2D", x, name=maximum)
        return x

    def choose_name(self, a: Settings, shape: Any) -> Any:
        """The model's name."""
        return a.name


def sources(tensor: Tensor) -> Any:
    """The Inputs that a tensor is computed from, in Keras's order; Unknown if not all known."""
    found: list[Tensor] = []
    seen: set[int] = set()
    pending: list[Any] = [tensor]
    while pending:
        current = pending.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        if current.call is None:
            return Unknown("where the input tensor comes from is not known")
        if current.is_input:
            found.append(current)
        pending += reversed(current.call.input_tensors)
    return found
