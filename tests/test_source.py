"""Sources: decoding, places and text."""

from __future__ import annotations

import codecs
from pathlib import Path

import libcst as cst
import pytest

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
    ((statement, call),) = calls(source)
    line = source.lines[source.span(statement, call).line - 1]
    span = source.span(statement, call)
    assert line[span.column - 1 : span.end_column - 1] == "f('é', 1)"


def test_line_ends_are_kept() -> None:
    assert Source("a.py", b"x = 1\r\ny = 2\r\n").module.code == "x = 1\r\ny = 2\r\n"


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
        Source("a.py", data).module  # noqa: B018
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
    ((_, call),) = calls(source)
    assert source.text_of(call) == "f(1)"


def test_a_statement_is_a_node() -> None:
    source = Source.from_text("if x:\n    y = f(1)\n")
    block = cst.ensure_type(source.module.body[0], cst.If)
    line = block.body.body[0]
    assert source.span(line, line) == Span("<string>", None, 2, 5, 2, 13)
    assert source.span(block, block).line == 1


def test_the_listing_is_the_text() -> None:
    listing = Source.from_text("a = 1\nb = 2\n").listing
    assert [listing.line(None, n) for n in range(5)] == ["", "a = 1", "b = 2", "", ""]
    assert listing.physical(None, 2) == 2
