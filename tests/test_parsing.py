"""Every way in which a text cannot be parsed is told in a line, and never crashes."""

from __future__ import annotations

import ast

import libcst as cst
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


def test_a_grammar_that_only_libcst_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on an older Python than the code is for."""

    def refuse(text: str) -> None:
        raise SyntaxError("invalid syntax", ("<x>", 1, 1, text, 1, 2))

    monkeypatch.setattr(parsing, "parse_ast", refuse)
    assert isinstance(parse("type X = list[int]\n"), cst.Module)
    assert check("type X = list[int]\n") is None
    with pytest.raises(Refused, match="invalid syntax"):
        parse("x = = 1\n")


@pytest.mark.parametrize(
    "text",
    ["\\\n0", "x = 1\n\\\ny = 2\n", "if x:\n  \\\n  y\n", "@a\n\\\n\\\ndef f(): pass\n",
     "if x:\n  y\n  \\\nz\n", "x = 1 + \\\n\\\n2\n", 'x = """\n\\\n"""\n', "x = (\n\\\n1)\n"],
)  # fmt: skip
def test_a_lone_backslash(text: str) -> None:
    assert check(text) is None
    tree = ast.parse(parse(text).code)
    assert ast.dump(tree) == ast.dump(ast.parse(text))
    assert [node.lineno for node in tree.body][1:] == [n.lineno for n in ast.parse(text).body][1:]


def test_a_letter_that_libcst_does_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(text: str) -> None:
        raise cst.CSTValidationError("Name 'x' is not a valid identifier.")

    monkeypatch.setattr(cst, "parse_module", refuse)
    with pytest.raises(Refused, match="not a valid identifier"):
        parse("x = 1\n")


def test_ordinary_code_is_shallow() -> None:
    assert is_shallow("class A:\n" + "    def f(self):\n        return [(1, 2), {3: 4}]\n" * 500)


@given(st.text(alphabet="ab01()[]{}:,.=+-*\n \t\\'\"#if else", max_size=60))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    refused = check(text)
    if refused is None:
        code = parse(text).code
        assert code == text or "\\" in text
        assert code.count("\n") == text.count("\n")
    else:
        assert 1 <= refused.range.line <= len(parsing.split_lines(text)) + 1
        assert refused.range.column >= 1


@given(st.lists(st.sampled_from(
    ["(", ")", "[", "]", "\n", "\\\n", "\r\n", " or ", "not ", "elif x:\n", "\"(\"", "+", "é", "a"]
    + ["(1 +\n" * 40, "a.b" * 90, " if x else " * 70, "\n" + "x = f(y, z)\n" * 40]
), max_size=12))  # fmt: skip
def test_the_quick_count_is_never_lower(parts: list[str]) -> None:
    text = "".join(parts)
    assert is_shallow(text) == parsing._is_shallow(text)


def test_nodes_are_validated_but_for_the_parser_s_own() -> None:
    parse("x = 1\n")
    with pytest.raises(cst.CSTValidationError):
        cst.Name("")
    with pytest.raises(Refused):
        parse("x = = 1\n")
    with pytest.raises(cst.CSTValidationError):
        cst.Name("")


def test_no_warning_about_odd_escapes(recwarn: pytest.WarningsRecorder) -> None:
    parse_ast("x = '\\d'\n")
    assert not recwarn.list
