"""What a model was compiled with: each output with its loss and its metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kerashape.analysis import MethodFact
from kerashape.checks.base import Facts
from kerashape.interpret.callables import External, Partial
from kerashape.interpret.keras_objects import KerasObject
from kerashape.interpret.plain import to_python
from kerashape.keras import losses, metrics
from kerashape.keras.ends import End, ends_of
from kerashape.keras.graph import flatten
from kerashape.keras.identifiers import unknown_name
from kerashape.keras.layers.base import Layer
from kerashape.keras.models import Model
from kerashape.keras.signature import Signature
from kerashape.shapes import Undecided, Unknown
from kerashape.site import Site

_LOSS_PLACES = frozenset(
    ["keras.losses", "keras.metrics", "keras.backend", "keras.objectives", "keras.ops"]
)
_CLASSES = {
    "SparseCategoricalCrossentropy": "from_logits, ignore_class=None, reduction='', axis=-1",
    "BinaryFocalCrossentropy": "apply_class_balancing, alpha, gamma, from_logits",
    "CategoricalFocalCrossentropy": "alpha, gamma, from_logits",
}
"""The positional arguments of the classes that do not start with ``from_logits``."""


@dataclass(frozen=True, slots=True)
class UsedLoss:
    """A loss as it was given to ``compile``: ``from_logits`` is None where it is not known."""

    loss: losses.Loss
    from_logits: bool | None
    text: str
    last_axis: bool = True

    @property
    def class_name(self) -> str:
        """How the class is reached."""
        return f"keras.losses.{self.loss.aliases[0]}"


@dataclass(frozen=True, slots=True)
class Compiled:
    """One output of a compiled model.

    Attributes:
        fact: the call of ``compile``.
        site: the expression of the loss.
        loss: None where it is not one of Keras's, or not known.
        end: how the output ends, where that is known.
        metrics: those of this output, None where they are not known.
    """

    fact: MethodFact
    index: int
    site: Site
    loss: UsedLoss | None
    end: End | None
    metrics: tuple[Any, ...] | None


def used_loss(value: Any) -> UsedLoss | None:
    """The loss that a value stands for; None where that is not known."""
    if isinstance(value, str):
        loss = losses.find(value)
        return UsedLoss(loss, False, f"'{value}'") if loss is not None else None
    if isinstance(value, Partial):
        inner = used_loss(value.function)
        if inner is None or value.positional:
            return None
        return _with_arguments(inner, value.keywords)
    if isinstance(value, External):
        return _function(value.path)
    if isinstance(value, KerasObject):
        return _object(value)
    return None


def _function(path: str) -> UsedLoss | None:
    prefix, _, name = path.rpartition(".")
    if path in losses.WRAPPED:
        loss = losses.find(losses.WRAPPED[path])
        return UsedLoss(loss, True, path.replace("tensorflow", "tf", 1)) if loss else None
    loss = losses.find(name) if prefix in _LOSS_PLACES else None
    return UsedLoss(loss, False, name) if loss is not None else None


def _object(value: KerasObject) -> UsedLoss | None:
    found = _function(value.path)
    name = value.path.rpartition(".")[2]
    if found is None:
        return None
    names = list(Signature.parse(_CLASSES.get(name, "from_logits, label_smoothing, axis")).names)
    arguments = {**dict(zip(names, value.positional)), **value.keywords}
    return _with_arguments(found, arguments)


def _with_arguments(used: UsedLoss, arguments: Mapping[str, Any]) -> UsedLoss:
    given = arguments.get("from_logits", used.from_logits)
    axis = arguments.get("axis", -1)
    decided = given if isinstance(given, bool) else None
    if not used.loss.logits:
        decided = False
    return UsedLoss(used.loss, decided, used.text, not isinstance(axis, int) or axis == -1)


def metric_of(value: Any) -> metrics.Metric | None:
    """The metric that a value stands for; None where that is not known."""
    if isinstance(value, str):
        name = value.lower() if value.lower() in ("accuracy", "acc") else value
        return metrics.find(name)
    path = value.path if isinstance(value, (External, KerasObject)) else ""
    prefix, _, name = path.rpartition(".")
    return metrics.find(name) if prefix in ("keras.metrics", "keras.losses") else None


def name_of(value: Any) -> str:
    """A metric as it was given."""
    if isinstance(value, (KerasObject, External)):
        call = "()" if isinstance(value, KerasObject) else ""
        return value.path.rpartition(".")[2] + call
    return repr(value)


def compiled(facts: Facts) -> Iterator[Compiled]:
    """Every output of every model that is compiled, and may be trained by that."""
    parts = _trained_as_parts(facts)
    for fact in facts.methods:
        if fact.method == "compile" and not fact.model.custom_training and fact.model not in parts:
            yield from outputs_of(fact)


TRAINS = frozenset(["fit", "train_on_batch"])
LEARNS = TRAINS | {"evaluate", "test_on_batch"}
"""The methods that compute the loss."""


def _trained_as_parts(facts: Facts) -> set[Layer]:
    """The models that are trained only within others, whose losses theirs give way to."""
    trained = {fact.model for fact in facts.methods if fact.method in TRAINS}
    judged = {fact.model for fact in facts.methods if fact.method in LEARNS}
    return {part for model in trained for part in _parts_of(model)} - judged


def _parts_of(layer: Layer, depth: int = 8) -> Iterator[Layer]:
    try:
        parts = layer.sublayers if depth else ()
    except Undecided:
        return
    for part in parts:
        yield part
        yield from _parts_of(part, depth - 1)


def outputs_of(fact: MethodFact) -> list[Compiled]:
    """The outputs of the model that ``fact`` compiles."""
    ends = ends_of(fact.model)
    losses_of = per_output(fact.arguments.get("loss"), fact.model, len(ends))
    metrics_of = per_output(fact.arguments.get("metrics"), fact.model, len(ends))
    site = fact.sites.get("loss", fact.site)
    found = []
    for index, end in enumerate(ends):
        used = None
        if losses_of is not None and not _is_unknown_name(fact, losses_of[index]):
            used = used_loss(losses_of[index])
        listed = metrics_of[index] if metrics_of is not None else Unknown("the metrics")
        found.append(Compiled(fact, index, site, used, end, _listed(listed)))
    return found


def _is_unknown_name(fact: MethodFact, value: Any) -> bool:
    """Whether it is a name that Keras 3 does not know (any more): KS310 says it."""
    named = isinstance(value, str) and fact.version >= 3
    return named and unknown_name("loss", value) is not None


def _listed(value: Any) -> tuple[Any, ...] | None:
    if value is None:
        return ()
    if isinstance(value, Unknown):
        return None
    return tuple(flatten(value)) if isinstance(value, (list, tuple)) else (value,)


def per_output(given: Any, model: Model, count: int) -> Sequence[Any] | None:
    """What ``loss`` or ``metrics`` says for each output; None where that is not known."""
    value = to_python(given)
    if isinstance(value, Unknown):
        return None
    if count == 1 and isinstance(value, (list, tuple)):
        return [value[0] if len(value) == 1 else value]
    if isinstance(value, Mapping):
        names = output_names(model)
        if names is None or len(names) != count:
            return None
        return [value.get(name) for name in names]
    if isinstance(value, (list, tuple)):
        return list(value) if len(value) == count else None
    return [value] * count


def output_names(model: Model) -> list[str] | None:
    """The names by which the outputs are known; None where they are not known."""
    outputs = model.outputs
    if isinstance(outputs, Mapping):
        names: list[Any] = sorted(outputs) if all(isinstance(k, str) for k in outputs) else []
        return names or None
    names = list(getattr(model, "output_names", []))
    return names if names and all(isinstance(name, str) for name in names) else None
