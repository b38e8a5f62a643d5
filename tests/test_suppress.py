"""Suppressions: where they hold, and what is said of those that are of no use."""

from __future__ import annotations

import json

import pytest

from kerashape.files import Target
from kerashape.linter import Linter
from tests.fake import fakes

__all__ = ["fakes"]

pytestmark = pytest.mark.usefixtures("fakes")

FAULT = "a:1:5 KS101"


def found(text: str, name: str = "a.py") -> list[str]:
    """What is reported, as ``a:LINE:COLUMN CODE``, the cell before the line."""
    if not name.endswith(".ipynb"):
        text = f"{text}\n# of keras\n"
    result = Linter().run([(Target.of_name(name), text.encode())])
    return [
        f"a:{f'{d.span.cell}:' if d.span.cell else ''}{d.span.line}:{d.span.column} {d.code}"
        for d in result.diagnostics
    ]


HOLDS = {
    "by code": "x = fault()  # kerashape: ignore[KS101]",
    "by name": "x = fault()  # kerashape: ignore[model-input-not-input]",
    "by prefix": "x = fault()  # kerashape: ignore[KS1]",
    "several": "x = fault()  # kerashape: ignore[KS101, model-input-not-input]",
    "everything": "x = fault()  # kerashape: ignore",
    "with a reason": "x = fault()  # kerashape: ignore[KS101] -- on purpose",
    "bare with a reason": "x = fault()  # kerashape: ignore -- on purpose",
    "no blanks": "x = fault()  #kerashape:ignore[KS101]",
    "behind another": "x = fault()  # type: ignore  # kerashape: ignore[KS101]",
    "line above": "# kerashape: ignore[KS101]\nx = fault()",
    "lines above": "# kerashape: ignore[KS101]\n# why\n\nx = fault()",
    "above in a block": "if x:\n    # kerashape: ignore[KS101]\n    y = fault()",
    "above a long statement": "# kerashape: ignore[KS101]\nx = [\n  1,\n  fault(),\n]",
    "end of a statement": "x = [\n  1,\n  fault(),\n]  # kerashape: ignore[KS101]",
    "start of a statement": "x = [  # kerashape: ignore[KS101]\n  1,\n  fault(),\n]",
    "the line itself": "x = [\n  1,\n  fault(),  # kerashape: ignore[KS101]\n]",
    "above, in brackets": "x = [\n  1,\n  # kerashape: ignore[KS101]\n  fault(),\n]",
    "inside the culprit": "x = fault(\n  1,  # kerashape: ignore[KS101]\n)",
    "header": "if fault():  # kerashape: ignore[KS101]\n    x = 1",
    "file": "x = fault()\n# kerashape: ignore-file[KS101]",
    "file, everything": "# kerashape: ignore-file\nx = fault()\ny = fault()",
    "noqa": "x = fault()  # noqa",
    "noqa with the code": "x = fault()  # noqa: KS101",
    "noqa with codes": "x = fault()  # NOQA: E501,KS101",
    "noqa at the end": "x = [\n  fault(),\n]  # noqa: KS101",
}


@pytest.mark.parametrize("name", HOLDS)
def test_where_it_holds(name: str) -> None:
    assert found(HOLDS[name]) == []
    bare = "\n".join(line.split("#")[0] for line in HOLDS[name].splitlines())
    assert all("KS101" in line for line in found(bare)), "and without it the fault is reported"
    assert found(bare)


HOLDS_NOT = {
    "x = fault()  # noqa: E501": [FAULT],
    "x = fault()  # noqa: KS102": [FAULT],
    "# noqa\nx = fault()": ["a:2:5 KS101"],
    "x = fault('# kerashape: ignore')": [FAULT],
    "x = fault('''\n# kerashape: ignore\n''')": [FAULT],
    "x = 1  # noqa": [],
    "x = fault()  # kerashape is not told to ignore this": [FAULT],
    "x = fault()  # kerashape: a linter": [FAULT],
    "y = 1  # kerashape: ignore[KS101]\nx = fault()": ["a:1:8 KS902", "a:2:5 KS101"],
    "x = [\n 1,  # kerashape: ignore[KS101]\n fault()]": ["a:2:6 KS902", "a:3:2 KS101"],
    "if y:  # kerashape: ignore\n    x = fault()": ["a:1:8 KS902", "a:2:9 KS101"],
    "x = fault()  # kerashape: ignore[KS102]": [FAULT, "a:1:14 KS902"],
    "x = fault()  # kerashape: ignore[KS101, KS102]": ["a:1:14 KS902"],
    "x = fault()  # kerashape: ignore[]": [FAULT, "a:1:14 KS902"],
    "x = fault()  # kerashape: ignore[KS101": [FAULT, "a:1:14 KS902"],
    "x = fault()  # kerashape: ignore[KS999]": [FAULT, "a:1:14 KS902"],
    "x = fault()  # kerashape: ignor[KS101]": [FAULT, "a:1:14 KS902"],
    "# kerashape: ignore-file[KS102]\nx = fault()": ["a:1:1 KS902", "a:2:5 KS101"],
    "x = 1  # kerashape: ignore": ["a:1:8 KS902"],
    "x = 1  # kerashape: ignore[KS902]": [],
}


@pytest.mark.parametrize("text", HOLDS_NOT)
def test_where_it_does_not_hold(text: str) -> None:
    assert found(text) == HOLDS_NOT[text]


def test_words_of_ks902() -> None:
    text = "import keras\nx = 1  # kerashape: ignore[KS102, input-unused]\n"
    (diagnostic,) = Linter().run([(Target.of_name("a.py"), text.encode())]).diagnostics
    assert diagnostic.message == (
        "in a suppression: unknown rule 'input-unused'; did you mean 'unused-input'?"
    )


def test_in_a_notebook() -> None:
    cells = [
        "import keras",
        "x = fault()  # kerashape: ignore[KS101]",
        "!ls\n# kerashape: ignore[KS101]\nx = fault()",
        "x = 1\ny = fault()\n# kerashape: ignore",
    ]
    content = {"cells": [{"cell_type": "code", "source": cell} for cell in cells]}
    assert found(json.dumps(content), "a.ipynb") == ["a:4:2:5 KS101", "a:4:3:1 KS902"]


def test_a_broken_file_can_be_left_alone() -> None:
    assert found("x = (") == ["a:1:5 KS901"]
    assert found("# kerashape: ignore-file[KS901]\nx = (") == []
