"""Every way in which a text cannot be parsed is told in a line, and never crashes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerashape import parsing
from kerashape.parsing import Refused, check, is_shallow, parse, parse_ast

BROKEN = {
    "x = (\n": ("invalid syntax: '(' was never closed", 1, 5),
    "x = 1\ny = = 2\n": ("invalid syntax", 2, 5),
    "print 'hello'\n": ("Python 2 syntax: missing parentheses in call to 'print'", 1, 1),
    "try:\n  f()\nexcept A, e:\n  pass\nx = = 1": ("Python 2 syntax: multiple exc", 3, 8),
    "if x:\ny = 1\n": ("invalid syntax: expected an indented block", 2, 1),
    "x = 'a\n": ("invalid syntax: unterminated string literal", 1, 5),
    "a\0b": ("the file contains null bytes", 1, 2),
    "x = 1\n  y = 2\n": ("invalid syntax: unexpected indent", 2, 2),
}


@pytest.mark.parametrize("text", BROKEN)
def test_broken_text(text: str) -> None:
    words, line, column = BROKEN[text]
    with pytest.raises(Refused) as caught:
        parse(text)
    assert caught.value.message.startswith(words)
    assert "\n" not in caught.value.message
    assert (caught.value.range.line, caught.value.range.column) == (line, column)
    assert caught.value.range.end_column > caught.value.range.column
    assert check(text) is not None


DEEP = {
    "parentheses": "x = " + "(" * 20_000 + ")" * 20_000,
    "sum": "x = " + "+".join("1" * 20_000),
    "attributes": "x = y" + ".z()" * 20_000,
    "elif": "if x:\n    pass\n" + "elif x:\n    pass\n" * 20_000,
    "not": "x = " + "not " * 20_000 + "y",
    "lists": "x = " + "[" * 20_000 + "]" * 20_000,
    "power": "x = " + "**".join("1" * 20_000),
    "conditional": "x = " + "1 if y else " * 20_000 + "2",
    "subscripts": "x = y" + "[0]" * 20_000,
    "broken": "y = = 2\nx = " + "+".join("1" * 20_000),
    "unclosed": "(" * 20_000,
    "broken over lines": "y = = 2\nx = (\n" + "1 +\n" * 20_000 + "1)\n",
}


@pytest.mark.parametrize("kind", DEEP)
def test_deep_nesting_is_refused_not_a_crash(kind: str) -> None:
    with pytest.raises(Refused):
        parse(DEEP[kind])


@pytest.mark.parametrize("kind", ["sum", "attributes", "subscripts"])
def test_where_ast_has_no_limit(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Python 3.10."""
    monkeypatch.setattr(parsing, "_UNBOUNDED", True)
    monkeypatch.setattr(parsing, "_MAX_DEPTH", 300)
    text = DEEP[kind][:2000].rstrip("+.([0z")
    with pytest.raises(Refused, match="nested too deeply"):
        parse(text)
    parse("x = [\n" + "    f(1) + 2,\n" * 2000 + "]\n")


def test_a_long_program_is_refused() -> None:
    with pytest.raises(Refused, match="too long to analyse"):
        parse("x = 1\n" * (parsing.MAX_CHARACTERS // 6 + 1))


@pytest.mark.parametrize(
    "text",
    ["\\\n0", "x = 1\n\\\ny = 2\n", "if x:\n  \\\n  y\n", "@a\n\\\n\\\ndef f(): pass\n",
     "x = 1 + \\\n\\\n2\n", "x = (\n\\\n1)\n"],
)  # fmt: skip
def test_a_lone_backslash(text: str) -> None:
    assert check(text) is None


def test_half_a_surrogate_pair() -> None:
    with pytest.raises(Refused, match="cannot be encoded"):
        parse("x = '\ud800'\n")


def test_ordinary_code_is_shallow() -> None:
    assert is_shallow("class A:\n" + "    def f(self):\n        return [(1, 2), {3: 4}]\n" * 500)


@given(st.text(alphabet="ab01()[]{}:,.=+-*\n \t\\'\"#if else", max_size=60))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    refused = check(text)
    if refused is None:
        assert parse(text).body == [] or text.strip()
    else:
        assert 1 <= refused.range.line <= len(parsing.split_lines(text)) + 1
        assert refused.range.column >= 1


def test_no_warning_about_odd_escapes(recwarn: pytest.WarningsRecorder) -> None:
    parse_ast("x = '\\d'\n")
    assert not recwarn.list
