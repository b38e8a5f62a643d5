"""The recipes of docs/ can be followed: their YAML is YAML, and their commands exist."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from kerashape.cli import VERBS, cli
from kerashape.report import FORMATS

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted((ROOT / "docs").glob("*.md"))
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())


def fences(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(), re.DOTALL | re.MULTILINE)


def commands() -> list[list[str]]:
    """Every command in the pages."""
    return [line.split() for page in PAGES for line in _COMMAND.findall(page.read_text())]


_COMMAND = re.compile(
    r"^(?:\s*|\$ |\s*- (?:run: )?)kerashape ((?:lint|rule|config)\b[^\n]*(?:\n\s+-o [^\n]*)*)",
    re.MULTILINE,
)


def test_there_are_recipes() -> None:
    assert PAGES
    assert len(commands()) >= 5


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_the_options_exist(command: list[str]) -> None:
    assert command[0] in VERBS
    verb = cli.get_command(click.Context(cli), command[0])
    assert verb is not None
    known = {option for parameter in verb.params for option in parameter.opts}
    given = {word.partition("=")[0] for word in command[1:] if word.startswith("-")}
    assert given <= known
    for word in command:
        name, colon, file = word.partition(":")
        assert not colon or not file or name in FORMATS


def walk(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        return [value] + [item for inner in value.values() for item in walk(inner)]
    return [item for inner in value for item in walk(inner)] if isinstance(value, list) else []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_yaml_is_yaml_and_names_what_there_is(page: Path) -> None:
    for text in fences(page, "yaml"):
        for entry in walk(yaml.safe_load(text)):
            if "kerashape/kerashape" in str(entry.get("repo")):
                assert {h["id"] for h in entry["hooks"]} <= {hook["id"] for hook in HOOKS}
            if str(entry.get("uses", "")).startswith("kerashape/"):
                action = yaml.safe_load((ROOT / "action.yml").read_text())
                assert set(entry["with"]) <= set(action["inputs"])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
        assert (page.parent / target).exists()
