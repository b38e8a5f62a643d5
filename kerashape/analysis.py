"""The facts that interpretation leaves behind: the hub that every reader reads.

Facts hold abstract values and syntax nodes; nothing in them is text yet. Positions are
resolved only when :attr:`Site.span` is asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from kerashape.shapes import Fault, Unknown
from kerashape.site import Site

if TYPE_CHECKING:
    from kerashape.interpret.streams import Stream
    from kerashape.keras.graph import Call, Tensor
    from kerashape.keras.layers.base import Array, Layer
    from kerashape.keras.models import Model
    from kerashape.keras.signature import Arguments
    from kerashape.shapes import Unknown
    from kerashape.source import Source


@dataclass(frozen=True, slots=True, eq=False)
class FaultFact:
    """Keras raises here, outside a layer's call: in a constructor, a look-up, a model.

    ``tensor`` is the tensor at fault, where there is one; ``draft`` the model that Keras refuses
    to make; ``given`` what the callee was called with, and ``on`` the model whose method it is,
    as it was before; ``call`` the call of a layer on data, of which there is no other fact.
    """

    site: Site
    fault: Fault
    callee: str = ""
    tensor: Tensor | None = None
    draft: Model | None = None
    given: Arguments | None = None
    on: Model | None = None
    call: Call | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ModelFact:
    """A model was built. ``elements`` are the places of the elements of ``inputs=``."""

    site: Site
    model: Model
    elements: tuple[InputElement, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class InputElement:
    """One element of a model's ``inputs=``: its value and the expression that gave it.

    ``of_several`` says that the expression stands for more than this one, ``Model(inputs, ...)``.
    """

    site: Site
    value: Any
    of_several: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class CallFact:
    """A layer, a model or an op was called on symbolic tensors."""

    site: Site
    call: Call


@dataclass(frozen=True, slots=True, eq=False)
class MethodFact:
    """``compile``, ``fit``, ``evaluate``, ``predict``... was called on a model.

    ``arguments`` are the bound arguments by Keras's parameter names; ``sites`` the
    expressions that gave them. Where a pipeline was given as ``x`` or ``validation_data``,
    ``arguments`` hold the arrays of one batch, and ``streams`` the pipeline. ``compiled`` is
    the call of ``compile`` that holds then: None if there certainly was none, unknown where
    that is not known. ``version`` is that of Keras. ``trainable`` are the layers with weights
    when a training starts, by whether they are trained; None where that is not known.
    """

    site: Site
    method: str
    model: Model
    arguments: dict[str, Any]
    sites: dict[str, Site]
    streams: Mapping[str, Stream] = field(default_factory=dict)
    compiled: MethodFact | Unknown | None = None
    version: int = 3
    trainable: Mapping[Layer, bool] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ArgumentFact:
    """A layer was called with arguments that are not tensors (``training=True``)."""

    site: Site
    call: Call
    arguments: dict[str, Any]
    sites: dict[str, Site]


@dataclass(frozen=True, slots=True, eq=False)
class ImportFact:
    """Keras was imported, or reached by a dotted name, as ``root`` (``keras`` or ``tf.keras``).

    ``always`` tells whether that happens whenever the program runs: at the top level of the
    module, on no branch.
    """

    site: Site
    root: str
    name: str
    always: bool


@dataclass(frozen=True, slots=True, eq=False)
class CommentFact:
    """A comment, or the text of an annotation, that may state a shape.

    ``value`` is the tensor or array that it stands by, ``name`` the variable that holds it;
    ``others`` are tensors that it could be about as well. ``sizes`` are the numbers behind the
    names in the text, ``scope`` is where those hold. The comment stands ``beside`` or ``above``
    a statement, or beside one that does nothing but show the shape.
    """

    site: Site
    text: str
    value: Tensor | Array
    name: str | None
    others: tuple[Tensor, ...]
    sizes: dict[str, int]
    scope: object
    kind: Literal["beside", "above", "shown", "annotation"]


@dataclass(frozen=True, slots=True, eq=False)
class BindingFact:
    """A model was bound to a variable or an attribute of that name."""

    site: Site
    name: str
    model: Model


@dataclass(frozen=True, slots=True, eq=False)
class UnknownFact:
    """Something about a call, a model or a statement could not be known."""

    site: Site
    reason: str


@dataclass(slots=True, eq=False)
class Analysis:
    """Everything that was inferred about one program."""

    source: Source
    calls: list[CallFact] = field(default_factory=list)
    models: list[ModelFact] = field(default_factory=list)
    methods: list[MethodFact] = field(default_factory=list)
    arguments: list[ArgumentFact] = field(default_factory=list)
    faults: list[FaultFact] = field(default_factory=list)
    imports: list[ImportFact] = field(default_factory=list)
    comments: list[CommentFact] = field(default_factory=list)
    bindings: list[BindingFact] = field(default_factory=list)
    unknowns: list[UnknownFact] = field(default_factory=list)
    general: Analysis | None = None
    """What holds of functions that nobody calls, whatever their arguments: to be judged,
    not to be listed."""

    def mark(self) -> tuple[int, ...]:
        """How many facts there are of each kind, for :meth:`rewind`."""
        return tuple(len(facts) for facts in self._lists())

    def rewind(self, mark: tuple[int, ...]) -> None:
        """Drop the facts that were added since ``mark``."""
        for facts, count in zip(self._lists(), mark):
            del facts[count:]

    def extend(self, other: Analysis) -> None:
        """Add the facts of another analysis of the same program."""
        for facts, more in zip(self._lists(), other._lists()):
            facts.extend(more)

    def _lists(self) -> tuple[list[Any], ...]:
        return (
            self.calls,
            self.models,
            self.methods,
            self.arguments,
            self.faults,
            self.comments,
            self.imports,
            self.bindings,
            self.unknowns,
        )

    @property
    def coverage(self) -> tuple[int, int]:
        """(layer calls with a known output, all layer calls)."""
        known = sum(fact.call.status == "known" for fact in self.calls)
        faulty = sum(fact.call.status == "error" for fact in self.calls)
        return known + faulty, len(self.calls)

    @property
    def model_coverage(self) -> tuple[int, int]:
        """(models whose inputs and outputs have known shapes, all models)."""
        return sum(_is_known(fact.model) for fact in self.models), len(self.models)

    def reasons(self) -> Counter[str]:
        """The reasons for what is unknown, by how often."""
        return Counter(fact.reason for fact in self.unknowns)


def _is_known(model: Model) -> bool:
    from kerashape.keras.graph import Tensor, flatten

    ends = [model.inputs, model.outputs]
    if any(end is None or isinstance(end, Unknown) for end in ends):
        return False
    leaves = [leaf for end in ends for leaf in flatten(end)]
    return bool(leaves) and all(isinstance(leaf, Tensor) and leaf.shape.known for leaf in leaves)
