"""``kerashape graph`` and ``kerashape report``: what they write, where, and what they say."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from kerashape.__main__ import main

PROGRAM = """\
import keras
from keras import layers

inner = keras.Sequential([keras.Input((4,)), layers.Dense(3, name="code")])
a = keras.Input((4,), name="a")
model = keras.Model(a, layers.Dense(2)(inner(a)))
"""
BROKEN = """\
import keras
i = keras.Input((4, 4), name="i")
x = keras.layers.Conv2D(3, 3, name="c")(i)
whole = keras.Model(i, x)
"""
Captured = pytest.CaptureFixture[str]
needs_layout = pytest.mark.skipif(
    importlib.util.find_spec("pygraphviz") is None, reason="pygraphviz is not installed"
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.py").write_text(PROGRAM)
    (tmp_path / "b.py").write_text(BROKEN)
    return tmp_path


@needs_layout
@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("m.svg", b"<svg "),
        ("m.html", b"<!doctype html>"),
        ("m.dot", b"digraph "),
        ("m.mermaid", b"flowchart TD"),
        ("m.mmd", b"flowchart TD"),
        ("m.png", b"\x89PNG"),
    ],
)
def test_the_name_says_the_format(here: Path, capsys: Captured, name: str, start: bytes) -> None:
    if name.endswith("png"):
        pytest.importorskip("resvg_py", reason="resvg-py is not installed")
    assert main(["graph", "a.py:model", "-o", name]) == 0
    assert (here / name).read_bytes().startswith(start)
    assert capsys.readouterr() == ("", "")
    assert sorted(p.name for p in here.iterdir()) == sorted(["a.py", "b.py", name])


def test_standard_output(capsys: Captured) -> None:
    assert main(["graph", "a.py:model", "-o", "-", "--format", "mermaid"]) == 0
    assert capsys.readouterr().out.startswith("flowchart TD\n")


def test_of_several_models_the_last_is_drawn(capsys: Captured) -> None:
    assert main(["graph", "a.py", "-o", "-", "--format", "dot"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith('digraph "model"')
    assert err == "drawing model; there are also: inner\n"


def test_of_several_models_a_faulty_one_is_drawn(capsys: Captured) -> None:
    assert main(["graph", "b.py", "a.py", "-o", "-", "--format", "dot"]) == 0
    out, _ = capsys.readouterr()
    assert out.startswith('digraph "whole"')
    assert "KS201" in out


def test_an_existing_file_is_replaced_and_keeps_its_mode(here: Path) -> None:
    target = here / "m.dot"
    target.write_text("old")
    target.chmod(0o640)
    assert main(["graph", "a.py:model", "-o", "m.dot"]) == 0
    assert target.read_text().startswith("digraph")
    assert target.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["a.py:nosuch", "-o", "m.dot"], "no model 'nosuch' in a.py"),
        (["c.py", "-o", "m.dot"], "no such file"),
        (["a.py", "-o", "m.jpeg"], "no format ends in '.jpeg'"),
        (["a.py", "-o", "m"], "no format ends in 'nothing'"),
        (["a.py", "-o", "-"], "say which format"),
        (["a.py", "-o", "nowhere/m.dot"], "cannot write nowhere/m.dot: no such file or directory"),
        (["a.py", "-o", ".", "--format", "dot"], "cannot write .: is a folder"),
        (["a.py"], "missing option '-o'"),
    ],
)
def test_used_wrongly(here: Path, capsys: Captured, arguments: list[str], words: str) -> None:
    assert main(["graph", *arguments]) == 2
    assert words in capsys.readouterr().err.lower()
    assert sorted(p.name for p in here.iterdir()) == ["a.py", "b.py"]


@pytest.mark.parametrize("name", ["m.svg", "m.html", "m.png"])
def test_what_is_not_installed(
    here: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    assert main(["graph", "a.py:model", "-o", name]) == 2
    assert "pip install 'kerashape[graph]'" in capsys.readouterr().err
    assert not (here / name).exists()


@needs_layout
def test_a_report(here: Path, capsys: Captured) -> None:
    assert main(["report", ".", "-o", "r.html"]) == 0
    assert capsys.readouterr() == ("", "")
    page = (here / "r.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert page.count('class="viewer"') == 3
    assert 'class="badge error"' in page
    assert "KS201" in page
    assert "http://www.w3.org" not in page.split("<body")[1]
    assert '<th scope="row"><code>b.py</code>' in page


def test_a_report_without_the_library_has_no_graphs(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    assert main(["report", "b.py", "-o", "r.html"]) == 0
    page = (here / "r.html").read_text(encoding="utf-8")
    assert 'class="viewer"' not in page
    assert "pip install &#x27;kerashape[graph]&#x27;" in page
    assert "KS201" in page


def test_a_report_of_nothing(here: Path) -> None:
    (here / "n.py").write_text("x = 1\n")
    assert main(["report", "n.py", "-o", "r.html"]) == 0
    assert "Nothing found." in (here / "r.html").read_text(encoding="utf-8")


def test_source_in_a_report_is_text(here: Path) -> None:
    evil = '"</script><script>alert(1)</script>"'
    (here / "e.py").write_text(f"{BROKEN}z = keras.layers.Dense(-1, name={evil})  # <i>&\n")
    assert main(["report", "e.py", "-o", "r.html"]) == 0
    page = (here / "r.html").read_text(encoding="utf-8")
    assert "alert(1)</script>" not in page
    assert "&lt;/script&gt;&lt;script&gt;alert(1)" in page


def test_a_report_has_a_limit(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kerashape.report import project

    monkeypatch.setattr(project, "MAX_DIAGNOSTICS", 3)
    monkeypatch.setattr(project, "MAX_LISTED", 5)
    monkeypatch.setattr(project, "MAX_DRAWN", 2)
    lines = "".join(f"m{n} = keras.Sequential([keras.layers.Dense(-1)])\n" for n in range(8))
    lines += "".join(f"n{n} = keras.Sequential([keras.layers.Dense(2)])\n" for n in range(9))
    (here / "e.py").write_text("import keras\n" + lines)
    assert main(["report", "e.py", "-o", "r.html"]) == 0
    page = (here / "r.html").read_text(encoding="utf-8")
    assert page.count("<article") == 3
    assert "5 more diagnostics" in page
    assert "more models: see" in page
