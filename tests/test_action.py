"""The GitHub action: its steps are run as the runner runs them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def action() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    return content


def test_inputs_are_used(action: dict[str, Any]) -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    assert action["runs"]["using"] == "composite"
    for name in action["inputs"]:
        assert f"inputs.{name} }}}}" in text
    for step in action["runs"]["steps"]:
        # What a pull request can choose reaches the shell as a variable, never as its text.
        assert "${{" not in step.get("run", "")
        assert "run" not in step or step["shell"] == "bash"


def test_the_lint_step(action: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import keras\nx = (\n")
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "kerashape"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m kerashape "$@"\n')
    command.chmod(0o755)
    step = action["runs"]["steps"][-1]

    def run(**inputs: str) -> subprocess.CompletedProcess[str]:
        environment = {"VENV": str(tmp_path), "PYTHONPATH": str(ROOT), **inputs}
        shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        return subprocess.run(
            shell,
            cwd=tmp_path,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    defaults = {name.upper(): action["inputs"][name]["default"] for name in ("paths", "args")}
    assert set(step["env"]) == {"VENV", *defaults}
    done = run(**defaults)
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("::error file=a.py,line=2,endLine=2,title=KS901 syntax-error,")
    assert run(PATHS="a.py", ARGS="--quiet --exit-zero").returncode == 0
