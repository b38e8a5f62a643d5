"""``kerashape lint`` as a person or a program runs it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kerashape.__main__ import main
from tests.fake import fakes

__all__ = ["fakes"]

FAULT = "import keras\nx = fault()\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fakes: None) -> Path:
    """An empty working folder, and the stand-ins for the analysis."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


Captured = pytest.CaptureFixture[str]


def lint(*arguments: str) -> int:
    return main(["lint", *arguments])


def test_exit_status(here: Path, capsys: Captured) -> None:
    (here / "clean.py").write_text("import keras\n")
    (here / "faulty.py").write_text(FAULT)
    assert lint("clean.py") == 0
    assert lint("faulty.py") == 1
    assert lint(".") == 1
    assert lint("faulty.py", "--exit-zero") == 0
    assert lint("faulty.py", "--fail-on", "never") == 0
    assert lint("faulty.py", "--ignore", "KS101") == 0
    (here / "kerashape.toml").write_text('severity = {KS101 = "info"}\n')
    assert lint("faulty.py") == 0
    assert lint("faulty.py", "--fail-on", "info") == 1


WRONG = {
    ("nope.py",): "error: no such file or folder: nope.py",
    ("empty",): "error: nothing to lint: no Python file or notebook in empty",
    (): "error: missing argument 'PATH...'.",
    ("a.py", "--select", "KS999"): "error: unknown rule 'KS999'",
    ("a.py", "--ignore", "unused-imput"): "did you mean 'unused-input'?",
    ("a.py", "--fromat", "json"): "error: no such option '--fromat'",
    ("a.py", "--format", "jsn"): "error: invalid value for '--format'",
    ("a.py", "--fail-on", "fatal"): "error: invalid value for '--fail-on'",
    ("a.py", "--keras-version", "4"): "error: invalid value for '--keras-version'",
    ("a.py", "--config", "nope.toml"): "error: nope.toml: cannot read the file",
    (
        "bad",
    ): "error: bad/pyproject.toml: unknown key 'tool.kerashape.selct'; did you mean 'select'?",
    ("broken",): "error: broken/kerashape.toml: invalid TOML",
}


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_used_wrongly(here: Path, capsys: Captured, arguments: tuple[str, ...]) -> None:
    for name in ("empty", "bad", "broken"):
        (here / name).mkdir()
        (here / name / "x.txt").touch()
    (here / "a.py").write_text(FAULT)
    (here / "bad" / "a.py").write_text(FAULT)
    (here / "bad" / "pyproject.toml").write_text("[tool.kerashape]\nselct = []\n")
    (here / "broken" / "a.py").write_text(FAULT)
    (here / "broken" / "kerashape.toml").write_text("select = [")
    assert lint(*arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert WRONG[arguments] in captured.err
    assert captured.err.startswith("error: ")
    assert len(captured.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["lnt", "x"], "error: no such command 'lnt'; did you mean 'lint'?"),
        (["frobnicate"], "error: no such command 'frobnicate'; known are lint, shapes"),
        (["--frobnicate"], "error: no such option"),
    ],
)
def test_no_such_command(capsys: Captured, arguments: list[str], words: str) -> None:
    assert main(arguments) == 2
    err = capsys.readouterr().err
    assert words in err
    assert len(err.splitlines()) == 1


def test_help(capsys: Captured) -> None:
    assert main([]) == 2
    assert main(["--help"]) == 0
    assert main(["lint", "--help"]) == 0
    out = capsys.readouterr().out
    assert "Usage: kerashape [OPTIONS] COMMAND" in out
    assert "--select RULES" in out


def test_selecting(here: Path, capsys: Captured) -> None:
    (here / "a.py").write_text(FAULT + "y = 1  # kerashape: ignore\n")

    def codes(*arguments: str) -> list[str]:
        lint("a.py", "--format", "concise", "-q", *arguments)
        return [line.split()[1] for line in capsys.readouterr().out.splitlines()]

    assert codes() == ["KS101", "KS902"]
    assert codes("--select", "KS9") == ["KS902"]
    assert codes("--select", "KS9,model-input-not-input") == ["KS101", "KS902"]
    assert codes("--select", "KS9", "--select", "KS2", "--extend-select", "KS1") == [
        "KS101",
        "KS902",
    ]
    assert codes("--ignore", "KS1, KS9") == []


def test_concise(here: Path, capsys: Captured) -> None:
    (here / "a.py").write_text(FAULT)
    lint("a.py", "--format", "concise")
    assert capsys.readouterr().out == (
        "a.py:2:5: KS101 input 0 is not an Input\nFound 1 error in 1 file.\n"
    )
    lint("a.py", "--format", "concise", "--quiet", "--ignore", "KS1")
    assert capsys.readouterr().out == ""


def test_json(here: Path, capsys: Captured) -> None:
    (here / "a.py").write_text(FAULT)
    assert lint("a.py", "--format", "json") == 1
    report = json.loads(capsys.readouterr().out)
    assert report["version"] == 1
    assert report["summary"] == {
        "files": 1,
        "errors": 1,
        "warnings": 0,
        "infos": 0,
        "coverage": {"known": 0, "calls": 0, "known_models": 0, "models": 0},
    }
    (diagnostic,) = report["diagnostics"]
    place = {"line": 2, "column": 5, "end_line": 2, "end_column": 12}
    assert (
        diagnostic.items()
        >= {
            "code": "KS101",
            "name": "model-input-not-input",
            "severity": "error",
            "message": "input 0 is not an Input",
            "path": "a.py",
            "help": "pass `effnet.input`",
            "note": "Keras builds it",
            **place,
        }.items()
    )
    assert diagnostic["trace"] == [{**place, "text": "fault()", "shape": "(None, 150, 150, 3)"}]
    assert diagnostic["url"].endswith("rules/KS101.md")
    assert "cell" not in diagnostic


def test_json_is_json_whatever_happens(here: Path, capsys: Captured) -> None:
    """Nothing but the object is on standard output, nothing at all on standard error."""
    (here / "模型 \udcff.py").write_bytes(b"keras = '\xff'")
    (here / "a.ipynb").write_text(json.dumps({"cells": [{"cell_type": "code", "source": FAULT}]}))
    lint(".", "--format", "json", "--statistics", "--show-unknown")
    captured = capsys.readouterr()
    report = json.loads(captured.out)
    assert captured.err == ""
    assert [d["code"] for d in report["diagnostics"]] == ["KS101", "KS901"]
    assert report["diagnostics"][0]["cell"] == 1
    assert report["unknowns"] == []


def test_github(here: Path, capsys: Captured) -> None:
    (here / "a,b.py").write_text(FAULT)
    cells = [{"cell_type": "code", "source": ["import keras\n", "fault()"]}]
    (here / "n.ipynb").write_text(json.dumps({"cells": cells}, indent=1))
    lint(".", "--format", "github", "-q")
    first, second = capsys.readouterr().out.splitlines()
    assert first == (
        "::error file=a%2Cb.py,line=2,endLine=2,title=KS101 model-input-not-input,"
        "col=5,endColumn=12::input 0 is not an Input%0Anote: Keras builds it"
        "%0Ahelp: pass `effnet.input`"
    )
    line = (here / "n.ipynb").read_text().splitlines().index('    "fault()"') + 1
    assert second.startswith(
        f"::error file=n.ipynb,line={line},endLine={line},"
        "title=KS101 model-input-not-input::cell 1, line 2: input 0"
    )


def test_statistics(here: Path, capsys: Captured) -> None:
    (here / "a.py").write_text(FAULT * 2)
    lint("a.py", "--format", "concise", "--statistics")
    assert "    2  KS101  model-input-not-input\n" in capsys.readouterr().out


def test_standard_input(here: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "sub").mkdir()
    (here / "sub" / "kerashape.toml").write_text('ignore = ["KS1"]')

    def give(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    give(FAULT)
    assert lint("-", "--format", "concise") == 1
    assert capsys.readouterr().out.startswith("<stdin>:2:5: KS101")
    give(FAULT)
    assert lint("-") == 1
    assert "2 | x = fault()" in capsys.readouterr().out
    give(FAULT)
    assert lint("-", "--stdin-filename", "sub/a.py") == 0
    give(json.dumps({"cells": [{"cell_type": "code", "source": FAULT}]}))
    assert lint("-", "--stdin-filename", "x.ipynb", "--format", "concise") == 1
    assert "x.ipynb:cell 1:2:5: KS101" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("option", "environment", "colored"),
    [
        ("auto", {}, False),
        ("auto", {"FORCE_COLOR": "1"}, True),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ("auto", {"NO_COLOR": ""}, False),
        ("always", {"NO_COLOR": "1"}, True),
        ("never", {"FORCE_COLOR": "1"}, False),
    ],
)
def test_color(
    here: Path,
    capsys: Captured,
    monkeypatch: pytest.MonkeyPatch,
    option: str,
    environment: dict[str, str],
    colored: bool,
) -> None:
    (here / "a.py").write_text(FAULT)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    lint("a.py", "--color", option)
    assert ("\033[" in capsys.readouterr().out) is colored


def kerashape(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    """The real program, in a process of its own."""
    environment = dict(os.environ, PYTHONPATH=str(Path(__file__).parents[2]))
    return subprocess.run(
        [sys.executable, "-m", "kerashape", *arguments],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
        **options,  # type: ignore[call-overload]
    )


def test_version() -> None:
    from kerashape import __version__

    assert kerashape("--version").stdout == f"kerashape {__version__}\n"


def test_a_closed_pipe(here: Path) -> None:
    """A reader that goes away is no fault: no traceback, and the status stands."""
    (here / "a.py").write_text("import keras\nx = (\n")
    for index in range(300):
        (here / f"b{index}.py").write_text("import keras\nx = (\n")
    environment = dict(os.environ, PYTHONPATH=str(Path(__file__).parents[2]))
    for verb in (["lint", "."], ["lint", ".", "--format", "concise"], ["rule", "KS101"]):
        process = subprocess.Popen(
            [sys.executable, "-m", "kerashape", *verb],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
        )
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        err = process.stderr.read().decode()
        assert err == ""
        assert process.wait() == (0 if verb[0] == "rule" else 1)


def test_an_output_that_lacks_characters(here: Path) -> None:
    (here / "a.py").write_text("import keras\n模型 = (\n", encoding="utf-8")
    environment = dict(
        os.environ, PYTHONPATH=str(Path(__file__).parents[2]), PYTHONIOENCODING="ascii"
    )
    done = subprocess.run(
        [sys.executable, "-m", "kerashape", "lint", "a.py"],
        capture_output=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == b""
    assert b"\\u6a21" in done.stdout


def test_an_interrupt(here: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    from kerashape import linter

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    (here / "a.py").write_text(FAULT)
    monkeypatch.setattr(linter, "_interpret", interrupt)
    assert lint("a.py") == 130
    assert capsys.readouterr().err.strip() == ""


def test_no_progress_bar_in_a_pipe(here: Path) -> None:
    for index in range(40):
        (here / f"a{index}.py").write_text("x = 1\n")
    done = kerashape("lint", ".")
    assert done.stderr == ""
    assert done.stdout == "Found nothing in 40 files.\n"
