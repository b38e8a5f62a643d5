"""What was inferred about a program, as tables for people (``kerashape shapes``)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from kerashape.keras.graph import Tensor, flatten
from kerashape.report import Style
from kerashape.report.console import console, rendered
from kerashape.report.summary import count

if TYPE_CHECKING:
    from kerashape.analysis import Analysis, CallFact, ModelFact, Site

_MAX_REASONS = 10


def shape_tables(path: str, analysis: Analysis, style: Style) -> Iterator[str]:
    """The calls, the models and how much is known of one file; nothing where there is none."""
    if not (analysis.calls or analysis.models or analysis.unknowns):
        return
    screen = console(style)
    yield rendered(screen, _tables(path, analysis), wrap=True)


def _tables(path: str, analysis: Analysis) -> Iterator[RenderableType]:
    yield Text(path, style="bold")
    if analysis.calls:
        table = _table("line", "call", "layer or op", "inputs", "output")
        table.columns[0].justify = "right"
        table.columns[1].overflow = "ellipsis"
        table.columns[1].no_wrap = True
        for fact in analysis.calls:
            table.add_row(*_call(fact, path))
        yield table
    if analysis.models:
        table = _table("line", "model", "inputs", "outputs", "parameters")
        table.columns[0].justify = table.columns[4].justify = "right"
        for model in analysis.models:
            table.add_row(*_model(model, path))
        yield table
    for reason, times in analysis.reasons().most_common(_MAX_REASONS):
        yield Text(f"not known ({count(times, 'time')}): {reason}", style="dim")
    known, calls = analysis.coverage
    yield Text(f"{count(calls, 'call')}, {count(known, 'shape')} known\n")


def _table(*headers: str) -> Table:
    return Table(*headers, box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")


def _call(fact: CallFact, path: str) -> list[Text]:
    call = fact.call
    output = shapes(call.output) or "?"
    if call.fault is not None:
        output = "does not fit"
    looks = {"known": "green", "partial": "yellow", "unknown": "yellow", "error": "red"}
    return [
        Text(_line(fact.site, path)),
        Text(fact.site.text),
        Text(call.operation.callee.removeprefix("keras.")),
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
