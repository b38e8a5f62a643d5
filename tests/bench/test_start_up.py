"""What is loaded when: the guards that keep the command fast, without a clock."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("libcst", "rich", "pathspec", "asyncio", "importlib.metadata", "email", "tensorflow")


def loaded(statement: str, folder: Path) -> set[str]:
    """The heavy modules that a statement loads, in a fresh Python."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); {statement}; sys.stderr.write(' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True
    )
    return set(done.stderr.split()) & set(HEAVY)


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        ("import kerashape", set()),
        ("from kerashape.__main__ import main; main(['--version'])", set()),
        ("from kerashape.__main__ import main; main(['lint', 'plain.py'])", {"rich"}),
        (
            "from kerashape.__main__ import main; main(['lint', 'plain.py', '--format', 'json'])",
            set(),
        ),
        ("from kerashape.__main__ import main; main(['lint', 'keras.py'])", {"rich", "libcst"}),
    ],
)
def test_nothing_heavy_is_loaded_before_it_is_needed(
    tmp_path: Path, statement: str, allowed: set[str]
) -> None:
    (tmp_path / "plain.py").write_text("x = 1\n")
    (tmp_path / "keras.py").write_text("import keras\n")
    # What libcst and the standard library load themselves is not ours to judge.
    ours = loaded(statement, tmp_path) - {"asyncio", "email", "importlib.metadata"}
    assert ours <= allowed
