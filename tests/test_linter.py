"""The run: many files, none of which stops the others."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kerashape import linter
from kerashape.analysis import Analysis
from kerashape.config import Settings
from kerashape.diagnostic import Diagnostic
from kerashape.files import Target, discover
from kerashape.linter import Linter, Listings, Result
from kerashape.report import Style, render
from kerashape.rulebook import RuleSet, Selection
from kerashape.source import Source
from tests.fake import fakes

__all__ = ["fakes"]

pytestmark = pytest.mark.usefixtures("fakes")

FAULT = "import keras\nx = fault()\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(here: Path, files: dict[str, str | bytes], **settings: object) -> Result:
    for name, content in files.items():
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        data = content if isinstance(content, bytes) else content.encode()
        (here / name).write_bytes(data)
    chosen = Settings(**settings)  # type: ignore[arg-type]
    return Linter(chosen).run(discover(["."], chosen))


def shown(result: Result) -> list[str]:
    return [f"{diagnostic.span} {diagnostic.code}" for diagnostic in result.diagnostics]


def test_every_file_gets_an_answer(here: Path) -> None:
    result = run(
        here,
        {
            "a.py": FAULT,
            "b.py": "import keras\nx = (\n",
            "c.py": b"import keras  # \xff\n",
            "d.py": "import keras\ncrash()\n",
            "e.ipynb": "{keras",
            "f.py": "import torch\nfault(",
            "g.py": "",
        },
    )
    assert shown(result) == [
        "a.py:2:5 KS101",
        "b.py:2:5 KS901",
        "c.py:1:17 KS901",
        "d.py:1:1 KS901",
        "e.ipynb:1:2 KS901",
    ]
    crash = result.diagnostics[3]
    assert "could not analyse this file: KeyError: 'a fault of kerashape'" in crash.message
    assert "report it" in crash.help
    assert result.files == 7
    assert result.failed


def test_a_file_that_does_not_mention_keras_is_not_parsed(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(source: Source) -> None:
        raise AssertionError("parsed")

    monkeypatch.setattr(Source, "tree", property(refuse))
    monkeypatch.setattr(Source, "text", property(refuse))
    assert shown(run(here, {"a.py": "import torch\nx = (\n"})) == []


def test_debugging_raises(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "a.py").write_text("import keras\ncrash()\n")
    with pytest.raises(KeyError):
        Linter(debug=True).examine(Target.of_name("a.py"))
    monkeypatch.setenv("KERASHAPE_DEBUG", "1")
    with pytest.raises(KeyError):
        Linter().examine(Target.of_name("a.py"))


def test_an_endless_recursion_is_a_diagnostic(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def recurse(source: Source, keras_version: int, project: object) -> Analysis:
        return recurse(source, keras_version, project)

    monkeypatch.setattr(linter, "_interpret", recurse)
    result = run(here, {"a.py": "import keras\n"})
    assert "RecursionError" in result.diagnostics[0].message


PIECES = st.sampled_from(
    [b"keras", b"\xff", b"\xef\xbb\xbf", b"# coding: latin-1\n", b"\0", b"x = fault()\n", b"("]
    + [b"'''", b'"', b"\\", b"\r\n", b"\t", b"\n", b" ", b"# kerashape: ignore", b"[", b"KS101]"]
    + [b'"cells": ', b'"cell_type": "code"', b'"source": ', b"%%time", b"!", b",", b"}", b"if x:"]
    + [b")", b"{", b";", b"\xe5\xbc\xa0", b"\x0c", b"\r"]
)


@given(st.lists(PIECES, max_size=30), st.sampled_from(["a.py", "a.ipynb"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_get_an_answer(pieces: list[bytes], name: str) -> None:
    """Not even a diagnostic of a fault of kerashape: with debug that would raise."""
    target = Target.of_name(name)
    result = Linter(debug=True).run([(target, b"".join(pieces))])
    assert result.files == 1
    for style in ("text", "json", "github", "concise"):
        assert "".join(render(style, result, Style()))


def test_ks901_can_be_off(here: Path) -> None:
    files: dict[str, str | bytes] = {"a.py": "import keras\nx = (\n"}
    assert shown(run(here, files, selection=Selection(ignore=("KS901",)))) == []


def test_per_file_ignores_and_configurations_by_folder(here: Path) -> None:
    result = run(
        here,
        {
            "kerashape.toml": 'fail-on = "never"\nper-file-ignores = {"b.py" = ["KS101"]}',
            "a.py": FAULT,
            "b.py": FAULT,
            "sub/kerashape.toml": 'ignore = ["KS1"]',
            "sub/a.py": FAULT,
        },
    )
    assert shown(result) == ["a.py:2:5 KS101"]
    assert not result.failed


@pytest.mark.parametrize(
    ("fail_on", "severity", "failed"),
    [
        ("info", "info", True),
        ("warning", "info", False),
        ("warning", "warning", True),
        ("error", "warning", False),
        ("error", "error", True),
        ("never", "error", False),
    ],
)
def test_fail_on(here: Path, fail_on: str, severity: str, failed: bool) -> None:
    files: dict[str, str | bytes] = {"a.py": FAULT}
    files["kerashape.toml"] = f'severity = {{KS101 = "{severity}"}}'
    assert run(here, files, fail_on=fail_on).failed is failed


def test_notebooks(here: Path) -> None:
    cells = [
        {"cell_type": "code", "source": "import keras\nfault()"},
        {"cell_type": "code", "source": "fault()", "metadata": {"tags": ["raises-exception"]}},
        {"cell_type": "code", "source": "x = ("},
        {"cell_type": "code", "source": "x = (", "metadata": {"tags": ["raises-exception"]}},
        {"cell_type": "code", "source": "fault()"},
    ]
    result = run(here, {"a.ipynb": json.dumps({"cells": cells})})
    assert shown(result) == [
        "a.ipynb:cell 1:2:1 KS101",
        "a.ipynb:cell 3:1:5 KS901",
        "a.ipynb:cell 5:1:1 KS101",
    ]


def test_what_is_found_in_an_imported_module(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Told once, sorted by place; suppressed and configured where it is."""

    def check(analysis: Analysis, rules: RuleSet) -> list[Diagnostic]:
        found = []
        for name in ("helper.py", "quiet.py", "off.py", "gone.py"):
            span = Source.from_text("", name).locate((2, 1, 2, 2))  # type: ignore[arg-type]
            found.append(rules.diagnostic("KS101", span, "in a helper"))
        return [diagnostic for diagnostic in found if diagnostic]

    monkeypatch.setattr(linter, "_check", check)
    result = run(
        here,
        {
            "a.py": "import keras",
            "helper.py": "import keras\nx\n",
            "quiet.py": "x = 1\nx  # kerashape: ignore[KS101]\n",
            "off.py": "x\nx\n",
            "kerashape.toml": 'per-file-ignores = {"off.py" = ["KS101"]}',
        },
    )
    assert shown(result) == ["gone.py:2:1 KS101", "helper.py:2:1 KS101"]


def test_counts(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Counted(Analysis):
        @property
        def coverage(self) -> tuple[int, int]:
            return 2, 3

        def reasons(self) -> Counter[str]:
            return Counter({"why not": 1})

    monkeypatch.setattr(linter, "_interpret", lambda source, *_: Counted(source))
    result = run(here, {"a.py": "import keras", "b.py": "import keras", "c.py": ""})
    assert (result.files, result.known, result.calls) == (3, 4, 6)
    assert result.reasons == Counter({"why not": 2})


def test_each_file_is_told(here: Path) -> None:
    (here / "a.py").write_text(FAULT)
    seen: list[str] = []
    Linter().run(discover(["."], Settings()), each=lambda target, _: seen.append(target.path))
    assert seen == ["a.py"]


def test_listings(here: Path) -> None:
    (here / "a.py").write_text("a\nb\n")
    (here / "b.ipynb").write_text("{\nbroken")
    (here / "c.py").write_bytes(b"x = '\xff'\n")
    listings = Listings()
    listings.add(Source.from_text("not on disk", "<stdin>"))
    lines = [listings[name].line(None, 1) for name in ("a.py", "b.ipynb", "c.py", "<stdin>", "no")]
    assert lines == ["a", "{", "x = '\N{REPLACEMENT CHARACTER}'", "not on disk", ""]
