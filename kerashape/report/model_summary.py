"""The table of ``model.summary()``, as Keras draws it, as Markdown and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Column, Table
from rich.text import Text

from kerashape.keras.graph import map_structure
from kerashape.keras.summary import UNKNOWN, Count, Origin, Row, Summary
from kerashape.report import Style
from kerashape.report.console import console
from kerashape.report.facts import shape_json
from kerashape.report.json import dump
from kerashape.shapes import Shape

if TYPE_CHECKING:
    from kerashape.report.models import ProgramModel

VERSION = 1
_HEADERS = ("Layer (type)", "Output Shape", "Param #", "Connected to")
_SEQUENTIAL: tuple[int, tuple[float, ...]] = (88, (0.45, 0.80, 1.0))
_GRAPH: tuple[int, tuple[float, ...]] = (108, (0.3, 0.56, 0.74, 1.0))
_LEAST = 4


def table(summary: Summary, style: Style, *, show_trainable: bool = False) -> str:
    """The lines that ``model.summary()`` prints on a terminal of that width."""
    screen = console(style)
    drawn = _table(summary, style.width, show_trainable)
    with screen.capture() as captured:
        screen.print(Text(f'Model: "{summary.name}"', style="bold"))
        screen.print(drawn)
        if summary.gap is not None:
            screen.print(Text(f" Not all of it is known: {summary.gap}", style="yellow"))
        for title, count in _totals(summary):
            screen.print(Text.assemble((f" {title}: ", "bold"), _count(count)))
    return captured.get()


def _count(count: Count) -> Text:
    number, _, size = count.text.partition(" ")
    return Text.assemble((number, _NUMBER), f" {size}")


_NUMBER, _NONE, _SYMBOL, _NO = "color(34)", "color(45)", "color(33)", "bold color(9)"


def _totals(summary: Summary) -> tuple[tuple[str, Count], ...]:
    return (
        ("Total params", summary.total),
        ("Trainable params", summary.trainable),
        ("Non-trainable params", summary.non_trainable),
    )


def _table(summary: Summary, width: int, show_trainable: bool) -> Table:
    """As Keras lays it out: fixed shares of the width, words broken where they do not fit."""
    length, positions = _SEQUENTIAL if summary.is_sequential else _GRAPH
    headers = _HEADERS[: len(positions)]
    alignment = ["left", "left", "right", "left"][: len(positions)]
    if show_trainable:
        length += 12
        positions = (*(share * 0.90 for share in positions), 1.0)
        headers = (*headers, "Trainable")
        alignment.append("center")
    length = min(length, width - 4)
    widths: list[int] = []
    for share in positions:
        widths.append(max(int(share * length) - sum(widths), _LEAST))
    columns = [
        Column(header, justify=justify, width=cells)  # type: ignore[arg-type]
        for header, justify, cells in zip(headers, alignment, widths)
    ]
    drawn = Table(*columns, width=max(length, sum(widths)), show_lines=True)
    for row in summary.rows:
        drawn.add_row(*_cells(row, summary.is_sequential, show_trainable))
    return drawn


def _cells(row: Row, sequential: bool, show_trainable: bool) -> list[Text | str]:
    prefix = "   " * row.level + "└ " if row.level else ""
    cells: list[Text | str] = [
        f"{escape(prefix + row.name)} ([{_SYMBOL}]{escape(row.operation.class_name)}[/])",
        _shape(row.shape_text),
        _params(row),
    ]
    if not sequential:
        cells.append(connections(row))
    if show_trainable:
        mark = row.trainable_text
        looks = {"Y": f"bold {_NUMBER}", "N": _NO}
        cells.append(Text(mark, style=looks.get(mark, "bold")))
    return [Text.from_markup(cell) if isinstance(cell, str) else cell for cell in cells]


def _shape(text: str) -> Text:
    shape = Text(text)
    shape.highlight_regex(r"\d+", _NUMBER)
    shape.highlight_regex(r"None", _NONE)
    return shape


def _params(row: Row) -> Text:
    text = Text(row.params_text)
    text.highlight_regex(r"^[\d,]+", _NUMBER)
    return text


def connections(row: Row) -> Text:
    """``name[node][tensor]``, with commas between them; ``-`` where there is nothing."""
    text = Text(", ".join(map(str, row.origins)) or "-")
    text.highlight_regex(r"(?<=\[)\d+(?=\])", _NUMBER)
    return text


# -- Markdown -----------------------------------------------------------------------------


def markdown(summary: Summary, *, show_trainable: bool = False) -> Iterator[str]:
    """A table for a page or a pull request."""
    headers = _HEADERS[:3] if summary.is_sequential else _HEADERS
    headers = (*headers, "Trainable") if show_trainable else headers
    yield f"### Model: `{_plain(summary.name)}`\n\n"
    yield f"| {' | '.join(headers)} |\n"
    yield f"|{'|'.join('---:' if h == 'Param #' else '---' for h in headers)}|\n"
    for row in summary.rows:
        nested = "\N{NO-BREAK SPACE}" * 3 * row.level + "└ " if row.level else ""
        name = f"{nested}`{_plain(row.name)}` ({_plain(row.operation.class_name)})"
        cells = [name, f"`{row.shape_text}`", row.params_text]
        if not summary.is_sequential:
            cells.append(", ".join(f"`{_plain(str(o))}`" for o in row.origins) or "-")
        if show_trainable:
            cells.append(row.trainable_text)
        yield f"| {' | '.join(cells)} |\n"
    yield "\n"
    if summary.gap is not None:
        yield f"Not all of it is known: {_plain(summary.gap)}\n\n"
    for title, count in _totals(summary):
        yield f"- {title}: {count.text}\n"


def _plain(text: str) -> str:
    """Text that stays in its cell and between its backticks."""
    return " ".join(text.split()).replace("|", "\\|").replace("`", "'").replace("<", "&lt;")


# -- JSON ---------------------------------------------------------------------------------


def json(models: Sequence[tuple[ProgramModel, Summary]]) -> str:
    """One object for other programs."""
    return dump({"version": VERSION, "models": [_model(*each) for each in models]})


def _model(found: ProgramModel, summary: Summary) -> dict[str, Any]:
    return found.place | {
        "names": list(found.names),
        "class": found.model.class_name,
        "name": _known(summary.name),
        "layers": [_row(row) for row in summary.rows],
        "complete": summary.gap is None,
        "params": {
            "total": summary.total.params,
            "trainable": summary.trainable.params,
            "non_trainable": summary.non_trainable.params,
            "bytes": summary.total.bytes,
        },
    }


def _row(row: Row) -> dict[str, Any]:
    trainable = {"Y": True, "N": False}
    return {
        "name": _known(row.name),
        "class": row.operation.class_name,
        "level": row.level,
        "output": _shapes(row.shape),
        "params": row.params if row.built else 0 if row.built is False else None,
        "built": row.built,
        "trainable": trainable.get(row.trainable_text),
        "connected_to": [_origin(each) for each in row.origins],
    }


def _shapes(structure: Any) -> Any:
    shapes = map_structure(lambda s: shape_json(s) if isinstance(s, Shape) else None, structure)
    return shapes[0] if isinstance(shapes, list) and len(shapes) == 1 and structure else shapes


def _origin(origin: Origin) -> dict[str, Any]:
    return {"layer": _known(origin.name), "node": origin.node, "tensor": origin.tensor}


def _known(text: str) -> str | None:
    return None if text == UNKNOWN else text
