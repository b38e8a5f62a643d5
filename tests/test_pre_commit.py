"""The pre-commit hook, by the real pre-commit, in an environment that it makes itself."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGED = (
    "kerashape",
    "rules",
    "pyproject.toml",
    "README.md",
    "LICENSE",
    ".pre-commit-hooks.yaml",
)


def run(*command: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def commit_all(folder: Path) -> None:
    author = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    for arguments in (("init", "-q"), ("add", "-A"), (*author, "commit", "-q", "-m", "All")):
        done = run("git", *arguments, cwd=folder)
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The working tree as a repository with a commit."""
    folder = tmp_path_factory.mktemp("hook")
    for name in PACKAGED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    commit_all(folder)
    return folder


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> None:
    """pre-commit installs the hook from scratch, for which it needs a package registry."""
    folder = tmp_path_factory.mktemp("registry")
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--retries", "0"]
    done = run(*command, "hatchling", cwd=folder)
    if done.returncode:
        pytest.skip(f"no package registry: {done.stderr.strip().splitlines()[-1]}")


@pytest.mark.slow
@pytest.mark.usefixtures("registry")
def test_try_repo(
    repository: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (tmp_path / "clean.py").write_text("import keras\n\nx = keras.Input((3,))\n")
    (tmp_path / "broken.py").write_text("import keras\nx = (\n")
    cells = [{"cell_type": "code", "source": "import keras\nx = ("}]
    (tmp_path / "broken.ipynb").write_text(json.dumps({"cells": cells}))
    (tmp_path / "broken.txt").write_text("import keras\nx = (\n")
    commit_all(tmp_path)
    home = str(tmp_path_factory.mktemp("home"))

    def hook(*files: str) -> subprocess.CompletedProcess[str]:
        command = (sys.executable, "-m", "pre_commit", "try-repo", str(repository), "kerashape")
        return run(*command, "--files", *files, cwd=tmp_path, PRE_COMMIT_HOME=home)

    failed = hook("clean.py", "broken.py", "broken.ipynb", "broken.txt")
    assert failed.returncode == 1, failed.stdout + failed.stderr
    assert "Failed" in failed.stdout
    assert "--> broken.py:2:5" in failed.stdout
    assert "--> broken.ipynb:cell 1:2:5" in failed.stdout
    assert "Found 2 errors in 3 files" in failed.stdout
    passed = hook("clean.py")
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert "Passed" in passed.stdout
    skipped = hook("broken.txt")
    assert skipped.returncode == 0
    assert "Skipped" in skipped.stdout
