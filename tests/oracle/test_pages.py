"""The rule pages against the real Keras: each bad example has the fault, each good one runs."""

from __future__ import annotations

import functools
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.programs import LATE, OPINIONS, Block, Page, pages

if TYPE_CHECKING:
    from tests.oracle.execution import Outcome

pytestmark = pytest.mark.keras

PAGES = {page.code: page for page in pages()}
NOT_KERAS = {"KS901", "KS902"}
"""Pages about the file itself, not about Keras."""


@functools.cache
def demonstration_of(block: Block) -> tuple[str, ...]:
    """Shows the silent fault of an example that runs; what Keras warned of meanwhile."""
    from tests.oracle.faults import DEMONSTRATIONS

    outcome = run_block(block)
    assert outcome.error is None, outcome.message
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        if block.code not in OPINIONS:
            DEMONSTRATIONS[block.code](outcome)
    return (*outcome.warnings, *(str(warning.message) for warning in caught))


@functools.cache
def outcome_of(block: Block) -> Outcome:
    """What becomes of an example, without its models."""
    outcome = run_block(block)
    outcome.namespace.clear()
    return outcome


def run_block(block: Block) -> Outcome:
    from tests.oracle.execution import run

    with tempfile.TemporaryDirectory() as folder:
        return run(block.text, f"<{block}>", Path(folder))


def examples(section: str) -> list[object]:
    found = [
        b for page in PAGES.values() if page.code not in NOT_KERAS for b in page.blocks(section)
    ]
    return [pytest.param(block, id=str(block), marks=of_page(block.code)) for block in found]


def of_page(code: str) -> pytest.MarkDecorator:
    """The tests of one page share a process, and so what became of its examples."""
    return pytest.mark.xdist_group(code)


def quoting() -> list[object]:
    skipped = NOT_KERAS | OPINIONS
    return [pytest.param(code, marks=of_page(code)) for code in PAGES if code not in skipped]


@pytest.mark.parametrize("block", examples("Example"))
def test_a_bad_example_has_the_fault_that_the_page_describes(block: Block) -> None:
    assert {code for _, code in block.expected()} == {block.code}
    if is_silent(block):
        demonstration_of(block)
    else:
        require_raise(PAGES[block.code], block)


def is_silent(block: Block) -> bool:
    """Whether Keras runs the example: then the fault has to be shown by a computation."""
    from tests.oracle.faults import DEMONSTRATIONS

    if PAGES[block.code].front["severity"] != "error":
        return True
    return block.code in DEMONSTRATIONS and outcome_of(block).error is None


def require_raise(page: Page, block: Block) -> None:
    """Keras raises at the marked line (or later, if it does), in words that the page quotes."""
    outcome = outcome_of(block)
    assert outcome.error is not None, f"{block} runs without an error"
    marked = [line for (_, line), _ in block.expected()]
    if block.code in LATE:
        assert max(outcome.lines) >= min(marked)
    else:
        assert any(outcome.raised_in(line) for line in marked), (marked, outcome.lines)
    assert any(quote.search(outcome.message) for quote in page.quotes()), (
        f"{page.path.name} does not quote: {outcome.message}"
    )


@pytest.mark.parametrize("block", examples("Use instead"))
def test_a_good_example_runs(block: Block) -> None:
    outcome = outcome_of(block)
    assert outcome.error is None, outcome.message


@pytest.mark.parametrize("code", quoting())
def test_every_quotation_is_what_keras_says_to_an_example(code: str) -> None:
    page = PAGES[code]
    silent = [block for block in page.bad if is_silent(block)]
    said = [outcome_of(block).message for block in page.bad if block not in silent]
    said += [text for block in silent for text in demonstration_of(block)]
    unseen = [q.pattern for q in page.quotes() if not any(q.search(text) for text in said)]
    assert not unseen


def test_the_syntax_errors_are_errors_for_python_too() -> None:
    page = PAGES["KS901"]
    for block in page.bad:
        [((_, line), _)] = block.expected()
        with pytest.raises(SyntaxError) as raised:
            compile(block.text, str(block), "exec")
        assert raised.value.lineno == line
    for block in page.good:
        compile(block.text, str(block), "exec")


@pytest.mark.parametrize("block", PAGES["KS902"].bad + PAGES["KS902"].good, ids=str)
def test_the_examples_about_suppressions_are_programs(block: Block) -> None:
    assert outcome_of(block).error is None
