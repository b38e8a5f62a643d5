"""``kerashape report``: a page about a project. What it found, and every model's graph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import groupby

from kerashape import __version__
from kerashape.diagnostic import Diagnostic, Label, Severity, Span
from kerashape.linter import Result
from kerashape.listings import Listings
from kerashape.picture.layout import INSTALL, NoLayout
from kerashape.picture.model import Picture
from kerashape.picture.page import badge, document, model_section, prose, search_box, theme_button
from kerashape.report.frame import Row
from kerashape.report.summary import count

MAX_DIAGNOSTICS = 1_000
MAX_DRAWN = 4_000
"""How many layers are drawn, all models together; those with faults come first."""
MAX_LARGE = 1_500
"""How many layers a model may have to be drawn."""
MAX_LISTED = 20_000
"""How many layers are listed in tables, all models together."""
_CONTEXT = 2
_LONGEST_FRAME = 12
_WIDEST = 400
_OPEN_STEPS = 8


@dataclass(frozen=True, slots=True)
class FileCoverage:
    """How much of a file is understood."""

    path: str
    calls: int
    known: int
    models: int
    diagnostics: int


@dataclass(slots=True)
class Project:
    """What the page is about.

    Args:
        title: what was looked at.
        result: what the linter found.
        pictures: every model, with its faults.
        files: the files that have to do with Keras.
    """

    title: str
    result: Result
    pictures: list[Picture] = field(default_factory=list)
    files: list[FileCoverage] = field(default_factory=list)


def render(project: Project) -> str:
    """The page."""
    return document(f"{project.title} – kerashape", _body(project), kind="report")


def _body(project: Project) -> Iterator[str]:
    result = project.result
    yield '<a class="skip" href="#overview">To the content</a>\n'
    yield '<header class="top"><h1>kerashape <span>report</span></h1><nav aria-label="Parts">'
    yield '<a href="#overview">Overview</a>'
    yield f'<a href="#diagnostics">Diagnostics <b>{len(result.diagnostics)}</b></a>'
    yield f'<a href="#models">Models <b>{len(project.pictures)}</b></a>'
    yield '<a href="#coverage">Coverage</a></nav>'
    yield search_box("Search the report") + theme_button() + "</header>\n<main>\n"
    yield from _overview(project)
    yield from _diagnostics(result)
    yield from _models(project.pictures)
    yield from _coverage(project)
    yield f"</main>\n<footer>Made by kerashape {escape(__version__)} without running anything."
    yield "</footer>\n"


# -- the overview -------------------------------------------------------------------------


def _overview(project: Project) -> Iterator[str]:
    result = project.result
    yield f'<section id="overview" class="overview"><h2>{escape(project.title)}</h2>\n<dl>'
    for severity in reversed(Severity):
        number = result.count(severity)
        look = str(severity) if number else "none"
        yield f'<div class="{look}"><dt>{severity}s</dt><dd>{number}</dd></div>'
    yield f"<div><dt>models</dt><dd>{len(project.pictures)}</dd></div>"
    yield f"<div><dt>files</dt><dd>{result.files}</dd></div>"
    share = f"{result.known / result.calls:.1%}" if result.calls else "–"
    yield f'<div class="wider"><dt>shapes known</dt><dd>{share}</dd>'
    yield (
        f'<meter min="0" max="{max(result.calls, 1)}" value="{result.known}" '
        f'aria-label="{result.known} of {count(result.calls, "call")}"></meter></div></dl>\n'
    )
    rules = sorted({(d.code, d.name, d.severity, d.url) for d in result.diagnostics})
    if rules:
        yield '<ul class="rules">'
        for code, name, severity, url in rules:
            times = sum(d.code == code and d.severity is severity for d in result.diagnostics)
            yield f"<li>{_code(code, severity, url)} {escape(name)} <b>{times}</b></li>"
        yield "</ul>"
    yield "</section>\n"


def _code(code: str, severity: Severity, url: str) -> str:
    if not url.startswith("https://"):
        return badge(str(severity), code)
    return f'<a class="badge {severity}" href="{escape(url)}">{escape(code)}</a>'


# -- the diagnostics ----------------------------------------------------------------------


def _diagnostics(result: Result) -> Iterator[str]:
    yield '<section id="diagnostics"><h2>Diagnostics</h2>\n'
    shown = result.diagnostics[:MAX_DIAGNOSTICS]
    if not shown:
        yield '<p class="empty">Nothing found.</p>\n'
    for path, group in groupby(shown, key=lambda d: d.span.path):
        yield f'<div data-group class="file"><h3><code>{escape(path)}</code></h3>\n'
        for diagnostic in group:
            yield from _diagnostic(diagnostic, result.listings)
        yield "</div>\n"
    left = len(result.diagnostics) - len(shown)
    if left:
        yield f'<p class="gap">{count(left, "more diagnostic")}: see <code>kerashape lint</code>.'
        yield "</p>\n"
    yield "</section>\n"


def _diagnostic(diagnostic: Diagnostic, listings: Listings) -> Iterator[str]:
    words = f"{diagnostic.code} {diagnostic.name} {diagnostic.message} {diagnostic.span}".lower()
    yield f'<article class="told {diagnostic.severity}" data-search="{escape(words)}">\n<h4>'
    yield _code(diagnostic.code, diagnostic.severity, diagnostic.url)
    yield f" {prose(diagnostic.message)} <small>{escape(diagnostic.name)}</small></h4>\n"
    yield from _frame(Label(diagnostic.span, diagnostic.label), listings, main=True)
    for label in diagnostic.related:
        yield from _frame(label, listings, main=False)
    if diagnostic.trace:
        shown = " open" if len(diagnostic.trace) <= _OPEN_STEPS else ""
        yield f"<details{shown}><summary>From the Input to here ({count(len(diagnostic.trace), 'step')})"
        yield '</summary><div class="wide"><table>'
        for step in diagnostic.trace:
            yield (
                f'<tr><td class="number">{escape(_place(step.span, diagnostic.span))}</td>'
                f"<td><code>{escape(step.text[:_WIDEST])}</code></td>"
                f'<td class="shape">{escape(step.shape)}</td></tr>'
            )
        yield "</table></div></details>\n"
    for kind, text in (("note", diagnostic.note), ("help", diagnostic.help)):
        if text:
            yield f'<p class="{kind}"><b>{kind}</b> {prose(text)}</p>\n'
    yield "</article>\n"


def _place(span: Span, here: Span) -> str:
    if span.path != here.path:
        return str(span).rsplit(":", 1)[0]
    return f"cell {span.cell}:{span.line}" if span.cell != here.cell else str(span.line)


def _frame(label: Label, listings: Listings, *, main: bool) -> Iterator[str]:
    """The lines of a place, with a few around it, and the place itself marked."""
    span = label.span
    listing = listings[span.path]
    first = max(span.line - (_CONTEXT if main else 0), 1)
    last = min(span.end_line, span.line + _LONGEST_FRAME) + (_CONTEXT if main else 0)
    lines = [(n, listing.line(span.cell, n)) for n in range(first, last + 1)]
    while lines and not lines[-1][1].strip() and lines[-1][0] > span.line:
        lines.pop()
    if not any(text.strip() for _, text in lines):
        yield f'<p class="at"><code>{escape(str(span))}</code></p>\n'
        return
    yield f'<figure class="frame{"" if main else " related"}"><figcaption><code>{escape(str(span))}'
    yield f"</code>{' ' + escape(label.text) if label.text else ''}</figcaption><pre>"
    for number, text in lines:
        yield f'<span class="no">{number}</span>{_line(text, number, span)}\n'
    yield "</pre></figure>\n"


def _line(text: str, number: int, span: Span) -> str:
    """A line of source, what is marked in it marked."""
    start = span.column - 1 if number == span.line else len(text) - len(text.lstrip())
    end = span.end_column - 1 if number == span.end_line else len(text)
    if not span.line <= number <= span.end_line or start >= end:
        return escape(_visible(text)[:_WIDEST])
    before, within, after = text[:start], text[start:end], text[end:]
    parts = [_visible(part)[:_WIDEST] for part in (before, within, after)]
    return f"{escape(parts[0])}<mark>{escape(parts[1])}</mark>{escape(parts[2])}"


def _visible(text: str) -> str:
    """Source as it is displayed: control characters made visible."""
    row = Row(text)
    return row.window(0, row.cells)


# -- the models ---------------------------------------------------------------------------


def _models(pictures: Sequence[Picture]) -> Iterator[str]:
    yield '<section id="models"><h2>Models</h2>\n'
    if not pictures:
        yield '<p class="empty">No model is made.</p>\n'
    drawn = _drawn(pictures)
    listed, missing = 0, False
    for number, picture in enumerate(pictures, start=1):
        listed += len(picture.boxes)
        if listed > MAX_LISTED:
            yield f'<p class="gap">{count(len(pictures) - number + 1, "more model")}: see '
            yield "<code>kerashape summary</code>.</p>\n"
            break
        fits = number in drawn and not missing
        try:
            yield from list(model_section(picture, f"m{number}", 3, drawn=fits))
        except NoLayout:
            missing = True
            yield f'<p class="gap">The graphs are left out: {escape(INSTALL)}</p>\n'
            yield from model_section(picture, f"m{number}", 3, drawn=False)
    yield "</section>\n"


def _drawn(pictures: Sequence[Picture]) -> set[int]:
    """The numbers of the models to draw, so that the page does not become too large."""
    chosen: set[int] = set()
    room = MAX_DRAWN
    numbered = sorted(enumerate(pictures, start=1), key=lambda each: not each[1].faults)
    for number, picture in numbered:
        size = len(picture.boxes)
        if size <= min(room, MAX_LARGE):
            chosen.add(number)
            room -= size
    return chosen


# -- what is understood -------------------------------------------------------------------


def _coverage(project: Project) -> Iterator[str]:
    yield '<section id="coverage"><h2>Coverage</h2>\n'
    if project.files:
        yield '<div class="wide"><table><thead><tr><th scope="col">File</th>'
        for head in ("Calls", "Known", "Share", "Models", "Diagnostics"):
            yield f'<th scope="col" class="number">{head}</th>'
        yield "</tr></thead><tbody>\n"
    for file in project.files:
        share = f"{file.known / file.calls:.0%}" if file.calls else "–"
        numbers = (file.calls, file.known, share, file.models, file.diagnostics)
        cells = "".join(f'<td class="number">{number}</td>' for number in numbers)
        yield f'<tr data-search="{escape(file.path.lower())}"><th scope="row"><code>'
        yield f"{escape(file.path)}</code></th>{cells}</tr>\n"
    if project.files:
        yield "</tbody></table></div>\n"
    reasons = project.result.reasons.most_common(_REASONS)
    if reasons:
        yield "<h3>Not known, because</h3><ol class='reasons'>"
        for reason, times in reasons:
            yield f"<li><b>{times}</b> {escape(reason)}</li>"
        yield "</ol>\n"
    yield "</section>\n"


_REASONS = 25
