"""What a run of a program leaves behind, as values that go through JSON.

An event is a dict with its kind under ``"event"``. The child writes them, one a line, as they
happen: what was seen before a crash or the time limit is not lost.
"""

from __future__ import annotations

import dataclasses
import json
import re
import types
import typing
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

Shapes = Any
"""A shape as a list of sizes and None, nested in lists and dicts; None for what has none."""

Line = tuple[str, int]
"""(file, line): a line of the program, or of a module of its project."""

MOST_NOTED = 256 << 20
"""How many bytes are noted of one program, and read."""


@dataclass
class LayerCall:
    """A layer, or an operation, was called by the program itself, not from within Keras.

    ``mode`` is ``symbolic`` (on KerasTensors), ``traced`` (within the ``call`` of a user's
    layer that Keras traces) or ``eager``. ``where`` is the innermost line of the program; for a
    layer that a Sequential calls (``stacked``: again and again, as it grows), the line where the
    layer was made. ``number`` tells the layers apart; ``end`` is where the call expression ends, if known.
    ``interrupted`` as of a :class:`ModelBuilt`: the layer is one of a model that an exception left.
    """

    kind: ClassVar[str] = "call"
    where: Line
    layer: str
    library: bool
    mode: str
    inputs: Shapes
    output: Shapes
    name: str = ""
    stacked: bool = False
    operation: bool = False
    number: int = 0
    end: tuple[int, int] | None = None
    lines: list[Line] = field(default_factory=list)
    interrupted: bool = False


@dataclass
class ModelBuilt:
    """A model, as it was when a statement ended; the last one about ``number`` holds.

    ``library`` tells whether Keras's own code made it (an application, a clone).
    ``interrupted``: an exception came out of a statement on it, and since then it has changed:
    how far that statement got decides on what it is.
    """

    kind: ClassVar[str] = "model"
    number: int
    where: Line
    library: bool
    layer: str
    name: str
    inputs: Shapes
    outputs: Shapes
    params: int | None
    interrupted: bool = False


@dataclass
class MethodCalled:
    """``compile``, ``fit``... of a model was called; ``done`` if it returned.

    ``number`` is that of the model, as :class:`ModelBuilt` has it, if it is known;
    ``interrupted`` is as there.
    """

    kind: ClassVar[str] = "method"
    where: Line
    method: str
    done: bool
    number: int | None = None
    interrupted: bool = False


@dataclass
class Raised:
    """A top-level statement ended with an exception; ``lines`` are outermost first.

    ``origin`` is the module that raised; ``keras`` whether Keras was in the way.
    """

    kind: ClassVar[str] = "raised"
    statement: tuple[int, int]
    error: str
    message: str
    lines: list[Line]
    origin: str
    keras: bool


@dataclass
class Refused:
    """The program tried what it may not: to open a socket, to write elsewhere, to start a process."""

    kind: ClassVar[str] = "refused"
    what: str
    lines: list[Line]


@dataclass
class Reached:
    """Lines of the program whose statements began to run, each told once."""

    kind: ClassVar[str] = "reached"
    lines: list[Line]


@dataclass
class Statement:
    """A top-level statement ended, ``how``: ``done``, ``raised``, ``exit`` or ``slow``."""

    kind: ClassVar[str] = "statement"
    statement: tuple[int, int]
    how: str
    seconds: float


@dataclass
class Replayed:
    """A step of a plan was carried out: what it gave, or why it did not."""

    kind: ClassVar[str] = "replayed"
    step: int
    output: Shapes = None
    inputs: Shapes = None
    params: int | None = None
    batch: Shapes = None
    """The shapes that a batch of zeros came out with."""
    seconds: float | None = None
    peak: int | None = None
    error: str = ""
    skipped: str = ""


@dataclass
class Failed:
    """The program could not be run at all (it is no Python, say), or the replay failed."""

    kind: ClassVar[str] = "failed"
    error: str


@dataclass
class Finished:
    """The program came to its end."""

    kind: ClassVar[str] = "finished"
    seconds: float
    keras: str
    backend: str


Event = (
    LayerCall
    | ModelBuilt
    | MethodCalled
    | Raised
    | Refused
    | Reached
    | Statement
    | Replayed
    | Failed
    | Finished
)
_KINDS: dict[str, type[Any]] = {
    kind.kind: kind
    for kind in (
        LayerCall, ModelBuilt, MethodCalled, Raised, Refused, Reached, Statement, Replayed,
        Failed, Finished,
    )
}  # fmt: skip
_HINTS = {
    name: {f.name: typing.get_type_hints(kind)[f.name] for f in dataclasses.fields(kind)}
    for name, kind in _KINDS.items()
}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""What would steer a terminal, or cannot be written at all."""


def dump(event: Event) -> str:
    """The event as a line."""
    values = {f.name: getattr(event, f.name) for f in dataclasses.fields(event)}
    return json.dumps({"event": event.kind, **values}, default=str) + "\n"


def load(lines: Iterable[str]) -> Iterator[Event]:
    """The events of such lines. What is none is dropped: a line that was cut off, or a forged one.

    A program may write to the file itself: what it says of itself may be wrong, but it is events.
    """
    for line in lines:
        try:
            values = json.loads(line)
            kind = _KINDS[values.pop("event")]
            if all(_fits(values.get(name), hint) for name, hint in _HINTS[kind.kind].items()):
                values = _printable(values)
                yield kind(**{name: _tuples(name, value) for name, value in values.items()})
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            continue


def _fits(value: Any, hint: Any) -> bool:
    """Whether a value from JSON is one of that type."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return any(_fits(value, each) for each in arguments)
    if origin is list:
        return isinstance(value, list) and all(_fits(item, arguments[0]) for item in value)
    if origin is tuple:
        return (
            isinstance(value, list)
            and len(value) == len(arguments)
            and all(map(_fits, value, arguments))
        )
    if hint is Any:
        return _are_shapes(value)
    if hint is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return value is None if hint is type(None) else isinstance(value, hint)


def _are_shapes(value: Any, depth: int = 20) -> bool:
    """Whether it is sizes, in lists and dicts that are no deeper than any structure is."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return depth > 0 and all(_are_shapes(item, depth - 1) for item in value)
    return value is None or isinstance(value, (int, float, str))


def _printable(value: Any) -> Any:
    """The same without what is no text."""
    if isinstance(value, str):
        return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, list):
        return [_printable(item) for item in value]
    if isinstance(value, dict):
        return {_printable(key): _printable(item) for key, item in value.items()}
    return value


def _tuples(name: str, value: Any) -> Any:
    if name in ("where", "statement", "end"):
        return None if value is None else tuple(value)
    return [tuple(line) for line in value] if name == "lines" else value
