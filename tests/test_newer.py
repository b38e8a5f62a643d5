"""Grammar that is newer than the Python that runs is read in its own."""

from __future__ import annotations

import ast
import sys

import pytest

from kerashape.newer import in_this_grammar
from kerashape.parsing import check, parse

PROGRAMS = {
    "type Shape[T] = tuple[T, ...]\nx = 1\n": "Shape         = tuple[T, ...]\nx = 1\n",
    "def f[T: int](x: T) -> T:\n    return x\n": "def f        (x: T) -> T:\n    return x\n",
    "class A[T]: pass\n": "class A   : pass\n",
    'x = f"{y["a"]}é{z["b"]:>{w["c"]}}"\n': "x = f\"{y['a']}é{z['b']:>{w['c']}}\"\n",
    "x = f'{y['a']}'\n": "x = f'{y[\"a\"]}'\n",
    "x = 1\n": "x = 1\n",
}


@pytest.mark.parametrize("text", PROGRAMS)
def test_what_is_written_over(text: str) -> None:
    older = in_this_grammar(text)
    assert older == PROGRAMS[text]
    assert [len(a) for a in older.split("\n")] == [len(b) for b in text.split("\n")]
    ast.parse(older)


@pytest.mark.parametrize("text", PROGRAMS)
def test_it_is_parsed(text: str) -> None:
    assert check(text) is None
    if sys.version_info < (3, 12) and not text.startswith(("class", "def", "x")):
        assert ast.dump(parse(text)) == ast.dump(ast.parse(PROGRAMS[text]))


@pytest.mark.parametrize("text", ["x = = 1\n", "print 'a'\n", "x = " + "(" * 5000 + ")" * 5000])
def test_what_no_python_reads(text: str) -> None:
    assert in_this_grammar(text) is None
