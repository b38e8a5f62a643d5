"""Functional and Sequential models: graphs of layers that are layers themselves.

The order of checks, the order of ``model.layers`` and the treatment of intermediate
tensors follow ``keras.src.models.functional`` and ``keras.src.ops.function``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from kerashape.keras.graph import Call, Operation, Tensor, flatten, map_structure
from kerashape.keras.input_rank import check_rank_of_data
from kerashape.keras.layers import find
from kerashape.keras.layers.base import Array, InputSpec, Layer
from kerashape.keras.masks import pass_on
from kerashape.keras.names import Names
from kerashape.keras.network import Network
from kerashape.keras.signature import REQUIRED, Arguments, Signature
from kerashape.shapes import Fault, Shape, Undecided, Unknown

if TYPE_CHECKING:
    from kerashape.site import Site


class Model(Layer):
    """What Functional, Sequential and subclassed models have in common."""

    call_signature = "inputs, training=None, mask=None"
    accepts_values = True
    single_output = False
    inputs: Any = None
    """The symbolic inputs, nested as they were given; Unknown or None if there are none yet."""
    outputs: Any = None
    compiled: Any = None
    """The fact of the last ``compile``; None if there was none, Unknown if that is not known."""
    custom_training: bool = False
    """Whether a class of the user's changes what ``fit`` does (``train_step``...)."""

    @property
    def is_model(self) -> bool:
        """Whether it is a model; a layer that the user defines need not be."""
        return True

    @property
    def callee(self) -> str:  # type: ignore[override]
        return f"keras.{self.class_name}"

    def output_within(self, inputs: Any) -> Any:
        self.check_inputs(inputs)
        return super().output_within(inputs)

    def bind_call(self, arguments: Arguments) -> dict[str, Any]:
        try:
            return super().bind_call(arguments)
        except Fault as fault:
            if fault.argument in (arguments.keywords or {}) and not self._is_plain():
                raise Undecided("an argument that a layer of the user may take") from fault
            raise

    def _is_plain(self) -> bool:
        """Whether all its layers are Keras's own: they take no arguments but the usual ones."""
        try:
            return all(find(layer.class_name) is type(layer) for layer in self.sublayers)
        except Undecided:
            return False

    @property
    def layers(self) -> list[Layer]:
        """``model.layers``. Raises :class:`Undecided` where they are not known."""
        return list(self.sublayers)

    def get_layer(self, name: Any = None, index: Any = None) -> Layer:
        """``model.get_layer(...)``.

        Raises:
            Fault: ``unknown-layer``.
            Undecided: if the layers, their names or the arguments are not known.
        """
        if index is not None and name is not None:
            raise Fault(
                "bad-argument",
                "Provide only a layer name or a layer index. Received: "
                f"index={index}, name={name}.",
            )
        layers = self.layers
        if index is not None:
            if len(layers) <= index:
                raise Fault(
                    "unknown-layer",
                    f"Was asked to retrieve layer at index {index} but model only has "
                    f"{len(layers)} layers.",
                    expected=f"an index below {len(layers)}",
                    found=index,
                )
            found: Layer = layers[index]
            return found
        if name is None:
            raise Fault(
                "bad-argument", "Provide either a layer name or layer index at `get_layer`."
            )
        for layer in layers:
            if layer.name == name:  # undecided where a name before it is not known
                return layer
        listed = [str(layer.name) for layer in layers]
        raise Fault(
            "unknown-layer",
            f"No such layer: {name}. Existing layers are: {listed}.",
            expected="the name of a layer of the model",
            found=name,
        )


class Functional(Model):
    """A model made of the graph between its inputs and its outputs."""

    takes_list: ClassVar[bool] = True
    network: Network

    @classmethod
    def from_tensors(
        cls,
        inputs: Any,
        outputs: Any,
        *,
        name: Any = None,
        names: Names | None = None,
        site: Site | None = None,
    ) -> Functional:
        """What ``keras.Model(inputs, outputs, name=name)`` gives.

        Raises:
            Fault: ``not-a-tensor``, ``graph-disconnected``, ``duplicate-layer-name`` or
                ``bad-argument``, in Keras's order.
        """
        names = names or Names()
        model = cls.__new__(cls)
        model.site = site
        model.arguments = {}
        _require_tensors(inputs, "inputs")
        _require_tensors(outputs, "outputs")
        tensors = [t for t in flatten(inputs) if isinstance(t, Tensor)]
        model.intermediate = tuple(t for t in tensors if not t.is_input)
        model.given_ends = inputs, outputs
        if model.intermediate:
            inputs, outputs = _clone(inputs, outputs, names)
        model.name = names.automatic(cls.__name__) if name is None else name
        model.inputs, model.outputs = inputs, outputs
        model.network = Network.between(inputs, outputs)
        model.built = True
        model.spec = _input_spec(inputs)
        return model

    @classmethod
    def draft(cls, inputs: Any, outputs: Any, *, name: Any = None) -> Functional:
        """What Keras refuses to make a model of, as far as it goes."""
        model = cls.__new__(cls)
        model.arguments = {}
        model.name = "functional" if name is None else name
        model.given_ends = model.inputs, model.outputs = inputs, outputs
        model.network = Network.draft(inputs, outputs)
        return model

    intermediate: tuple[Tensor, ...] = ()
    """The elements of ``inputs`` that are not Inputs: the model starts at clones of them."""
    given_ends: tuple[Any, Any]
    """``inputs`` and ``outputs`` as they were given, before the graph was cloned."""

    @property
    def sublayers(self) -> Sequence[Layer]:
        if self.network.open:
            raise Undecided(self.network.open)
        return [op for op in self.network.operations if isinstance(op, Layer)]

    @property
    def output_names(self) -> list[str | Unknown]:
        """The names of the layers that made the outputs, in order."""
        return [
            t.call.operation.name if isinstance(t, Tensor) and t.call else Unknown("its origin")
            for t in flatten(self.outputs)
        ]

    @property
    def input_names(self) -> list[str | Unknown]:
        """The names of the Inputs, in order."""
        return [
            t.call.operation.name if isinstance(t, Tensor) and t.call else Unknown("its origin")
            for t in flatten(self.inputs)
        ]

    def infer_output(self, values: dict[str, Any], shapes: dict[str, Any]) -> Any:
        given = next(iter(values.values()), None)
        leaves, expected = list(flatten(given)), list(flatten(self.inputs))
        if len(leaves) == len(expected):
            for leaf, entry in zip(leaves, expected):
                check_rank_of_data(leaf, entry)
        return self._run(given)

    def replay(self, values: dict[str, Any]) -> Any:
        return self._run(next(iter(values.values()), None))

    def _run(self, inputs: Any) -> Any:
        """The outputs for other inputs: re-infer what is downstream of a changed shape."""
        given = _reconcile(inputs, self.inputs)
        expected = list(flatten(self.inputs))
        if any(not isinstance(t, Tensor) for t in [*expected, *flatten(self.outputs)]):
            raise Undecided("the inputs or outputs of the model are not known")
        if any(isinstance(leaf, Unknown) for leaf in given):
            given = [e if isinstance(g, Unknown) else g for g, e in zip(given, expected)]
        if all(_same_shape(g, e) for g, e in zip(given, expected)):
            return self.outputs
        return self.network.rerun(dict(zip(map(id, expected), given)), self.outputs)


class Sequential(Model):
    """A stack of layers; a graph as soon as its input shape is known."""

    signature = "layers=None, trainable=True, name=None"
    takes_base_arguments = False
    stack: tuple[Layer, ...] | Unknown = ()
    """Its layers, an explicit or implied InputLayer among them."""
    graph: Functional | None = None

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
        if not self.stack and not layer.is_input:
            if layer.batch_input_shape is not None:
                self.add(_input_layer({"batch_shape": layer.batch_input_shape}, names), names)
            elif layer.input_shape is not None:
                self.add(_input_layer({"shape": layer.input_shape}, names), names)
        self._check_addition(layer)
        self.stack = (*self.stack, layer)
        if build:
            self.rebuild(names, site)

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
            )
        if layer.is_input and self.stack:  # accepted, and raised as soon as the model is built
            raise Fault(
                "sequential-misuse",
                "Layers added to a Sequential model should have a single positional argument, the "
                "input tensor. Layer InputLayer has no positional arguments.",
                expected="the Input as its first layer",
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
            entry = _input_layer({"batch_shape": shape, "dtype": first.compute_dtype}, names)
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

    def check_inputs(self, first: Any) -> None:
        if self.graph is not None:
            self.graph.check_inputs(first)
        elif isinstance(first, Shape):
            self._refuse_empty()

    def infer_output(self, values: dict[str, Any], shapes: dict[str, Any]) -> Any:
        if self.graph is None:
            raise Undecided(_why(self.built) or "the model has no known input shape")
        return self.graph.infer_output(values, shapes)

    def build_within(self, inputs: Any, names: Names | None = None) -> None:
        if self.built is not True and isinstance(inputs, Shape):
            for call in self.build_for(inputs, names or Names()):
                if call.fault is not None:
                    raise call.fault

    def replay(self, values: dict[str, Any]) -> Any:
        if self.graph is None:
            raise Undecided("the model has no known input shape")
        return self.graph.replay(values)


def _tell_several_inputs(call: Call) -> None:
    """A Sequential says of a layer that wants several inputs that it is none for it."""
    operation = call.operation
    if call.fault is None or "missing a required argument" not in call.fault.text:
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


def make_input(values: Mapping[str, Any], names: Names, site: Site | None = None) -> Tensor:
    """What ``keras.Input(**values)`` returns.

    Raises:
        Fault: ``bad-argument``.
    """
    layer = _input_layer(values, names, site)
    tensor = layer.calls[0].output
    assert isinstance(tensor, Tensor)
    return tensor


def _input_layer(values: Mapping[str, Any], names: Names, site: Site | None = None) -> Layer:
    record = find("InputLayer")
    assert record is not None
    return record.construct(Arguments((), values), names, site)


def _require_tensors(structure: Any, what: str) -> None:
    leaves = list(flatten(structure))
    for leaf in leaves:
        if not isinstance(leaf, (Tensor, Unknown)):
            raise Fault(
                "not-a-tensor",
                f"All `{what}` values must be KerasTensors. Received: {what}=",
                expected="a symbolic tensor",
                found=leaf,
                argument=what,
            )
    if not leaves:
        raise Fault("bad-argument", f"`{what}` argument cannot be empty. Received:", argument=what)


def _clone(inputs: Any, outputs: Any, names: Names) -> tuple[Any, Any]:
    """The graph again behind new Inputs in place of intermediate tensors, as Keras does."""
    replaced: dict[int, Any] = {}
    operations: dict[int, Operation] = {}
    calls = Network.calls_between(inputs, outputs)
    for tensor in flatten(inputs):
        if not isinstance(tensor, Tensor) or tensor.is_input:
            replaced[id(tensor)] = tensor
            continue
        entry = _input_layer(
            {
                "batch_shape": tensor.shape,
                "dtype": tensor.dtype,
                "name": Unknown("the name of a cloned tensor"),
            },
            names,
        )
        replaced[id(tensor)] = entry.calls[0].output
        if tensor.call is not None:
            operations[id(tensor.call.operation)] = entry

    def swap(leaf: Any) -> Any:
        if not isinstance(leaf, Tensor):
            return leaf
        if id(leaf) not in replaced:
            replaced[id(leaf)] = Tensor(leaf.shape, leaf.dtype, leaf.call, sparse=leaf.sparse)
        return replaced[id(leaf)]

    new_inputs = map_structure(swap, inputs)
    new_outputs = map_structure(swap, outputs)
    for call in calls:
        operation = operations.get(id(call.operation), call.operation)
        if operation.is_input:
            continue
        clone = Call(
            operation,
            map_structure(swap, call.inputs),
            map_structure(swap, call.output),
            site=call.site,
            reason=call.reason,
            values=map_structure(swap, call.values),
        )
        clone.masks = tuple(map(swap, call.masks))
        for tensor in clone.output_tensors:
            tensor.call = clone
        operation.calls = (*operation.calls, clone)
    return new_inputs, new_outputs


def _input_spec(inputs: Any) -> list[InputSpec | None] | None:
    tensors = list(flatten(inputs))
    if any(not isinstance(t, Tensor) for t in tensors):
        return None
    if isinstance(inputs, Mapping) and len(inputs) != len(tensors):
        return None  # a dict that nests deeper is not checked
    by_name = isinstance(inputs, Mapping)
    keys = sorted(inputs) if by_name and all(isinstance(k, str) for k in inputs) else []
    specs: list[InputSpec | None] = []
    for index, tensor in enumerate(tensors):
        name = tensor.call.operation.name if tensor.call else None
        if by_name and index < len(keys):
            name = keys[index]
        optional = tensor.call is not None and getattr(tensor.call.operation, "optional", False)
        shape = tensor.shape
        if not shape.open and shape.dims:
            shape = Shape((None, *shape.dims[1:]))
        specs.append(
            InputSpec(
                shape=shape,
                squeeze_last=True,
                name=name if isinstance(name, str) else None,
                optional=optional is not False,
            )
        )
    return specs


def _reconcile(inputs: Any, expected: Any) -> list[Any]:
    """The given inputs, flat, in the order of the expected ones (dicts by name)."""
    if isinstance(inputs, Unknown):
        return [inputs for _ in flatten(expected)]
    if isinstance(inputs, Mapping) and not isinstance(expected, Mapping):
        wanted = [t.call.operation.name for t in flatten(expected) if _has_call(t)]
        if all(isinstance(name, str) and name in inputs for name in wanted):
            return [inputs[name] for name in wanted]
        raise Undecided("a dict of inputs whose keys are not the names of the Inputs")
    return list(flatten(inputs))


def _has_call(value: Any) -> bool:
    return isinstance(value, Tensor) and value.call is not None


def _same_shape(given: Any, expected: Tensor) -> bool:
    return (
        isinstance(given, (Tensor, Array)) and given.shape.same(expected.shape)
    ) or given is expected


def _single_input_shape(layer: Layer) -> Shape | None:
    """The batch shape that a model at the bottom of a stack already has."""
    if isinstance(layer, Model):
        tensors = list(flatten(layer.inputs))
        if len(tensors) == 1 and isinstance(tensors[0], Tensor):
            return tensors[0].shape
    return None


def _why(value: Any) -> str | None:
    return value.reason if isinstance(value, Unknown) else None


def is_certainly_symbolic(value: Any) -> bool:
    """Whether a value is a symbolic tensor for certain: it is computed from an Input."""
    return isinstance(value, Tensor) and any(tensor.is_input for tensor in ancestors(value))


def ancestors(tensor: Tensor) -> Iterator[Tensor]:
    """Every tensor that ``tensor`` is computed from, itself first, nearest first."""
    seen: set[int] = set()
    queue = [tensor]
    while queue:
        current = queue.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        if current.call is not None:
            queue.extend(current.call.input_tensors)
