"""The command line: measure, and print one table and what is to be looked into."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

import click

from kerashape.dynamic.compare import verdicts
from kerashape.dynamic.sandbox import Limits, Ran, Sandbox
from kerashape.parsing import Unreadable
from tests.realworld.measure import (
    Program,
    Sums,
    counted,
    examine,
    linter,
    measure,
    serious,
    share,
    targets,
)
from tests.realworld.record import Records

CACHE = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "kerashape-realworld"


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--jobs", "-j", default=1, show_default=True, help="Programs run at a time.")
@click.option("--timeout", default=180.0, show_default=True, help="Seconds for a program.")
@click.option("--cache", type=click.Path(path_type=Path), default=CACHE, show_default=True)
@click.option("--keep-old", is_flag=True, help="Records that an earlier recorder made will do.")
@click.option("--recorded", is_flag=True, help="Only the programs that have a record.")
@click.option("--static", is_flag=True, help="kerashape's side only.")
@click.option("--show", default=40, show_default=True, help="How many of each kind to list.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Everything, to a file.")
def main(
    folders: tuple[Path, ...],
    jobs: int,
    timeout: float,
    cache: Path,
    keep_old: bool,
    recorded: bool,
    static: bool,
    show: int,
    json_file: Path | None,
) -> None:
    """Measure kerashape on real programs."""
    records = Records(cache, keep_old=keep_old)
    boxes: SimpleQueue[Sandbox] = SimpleQueue()
    for _ in range(jobs):
        boxes.put(Sandbox(Limits(timeout)))
    ours = linter()
    by_root: dict[Path, list[Program]] = {}

    with ThreadPoolExecutor(jobs) as pool:

        def run(source: object, root: Path) -> Ran:
            box = boxes.get()
            try:
                return records.of(source, root, box)  # type: ignore[arg-type]
            finally:
                boxes.put(box)

        waiting = []
        for root, target in targets(list(folders)):
            examined, seconds = examine(ours, target)
            if not examined.source.mentions_keras:
                continue
            if recorded and not records.has(examined.source, root):
                continue
            future = None
            if not static:
                try:
                    examined.source.tree  # noqa: B018 - parses
                    future = pool.submit(run, examined.source, root)
                except Unreadable:
                    pass  # nothing to run
            waiting.append((root, target, examined, seconds, future))
        for number, (root, target, examined, seconds, future) in enumerate(waiting, start=1):
            ran = future.result() if future is not None else Ran("none")
            found = measure(target, examined, seconds, ran)
            by_root.setdefault(root, []).append(found)
            known, reached = share(Counter(c.verdict for c in found.comparison.calls if counted(c)))
            print(
                f"[{number}/{len(waiting)}] {target.path}: {ran.how} {ran.seconds:.0f} s, "
                f"{known}/{reached} calls",
                file=sys.stderr,
                flush=True,
            )
    for _ in range(jobs):
        boxes.get().close()
    _print(by_root, show)
    if json_file is not None:
        json_file.write_text(json.dumps(_json(by_root), indent=1, default=str))


def _print(by_root: dict[Path, list[Program]], show: int) -> None:
    total = Sums()
    header = ("set", "programs", "calls known", "wrong", "models", "params", "diagnostics",
              "refuted", "crash", "unfinished", "slowest")  # fmt: skip
    rows = [header]
    for root, programs in by_root.items():
        sums = Sums()
        for program in programs:
            sums.add(program)
            total.add(program)
        rows.append(_row(root.name, sums))
    rows.append(_row("all", total))
    widths = [max(len(row[i]) for row in rows) for i in range(len(header))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    programs = [program for each in by_root.values() for program in each]
    _list_calls(programs, show)
    _list_diagnostics(programs, show)
    _list_reasons(programs, show)


def _row(name: str, sums: Sums) -> tuple[str, ...]:
    def percent(counter: Counter[str]) -> str:
        known, reached = share(counter)
        return f"{known}/{reached} {100 * known / reached:.1f} %" if reached else "-"

    return (
        name, str(sums.programs), percent(sums.calls),
        str(sums.calls[verdicts.CONTRADICTED] + sums.models[verdicts.CONTRADICTED]
            + sums.params[verdicts.CONTRADICTED]),
        percent(sums.models), percent(sums.params), str(sum(sums.diagnostics.values())),
        str(sums.diagnostics[verdicts.REFUTED]), str(sums.crashes), str(sums.unfinished),
        f"{sums.slowest:.2f} s",
    )  # fmt: skip


def _list_calls(programs: list[Program], show: int) -> None:
    wrong = [
        (kind, c)
        for program in programs
        for kind, found in (
            ("call", program.comparison.calls),
            ("model", program.comparison.models),
            ("params", program.comparison.params),
        )
        for c in found
        if c.verdict == verdicts.CONTRADICTED
    ]
    print(f"\nwrong: {len(wrong)}")
    for kind, call in wrong[:show]:
        print(
            f"  {call.span}: {kind} {call.layer} ({call.mode}): {call.inferred}, Keras: {call.actual}"
        )


def _list_diagnostics(programs: list[Program], show: int) -> None:
    judged = [j for program in programs for j in program.comparison.diagnostics if serious(j)]
    for verdict in (verdicts.REFUTED, verdicts.SILENT, verdicts.NOT_REACHED, verdicts.CONFIRMED):
        those = [j for j in judged if j.verdict == verdict]
        word = "silent by nature, ran" if verdict == verdicts.SILENT else verdict
        print(f"\ndiagnostics {word}: {len(those)}")
        for j in those[:show]:
            print(f"  {j.diagnostic.span}: {j.diagnostic.code} {j.diagnostic.message}")
            if j.exception:
                print(f"    {' '.join(j.exception.split())[:200]}")


def _list_reasons(programs: list[Program], show: int) -> None:
    reasons: Counter[str] = Counter()
    examples: dict[str, str] = {}
    for program in programs:
        facts = program.examined.analysis.unknowns if program.examined.analysis else []
        first = facts[0] if facts else None
        for call in program.comparison.calls:
            if counted(call) and call.verdict in (verdicts.UNKNOWN, verdicts.ONLY_SEEN):
                reason = call.reason
                reasons[reason] += 1
                examples.setdefault(reason, f"{call.span}")
        del first
    print(f"\nwhy calls are not known: {sum(reasons.values())}")
    for reason, count in reasons.most_common(show):
        print(f"  {count:5} {reason}   ({examples[reason]})")
    by_file = Counter(
        {
            program.path: sum(
                counted(c) and c.verdict in (verdicts.UNKNOWN, verdicts.ONLY_SEEN)
                for c in program.comparison.calls
            )
            for program in programs
        }
    )
    print("\nwhere:")
    for path, count in by_file.most_common(show):
        if count:
            print(f"  {count:5} {path}")


def _json(by_root: dict[Path, list[Program]]) -> list[dict[str, object]]:
    return [
        {
            "set": root.name,
            "path": program.path,
            "seconds": program.seconds,
            "how": program.ran.how,
            "error": program.ran.error,
            "calls": [vars(c) for c in program.comparison.calls],
            "models": [vars(c) for c in program.comparison.models],
            "params": [vars(c) for c in program.comparison.params],
            "diagnostics": [
                {"code": j.diagnostic.code, "span": str(j.diagnostic.span), "verdict": j.verdict,
                 "message": j.diagnostic.message, "exception": j.exception}
                for j in program.comparison.diagnostics
            ],
            "exceptions": [vars(e) for e in program.comparison.exceptions],
        }
        for root, programs in by_root.items()
        for program in programs
    ]  # fmt: skip
