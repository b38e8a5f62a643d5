"""What every application does around its architecture.

An application checks its arguments, finds its input size, makes or takes over the input,
builds its body and its top, and returns a functional model. Subclasses state the body
and whatever differs, in Keras's order of checks. The laws are those of
``keras.src.applications``, in particular ``imagenet_utils.obtain_input_shape``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar, Union

from kerashape.keras.applications.blocks import Graph
from kerashape.keras.graph import Tensor
from kerashape.keras.layers.identifiers import ACTIVATIONS
from kerashape.keras.models import Functional, make_input
from kerashape.keras.names import Names
from kerashape.keras.signature import Arguments, Signature, bind
from kerashape.shapes import Dim, Fault, Shape, Symbol, Undecided, Unknown, unknown_dim

if TYPE_CHECKING:
    from kerashape.analysis import Site

Settings = SimpleNamespace
"""The bound arguments, by name."""

Maybe = Union[bool, None]
"""True, False, or None where it is not known."""

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

    def build(self, arguments: Arguments, names: Names, site: Site | None = None) -> Functional:
        """What calling the constructor returns. Every call makes new layers.

        Raises:
            Fault: ``application-input``, ``bad-argument``, or whatever one of the layers
                raises on the input tensor.
            Undecided: if the architecture depends on an argument that is not known.
        """
        bound = bind(Signature.parse(self.signature), arguments, self.name)
        try:
            return self._build(Settings(**bound.values), names, site)
        except Undecided:
            names.forget()  # Keras draws names here, but which is not known
            raise

    def _build(self, a: Settings, names: Names, site: Site | None) -> Functional:
        a.imagenet = maybe(lambda: a.weights == "imagenet")
        a.top = bool(a.include_top)
        self.check(a)
        shape = self.input_shape(a)
        self.check_after_shape(a, shape)
        graph = Graph(names)
        entry = self.entry(a, shape, names)
        x = self.body(graph, entry, a)
        x = self.classifier(graph, x, a) if a.top else self.features(graph, x, a)
        inputs = entry if a.input_tensor is None else sources(entry)
        name = self.choose_name(a, shape)
        model = Functional.from_tensors(inputs, x, name=name, names=names, site=site)
        self.check_after_build(a)
        return model

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
        # Any other string may be a path that exists where the program runs.
        if isinstance(a.weights, str) and not a.weights:
            raise Fault(
                "bad-argument",
                "The `weights` argument should be either `None` (random initialization), "
                f"{self.imagenet_quoted} (pre-training on ImageNet), or the path to the "
                "weights file to be loaded.",
                argument="weights",
                expected="None, 'imagenet' or a path",
                found=a.weights,
            )

    def check_after_shape(self, a: Settings, shape: Any) -> None:
        """The faults that come after the input shape was found."""

    def check_after_build(self, a: Settings) -> None:
        """The faults that come after the model was built."""

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


def standard_input_shape(
    given: Any, *, size: int, minimum: int, top: bool, imagenet: Maybe
) -> tuple[Dim, ...]:
    """The input shape that an application settles on; a dimension not known is a symbol.

    Follows ``keras.src.applications.imagenet_utils.obtain_input_shape``.

    Raises:
        Fault: ``application-input`` or ``bad-argument``.
    """
    given = plain_shape(given)
    if isinstance(given, Unknown):
        if top and imagenet:
            return (size, size, 3)
        return (unknown_dim(), unknown_dim(), 3 if imagenet else unknown_dim())
    if given is not None and not isinstance(given, (tuple, list)):
        raise Fault(
            "bad-argument",
            f"object of type '{type(given).__name__}' has no len()",
            argument="input_shape",
            expected="a tuple (rows, columns, channels)",
            found=given,
        )
    default = (size, size, given[-1] if not imagenet and given and len(given) == 3 else 3)
    if top and imagenet:
        if given is not None and _certainly_differ(given, default):
            raise _rejected(
                "When setting `include_top=True` and loading `imagenet` weights, "
                f"`input_shape` should be {default}.  Received: input_shape={_text(given)}",
                given,
                default,
            )
        return default
    if not given:
        return default if top else (None, None, 3)
    if len(given) != 3:
        raise _rejected(
            "`input_shape` must be a tuple of three integers.", given, "(rows, columns, channels)"
        )
    if imagenet and certainly(lambda: given[-1] != 3):
        raise _rejected(
            f"The input must have 3 channels; Received `input_shape={_text(given)}`",
            given,
            "3 channels, or weights=None",
        )
    if any(side is not None and certainly(lambda: side < minimum) for side in given[:2]):
        raise _rejected(
            f"Input size must be at least {minimum}x{minimum}; "
            f"Received: input_shape={_text(given)}",
            given,
            f"at least {minimum} rows and columns",
        )
    if top and any(dim is None for dim in given):
        raise _rejected(
            "If `include_top` is True, you should specify a static `input_shape`. "
            f"Received: input_shape={_text(given)}",
            given,
            "known rows and columns, or include_top=False",
        )
    return tuple(given)


def plain_shape(given: Any) -> Any:
    """A shape argument as a tuple or list whose dimensions are ints, None or symbols."""
    if isinstance(given, Shape):
        if given.open:
            return Unknown("the input shape is not known")
        given = given.dims
    if isinstance(given, (tuple, list)):
        dims = [unknown_dim() if isinstance(dim, Unknown) else dim for dim in given]
        return type(given)(dims)
    return given


def check_classifier_activation(a: Settings) -> None:
    """With weights, the top must end in softmax or in nothing.

    Follows ``keras.src.applications.imagenet_utils.validate_activation``.
    """
    activation = a.classifier_activation
    if a.weights is None or isinstance(a.weights, Unknown) or not isinstance(activation, str):
        return
    if activation in ("softmax", "linear"):
        return
    if activation in ACTIVATIONS:
        text = (
            "Only `None` and `softmax` activations are allowed for the `classifier_activation` "
            "argument when using pretrained weights, with `include_top=True`; Received: "
            "classifier_activation="
        )
    else:
        text = f"Could not interpret activation function identifier: {activation}"
    raise Fault(
        "bad-argument",
        text,
        argument="classifier_activation",
        expected="'softmax' or None, or weights=None",
        found=activation,
    )


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


def maybe(question: Callable[[], Any]) -> Maybe:
    """The answer to a question, None where it is not known."""
    try:
        return bool(question())
    except Undecided:
        return None


def certainly(question: Callable[[], Any]) -> bool:
    """Whether the answer is known and yes."""
    return maybe(question) is True


def _certainly_differ(given: Any, default: tuple[Dim, ...]) -> bool:
    if isinstance(given, list) or len(given) != len(default):
        return True
    return any(certainly(lambda: a != b) for a, b in zip(given, default))


def _rejected(text: str, given: Any, expected: object) -> Fault:
    return Fault(
        "application-input", text, argument="input_shape", expected=expected, found=Shape(given)
    )


def _text(given: Any) -> str:
    if any(isinstance(dim, Symbol) for dim in given):
        return str(Shape(given))
    return str(given)
