"""The comparison in words: a table, and differing cases as programs."""

from __future__ import annotations

from collections import Counter
from typing import Any

from rich.box import SIMPLE
from rich.table import Table

from tests.oracle.case import Answer, Case
from tests.oracle.compare import HARMLESS, VERDICTS
from tests.oracle.run import OTHER_WORDS, Row


def table(rows: list[Row]) -> Table:
    """The comparison, a row a name, and the totals."""
    heads = [verdict.replace(" ", "\n") for verdict in (*VERDICTS, OTHER_WORDS)]
    result = Table("name", "cases", "faults", *heads, show_footer=True, padding=0, box=SIMPLE)
    for column in result.columns[1:]:
        column.justify = "right"
    for row in rows:
        if not row.missing:
            cells = [str(number or "") for number in _numbers(row)]
            result.add_row(row.name, *cells, style="red" if row.wrong else "")
    totals = [sum(numbers) for numbers in zip(*map(_numbers, rows))]
    for column, footer in zip(result.columns, ["total", *map(str, totals)]):
        column.footer = footer
    return result


def passes(rows: list[Row]) -> bool:
    """Whether nothing is wrong, and little is unknown or missed."""
    count: Counter[str] = Counter()
    for row in rows:
        count.update(row.verdicts)
    tolerated = {"unknown", "missed fault"}
    wrong = [v for v in VERDICTS if v not in HARMLESS and v not in tolerated and count[v]]
    many = [v for v in tolerated if count[v] * 100 > sum(count.values())]
    return not wrong and not many and not any(row.missing for row in rows)


def _numbers(row: Row) -> list[int]:
    counts = [row.verdicts[verdict] for verdict in VERDICTS]
    return [row.cases, row.faults, *counts, row.worded_otherwise]


def differences(row: Row, count: int = 3, only: str = "", words: bool = False) -> str:
    """The first differing cases as programs, each with both answers.

    Args:
        only: a part of the verdicts that are wanted.
        words: whether faults that are told in other words than Keras's are wanted, too.
    """
    wanted = [
        (verdict, case, theirs, ours)
        for verdict, case, theirs, ours in row.differing
        if only in verdict and (words or verdict != OTHER_WORDS)
    ]
    return "\n".join(explain(row.name, *difference) for difference in wanted[:count])


def explain(name: str, verdict: str, case: Case, theirs: Answer, ours: Answer) -> str:
    """One differing case as a program; of long answers the first place where they differ."""
    said, answered = str(theirs), str(ours)
    if len(said) > LONG and len(answered) > LONG:
        said, answered = first_difference(theirs.outputs, ours.outputs)
    answers = f"Keras: {said}\nkerashape: {answered}".replace("\n", "\n# ")
    return f"# {name}: {verdict}\n{case.program}\n# {answers}\n"


def first_difference(theirs: Any, ours: Any, path: str = "") -> tuple[str, str]:
    """The innermost parts of two nested answers that differ first, with their place."""
    if isinstance(theirs, dict) and isinstance(ours, dict) and list(theirs) == list(ours):
        for key in theirs:
            if theirs[key] != ours[key]:
                return first_difference(theirs[key], ours[key], f"{path}/{key}")
    if isinstance(theirs, (list, tuple)) and isinstance(ours, (list, tuple)):
        for index, (one, other) in enumerate(zip(theirs, ours)):
            if one != other:
                return first_difference(one, other, f"{path}/{index}")
        if len(theirs) != len(ours):
            return f"{path}: {len(theirs)} items", f"{path}: {len(ours)} items"
    return f"{path}: {theirs}", f"{path}: {ours}"


LONG = 5000
"""From how many characters on an answer is not shown as a whole."""
