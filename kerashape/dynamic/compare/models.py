"""The models that were inferred against those that were built."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from kerashape.diagnostic import Span
from kerashape.dynamic.compare.agreement import agree, compatible, ends_of
from kerashape.dynamic.compare.places import Places
from kerashape.dynamic.compare.verdicts import (
    CONFIRMED,
    CONTRADICTED,
    NOT_REACHED,
    ONLY_SEEN,
    UNKNOWN,
    Compared,
)
from kerashape.dynamic.events import ModelBuilt

if TYPE_CHECKING:
    from kerashape.analysis import ModelFact
    from kerashape.keras.layers.base import Layer


def compare_models(
    places: Places,
    facts: Sequence[ModelFact],
    recorded: Iterable[ModelBuilt],
    stopped: set[Span],
    cut_off: int | None = None,
) -> tuple[list[Compared], list[Compared]]:
    """Each model that was inferred or built: its shapes, and its number of parameters."""
    models: list[Compared] = []
    params: list[Compared] = []
    waiting = [(fact.site.span, fact) for fact in facts]
    for event in recorded:
        if event.inputs is None or event.outputs is None or event.interrupted:
            continue
        where = places.of(event.where)
        actual = [event.inputs, event.outputs]
        around = [pair for pair in waiting if places.covers(pair[0], where)]
        candidates = [p for p in around if {p[1].model.class_name, event.layer} != _OF_KERAS]
        exact = [pair for pair in candidates if agree(ends_of(pair[1]), actual)]
        equal = [pair for pair in exact if pair[1].model.count_params() == event.params]
        pair = next(iter(equal or exact or candidates), None)
        if pair is None and event.library:
            continue
        if pair is None:
            models.append(Compared(ONLY_SEEN, where, event.layer, None, actual))
            params.append(Compared(ONLY_SEEN, where, event.layer, None, event.params))
            continue
        span, fact = pair
        count = fact.model.count_params()
        partial = event.number == cut_off or is_partial(places, fact, stopped)
        if partial and not (exact and count == event.params):
            continue  # the program stopped at one of its layers: this is a part of the model
        waiting.remove(pair)
        inferred = ends_of(fact)
        maybe = all(compatible(ours, theirs) for ours, theirs in zip(inferred, actual))
        verdict = CONFIRMED if exact else UNKNOWN if maybe else CONTRADICTED
        models.append(Compared(verdict, span, event.layer, inferred, actual))
        verdict = UNKNOWN if count is None else CONFIRMED
        if count is not None and event.params is not None and count != event.params:
            verdict = CONTRADICTED
        if event.params is not None:
            params.append(Compared(verdict, span, event.layer, count, event.params))
    models += [
        Compared(NOT_REACHED, span, fact.model.class_name, ends_of(fact)) for span, fact in waiting
    ]
    return models, params


_OF_KERAS = {"Functional", "Sequential"}
"""A model of the one class is none of the other; one of the user's may be either."""


def is_partial(places: Places, fact: ModelFact, stopped: set[Span]) -> bool:
    """Whether the program stopped at one of the layers of a Sequential, which it has not then."""
    sites = [layer.site.span for layer in stack_of(fact) if layer.site is not None]
    return any(places.covers(site, line) for site in sites for line in stopped)


def stack_of(fact: ModelFact) -> Sequence[Layer]:
    """The layers of a Sequential."""
    stack = getattr(fact.model, "stack", ())
    return stack if isinstance(stack, (list, tuple)) else ()
