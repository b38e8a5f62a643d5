"""Edits in files and notebooks: all else stays, byte for byte."""

from __future__ import annotations

import codecs
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerashape.diagnostic import Edit, Fix, Span
from kerashape.fixes.applying import apply, chosen
from kerashape.source import Source


def edit(line: int, start: int, end: int, text: str, cell: int | None = None) -> Edit:
    return Edit(Span("a.ipynb" if cell else "a.py", cell, line, start, line, end), text)


def one(*edits: Edit) -> Fix:
    return Fix("", edits, safe=True)


def test_what_overlaps_waits() -> None:
    a, b, c = one(edit(1, 1, 5, "x")), one(edit(1, 4, 8, "y")), one(edit(1, 8, 9, "z"))
    assert chosen([b, a, c], "a.py") == [a, c]
    assert chosen([one(edit(1, 3, 3, "x")), one(edit(1, 3, 3, "y"))], "a.py") == [
        one(edit(1, 3, 3, "x"))
    ]
    shared = edit(1, 1, 1, "import keras\n")
    both = [one(shared, edit(5, 1, 2, "x")), one(shared, edit(6, 1, 2, "x"))]
    assert chosen(both, "a.py") == both
    assert chosen([a], "b.py") == []


FILES = {
    "line feeds": b"a = 1\nb = 2\n",
    "carriage returns": b"a = 1\rb = 2\r",
    "both": b"a = 1\r\nb = 2\r\n",
    "mixed": b"a = 1\r\nb = 2\n",
    "no end": b"a = 1\nb = 2",
    "form feed": b"a = 1\n\x0cb = 2\n",
    "mark": codecs.BOM_UTF8 + b"a = 1\r\nb = 2\r\n",
    "encoding": b"# coding: latin-1\nb = 2 # \xe9\n",
    "wide": "ä = 1 # 😀\nb = 2\n".encode(),
}


@pytest.mark.parametrize("data", FILES.values(), ids=list(FILES))
def test_line_ends_encoding_and_mark_are_kept(data: bytes) -> None:
    source = Source("a.py", data)
    column = source.listing.line(None, 2).index("2") + 1
    assert apply(source, [one(edit(2, column, column + 1, "3"))]) == data.replace(b"2", b"3", 1)


def test_new_lines_end_as_the_others_do() -> None:
    source = Source("a.py", b"a = 1\r\nb = 2\r\n")
    assert apply(source, [one(edit(2, 1, 1, "c = 3\n"))]) == b"a = 1\r\nc = 3\r\nb = 2\r\n"


def test_a_character_that_the_encoding_lacks() -> None:
    source = Source("a.py", b"# coding: ascii\nb = 2\n")
    with pytest.raises(UnicodeEncodeError):
        apply(source, [one(edit(2, 5, 6, "é"))])


NOTEBOOK = r"""{
 "cells": [
  {"cell_type": "markdown", "source": ["b = 2"], "metadata": {}},
  {
   "cell_type": "code",   "outputs": [{"data": {"image/png": "iVBOR\/="}, "b": 2.50}],
   "source": [
    "a = '\u00e4\ud83d\ude00é'\n",
    "b = 2\n",
    "c = 3"
   ], "execution_count": 1e0
  },
  {"cell_type": "code", "source": "d = 4\ne = \"5\"\n", "outputs": []}
 ],
   "nbformat": 4, "metadata" : {}
}"""
CELLS = {
    "within": ((1, 2, 5, 6, "7"), ('"b = 2\\n",\n    "c', '"b = 7\\n",\n    "c')),
    "new line before": (
        (1, 2, 1, 1, "n = 0\n"),
        ('    "b = 2\\n",\n    "c', '    "n = 0\\n",\n    "b = 2\\n",\n    "c'),
    ),
    "new line within": (
        (1, 2, 6, 6, "\nn = 0"),
        ('"b = 2\\n",\n    "c', '"b = 2\\n",\n    "n = 0\\n",\n    "c'),
    ),
    "at the end": ((1, 3, 6, 6, "\nn = 0"), ('"c = 3"', '"c = 3\\n",\n    "n = 0"')),
    "behind escapes": ((1, 1, 10, 10, "  # ü"), ("\\ude00é'", "\\ude00é'  # ü")),
    "in one string": ((2, 1, 5, 6, "6\nf = \"7\""), ('"d = 4\\n', '"d = 6\\nf = \\"7\\"\\n')),
    "at its end": ((2, 3, 1, 1, "g = 8\n"), ('\\"5\\"\\n"', '\\"5\\"\\ng = 8\\n"')),
}  # fmt: skip


@pytest.mark.parametrize("name", CELLS)
def test_notebooks(name: str) -> None:
    (cell, line, start, end, text), (before, after) = CELLS[name]
    assert NOTEBOOK.count(before) == 1
    source = Source("a.ipynb", NOTEBOOK.encode())
    data = apply(source, [one(edit(line, start, end, text, cell))])
    assert data.decode() == NOTEBOOK.replace(before, after)
    json.loads(data)


def test_a_line_of_a_cell_goes() -> None:
    source = Source("a.ipynb", NOTEBOOK.encode())
    gone = Edit(Span("a.ipynb", 1, 2, 1, 3, 1), "")
    data = apply(source, [one(gone)])
    assert "".join(json.loads(data)["cells"][1]["source"]) == "a = 'ä😀é'\nc = 3"


LINES = st.lists(
    st.text(
        st.characters(codec="utf-8", exclude_characters="\r\n\x0c\x0b\x1c\x1d\x1e\x85\u2028\u2029")
    ),
    min_size=1,
    max_size=4,
)


@given(LINES, st.data(), st.booleans(), st.booleans(), st.sampled_from([None, 1, 3]))
def test_the_cell_is_what_the_edit_makes_of_it(
    lines: list[str], data: st.DataObject, listed: bool, plain: bool, indent: int | None
) -> None:
    text = "\n".join(lines)
    source: object = text.splitlines(keepends=True) if listed else text
    notebook = json.dumps(
        {"cells": [{"cell_type": "code", "source": source, "outputs": [text]}]},
        ensure_ascii=plain,
        indent=indent,
    )
    if not text:
        return
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    replacement = data.draw(st.sampled_from(["", "x", "é\n", "\ny", "\n", "p\nq\nr"]))

    def place(offset: int) -> tuple[int, int]:
        before = text[:offset].split("\n")
        return len(before), len(before[-1]) + 1

    span = Span("a.ipynb", 1, *place(start), *place(end))
    found = apply(Source("a.ipynb", notebook.encode()), [one(Edit(span, replacement))])
    cell = json.loads(found)["cells"][0]
    assert "".join(cell["source"]) == text[:start] + replacement + text[end:]
    assert cell["outputs"] == [text]
