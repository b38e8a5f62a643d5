"""What was inferred about a program, as tables for people (``kerashape shapes``)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rich import box
from rich.cells import cell_len
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from kerashape.keras.graph import Tensor, flatten
from kerashape.report import Style
from kerashape.report.console import console, rendered
from kerashape.report.summary import count

if TYPE_CHECKING:
    from kerashape.analysis import Analysis, CallFact, ModelFact
    from kerashape.site import Site

_MAX_REASONS = 10


def shape_tables(path: str, analysis: Analysis, style: Style) -> Iterator[str]:
    """The calls, the models and how much is known of one file; nothing where there is none."""
    if not (analysis.calls or analysis.models or analysis.unknowns):
        return
    screen = console(style)
    yield rendered(screen, _tables(path, analysis, style.width), wrap=True)


def _tables(path: str, analysis: Analysis, width: int) -> Iterator[RenderableType]:
    yield Text(path, style="bold")
    if analysis.calls:
        rows = [_call(fact, path) for fact in analysis.calls]
        yield _table(["line", "call", "inputs", "output"], rows, width)
    if analysis.models:
        rows = [_model(fact, path) for fact in analysis.models]
        yield _table(["line", "model", "inputs", "outputs", "params"], rows, width)
    for reason, times in analysis.reasons().most_common(_MAX_REASONS):
        yield Text(f"not known ({count(times, 'time')}): {reason}", style="dim")
    known, calls = analysis.coverage
    yield Text(f"{count(calls, 'call')}, {count(known, 'shape')} known\n")


_ELASTIC = 1
_LEAST = 16
_GAP = 3


def _table(headers: list[str], rows: list[list[Text]], width: int) -> Table:
    """The shapes in full; the calls, in the second column, in what room they leave."""
    table = Table(*headers, box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    others = 2
    for index, column in enumerate(table.columns):
        column.no_wrap = True
        if headers[index] in ("line", "params"):
            column.justify = "right"
        if index != _ELASTIC:
            widths = [cell_len(line) for row in rows for line in row[index].plain.splitlines()]
            others += max(len(headers[index]), *widths, 0) + _GAP
    for row in rows:
        row[_ELASTIC].truncate(max(width - others, _LEAST), overflow="ellipsis")
        table.add_row(*row)
    return table


def _call(fact: CallFact, path: str) -> list[Text]:
    call = fact.call
    output = shapes(call.output) or "?"
    if call.fault is not None:
        output = "does not fit"
    looks = {"known": "green", "partial": "yellow", "unknown": "yellow", "error": "red"}
    text = fact.site.text
    callee = call.operation.callee.rsplit(".", 1)[-1]
    return [
        Text(_line(fact.site, path)),
        Text(text if callee in text else f"{callee}: {text}"),
        Text(shapes(call.input_tensors)),
        Text(output, style=looks[call.status]),
    ]


def _model(fact: ModelFact, path: str) -> list[Text]:
    model = fact.model
    params = model.count_params()
    name = f" {model.name}" if isinstance(model.name, str) else ""
    return [
        Text(_line(fact.site, path)),
        Text(f"{model.class_name}{name}"),
        Text(shapes(model.inputs)),
        Text(shapes(model.outputs)),
        Text("?" if params is None else f"{params:,}"),
    ]


def shapes(structure: Any) -> str:
    """The shapes of nested tensors, one a line."""
    return "\n".join(str(t.shape) if isinstance(t, Tensor) else "?" for t in flatten(structure))


def _line(site: Site, path: str) -> str:
    """The line; with the cell, or the file where a module that was imported has it."""
    span = site.span
    cell = "" if span.cell is None else f"{span.cell}:"
    file = "" if span.path == path else f"{span.path}:"
    return f"{file}{cell}{span.line}"
