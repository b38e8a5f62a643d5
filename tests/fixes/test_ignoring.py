"""``--add-ignore``: what is reported is suppressed, and nothing else changes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import kerashape
from kerashape.__main__ import main
from tests.programs import Block, Fixture, fixtures, pages

HEAD = "import keras\nfrom keras import layers\ni = keras.Input((5, 3))\n"
CASES = {
    "at the end": ("layers.Conv2D(3, 3)(i)", "layers.Conv2D(3, 3)(i)  # kerashape: ignore[KS201]"),
    "behind a comment": (
        "layers.Conv2D(3, 3)(i)  # c",
        "layers.Conv2D(3, 3)(i)  # c  # kerashape: ignore[KS201]",
    ),
    "with others": (
        "layers.Conv2D(3, 3)(i)  # kerashape: ignore[KS101] -- because",
        "layers.Conv2D(3, 3)(i)  # kerashape: ignore[KS101, KS201] -- because",
    ),
    "in the middle": (
        "layers.Conv2D(\n    3, 3\n)(i)",
        "layers.Conv2D(  # kerashape: ignore[KS201]\n    3, 3\n)(i)",
    ),
    "a string goes on": (
        'layers.Conv2D(3, 3, name="""a\n""")(i)',
        'layers.Conv2D(3, 3, name="""a\n""")(i)  # kerashape: ignore[KS201]',
    ),
    "a line goes on": (
        "x = layers.Conv2D(3, 3)(i) \\\n  + 1",
        "x = layers.Conv2D(3, 3)(i) \\\n  + 1  # kerashape: ignore[KS201]",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_where_the_comment_goes(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    before, after = CASES[name]
    file = tmp_path / "a.py"
    file.write_text(f"{HEAD}{before}\n")
    main(["lint", "--add-ignore", "a.py", "--ignore", "KS902"])
    assert file.read_text() == f"{HEAD}{after}\n"
    assert main(["lint", "a.py", "--ignore", "KS902"]) == 0


def test_with_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.py").write_text(f"{HEAD}layers.Conv2D(3, 3)(i)\n")
    assert main(["lint", "--add-ignore=it is\nmeant", "a.py"]) == 0
    assert (tmp_path / "a.py").read_text().endswith("# kerashape: ignore[KS201] -- it is meant\n")


BROKEN = [pytest.param(f, id=f.name) for f in fixtures() if f.broken] + [
    pytest.param(b, id=str(b)) for page in pages() for b in page.bad if page.code < "KS9"
]


@pytest.mark.parametrize("program", BROKEN)
def test_everything_is_suppressed(
    program: Fixture | Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    suffix = program.path.suffix if isinstance(program, Fixture) else ".py"
    data = program.path.read_bytes() if isinstance(program, Fixture) else program.text.encode()
    file = tmp_path / f"program{suffix}"
    file.write_bytes(data)
    assert main(["lint", file.name, "--add-ignore", "--select", "ALL"]) == 0
    assert kerashape.lint(file, select=["ALL"]).diagnostics == []
    assert b"kerashape: ignore[" in file.read_bytes()
    if suffix == ".ipynb":
        assert json.loads(file.read_text())["cells"]
