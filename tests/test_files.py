"""Which files are linted."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kerashape.config import Settings
from kerashape.files import NoSuchPath, Target, discover


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty repository, which is the working folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    return tmp_path


def write(root: Path, *names: str, text: str = "") -> None:
    for name in names:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def found(*paths: str | Path) -> list[str]:
    return [target.path for target in discover(paths or ["."], Settings())]


def test_folders_are_searched(tree: Path) -> None:
    write(tree, "b.py", "a/c.ipynb", "a/b/d.py", "a/e.txt", "a/f.pyc", "g.pyi", "h.pyw")
    assert found() == ["a/b/d.py", "a/c.ipynb", "b.py", "h.pyw"]
    assert found("a") == ["a/b/d.py", "a/c.ipynb"]


def test_each_file_once(tree: Path) -> None:
    write(tree, "a/b.py")
    os.symlink(tree / "a" / "b.py", tree / "c.py")
    assert len(found("a", "a/b.py", tree / "a", "./a/../a", "c.py")) == 1


def test_a_named_file_is_always_taken(tree: Path) -> None:
    write(tree, "venv/a.py", "b.txt", "c.py")
    write(tree, ".gitignore", text="c.py\n")
    write(tree, "kerashape.toml", text='exclude = ["c.py"]\n')
    assert found() == []
    assert found("venv/a.py", "b.txt", "c.py") == ["b.txt", "c.py", "venv/a.py"]


@pytest.mark.parametrize(
    "name", ["venv", ".venv", ".git", "node_modules", "__pycache__", "build", "site-packages"]
)
def test_folders_that_are_not_looked_into(tree: Path, name: str) -> None:
    write(tree, f"x/{name}/a.py", f"{name}ish/b.py")
    assert found() == [f"{name}ish/b.py"]
    assert found(f"x/{name}") == [f"x/{name}/a.py"]


def test_virtual_environments_of_any_name(tree: Path) -> None:
    write(tree, "env/a.py", "my/pyvenv.cfg", "my/lib/b.py")
    assert found() == ["env/a.py"]


def test_gitignore(tree: Path) -> None:
    write(tree, "a.py", "b.py", "out/c.py", "sub/a.py", "sub/d.py", "sub/deep/e.py", "keep/b.py")
    write(tree, ".gitignore", text="/a.py\nb.py\nout/\n!keep/b.py\n")
    write(tree, "sub/.gitignore", text="*.py\n!d.py\n")
    assert found() == ["keep/b.py", "sub/d.py"]
    assert found("sub/deep") == []


def test_gitignore_ends_at_the_repository(tree: Path) -> None:
    write(tree, ".gitignore", text="*.py\n")
    write(tree, "inner/a.py")
    (tree / "inner" / ".git").mkdir()
    assert found("inner") == ["inner/a.py"]


def test_an_ignored_folder_that_is_named_is_searched(tree: Path) -> None:
    write(tree, ".gitignore", text="out/\n")
    write(tree, "out/a.py")
    assert found() == []
    assert found("out") == ["out/a.py"]


def test_git_info_exclude(tree: Path) -> None:
    write(tree, ".git/info/exclude", text="a.py\n")
    write(tree, "a.py", "b.py")
    assert found() == ["b.py"]


def test_exclude(tree: Path) -> None:
    write(tree, "a.py", "old/b.py", "sub/c.py", "sub/d_gen.py")
    write(tree, "pyproject.toml", text='[tool.kerashape]\nexclude = ["old/", "*_gen.py"]\n')
    assert found() == ["a.py", "sub/c.py"]


def test_links_do_not_lead_in_circles(tree: Path) -> None:
    write(tree, "a/b.py")
    os.symlink(tree, tree / "a" / "loop")
    os.symlink(tree / "nowhere.py", tree / "dangling.py")
    assert found() == ["a/b.py"]
    os.symlink(tree / "a", tree / "link")
    assert found("link") == ["link/b.py"]


def test_a_path_that_is_not_there(tree: Path) -> None:
    with pytest.raises(NoSuchPath, match="no such file or folder: nope"):
        found("nope")


def test_a_folder_that_cannot_be_listed(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tree, "a.py", "closed/b.py")
    scandir = os.scandir

    def refuse(path: Path) -> object:
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert found() == ["a.py", "closed"]


def test_paths_are_shown_from_the_working_folder(tree: Path) -> None:
    assert Target.of(tree / "a" / "b.py").path == "a/b.py"
    assert Target.of(tree.parent / "b.py").path == (tree.parent / "b.py").as_posix()
