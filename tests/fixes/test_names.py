"""Where names are bound."""

from __future__ import annotations

import ast

import pytest

from kerashape.fixes.names import bindings, enclosing

BINDINGS = {
    "x = y = x": {"x": 1, "y": 1},
    "(a, [b, *c]) = 1, [2, 3]": {"a": 1, "b": 1, "c": 1},
    "a: int = 1\na += 1\ndel a": {"a": 3},
    "for i in j:\n    [k for k in l if (m := k)]": {"i": 1, "j": 0, "k": 1, "l": 0, "m": 1},
    "import a.b\nimport c as d\nfrom e import f as g": {"a": 1, "b": 0, "c": 0, "d": 1, "g": 1},
    "def f(p, *q, r=1, **s):\n    global t": dict.fromkeys("fpqrst", 1),
    "class C:\n    with a as b:\n        c.d = b[e] = 1": {"C": 1, "a": 0, "b": 1, "c": 0, "e": 0},
    "try:\n    pass\nexcept E as e:\n    f = lambda g: h": {"E": 0, "e": 1, "f": 1, "g": 1, "h": 0},
    "match a:\n    case [b, *c] | {'d': e}:\n        pass": {"a": 0, "b": 1, "c": 1, "e": 1},
}


@pytest.mark.parametrize("code", BINDINGS)
def test_bindings(code: str) -> None:
    module = ast.parse(code)
    assert {name: bindings(module, name) for name in BINDINGS[code]} == BINDINGS[code]


def test_enclosing() -> None:
    module = ast.parse("class A:\n    def f(self):\n        if x:\n            y = 1\nz = 2\n")
    cls = module.body[0]
    assert isinstance(cls, ast.ClassDef)
    function = cls.body[0]
    assert isinstance(function, ast.FunctionDef)
    branch = function.body[0]
    assert isinstance(branch, ast.If)
    inner = branch.body[0]
    assert enclosing(module, inner) == [cls, function]
    assert enclosing(module, function) == [cls]
    assert enclosing(module, module.body[1]) == []
    assert enclosing(module, ast.Pass()) == []
