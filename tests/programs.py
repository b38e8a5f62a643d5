"""The programs that the tests share: the fixtures, and the examples of the rule pages.

Each says inline what must be reported: a trailing ``# expect: KS101`` (or several codes,
separated by commas) on the line that the diagnostic starts on.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RULES = ROOT / "rules"
FIXTURES = ROOT / "fixtures"
BUGS = FIXTURES / "bugs"
LATE = {"KS101", "KS212", "KS307", "KS308", "KS310"}
"""Rules about what is wrong in the model, but raises only when it is used."""
OPINIONS = {"KS501", "KS503", "KS504", "KS507", "KS508", "KS509", "KS510"}
"""Rules that advise: on the TensorFlow and Keras of the tests there is no fault to show."""

Place = tuple[int | None, int]
"""(cell, line), both from 1; code cells only are counted, and None is no notebook."""

_EXPECT = re.compile(r"#\s*expect:\s*(KS\d{3}(?:\s*,\s*KS\d{3})*)\s*$")
_SHELL = re.compile(r"^\s*[%!?]|\?\s*$")


def expectations(text: str, cell: int | None = None) -> Counter[tuple[Place, str]]:
    """The codes that ``text`` says must be reported, by place."""
    found: Counter[tuple[Place, str]] = Counter()
    for number, line in enumerate(text.splitlines(), start=1):
        match = _EXPECT.search(line)
        for code in re.findall(r"KS\d{3}", match.group(1)) if match else ():
            found[((cell, number), code)] += 1
    return found


@dataclass(frozen=True)
class Fixture:
    """A file of fixtures/: a program or a notebook."""

    path: Path

    @property
    def name(self) -> str:
        """Its path below fixtures/."""
        return self.path.relative_to(FIXTURES).as_posix()

    @property
    def broken(self) -> bool:
        """Whether it is the faulty one of its pair."""
        return self.path.stem.endswith("_broken")

    @property
    def mended(self) -> Path:
        """Its mended twin."""
        return self.path.with_stem(self.path.stem.replace("_broken", "_mended"))

    def cells(self) -> list[tuple[int | None, str]]:
        """The program's parts: (cell number, source) in a notebook, else one part."""
        text = self.path.read_text(encoding="utf-8")
        if self.path.suffix != ".ipynb":
            return [(None, text)]
        code = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
        return [(number, "".join(cell["source"])) for number, cell in enumerate(code, start=1)]

    def expected(self) -> Counter[tuple[Place, str]]:
        """What must be reported, by place."""
        return sum((expectations(text, cell) for cell, text in self.cells()), Counter())

    def program(self) -> tuple[str, list[Place]]:
        """The program as plain Python, and the place of each of its lines."""
        lines: list[str] = []
        places: list[Place] = []
        for cell, text in self.cells():
            for number, line in enumerate(text.splitlines(), start=1):
                shell = cell is not None and _SHELL.search(line)
                lines.append("pass" if shell else line)
                places.append((cell, number))
        return "\n".join(lines) + "\n", places


def fixtures() -> list[Fixture]:
    """All fixtures, by name."""
    files = [p for p in FIXTURES.rglob("*") if p.suffix in (".py", ".ipynb") and p.parent != BUGS]
    return sorted((Fixture(path) for path in files), key=lambda fixture: fixture.name)


_UNDECIDED = re.compile(r"#\s*expect:\s*nothing, raises -- (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Bug:
    """A program of fixtures/bugs/: a bug that people ask about, retold."""

    path: Path

    @property
    def name(self) -> str:
        """What it is called."""
        return self.path.stem

    def expected(self) -> Counter[tuple[Place, str]]:
        """What must be reported, by place; nothing where :attr:`undecided` says why."""
        return expectations(self.path.read_text(encoding="utf-8"))

    @property
    def undecided(self) -> str | None:
        """Why it cannot be found without running the program; None if it can."""
        match = _UNDECIDED.search(self.path.read_text(encoding="utf-8"))
        return match.group(1) if match else None


def bugs() -> list[Bug]:
    """All retold bugs, by name."""
    return [Bug(path) for path in sorted(BUGS.glob("*.py"))]


@dataclass(frozen=True)
class Block:
    """One fenced Python example of a rule page."""

    code: str
    section: str
    number: int
    text: str

    def __str__(self) -> str:
        return f"{self.code}-{'bad' if self.section == 'Example' else 'good'}-{self.number}"

    def expected(self) -> Counter[tuple[Place, str]]:
        """What must be reported, by place."""
        return expectations(self.text)


@dataclass(frozen=True)
class Page:
    """A rule page: front matter, sections in order, examples."""

    path: Path
    front: dict[str, str]
    title: str
    sections: dict[str, str]

    @property
    def code(self) -> str:
        """The rule's code."""
        return self.front["code"]

    def blocks(self, section: str) -> list[Block]:
        """The Python examples of a section."""
        texts = _fences(self.sections[section], "python")
        return [Block(self.code, section, i, text) for i, text in enumerate(texts, start=1)]

    @property
    def bad(self) -> list[Block]:
        """The examples that must be reported."""
        return self.blocks("Example")

    @property
    def good(self) -> list[Block]:
        """The examples of which nothing must be said."""
        return self.blocks("Use instead")

    def quotes(self) -> list[re.Pattern[str]]:
        """The texts of Keras that the page quotes, ``…`` standing for the program's own values."""
        texts = [
            line
            for fence in _fences(self.sections["Why is this bad?"], "text")
            for line in fence.splitlines()
            if line
        ]
        return [
            re.compile(".*?".join(re.escape(part) for part in text.split("…")), re.DOTALL)
            for text in texts
        ]


def _fences(markdown: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", markdown, re.DOTALL | re.MULTILINE)


def page(path: Path) -> Page:
    """Read a rule page."""
    text = path.read_text(encoding="utf-8")
    match = re.fullmatch(r"---\n(.*?)---\n+# ([^\n]+)\n(.*)", text, re.DOTALL)
    assert match, f"{path.name} has no front matter, or no title after it"
    front = dict(_fields(match.group(1)))
    parts = re.split(r"^## (.+)\n", match.group(3), flags=re.MULTILINE)
    return Page(path, front, match.group(2), dict(zip(parts[1::2], parts[2::2])))


def _fields(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        key, _, value = line.partition(":")
        yield key.strip(), value.strip()


def pages() -> list[Page]:
    """All rule pages, by code."""
    return [page(path) for path in sorted(RULES.glob("KS*.md"))]
