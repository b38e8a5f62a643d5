"""Which comments may state a shape, and where they are."""

from __future__ import annotations

import io
import tokenize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerashape.remarks import remarks
from kerashape.source import Source

PIECES = [
    "x = 1  # (None, 4)\n", "y = '# (1, 2)'\n", '"""\n# (3, 4)\n"""\n', "z = f(  # 5x6\n    1,  # [B, T]\n)\n",
    "'é'; # (7, é)\n", "# -> 150x150x3\n", "# no shape\n", "s = 'it\\'s # (8,)'  # (9,)\n", "r = r'\\\\'  # (10,)\n",
    "t = '''a'b\"c''' # (11,)\n", "u = f\"{x['k']} # (12,)\"\n", "v = 1 + \\\n    2  # (13,)\n", "w = ''  # (14, 'a')\n",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES)), st.sampled_from(["\n", "\r\n"]))
def test_they_are_those_of_the_tokenizer(pieces: list[str], end: str) -> None:
    text = "".join(pieces).replace("\n", end)
    tokens = [
        token
        for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline)
        if token.type == tokenize.COMMENT
        and ("(" in token.string or "x" in token.string or "[" in token.string)
    ]
    expected = {
        t.start[0]: (t.start[1] + 1, t.string.rstrip("\r"))
        for t in tokens
        if t.string != "# no shape"
    }
    source = Source.from_text(text)
    found = {
        line: (source.place(comment).column, source.code_of(comment))
        for line, comment in remarks(text).items()
    }
    assert found == expected


@pytest.mark.parametrize("text", ["", "x = 1  # one\n", "x = (1, 2)\n# todo\n"])
def test_none(text: str) -> None:
    assert remarks(text) == {}
