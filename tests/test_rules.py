"""The rule pages: complete, and their examples give exactly what they say."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

import kerashape
from kerashape.rulebook import SECTIONS, rulebook
from tests.programs import Block, Page, Place, pages

PAGES = pages()
NOT_KERAS = {"KS901", "KS902"}
"""Pages about the file itself, not about Keras."""
EVERY_PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path.stem)


def found(text: str, folder: Path, rule: str) -> Counter[tuple[Place, str]]:
    """What kerashape reports of a program under default settings and that rule, by place."""
    (folder / "pyproject.toml").write_text("", encoding="utf-8")
    file = folder / "example.py"
    file.write_text(text, encoding="utf-8")
    diagnostics = kerashape.lint([file], extend_select=[rule]).diagnostics
    return Counter(((d.span.cell, d.span.line), d.code) for d in diagnostics)


def examples(section: str) -> list[object]:
    return [pytest.param(b, id=str(b)) for page in PAGES for b in page.blocks(section)]


def test_there_are_pages() -> None:
    assert len(PAGES) >= 26


@EVERY_PAGE
def test_a_page_is_complete(page: Page) -> None:
    rule = rulebook()[page.path.stem]
    assert page.code == page.path.stem
    assert page.title == f"{rule.name} ({rule.code})"
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)
    assert re.fullmatch(r"\S.{10,98}[^.\s]", rule.summary), "one line, without a full stop"
    assert rule.keras
    assert set(rule.keras) <= {2, 3}
    assert tuple(page.sections) == SECTIONS
    assert all(text.strip() for text in page.sections.values())
    assert re.search(r"https://", page.sections["References"])


@EVERY_PAGE
def test_the_prose_fits_a_terminal(page: Page) -> None:
    prose = re.sub(r"^```.*?^```$", "", page.path.read_text(encoding="utf-8"), flags=re.S | re.M)
    assert max(map(len, prose.splitlines())) <= 100


def test_names_and_codes_are_unique() -> None:
    names = [page.front["name"] for page in PAGES]
    assert len(set(names)) == len(names)


@EVERY_PAGE
def test_the_examples_are_enough_and_marked(page: Page) -> None:
    assert len(page.bad) >= 3
    assert len(page.good) >= 3
    assert all({code for _, code in block.expected()} == {page.code} for block in page.bad)
    assert not any(block.expected() for block in page.good)
    if page.code not in NOT_KERAS:
        assert any(re.search(r"^(def|class) ", block.text, re.MULTILINE) for block in page.bad)


@pytest.mark.parametrize("block", examples("Example"))
def test_a_bad_example_gives_exactly_that_rule_on_the_marked_line(
    block: Block, tmp_path: Path
) -> None:
    assert found(block.text, tmp_path, block.code) == block.expected()


@pytest.mark.parametrize("block", examples("Use instead"))
def test_a_good_example_gives_nothing(block: Block, tmp_path: Path) -> None:
    assert found(block.text, tmp_path, block.code) == Counter()


@EVERY_PAGE
def test_links_between_pages_lead_somewhere(page: Page) -> None:
    for target in re.findall(r"\]\((KS\d+\.md)\)", page.path.read_text(encoding="utf-8")):
        assert (page.path.parent / target).is_file()
