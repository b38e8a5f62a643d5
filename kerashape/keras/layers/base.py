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

import functools
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from kerashape.keras.dtypes import FLOATS
from kerashape.keras.graph import Call, DType, Tensor, flatten, map_structure
from kerashape.keras.layers.calling import bind_call
from kerashape.keras.layers.construction import PYTHON_ERRORS, unforeseen
from kerashape.keras.layers.tensors import (
    Array,
    Spec,
    require_decided,
    shape_of,
    tensors_of,
    to_tensor,
    why_unknown,
)
from kerashape.keras.layers.weights import Weight, Weighted
from kerashape.keras.names import Names
from kerashape.keras.signature import Arguments, Signature
from kerashape.keras.spec import InputSpec, Specs, check_inputs
from kerashape.shapes import Fault, Shape, Undecided, Unknown
from kerashape.shapes.shape import AxisError

if TYPE_CHECKING:
    from kerashape.site import Site


class Layer(Weighted):
    """A Keras layer with its arguments, its weights and its calls.

    Attributes:
        signature: the constructor's parameters after ``self``, in Keras's order, with
            defaults; those that every layer takes (``name``, ``dtype``, ``trainable``,
            ``input_shape``...) are left out unless they have another position or default.
        call_signature: the parameters of ``call``.
        spec: what the first argument of a call must be.
        keeps_dtype: whether the output has the dtype of the first input (else the layer's).
        casts_inputs: whether Keras casts the floats that it is called on to what it computes in.
        single_output: whether a call returns one tensor whatever the arguments.
        accepts_values: whether plain values may be given positionally (functional models).
        takes_list: whether the first argument is a list of tensors (merge layers); ``inputs``
            is then ``Unknown`` where it is not even known whether a list was given.
        takes_base_arguments: whether the constructor takes what every layer takes.
        keywords: further keywords that the constructor takes through its ``**kwargs``.
        passed_on: keywords that the constructor gives to its base class, so that nobody else can.
        built_at_once: whether the constructor builds it (there is nothing to build).
        initializer: the class whose ``__init__`` Python names, if it is another.
        nested: what becomes of a list or dict of tensors as the first argument: the laws see
            it (``"law"``), each tensor is one of its own (``"same"``), Keras fails on it
            (``"fault"``, or only in the first call: ``"build"``), or it is not followed
            (``"unknown"``).
    """

    call_signature: ClassVar[str] = "inputs"
    spec: Specs = None
    keeps_dtype: ClassVar[bool] = False
    casts_inputs: ClassVar[bool] = True
    single_output: ClassVar[bool] = True
    accepts_values: ClassVar[bool] = False
    takes_texts: ClassVar[bool] = False
    """Whether it makes an array of a text, or of a list of them, that it is called on."""
    takes_list: ClassVar[bool] = False
    adds_losses: bool = False
    """Whether ``add_loss`` was called on it."""
    nested: ClassVar[str] = "law"

    built_at_once: ClassVar[bool] = False

    integers_within: ClassVar[str] = "cast"
    """Within another layer's ``call``, what becomes of integers: the layer casts them as it does
    symbolic ones (``"cast"``), keeps them (``"kept"``), makes the usual floats of them
    (``"floatx"``), or that is not told (``"unknown"``)."""

    within: bool = False
    """Whether it is being called within another layer's ``call``: TensorFlow then infers."""

    built: bool | Unknown = False
    escaped: bool = False
    """Whether code that is not followed had it in its hands, and may have called it."""
    built_by: Call | None = None
    """The call that built it."""

    own_mask: Callable[[Any, Any], Any] | None = None
    """The ``compute_mask`` of a class of the program's own: nested inputs and masks to masks."""

    @property
    def masks_as(self) -> Layer | None:
        """The layer of Keras by whose rule it hands masks on; None if by none."""
        return self if self.from_keras else None

    @property
    def call_parameters(self) -> list[str]:
        """The names of the parameters of ``call``."""
        return Signature.parse(self.call_signature).names

    @property
    def input_dtype(self) -> DType:
        """What Keras casts the floats among its inputs to."""
        return self.compute_dtype

    @property
    def has_shape_law(self) -> bool:
        """Whether it has a ``compute_output_shape()``, so that Keras can say its shape."""
        return True

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
        return bind_call(self, arguments)

    def call_within(self, arguments: Arguments, site: Site | None = None) -> Call:
        """What a call within another layer's ``call`` does (see :meth:`__call__`)."""
        self.within = True
        try:
            call = self(arguments, site)
        finally:
            self.within = False
        if call.fault is not None and call.fault.text.startswith("Cannot convert '"):
            call.fault, call.reason = None, "TensorFlow cuts what is no integer"
        if call.fault is not None and self._is_stacked(next(iter(call.values.values()), None)):
            call.fault, call.reason = None, "TensorFlow stacks a list of tensors"
        return call

    def _is_stacked(self, first: Any) -> bool:
        """Whether TensorFlow makes one tensor of a list that Keras may not expect."""
        if not isinstance(first, (list, tuple)) or getattr(self, "of_several", False):
            return False
        return not self.takes_list or any(isinstance(item, (list, tuple)) for item in first)

    def __call__(self, arguments: Arguments, site: Site | None = None) -> Call:
        """What ``layer(*args, **kwargs)`` does: check, build, check, infer; record the call.

        Never raises: a fault or an unknown is recorded in the :class:`Call`.
        """
        call = Call(self, None, site=site)
        try:
            call.values = values = self.bind_call(arguments)
            call.inputs = tensors_of(values, arguments.keywords or {})
            require_decided(next(iter(values.values()), None))
            shapes = {name: self._to_shapes(value) for name, value in values.items()}
            self._infer(call, values, shapes, self._gives_training_by_place(arguments))
        except Fault as fault:
            call.fault = fault
        except AxisError as error:  # Keras's laws index the shape in the same way
            call.fault = Fault("wrong-rank", str(error), expected="more dimensions")
        except Undecided as undecided:
            call.reason = undecided.reason
        except PYTHON_ERRORS as error:
            call.reason = unforeseen(error)
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
        self.within = True
        try:
            self._infer(call, values, {name: self._to_shapes(v) for name, v in values.items()})
        finally:
            self.within = False
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
        self.check_call(values, first)
        self._expect_tensor(first)
        shapes = self._of_required_rank(shapes)
        if self.built is not True:
            self._build(shapes)
            self.built_by = call
            self.check_call(values, first)
        if training_twice:
            raise Fault(
                "wrong-arity",
                "multiple values for argument 'training'",
                expected="one tensor",
                found="another positional argument",
            )
        dtype = self._output_dtype(next(iter(values.values()), None))
        if self.within:
            dtype = self._dtype_within(values, dtype)
        try:
            result = self._inferred(values, shapes)
        except Undecided as undecided:
            call.reason = undecided.reason
            if self.single_output:
                call.output = Tensor(self.fallback(first), dtype, call)
            return
        call.output = map_structure(lambda leaf: to_tensor(leaf, dtype, call), result)
        if any(not t.shape.known for t in call.output_tensors):
            call.reason = why_unknown(values) or "a dimension of it is not known"

    def _inferred(self, values: dict[str, Any], shapes: dict[str, Any]) -> Any:
        if self.within:
            if self.arguments.get("activation") == "glu":
                raise Undecided("the activation halves the channels when the layer runs")
            fraction = next((n for n in _SIZES if _has_fraction(self.arguments.get(n))), None)
            if fraction is not None:
                raise Undecided(f"TensorFlow cuts what is no integer: {fraction}")
        return self.infer_output(values, shapes)

    def check_arguments(self, values: dict[str, Any]) -> None:
        self.check_inputs(self._to_shapes(next(iter(values.values()), None)))

    def replay(self, values: dict[str, Any]) -> Any:
        shapes = {name: self._to_shapes(value) for name, value in values.items()}
        dtype = self._output_dtype(next(iter(values.values()), None))
        result = self.infer_output(values, shapes)
        return map_structure(lambda leaf: to_tensor(leaf, dtype, None), result)

    def _to_shapes(self, value: Any) -> Any:
        """The same nesting with shapes in place of tensors, and of what may be a tensor."""
        if isinstance(value, Unknown) and self.takes_list:
            return value
        return map_structure(shape_of, value)

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

    old_copy: bool | None = False
    """Whether it is one of ``tensorflow.python.keras``; None: that is not known."""

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

    def output_within(self, inputs: Any, *, when_run: bool = False) -> Any:
        """What ``layer.compute_output_shape(shape)`` returns to a wrapper: nested shapes.

        Where the wrapper itself runs within another layer, it calls this one (``when_run``).
        """
        if not self.from_keras:
            raise Undecided("the layer within is the program's own")
        tensors = map_structure(lambda s: Tensor(s) if isinstance(s, Shape) else s, inputs)
        values = self.bind_call(Arguments((tensors,)))
        before, self.within = self.within, when_run
        try:
            self._expect_tensor(inputs)
            result = self._inferred(values, {**values, self._first_argument: inputs})
        finally:
            self.within = before
        return map_structure(lambda s: s.shape if isinstance(s, (Spec, Tensor)) else s, result)

    @property
    def _first_argument(self) -> str:
        return Signature.parse(self.call_signature).names[0]

    def fallback(self, first: Any) -> Shape:
        """What can still be said of the output's shape when the law is undecided."""
        return Shape.unknown()

    def check_call(self, values: dict[str, Any], first: Any) -> None:
        """What a call checks of its inputs; ``first`` is the first of the values, as shapes."""
        self.check_inputs(first)

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
            and not self.within
            and leaves
            and all(isinstance(s, (Shape, Unknown)) for s in leaves)
        ):
            return
        fails = self.nested == "fault" or (self.nested == "build" and self.built is not True)
        data = any(isinstance(leaf, (Array, Unknown)) for leaf in leaves)
        if fails and not data and not (self.within and isinstance(first, (list, tuple))):
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
        return self._dtype_kept(first) if self.keeps_dtype else self.compute_dtype

    def _dtype_within(self, values: dict[str, Any], usual: DType) -> DType:
        """The output's dtype within another layer's ``call``, where nobody casts integers."""
        first = next(iter(values.values()), None)
        kinds = {leaf.dtype for leaf in flatten(first) if isinstance(leaf, (Tensor, Array))}
        if not getattr(self, "autocast", True) and kinds != {usual}:
            return Unknown("what the layer casts nothing to")
        if self.integers_within == "cast" or kinds <= FLOATS:
            return usual
        if self.integers_within == "floatx" and not kinds & FLOATS:
            return self.floatx
        if self.integers_within == "kept" and len(kinds) == 1:
            return kinds.pop()
        return Unknown("what TensorFlow makes of integers")

    def _dtype_kept(self, first: Any) -> DType:
        """The dtype of an input as the layer sees it: floats become what it computes in."""
        for leaf in flatten(first):
            if isinstance(leaf, (Tensor, Array)):
                if isinstance(leaf.dtype, str) and leaf.dtype in FLOATS:
                    return self.compute_dtype if self.autocast else leaf.dtype
                return leaf.dtype
        return Unknown("the dtype of the input is not known")

    def __repr__(self) -> str:
        return f"<{self.class_name} name={self.name}, built={self.built}>"


def _wanted(method: Any, shapes: dict[str, Any]) -> dict[str, Any]:
    """The call arguments that a law names; the first one whatever its name."""
    names = _parameters(method)
    if len(names) == 1 and names[0] not in shapes:
        return {names[0]: next(iter(shapes.values()), None)}
    return {name: shapes[name] for name in names if name in shapes}


_SIZES = ("kernel_size", "pool_size", "strides", "dilation_rate", "size")
"""Arguments that TensorFlow makes integers of."""


def _has_fraction(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and any(isinstance(item, float) for item in value)


@functools.cache
def _parameters(method: Any) -> list[str]:
    return list(inspect.signature(method).parameters)[1:]


__all__ = ["Array", "InputSpec", "Layer", "Spec", "Weight"]
