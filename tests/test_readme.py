"""README says what is so."""

from __future__ import annotations

import re
import subprocess
from xml.etree import ElementTree

import click
import pytest

from kerashape.cli import cli
from kerashape.config import _KEYS as CONFIG_KEYS
from tests.readme import COMMAND, EXAMPLE, PARTS, PICTURE, README, ROOT, picture

TEXT = README.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PARTS)
def test_generated_parts_are_up_to_date(name: str) -> None:
    """If this fails: ``python -m tests.readme``."""
    between = re.search(rf"<!-- {name}: [^>]* -->\n(.*?)<!-- {name} end -->", TEXT, re.DOTALL)
    assert between is not None
    assert between[1] == PARTS[name]() + "\n"


def test_the_terminal_picture_is_up_to_date() -> None:
    """If this fails: ``python -m tests.readme``."""
    words, now = (
        "".join(ElementTree.fromstring(drawn).itertext()).replace("\xa0", " ").split()
        for drawn in (PICTURE.read_text(encoding="utf-8"), picture())
    )
    assert words == now
    assert COMMAND in " ".join(words)
    assert "error[KS101]" in words


def test_two_lines_set_everything_up() -> None:
    lines = [line for line in TEXT.splitlines() if line.startswith("python3 -m venv")]
    assert len(lines) == 2
    assert lines[0].endswith(f"kerashape lint {EXAMPLE}")
    assert lines[1].endswith("-m pytest -q -n 2")
    assert (ROOT / EXAMPLE).is_file()


def test_ci_runs_the_line_itself() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    pattern = re.search(r"grep -m 1 '([^']*)' README.md", script)
    assert pattern is not None
    found = [line for line in TEXT.splitlines() if re.match(pattern[1], line)]
    assert len(found) == 1
    assert found[0].endswith("pytest -q -n 2")
    assert subprocess.run(["bash", "-n", str(ROOT / ".ci" / "run")], check=False).returncode == 0


def options_of(name: str) -> set[str]:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    return {option for parameter in command.params for option in parameter.opts}


def test_the_options_exist() -> None:
    usage = TEXT.split("## Usage")[1].split("## Notebooks")[0]
    mentioned = set(re.findall(r"--[a-z][a-z-]*", usage))
    assert mentioned <= options_of("lint")
    shown = {o for o in options_of("lint") if o.startswith("--")} - {"--debug"}
    assert shown == mentioned


def test_the_options_of_verify_exist() -> None:
    usage = TEXT.split("## Confirming it on real Keras")[1].split("\n## ")[0]
    mentioned = set(re.findall(r"--[a-z][a-z-]*", usage))
    shared = {"--config", "--color", "--keras-version", "--stdin-filename", "--quiet", "--debug"}
    shown = {o for o in options_of("verify") if o.startswith("--")} - shared
    assert mentioned - {"--verify"} == shown


def test_the_configuration_is_complete() -> None:
    block = re.search(r"```toml\n(\[tool\.kerashape\].*?)```", TEXT, re.DOTALL)
    assert block is not None
    keys = re.findall(r"^([a-z-]+) =", block[1], re.MULTILINE)
    assert sorted(keys) == sorted(CONFIG_KEYS)
