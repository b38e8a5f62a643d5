"""The cache: what it keeps holds for everything that it depends on, and nothing can harm it."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

import kerashape
from kerashape import linter as linter_module
from kerashape.__main__ import main
from kerashape.cache import Cache
from kerashape.config import Settings
from kerashape.files import Target, discover
from kerashape.linter import Examined, Linter, Result
from kerashape.storing import from_json, to_json
from tests.programs import FIXTURES, fixtures

FAULTY = """\
import keras
from parts import stack, SIZE

x = stack(keras.Input((5, SIZE)))  # kerashape: ignore[KS101]
"""
PARTS = """\
from keras import layers
from sizes import SIZE


def stack(x):
    x = layers.LSTM(SIZE)(x)
    return layers.LSTM(SIZE)(x)
"""
Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KERASHAPE_CACHE_DIR", raising=False)
    (tmp_path / "faulty.py").write_text(FAULTY)
    (tmp_path / "parts.py").write_text(PARTS)
    (tmp_path / "sizes.py").write_text("SIZE = 3\n")
    return tmp_path


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were not in the cache."""
    found: list[str] = []
    original = Linter.examine

    def examine(self: Linter, target: Target, data: bytes | None = None) -> Examined:
        found.append(target.path)
        return original(self, target, data)

    monkeypatch.setattr(linter_module.Linter, "examine", examine)
    return found


def told(result: Result) -> object:
    return (
        [asdict(d) for d in result.diagnostics], result.files, result.known, result.calls,
        result.reasons, result.gaps, result.failed,
    )  # fmt: skip


def run(*arguments: str) -> int:
    return main(["lint", "faulty.py", "-q", *arguments])


def test_the_second_run_looks_at_nothing(looked_at: list[str], capsys: Captured) -> None:
    assert run() == 1
    first = capsys.readouterr().out
    assert "KS208" in first
    assert "KS902" in first
    assert looked_at == ["faulty.py"]
    assert run() == 1
    assert capsys.readouterr().out == first
    assert looked_at == ["faulty.py"]
    assert run("--no-cache") == 1
    assert looked_at == ["faulty.py"] * 2


CHANGES = {
    "the file": lambda here: (here / "faulty.py").write_text(FAULTY + "# more\n"),
    "a module": lambda here: (here / "parts.py").write_text(PARTS + "# more\n"),
    "a module of a module": lambda here: (here / "sizes.py").write_text("SIZE = 4\n"),
    "a module is gone": lambda here: (here / "sizes.py").unlink(),
    "a package in front of it": lambda here: (
        (here / "sizes").mkdir(),
        (here / "sizes" / "__init__.py").write_text("SIZE = 5\n"),
    ),
    "the configuration": lambda here: (here / "kerashape.toml").write_text("ignore = ['KS1']"),
    "the version of Keras": lambda here: (here / "kerashape.toml").write_text("keras-version = 2"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_it_depends_on(change: str, here: Path, looked_at: list[str]) -> None:
    (here / "kerashape.toml").write_text("")
    run()
    CHANGES[change](here)
    run()
    assert looked_at == ["faulty.py"] * 2
    run()
    assert looked_at == ["faulty.py"] * 2


def test_what_it_does_not_depend_on(here: Path, looked_at: list[str]) -> None:
    run()
    (here / "other.py").write_text("import keras\n")
    os.utime(here / "faulty.py", (1, 1))
    run("--format", "json", "--fail-on", "never")
    assert looked_at == ["faulty.py"]
    run("--show-unknown")
    assert looked_at == ["faulty.py"] * 2


def entries(here: Path) -> list[Path]:
    return [p for p in (here / ".kerashape_cache").rglob("*") if p.is_file() and p.suffix == ""
            and p.name not in (".gitignore",)]  # fmt: skip


def test_a_corrupt_entry_is_as_if_it_were_not_there(here: Path, capsys: Captured) -> None:
    run()
    first = capsys.readouterr().out
    (entry,) = entries(here)
    good = entry.read_bytes()
    rng = random.Random(1)
    broken = [b"", b"\n", b"\xff\n{}", good[:-5], good + b" ", b"0" * 32 + good[32:]]
    for _ in range(30):
        index = rng.randrange(len(good))
        broken.append(
            good[:index] + bytes([good[index] ^ (1 << rng.randrange(8))]) + good[index + 1 :]
        )
    for data in broken:
        entry.write_bytes(data)
        assert run() == 1
        assert capsys.readouterr().out == first
        assert entry.read_bytes() == good


def test_a_foreign_entry_is_as_if_it_were_not_there(here: Path, capsys: Captured) -> None:
    from kerashape.cache import _digest

    run()
    first = capsys.readouterr().out
    (entry,) = entries(here)
    whole = json.loads(entry.read_bytes().partition(b"\n")[2])
    foreign: list[object] = [
        None, [], {}, 3, {**whole, "outcome": None}, {**whole, "imports": []},
        {**whole, "outcome": {**whole["outcome"], "diagnostics": [[1]]}},
        {**whole, "outcome": {**whole["outcome"], "suppressions": 3}},
        {**whole, "imports": [{"/nowhere": None}, []]},
    ]  # fmt: skip
    for value in foreign:
        body = json.dumps(value).encode()
        entry.write_bytes(_digest(body).encode() + b"\n" + body)
        assert run() == 1
        assert capsys.readouterr().out == first


def test_where_it_is_kept(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("--cache-dir", "elsewhere")
    assert not (here / ".kerashape_cache").exists()
    assert (here / "elsewhere" / ".gitignore").read_text() == "*\n"
    assert (here / "elsewhere" / "CACHEDIR.TAG").exists()
    monkeypatch.setenv("KERASHAPE_CACHE_DIR", str(here / "third"))
    run()
    assert (here / "third").exists()


def test_where_nothing_can_be_stored(here: Path) -> None:
    (here / "file").write_text("")
    assert run("--cache-dir", "file") == 1
    assert run("--cache-dir", "file/below") == 1


@pytest.mark.parametrize("fixture", [pytest.param(f, id=f.name) for f in fixtures()])
def test_storing_keeps_everything(fixture: object) -> None:
    path = getattr(fixture, "path", None)
    assert isinstance(path, Path)
    outcome = Linter().examine(Target.of(path)).outcome(gaps=True)
    again = from_json(json.loads(json.dumps(to_json(outcome))))
    assert again.diagnostics == outcome.diagnostics
    assert [d.url for d in again.diagnostics] == [d.url for d in outcome.diagnostics]
    assert again.gaps == outcome.gaps
    assert again.reasons == outcome.reasons
    assert (again.known, again.calls) == (outcome.known, outcome.calls)
    assert to_json(again) == to_json(outcome)


def test_several_processes_find_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from kerashape import parallel

    monkeypatch.setattr(parallel, "ENOUGH", 1)
    settings = Settings()
    targets = discover([FIXTURES], settings)
    alone = Linter(settings).run(targets, gaps=True)
    cache = Cache(tmp_path / "cache")
    assert told(Linter(settings).run(targets, gaps=True, jobs=3, cache=cache)) == told(alone)
    assert told(Linter(settings).run(targets, gaps=True, jobs=3, cache=cache)) == told(alone)
    assert told(kerashape.lint([FIXTURES], config=None)) != told(alone)  # without the gaps


def test_small_work_stays_in_one_process() -> None:
    from kerashape.parallel import ENOUGH, processes

    assert processes(8, ENOUGH) == 1
    assert processes(8, 3 * ENOUGH) == 3
    assert processes(2, 100 * ENOUGH) == 2
    assert processes(1, 100 * ENOUGH) == 1


@pytest.mark.slow
def test_runs_at_the_same_time(here: Path) -> None:
    """They may store the same entries at once."""
    for number in range(30):
        (here / f"m{number}.py").write_text(FAULTY)
    command = [sys.executable, "-m", "kerashape", "lint", ".", "-q", "--format", "json"]
    for _ in range(2):
        started = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(4)]
        outputs = [process.communicate()[0] for process in started]
        assert {process.returncode for process in started} == {1}
        assert len(set(outputs)) == 1
