"""Changes of nodes become the smallest edits of text, and leave everything else alone."""

from __future__ import annotations

import ast
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerashape.diagnostic import Edit, Fix
from kerashape.fixes import calls, rewriting
from kerashape.fixes.applying import apply
from kerashape.site import Site
from kerashape.source import Source
from kerashape.syntax import dotted

Change = Callable[[Site], Edit | None]


def site_of(text: str, name: str = "f", path: str = "a.py") -> Site:
    """The call of ``f`` in a program, with its statement."""
    source = Source.from_text(text, path)
    statements = [node for node in ast.walk(source.tree) if isinstance(node, ast.stmt)]
    found = [
        Site(source, statement, node)
        for statement in statements
        if not hasattr(statement, "body")
        for node in ast.walk(statement)
        if isinstance(node, ast.Call) and dotted(node.func) == name
    ]
    (site,) = found
    return site


def changed(text: str, change: Change) -> str | None:
    """The program with the call of ``f`` changed."""
    site = site_of(text)
    edit = change(site)
    if edit is None:
        return None
    return apply(site.source, [Fix("", (edit,), safe=True)]).decode()


def add(site: Site) -> Edit | None:
    return calls.with_argument(site, "b", "True")


ADDED = {
    "f()": "f(b=True)",
    "f(1)": "f(1, b=True)",
    "f( 1 )": "f( 1, b=True )",
    "f(1,)": "f(1, b=True,)",
    "f(1,2)": "f(1,2,b=True)",
    "f(*a)": "f(*a, b=True)",
    "f(**a)": None,
    "f(b=0)": "f(b=True)",
    "f(b = None, c=1)": "f(b = True, c=1)",
    "f(\n    1,\n    2,\n)": "f(\n    1,\n    2,\n    b=True,\n)",
    "f(\n    1,  # one\n    2,  # two\n)": "f(\n    1,  # one\n    2,  # two\n    b=True,\n)",
    "f(\n    1\n)": "f(\n    1,\n    b=True\n)",
    "if x:\n    y = f(\n        1,\n    )": "if x:\n    y = f(\n        1,\n        b=True,\n    )",
    "if x:\n\ty = f(\n\t\t1,\n\t)": "if x:\n\ty = f(\n\t\t1,\n\t\tb=True,\n\t)",
    "if x: y = f(\n  1)": "if x: y = f(\n  1,\n  b=True)",
    "ü = [f('ä'), 'ö']": "ü = [f('ä', b=True), 'ö']",
    "(f(1))  # (c)": "(f(1, b=True))  # (c)",
}


@pytest.mark.parametrize("before", ADDED)
@pytest.mark.parametrize("around", ["{}", "a = 1\n{}\nb = 2\n", "{}\r\n"])
def test_an_argument_is_added(before: str, around: str) -> None:
    after = ADDED[before]
    expected = None if after is None else around.format(after)
    assert changed(around.format(before), add) == expected


REMOVED = {
    "f(b=1)": "f()",
    "f(1, b=2)": "f(1)",
    "f(b=1, c=2)": "f(c=2)",
    "f(1, b=2, c=3)": "f(1, c=3)",
    "f(\n    1,\n    b=2,\n)": "f(\n    1,\n)",
    "f(\n    1,\n    b=2,  # two\n    c=3,\n)": "f(\n    1,\n    c=3,\n)",
    "f(1)": None,
}


@pytest.mark.parametrize("before", REMOVED)
def test_an_argument_is_removed(before: str) -> None:
    assert changed(before, lambda site: calls.without_argument(site, "b")) == REMOVED[before]


def test_an_argument_is_renamed() -> None:
    before = "x = f(1, b  =  2)  # b"
    after = changed(before, lambda site: rewriting.renamed_argument(site, "b", "beta"))
    assert after == "x = f(1, beta  =  2)  # b"


def test_the_edit_is_no_larger_than_what_differs() -> None:
    site = site_of("x = g(f(1, 2), 3)")
    edit = add(site)
    assert edit is not None
    assert (edit.replacement, edit.span.column, edit.span.end_column) == (", b=True", 13, 13)


def test_a_statement_is_put_above() -> None:
    before = "if x:\n    f(1)\n"
    assert changed(before, lambda s: rewriting.new_line_before(s, "import k")) == (
        "if x:\n    import k\n    f(1)\n"
    )
    # A line of its own above it would come before `a = 1`.
    assert changed("a = 1; f(1)\n", lambda s: rewriting.new_line_before(s, "import k")) is None


NAMES = st.sampled_from(["a", "bb", "é"])
EXPRESSIONS = st.recursive(
    NAMES | st.sampled_from(["1", "'x'", "[1,  2]", "{ 'k':3 }", "(1 , )"]),
    lambda inner: (
        st.builds("g({} ,{})".format, inner, inner)
        | st.builds("({}+\n    {})".format, inner, inner)
        | st.builds("({}).t[ {} ]".format, inner, inner).map(lambda text: f"({text})")
    ),
    max_leaves=6,
)


@given(st.lists(EXPRESSIONS, max_size=3), st.booleans(), st.sampled_from(["", "    ", "\t"]))
def test_all_but_the_edit_stays(parts: list[str], trailing: bool, indent: str) -> None:
    """Taking the argument out of the result by hand gives the program as it was."""
    comma = "," if trailing and parts else ""
    before = f"x = f({', '.join(parts)}{comma})\n"
    if indent:
        before = f"if y:\n{indent}{before}"
    after = changed(before, add)
    assert after is not None
    assert after.replace(", b=True", "").replace("b=True", "") == before
    ast.parse(after)
