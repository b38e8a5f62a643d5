"""kerashape from Python."""

from __future__ import annotations

from pathlib import Path

import pytest

import kerashape
from kerashape.config import ConfigError
from kerashape.files import NoSuchPath
from kerashape.parsing import Unreadable

FAULTY = "import keras\nx = keras.layers.Conv2D(8, 3)(keras.Input((4,)))\n"


def test_lint(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(FAULTY)
    for paths in (tmp_path, str(tmp_path), [tmp_path / "a.py"]):
        result = kerashape.lint(paths)
        assert [d.code for d in result.diagnostics] == ["KS201"]
        assert result.failed
    assert not kerashape.lint(tmp_path, ignore=["KS2"]).diagnostics
    assert not kerashape.lint(tmp_path, select=["KS1"]).diagnostics
    with pytest.raises(NoSuchPath):
        kerashape.lint("nowhere")
    with pytest.raises(ConfigError):
        kerashape.lint(tmp_path, select=["nothing"])


def test_analyze(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(FAULTY)
    for code in (FAULTY, tmp_path / "a.py"):
        analysis = kerashape.analyze(code)
        assert [fact.call.status for fact in analysis.calls] == ["error"]
    with pytest.raises(Unreadable):
        kerashape.analyze("x = (")


def test_no_other_names() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        kerashape.nothing  # noqa: B018
