"""What every layer record builds on.

A record is a class beside its siblings::

    class Dense(Layer):
        \"\"\"(..., d) -> (..., units); kernel (d, units), bias (units,).\"\"\"

        signature = "units, activation=None, use_bias=True, ..."
        spec = InputSpec(min_ndim=2)

        def check(self) -> None:          # the constructor's faults
            positive_int(self, "units")

        def build(self, inputs: Shape) -> None:      # weights, faults on shapes
            self.weight("kernel", (inputs[-1], self.units))

        def output(self, inputs: Shape) -> Shape:    # the shape law
            return inputs[:-1] + (self.units,)

The constructor's arguments become attributes of the same names. ``build`` and ``output``
name the call arguments that they need (as in ``call_signature``) and receive shapes in
place of tensors. Any of them may raise :class:`Fault`; a question about something that is
not known raises ``Undecided`` by itself and makes just that answer unknown.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from kerashape.keras.graph import Call, DType, Operation, Tensor, flatten, map_structure
from kerashape.keras.layers.values import plain
from kerashape.keras.names import Names
from kerashape.keras.policy import check_policy, compute_dtype, variable_dtype
from kerashape.keras.signature import Arguments, Bound, Signature, bind
from kerashape.keras.spec import InputSpec, Specs, check_inputs
from kerashape.keras.standardize import standardize_shape
from kerashape.shapes import Dim, Fault, Shape, Undecided, Unknown
from kerashape.shapes.shape import AxisError
from kerashape.shapes.symbol import Symbol

if TYPE_CHECKING:
    from kerashape.site import Site

_BASE = Signature.parse(
    "*, activity_regularizer=None, trainable=True, dtype=None, autocast=True, name=None, "
    "input_dim=None, input_shape=None"
)
_FLOATS = frozenset({"float16", "bfloat16", "float32", "float64"})


@dataclass(frozen=True, slots=True)
class Weight:
    """A variable of a layer. A shape may hold symbols; None is never allowed."""

    name: str
    shape: Shape
    trainable: bool = True
    dtype: DType = "float32"

    @property
    def size(self) -> Dim:
        """The number of scalars."""
        return math.prod(self.shape.dims)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Spec:
    """A shape with a dtype of its own, for an ``output`` whose dtype is not the layer's."""

    shape: Shape
    dtype: DType
    sparse: bool = False


class Array:
    """Data, not symbolic: a numpy array, an eager tensor, a batch of a data set.

    Args:
        shape: its shape.
        dtype: its dtype.
        origin: a word on where it comes from, for messages.
        classes: how many different labels it holds, where that is known.
        one_hot: whether it is known to be one-hot encoded.
    """

    __slots__ = ("classes", "dtype", "one_hot", "origin", "shape")

    def __init__(
        self,
        shape: Shape,
        dtype: DType = "float32",
        origin: str = "",
        *,
        classes: int | None = None,
        one_hot: bool = False,
    ) -> None:
        self.shape = shape
        self.dtype = dtype
        self.origin = origin
        self.classes = classes
        self.one_hot = one_hot

    def __repr__(self) -> str:
        return f"<Array {self.shape} {self.dtype}>"


class Layer(Operation):
    """A Keras layer with its arguments, its weights and its calls.

    Attributes:
        signature: the constructor's parameters after ``self``, in Keras's order, with
            defaults; those that every layer takes (``name``, ``dtype``, ``trainable``,
            ``input_shape``...) are left out unless they have another position or default.
        call_signature: the parameters of ``call``.
        spec: what the first argument of a call must be.
        keeps_dtype: whether the output has the dtype of the first input (else the layer's).
        single_output: whether a call returns one tensor whatever the arguments.
        accepts_values: whether plain values may be given positionally (functional models).
        takes_list: whether the first argument is a list of tensors (merge layers); ``inputs``
            is then ``Unknown`` where it is not even known whether a list was given.
        takes_base_arguments: whether the constructor takes what every layer takes.
        keywords: further keywords that the constructor takes through its ``**kwargs``.
        passed_on: keywords that the constructor gives to its base class, so that nobody else can.
        initializer: the class whose ``__init__`` Python names, if it is another.
        nested: what becomes of a list or dict of tensors as the first argument: the laws see
            it (``"law"``), each tensor is one of its own (``"same"``), Keras fails on it
            (``"fault"``, or only in the first call: ``"build"``), or it is not followed
            (``"unknown"``).
    """

    is_layer = True
    signature: ClassVar[str] = ""
    call_signature: ClassVar[str] = "inputs"
    spec: Specs = None
    keeps_dtype: ClassVar[bool] = False
    single_output: ClassVar[bool] = True
    accepts_values: ClassVar[bool] = False
    takes_list: ClassVar[bool] = False
    takes_base_arguments: ClassVar[bool] = True
    keywords: ClassVar[str] = ""
    passed_on: ClassVar[str] = ""
    initializer: ClassVar[str] = ""
    nested: ClassVar[str] = "law"

    built: bool | Unknown = False
    variables: tuple[Weight, ...] = ()
    variables_unknown: str | None = None
    """Why the weights are not (all) known."""
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
    names: Names
    """The counters of automatic names, for layers that make others."""

    # -- construction ---------------------------------------------------------------

    @classmethod
    def construct(
        cls, arguments: Arguments, names: Names | None = None, site: Site | None = None
    ) -> Layer:
        """What ``Class(*args, **kwargs)`` gives.

        Raises:
            Fault: ``bad-argument``, and what :meth:`check` raises.
        """
        layer = cls.__new__(cls)
        layer.site = site
        bound = cls.bind(arguments)
        for name, value in bound.values.items():
            setattr(layer, name, value)
        layer.arguments = bound.values  # after the loop: Lambda has an argument of that name
        layer.given = frozenset(bound.given)
        layer.names = names or Names()
        layer._base_arguments(bound, layer.names)
        try:
            layer.check()
        except Undecided as undecided:  # an argument that is not known cannot be called wrong
            layer.unsettled = undecided.reason
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
                raise Fault("bad-argument", text, argument=name, found=name)
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
                expected="no argument of that name",
                found=name,
            )
        bound.given.update(bound.extra)
        for name, default in base.items():
            if name not in bound.values:
                missing = Unknown("it may have been given by an unpacking")
                bound.values[name] = bound.extra.get(
                    name, missing if arguments.more_keywords else default
                )
        return bound

    def _base_arguments(self, bound: Bound, names: Names) -> None:
        from kerashape.keras.layers.identifiers import identifier

        values = bound.values
        name = values.get("name")
        if name is None:
            name = names.automatic(self.class_name)
        elif plain(name) and (not isinstance(name, str) or "/" in name):
            raise Fault(
                "bad-argument",
                "Argument `name` must be a string and cannot contain character `/`. "
                f"Received: name={name} (of type {type(name)})",
                argument="name",
                expected="a string without /",
                found=name,
            )
        self.name = name if isinstance(name, str) else Unknown("the name is not known")
        check_policy(values.get("dtype"))
        if values.get("activity_regularizer") is not None:
            identifier("regularizer", "activity_regularizer", values["activity_regularizer"])
        trainable = values.get("trainable", True)
        if plain(trainable) and not isinstance(trainable, bool):
            raise Fault(
                "bad-argument",
                f"Expected `trainable` to be a boolean. Received: trainable={trainable} "
                f"(of type {type(trainable)})",
                argument="trainable",
                expected="a boolean",
                found=trainable,
            )
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

    # -- weights ----------------------------------------------------------------------

    def weight(
        self,
        name: str,
        shape: Sequence[Dim] | Shape,
        *,
        trainable: bool = True,
        dtype: DType | None = None,
    ) -> None:
        """Add a weight, from :meth:`build`; its dtype is the layer's, unless given.

        Raises:
            Fault: ``undefined-dimension`` if the shape contains None, ``bad-argument`` if it
                is no shape at all.
        """
        standard = standardize_shape(tuple(shape))
        if any(d is None for d in standard):
            raise Fault(
                "undefined-dimension",
                "Shapes used to initialize variables must be fully-defined (no `None` "
                f"dimensions). Received: shape={standard}",
                expected="a known size",
                found=standard,
            )
        trainable = trainable and self.trainable is not False
        dtype = dtype or self.variable_dtype
        self.variables = (*self.variables, Weight(name, standard, trainable, dtype))

    @property
    def sublayers(self) -> Sequence[Layer]:
        """The layers within, whose weights count with this one's."""
        return ()

    def all_variables(self) -> list[Weight]:
        """The weights of the layer and of those within.

        Raises:
            Undecided: if some are not known.
        """
        found: list[Weight] = []
        seen: set[int] = set()
        for layer in self._with_sublayers(seen):
            if layer.variables_unknown is not None:
                raise Undecided(layer.variables_unknown)
            found += layer.variables
        return found

    def _with_sublayers(self, seen: set[int]) -> Iterator[Layer]:
        """The layer and those within, at any depth; one that is shared comes once."""
        if id(self) in seen:
            return
        seen.add(id(self))
        yield self
        for layer in self.sublayers:
            yield from layer._with_sublayers(seen)

    def count_params(self) -> int | None:
        """The number of scalars in the weights; None where it is not known."""
        try:
            sizes = [weight.size for weight in self.all_variables()]
        except Undecided:
            return None
        if any(not isinstance(size, int) for size in sizes):
            return None
        return sum(size for size in sizes if isinstance(size, int))

    # -- calls ------------------------------------------------------------------------

    if TYPE_CHECKING:  # records name the call arguments that they need
        build: Callable[..., None]
        output: Callable[..., Any]

        def __getattr__(self, argument: str) -> Any: ...
    else:

        def build(self, inputs):
            """Create the weights for these input shapes; the base class has none."""

        def output(self, inputs):
            """The shape, or nested shapes, that a call returns; here the first input's."""
            return inputs

    def bind_call(self, arguments: Arguments) -> dict[str, Any]:
        """Bind the arguments of a call.

        Raises:
            Fault: ``wrong-arity`` or ``not-a-tensor``, in Keras's words.
        """
        if not self.accepts_values:
            for value in flatten(list(arguments.positional)):
                if not isinstance(value, (Tensor, Array, Unknown, type(None))):
                    _refuse_value(value)
        signature = Signature.parse(self.call_signature)
        if "training" not in signature.names and "training" in (arguments.keywords or {}):
            arguments = _without_training(arguments)  # Keras keeps it from such a layer's call
        try:
            bound = bind(signature, arguments, f"{self.class_name}.call")
        except Fault as fault:
            count = len(arguments.positional)
            if count > min(1, len(signature.positional)) and fault.argument is None:
                raise Fault(
                    "wrong-arity",
                    "too many positional arguments",
                    expected="one tensor, or one list of tensors",
                    found=f"{count} positional arguments",
                ) from None
            raise _as_inspect_says(fault) from None
        for name, value in bound.values.items():
            if isinstance(value, (list, tuple, dict)):
                leaves = list(flatten(value))
                tensors = [isinstance(leaf, Tensor) for leaf in leaves]
                known = [not isinstance(leaf, (Tensor, Array, Unknown)) for leaf in leaves]
                if any(tensors) and any(k and v is not None for k, v in zip(known, leaves)):
                    raise Fault(
                        "not-a-tensor",
                        "In a nested call() argument, you cannot mix tensors and non-tensors. "
                        f"Received invalid mixed argument: {name}=",
                        expected="tensors only",
                    )
        return bound.values

    def __call__(self, arguments: Arguments, site: Site | None = None) -> Call:
        """What ``layer(*args, **kwargs)`` does: check, build, check, infer; record the call.

        Never raises: a fault or an unknown is recorded in the :class:`Call`.
        """
        call = Call(self, None, site=site)
        try:
            call.values = values = self.bind_call(arguments)
            call.inputs = _tensors_of(values)
            _require_decided(next(iter(values.values()), None))
            shapes = {name: self._to_shapes(value) for name, value in values.items()}
            self._infer(call, values, shapes, self._gives_training_by_place(arguments))
        except Fault as fault:
            call.fault = fault
        except AxisError as error:  # Keras's laws index the shape in the same way
            call.fault = Fault("wrong-rank", str(error), expected="more dimensions")
        except Undecided as undecided:
            call.reason = undecided.reason
        self.calls = (*self.calls, call)
        return call

    def trace(self, *inputs: Any) -> Any:
        """What a call within another layer's ``call`` returns; it is recorded nowhere.

        Raises:
            Fault: what the call raises.
            Undecided: if its output is not known at all.
        """
        values = self.bind_call(Arguments(inputs))
        call = Call(self, None)
        self._infer(call, values, {name: self._to_shapes(v) for name, v in values.items()})
        if call.output is None:
            raise Undecided(call.reason or "the output of a layer within is not known")
        return call.output

    def _gives_training_by_place(self, arguments: Arguments) -> bool:
        """Whether ``training`` is among the positional arguments: Keras adds it by name again."""
        names = list(Signature.parse(self.call_signature).positional)
        place = names.index("training") if "training" in names else len(arguments.positional)
        given = arguments.positional[place : place + 1]
        return any(isinstance(value, (Tensor, Array)) or value is True for value in given)

    def _infer(
        self,
        call: Call,
        values: dict[str, Any],
        shapes: dict[str, Any],
        training_twice: bool = False,
    ) -> None:
        first = next(iter(shapes.values()), None)
        self.check_inputs(first)
        self._expect_tensor(first)
        shapes = self._of_required_rank(shapes)
        if self.built is not True:
            self._build(shapes)
            self.check_inputs(first)
        if training_twice:
            raise Fault(
                "wrong-arity",
                "multiple values for argument 'training'",
                expected="one tensor",
                found="another positional argument",
            )
        dtype = self._output_dtype(next(iter(values.values()), None))
        try:
            result = self.infer_output(values, shapes)
        except Undecided as undecided:
            call.reason = undecided.reason
            if self.single_output:
                call.output = Tensor(self.fallback(first), dtype, call)
            return
        call.output = map_structure(lambda leaf: _to_tensor(leaf, dtype, call), result)
        if any(not t.shape.known for t in call.output_tensors):
            call.reason = _why_unknown(values) or "a dimension of it is not known"

    def check_arguments(self, values: dict[str, Any]) -> None:
        self.check_inputs(self._to_shapes(next(iter(values.values()), None)))

    def replay(self, values: dict[str, Any]) -> Any:
        shapes = {name: self._to_shapes(value) for name, value in values.items()}
        dtype = self._output_dtype(next(iter(values.values()), None))
        result = self.infer_output(values, shapes)
        return map_structure(lambda leaf: _to_tensor(leaf, dtype, None), result)

    def _to_shapes(self, value: Any) -> Any:
        """The same nesting with shapes in place of tensors, and of what may be a tensor."""
        if isinstance(value, Unknown) and self.takes_list:
            return value
        return map_structure(_shape_of, value)

    def infer_output(self, values: dict[str, Any], shapes: dict[str, Any]) -> Any:
        """The nested shapes that a call returns. Records override :meth:`output` instead."""
        return self._by_law(type(self).output, shapes)

    def _by_law(self, law: Any, shapes: dict[str, Any]) -> Any:
        """What a law answers; it is undecided where :meth:`check` did not settle what it needs."""
        try:
            return law(self, **_wanted(law, shapes))
        except AttributeError:
            if self.unsettled is None:
                raise
            raise Undecided(self.unsettled) from None

    @property
    def from_keras(self) -> bool:
        """Whether the class is one of Keras's, so that its laws are all there is to it."""
        return type(self).__module__.startswith("kerashape.keras.")

    def build_within(self, inputs: Any, names: Names | None = None) -> None:
        """What ``layer.build(shape)`` does when a wrapper calls it: no input is checked."""
        if not self.from_keras:
            raise Undecided("the layer within is the program's own")
        if self.built is not True:
            self._build({self._first_argument: inputs})

    def output_within(self, inputs: Any) -> Any:
        """What ``layer.compute_output_shape(shape)`` returns to a wrapper: nested shapes."""
        if not self.from_keras:
            raise Undecided("the layer within is the program's own")
        tensors = map_structure(lambda s: Tensor(s) if isinstance(s, Shape) else s, inputs)
        values = self.bind_call(Arguments((tensors,)))
        self._expect_tensor(inputs)
        result = self.infer_output(values, {**values, self._first_argument: inputs})
        return map_structure(lambda s: s.shape if isinstance(s, (Spec, Tensor)) else s, result)

    @property
    def _first_argument(self) -> str:
        return Signature.parse(self.call_signature).names[0]

    def fallback(self, first: Any) -> Shape:
        """What can still be said of the output's shape when the law is undecided."""
        return Shape.unknown()

    def check_inputs(self, first: Any) -> None:
        """Compare the shapes of the first argument with the input specification.

        Raises:
            Fault: if they do not fit.
        """
        try:
            check_inputs(self.spec, first, str(self.name) if isinstance(self.name, str) else "?")
        except Undecided:
            pass  # what is not known cannot be called wrong

    def _expect_tensor(self, first: Any) -> None:
        if self.nested == "law" or isinstance(first, (Shape, Unknown)):
            return
        leaves = list(flatten(first))
        if (
            self.nested == "same"
            and leaves
            and all(isinstance(s, (Shape, Unknown)) for s in leaves)
        ):
            return
        fails = self.nested == "fault" or (self.nested == "build" and self.built is not True)
        if fails and not any(isinstance(leaf, (Array, Unknown)) for leaf in leaves):
            rule = (
                "wrong-arity" if any(isinstance(leaf, Shape) for leaf in leaves) else "not-a-tensor"
            )
            raise Fault(rule, "", expected="one tensor", found=f"a {type(first).__name__}")
        raise Undecided("the layer was not called on one tensor")

    def _of_required_rank(self, shapes: dict[str, Any]) -> dict[str, Any]:
        """The same shapes, with the rank that the layer requires where it was not known."""
        spec = self.spec[0] if isinstance(self.spec, list) and len(self.spec) == 1 else self.spec
        name = next(iter(shapes), "")
        first = shapes.get(name)
        if not isinstance(spec, InputSpec) or spec.ndim is None or spec.squeeze_last:
            return shapes
        if not isinstance(first, Shape) or not first.open or len(first.dims) > spec.ndim:
            return shapes
        leading = Shape.of_rank(spec.ndim - len(first.dims)).dims
        return {**shapes, name: Shape(leading + first.dims)}

    def _build(self, shapes: dict[str, Any]) -> None:
        self._expect_tensor(next(iter(shapes.values()), None))
        self.built = True
        try:
            self._by_law(type(self).build, shapes)
        except Undecided as undecided:
            self.variables_unknown = undecided.reason

    def _output_dtype(self, first: Any) -> DType:
        compute = self.compute_dtype
        if not self.keeps_dtype:
            return compute
        for leaf in flatten(first):
            if isinstance(leaf, (Tensor, Array)):
                if isinstance(leaf.dtype, Unknown) or leaf.dtype in _FLOATS:
                    return compute if not isinstance(leaf.dtype, Unknown) else leaf.dtype
                return leaf.dtype
        return Unknown("the dtype of the input is not known")

    def __repr__(self) -> str:
        return f"<{self.class_name} name={self.name}, built={self.built}>"


def _as_inspect_says(fault: Fault) -> Fault:
    """Calls are bound by ``inspect.Signature.bind``, whose words differ from the interpreter's."""
    text = fault.text.partition("() ")[2].removeprefix("got multiple ")
    if text.startswith("missing"):
        text = f"missing a required argument: '{fault.argument}'"
    return Fault(fault.rule, text, argument=fault.argument)


def _without_training(arguments: Arguments) -> Arguments:
    keywords = {k: v for k, v in (arguments.keywords or {}).items() if k != "training"}
    return dataclasses.replace(arguments, keywords=keywords)


def _refuse_value(value: Any) -> None:
    if isinstance(value, (bool, int, float, str, Operation)):
        raise Fault(
            "not-a-tensor",
            "Only input tensors may be passed as positional arguments. The following argument "
            "value should be passed as a keyword argument: "
            + (f"{value} (of type " if plain(value) else ""),
            expected="a tensor",
            found=value,
        )


def _require_decided(first: Any) -> None:
    """A list that holds something unknown, and no tensor, may be plain data."""
    if not isinstance(first, (list, tuple, dict)):
        return
    leaves = list(flatten(first))
    unknown = next((leaf for leaf in leaves if isinstance(leaf, Unknown)), None)
    if unknown is not None and not any(isinstance(leaf, Tensor) for leaf in leaves):
        raise Undecided(unknown.reason)


def _tensors_of(values: dict[str, Any]) -> Any:
    """The arguments that hold tensors: the value alone if it is one, else by name."""
    holding = {
        name: value
        for name, value in values.items()
        if any(isinstance(leaf, (Tensor, Array, Unknown)) for leaf in flatten(value))
    }
    return next(iter(holding.values())) if len(holding) == 1 else holding


def _to_tensor(leaf: Any, dtype: DType, call: Call | None) -> Any:
    if isinstance(leaf, Spec):
        return Tensor(leaf.shape, leaf.dtype, call, sparse=leaf.sparse)
    if isinstance(leaf, Tensor):  # a model's own output tensor, seen from outside
        return Tensor(leaf.shape, leaf.dtype, call, sparse=leaf.sparse)
    if isinstance(leaf, Shape):
        return Tensor(_as_keras_tensor(leaf), dtype, call)
    return leaf


def _as_keras_tensor(shape: Shape) -> Shape:
    """The shape that a KerasTensor takes: integers of 0 and more."""
    if all((type(d) is int and d >= 0) or d is None or isinstance(d, Symbol) for d in shape.dims):
        return shape
    return Shape(standardize_shape(shape.dims, "empty-output").dims, open=shape.open)


def _why_unknown(values: dict[str, Any]) -> str | None:
    for leaf in flatten(values):
        if isinstance(leaf, Unknown):
            return leaf.reason
        if isinstance(leaf, (Tensor, Array)) and not leaf.shape.known:
            call = leaf.call if isinstance(leaf, Tensor) else None
            return call.reason if call is not None and call.reason else "its input is not known"
    return None


def _shape_of(leaf: Any) -> Any:
    if isinstance(leaf, (Tensor, Array)):
        return leaf.shape
    return Shape.unknown() if isinstance(leaf, Unknown) else leaf


def _wanted(method: Any, shapes: dict[str, Any]) -> dict[str, Any]:
    """The call arguments that a law names; the first one whatever its name."""
    names = _parameters(method)
    if len(names) == 1 and names[0] not in shapes:
        return {names[0]: next(iter(shapes.values()), None)}
    return {name: shapes[name] for name in names if name in shapes}


@functools.cache
def _parameters(method: Any) -> list[str]:
    return list(inspect.signature(method).parameters)[1:]


def is_symbolic(dim: Dim) -> bool:
    """Whether a dimension is not known to the analysis."""
    return isinstance(dim, Symbol)


__all__ = ["Array", "InputSpec", "Layer", "Spec", "Weight", "is_symbolic"]
