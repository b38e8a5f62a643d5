"""The parts of README.md that are generated: ``python -m tests.readme`` rewrites them."""

from __future__ import annotations

import os
import re
from pathlib import Path

from kerashape.files import Target
from kerashape.linter import Linter
from kerashape.report import Style, render
from kerashape.rulebook import rulebook

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
EXAMPLE = "fixtures/multimodal_broken.py"


def rules() -> str:
    """The table of rules."""
    rows = ["| code | name | severity | what it reports |", "|---|---|---|---|"]
    for rule in rulebook().values():
        off = "" if rule.default else " (opt-in)"
        page = f"rules/{rule.file.name}"
        rows.append(
            f"| [{rule.code}]({page}) | {rule.name} | {rule.severity} | {rule.summary}{off} |"
        )
    return "\n".join(rows)


def example() -> str:
    """What kerashape says about the broken model."""
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        result = Linter().run([Target.of(Path(EXAMPLE))])
        text = "".join(render("text", result, Style(width=90)))
    finally:
        os.chdir(before)
    return f"```text\n$ kerashape lint {EXAMPLE}\n{text}```"


PARTS = {"rules": rules, "example": example}


def updated(text: str) -> str:
    """README's text with the generated parts as they should be."""
    for name, generate in PARTS.items():
        text = re.sub(
            rf"(<!-- {name}: [^>]* -->\n).*?(<!-- {name} end -->)",
            lambda match, generate=generate: f"{match[1]}{generate()}\n{match[2]}",
            text,
            count=1,
            flags=re.DOTALL,
        )
    return text


if __name__ == "__main__":
    README.write_text(updated(README.read_text(encoding="utf-8")), encoding="utf-8")
