"""Folders that a program puts on ``sys.path``, against what Python itself imports then."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kerashape.interpret import interpret
from kerashape.interpret.project import Project
from kerashape.source import Source

LINES = {
    "literal": 'sys.path.append("..")',
    "first": 'sys.path.insert(0, "../")',
    "several": 'sys.path.extend(["..", "/nowhere"])',
    "of the file": "sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))",
    "joined": "sys.path.insert(1, os.path.join(os.path.dirname(__file__), os.pardir))",
    "a variable": 'ROOT = os.path.abspath("../")\nsys.path.append(ROOT)',
    "pathlib": "sys.path.append(str(Path(__file__).resolve().parent.parent))",
    "parents": "sys.path.append(str(Path(__file__).absolute().parents[1]))",
    "operator": 'sys.path.append(str(Path(__file__).parent / ".."))',
    "where it runs": "sys.path.append(os.path.dirname(os.getcwd()))",
    "another folder": 'sys.path.append(os.path.join("..", "elsewhere"))',
    "none": "pass",
    "not there": 'sys.path.append("../nowhere")',
    "unknown": 'sys.path.append(os.environ.get("ROOT", ""))',
}
PROGRAM = """\
import os, sys
from pathlib import Path
{line}
from lib import parts
"""


def units(file: Path) -> Any:
    """What the program makes a Dense of; None if that is not known."""
    (fact,) = interpret(Source.read(file), project=Project()).calls
    size = fact.call.output.shape.dims[-1]
    return size if isinstance(size, int) else None


@pytest.mark.parametrize("name", LINES)
def test_what_is_found_is_what_python_finds(name: str, tmp_path: Path) -> None:
    chapter = tmp_path / "project" / "chapter"
    for folder, size in (("lib", 3), ("elsewhere/lib", 5)):
        library = tmp_path / "project" / folder
        library.mkdir(parents=True)
        code = f"UNITS = {size}\n"
        (library / "parts.py").write_text(code)
    chapter.mkdir()
    program = PROGRAM.format(line=LINES[name])
    (chapter / "run.py").write_text(program + "print(parts.UNITS)\n")
    done = subprocess.run(
        [sys.executable, "run.py"], cwd=chapter, capture_output=True, text=True, check=False
    )
    expected = int(done.stdout) if done.returncode == 0 else None
    file = chapter / "model.py"
    file.write_text(
        program + "import keras\nx = keras.Input((4,))\ny = keras.layers.Dense(parts.UNITS)(x)\n"
    )
    assert units(file) == expected


def test_folders_of_others_are_left_alone(tmp_path: Path) -> None:
    inside = tmp_path / "a" / "b" / "c" / "d" / "e"
    inside.mkdir(parents=True)
    (tmp_path / "far.py").write_text("UNITS = 3\n")
    (inside / "model.py").write_text(
        f"import sys\nsys.path.append({str(tmp_path)!r})\nfrom far import UNITS\nimport keras\n"
        "y = keras.layers.Dense(UNITS)(keras.Input((4,)))\n"
    )
    assert units(inside / "model.py") is None
