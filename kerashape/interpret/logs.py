"""The names under which a training reports its figures: ``loss``, ``val_accuracy``...

Follows ``CompileMetrics``, ``CompileLoss`` and the callbacks of Keras 3. Where anything that runs
in the training may report further names, nothing is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kerashape.analysis import MethodFact
from kerashape.interpret.callables import External, Function
from kerashape.interpret.containers import ListValue
from kerashape.interpret.keras_objects import KerasObject
from kerashape.interpret.plain import to_python
from kerashape.interpret.unpacking import Figure
from kerashape.keras import signatures
from kerashape.keras.graph import Tensor, flatten
from kerashape.keras.models import Functional, Model, Sequential
from kerashape.keras.names import snake_case
from kerashape.shapes import Undecided, Unknown

VALIDATION = "val_"


@dataclass(frozen=True, slots=True)
class Logged:
    """What one training reports.

    Attributes:
        names: the names, in order, without those of the validation.
        numbered: those of them to which Keras adds a number from the second object on.
        validated: whether there is a validation; None where that is not known.
        others: names without a validation, such as the learning rate.
        repeats: whether one name stands for several metrics.
    """

    names: tuple[str, ...]
    numbered: frozenset[str]
    validated: bool | None
    others: frozenset[str] = frozenset()
    repeats: bool = False

    def lacks(self, name: str) -> bool:
        """Whether there certainly is no figure of that name."""
        if self._has(name) or name in self.others:
            return False
        if not name.startswith(VALIDATION):
            return True
        return self.validated is False or not self._has(name.removeprefix(VALIDATION))

    def _has(self, name: str) -> bool:
        return name in self.names or re.sub(r"_\d+$", "", name) in self.numbered

    def listed(self) -> str:
        """The names, in words."""
        given = [*self.names, *(f"{VALIDATION}{n}" for n in self.names if self.validated)]
        given += sorted(self.others)
        return ", ".join(map(repr, given))


class Logs(Unknown):
    """``history.history``: its names are known, its figures are not."""

    __slots__ = ("logged",)

    def __init__(self, logged: Logged) -> None:
        super().__init__("a figure of the training")
        self.logged: Logged | None = logged


def history(fact: MethodFact) -> KerasObject | Unknown:
    """What ``fit`` returns."""
    found = logged_by(fact)
    if found is None:
        return Unknown("what fit() returns")
    return KerasObject("keras.callbacks.History", (), {"history": Logs(found)})


def figures(fact: MethodFact) -> ListValue | Figure | Unknown:
    """What ``evaluate`` returns: the loss alone, or a list that starts with it."""
    found = logged_by(fact)
    if found is None or fact.arguments.get("return_dict") is not False or found.repeats:
        return Unknown(f"what {fact.method}() returns")
    reported = [Figure(name, fact.method) for name in found.names]
    return reported[0] if len(reported) == 1 else ListValue([*reported])


def logged_by(fact: MethodFact) -> Logged | None:
    """What a call of ``fit`` reports; None where that is not known."""
    compiled, others = fact.compiled, _reported_by(callbacks_of(fact))
    if not isinstance(compiled, MethodFact) or others is None or not _is_plain(fact.model):
        return None
    given = list(_metrics(compiled))
    losses = _losses(compiled)
    if losses is None or any(metric is None for metric in given):
        return None
    metrics = [metric for metric in given if metric is not None]
    names = dict.fromkeys(name for name, _ in metrics)
    return Logged(
        ("loss", *losses, *names),
        frozenset(name for name, counted in metrics if counted),
        _is_validated(fact),
        others,
        repeats=len(names) < len(metrics),
    )


def _is_plain(model: Model) -> bool:
    """Whether nothing within the model reports figures of its own."""
    if getattr(model, "custom_training", False) or not isinstance(model, (Functional, Sequential)):
        return False
    try:
        return all(_reports_nothing(layer) for layer in model.sublayers)
    except Undecided:
        return False


def _reports_nothing(layer: Any) -> bool:
    if isinstance(layer, Model):
        return _is_plain(layer)
    own = type(layer).__name__ != layer.class_name
    inner = getattr(layer, "arguments", {}).get("layer")
    return not own and (
        inner is None or (not isinstance(inner, Unknown) and _reports_nothing(inner))
    )


def _is_validated(fact: MethodFact) -> bool | None:
    data, part = (fact.arguments.get(n) for n in ("validation_data", "validation_split"))
    if isinstance(data, Unknown) or isinstance(part, Unknown):
        return None
    return data is not None or part not in (None, 0)


# -- callbacks ------------------------------------------------------------------------------

_CHANGES_THE_RATE = frozenset(["LearningRateScheduler", "ReduceLROnPlateau"])
_RUNS_CODE = frozenset(["LambdaCallback", "CallbackList", "Callback"])


def callbacks_of(fact: MethodFact) -> list[Any] | None:
    """The callbacks that ``fit`` is given; None where they are not known."""
    given = to_python(fact.arguments.get("callbacks"))
    if isinstance(given, Unknown):
        return None
    return [leaf for leaf in flatten(given) if leaf is not None]


def _reported_by(callbacks: list[Any] | None) -> frozenset[str] | None:
    """The names that callbacks add; None where they may add any."""
    found = set()
    for callback in callbacks if callbacks is not None else [None]:
        path = callback.path if isinstance(callback, KerasObject) else ""
        family, _, name = path.rpartition(".")
        if family != "keras.callbacks" or name in _RUNS_CODE:
            return None
        if name in _CHANGES_THE_RATE:
            found.add("learning_rate")
    return frozenset(found)


# -- losses and metrics ---------------------------------------------------------------------


def _outputs(model: Model) -> list[str] | None:
    """The names of several outputs; none of a single one; None where they are not known."""
    outputs = model.outputs
    if outputs is None and isinstance(model, Sequential):
        return []
    leaves = list(flatten(outputs))
    if outputs is None or not all(isinstance(leaf, Tensor) for leaf in leaves):
        return None
    if len(leaves) == 1:
        return []
    names = list(getattr(model, "output_names", ()))
    keys = [*outputs] if isinstance(outputs, Mapping) else names
    same = len(names) == len(leaves) and sorted(map(str, keys)) == sorted(map(str, names))
    return names if same and all(isinstance(name, str) for name in names) else None


def _losses(compiled: MethodFact) -> list[str] | None:
    """The names of the losses of several outputs."""
    names = _outputs(compiled.model)
    loss = to_python(compiled.arguments.get("loss"))
    if names is None or isinstance(loss, Unknown):
        return None
    return [f"{name}_loss" for name in names]


def _metrics(compiled: MethodFact) -> Iterator[tuple[str, bool] | None]:
    """(name, whether Keras numbers it) of every metric; None where it is not known."""
    outputs = _outputs(compiled.model)
    for argument in ("metrics", "weighted_metrics"):
        given = to_python(compiled.arguments.get(argument))
        if given is None:
            continue
        if isinstance(given, Unknown) or outputs is None:
            yield None
        elif not outputs:
            yield from (_name_of(metric) for metric in flatten(given))
        else:
            yield from _by_output(given, outputs)


def _by_output(given: Any, outputs: list[str]) -> Iterator[tuple[str, bool] | None]:
    if isinstance(given, Mapping) and set(given) <= set(outputs):
        pairs = list(given.items())
    elif isinstance(given, (list, tuple)) and len(given) == len(outputs):
        pairs = list(zip(outputs, given))
    else:
        yield None
        return
    for output, metrics in pairs:
        for metric in flatten(metrics):
            found = _name_of(metric) if metric is not None else ("", False)
            if found is None:
                yield None
            elif found[0]:
                yield f"{output}_{found[0]}", found[1]


def _name_of(metric: Any) -> tuple[str, bool] | None:
    if isinstance(metric, str):
        return metric, False
    if isinstance(metric, Function) and not metric.attributes:
        return snake_case(metric.name), False
    if isinstance(metric, KerasObject):
        return _name_of_object(metric)
    if isinstance(metric, External) and metric.path.startswith(("keras.metrics.", "keras.losses.")):
        name = metric.path.rpartition(".")[2]
        return (snake_case(name), True) if name[:1].isupper() else None
    return None


def _name_of_object(metric: KerasObject) -> tuple[str, bool] | None:
    signature = signatures.find(metric.path)
    if signature is None or not metric.path.startswith(("keras.metrics.", "keras.losses.")):
        return None
    values = {
        **signature.positional,
        **signature.keyword_only,
        **dict(zip(signature.positional, metric.positional)),
        **metric.keywords,
    }
    name = values.get("name")
    if name is None:
        return snake_case(metric.path.rpartition(".")[2]), True
    return (name, False) if isinstance(name, str) else None
