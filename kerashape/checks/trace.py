"""The chain of shapes: how a tensor came to be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerashape.diagnostic import Step
from kerashape.keras.graph import Call, Tensor, ancestors

if TYPE_CHECKING:
    from kerashape.site import Site

_LONGEST = 200


def steps_to(tensor: Tensor) -> tuple[Step, ...]:
    """The calls that lead to ``tensor``, from its Input on, one a place in the source.

    Where a call takes several tensors the first is followed. The layers inside an
    application or a nested model stand at one place, and are one step.
    """
    steps: list[Step] = []
    last: int | None = None
    for call, shape in _chain(tensor):
        site = place_of(call)
        if site is None:
            continue
        if id(site.node) != last:
            steps.append(Step(site.span, site.text, shape))
        elif call.operation.is_input:
            steps.append(Step(site.span, f"Input of {callee_text(site.text)}", shape))
        last = id(site.node)
    return tuple(reversed(steps))


def callee_text(text: str) -> str:
    """A call without its arguments: ``EfficientNetB0(...)``."""
    callee, bracket, _ = text.partition("(")
    return f"{callee}(...)" if bracket else text


def _chain(tensor: Tensor) -> list[tuple[Call, str]]:
    found: list[tuple[Call, str]] = []
    current: Tensor | None = tensor
    while current is not None and current.call is not None and len(found) < _LONGEST:
        found.append((current.call, str(current.shape)))
        current = next(iter(current.call.input_tensors), None)
    return found


def place_of(call: Call) -> Site | None:
    """Where a call stands in the user's code."""
    return call.site if call.site is not None else call.operation.site


def origins(tensor: Tensor) -> list[Tensor]:
    """The Inputs that a tensor is computed from, in the order in which they are met."""
    return [found for found in ancestors(tensor) if found.is_input]


def callers(site: Site) -> Iterator[tuple[Site, str]]:
    """Where the running function was called; across files, also where that began."""
    first = site.caller
    if first is None:
        return
    yield first, "built here" if first.function == site.function else "called from here"
    outermost = _outermost(first)
    if outermost is not first and outermost.source is not site.source:
        yield outermost, "which began here"


def is_called_elsewhere(site: Site) -> bool:
    """Whether the values at hand come from another file."""
    return _outermost(site).source is not site.source


def _outermost(site: Site) -> Site:
    while site.caller is not None:
        site = site.caller
    return site
