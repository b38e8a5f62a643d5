"""What there is to draw of a model: boxes, arrows, groups and faults. Plain data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from kerashape.diagnostic import Span


@dataclass(frozen=True, slots=True)
class Mark:
    """A fault, where it is drawn in red: a diagnostic's code and message.

    ``severity`` is ``error``, ``warning`` or ``info``.
    """

    code: str
    message: str
    severity: str
    help: str = ""

    @property
    def is_error(self) -> bool:
        """Whether Keras raises there."""
        return self.severity == "error"


@dataclass(slots=True)
class Box:
    """A layer or operation.

    Args:
        id: unique in the picture.
        name: the layer's name.
        kind: the name of its class.
        family: what sort of layer it is, for its colour.
        inputs: the shapes that its calls were given.
        output: the shape that it returns, ``?`` where that is not known.
        params: the number of parameters, as text.
        span: where the code calls it (or makes it).
        source: the line of source there.
        note: something to add below, such as how many layers a nested model has.
        marks: the faults there.
    """

    id: str
    name: str
    kind: str
    family: str = "layer"
    inputs: tuple[str, ...] = ()
    output: str = "?"
    params: str = "0"
    trainable: str = "-"
    span: Span | None = None
    source: str = ""
    note: str = ""
    marks: list[Mark] = field(default_factory=list)
    operation: object = None
    """What the box stands for."""
    failed: bool = False
    """Whether a call of it did not fit."""


@dataclass(frozen=True, slots=True)
class Arrow:
    """A tensor that goes from one box to another. ``broken`` ends in a fault."""

    source: str
    target: str
    shape: str
    broken: bool = False


@dataclass(slots=True)
class Group:
    """The boxes of a model; nested models are groups within."""

    id: str
    name: str
    kind: str
    boxes: list[Box] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)

    def every_box(self) -> Iterator[Box]:
        """Its boxes and those of the groups within."""
        yield from self.boxes
        for group in self.groups:
            yield from group.every_box()


@dataclass(slots=True)
class Picture:
    """A model.

    Args:
        title: the variable that holds it, or its name.
        model: its boxes.
        arrows: what is connected to what.
        marks: the faults that are at no box of it, but of the model as a whole.
        span: where it is made.
        total, trainable: its parameters, as Keras prints them.
        gap: why not all of it is known, if it is not.
    """

    title: str
    model: Group
    arrows: list[Arrow]
    span: Span
    total: str = "?"
    trainable: str = "?"
    marks: list[Mark] = field(default_factory=list)
    gap: str | None = None

    @property
    def boxes(self) -> list[Box]:
        """All boxes, in order."""
        return list(self.model.every_box())

    @property
    def faults(self) -> list[Mark]:
        """All faults, each once."""
        found: dict[Mark, None] = dict.fromkeys(self.marks)
        for box in self.boxes:
            found.update(dict.fromkeys(box.marks))
        return list(found)
