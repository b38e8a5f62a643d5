"""Pages: one HTML file with everything in it, that works without a network."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path

from kerashape import __version__
from kerashape.picture.layout import Layout, lay_out
from kerashape.picture.model import Box, Mark, Picture
from kerashape.picture.svg import MARGIN, RULES, drawing, variables

_ASSETS = Path(__file__).parent / "assets"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    "%3Cpath d='M3 2v12M3 8l8-6M3 8l8 6' stroke='%234f46e5' stroke-width='2.4' fill='none'/%3E"
    "%3C/svg%3E"
)
KEYS = (
    "Click, then drag to move, scroll or + and − to zoom, 0 to fit, arrow keys to walk the layers."
)


def document(title: str, body: Iterable[str], *, kind: str) -> str:
    """A page; ``kind`` is the class of its body."""
    style = (
        f":root{{color-scheme:light;{variables(False)}}}"
        f"@media(prefers-color-scheme:dark){{:root:not([data-theme=light]){{color-scheme:dark;"
        f"{variables(True)}}}}}:root[data-theme=dark]{{color-scheme:dark;{variables(True)}}}"
        + _within(".viewer", RULES)
        + (_ASSETS / "page.css").read_text(encoding="utf-8")
    )
    script = (_ASSETS / "page.js").read_text(encoding="utf-8")
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="generator" content="kerashape {escape(__version__)}">\n'
        f'<link rel="icon" href="{_ICON}">\n'
        f"<title>{escape(title)}</title>\n<style>{style}</style>\n</head>\n"
        f'<body class="{kind}">\n{"".join(body)}<script>{script}</script>\n</body>\n</html>\n'
    )


def _within(ancestor: str, rules: str) -> str:
    """Style rules that hold below an element only."""
    found = []
    for rule in rules.replace("}", "}\n").split("\n"):
        selectors, brace, body = rule.strip().partition("{")
        if brace:
            within = ",".join(f"{ancestor} {selector}" for selector in selectors.split(","))
            found.append(f"{within}{{{body}\n")
    return "".join(found)


def graph_page(pictures: Sequence[Picture]) -> str:
    """A page of its own for one or several models. Raises ``NoLayout``."""
    title = ", ".join(dict.fromkeys(picture.title for picture in pictures))
    return document(f"{title} – kerashape", _graphs(pictures), kind="graphs")


def _graphs(pictures: Sequence[Picture]) -> Iterator[str]:
    yield '<header class="top"><h1>kerashape <span>graph</span></h1>'
    if len(pictures) > 1:
        yield '<nav aria-label="Models">'
        for number, picture in enumerate(pictures, start=1):
            yield f'<a href="#m{number}">{escape(picture.title)}</a>'
        yield "</nav>"
    yield search_box("Find a layer") + theme_button() + "</header>\n<main>\n"
    for number, picture in enumerate(pictures, start=1):
        yield from model_section(picture, f"m{number}", 2)
    yield "</main>\n"


def search_box(words: str) -> str:
    """The field to search the page."""
    return (
        f'<label class="search"><span class="hidden">{words}</span>'
        f'<input type="search" id="search" placeholder="{words}  ( / )" autocomplete="off" '
        'spellcheck="false"><output id="hits" for="search"></output></label>'
    )


def theme_button() -> str:
    """The switch between dark and light."""
    return (
        '<button type="button" id="theme" aria-label="Dark or light" title="Dark or light">'
        '<svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">'
        '<circle cx="10" cy="10" r="7" fill="none" stroke="currentColor" stroke-width="1.6"/>'
        '<path d="M10 3a7 7 0 0 1 0 14z" fill="currentColor"/></svg></button>'
    )


def prose(text: str) -> str:
    """A message as HTML; what stands in backticks is code."""
    return re.sub(r"`([^`\n]+)`", r"<code>\1</code>", escape(text))


def badge(severity: str, text: str) -> str:
    """A word on a coloured ground."""
    return f'<span class="badge {severity}">{escape(text)}</span>'


def model_section(picture: Picture, key: str, level: int, *, drawn: bool = True) -> Iterator[str]:
    """A model: its facts, its graph, and its layers as a table.

    Args:
        key: unique in the page.
        level: of its heading.
        drawn: whether to draw the graph, too. Raises ``NoLayout`` then.
    """
    words = " ".join([picture.title, picture.model.name, picture.model.kind, str(picture.span)])
    yield f'<section class="model" id="{key}" data-search="{escape(words.lower())}">\n'
    yield f"<h{level}>{escape(picture.title)} "
    yield f"<small>{escape(picture.model.kind)} <q>{escape(picture.model.name)}</q></small>"
    yield f"</h{level}>\n<p class='facts'><code>{escape(str(picture.span))}</code>"
    total = "" if picture.total.startswith("?") else f"{picture.total} parameters"
    yield f" <span>{escape(total)}</span>"
    yield f" <span>{len(picture.boxes)} layers</span></p>\n"
    yield from _model_marks(picture)
    if drawn:
        yield from _viewer(picture, lay_out(picture), key)
    elif len(picture.boxes) > 1:
        yield "<p class='gap'>Not drawn here; <code>kerashape graph</code> does.</p>\n"
    yield from _table(picture, key)
    yield "</section>\n"


def _model_marks(picture: Picture) -> Iterator[str]:
    if picture.gap is not None:
        yield f'<p class="gap">Not all of it is known: {escape(picture.gap)}</p>\n'
    marks = [(None, mark) for mark in picture.marks]
    marks += [(box, mark) for box in picture.boxes for mark in box.marks]  # type: ignore[misc]
    if marks:
        yield '<ul class="marks">'
        for box, mark in marks:
            yield f"<li>{_mark(mark, box)}</li>"
        yield "</ul>\n"


def _mark(mark: Mark, box: Box | None) -> str:
    where = ""
    if box is not None:
        where = f' <a href="#" data-box="{box.id}">{escape(box.name)}</a>'
    return f"{badge(mark.severity, mark.code)} {prose(mark.message)}{where}"


def _viewer(picture: Picture, layout: Layout, key: str) -> Iterator[str]:
    width, height = layout.width + 2 * MARGIN, layout.height + 2 * MARGIN
    name = escape(picture.title)
    yield (
        f'<div class="viewer" tabindex="0" role="application" data-key="{key}" '
        f'aria-label="Graph of {name}. {KEYS}" data-width="{width:.0f}" '
        f'data-height="{height:.0f}">\n'
        f'<svg class="canvas" aria-hidden="true"><g class="scene">'
        f'<g transform="translate({MARGIN:.0f} {MARGIN:.0f})">'
    )
    yield "\n".join(drawing(picture, layout, f"{key}-", tooltips=False))
    yield (
        "</g></g></svg>\n"
        '<div class="tools"><button type="button" data-do="in" aria-label="Zoom in" '
        'title="Zoom in (+)">+</button>'
        '<button type="button" data-do="out" aria-label="Zoom out" title="Zoom out (−)">−</button>'
        '<button type="button" data-do="fit" aria-label="Show all of it" '
        'title="Show all of it (0)">⤢</button></div>\n'
        f'<aside class="card" aria-live="polite"><p class="hint">{KEYS}</p></aside>\n</div>\n'
    )


def _facts(box: Box) -> dict[str, object]:
    facts: dict[str, object] = {
        "name": box.name,
        "kind": box.kind,
        "input": list(box.inputs),
        "output": box.output,
        "params": box.params,
    }
    if box.trainable != "-":
        facts["trained"] = box.trainable
    if box.note:
        facts["note"] = box.note
    if box.span is not None:
        facts["place"], facts["source"] = str(box.span), box.source
    if box.marks:
        facts["marks"] = [[m.severity, m.code, m.message, m.help] for m in box.marks]
    return facts


def _table(picture: Picture, key: str) -> Iterator[str]:
    """The layers as data; the page makes a table of them when it is opened."""
    data = {box.id: _facts(box) for box in picture.boxes}
    text = json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")
    yield f'<script type="application/json" id="{key}-data">{text}</script>\n'
    yield f'<details class="layers" data-of="{key}" data-title="{escape(picture.title)}">'
    yield "<summary>Layers as a table</summary></details>\n"
