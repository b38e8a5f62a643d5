"""The text report: frames whose underline stands where it should, whatever the source."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from kerashape.diagnostic import Diagnostic, Label, Severity, Span, Step
from kerashape.linter import Listings, Result
from kerashape.report import Style, render
from kerashape.report.frame import Row, shorten, wrap
from kerashape.source import Source

PROGRAM = """\
import keras
from keras.applications import EfficientNetB0
effnet = EfficientNetB0(include_top=False, weights=None)
x = keras.layers.GlobalAveragePooling2D()(effnet.output)
model = keras.Model(inputs=[effnet.output], outputs=x)
"""


def span(line: int, column: int, end_line: int, end_column: int) -> Span:
    return Span("a.py", None, line, column, end_line, end_column)


def report(text: str, diagnostic: Diagnostic, width: int = 80, **style: bool) -> str:
    listings = Listings()
    listings.add(Source.from_text(text, "a.py"))
    result = Result([diagnostic], files=1, known=12, calls=12, listings=listings)
    return "".join(render("text", result, Style(width=width, **style)))


def fault(place: Span, message: str = "no", **more: object) -> Diagnostic:
    return Diagnostic("KS101", "a-rule", Severity.ERROR, message, place, **more)  # type: ignore[arg-type]


def test_everything_at_80_columns() -> None:
    diagnostic = fault(
        span(5, 29, 5, 42),
        "input 0 is `effnet.output`, of shape (None, 5, 5, 1280), which `EfficientNetB0` made: "
        "it is not an Input",
        label="(None, 5, 5, 1280)",
        related=(Label(span(3, 10, 3, 57), "made here"),),
        trace=(
            Step(
                span(3, 10, 3, 57),
                "EfficientNetB0(include_top=False, weights=None)",
                "(None, 5, 5, 1280)",
            ),
            Step(
                span(4, 5, 4, 57),
                "keras.layers.GlobalAveragePooling2D()(effnet.output)",
                "(None, 1280)",
            ),
        ),
        note="Keras builds the model, silently drops the layers before that tensor, and fails "
        "when data arrives",
        help="pass `effnet.input`",
    )
    assert (
        report(PROGRAM, diagnostic)
        == """\
error[KS101] a-rule: input 0 is `effnet.output`, of shape (None, 5, 5, 1280),
  which `EfficientNetB0` made: it is not an Input
 --> a.py:5:29
  |
5 | model = keras.Model(inputs=[effnet.output], outputs=x)
  |                             ^^^^^^^^^^^^^ (None, 5, 5, 1280)
 ::: a.py:3:10
  |
3 | effnet = EfficientNetB0(include_top=False, weights=None)
  |          ----------------------------------------------- made here
  |
  = trace: from the Input to here
    3  EfficientNetB0(include_top=False, weights=None)      → (None, 5, 5, 1280)
    4  keras.layers.GlobalAveragePooling2D()(effnet.outpu…  → (None, 1280)
  = note: Keras builds the model, silently drops the layers before that tensor,
          and fails when data arrives
  = help: pass `effnet.input`

Found 1 error in 1 file (12 calls, 12 shapes known).
"""
    )


def test_a_culprit_of_several_lines() -> None:
    text = "m = Model(\n    a,\n    b,\n)\n"
    assert (
        frame(report(text, fault(span(1, 5, 4, 2), label="here")))
        == """\
1 |   m = Model(
  |  _____^
2 | |     a,
3 | |     b,
4 | | )
  | |_^ here"""
    )


def test_a_long_culprit_from_the_start_of_a_line() -> None:
    text = "fit(\n" + "".join(f"    a{n},\n" for n in range(2, 12)) + ")\n"
    assert (
        frame(report(text, fault(span(1, 1, 12, 2), label="here")))
        == """\
 1 | / fit(
 2 | |     a2,
 3 | |     a3,
... |
12 | | )
   | |_^ here"""
    )


def frame(report: str) -> str:
    """The source lines of a report."""
    lines = report.splitlines()
    return "\n".join(line for line in lines[3 : lines.index("", 1)])


LINE = st.text(
    st.sampled_from("ab (=)'\t模型é\N{COMBINING ACUTE ACCENT}\N{ROCKET}\x07\u200b[bold]:smile:\\"),
    min_size=1,
    max_size=120,
)


@given(LINE, st.data(), st.integers(40, 120))
def test_the_underline_is_under_the_culprit(line: str, data: st.DataObject, width: int) -> None:
    """Whatever the width: what is above the marks is the culprit, or a part of it."""
    column = data.draw(st.integers(1, len(line)))
    end = data.draw(st.integers(column + 1, len(line) + 1))
    if not line.strip():
        return
    text = report(line, fault(span(1, column, 1, end), label="(None, 2)"), width)
    lines = text.splitlines()
    assert max(map(cell_len, lines[:5])) <= width
    source, marks = lines[3], lines[4]
    start = marks.index("^")
    stop = start + marks.count("^")
    above = cut(source, start, stop)
    row = Row(line)
    culprit = row.window(0, 10_000)
    due = cut(culprit, row.at(column), max(row.at(end), row.at(column) + 1))
    if "…" in source and above != due:
        assert stop - start >= width // 3
        assert due.startswith(above.strip("…")[: len(above) - 2].rstrip()) or "…" in above
    else:
        assert above.rstrip() == due.rstrip()


def cut(text: str, start: int, stop: int) -> str:
    """The characters that start in the cells from ``start`` to ``stop``."""
    found, at = "", 0
    for character in text.ljust(stop):
        if start <= at < stop and not (cell_len(character) == 0 and at == start):
            found += character
        at += cell_len(character)
    return found


def test_wide_characters() -> None:
    text = "模型 = 建('输入', x)\n"
    assert frame(report(text, fault(span(1, 6, 1, 16)))) == (
        "1 | 模型 = 建('输入', x)\n  |        ^^^^^^^^^^^^^"
    )


def test_tabs() -> None:
    assert frame(report("\t\tx = f(1)\t# a\n", fault(span(1, 7, 1, 11)))) == (
        "1 |         x = f(1)    # a\n  |             ^^^^"
    )


def test_source_is_neither_markup_nor_emoji() -> None:
    text = "x = '[bold red]:smile:[/]' + \\\n"
    message = "[red]not[/red] :smile: [link=x]"
    diagnostic = fault(
        span(1, 5, 1, 27),
        message,
        label="[b]:x:",
        help="[/]",
        trace=(Step(span(1, 1, 1, 2), "[i]:a:", "[]"),),
    )
    for style in ({}, {"color": True, "links": True}):
        plain = report(text, diagnostic, **style)
        for piece in (text.strip(), message, "[b]:x:", "[/]", "[i]:a:", "[]"):
            assert piece in plain


def test_colour_and_links() -> None:
    diagnostic = fault(span(1, 1, 1, 2), url="https://example.org/KS101.md")
    plain = report("x\n", diagnostic)
    assert "\033" not in plain
    colored = report("x\n", diagnostic, color=True)
    assert "\033[1;31m" in colored
    assert "example.org" not in colored
    linked = report("x\n", diagnostic, color=True, links=True)
    assert "\033]8;" in linked
    assert "https://example.org/KS101.md" in linked


def test_a_long_label_stands_below() -> None:
    label = "a tensor of shape (None, 5, 5, 1280), which the layer made that is not an Input"
    assert (
        frame(report("x = " + "y" * 30, fault(span(1, 5, 1, 35), label=label)))
        == """\
1 | x = yyyyyyyyyyyyyyyyyyyyyyyyyyyyyy
  |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |     a tensor of shape (None, 5, 5, 1280), which the layer made that is not
  |     an Input"""
    )


def test_a_long_line_is_cut_around_the_culprit() -> None:
    text = "before(" * 30 + "here()" + ", after()" * 30
    found = frame(report(text, fault(span(1, 211, 1, 217), label="this")))
    source, marks = found.splitlines()
    assert source.startswith("1 | …")
    assert source.endswith("…")
    assert source[marks.index("^") : marks.rindex("^") + 1] == "here()"
    assert marks.endswith("^ this")


def test_a_place_without_source() -> None:
    for place in (span(1, 1, 1, 1), span(9, 1, 9, 2), Span("gone.py", None, 1, 1, 1, 2)):
        lines = report("x\n", fault(place, help="read")).splitlines()
        assert lines[1] == f" --> {place}"
        assert lines[3] == "  = help: read"


def test_a_long_trace_is_cut_in_the_middle() -> None:
    steps = tuple(Step(span(n, 1, n, 2), f"f{n}(x)", f"({n},)") for n in range(1, 31))
    text = "".join(f"f{n}(x)\n" for n in range(1, 31))
    found = report(text, fault(span(30, 1, 30, 2), trace=steps))
    assert "f3(x)" in found
    assert "… 19 more calls …" in found
    assert "f4(x)" not in found
    assert "f30(x)" in found


def test_places_of_other_files_and_cells_in_a_trace() -> None:
    here = Span("a.ipynb", 2, 1, 1, 1, 2)
    steps = (
        Step(Span("b.py", None, 7, 1, 7, 2), "f()", "(1,)"),
        Step(Span("a.ipynb", 1, 3, 1, 3, 2), "g()", "(2,)"),
        Step(here, "h()", "(3,)"),
    )
    found = report("", fault(here, trace=steps))
    assert "b.py:7  f()  → (1,)" in found
    assert "cell 1:3  g()  → (2,)" in found
    assert "      1  h()  → (3,)" in found


@given(st.text(st.sampled_from("ab 模型é\n"), max_size=60), st.integers(2, 30))
def test_wrapping(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert cell_len(shorten(text.replace("\n", ""), width)) <= width


@pytest.mark.parametrize(
    ("severities", "words"),
    [
        ([], "Found nothing in 2 files."),
        ([Severity.ERROR], "Found 1 error in 2 files."),
        ([Severity.INFO, Severity.WARNING] * 2, "Found 2 warnings and 2 infos in 2 files."),
        (
            [Severity.INFO, Severity.WARNING, Severity.ERROR, Severity.ERROR],
            "Found 2 errors, 1 warning and 1 info in 2 files.",
        ),
    ],
)
def test_the_summary(severities: list[Severity], words: str) -> None:
    found = [Diagnostic("KS101", "n", s, "m", span(1, 1, 1, 1)) for s in severities]
    lines = "".join(render("text", Result(found, files=2), Style())).splitlines()
    assert lines[-1] == words
    quiet = "".join(render("text", Result(found, files=2), Style(quiet=True)))
    assert words not in quiet
