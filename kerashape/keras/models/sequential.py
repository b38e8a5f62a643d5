"""Sequential models: a stack of layers, and the graph that it becomes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kerashape.keras.graph import Call, DType, Tensor, flatten
from kerashape.keras.layers.base import Array, Layer
from kerashape.keras.masks import pass_on
from kerashape.keras.models.base import Model
from kerashape.keras.models.entry import input_layer
from kerashape.keras.models.functional import Functional
from kerashape.keras.names import Names
from kerashape.keras.signature import REQUIRED, Arguments, Signature
from kerashape.shapes import Fault, Shape, Undecided, Unknown
from kerashape.shapes.shape import join_shapes

if TYPE_CHECKING:
    from kerashape.site import Site


class OtherKeras(Fault):
    """A layer is of another Keras than the model that it is added to."""


class Sequential(Model):
    """A stack of layers; a graph as soon as its input shape is known."""

    signature = "layers=None, trainable=True, name=None"
    takes_base_arguments = False
    stack: tuple[Layer, ...] | Unknown = ()
    """Its layers, an explicit or implied InputLayer among them."""
    graph: Functional | None = None
    perhaps: Shape | None = None
    """The shape that it is built for on one branch, where it is not on another."""
    calls_within: tuple[Call, ...] = ()
    """The calls that another layer's ``build`` took, until they are noted."""

    @classmethod
    def empty(
        cls, *, name: Any = None, names: Names | None = None, site: Site | None = None
    ) -> Any:
        """``keras.Sequential(name=name)``."""
        model = cls.__new__(cls)
        model.site = site
        model.arguments = {}
        model.name = (names or Names()).automatic("Sequential") if name is None else name
        return model

    def add(
        self, layer: Any, names: Names, site: Site | None = None, *, build: bool = True
    ) -> None:
        """``model.add(layer)``. With ``build=False`` the caller calls :meth:`rebuild` later.

        Raises:
            Fault: ``sequential-misuse`` or ``duplicate-layer-name``; with ``build``, also
                whatever the layer's call raises.
        """
        if isinstance(self.stack, Unknown):
            return
        if isinstance(layer, Tensor) and layer.is_input and layer.call is not None:
            layer = layer.call.operation
        if isinstance(layer, Unknown):
            self.stack = Unknown(layer.reason)
            self.graph = None
            return
        if not isinstance(layer, Layer):
            raise Fault(
                "sequential-misuse",
                "Only instances of `keras.Layer` can be added to a Sequential model. Received: ",
                expected="a layer",
                found=layer,
            )
        self._check_copy(layer)
        if not self.stack and not layer.is_input:
            shapes = {"batch_shape": layer.batch_input_shape, "shape": layer.input_shape}
            given = next(((k, v) for k, v in shapes.items() if v is not None), None)
            if given is not None:
                entry = input_layer(dict([given]), names)
                entry.old_copy = layer.old_copy
                self.add(entry, names)
        self._check_addition(layer)
        self.stack = (*self.stack, layer)
        if build:
            self.rebuild(names, site)

    def _check_copy(self, layer: Layer) -> None:
        """Whether both are of Keras, or both of the old copy that TensorFlow has of it."""
        if self.old_copy is None or not layer.from_keras or layer.old_copy in (self.old_copy, None):
            return
        text = "Only instances of `keras.Layer` can be added to a Sequential model. Received: "
        own, other = "Keras", "`tensorflow.python.keras`"
        if self.old_copy:
            text = "The added layer must be an instance of class Layer. Found:"
            own, other = other, own
        raise OtherKeras(
            "sequential-misuse",
            text,
            expected=f"a layer of {own}, not one of {other}",
            help="import everything from `keras`: `tensorflow.python.keras` is TensorFlow's "
            "private copy of an old one",
        )

    def _check_addition(self, layer: Layer) -> None:
        assert not isinstance(self.stack, Unknown)
        for other in self.stack:
            known = isinstance(layer.name, str) and isinstance(other.name, str)
            if other is not layer and known and other.name == layer.name:
                raise Fault(
                    "duplicate-layer-name",
                    "All layers added to a Sequential model should have unique names. Name "
                    f"'{layer.name}' is already the name of a layer in this model.",
                    expected="another name",
                    found=layer.name,
                )
        if layer.is_input and self.stack and self.stack[0].is_input:
            raise Fault(
                "sequential-misuse",
                f"Sequential model '{self.name}' has already been configured to use input shape "
                f"{self.stack[0].calls[0].output.shape}. You cannot add a different Input layer "
                "to it.",
                expected="one Input",
                found="a second Input",
                help="leave one of them out: the Input comes first, and once",
            )
        if layer.is_input and self.stack:  # accepted, and raised as soon as the model is built
            raise Fault(
                "sequential-misuse",
                "Layers added to a Sequential model should have a single positional argument, the "
                "input tensor. Layer InputLayer has no positional arguments.",
                expected="the Input as its first layer",
                found="an Input behind other layers",
                help="put the Input in front of the other layers",
            )

    def rebuild(self, names: Names, site: Site | None = None) -> list[Call]:
        """Build the graph if the first layer says the input shape; the calls that it took.

        Stops at the first call that faults: its Call is the last in the list.
        """
        if isinstance(self.stack, Unknown) or not self.stack:
            return []
        first = self.stack[0]
        if first.is_input:
            if len(self.stack) == 1:
                self.built, self.graph = False, None
                return []
            return self._extend(first.calls[0].output, self.stack[1:], names, site)
        shape = _single_input_shape(first)
        if shape is None or len(self.stack) == 1:
            return []
        return self.build_for(shape, names, site)

    def build_for(self, shape: Shape, names: Names, site: Site | None = None) -> list[Call]:
        """``model.build(shape)`` on an unbuilt stack: an Input of that batch shape before it.

        Raises:
            Fault: ``sequential-misuse`` without layers or with another input shape.
        """
        if isinstance(self.stack, Unknown):
            raise Undecided(self.stack.reason)
        self._refuse_empty()
        assert self.stack
        first = self.stack[0]
        if first.is_input:
            configured = first.calls[0].output.shape
            if configured != shape:
                raise Fault(
                    "sequential-misuse",
                    f"Sequential model '{self.name}' has already been configured to use input "
                    f"shape {configured}. You cannot build it with input_shape {shape}",
                    expected=configured,
                    found=shape,
                )
        else:
            shape = shape if self.perhaps is None else join_shapes(self.perhaps, shape)
            entry = input_layer({"batch_shape": shape, "dtype": first.compute_dtype}, names)
            self.stack = (entry, *self.stack)
        return self._extend(self.stack[0].calls[0].output, self.stack[1:], names, site)

    def _refuse_empty(self) -> None:
        if isinstance(self.stack, tuple) and not self.stack:
            raise Fault(
                "sequential-misuse",
                f"Sequential model {self.name} cannot be built because it has no layers. "
                "Call `model.add(layer)`.",
                expected="a model with layers",
                found="a Sequential without any",
            )

    def _extend(
        self, tensor: Any, layers: Sequence[Layer], names: Names, site: Site | None
    ) -> list[Call]:
        """Call the layers that the graph does not hold yet, one on the other's output."""
        start = tensor
        done = 0
        if self.graph is not None and self.graph.inputs is start:
            done = self._called
            tensor = self.graph.outputs
        calls: list[Call] = []
        for layer in layers[done:]:
            calls += _built_on(layer, tensor, names, site)
            if calls and calls[-1].fault is not None:
                self.graph, self.built = None, Unknown("a layer of it does not fit")
                return calls
            given = Arguments([tensor])
            call = layer(given, site=layer.site or site)
            _tell_several_inputs(call)
            pass_on(layer, call, given, names)
            calls.append(call)
            if call.fault is not None:
                self.graph, self.built = None, Unknown("a layer of it does not fit")
                return calls
            tensor = call.output
            if tensor is None or isinstance(tensor, Unknown):
                self.graph, self.built = None, Unknown(call.reason or "its output")
                return calls
        self.graph = Functional.from_tensors(start, tensor, names=names)
        self._called = len(layers)
        self.built = True
        return calls

    _called = 0

    @property
    def input_dtype(self) -> DType:
        if isinstance(self.stack, Unknown):
            return Unknown(self.stack.reason)
        if self.stack and self.stack[0].is_input:
            dtype: DType = self.stack[0].calls[0].output.dtype
            return dtype
        return super().input_dtype

    @property
    def inputs(self) -> Any:
        return None if self.graph is None else self.graph.inputs

    @property
    def outputs(self) -> Any:
        return None if self.graph is None else self.graph.outputs

    @property
    def output_names(self) -> list[str | Unknown]:
        """The name of the last layer."""
        return [] if self.graph is None else self.graph.output_names

    @property
    def input_names(self) -> list[str | Unknown]:
        """The name of the Input."""
        return [] if self.graph is None else self.graph.input_names

    @property
    def sublayers(self) -> Sequence[Layer]:
        if isinstance(self.stack, Unknown):
            raise Undecided(self.stack.reason)
        return [layer for layer in self.stack if not layer.is_input]

    def count_params(self) -> int | None:
        if self.graph is None:
            return None
        return super().count_params()

    def check_call(self, values: dict[str, Any], first: Any) -> None:
        """On data, and within another layer's ``call``, only its layers look at the inputs."""
        leaves = flatten(next(iter(values.values()), None))
        running = self.within or any(isinstance(leaf, Array) for leaf in leaves)
        if self.graph is None or not running:
            super().check_call(values, first)

    def check_arguments(self, values: dict[str, Any]) -> None:
        """When it runs, it calls its layers and checks nothing itself."""

    def check_inputs(self, first: Any) -> None:
        if self.graph is not None:
            self.graph.check_inputs(first)
        elif isinstance(first, Shape):
            self._refuse_empty()

    def infer_output(self, values: dict[str, Any], shapes: dict[str, Any]) -> Any:
        if self.graph is None:
            raise Undecided(_why(self.built) or "the model has no known input shape")
        return self.graph.run(next(iter(values.values()), None), running=self.within)

    def build_within(self, inputs: Any, names: Names | None = None) -> None:
        if self.built is not True and isinstance(inputs, Shape):
            calls = self.build_for(inputs, names or Names())
            for call in calls:
                if call.fault is not None:
                    raise call.fault
            self.calls_within = tuple(calls)

    def replay(self, values: dict[str, Any]) -> Any:
        if self.graph is None:
            raise Undecided("the model has no known input shape")
        return self.graph.replay(values)


def _built_on(layer: Layer, tensor: Any, names: Names, site: Site | None) -> list[Call]:
    """Build a stack within the stack, which had no input shape; the calls that it took."""
    if not isinstance(layer, Sequential) or layer.graph is not None or layer.stack == ():
        return []
    if not isinstance(tensor, Tensor) or tensor.shape.open:
        return []
    try:
        return layer.build_for(tensor.shape, names, site)
    except (Fault, Undecided):
        return []  # its own call will say it


def _tell_several_inputs(call: Call) -> None:
    """A Sequential says of a layer that wants several inputs that it is none for it."""
    operation = call.operation
    if call.fault is None or call.fault.binding != "missing":
        return
    assert isinstance(operation, Layer)
    parameters = Signature.parse(operation.call_signature).positional
    required = [name for name, default in parameters.items() if default is REQUIRED]
    if len(required) != 1:
        call.fault = Fault(
            "sequential-misuse",
            "Layers added to a Sequential model can only have a single required positional "
            f"argument, the input tensor. Layer {operation.class_name} has multiple required "
            "positional arguments: ",
            expected="a layer of one input",
            found=f"{operation.class_name}, which takes {' and '.join(required)}",
        )


def _single_input_shape(layer: Layer) -> Shape | None:
    """The batch shape that a model at the bottom of a stack already has."""
    if isinstance(layer, Model):
        tensors = list(flatten(layer.inputs))
        if len(tensors) == 1 and isinstance(tensors[0], Tensor):
            return tensors[0].shape
    return None


def _why(value: Any) -> str | None:
    return value.reason if isinstance(value, Unknown) else None
