"""Every fix that a rule offers mends the program: kerashape is content, and it runs."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from kerashape.rulebook import rulebook
from tests.fixes.programs import Faulty, faulty_programs

PROGRAMS = faulty_programs()
MENDED = ["KS101", "KS601", "KS602", "KS107", "KS108", "KS110", "KS208", "KS220", "KS301", "KS302", "KS303", "KS406", "KS501", "KS502", "KS902"]  # fmt: skip


def has_fix(program: Faulty) -> bool:
    return any(d.code == program.code and d.fix is not None for d in program.diagnostics())


FIXABLE = [program for program in PROGRAMS if has_fix(program)]


def test_there_are_fixes_for_what_can_be_fixed() -> None:
    assert {program.code for program in FIXABLE} >= set(MENDED)


@pytest.mark.parametrize("program", [pytest.param(p, id=p.name) for p in FIXABLE])
def test_the_fixed_program_is_clean_and_stays_as_it_is(program: Faulty) -> None:
    fixed, left = program.fixed()
    assert fixed is not None
    assert program.code not in {d.code for d in left}
    again = Faulty(program.name, program.code, fixed.after, program.suffix)
    assert again.fixed()[0] is None


@pytest.mark.parametrize("program", [pytest.param(p, id=p.name) for p in FIXABLE])
def test_a_safe_fix_needs_no_leave(program: Faulty) -> None:
    fixes = [d.fix for d in program.diagnostics() if d.fix is not None]
    fixed, left = program.fixed(unsafe=False)
    assert (fixed is not None) == any(fix.safe for fix in fixes)
    assert not any(d.fix is not None and d.fix.safe for d in left)


def test_the_pages_say_what_can_be_fixed() -> None:
    kinds: defaultdict[str, set[bool]] = defaultdict(set)
    for program in FIXABLE:
        for d in program.diagnostics():
            if d.fix is not None:
                kinds[d.code].add(d.fix.safe)
    said = {rule.code: rule.fixable for rule in rulebook().values()}
    assert {code: "safe" if True in kind else "unsafe" for code, kind in kinds.items()} == {
        code: kind for code, kind in said.items() if kind != "none"
    }


# What one example shows beside its fault may need more than its fix.
STILL_RAISES: set[str] = set()
RUNNABLE = [p for p in FIXABLE if p.suffix == ".py" and p.code < "KS9"]


@pytest.mark.keras
@pytest.mark.parametrize("program", [pytest.param(p, id=p.name) for p in RUNNABLE])
def test_the_fixed_program_runs(program: Faulty, tmp_path: Path) -> None:
    from tests.oracle.execution import run

    fixed, _ = program.fixed()
    assert fixed is not None
    outcome = run(fixed.after.decode(), "fixed.py", tmp_path, train=False)
    assert (outcome.error is not None) == (program.name in STILL_RAISES), outcome.message
