"""Imports between the files of a project."""

from __future__ import annotations

from pathlib import Path

import pytest

from kerashape.analysis import Analysis
from kerashape.interpret import interpret
from kerashape.interpret.project import Project
from kerashape.source import Source

FILES = {
    "setup.py": "",
    "src/pkg/__init__.py": "from .blocks import head\n",
    "src/pkg/blocks.py": "from keras import layers\nfrom .config import WIDTH as W\n"
    "def head(x, n=W):\n    return layers.Dense(n)(x)\n",
    "src/pkg/config.py": "from . import blocks\nWIDTH = 7\n",
    "src/pkg/names.py": "from .config import *\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path


def analyse(folder: Path, program: str) -> Analysis:
    """The facts of a script in the folder."""
    file = folder / "train.py"
    file.write_text(f"import keras\n{program}")
    return interpret(Source.read(file), project=Project())


@pytest.mark.parametrize(
    "program",
    [
        "from pkg.blocks import head\nhead(keras.Input((3,)))",
        "from pkg import head as h\nh(keras.Input((3,)))",
        "import pkg.blocks as b\nb.head(keras.Input((3,)))",
        "from pkg import blocks, config\nblocks.head(keras.Input((3,)), config.WIDTH)",
        "from pkg.names import *\nkeras.layers.Dense(WIDTH)(keras.Input((3,)))",
    ],
)
def test_an_import_is_followed(project: Path, program: str) -> None:
    analysis = analyse(project, program)
    assert [str(fact.call.output.shape) for fact in analysis.calls] == ["(None, 7)"]


def test_the_fault_is_where_it_is_with_its_caller(project: Path) -> None:
    analysis = analyse(project, "from pkg import head\nhead(keras.Input(()))")
    (fact,) = analysis.calls
    assert fact.call.fault is not None
    assert fact.site.span.path.endswith("src/pkg/blocks.py")
    assert fact.site.caller is not None
    assert fact.site.caller.span.path.endswith("train.py")


def test_what_is_missing_is_unknown(project: Path) -> None:
    analysis = analyse(project, "from pkg.nowhere import f\ny = f(keras.Input((3,)))")
    assert analysis.calls == []
    assert analysis.faults == []


INNER = """\
{blank}import keras


class Bare(keras.layers.Layer):
    def __init__(self):
        self.units = 3

    def call(self, x):
        return x

    def run(self):
        self.to_yaml()
        self.predict_classes = self.run
"""


def test_what_is_asked_of_a_class_s_text_is_asked_of_its_own_file(tmp_path: Path) -> None:
    """A line of another file, or one that it does not have, says nothing of the class."""
    for blank in ("", "\n" * 40):
        (tmp_path / "inner.py").write_text(INNER.format(blank=blank))
        analysis = analyse(tmp_path, "from inner import Bare\nBare()(keras.Input((3,)))\n")
        faults = [call.call.fault for call in analysis.calls if call.call.fault is not None]
        assert [fault.rule for fault in faults] == ["incomplete-subclass"]


@pytest.mark.parametrize("mark", ["pyproject.toml", None])
def test_a_folder_below_the_program_imports_what_the_program_would(
    tmp_path: Path, mark: str | None
) -> None:
    """``sys.path`` starts with the folder of the program that runs, which lies above."""
    script = tmp_path / "examples" / "vae"
    (script / "parts" / "layers").mkdir(parents=True)
    if mark is not None:
        (tmp_path / mark).write_text("")
    (script / "units.py").write_text("WIDTH = 7\n")
    (script / "parts" / "layers" / "head.py").write_text(
        "import keras\nfrom units import WIDTH\ndef head(x):\n    return keras.layers.Dense(WIDTH)(x)\n"
    )
    (script / "parts" / "layers" / "__init__.py").write_text("from parts.layers.head import head\n")
    analysis = analyse(script, "from parts.layers import head\nhead(keras.Input((3,)))\n")
    assert [str(fact.call.output.shape) for fact in analysis.calls] == ["(None, 7)"]
