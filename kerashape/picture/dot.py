"""A picture in Graphviz's language, as ``keras.utils.model_to_dot`` would draw it."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from kerashape.picture.model import Box, Group, Picture


def dot(picture: Picture) -> str:
    """A file of its own."""
    return "\n".join(_lines(picture)) + "\n"


def _lines(picture: Picture) -> Iterator[str]:
    yield f"digraph {_quoted(picture.title)} {{"
    yield "  graph [rankdir=TB, fontname=Helvetica]"
    yield "  node [shape=plaintext, fontname=Helvetica, fontsize=11, margin=0]"
    yield "  edge [fontname=Helvetica, fontsize=9]"
    yield from _group(picture.model, "  ", top=True)
    for arrow in picture.arrows:
        look = ", color=red, fontcolor=red, style=dashed" if arrow.broken else ""
        yield f"  {arrow.source} -> {arrow.target} [label={_quoted(arrow.shape)}{look}]"
    yield "}"


def _group(group: Group, indent: str, *, top: bool = False) -> Iterator[str]:
    inside = indent if top else indent + "  "
    if not top:
        yield f"{indent}subgraph cluster_{group.id} {{"
        yield f"{inside}label={_quoted(f'{group.name} ({group.kind})')}; labeljust=l; style=dashed"
    for box in group.boxes:
        yield f"{inside}{box.id} [label={_label(box)}]"
    for inner in group.groups:
        yield from _group(inner, inside)
    if not top:
        yield f"{indent}}}"


def _label(box: Box) -> str:
    """A table with Keras's rows: the name, the class, the shapes."""
    colour = ' color="red"' if box.marks else ""
    rows = [
        f'<tr><td bgcolor="{"red" if box.marks else "black"}"><font color="white">'
        f"<b>{escape(box.name)}</b> ({escape(box.kind)})</font></td></tr>"
    ]
    cells = [f"Input: {escape(', '.join(box.inputs))}"] if box.inputs else []
    cells += [f"Output: {escape(box.output)}", f"Params: {escape(box.params)}"]
    rows += [f"<tr><td>{cell}</td></tr>" for cell in cells]
    rows += [
        f'<tr><td><font color="red">{escape(f"{mark.code}: {mark.message}")}</font></td></tr>'
        for mark in box.marks
    ]
    table = f'<table border="0" cellborder="1" cellspacing="0" cellpadding="5"{colour}>'
    return f"<{table}{''.join(rows)}</table>>"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'
