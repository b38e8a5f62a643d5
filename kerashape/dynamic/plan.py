"""From an analysis to a plan: what the rebuilder makes with real Keras, step by step.

A plan is a list of steps that go through JSON. It names public classes and functions of Keras
and plain values, and nothing of the program's own: what would need that gets a stand-in of the
inferred shape, so that the rest can still be checked.

Values in steps are themselves, or a dict with one key: ``$tensor``, ``$layer`` (by number),
``$tuple``, ``$dict``, ``$slice``, ``$ellipsis``, ``$name`` (of Keras), ``$make`` (an object of
Keras), ``$zeros`` (data).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kerashape.dynamic.sizes import Sizes
from kerashape.interpret.callables import External
from kerashape.interpret.keras_objects import KerasObject
from kerashape.interpret.plain import to_python
from kerashape.interpret.user_layers import UserLayer
from kerashape.keras.graph import Call, Operation, Tensor, flatten
from kerashape.keras.layers.base import Array, Layer
from kerashape.keras.models import Functional, Model, Sequential
from kerashape.keras.ops.base import Function
from kerashape.keras.public import OLD_COPY
from kerashape.shapes import Shape, Symbol, Undecided, Unknown

if TYPE_CHECKING:
    from kerashape.analysis import Analysis, FaultFact

Step = dict[str, Any]

SAMPLES = 2
_NAMES = re.compile(
    r"keras\.(activations|constraints|dtype_policies|initializers|losses|metrics|ops|optimizers|"
    r"regularizers)\.[\w.]+|tensorflow\.(nn|math|linalg)\.\w+|tensorflow\.reduce_\w+|"
    r"(tensorflow|numpy)\.(abs|add|argmax|clip|concat|concatenate|cos|divide|exp|expand_dims|log|"
    r"matmul|max|maximum|mean|min|minimum|multiply|ones_like|power|reshape|sin|split|sqrt|square|"
    r"squeeze|stack|subtract|sum|tanh|tile|transpose|where|zeros_like)|"
    r"builtins\.(bool|float|int|iter)|"
    r"keras\.callbacks\.(EarlyStopping|ReduceLROnPlateau|TerminateOnNaN)"
)
"""Functions and classes that a plan may name: they calculate, and do nothing else."""
_LOADING = ("keras.layers.TFSMLayer", "keras.layers.deserialize")
"""What brings code of the program's from a file, or from a description."""
_METHODS = ("keras.Model.get_layer", "keras.Sequential.add")
_IMMATERIAL = re.compile(r"\w*_?(initializer|regularizer|constraint)|seed|trainable")
"""Arguments that no shape depends on: left out where they are not known."""


class NotReplayable(Exception):
    """Something that only the program itself could make; the message says what."""


@dataclass
class Plan:
    """The steps; ``reasons`` says why a fact (by kind and index) has none."""

    steps: list[Step] = field(default_factory=list)
    reasons: dict[tuple[str, int], str] = field(default_factory=dict)


def plan(analysis: Analysis, sizes: Sizes | None = None) -> Plan:
    """The plan for everything that is known of a program."""
    from kerashape.dynamic.training import Training

    planner = Planner(sizes or Sizes())
    training = Training(planner)
    planner.facts = {id(fact.call): i for i, fact in enumerate(analysis.calls)}
    for fact in analysis.calls:
        planner.call(fact.call)
    for index, model in enumerate(analysis.models):
        planner.attempt("model", index, lambda m=model: planner.check_model(m.model, index))  # type: ignore[misc]  # noqa: B023
    for index, fault in enumerate(analysis.faults):
        planner.attempt("fault", index, lambda f=fault: planner.fault(f, index))  # type: ignore[misc]  # noqa: B023
    for index, method in enumerate(analysis.methods):
        planner.attempt("method", index, lambda m=method: training.method(m, index))  # type: ignore[misc]  # noqa: B023
    training.untrained(analysis.methods)
    return planner.plan


class Planner:
    """Plans calls, layers and models, each once, and what Keras must refuse."""

    def __init__(self, sizes: Sizes) -> None:
        self.sizes = sizes
        self.plan = Plan()
        self.facts: dict[int, int] = {}
        self._tensors: dict[int, int] = {}
        self._layers: dict[int, int] = {}
        self._calls: set[int] = set()
        self._kept: list[Any] = []  # what is known by id must stay alive

    def attempt(self, kind: str, index: int, make: Callable[[], None]) -> None:
        """Plan something, or say why that cannot be."""
        try:
            make()
        except NotReplayable as reason:
            self.plan.reasons[kind, index] = str(reason)

    def step(self, do: str, **values: Any) -> None:
        self.plan.steps.append({"do": do, **values})

    # -- calls --------------------------------------------------------------------------

    def call(self, call: Call) -> None:
        """Plan a call, those before it first; without recursion, for graphs are deep."""
        pending = [call]
        entered: set[int] = set()
        while pending:
            current = pending[-1]
            if id(current) in self._calls:
                pending.pop()
                continue
            before = [
                t.call
                for t in self._needed(current)
                if id(t) not in self._tensors and t.call is not None and t.call is not current
            ]
            if before and id(current) not in entered:
                entered.add(id(current))
                pending += before
                continue
            pending.pop()
            self._calls.add(id(current))
            self._kept.append(current)
            self._emit(current)

    def _needed(self, call: Call) -> list[Tensor]:
        return [t for t in flatten([call.inputs, call.values]) if isinstance(t, Tensor)]

    def _emit(self, call: Call) -> None:
        fact = self.facts.get(id(call))
        operation = call.operation
        outputs = list(flatten(call.output))
        try:
            if operation.is_input:
                self._input(call)
                return
            values = self._call_values(call)
            more: Step = {}
            if isinstance(operation, Function):
                if isinstance(operation.name, Unknown):
                    raise NotReplayable("it is within the call of a layer of the program's own")
                more = {"path": self._name(operation.callee)}
            elif isinstance(operation, Layer):
                more = {"layer": self.layer(operation)}
            else:
                raise NotReplayable("an operation without a name")
            known = [self._expected(t) for t in outputs]
            self.step(
                "call", **more, values=values, outputs=[self._define(t) for t in outputs],
                expected=known, dtypes=_dtypes(outputs), fault=call.fault is not None, fact=fact,
            )  # fmt: skip
        except NotReplayable as reason:
            if fact is not None:
                self.plan.reasons["call", fact] = str(reason)
            self._stand_in(call, outputs, fact)

    def _call_values(self, call: Call) -> Any:
        operation = call.operation
        if isinstance(operation, UserLayer) and operation.functional is None:
            raise NotReplayable(f"{operation.class_name} is a class of the program's own")
        return [
            [name, self.value(value)]
            for name, value in call.values.items()
            if not (value is None or value is False) or isinstance(operation, Function)
        ]

    def _stand_in(self, call: Call, outputs: Sequence[Any], fact: int | None) -> None:
        """Tensors of the inferred shapes, where only the program could make the real ones."""
        shapes = [self._shape(t) if isinstance(t, Tensor) else None for t in outputs]
        if not outputs or any(shape is None for shape in shapes):
            return
        inputs = [self._tensors[id(t)] for t in self._needed(call) if id(t) in self._tensors]
        if inputs:
            self.step(
                "stand-in", inputs=inputs, outputs=[self._define(t) for t in outputs],
                shapes=shapes, dtypes=_dtypes(outputs),
            )  # fmt: skip

    def _input(self, call: Call) -> None:
        tensor = call.output
        if tensor.shape.open:
            raise NotReplayable("the shape of an Input is not known")
        name = call.operation.name
        places = [f"{name}.{axis}" for axis in range(len(tensor.shape.dims))]
        shape = [
            self.sizes.settle(size, place) if isinstance(size, Symbol) else size
            for size, place in zip(tensor.shape.dims, places)
        ]
        asked = {p: self.sizes.given[p] for p in places if p in self.sizes.given}
        dtype = tensor.dtype if isinstance(tensor.dtype, str) else "float32"
        self.step(
            "input", outputs=[self._define(tensor)], shape=shape, dtype=dtype,
            name=name if isinstance(name, str) else None, sparse=tensor.sparse, asked=asked,
        )  # fmt: skip

    def _define(self, tensor: Any) -> int | None:
        if not isinstance(tensor, Tensor):
            return None
        number = self._tensors.setdefault(id(tensor), len(self._tensors))
        self._kept.append(tensor)
        return number

    # -- layers and models --------------------------------------------------------------

    def layer(self, layer: Layer) -> int:
        """The number of a layer or model; its making is planned once."""
        if isinstance(layer, UserLayer) and layer.functional is not None:
            layer = layer.functional
        number = self._layers.get(id(layer))
        if number is not None:
            return number
        if layer.old_copy:
            raise NotReplayable(f"{layer.class_name} is of {OLD_COPY}")
        number = self._layers[id(layer)] = len(self._layers)
        self._kept.append(layer)
        name = layer.name if isinstance(layer.name, str) else None
        if isinstance(layer, UserLayer):
            raise NotReplayable(f"{layer.class_name} is a class of the program's own")
        if isinstance(layer, Functional):
            inputs, outputs = layer.given_ends
            self.step(
                "model", layer=number, name=name,
                inputs=self._ends(inputs), outputs=self._ends(outputs),
            )  # fmt: skip
        elif isinstance(layer, Sequential):
            if isinstance(layer.stack, Unknown):
                raise NotReplayable(layer.stack.reason)
            stack = [
                self._ends(each.calls[0].output) if each.is_input else {"$layer": self.layer(each)}
                for each in layer.stack
            ]
            self.step("stack", layer=number, name=name, layers=stack)
        else:
            arguments = self._arguments(layer.arguments, layer.given)
            arguments.pop("name", None)
            if "name" not in layer.given:
                name = None  # Keras counts, with the names of its operations
            self.step(
                "layer", layer=number, path=self._name(layer.callee), name=name, arguments=arguments
            )
        return number

    def _arguments(self, values: Mapping[str, Any], given: Any) -> dict[str, Any]:
        found = {}
        for name in values:
            # The program may have set another default than Keras has here.
            if name not in given and (name, values[name]) != ("data_format", "channels_first"):
                continue
            try:
                found[name] = self.value(values[name])
            except NotReplayable:
                if not _IMMATERIAL.fullmatch(name):
                    raise
        return found

    def _ends(self, tensors: Any) -> Any:
        for tensor in flatten(tensors):
            if isinstance(tensor, Tensor) and tensor.call is not None:
                self.call(tensor.call)
        return self.value(tensors)

    def check_model(self, model: Model, index: int) -> None:
        """Plan a model, its forward pass, and its comparison with the inferred one."""
        ends = [list(flatten(model.inputs)), list(flatten(model.outputs))]
        number = self.layer(model)  # which settles the sizes of its Inputs
        shapes = [[self._expected(t) for t in end] for end in ends]
        if any(shape is None for end in shapes for shape in end) or not all(shapes):
            raise NotReplayable("the inputs or outputs of the model are not known")
        params = model.count_params()
        self.step(
            "check", layer=number, inputs=shapes[0], outputs=shapes[1],
            params=params if isinstance(params, int) else None, fact=index,
        )  # fmt: skip

    # -- faults -------------------------------------------------------------------------

    def fault(self, fact: FaultFact, index: int) -> None:
        """Plan what Keras must refuse."""
        if isinstance(fact.draft, Functional):
            inputs, outputs = fact.draft.given_ends
            self.step(
                "model", layer=None, name=None, fault=index,
                inputs=self._ends(inputs), outputs=self._ends(outputs),
            )  # fmt: skip
            return
        given = fact.given
        if given is None:
            raise NotReplayable("what was called, and with what, is not recorded")
        owner: Step = {}
        if fact.on is not None and fact.callee in _METHODS:
            owner = {"on": self.layer(fact.on), "names": _names_within(fact.on)}
        path = fact.callee if owner else self._name(fact.callee)
        positional = [self._ends(value) for value in given.positional]
        keywords = {name: self._ends(value) for name, value in (given.keywords or {}).items()}
        self.step(
            "refused", path=path, positional=positional, keywords=keywords, fault=index, **owner
        )

    # -- values -------------------------------------------------------------------------

    def value(self, value: Any, batches: Mapping[Any, int] | None = None) -> Any:
        """A value as it goes through JSON; data with as many samples as ``batches`` says. Raises :class:`NotReplayable`."""
        if value is None or isinstance(value, (bool, int, float, str)):
            return value
        if isinstance(value, Symbol):
            return self._size(value)
        if isinstance(value, Tensor):
            if id(value) not in self._tensors:
                raise NotReplayable("a tensor whose origin is not known")
            return {"$tensor": self._tensors[id(value)]}
        if isinstance(value, (list, tuple)):
            items = [self.value(item, batches) for item in value]
            return {"$tuple": items} if isinstance(value, tuple) else items
        if isinstance(value, dict):
            if "class_name" in value:  # Keras would import what it names
                raise NotReplayable("a serialized object")
            return {"$dict": [[self.value(k), self.value(v, batches)] for k, v in value.items()]}
        if isinstance(value, slice):
            return {"$slice": [self.value(v) for v in (value.start, value.stop, value.step)]}
        if value is Ellipsis:
            return {"$ellipsis": True}
        if isinstance(value, Operation) and not isinstance(value, Function):
            if not isinstance(value, Layer):
                raise NotReplayable("an operation")
            return {"$layer": self.layer(value)}
        if isinstance(value, Shape):
            return self._sizes(value)
        if isinstance(value, Array):
            return self._zeros(value, batches)
        if isinstance(value, External):
            return {"$name": self._name(value.path)}
        if isinstance(value, KerasObject):
            arguments = [self.value(to_python(item)) for item in value.positional]
            keywords = {k: self.value(to_python(item)) for k, item in value.keywords.items()}
            return {"$make": [self._name(value.path), arguments, keywords]}
        if isinstance(value, Unknown):
            raise NotReplayable(value.reason)
        raise NotReplayable("something of the program's own")

    def _zeros(self, array: Array, batches: Mapping[Any, int] | None) -> Any:
        shape = self._sizes(array.shape)
        if not isinstance(array.dtype, str):
            raise NotReplayable("the dtype of the data is not known")
        if batches is not None and shape:
            shape[0] = batches.get(array.shape.dims[0], SAMPLES)
        sizes = [SAMPLES if n is None else n for n in shape]
        whole = batches is not None and "int" in array.dtype
        last = array.classes - 1 if whole and array.classes and not array.one_hot else 0
        return {"$zeros": [sizes, array.dtype, last]}

    def _size(self, size: int | Symbol | None) -> int | None:
        if not isinstance(size, Symbol):
            return size
        number = self.sizes.of(size)
        if number is None:
            raise NotReplayable("a size that is not known")
        return number

    def _sizes(self, shape: Shape) -> list[int | None]:
        if shape.open:
            raise NotReplayable("a shape whose rank is not known")
        return [self._size(size) for size in shape.dims]

    def _shape(self, tensor: Tensor) -> list[int | None] | None:
        try:
            return self._sizes(tensor.shape)
        except NotReplayable:
            return None

    def _expected(self, tensor: Any) -> list[int | str | None] | None:
        """What Keras must give: ``"?"`` is any size, and None any shape."""
        if not isinstance(tensor, Tensor) or tensor.shape.open:
            return None
        sizes = []
        for size in tensor.shape.dims:
            number = self.sizes.of(size) if isinstance(size, Symbol) else size
            sizes.append("?" if number is None and isinstance(size, Symbol) else number)
        return sizes

    @staticmethod
    def _name(path: str) -> str:
        path = f"tensorflow.{path[3:]}" if path.startswith("tf.") else path
        if path.startswith(_LOADING) or "._" in path:
            raise NotReplayable(f"{path} is more than a calculation")
        if path.startswith("keras.layers.") or _NAMES.fullmatch(path):
            return path
        if path.startswith("keras.applications.") or path == "keras.Input":
            return path
        raise NotReplayable(f"{path} is nothing of Keras's own")


def _names_within(model: Model) -> list[str] | None:
    """The names of its layers, where all are known."""
    try:
        names = [layer.name for layer in model.layers]
    except Undecided:
        return None
    known = [name for name in names if isinstance(name, str)]
    return known if len(known) == len(names) else None


def _dtypes(tensors: Sequence[Any]) -> list[str]:
    dtypes = (getattr(tensor, "dtype", None) for tensor in tensors)
    return [dtype if isinstance(dtype, str) else "float32" for dtype in dtypes]
