"""The part of a plan that compiles models, and trains, evaluates or asks them.

A step carries what the program gives, cut down to a few samples of zeros. ``partial`` names the
arguments that it has to do without: what then works may still fail in the program.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kerashape.dynamic.plan import NotReplayable, Planner
from kerashape.interpret.callables import External
from kerashape.interpret.keras_objects import KerasObject
from kerashape.interpret.plain import to_python
from kerashape.keras import identifiers, losses
from kerashape.keras.graph import flatten
from kerashape.keras.layers.base import Array

if TYPE_CHECKING:
    from kerashape.analysis import MethodFact
    from kerashape.keras.models import Model

SAMPLES = 2
_COMPILED = ("loss", "metrics", "weighted_metrics", "loss_weights")
_DATA = ("x", "y", "sample_weight")
_FED = {
    "fit": (*_DATA, "class_weight", "validation_data", "callbacks"),
    "evaluate": _DATA,
    "predict": ("x",),
    "train_on_batch": (*_DATA, "class_weight"),
    "test_on_batch": _DATA,
    "predict_on_batch": ("x",),
}
"""The methods that are replayed, and the arguments that go with them."""
_OF_AMOUNT = frozenset(
    ["batch_size", "epochs", "verbose", "shuffle", "initial_epoch", "steps_per_epoch", "steps",
     "validation_steps", "validation_batch_size", "validation_freq", "validation_split",
     "return_dict", "run_eagerly", "jit_compile", "steps_per_execution"]
)  # fmt: skip
"""Arguments that only say how much, or how fast."""


class Training:
    """Plans methods of models.

    Args:
        planner: plans the models themselves.
    """

    def __init__(self, planner: Planner) -> None:
        self.planner = planner
        self._derived: set[tuple[int, int]] = set()

    def method(self, fact: MethodFact, index: int) -> None:
        """Plan a compile, or a step of training, evaluation or prediction."""
        if fact.method == "compile":
            self._compile(fact, index)
        elif fact.method in _FED:
            try:
                self._feed(fact, index)
            except NotReplayable:
                if fact.method != "fit" or not self._on_zeros(fact.compiled, index):
                    raise

    def _compile(self, fact: MethodFact, index: int) -> None:
        number = self.planner.layer(fact.model)
        values = {name: to_python(fact.arguments.get(name)) for name in _COMPILED}
        arguments = {n: self.planner.value(v) for n, v in values.items() if v is not None}
        optimizer = fact.arguments.get("optimizer")
        if isinstance(optimizer, str) and optimizer.lower() not in identifiers.OPTIMIZERS:
            arguments["optimizer"] = optimizer  # SGD takes the place of the others: it is small
        partial = self._others(fact, (*_COMPILED, "optimizer"))
        self.planner.step(
            "compile", layer=number, arguments=arguments, method=index, partial=partial
        )

    def _feed(self, fact: MethodFact, index: int) -> None:
        given = {name: to_python(fact.arguments.get(name)) for name in _FED[fact.method]}
        given = {name: value for name, value in given.items() if value is not None}
        data = {name: given[name] for name in _DATA if name in given}
        leaves = list(flatten(data))
        arrays = [leaf for leaf in leaves if isinstance(leaf, Array)]
        if not leaves or not all(isinstance(leaf, (Array, int, float)) for leaf in leaves):
            raise NotReplayable("the shapes of the data are not known")
        batches = _batches(arrays, _ends(fact.model))
        values, partial = {}, self._others(fact, _FED[fact.method])
        for name, value in given.items():
            try:
                values[name] = self.planner.value(_cut(value, batches), batches)
            except NotReplayable:
                if name in _DATA:
                    raise
                partial.append(name)
        self.planner.step(
            "train", layer=self.planner.layer(fact.model), how=fact.method, method=index,
            data=values, partial=partial, bare=fact.compiled is None,
        )  # fmt: skip

    def _others(self, fact: MethodFact, carried: Sequence[str]) -> list[str]:
        """The arguments that the program gives, and a step has no place for."""
        return [name for name in fact.sites if name not in _OF_AMOUNT and name not in carried]

    # -- labels that fit the loss ---------------------------------------------------------

    def untrained(self, methods: Sequence[MethodFact]) -> None:
        """A step of training for every model that is compiled, and that nothing trains."""
        trained = {id(fact.model) for fact in methods if fact.method in ("fit", "train_on_batch")}
        for index, fact in enumerate(methods):
            if fact.method == "compile" and id(fact.model) not in trained:
                try:
                    self._on_zeros(fact, index)
                except NotReplayable:
                    continue  # the reasons are those of the model and of the compile

    def _on_zeros(self, compiled: Any, index: int) -> bool:
        """Plan a fit whose data is not known: zeros for the Inputs, labels that fit the loss."""
        loss = None if compiled is None else getattr(compiled, "arguments", {}).get("loss")
        if loss is None:
            return False
        model: Model = compiled.model
        self.planner.step(
            "train", layer=self.planner.layer(model), how="fit", method=index, data={},
            labels=labels_for(to_python(loss)), partial=["x", "y"], bare=False,
        )  # fmt: skip
        return True


def labels_for(loss: Any) -> Any:
    """Which losses take the number of a class, in the structure of ``loss``.

    Raises:
        NotReplayable: if what the labels have to be is not known.
    """
    if isinstance(loss, Mapping):
        return {"$dict": [[name, labels_for(item)] for name, item in loss.items()]}
    if isinstance(loss, (list, tuple)):
        return [labels_for(item) for item in loss]
    name = loss.path.rpartition(".")[2] if isinstance(loss, (KerasObject, External)) else loss
    found = losses.find(name) if isinstance(name, str) else None
    if found is None or not found.compares:
        raise NotReplayable("the labels that the loss takes")
    return found.compares == "sparse"


def _batches(arrays: Sequence[Array], ends: int) -> dict[Any, int]:
    """Few samples; as many for arrays of the same length, different for different ones.

    Not as many as the model has ends: Keras would take one array for several.
    """
    lengths = dict.fromkeys(a.shape.dims[0] for a in arrays if a.shape.dims)
    known = [n for n in lengths if isinstance(n, int)]
    first = SAMPLES if ends < SAMPLES else ends + 1
    return {n: first + index for index, n in enumerate(known)}


def _ends(model: Model) -> int:
    """How many inputs or outputs it has, whichever are more."""
    return max(len(list(flatten(end))) for end in (model.inputs, model.outputs))


def _cut(value: Any, batches: Mapping[Any, int]) -> Any:
    """A list of plain numbers with as many of them as the arrays of its length have samples."""
    if isinstance(value, (list, tuple)) and value and not _holds_arrays(value):
        return value[: batches.get(len(value), SAMPLES)]
    return value


def _holds_arrays(value: Any) -> bool:
    return any(isinstance(leaf, Array) for leaf in flatten(value))
