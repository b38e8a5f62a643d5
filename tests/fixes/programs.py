"""Programs of the tests of fixes: the rule pages' bad examples, and the broken fixtures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kerashape.config import Settings
from kerashape.diagnostic import Diagnostic
from kerashape.files import Target
from kerashape.fixes.fixer import Fixed, Fixer
from kerashape.linter import Linter
from kerashape.rulebook import Selection
from tests.programs import ROOT, fixtures, pages

ALL = Settings(ROOT / "tests" / "fixes" / "kerashape.toml", selection=Selection(("ALL",)))


@dataclass(frozen=True)
class Faulty:
    """A program with a fault of one rule."""

    name: str
    code: str
    data: bytes
    suffix: str = ".py"

    def item(self) -> tuple[Target, bytes]:
        """As the linter takes it."""
        path = f"faulty{self.suffix}"
        return Target(Path("/nowhere") / path, path), self.data

    def diagnostics(self) -> list[Diagnostic]:
        """What is reported."""
        return Linter(ALL, debug=True).run([self.item()]).diagnostics

    def fixed(self, *, unsafe: bool = True) -> tuple[Fixed | None, list[Diagnostic]]:
        """The program fixed, if it can be, and what is reported then."""
        found, result = Fixer(ALL, unsafe=unsafe, debug=True).fix([self.item()])
        return (found[0] if found else None), result.diagnostics


def faulty_programs() -> list[Faulty]:
    """All of them."""
    blocks = [block for page in pages() for block in page.bad]
    found = [Faulty(str(block), block.code, block.text.encode()) for block in blocks]
    for fixture in fixtures():
        if fixture.broken:
            ((_, code),) = fixture.expected()
            data = fixture.path.read_bytes()
            found.append(Faulty(fixture.name, code, data, fixture.path.suffix))
    return found
