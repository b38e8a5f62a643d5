"""Where the diagnostics stand in a picture: at the box whose code they are about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from kerashape.keras.graph import Operation, Tensor, flatten
from kerashape.keras.summary import functional_of
from kerashape.picture.model import Box, Mark, Picture

if TYPE_CHECKING:
    from kerashape.diagnostic import Diagnostic, Span
    from kerashape.report.models import ProgramModel


Places = list[tuple["Span", Box]]
"""Stretches of code, and the box of a picture that each is about."""


def mark(
    drawn: Sequence[tuple[Picture, Places]], diagnostics: Sequence[Diagnostic]
) -> list[Picture]:
    """Put the diagnostics into the pictures that they are about.

    Args:
        drawn: the pictures, each with what :func:`places_of` says.
        diagnostics: what the linter found.
    """
    places = [known for _, known in drawn]
    for diagnostic in diagnostics:
        told = Mark(diagnostic.code, diagnostic.message, str(diagnostic.severity), diagnostic.help)
        if _at_boxes(diagnostic.span, places, told):
            continue
        whole = [p for p, _ in drawn if _within(diagnostic.span, p.span)]
        for picture in whole:
            picture.marks.append(told)
        for label in () if whole else diagnostic.related:
            if _at_boxes(label.span, places, told):
                break
    return [picture for picture, _ in drawn]


def _at_boxes(span: Span, places: Sequence[Places], told: Mark) -> bool:
    """Mark the box in each picture that a place is about; whether there is one."""
    found = False
    for stretches in places:
        box = _narrowest(span, stretches)
        if box is not None:
            box.marks.append(told)
            found = True
    return found


def places_of(picture: Picture, found: ProgramModel) -> Places:
    """Which code each box is about. The boxes let go of what they stand for."""
    places = list(_places(picture, found))
    for box in picture.boxes:
        box.operation = None
    return places


def _places(picture: Picture, found: ProgramModel) -> Iterator[tuple[Span, Box]]:
    boxes = picture.boxes
    for box in boxes:
        spans = {} if box.span is None else {box.span: None}
        if isinstance(box.operation, Operation):
            spans |= {call.site.span: None for call in box.operation.calls if call.site is not None}
        for span in spans:
            yield span, box
    functional = functional_of(found.model)
    for fact in found.analysis.models:
        if functional is None or fact.model is not functional:
            continue
        entries = [t for t in flatten(functional.inputs) if isinstance(t, Tensor)]
        for element, entry in zip(fact.elements, entries):
            operation = entry.call.operation if entry.call is not None else None
            for box in boxes:
                if operation is not None and box.operation is operation:
                    yield element.site.span, box


def _narrowest(span: Span, places: Sequence[tuple[Span, Box]]) -> Box | None:
    """The box with the least code around a place; of several, one whose call did not fit."""
    holding = [(place, box) for place, box in places if _within(span, place)]
    if not holding:
        holding = [(place, box) for place, box in places if _within(place, span)]
    if not holding:
        return None
    return min(holding, key=lambda each: (_extent(each[0]), not each[1].failed))[1]


def _within(inner: Span, outer: Span) -> bool:
    return (
        (inner.path, inner.cell) == (outer.path, outer.cell)
        and (outer.line, outer.column) <= (inner.line, inner.column)
        and (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)
    )


def _extent(span: Span) -> tuple[int, int]:
    return (span.end_line - span.line, span.end_column - span.column)
