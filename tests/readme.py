"""The parts of README.md that are generated: ``python -m tests.readme`` rewrites them."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

from kerashape.rulebook import rulebook

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
PICTURE = ROOT / "docs" / "lint.svg"
EXAMPLE = "fixtures/multimodal_broken.py"
COMMAND = f"kerashape lint {EXAMPLE}"
WIDTH = 92
MONOSPACED = "ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono"


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
    """The picture of what kerashape says about the broken model."""
    told = recorded().splitlines()[1]
    said = re.sub(r"\x1b\[[\d;]*m", "", told).split(": ")[0].replace("[", " ").replace("]", "")
    name = PICTURE.relative_to(ROOT).as_posix()
    return f"![{COMMAND}: {said}]({name})"


def recorded() -> str:
    """The command and what it prints on a terminal, colours included."""
    done = subprocess.run(
        [sys.executable, "-m", "kerashape", "lint", EXAMPLE, "--color", "always"],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": str(WIDTH), "NO_COLOR": ""},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 1, done.stderr
    return f"\x1b[1m$ {COMMAND}\x1b[0m\n{done.stdout}"


def picture() -> str:
    """The recording as SVG, drawn by rich."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(recorded()), soft_wrap=True)
    text = console.export_svg(title="kerashape", unique_id="kerashape")
    text = re.sub(r"@font-face \{.*?\}\s*", "", text, flags=re.DOTALL)  # GitHub fetches none
    return text.replace("Fira Code", MONOSPACED) + "\n"


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
    PICTURE.write_text(picture(), encoding="utf-8")
    README.write_text(updated(README.read_text(encoding="utf-8")), encoding="utf-8")
