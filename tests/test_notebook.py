"""Notebooks: one program, places in cells, and no way to crash."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerashape.diagnostic import Span
from kerashape.notebook import Notebook
from kerashape.parsing import Unreadable
from kerashape.source import Source
from tests.fake import calls


def code(source: str | list[str], *tags: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "metadata": {"tags": list(tags)},
        "outputs": [{"text": ["source"], "source": ["not this"]}],
        "execution_count": None,
        "source": source,
    }


def markdown(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def notebook(*cells: dict[str, Any], **metadata: Any) -> str:
    content = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(content, indent=1)


def read(text: str) -> Source:
    return Source("a.ipynb", text.encode())


def test_cells_are_one_program_with_places_in_cells() -> None:
    source = read(
        notebook(
            markdown("# Title"),
            code(["%matplotlib inline\n", "import keras\n", "x = f(1)"]),
            markdown("more"),
            code("if x:\n    g(\n        2)\n"),
            code([]),
            code("h(3)"),
        )
    )
    assert [source.span(call) for call in calls(source)] == [
        Span("a.ipynb", 1, 3, 5, 3, 9),
        Span("a.ipynb", 2, 2, 5, 3, 11),
        Span("a.ipynb", 4, 1, 1, 1, 5),
    ]
    assert source.listing.line(1, 1) == "%matplotlib inline"
    assert source.listing.line(2, 2) == "    g("


def test_a_broken_cell_does_not_stop_the_others() -> None:
    source = read(notebook(code("x = (1"), code("print 'a'"), code("f(1)"), code("y = !x (")))
    assert [str(problem.span) for problem in source.problems] == [
        "a.ipynb:cell 1:1:5",
        "a.ipynb:cell 2:1:1",
    ]
    assert source.problems[1].message.startswith("Python 2 syntax")
    assert [source.span(call).cell for call in calls(source)] == [3, 4]


def test_a_cell_that_is_indented() -> None:
    """As IPython has it: the first line's indentation is taken from every line."""
    source = read(notebook(code("  f(1)\n  if x:\n    g(\n  2)\nh()\n")))
    assert not source.problems
    assert [source.span(call) for call in calls(source)] == [
        Span("a.ipynb", 1, 1, 3, 1, 7),
        Span("a.ipynb", 1, 3, 5, 4, 5),
        Span("a.ipynb", 1, 5, 1, 5, 4),
    ]


def test_format_3() -> None:
    cells = [
        {"cell_type": "code", "language": "python", "input": ["x = 1\n", "f(x)"], "outputs": []},
        {"cell_type": "code", "language": "python", "input": "g(x)", "outputs": []},
    ]
    text = json.dumps({"worksheets": [{"cells": cells}], "metadata": {}, "nbformat": 3}, indent=1)
    source = read(text)
    assert [str(source.span(call)) for call in calls(source)] == [
        "a.ipynb:cell 1:2:1",
        "a.ipynb:cell 2:1:1",
    ]
    assert "f(x)" in text.splitlines()[source.listing.physical(1, 2) - 1]


@pytest.mark.parametrize(
    "metadata",
    [
        {"kernelspec": {"language": "R", "name": "ir"}},
        {"language_info": {"name": "julia"}},
        {"kernelspec": {"name": "x"}, "language_info": {"name": "scala"}},
    ],
)
def test_other_languages_are_left_alone(metadata: dict[str, Any]) -> None:
    source = read(notebook(code("x <- keras_model()"), **metadata))
    assert not calls(source)
    assert not source.problems


@pytest.mark.parametrize(
    ("text", "words", "line"),
    [
        ("", "invalid JSON", 1),
        ('{\n"cells": [\n', "invalid JSON", 3),
        ("[]", "has no cells", 1),
        ('{"cells": [1]}', "a cell is not an object", 1),
        ('{"cells": [{"cell_type": "code", "source": 3}]}', "code cell 1 is not text", 1),
        ('{"cells": [{"cell_type": "code", "source": [3]}]}', "code cell 1 is not text", 1),
        ("[" * 100_000, "nested too deeply", 1),
    ],
)
def test_broken_notebooks(text: str, words: str, line: int) -> None:
    with pytest.raises(Unreadable, match=words) as caught:
        read(text).text  # noqa: B018
    assert caught.value.span.line == line


def test_a_notebook_that_is_not_utf_8() -> None:
    with pytest.raises(Unreadable, match="byte 0xff"):
        Source("a.ipynb", b'{"cells": "\xff"}').text  # noqa: B018


def test_half_a_surrogate_pair() -> None:
    source = read(notebook(code("x = f('\ud800', 1)")))
    (call,) = calls(source)
    assert source.span(call).end_column == len("x = f('?', 1)") + 1


def test_odd_metadata() -> None:
    text = json.dumps({"cells": [{"cell_type": "code", "source": "f()", "metadata": 3}]})
    assert len(calls(read(text))) == 1
    text = json.dumps({"cells": [], "metadata": {"kernelspec": 4, "language_info": {"name": 5}}})
    assert read(text).text == ""


def test_cells_that_raise_on_purpose() -> None:
    book = Notebook("a.ipynb", notebook(code("f()"), code("g()", "raises-exception")))
    assert [book.raises(cell) for cell in (None, 1, 2)] == [False, False, True]


LINE = st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=12)


@given(
    st.lists(st.lists(LINE, min_size=1, max_size=4), max_size=4),
    st.sampled_from(["lines", "text", "halves"]),
    st.sampled_from([None, 1]),
)
def test_the_lines_of_the_file(cells: list[list[str]], form: str, indent: int | None) -> None:
    """Every line of a cell is found at the line of the JSON where its text is."""

    def split(text: str) -> str | list[str]:
        half = len(text) // 2
        return {
            "text": text,
            "lines": text.splitlines(keepends=True) if text.isascii() else [text],
            "halves": [text[:half], text[half:]],
        }[form]

    sources = ["\n".join(lines) for lines in cells]
    listed = [code(split(source)) for source in sources]
    text = json.dumps({"cells": [markdown("source"), *listed]}, indent=indent)
    listing = Notebook("a.ipynb", text).listing
    physical = text.split("\n")
    for number, lines in enumerate(cells, start=1):
        for line, content in enumerate(lines, start=1):
            shown = physical[listing.physical(number, line) - 1]
            if form != "halves":
                assert json.dumps(content)[1:-1] in shown
            assert listing.line(number, line) == content
