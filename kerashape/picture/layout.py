"""Where everything goes: laid out by Graphviz, whose library comes with ``pygraphviz``.

Sizes are in points, y downwards. All text is measured here (it is set in a monospaced font),
so that no fonts have to be installed.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from typing import Any
from unicodedata import east_asian_width

from kerashape.picture.model import Arrow, Box, Group, Picture

INSTALL = "pip install 'kerashape[graph]'"
FONT, SMALL, TINY = 12.0, 10.5, 9.5
_CELL = 0.602
"""The width of a character in a monospaced font, in ems."""
PAD_X, STRIPE = 12.0, 5.0
LINE = 16.0
_LABELLED = 400
"""With more arrows than that the shapes stand in the boxes only."""
_LONGEST = 46
_TOLD = 3
"""How many lines of a fault's message a box shows."""
_POINTS = 72.0


class NoLayout(Exception):
    """The library that lays graphs out is not installed."""

    def __init__(self) -> None:
        super().__init__(f"pictures need Graphviz's library: {INSTALL}")


@dataclass(frozen=True, slots=True)
class Placed:
    """A rectangle by its upper left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Curve:
    """An arrow: the points of a Bézier spline, where its tip is and where its label."""

    arrow: Arrow
    points: tuple[tuple[float, float], ...]
    tip: tuple[float, float] | None
    label: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Layout:
    """The places of everything in a picture."""

    width: float
    height: float
    boxes: dict[str, Placed]
    groups: dict[str, Placed]
    curves: list[Curve]


def cells(text: str) -> int:
    """How many cells a text takes."""
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def text_width(text: str, size: float) -> float:
    """How wide a text is."""
    return cells(text) * size * _CELL


def short(text: str, longest: int = _LONGEST) -> str:
    """The text, its middle left out if it is too long."""
    if len(text) <= longest:
        return text
    half = (longest - 1) // 2
    return f"{text[:half]}…{text[-half:]}"


def lines_of(box: Box) -> list[tuple[str, str]]:
    """The lines of a box, each with how it looks."""
    lines = [("name", short(box.name)), ("kind", box.kind)]
    lines.append(("shape", short(box.output)))
    below = [] if box.params in ("0", "") else [f"{box.params} params"]
    if box.trainable == "no":
        below.append("frozen")
    below += [box.note] if box.note else []
    if below:
        lines.append(("params", " · ".join(below)))
    for mark in box.marks:
        told = textwrap.wrap(f"{mark.code} {mark.message}", _LONGEST)
        if len(told) > _TOLD:
            told[_TOLD - 1 :] = [told[_TOLD - 1][: _LONGEST - 2] + " …"]
        lines += [("mark", line) for line in told]
    return lines


def size_of(box: Box) -> tuple[float, float]:
    """How large a box must be."""
    lines = lines_of(box)
    sizes = {"name": FONT, "kind": SMALL, "shape": SMALL, "params": TINY, "mark": SMALL}
    bold = {"name": 1.04, "mark": 1.04}
    name, kind = lines[0][1], lines[1][1]
    first = text_width(name, FONT) * 1.04 + 12 + text_width(kind, SMALL)
    widest = max(text_width(text, sizes[look]) * bold.get(look, 1) for look, text in lines[2:])
    return max(first, widest) + 2 * PAD_X + STRIPE + 2, LINE * (len(lines) - 1) + 14


def lay_out(picture: Picture) -> Layout:
    """Lay a picture out.

    Raises:
        NoLayout: without the extra ``graph``.
    """
    try:
        import pygraphviz
    except ImportError:
        raise NoLayout from None
    graph = pygraphviz.AGraph(
        directed=True, strict=False, rankdir="TB", nodesep="0.35", ranksep="0.45",
        nslimit="2", nslimit1="2", mclimit="1", splines="spline", pad="0", newrank="true",
    )  # fmt: skip
    boxes = picture.boxes
    _add_boxes(graph, picture.model, top=True)
    labelled = len(picture.arrows) <= _LABELLED
    known = {box.id for box in boxes}
    arrows = [a for a in picture.arrows if a.source in known and a.target in known]
    for index, arrow in enumerate(arrows):
        label = _blank(text_width(arrow.shape, TINY) + 6, 13) if labelled else ""
        graph.add_edge(arrow.source, arrow.target, key=str(index), label=label)
    graph.layout(prog="dot")
    return _read(graph, picture, arrows)


def _add_boxes(graph: Any, group: Group, *, top: bool = False) -> Any:
    members = []
    for box in group.boxes:
        width, height = size_of(box)
        graph.add_node(
            box.id, shape="box", label="", fixedsize="true",
            width=f"{width / _POINTS:.4f}", height=f"{height / _POINTS:.4f}",
        )  # fmt: skip
        members.append(box.id)
    for inner in group.groups:
        members += _add_boxes(graph, inner)
    if not top and members:
        title = f"{group.name}  {group.kind}"
        graph.add_subgraph(
            members, name=f"cluster_{group.id}", margin="14",
            label=_blank(text_width(title, FONT) + 8, 16), labeljust="l",
        )  # fmt: skip
    return members


def _blank(width: float, height: float) -> str:
    """A label of that size without any text: nothing has to be measured."""
    return (
        '<<table border="0" cellborder="0" cellpadding="0" cellspacing="0" fixedsize="true" '
        f'width="{width:.0f}" height="{height:.0f}"><tr><td></td></tr></table>>'
    )


def _read(graph: Any, picture: Picture, arrows: list[Arrow]) -> Layout:
    _, _, width, height = (float(n) for n in graph.graph_attr["bb"].split(","))

    def flip(x: float, y: float) -> tuple[float, float]:
        return round(x, 1), round(height - y, 1)

    boxes = {}
    for box in picture.boxes:
        node = graph.get_node(box.id)
        x, y = flip(*(float(n) for n in node.attr["pos"].split(",")))
        wide, high = (float(node.attr[name]) * _POINTS for name in ("width", "height"))
        boxes[box.id] = Placed(round(x - wide / 2, 1), round(y - high / 2, 1), wide, high)
    groups = {}
    for group in _groups(picture.model):
        cluster = graph.get_subgraph(f"cluster_{group.id}")
        if cluster is not None and cluster.graph_attr["bb"]:
            left, low, right, up = (float(n) for n in cluster.graph_attr["bb"].split(","))
            x, y = flip(left, up)
            groups[group.id] = Placed(x, y, right - left, up - low)
    curves = []
    for index, arrow in enumerate(arrows):
        edge = graph.get_edge(arrow.source, arrow.target, key=str(index))
        place = edge.attr["lp"]
        label = flip(*(float(n) for n in place.split(","))) if place else None
        tip, points = _spline(edge.attr["pos"])
        curves.append(
            Curve(arrow, tuple(flip(*p) for p in points), flip(*tip) if tip else None, label)
        )
    return Layout(width, height, boxes, groups, curves)


def _spline(
    text: str,
) -> tuple[tuple[float, float] | None, list[tuple[float, float]]]:
    """Graphviz's ``e,x,y x,y x,y ...``: where the tip is, and the points before it."""
    tip = None
    points = []
    for part in re.sub(r"\\\r?\n", "", text).split():
        letter, _, rest = part.rpartition("e,") if part.startswith("e,") else ("", "", part)
        del letter
        x, y = (float(n) for n in rest.removeprefix("s,").split(",")[:2])
        if part.startswith("e,"):
            tip = (x, y)
        elif not part.startswith("s,"):
            points.append((x, y))
    return tip, points


def _groups(group: Group) -> list[Group]:
    return [g for inner in group.groups for g in [inner, *_groups(inner)]]
