"""Layers and models that the user defines by subclassing."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from kerashape.analysis import ModelFact
from kerashape.interpret import migration
from kerashape.interpret.callables import Bound as BoundMethod
from kerashape.interpret.callables import Function, Method, Python
from kerashape.interpret.clock import CLOCK
from kerashape.interpret.containers import DictValue
from kerashape.interpret.input_elements import input_elements
from kerashape.interpret.keras_attributes import attribute as keras_attribute
from kerashape.interpret.keras_config import policy_of
from kerashape.interpret.keras_models import FUNCTIONAL, is_functional, make_sequential
from kerashape.interpret.objects import Class
from kerashape.interpret.parameters import signature_of
from kerashape.interpret.places import HERE
from kerashape.interpret.plain import from_python, to_python
from kerashape.interpret.training import SIGNATURES as TRAINING
from kerashape.interpret.user_weights import Variable
from kerashape.keras import layers
from kerashape.keras.graph import Call, flatten
from kerashape.keras.layers.base import Layer
from kerashape.keras.models import Functional, Model, Sequential
from kerashape.keras.names import Names
from kerashape.keras.signature import Arguments, bind
from kerashape.shapes import Fault, Undecided, Unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kerashape.interpret.machine import Machine
    from kerashape.site import Site

_MODELS = ("keras.Model", "keras.Sequential")
_STEPS = ("train_step", "test_step", "predict_step", "compute_loss", "fit", "compute_metrics")
"""The methods by which a model decides what training is."""
_AROUND = ("compile", "evaluate", "train_on_batch", "test_on_batch", "make_train_function")
"""Further ones, by which losses and labels may become others."""
_CALLS = ("build", "call", "__call__")


class UserLayer(Model):
    """An instance of a class that derives from ``keras.layers.Layer`` or ``keras.Model``."""

    cls: Class
    kind: str
    initialised: bool = False
    """Whether Keras's own ``__init__`` was called."""
    attributes: dict[str, Any]
    functional: Functional | Sequential | None = None
    """What ``super().__init__(inputs, outputs)`` makes, or that of a Sequential."""
    maybe_functional: bool = False
    """Whether inputs and outputs may be among arguments that are not known."""
    machine: Machine
    """Who interprets its methods."""
    kept: tuple[Variable, ...] = ()
    """The variables that are attributes of it, and so weights."""
    listed: bool = False
    """Whether the calls within were noted once."""
    traced: Any = None
    """What ``call`` returned when the model was compiled, for an input that is not known."""
    dtype: Any = None
    """The name of its dtype policy; None for the usual one."""
    autocast: Any = True
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
        if self.maybe_functional:
            raise Undecided("the layers of a model that may be functional")
        found: list[Layer] = [] if self.inner is None else [self.inner]
        for value in self.attributes.values():
            for leaf in flatten(to_python(value)):
                if isinstance(leaf, Layer) and all(leaf is not other for other in found):
                    found.append(leaf)
        return found

    @property
    def variables_unknown(self) -> str | None:
        """Why the weights are not (all) known: any attribute may hold some."""
        known: str | None = self.__dict__.get("variables_unknown")
        if known is not None or self.functional is not None:
            return known
        if self.inner is not None and self.built is True and self.inner.built is not True:
            return f"whether the {self.inner.class_name} within was built"
        for name, value in self.attributes.items():
            if any(
                isinstance(leaf, Unknown) or self._misses(leaf)
                for leaf in flatten(to_python(value))
            ):
                return f"what {self.class_name}.{name} holds"
        return None

    @variables_unknown.setter
    def variables_unknown(self, reason: str | None) -> None:
        self.__dict__["variables_unknown"] = reason

    def _misses(self, leaf: Any) -> bool:
        """Whether it is a variable in a list or dict, which Keras finds there."""
        return isinstance(leaf, Variable) and all(leaf is not other for other in self.kept)

    def count_params(self) -> int | None:
        return super().count_params() if self.built is True else None

    @property
    def has_shape_law(self) -> bool:
        return (
            self.functional is not None
            or self.inner is not None
            or self.cls.find("compute_output_shape") is not None
        )

    @property
    def own_mask(self) -> Any:  # type: ignore[override]
        """What becomes of masks, if the class says so."""
        from kerashape.interpret.user_calls import computed_mask

        supports = self.attributes.get("supports_masking", self.cls.find("supports_masking"))
        if isinstance(supports, Unknown):
            return lambda inputs, mask: supports
        if supports is False:
            return lambda inputs, mask: None
        if isinstance(self.cls.find("compute_mask"), Function):
            return lambda inputs, mask: computed_mask(self, inputs, mask)
        return (lambda inputs, mask: mask) if supports is True and self.inner is None else None

    @property
    def masks_as(self) -> Layer | None:
        return self.inner

    @property
    def call_parameters(self) -> list[str]:
        method = self.cls.find("call")
        if isinstance(method, Function):
            return signature_of(method).names[1:]
        return [] if self.inner is None else self.inner.call_parameters

    def __call__(self, arguments: Arguments, site: Site | None = None) -> Call:
        from kerashape.interpret.user_calls import called_by_keras

        return called_by_keras(self, arguments)

    def trace(self, *inputs: Any) -> Any:
        from kerashape.interpret.user_calls import outputs_within

        return outputs_within(self, Arguments(inputs))

    def build_within(self, inputs: Any, names: Names | None = None) -> None:
        from kerashape.interpret.user_calls import build_within

        build_within(self, inputs)

    def output_within(self, inputs: Any, *, when_run: bool = False) -> Any:
        from kerashape.interpret.user_calls import shape_within

        return shape_within(self, inputs)

    def replay(self, values: dict[Any, Any]) -> Any:
        from kerashape.interpret.user_calls import replayed

        if self.functional is not None:
            return self.functional.replay(values)
        return replayed(self, values)

    def check_arguments(self, values: dict[str, Any]) -> None:
        """Nothing is known of what a user's class checks."""

    @property
    def layers(self) -> list[Layer]:
        if self.functional is not None:
            return self.functional.layers
        if any(isinstance(value, Unknown) for value in self.attributes.values()):
            raise Undecided("the layers of a subclassed model")
        return list(self.sublayers)

    @property
    def state_size(self) -> Any:
        """That of the cell of a recurrent layer."""
        return self._own("state_size")

    @property
    def output_size(self) -> Any:
        """That of the cell of a recurrent layer."""
        return self._own("output_size")

    def _own(self, name: str) -> Any:
        """An attribute that the program gave it. Raises AttributeError if it did not."""
        if name not in self.attributes and self.cls.find(name) is None:
            raise AttributeError(name)
        return to_python(attribute(self.machine, self, name, HERE))

    @property
    def trains_itself(self) -> bool:
        """Whether what it does with its data in training is the program's own."""
        return any(isinstance(self.cls.find(name), Function) for name in _STEPS)

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


def construct(machine: Machine, cls: Class, kind: str, arguments: Arguments, node: ast.AST) -> Any:
    """``UserClass(...)``."""
    layer = UserLayer.__new__(UserLayer)
    layer.cls, layer.kind, layer.attributes = cls, kind, {}
    layer.machine = machine
    layer.site = machine.site(node)
    layer.born, layer.distributed = CLOCK.now, machine.distributed > 0
    layer.arguments = {}
    layer.custom_training = layer.trains_itself or any(map(cls.find, _AROUND))
    layer.name = Unknown("the name of a layer that is not initialised")
    method = cls.find("__init__")
    if isinstance(method, Function):
        result = machine.call(BoundMethod(method, layer), arguments, node)
        if isinstance(result, Unknown) and not layer.initialised:
            return result  # it was not run: Python refuses the arguments
    else:
        initialise(machine, layer, arguments, node)
    return layer


def inherited(machine: Machine, layer: UserLayer, name: str) -> Any:
    """``super().name`` where it is Keras's."""
    if name == "__init__":
        return Python("__init__", lambda m, arguments, node: initialise(m, layer, arguments, node))
    if name in ("build", "call", "__call__"):
        from kerashape.interpret.user_calls import inherited_call

        return Python(
            name, lambda m, arguments, node: inherited_call(m, layer, name, arguments, node)
        )
    if name == "get_config":
        return Python(name, lambda m, arguments, node: DictValue(None, "the config of a layer"))
    return Method(layer.functional if isinstance(layer.functional, Sequential) else layer, name)


def initialise(machine: Machine, layer: UserLayer, arguments: Arguments, node: ast.AST) -> Any:
    """``super().__init__(...)`` of the Keras class."""
    machine.journal.touch(layer)
    machine.journal.touch(machine.names)
    layer.initialised = True
    if layer.kind == "keras.Model":
        layer.maybe_functional = arguments.more_positional or arguments.more_keywords
        if is_functional(arguments):
            return _initialise_functional(machine, layer, arguments, node)
    if layer.kind == "keras.Sequential":
        if not any(map(layer.cls.find, _CALLS)):
            return _initialise_stack(machine, layer, arguments, node)
        layer.variables_unknown = "the layers of a Sequential that is called in a way of its own"
    name = (arguments.keywords or {}).get("name")
    if name is None and arguments.more_keywords:
        name = Unknown("a name given by an unpacking")
    layer.name = machine.names.automatic(layer.cls.name) if name is None else name
    trainable = (arguments.keywords or {}).get("trainable", True)
    layer.trainable = trainable
    _set_policy(machine, layer, arguments)
    short = layer.kind.rpartition(".")[2]
    record = layers.find(short) if layer.kind.startswith("keras.layers.") else None
    if record is not None and short not in ("Layer", "Wrapper"):
        try:
            layer.inner = _made_inner(machine, record, arguments, node)
        except Fault as fault:
            fault = migration.check_layer(machine, short, record, arguments, fault)
            if fault.rule == "renamed-argument":
                migration.report(machine, fault, node, f"keras.layers.{short}")
            else:
                machine.fault(fault, node, f"keras.layers.{short}")
    return None


def _initialise_stack(
    machine: Machine, layer: UserLayer, arguments: Arguments, node: ast.AST
) -> Any:
    """``super().__init__(layers)`` of a Sequential that is called as Keras does it."""
    model = make_sequential(machine, arguments, node, layer.cls.name)
    if not isinstance(model, Sequential):
        return model
    model.custom_training = layer.custom_training
    layer.functional, layer.name = model, model.name
    return None


def _set_policy(machine: Machine, layer: UserLayer, arguments: Arguments) -> None:
    """The dtype that it computes in: given, or by the global policy."""
    given = _plain(arguments).keywords or {}
    layer.autocast = given.get("autocast", True)
    dtype = policy_of(given["dtype"]) if given.get("dtype") is not None else None
    if dtype is None:
        dtype = machine.names.defaults.policy()
        if dtype is not None and arguments.more_keywords:
            dtype = Unknown("a dtype given by an unpacking")
    layer.dtype = dtype


def _made_inner(
    machine: Machine, record: type[Layer], arguments: Arguments, node: ast.AST
) -> Layer | None:
    if machine.keras_version >= 3:
        names = Names()  # it takes no name from the others
        names.defaults = machine.names.defaults
        return record.construct(_plain(arguments), names, machine.site(node))
    from kerashape.keras import keras2

    try:
        return keras2.construct(record.__name__, _plain(arguments), Names(), machine.site(node))
    except (Fault, Undecided):
        return None


def _plain(arguments: Arguments) -> Arguments:
    from kerashape.interpret.keras_layers import plain

    return plain(arguments)


def _initialise_functional(
    machine: Machine, layer: UserLayer, arguments: Arguments, node: ast.AST
) -> Any:
    try:
        bound = bind(FUNCTIONAL, arguments, "Functional.__init__")
    except Fault:
        layer.maybe_functional = True
        return Unknown("a model with arguments that are not known")
    values = {key: to_python(value) for key, value in bound.values.items()}
    elements = tuple(input_elements(machine, bound.values["inputs"], node))
    name = values["name"]
    if name is None and arguments.more_keywords:
        name = Unknown("a name given by an unpacking")
    elif name is None:
        name = machine.names.automatic(layer.cls.name)
    try:
        model = Functional.from_tensors(
            values["inputs"], values["outputs"], name=name, names=machine.names,
            site=machine.site(node),
        )  # fmt: skip
    except Fault as fault:
        return machine.fault(fault, node, "keras.Model", fault.found)
    model.born, model.custom_training = CLOCK.now, layer.custom_training
    layer.functional, layer.name = model, model.name
    layer.network = model.network  # type: ignore[attr-defined]
    machine.analysis.models.append(ModelFact(machine.site(node), model, elements))
    return None


# -- attributes -----------------------------------------------------------------------


def attribute(machine: Machine, layer: UserLayer, name: str, node: ast.AST) -> Any:
    """``layer.name``."""
    from kerashape.interpret.classes import bind_attribute

    if name in layer.attributes:
        return layer.attributes[name]
    found = layer.cls.find(name)
    if name == "build" and isinstance(found, Function):
        from kerashape.interpret.user_calls import build_by_hand

        return Python(name, lambda m, arguments, node: build_by_hand(m, layer, arguments, node))
    if found is not None:
        return bind_attribute(machine, layer, found)
    if name in ("add_weight", "add_variable"):
        from kerashape.interpret.user_weights import add_weight

        return Python(name, lambda m, arguments, node: add_weight(m, layer, name, arguments, node))
    if name == "add_metric":
        return Python(name, migration.refuse_add_metric)
    if name == "compute_dtype":
        return layer.compute_dtype
    if name in ("variable_dtype", "dtype"):
        return layer.variable_dtype
    migration.note_member_of_user_layer(machine, layer, name, node)
    if layer.functional is not None:
        if name in TRAINING:
            return Method(layer if layer.trains_itself else layer.functional, name)
        return keras_attribute(machine, layer.functional, name, node)
    if layer.inner is not None and name in layer.inner.arguments:
        return from_python(layer.inner.arguments[name])
    if name in ("inputs", "outputs", "input", "output") and not layer.calls:
        return Unknown(f"the {name} of a subclassed model")
    return keras_attribute(machine, layer, name, node)
