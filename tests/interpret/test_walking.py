"""What a piece of syntax mentions."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from kerashape.interpret.walking import assigned_attributes, calls_method, has_own, nodes, words
from tests.programs import FIXTURES

METHOD = """\
def method(self, x):
    self.a = self.b = x.c
    self.d.e, [self.f, *self.g] = 1, 2
    self.h[self.i] += self.j
    self.k: int = 3
    for self.l in self.m:
        with open(self.n) as self.o:
            del self.p
    return self.q == self.r(s=self.t)
"""


def test_assigned_attributes() -> None:
    function = ast.parse(METHOD)
    # An index is read only, but telling it apart is not worth it.
    assert assigned_attributes(function) == set("abdfghiklop")


def test_called_methods() -> None:
    function = ast.parse("def f(m):\n    m.compile(loss)(x.fit())\n    call(m.predict)")
    called = [
        name for name in ("compile", "fit", "predict", "call") if calls_method(function, name)
    ]
    assert called == ["compile", "fit"]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("yield", True),
        ("x = [(yield 1)]", True),
        ("def g(): yield", False),
        ("lambda: (yield)", False),
    ],
)
def test_what_is_in_a_body_itself(body: str, found: bool) -> None:
    assert has_own(ast.parse(body).body, frozenset([ast.Yield])) is found


def test_words() -> None:
    test = ast.parse("tf.__version__ >= '2.16' and (hasattr(x, \"y\")or not 3)", mode="eval")
    assert set(words(test)) == {
        "tf", "__version__", "2.16", "hasattr", "x", "y", "3",
    }  # fmt: skip


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*_broken.py")), ids=lambda p: p.stem)
def test_no_name_or_statement_is_missed(path: Path) -> None:
    module = ast.parse(path.read_text())
    kinds = (ast.expr, ast.stmt, ast.keyword, ast.arg, ast.alias, ast.comprehension)
    expected = [node for node in ast.walk(module) if isinstance(node, kinds)]
    found = {id(node) for node in nodes(module)}
    assert expected
    assert all(id(node) in found for node in expected)
