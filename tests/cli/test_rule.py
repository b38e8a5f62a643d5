"""``kerashape rule``, also ``kerashape explain``."""

from __future__ import annotations

import json

import pytest

from kerashape.__main__ import main
from kerashape.rulebook import rulebook

Captured = pytest.CaptureFixture[str]


def test_the_list(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["rule"]) == 0
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 80
    for rule in rulebook().values():
        assert f" {rule.code} " in out
        assert rule.name in out


@pytest.mark.parametrize("words", [["rule", "KS101"], ["explain", "ks101"]])
def test_a_page(capsys: Captured, words: list[str]) -> None:
    assert main(words) == 0
    out = capsys.readouterr().out
    assert "model-input-not-input (KS101)" in out
    assert "error, Keras 2 and 3" in out
    for heading in rulebook()["KS101"].sections:
        assert heading in out
    assert "##" not in out, "rendered, not the Markdown"


def test_by_name_is_the_same_page(capsys: Captured) -> None:
    main(["rule", "KS101"])
    by_code = capsys.readouterr().out
    main(["explain", "model-input-not-input"])
    assert capsys.readouterr().out == by_code


def test_every_page_can_be_rendered(capsys: Captured) -> None:
    for code in rulebook():
        assert main(["rule", code, "--color", "always"]) == 0
    assert "\033[" in capsys.readouterr().out


def test_json(capsys: Captured) -> None:
    assert main(["rule", "--format", "json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [rule["code"] for rule in listed] == list(rulebook())
    assert main(["rule", "KS101", "--format", "json"]) == 0
    page = json.loads(capsys.readouterr().out)
    assert page["name"] == "model-input-not-input"
    assert page["page"].startswith("# model-input-not-input")


def test_no_such_rule(capsys: Captured) -> None:
    assert main(["rule", "unused-imput"]) == 2
    captured = capsys.readouterr()
    assert captured.err == "error: unknown rule 'unused-imput'; did you mean 'unused-input'?\n"
    assert captured.out == ""


def test_all_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rule", "--all", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [rule["code"] for rule in found] == list(rulebook())
    assert all("## What it does" in rule["page"] for rule in found)
    assert main(["rule", "--all"]) == 0
    text = capsys.readouterr().out
    assert all(f"({code})" in text for code in rulebook())
    assert main(["rule", "--all", "KS101"]) == 2
