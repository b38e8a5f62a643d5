"""What a model is given: inputs, labels and weights, from arrays or from a pipeline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kerashape.analysis import MethodFact
from kerashape.checks.base import Facts
from kerashape.interpret.plain import to_python
from kerashape.keras.graph import flatten
from kerashape.keras.layers.base import Array
from kerashape.keras.models import Functional, Model, Sequential
from kerashape.site import Site

_FED = frozenset(
    ["fit", "evaluate", "predict", "train_on_batch", "test_on_batch", "predict_on_batch"]
)


@dataclass(frozen=True, slots=True, eq=False)
class Feed:
    """One lot of data that a method of a model gets.

    Attributes:
        fact: the call.
        argument: through which argument they come, ``x`` or ``validation_data``.
        x, y, weights: nested plain structures of arrays; None where there are none.
        pipeline: the pipeline that they come from; None where they are arrays.
    """

    fact: MethodFact
    argument: str
    x: Any
    y: Any = None
    weights: Any = None
    pipeline: Any = None

    @property
    def site(self) -> Site:
        """Where the inputs are given."""
        return self.fact.sites.get(self.argument, self.fact.site)

    @property
    def label_site(self) -> Site:
        """Where the labels are given."""
        separate = self.argument == "x" and self.pipeline is None
        return self.fact.sites.get("y" if separate else self.argument, self.fact.site)

    @property
    def method(self) -> str:
        """The name of the method."""
        return self.fact.method


def feeds(facts: Facts) -> Iterator[Feed]:
    """All data that models are given, in order."""
    for fact in facts.methods:
        if fact.method not in _FED or _starts_in_the_middle(fact.model):
            continue
        yield from _feeds_of(fact)


def _feeds_of(fact: MethodFact) -> Iterator[Feed]:
    stream = fact.streams.get("x")
    x, y, weights = (to_python(fact.arguments.get(n)) for n in ("x", "y", "sample_weight"))
    if x is not None:
        yield Feed(fact, "x", x, y, weights, stream)
    validation = to_python(fact.arguments.get("validation_data"))
    if isinstance(validation, (list, tuple)) and validation:
        x, y, weights = (*validation, None, None)[:3]
        yield Feed(fact, "validation_data", x, y, weights, fact.streams.get("validation_data"))


def sample_counts(given: Feed) -> dict[int, str]:
    """How many samples there are, with what has so many; more than one entry is a fault."""
    counts: dict[int, str] = {}
    if given.pipeline is None:
        for word, part in (("inputs", given.x), ("labels", given.y), ("weights", given.weights)):
            for leaf in flatten(part):
                count = _rows(leaf)
                if count is not None:
                    counts.setdefault(count, word)
    return counts


def batch_sizes(given: Feed) -> frozenset[int] | None:
    """The sizes of the batches that a model gets; None where they are not known."""
    arguments = given.fact.arguments
    rows = {_rows(leaf) for leaf in flatten(given.x)}
    size = rows.pop() if len(rows) == 1 else None
    if size is None or given.pipeline is not None or arguments.get("validation_split"):
        return frozenset([size]) if size is not None and given.pipeline is not None else None
    if given.method.endswith("_on_batch"):
        return frozenset([size])
    step = arguments.get("batch_size")
    step = _USUAL if step is None else step
    if type(step) is not int or step < 1:
        return None
    return frozenset({min(size, step), size % step or step} if size > step else {size})


_USUAL = 32


def _rows(leaf: Any) -> int | None:
    if not isinstance(leaf, Array) or leaf.shape.open or not leaf.shape.dims:
        return None
    rows = leaf.shape.dims[0]
    return rows if isinstance(rows, int) else None


def _starts_in_the_middle(model: Model) -> bool:
    """KS101 says it already."""
    return isinstance(model, Functional) and bool(model.intermediate)


def graph_of(model: Model) -> Functional | None:
    """The graph of a model; None where it has none, or it is not known."""
    if isinstance(model, Sequential):
        return model.graph
    return model if isinstance(model, Functional) else None
