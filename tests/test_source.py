"""Sources: decoding, places and text."""

from __future__ import annotations

import ast
import codecs
import sysconfig
from pathlib import Path

import libcst as cst
import pytest
from libcst.metadata import MetadataWrapper, PositionProvider

from kerashape.diagnostic import Span
from kerashape.parsing import Unreadable
from kerashape.source import Source, one_line
from tests.fake import calls

TEXT = "# 张量\nx = f('é', 1)\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        b"# -*- coding: gb18030 -*-\n" + TEXT.encode("gb18030", "replace"),
        TEXT.replace("\n", "\r\n").encode(),
    ],
    ids=["utf-8", "BOM", "PEP 263", "CRLF"],
)
def test_encodings(data: bytes) -> None:
    source = Source("a.py", data)
    assert "张量" in source.text
    (call,) = calls(source)
    span = source.span(call)
    line = source.lines[span.line - 1]
    assert line[span.column - 1 : span.end_column - 1] == "f('é', 1)"


@pytest.mark.parametrize(
    ("data", "words", "place"),
    [
        (b"x = 1\ny = '\xff'\n", "byte 0xff is not utf-8", (2, 6)),
        (b"\n\n\nkeras = '\xe5\xbc\xa0\xff'", "byte 0xff is not utf-8", (4, 11)),
        (b"# coding: nonsense\n", "unknown encoding: nonsense", (1, 1)),
        (b"# coding: ascii\nx = '\xc3\xa9'\n", "is not ascii", (2, 6)),
        (b"# coding: rot13\nx = 1\n", "cannot decode the file", (1, 1)),
        (codecs.BOM_UTF8 + b"# coding: latin-1\n", "cannot decode the file", (1, 1)),
        (b"x\0 = 1\n", "null bytes", (1, 2)),
        (b"x = (\n", "was never closed", (1, 5)),
    ],
)
def test_what_cannot_be_read(data: bytes, words: str, place: tuple[int, int]) -> None:
    with pytest.raises(Unreadable, match=words) as caught:
        Source("a.py", data).tree  # noqa: B018
    span = caught.value.span
    assert (span.path, span.line, span.column) == ("a.py", *place)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="No such file"):
        Source.read(tmp_path / "a.py")


def test_a_file_is_parsed_once_while_somebody_holds_it(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text("x = 1\n")
    source = Source.read(file)
    assert Source.read(file) is source
    assert Source.read(file, "other/name.py") is not source
    file.write_text("x = 2\n")
    assert Source.read(file).text == "x = 2\n"


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="cannot read the file"):
        Source.read(tmp_path)


@pytest.mark.parametrize(
    ("data", "mentioned"),
    [
        (b"import keras", True),
        (b"from tensorflow import nn", True),
        (b"import torch", False),
        (b"", False),
        (b"# Keras, said in passing", False),
    ],
)
def test_mentions_keras(data: bytes, mentioned: bool) -> None:
    assert Source("a.py", data).mentions_keras is mentioned


ONE_LINE = {
    "f(x)": "f(x)",
    "f(\n    x,\n    y=1,\n)": "f(x, y=1)",
    "f(  # note\n    x, # more, (\n    '# no comment',\n)": "f(x, '# no comment')",
    "[\n    1,\n    2,\n]": "[1, 2,]",
    "(\n    10,\n)": "(10,)",
    "Input(\n    shape=(\n        10,\n    ),\n)": "Input(shape=(10,))",
    "a(1)(\n    b,\n)(\n    c\n)": "a(1)(b)(c)",
    "x[\n    0,\n]": "x[0]",
    "a + \\\n    b": "a + \\ b",
    "f('''\na\n''')": "f(''' a ''')",
    "f(\n    # only this\n)": "f()",
}


@pytest.mark.parametrize("code", ONE_LINE)
def test_one_line(code: str) -> None:
    assert one_line(code) == ONE_LINE[code]


def test_text_of_a_node_of_a_file_with_crlf() -> None:
    source = Source("a.py", b"x = f(\r\n    1,  # one\r\n)\r\n")
    (call,) = calls(source)
    assert source.text_of(call) == "f(1)"


def test_a_statement_is_a_node() -> None:
    source = Source.from_text("if x:\n    y = f(1)\n")
    block = source.tree.body[0]
    assert isinstance(block, ast.If)
    assert source.span(block.body[0]) == Span("<string>", None, 2, 5, 2, 13)
    assert source.span(block).line == 1


def test_the_listing_is_the_text() -> None:
    listing = Source.from_text("a = 1\nb = 2\n").listing
    assert [listing.line(None, n) for n in range(5)] == ["", "a = 1", "b = 2", "", ""]
    assert listing.physical(None, 2) == 2


SNIPPETS = {
    "wide": "模型 = f('池化', g(1)); 乙 = h('é')\nif x:\n    '张量', f('字', g(2))\n",
    "tabs": "if x:\n\tfor i in y:\n\t\tz = f(1,\n\t\t\tg(2))\n",
    "crlf": "if x:\r\n    a = f(1,\r\n      g(2))\r\n",
    "continued": "x = f(1) + \\\n    g(2) + \\\n  h(3)\n",
    "decorators": "@f(1)\n# note\n@g(\n  2)\ndef h(a=f(3), *b: g(4)) -> f(5):\n    return a()\n",
    "docstring": '"""Text\nover lines."""\nx = f(1)\n',
    "brackets": "    \nx = [\n f(1),  # note\n# g(2)\n  h(\n3\n)]\n",
}


def _real_files() -> dict[str, str]:
    """The snippets, and files that are always there: the standard library's."""
    root = Path(sysconfig.get_path("stdlib"))
    files = [*sorted(root.glob("asyncio/*.py"))[:6], *sorted(root.glob("email/*.py"))[:6]]
    return SNIPPETS | {file.name: file.read_text(encoding="utf-8") for file in files}


@pytest.mark.parametrize(("name", "text"), _real_files().items(), ids=_real_files())
def test_places_are_those_that_libcst_finds(name: str, text: str) -> None:
    """Of every call, by a parser and a count of columns that are not ``ast``'s."""
    source = Source.from_text(text)
    wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
    expected = sorted(
        (place.start.line, place.start.column + 1, place.end.line, place.end.column + 1)
        for node, place in wrapper.resolve(PositionProvider).items()
        if isinstance(node, cst.Call)
    )
    assert sorted(tuple(source.place(call)) for call in calls(source)) == expected
    assert expected


def test_code_is_what_the_parser_read() -> None:
    source = Source.from_text("".join(SNIPPETS.values()))
    for call in calls(source):
        assert ast.unparse(ast.parse(f"({source.code_of(call)})")) == ast.unparse(call)


@pytest.mark.parametrize(
    "code", ["from {} import x", "from   {}  import (x,\n  y)", "a = 1; from {} import *"]
)
def test_the_place_of_an_imported_module(code: str) -> None:
    source = Source.from_text(code.format("keras.layers.core"))
    node = source.tree.body[-1]
    assert isinstance(node, ast.ImportFrom)
    assert source.code_of(source.module_of(node)) == "keras.layers.core"
    assert source.module_of(node) is source.module_of(node)


@pytest.mark.parametrize(
    ("code", "own"),
    [
        ("f(10)", False),
        ("f((10))", True),
        ("f(x, (10))", True),
        ("f(\n  10)", False),
        ("f( (\n10 ))", True),
        ("f(x)(10)", False),
        ("f(x, 10)", False),
    ],
)
def test_parentheses_of_an_argument(code: str, own: bool) -> None:
    source = Source.from_text(code)
    (ten,) = [n for n in ast.walk(source.tree) if isinstance(n, ast.Constant)]
    assert source.is_in_parentheses(ten) is own
