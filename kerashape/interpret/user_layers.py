"""Layers and models that the user defines by subclassing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from kerashape.analysis import ModelFact
from kerashape.interpret import migration
from kerashape.interpret.clock import CLOCK
from kerashape.interpret.input_elements import input_elements
from kerashape.interpret.keras_attributes import attribute as keras_attribute
from kerashape.interpret.keras_models import FUNCTIONAL, is_functional
from kerashape.interpret.parameters import signature_of
from kerashape.interpret.values import (
    Bound as BoundMethod,
)
from kerashape.interpret.values import (
    Class,
    DictValue,
    Function,
    ListValue,
    Method,
    Python,
    from_python,
    to_python,
)
from kerashape.keras import layers
from kerashape.keras.graph import Call, Tensor, flatten, map_structure
from kerashape.keras.layers.base import Array, Layer
from kerashape.keras.models import Functional, Model, Sequential
from kerashape.keras.names import Names
from kerashape.keras.signature import Arguments, bind
from kerashape.shapes import Fault, Undecided, Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kerashape.interpret.machine import Machine

_MODELS = ("keras.Model", "keras.Sequential")


class UserLayer(Model):
    """An instance of a class that derives from ``keras.layers.Layer`` or ``keras.Model``."""

    cls: Class
    kind: str
    attributes: dict[str, Any]
    functional: Functional | None = None
    """Set by ``super().__init__(inputs, outputs)``."""
    inner: Layer | None = None
    """The layer that ``super().__init__(...)`` of a concrete Keras layer makes."""

    @property
    def class_name(self) -> str:
        return self.cls.name

    @property
    def callee(self) -> str:  # type: ignore[override]
        return self.cls.name

    @property
    def is_model(self) -> bool:
        """Whether it derives from ``keras.Model``."""
        return self.kind in _MODELS

    @property
    def sublayers(self) -> Sequence[Layer]:
        if self.functional is not None:
            return self.functional.sublayers
        found: list[Layer] = [] if self.inner is None else [self.inner]
        for value in self.attributes.values():
            leaves = list(flatten(to_python(value)))
            found += [leaf for leaf in leaves if isinstance(leaf, Layer)]
        return found

    @property
    def has_shape_law(self) -> bool:
        return (
            self.functional is not None
            or self.inner is not None
            or self.cls.find("compute_output_shape") is not None
        )

    def replay(self, values: dict[str, Any]) -> Any:
        if self.functional is not None:
            return self.functional.replay(values)
        raise Undecided(f"what {self.class_name}.call() does to another shape")

    def check_arguments(self, values: dict[str, Any]) -> None:
        """Nothing is known of what a user's class checks."""

    @property
    def layers(self) -> list[Layer]:
        if self.functional is None:
            raise Undecided("the layers of a subclassed model")
        return self.functional.layers

    @property
    def inputs(self) -> Any:
        return None if self.functional is None else self.functional.inputs

    @property
    def outputs(self) -> Any:
        return None if self.functional is None else self.functional.outputs


def kind_of(cls: Class) -> str | None:
    """The Keras class that a user's class derives from; None if it does not."""
    for path in cls.external_bases:
        if path in _MODELS or path.startswith("keras.layers."):
            return path
    return None


def construct(
    machine: Machine, cls: Class, kind: str, arguments: Arguments, node: cst.CSTNode
) -> Any:
    """``UserClass(...)``."""
    layer = UserLayer.__new__(UserLayer)
    layer.cls, layer.kind, layer.attributes = cls, kind, {}
    layer.site = machine.site(node)
    layer.born = CLOCK.now
    layer.arguments = {}
    layer.name = Unknown("the name of a layer that is not initialised")
    method = cls.find("__init__")
    if isinstance(method, Function):
        machine.call(BoundMethod(method, layer), arguments, node)
    else:
        initialise(machine, layer, arguments, node)
    return layer


def inherited(machine: Machine, layer: UserLayer, name: str) -> Any:
    """``super().name`` where it is Keras's."""
    if name == "__init__":
        return Python("__init__", lambda m, arguments, node: initialise(m, layer, arguments, node))
    if name in ("build", "call", "__call__"):
        return Python(
            name, lambda m, arguments, node: _inherited_call(m, layer, name, arguments, node)
        )
    if name == "get_config":
        return Python(name, lambda m, arguments, node: DictValue(None, "the config of a layer"))
    return Method(layer, name)


def initialise(machine: Machine, layer: UserLayer, arguments: Arguments, node: cst.CSTNode) -> Any:
    """``super().__init__(...)`` of the Keras class."""
    machine.journal.touch(layer)
    machine.journal.touch(machine.names)
    if layer.kind == "keras.Model" and is_functional(arguments):
        return _initialise_functional(machine, layer, arguments, node)
    name = (arguments.keywords or {}).get("name")
    if name is None and arguments.more_keywords:
        name = Unknown("a name given by an unpacking")
    layer.name = machine.names.automatic(layer.cls.name) if name is None else name
    trainable = (arguments.keywords or {}).get("trainable", True)
    layer.trainable = trainable
    short = layer.kind.rpartition(".")[2]
    record = layers.find(short) if layer.kind.startswith("keras.layers.") else None
    if record is not None and short not in ("Layer", "Wrapper"):
        try:
            layer.inner = record.construct(_plain(arguments), Names(), machine.site(node))
        except Fault as fault:
            machine.fault(fault, node, f"keras.layers.{short}")
    return None


def _plain(arguments: Arguments) -> Arguments:
    from kerashape.interpret.keras_layers import plain

    return plain(arguments)


def _initialise_functional(
    machine: Machine, layer: UserLayer, arguments: Arguments, node: cst.CSTNode
) -> Any:
    try:
        bound = bind(FUNCTIONAL, arguments, "Functional.__init__")
    except Fault:
        return Unknown("a model with arguments that are not known")
    values = {key: to_python(value) for key, value in bound.values.items()}
    elements = tuple(input_elements(machine, bound.values["inputs"], node))
    name = values["name"] or machine.names.automatic(layer.cls.name)
    try:
        model = Functional.from_tensors(
            values["inputs"], values["outputs"], name=name, names=machine.names,
            site=machine.site(node),
        )  # fmt: skip
    except Fault as fault:
        return machine.fault(fault, node, "keras.Model", fault.found)
    layer.functional, layer.name = model, model.name
    layer.network = model.network  # type: ignore[attr-defined]
    machine.analysis.models.append(ModelFact(machine.site(node), model, elements))
    return None


# -- attributes -----------------------------------------------------------------------


def attribute(machine: Machine, layer: UserLayer, name: str, node: cst.CSTNode) -> Any:
    """``layer.name``."""
    from kerashape.interpret.classes import bind_attribute

    if name in layer.attributes:
        return layer.attributes[name]
    found = layer.cls.find(name)
    if found is not None:
        return bind_attribute(machine, layer, found)
    if name in ("add_weight", "add_variable"):
        return Python(name, _add_weight)
    migration.note_member_of_user_layer(machine, layer, name, node)
    if layer.functional is not None:
        if name in ("compile", "fit", "evaluate", "predict", "train_on_batch"):
            return Method(layer.functional, name)
        return keras_attribute(machine, layer.functional, name, node)
    if layer.inner is not None and name in layer.inner.arguments:
        return from_python(layer.inner.arguments[name])
    if name in ("inputs", "outputs", "input", "output", "layers"):
        return Unknown(f"the {name} of a subclassed model")
    return keras_attribute(machine, layer, name, node)


def _add_weight(machine: Machine, arguments: Arguments, node: cst.CSTNode) -> Any:
    keywords = {k: to_python(v) for k, v in (arguments.keywords or {}).items()}
    shape = keywords.get("shape", arguments.positional[0] if arguments.positional else ())
    shape = to_python(shape)
    if not isinstance(shape, (list, tuple)):
        return Unknown("a weight whose shape is not known")
    from kerashape.shapes import Shape

    receiver = machine.frame.receiver
    if isinstance(receiver, UserLayer):
        machine.journal.touch(receiver)
        dims = Shape(shape)
        if not any(dim is None for dim in dims):
            trainable = keywords.get("trainable", True) is not False
            receiver.weight(str(keywords.get("name")), dims, trainable=trainable)
    dtype = keywords.get("dtype")
    return Array(Shape(shape), dtype if isinstance(dtype, str) else "float32", "a weight")


# -- calls ----------------------------------------------------------------------------


def run_call(
    machine: Machine, layer: UserLayer, arguments: Arguments, given: Arguments, node: cst.CSTNode
) -> Call:
    """The call of a user's layer: ``build`` once, then ``call``, interpreted."""
    site = machine.site(node)
    if layer.functional is not None:
        return layer.functional(given, site)
    call = Call(layer, None, site=site)
    values = [*given.positional, *(given.keywords or {}).values()]
    call.inputs = given.positional[0] if len(values) == 1 and given.positional else values
    call.values = dict(enumerate(values))  # type: ignore[arg-type]
    if layer.built is not True:
        layer.built_by = call
    try:
        result = _run(machine, layer, arguments, node)
        call.output = _outputs(result, call)
        if call.output is None:
            call.reason = result.reason if isinstance(result, Unknown) else "what call() returns"
        elif any(not t.shape.known for t in call.output_tensors):
            call.reason = "a dimension of what call() returns"
    except Undecided as undecided:
        call.reason = undecided.reason
    layer.calls = (*layer.calls, call)
    return call


def _run(machine: Machine, layer: UserLayer, arguments: Arguments, node: cst.CSTNode) -> Any:
    machine.tracing += 1
    try:
        if layer.built is not True:
            layer.built = True
            build = layer.cls.find("build")
            if isinstance(build, Function):
                shape = _shape_argument(next(iter(arguments.positional), None))
                machine.call(BoundMethod(build, layer), Arguments([shape], {}), node)
        method = layer.cls.find("call")
        if isinstance(method, Function):
            return machine.call(BoundMethod(method, layer), _accepted(method, arguments), node)
        if layer.inner is not None:
            return _inner_result(machine, layer, arguments, node)
        return Unknown("a layer without a call() that is known")
    finally:
        machine.tracing -= 1


def _accepted(method: Function, arguments: Arguments) -> Arguments:
    """The arguments without those that Keras keeps to itself where ``call`` does not take them."""
    signature = signature_of(method)
    if signature.varkw is not None or not arguments.keywords:
        return arguments
    kept = {
        name: value
        for name, value in arguments.keywords.items()
        if name not in ("training", "mask") or name in signature.names
    }
    return Arguments(arguments.positional, kept, arguments.more_positional, arguments.more_keywords)


def _inner_result(
    machine: Machine, layer: UserLayer, arguments: Arguments, node: cst.CSTNode
) -> Any:
    assert layer.inner is not None
    call = layer.inner(_plain(arguments), machine.site(node))
    if call.fault is not None:
        return machine.fault(call.fault, node, layer.inner.callee)
    return from_python(call.output) if call.output is not None else Unknown(call.reason or "")


def _inherited_call(
    machine: Machine, layer: UserLayer, name: str, arguments: Arguments, node: cst.CSTNode
) -> Any:
    if name == "build":
        return None
    if layer.inner is not None:
        return _inner_result(machine, layer, arguments, node)
    return Unknown(f"what super().{name}() returns")


def _shape_argument(value: Any) -> Any:
    def shape_of(leaf: Any) -> Any:
        if isinstance(leaf, (Tensor, Array)) and not leaf.shape.open:
            return tuple(leaf.shape.dims)
        return Unknown("the input shape", label="input_shape")

    return from_python(map_structure(shape_of, to_python(value)))


def _outputs(result: Any, call: Call) -> Any:
    """What ``call`` returned, as the outputs of this call."""

    def own(leaf: Any) -> Any:
        if isinstance(leaf, (Tensor, Array)):
            return Tensor(leaf.shape, leaf.dtype, call)
        return leaf

    if isinstance(result, (Tensor, Array, ListValue, DictValue, tuple)):
        return map_structure(own, to_python(result))
    return None


__all__ = ["Sequential", "UserLayer", "construct", "kind_of", "run_call"]
