"""Repairs of suppression comments: KS902."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kerashape.diagnostic import Edit, Fix, Span

if TYPE_CHECKING:
    from kerashape.suppress import Suppression


def removed(found: Suppression, idle: list[str]) -> Fix | None:
    """The comment without the rules that it does not suppress; gone, if none is left."""
    span = found.span
    line, start = found.line, span.column - 1
    if not line[start:].startswith("#"):
        return None
    kept = [rule for rule in found.rules or () if rule not in idle]
    if kept:
        opening, closing = line.find("[", start), line.find("]", start)
        edit = Edit(_on_line(span, opening + 1, closing), ", ".join(kept))
        return Fix(f"remove {', '.join(idle)} from the suppression", (edit,), safe=True)
    # Behind it, a reason belongs to it; another comment does not.
    end = line.find("#", start + 1)
    end = len(line) if end < 0 else end
    before = line[:start].rstrip()
    if end == len(line) and not before:
        whole = Span(span.path, span.cell, span.line, 1, span.line + 1, 1)
        return Fix("remove the suppression", (Edit(whole, ""),), safe=True)
    start = start if end < len(line) else len(before)
    return Fix("remove the suppression", (Edit(_on_line(span, start, end), ""),), safe=True)


def _on_line(span: Span, start: int, end: int) -> Span:
    return Span(span.path, span.cell, span.line, start + 1, span.line, end + 1)
