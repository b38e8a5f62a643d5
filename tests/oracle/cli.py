"""The command line of the comparison."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import click
from rich.box import SIMPLE
from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.oracle.compare import VERDICTS
from tests.oracle.run import Row, run_application, run_layer, run_op

CACHE = Path.home() / ".cache" / "kerashape-oracle"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--layers", "layers_", default="", help="Layers, separated by commas; 'all'.")
@click.option("--ops", "ops_", default="", help="Functions of keras.ops, likewise.")
@click.option("--applications", "applications_", default="", help="Constructors, likewise.")
@click.option("--cases", default=500, show_default=True, help="Cases for each name.")
@click.option("--seed", default=1, show_default=True)
@click.option("--show", default=0, help="Print the first N differing cases of each name.")
@click.option("--only", default="", help="Show only cases of this verdict (a part of its name).")
@click.option("--words/--no-words", default=False, help="Show faults told in other words, too.")
@click.option("--cache/--no-cache", default=True, help="Keep Keras's answers between runs.")
def main(
    layers_: str, ops_: str, applications_: str, cases: int, seed: int, show: int, only: str, words: bool, cache: bool
) -> None:
    """Compare kerashape with the installed Keras on random cases."""
    from tests.oracle import applications, layers, ops

    if not (layers_ or ops_ or applications_):
        layers_ = ops_ = "all"
    folder = CACHE if cache else None
    console = Console() if sys.stdout.isatty() else Console(width=120)
    start = time.perf_counter()
    work = [(run_layer, name) for name in _listed(layers_, layers.names())]
    work += [(run_op, name) for name in _listed(ops_, ops.names())]
    work += [(run_application, name) for name in _listed(applications_, applications.names())]
    progress = track(work, console=Console(stderr=True), transient=True)
    rows = [run(name, cases, seed, folder) for run, name in progress]
    for row in rows:
        show_cases(console, row, show, only, words)
    console.print(table(rows))
    if missing := [row.name for row in rows if row.missing]:
        console.print(f"no record: {', '.join(missing)}", highlight=False)
    seconds = time.perf_counter() - start
    console.print(f"{seconds:.1f} s, of which Keras {sum(r.keras_seconds for r in rows):.1f} s")


def _listed(text: str, names: Sequence[str]) -> Sequence[str]:
    return names if text == "all" else [name for name in text.split(",") if name]


def table(rows: list[Row]) -> Table:
    """The comparison, a row a name, and the totals."""
    heads = [verdict.replace(" ", "\n") for verdict in (*VERDICTS, "other words")]
    result = Table("name", "cases", "faults", *heads, show_footer=True, padding=(0, 0), box=SIMPLE)
    for column in result.columns[1:]:
        column.justify = "right"
    for row in rows:
        if row.missing:
            continue
        cells = [row.verdicts[verdict] for verdict in VERDICTS]
        result.add_row(
            row.name,
            *(str(n or "") for n in (row.cases, row.faults, *cells, row.worded_otherwise)),
            style="red" if row.wrong else "",
        )
    totals = [
        sum(row.cases for row in rows),
        sum(row.faults for row in rows),
        *(sum(row.verdicts[verdict] for row in rows) for verdict in VERDICTS),
        sum(row.worded_otherwise for row in rows),
    ]
    for column, footer in zip(result.columns, ["total", *map(str, totals)]):
        column.footer = footer
    return result


def show_cases(console: Console, row: Row, count: int, only: str, words: bool) -> None:
    """Print the first differing cases as programs with both answers."""
    shown = 0
    for verdict, case, theirs, ours in row.differing:
        if shown >= count:
            break
        if only not in verdict or (verdict == "other words" and not words):
            continue
        shown += 1
        console.rule(f"{row.name}: {verdict}")
        answers = f"Keras: {theirs}\nkerashape: {ours}".replace("\n", "\n# ")
        program = f"{case.program}\n# {answers}"
        console.print(program, markup=False, highlight=False, soft_wrap=True)
