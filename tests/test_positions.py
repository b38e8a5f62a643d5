"""Positions agree with libcst's PositionProvider over the whole file, for every node."""

from __future__ import annotations

import sysconfig
from pathlib import Path

import libcst as cst
import pytest
from hypothesis import given
from hypothesis import strategies as st
from libcst.metadata import MetadataWrapper, PositionProvider

from kerashape.diagnostic import Span
from kerashape.positions import Positions
from kerashape.source import Source
from tests.fake import calls

SNIPPETS = {
    "one line": "x = f(1)\n",
    "no newline at the end": "x = f(1)",
    "semicolons": "a = f(1); b = g(f(2)) ; c = h()\n",
    "suite": "if f(1): a = g(2); b = h(3)\nelse: c = f(\n    4)\n",
    "suite over lines": "if x:\n    for i in g(): a = f(\n        1,\n  2); b = h(3)\n",
    "elif": "if f(1):\n  a()\nelif g(2):\n  b()\nelif h(\n   3):\n  c()\nelse:\n  d()\n",
    "nested elif": "def m():\n    if a(1):\n        pass\n    elif b(2) and c(3):\n        d(4)\n",
    "loops": "for i in f(1):\n  g()\nelse:\n  h()\nwhile f(2):\n  g()\nelse:\n  h()\n",
    "with": "with f(1) as a, g(2):\n    h(a)\nwith (f(1) as a,\n  g(2)):\n    pass\n",
    "try": "try:\n  f()\nexcept g():\n  h()\nelse:\n  f()\nfinally:\n  g()\n",
    "match": "match f(1):\n  case 1:\n    g()\n  case _ if h():\n    f()\n",
    "decorators": "@f(1)\n# note\n@g(\n  2)\ndef h(a=f(3), *b: g(4)) -> f(5):\n    return a()\n",
    "class": "@f(1)\nclass A(g(2), metaclass=h()):\n    x = f(3)\n    def m(self): return f(4)\n",
    "async": "async def f():\n    async with g(1) as h:\n        await f(2)\n    async for i in g(): h()\n",
    "lambda": "f = lambda a=g(1): h(\n    a)\n",
    "continued": "x = f(1) + \\\n    g(2) + \\\n  h(3)\n",
    "brackets": "    \nx = [\n f(1),  # note\n# g(2)\n  h(\n3\n)]\n",
    "tabs": "if x:\n\tfor i in y:\n\t\tz = f(1,\n\t\t\tg(2))\n",
    "crlf": "if x:\r\n    a = f(1,\r\n      g(2))\r\n",
    "mixed indents": "if x:\n  a = f(1)\nif y:\n        b = g(\n   2)\n",
    "wide": "模型 = f('池化', g(1)); 乙 = h('é')\nif x:\n    '张量', f('字', g(2))\n",
    "docstring": '"""Text\nover lines."""\nx = f(1)\n',
    "comments between": "# a\n\n# b\nif x:\n    # c\n    f(1)\n  # d\n    # e\n    g(2)\n",
    "empty": "",
    "f-string": "x = f'{f(1)} {g(2)!r:>{h(3)}}'\n",
}


class _Everything(cst.CSTVisitor):
    """Every node of every statement."""

    def __init__(self) -> None:
        self.found: list[tuple[cst.CSTNode, cst.CSTNode]] = []
        self._statements: list[cst.CSTNode] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(
            node, (cst.SimpleStatementLine, cst.BaseSmallStatement, cst.BaseCompoundStatement)
        ):
            self._statements.append(node)
        if self._statements:
            self.found.append((self._statements[-1], node))
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if self._statements and self._statements[-1] is original_node:
            self._statements.pop()


def _assert_positions(source: Source, *kinds: type[cst.CSTNode]) -> int:
    """Every span equals the oracle's; the number of spans compared."""
    visitor = _Everything()
    source.module.visit(visitor)
    wrapper = MetadataWrapper(source.module, unsafe_skip_copy=True)
    oracle = wrapper.resolve(PositionProvider)
    compared = 0
    for statement, node in visitor.found:
        if not isinstance(node, kinds or cst.CSTNode) or node not in oracle:
            continue
        start, end = oracle[node].start, oracle[node].end
        due = Span(source.path, None, start.line, start.column + 1, end.line, end.column + 1)
        assert source.span(statement, node) == due, (source.path, type(node).__name__)
        compared += 1
    return compared


@pytest.mark.parametrize("name", SNIPPETS)
def test_every_node_of_a_snippet(name: str) -> None:
    compared = _assert_positions(Source.from_text(SNIPPETS[name]))
    assert compared or not SNIPPETS[name]


@given(st.lists(st.sampled_from(sorted(SNIPPETS)), max_size=4), st.booleans())
def test_snippets_in_a_row_and_in_blocks(names: list[str], nested: bool) -> None:
    text = "".join(SNIPPETS[n] + "\n" for n in names if n != "crlf")
    if nested:
        lines = "".join(f"   {line}" for line in text.splitlines(keepends=True))
        text = f"def outer():\n   pass\n{lines}" if "continued" not in names else text
    _assert_positions(Source.from_text(text), cst.Call)


def test_after_a_form_feed() -> None:
    """libcst drops it, so its own positions are off by one."""
    source = Source.from_text("x = f(1)\n\x0cy = g(2)\n")
    statement, call = calls(source)[1]
    assert source.span(statement, call) == Span("<string>", None, 2, 6, 2, 10)


def _library_files() -> list[Path]:
    """Some real files, always there: the standard library's."""
    root = Path(sysconfig.get_path("stdlib"))
    return sorted(root.glob("asyncio/*.py"))[:12] + sorted(root.glob("email/*.py"))[:6]


@pytest.mark.parametrize("file", _library_files(), ids=lambda file: file.name)
def test_calls_of_real_files(file: Path) -> None:
    _assert_positions(Source.read(file), cst.Call, cst.Arg)


def test_the_whole_file_is_rarely_resolved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Headers and simple lines do not need it."""
    text = "".join(SNIPPETS[n] for n in ("elif", "decorators", "class", "suite", "loops", "with"))
    source = Source.from_text(text)
    visitor = _Everything()
    source.module.visit(visitor)
    for statement, node in visitor.found:
        if isinstance(node, cst.Call):
            source.span(statement, node)
    assert source._positions._whole is None


def test_a_newer_grammar_than_pythons_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where ``ast`` refuses, the whole file is resolved."""
    text = "x = f(1)\nif y:\n    g(2)\n"

    def refuse(text: str) -> None:
        raise SyntaxError("invalid syntax", ("<x>", 1, 1, text, 1, 2))

    monkeypatch.setattr("kerashape.positions.parse_ast", refuse)
    module = cst.parse_module(text)
    positions = Positions(module, text)
    block = cst.ensure_type(module.body[1], cst.If).body
    line = cst.ensure_type(block.body[0], cst.SimpleStatementLine)
    call = cst.ensure_type(line.body[0], cst.Expr).value
    assert positions.range(line, call) == (3, 5, 3, 9)
