"""The report for people, in the manner of rustc: frames, the chain of shapes, the repair."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.style import Style as Look
from rich.text import Text

from kerashape.diagnostic import Diagnostic, Severity, Span, Step
from kerashape.report import Style
from kerashape.report.console import console, rendered
from kerashape.report.frame import GUTTER, Frame, pad, shorten, wrap
from kerashape.report.summary import closing_lines

if TYPE_CHECKING:
    from kerashape.linter import Result
    from kerashape.listings import Listings

LOOKS = {
    Severity.ERROR: Look(color="red", bold=True),
    Severity.WARNING: Look(color="yellow", bold=True),
    Severity.INFO: Look(color="cyan", bold=True),
}
_BOLD = Look(bold=True)
_RELATED = Look(color="blue", bold=True)
_HELP = Look(color="green", bold=True)
_FIRST_STEPS, _LAST_STEPS = 3, 8


def render(result: Result, style: Style) -> Iterator[str]:
    """The report, a diagnostic a piece."""
    screen = console(style)
    for diagnostic in result.diagnostics:
        yield rendered(screen, _diagnostic(diagnostic, result.listings, style)) + "\n"
    if result.gaps:
        gaps = (Text.assemble((f"{g.span}: ", _BOLD), f"unknown: {g.reason}") for g in result.gaps)
        yield rendered(screen, gaps) + "\n"
    yield rendered(screen, (Text(line) for line in closing_lines(result, style)))


def _diagnostic(diagnostic: Diagnostic, listings: Listings, style: Style) -> Iterator[Text]:
    span = diagnostic.span
    look = LOOKS[diagnostic.severity]
    yield from _headline(diagnostic, style)
    numbers = [s.end_line for s in (span, *(label.span for label in diagnostic.related))]
    frame = Frame(style.width, len(str(max(numbers))))
    edge = " " * frame.digits
    yield Text.assemble((f"{edge}--> ", GUTTER), str(span))
    yield from frame.draw(listings[span.path], span, diagnostic.label, "^", look)
    for label in diagnostic.related:
        yield Text.assemble((f"{edge}::: ", GUTTER), str(label.span))
        yield from frame.draw(listings[label.span.path], label.span, label.text, "-", _RELATED)
    if diagnostic.trace or diagnostic.note or diagnostic.help or diagnostic.verdict:
        yield frame.bar()
    yield from _trace(diagnostic.trace, span, edge, style.width)
    yield from _note("note", diagnostic.note, edge, style.width)
    yield from _note("help", diagnostic.help, edge, style.width)
    yield from _note("verified", diagnostic.verified, edge, style.width)


def _headline(diagnostic: Diagnostic, style: Style) -> Iterator[Text]:
    """``error[KS101] name: message``, the code linked to the rule's page."""
    head = f"{diagnostic.severity}[{diagnostic.code}] {diagnostic.name}: "
    lines = wrap(head + diagnostic.message, style.width)
    lines[1:] = wrap(" ".join(lines[1:]), style.width - 2) if len(lines) > 1 else []
    first = Text(lines[0], style=_BOLD)
    coloured = len(f"{diagnostic.severity}[{diagnostic.code}]")
    first.stylize(LOOKS[diagnostic.severity], 0, coloured)
    if style.links and diagnostic.url:
        first.stylize(Look(link=diagnostic.url), 0, coloured)
    yield first
    for line in lines[1:]:
        yield Text(f"  {line}", style=_BOLD)


def _note(kind: str, text: str, edge: str, width: int) -> Iterator[Text]:
    """``= help: ...``, wrapped, further lines aligned."""
    if not text:
        return
    indent = len(edge) + len(f" = {kind}: ")
    first, *rest = wrap(text, width - indent)
    yield Text.assemble((f"{edge} = ", GUTTER), (kind, _HELP), f": {first}")
    for line in rest:
        yield Text(" " * indent + line)


def _trace(steps: Sequence[Step], span: Span, edge: str, width: int) -> Iterator[Text]:
    """The chain of shapes: place, call and shape of every step, in columns."""
    if not steps:
        return
    yield Text.assemble((f"{edge} = ", GUTTER), ("trace", _HELP), ": from the Input to here")
    places = [_place(step.span, span) for step in steps]
    left = max(map(cell_len, places))
    right = max(cell_len(step.shape) for step in steps)
    indent = len(edge) + 3
    middle = min(
        max(cell_len(step.text) for step in steps), max(width - indent - left - right - 6, 12)
    )
    omitted = len(steps) - _FIRST_STEPS - _LAST_STEPS
    for index, (step, place) in enumerate(zip(steps, places)):
        if omitted > 1 and _FIRST_STEPS <= index < _FIRST_STEPS + omitted:
            if index == _FIRST_STEPS:
                yield Text(" " * (indent + left + 2) + f"… {omitted} more calls …", style="dim")
            continue
        yield Text.assemble(
            " " * indent,
            (" " * (left - cell_len(place)) + place, GUTTER),
            "  ",
            pad(shorten(step.text, middle), middle),
            ("  → ", "dim"),
            (step.shape, _BOLD),
        )


def _place(span: Span, here: Span) -> str:
    """The line; with the file or the cell where it is another one."""
    if span.path != here.path:
        return str(span).rsplit(":", 1)[0]
    if span.cell != here.cell:
        return f"cell {span.cell}:{span.line}"
    return str(span.line)
