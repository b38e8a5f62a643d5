"""A picture as a Mermaid flowchart, which GitHub and others draw within Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from kerashape.picture.model import Box, Group, Picture


def mermaid(picture: Picture) -> str:
    """The text of the chart."""
    return "\n".join(_lines(picture)) + "\n"


def _lines(picture: Picture) -> Iterator[str]:
    yield "flowchart TD"
    yield from _group(picture.model, "  ", top=True)
    for arrow in picture.arrows:
        line = "-.->" if arrow.broken else "-->"
        yield f"  {arrow.source} {line}|{_quoted(arrow.shape)}| {arrow.target}"
    faulty = [box.id for box in picture.boxes if box.marks]
    if faulty:
        yield "  classDef fault fill:#fef2f2,stroke:#dc2626,stroke-width:2px,color:#991b1b"
        yield f"  class {','.join(faulty)} fault"
    broken = [str(i) for i, arrow in enumerate(picture.arrows) if arrow.broken]
    if broken:
        yield f"  linkStyle {','.join(broken)} stroke:#dc2626"


def _group(group: Group, indent: str, *, top: bool = False) -> Iterator[str]:
    inside = indent if top else indent + "  "
    if not top:
        yield f"{indent}subgraph {group.id} [{_quoted(f'{group.name} ({group.kind})')}]"
    for box in group.boxes:
        yield f"{inside}{_box(box)}"
    for inner in group.groups:
        yield from _group(inner, inside)
    if not top:
        yield f"{indent}end"


def _box(box: Box) -> str:
    lines = [f"{box.name} ({box.kind})", box.output]
    if box.params != "0":
        lines.append(f"{box.params} params")
    lines += [f"{mark.code}: {mark.message}" for mark in box.marks]
    return f"{box.id}[{_quoted(*lines)}]"


def _quoted(*lines: str) -> str:
    """Text as Mermaid takes it: every special character as an entity."""
    return '"' + "<br/>".join(map(_escaped, lines)) + '"'


def _escaped(text: str) -> str:
    plain = " ".join(text.split())
    return "".join(c if c.isalnum() or c in " _-.,:=/()" else f"#{ord(c)};" for c in plain)
