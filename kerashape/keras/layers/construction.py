"""How a layer comes to be: its constructor's arguments, bound and checked as Keras does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from kerashape.keras.graph import DType, Operation
from kerashape.keras.layers.values import plain
from kerashape.keras.names import Names
from kerashape.keras.policy import check_policy, compute_dtype, variable_dtype
from kerashape.keras.signature import Arguments, Bound, Signature, bind
from kerashape.shapes import Fault, Undecided, Unknown

if TYPE_CHECKING:
    from kerashape.site import Site

_BASE = Signature.parse(
    "*, activity_regularizer=None, trainable=True, dtype=None, autocast=True, name=None, "
    "input_dim=None, input_shape=None"
)

Made = TypeVar("Made", bound="Constructed")

PYTHON_ERRORS: tuple[type[Exception], ...] = (
    TypeError, ValueError, LookupError, AttributeError, ArithmeticError, AssertionError
)  # fmt: skip
"""What Python may raise in a law on arguments that nobody foresaw: the answer is unknown."""
UNFORESEEN = "the layer was given something unforeseen"


def unforeseen(error: Exception) -> str:
    """The reason of an unknown that a slip of a law is behind."""
    return f"{UNFORESEEN}: {error}"


def check_name(name: Any) -> None:
    """Keras: "Argument `name` must be a string and cannot contain character `/`"."""
    if name is not None and plain(name) and (not isinstance(name, str) or "/" in name):
        raise Fault(
            "bad-argument",
            "Argument `name` must be a string and cannot contain character `/`. "
            f"Received: name={name} (of type {type(name)})",
            argument="name",
            expected="a string without /",
            found=name,
        )


def check_trainable(trainable: Any) -> None:
    """Keras: "Expected `trainable` to be a boolean"."""
    if plain(trainable) and not isinstance(trainable, bool):
        raise Fault(
            "bad-argument",
            f"Expected `trainable` to be a boolean. Received: trainable={trainable} "
            f"(of type {type(trainable)})",
            argument="trainable",
            expected="a boolean",
            found=trainable,
        )


class Constructed(Operation):
    """A layer as what its constructor makes; :class:`~kerashape.keras.layers.base.Layer` tells
    what the attributes of a record mean.
    """

    is_layer = True
    signature: ClassVar[str] = ""
    takes_base_arguments: ClassVar[bool] = True
    keywords: ClassVar[str] = ""
    passed_on: ClassVar[str] = ""
    initializer: ClassVar[str] = ""

    trainable: Any = True
    site: Site | None = None
    unsettled: str | None = None
    """Why :meth:`check` did not come to its end: what it would have settled is missing."""
    born: int = 0
    """When it was made, by the clock of whoever interprets the program."""
    arguments: dict[str, Any]
    given: frozenset[str] = frozenset()
    """The names of the constructor arguments that the code gave."""
    input_shape: Any = None
    """The ``input_shape=`` argument, for the first layer of a Sequential."""
    batch_input_shape: Any = None
    """The same with the batch size, as Keras 2 takes it."""
    names: Names
    """The counters of automatic names, for layers that make others."""

    @classmethod
    def construct(
        cls: type[Made], arguments: Arguments, names: Names | None = None, site: Site | None = None
    ) -> Made:
        """What ``Class(*args, **kwargs)`` gives.

        Raises:
            Fault: ``bad-argument``, and what :meth:`check` raises.
        """
        layer = cls.__new__(cls)
        layer.site = site
        bound = cls.bind(arguments)
        names = names or Names()
        defaults = names.defaults
        policy = defaults.policy()
        if not defaults.untouched:
            dtype = defaults.floatx if cls.is_input else policy
            defaults.fill(bound.values, None if cls.settles_dtype(bound.values) else dtype)
        for name, value in bound.values.items():
            setattr(layer, name, value)
        layer.arguments = bound.values  # after the loop: Lambda has an argument of that name
        layer.given = frozenset(bound.given)
        layer.names = names
        layer._base_arguments(bound, layer.names)
        try:
            layer.check()
        except Undecided as undecided:  # an argument that is not known cannot be called wrong
            layer.unsettled = undecided.reason
        except PYTHON_ERRORS as error:
            layer.unsettled = unforeseen(error)
        return layer

    @classmethod
    def bind(cls, arguments: Arguments) -> Bound:
        """Bind constructor arguments; those of the base class come with the others."""
        parts = [cls.signature]
        if cls.keywords:
            parts.append(f"*, {cls.keywords}")
        if cls.takes_base_arguments:
            parts.append("**kwargs")
        text = ", ".join(part for part in parts if part)
        bound = bind(
            Signature.parse(text), arguments, f"{cls.initializer or cls.__name__}.__init__"
        )
        for name in cls.passed_on.split():
            if name in bound.extra:
                text = f"() got multiple values for keyword argument '{name}'"
                raise Fault("bad-argument", text, argument=name, binding="repeated", found=name)
        base = _BASE.keyword_only
        unrecognized = {k: v for k, v in bound.extra.items() if k not in base}
        if unrecognized:
            name = next(iter(unrecognized))
            plain = all(isinstance(v, (bool, int, float, str)) for v in unrecognized.values())
            raise Fault(
                "bad-argument",
                f"Unrecognized keyword arguments passed to {cls.__name__}: "
                + (str(unrecognized) if plain else ""),
                argument=name,
                binding="unexpected",
                choices=tuple(bound.values),
            )
        bound.given.update(bound.extra)
        for name, default in base.items():
            if name not in bound.values:
                missing = Unknown("it may have been given by an unpacking")
                bound.values[name] = bound.extra.get(
                    name, missing if arguments.more_keywords else default
                )
        return bound

    @classmethod
    def settles_dtype(cls, values: dict[str, Any]) -> bool:
        """Whether the class has a dtype of its own where none is given, whatever the policy."""
        return False

    @property
    def floatx(self) -> DType:
        """``keras.config.floatx()``, as the program has set it."""
        floatx: DType = self.names.defaults.floatx
        return floatx

    def _base_arguments(self, bound: Bound, names: Names) -> None:
        from kerashape.keras.layers.identifiers import identifier

        values = bound.values
        name = values.get("name")
        if name is None:
            name = names.automatic(self.class_name)
        else:
            check_name(name)
        self.name = name if isinstance(name, str) else Unknown("the name is not known")
        check_policy(values.get("dtype"))
        if values.get("activity_regularizer") is not None:
            given = values["activity_regularizer"]
            identifier("regularizer", "activity_regularizer", given, names)
        check_trainable(values.get("trainable", True))
        if "input_dim" in bound.extra and isinstance(bound.extra["input_dim"], int):
            self.input_shape = (bound.values["input_dim"],)

    def check(self) -> None:
        """The faults of the constructor's arguments, in Keras's order."""

    @property
    def callee(self) -> str:  # type: ignore[override]
        """The public Keras 3 name of the class."""
        return f"keras.layers.{self.class_name}"

    @property
    def compute_dtype(self) -> DType:
        """The dtype that the layer computes in."""
        return compute_dtype(getattr(self, "dtype", None))

    @property
    def variable_dtype(self) -> DType:
        """The dtype of the layer's weights."""
        return variable_dtype(getattr(self, "dtype", None))
