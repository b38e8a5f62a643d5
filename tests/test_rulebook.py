"""The rule pages, which rules are on, and the diagnostics that they make."""

from __future__ import annotations

from pathlib import Path

import pytest

from kerashape.diagnostic import Severity, Span
from kerashape.rulebook import (
    SECTIONS,
    BadPage,
    Rulebook,
    RuleSet,
    Selection,
    UnknownRule,
    rulebook,
)

PAGE = """---
code: {code}
name: {name}
severity: {severity}
summary: what it reports: in a line
fixable: none
keras: {keras}
default: {default}
---

# {name} ({code})

## What it does

Text.
"""


@pytest.fixture
def book(tmp_path: Path) -> Rulebook:
    """Five rules, of which KS503 is opt-in and KS601 only for Keras 3."""
    rules = [
        ("KS101", "first-rule", "error", "2, 3", "on"),
        ("KS102", "second-rule", "warning", "2, 3", "on"),
        ("KS201", "third-rule", "info", "2, 3", "on"),
        ("KS503", "opt-in-rule", "info", "2, 3", "off"),
        ("KS601", "new-rule", "error", "3", "on"),
    ]
    for code, name, severity, keras, default in rules:
        text = PAGE.format(code=code, name=name, severity=severity, keras=keras, default=default)
        (tmp_path / f"{code}.md").write_text(text)
    return Rulebook(tmp_path)


def on(book: Rulebook, *selections: Selection, keras_version: int = 3) -> str:
    """The codes of the rules that are on, without KS."""
    rules = RuleSet.of(selections, keras_version=keras_version, book=book)
    return " ".join(code[2:] for code in book if code in rules)


def select(*rules: str) -> Selection:
    return Selection(select=rules)


def ignore(*rules: str) -> Selection:
    return Selection(ignore=rules)


def test_selection(book: Rulebook) -> None:
    assert on(book) == "101 102 201 601"
    assert on(book, keras_version=2) == "101 102 201"
    assert on(book, select("KS1")) == "101 102"
    assert on(book, select("ks101", "third-rule")) == "101 201"
    assert on(book, select("ALL")) == "101 102 201 503 601"
    assert on(book, select("KS5")) == "503"
    assert on(book, select()) == ""
    assert on(book, ignore("KS1", "KS601")) == "201"
    assert on(book, Selection(extend_select=("opt-in-rule",))) == "101 102 201 503 601"


def test_the_more_specific_selector_wins(book: Rulebook) -> None:
    assert on(book, Selection(select=("KS101",), ignore=("KS1",))) == "101"
    assert on(book, Selection(select=("ALL",), ignore=("KS1", "KS5"))) == "201 601"
    assert on(book, Selection(select=("KS1",), ignore=("KS101",))) == "102"
    assert on(book, Selection(select=("KS101",), ignore=("first-rule",))) == ""
    assert on(book, Selection(extend_select=("KS102",), ignore=("ALL",))) == "102"


def test_the_last_selection_has_the_last_word(book: Rulebook) -> None:
    assert on(book, ignore("KS101"), select("KS1")) == "101 102"
    assert on(book, select("KS1"), ignore("KS101")) == "102"
    assert on(book, select("KS101"), Selection(extend_select=("KS5",))) == "101 503"


def test_severities(book: Rulebook) -> None:
    rules = RuleSet.of(
        severities={"KS102": Severity.ERROR, "KS1": Severity.INFO, "third-rule": Severity.WARNING},
        book=book,
    )
    span = Span("a.py", None, 1, 1, 1, 2)
    levels = [rules.diagnostic(code, span, "") for code in ("KS101", "second-rule", "KS201")]
    assert [d.severity for d in levels if d] == [Severity.INFO, Severity.ERROR, Severity.WARNING]


def test_a_diagnostic_has_its_rules_metadata(book: Rulebook) -> None:
    span = Span("a.py", None, 1, 1, 1, 2)
    rules = RuleSet.of(book=book)
    found = rules.diagnostic("first-rule", span, "words", label="label", help="help")
    assert found is not None
    assert (found.code, found.name, found.severity) == ("KS101", "first-rule", Severity.ERROR)
    assert (found.message, found.label, found.help) == ("words", "label", "help")
    assert found.url.endswith("/KS101.md")
    assert rules.diagnostic("KS503", span, "words") is None
    assert rules.without(["KS1"]).diagnostic("KS101", span, "words") is None
    with pytest.raises(UnknownRule):
        rules.diagnostic("no-rule", span, "words")


@pytest.mark.parametrize(
    ("selector", "suggestion"),
    [
        ("KS999", None),
        ("frist-rule", "'first-rule'"),
        ("KS1O1", "'KS101'"),
        ("KS7", None),
        ("", None),
        ("KS10*", "did you mean 'KS10"),
        ("everything", None),
    ],
)
def test_unknown_rules(book: Rulebook, selector: str, suggestion: str | None) -> None:
    with pytest.raises(UnknownRule) as caught:
        book.select(selector)
    if suggestion:
        assert suggestion in str(caught.value)


def bad(old: str, new: str) -> str:
    page = PAGE.format(code="KS101", name="n", severity="error", keras="2, 3", default="on")
    assert old in page
    return page.replace(old, new, 1)


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("# no front matter\n", "does not start with ---"),
        ("", "does not start with ---"),
        (bad("code: KS101\n", ""), "the keys are name,"),
        (bad("name: n\n", "title: n\n"), "the keys are"),
        (bad("name: n\n", "name: n\nname: m\n"), "not a `key: value` line"),
        (bad("name: n\n", "name n\n"), "not a `key: value` line"),
        (bad("severity: error", "severity: fatal"), "bad value"),
        (bad("fixable: none", "fixable: maybe"), "'maybe' is not one of none, safe, unsafe"),
        (bad("keras: 2, 3", "keras: all"), "bad value"),
        (bad("default: on", "default: yes"), "'yes' is not one of on, off"),
    ],
)
def test_bad_pages(tmp_path: Path, page: str, words: str) -> None:
    (tmp_path / "KS101.md").write_text(page)
    with pytest.raises(BadPage, match=r"KS101\.md") as caught:
        Rulebook(tmp_path)["KS101"]
    assert words in str(caught.value)


def test_our_own_pages() -> None:
    book = rulebook()
    assert len(book) >= 26
    for rule in book.values():
        assert rule.file.stem == rule.code
        assert tuple(rule.sections) == SECTIONS, rule.code
        assert all(rule.sections.values()), rule.code
        assert rule.page.startswith(f"# {rule.name} ({rule.code})"), rule.code
        assert set(rule.keras) <= {2, 3}
    assert len({rule.name for rule in book.values()}) == len(book)


def test_the_prose_is_not_read_for_metadata(
    monkeypatch: pytest.MonkeyPatch, book: Rulebook
) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise AssertionError("a page was read")

    monkeypatch.setattr(Path, "read_text", refuse)
    assert on(book) == "101 102 201 601"
