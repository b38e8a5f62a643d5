"""The command line of the comparison."""

from __future__ import annotations

import functools
import multiprocessing
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

import click
from rich.console import Console
from rich.progress import track

from tests.oracle.report import differences, passes, table
from tests.oracle.run import (
    Row,
    run_application,
    run_graphs,
    run_layer,
    run_layer_of_keras_2,
    run_op,
)

CACHE = Path.home() / ".cache" / "kerashape-oracle" / version("keras")


Job = tuple[Callable[[str, int, int, Path | None], Row], str, int]
"""What to run, on which name, and how many cases."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--layers", "layers_", default="", help="Layers, separated by commas; 'all'.")
@click.option("--ops", "ops_", default="", help="Functions of keras.ops, likewise.")
@click.option(
    "--modes", default="symbolic", help="symbolic, traced (within a layer); for ops also eager."
)
@click.option("--source", is_flag=True, help="Let kerashape interpret layers' cases as programs.")
@click.option("--respelt", is_flag=True, help="Likewise, in other people's words.")
@click.option("--keras-2", "keras_2", is_flag=True, help="Layers as Keras 2 has them.")
@click.option("--applications", "applications_", default="", help="Constructors, likewise.")
@click.option("--graphs", is_flag=True, help="Random functional models.")
@click.option("--cases", default=500, show_default=True, help="For each name; see below.")
@click.option("--seed", default=1, show_default=True)
@click.option("-j", "--jobs", default=1, show_default=True, help="Processes.")
@click.option("--show", default=0, help="Print the first N differing cases of each name.")
@click.option("--only", default="", help="Show only cases of this verdict (a part of its name).")
@click.option("--words/--no-words", default=False, help="Show faults told in other words, too.")
@click.option("--cache/--no-cache", default=True, help="Keep Keras's answers between runs.")
def main(
    layers_: str,
    ops_: str,
    modes: str,
    source: bool,
    respelt: bool,
    keras_2: bool,
    applications_: str,
    graphs: bool,
    cases: int,
    seed: int,
    jobs: int,
    show: int,
    only: str,
    words: bool,
    cache: bool,
) -> None:
    """Compare kerashape with the installed Keras on random cases.

    Without a choice of names: that many cases of all layers, and as many of all operations.

    Exits 1 if an answer is wrong or more than one in a hundred is unknown or a missed fault.
    """
    from tests.oracle import applications, layers, ops

    if not (layers_ or ops_ or applications_ or graphs):
        layers_ = ops_ = "all"
        each_layer, each_op = -(-cases // len(layers.names())), -(-cases // len(ops.names()))
    else:
        each_layer = each_op = cases
    folder = CACHE if cache else None
    console = Console() if sys.stdout.isatty() else Console(width=120)
    start = time.perf_counter()
    work: list[Job] = []
    for mode in modes.split(","):
        layer = functools.partial(run_layer, source=source, mode=mode, respelt=respelt)
        of_mode = layers.names(mode) if mode != "eager" else []
        names = _listed(layers_, of_mode)
        work += [(run_layer_of_keras_2 if keras_2 else layer, name, each_layer) for name in names]
    for mode in modes.split(","):
        run_mode = functools.partial(run_op, mode=mode)
        work += [(run_mode, name, each_op) for name in _listed(ops_, ops.names(mode))]
    chosen = _listed(applications_, applications.names())
    work += [(run_application, name, cases) for name in chosen]
    work += [(run_graphs, "graphs", cases)] if graphs else []
    run = functools.partial(_run, seed=seed, cache=folder)
    rows = list(track(_map(run, work, jobs), total=len(work), console=Console(stderr=True)))
    for row in rows:
        if text := differences(row, show, only, words):
            console.print(text, markup=False, highlight=False, soft_wrap=True)
    console.print(table(rows))
    if missing := [row.name for row in rows if row.missing]:
        console.print(f"no record: {', '.join(missing)}", highlight=False)
    seconds = time.perf_counter() - start
    console.print(f"{seconds:.1f} s, of which Keras {sum(r.keras_seconds for r in rows):.1f} s")
    sys.exit(0 if passes(rows) else 1)


def _run(job: Job, seed: int, cache: Path | None) -> Row:
    run, name, cases = job
    return run(name, cases, seed, cache)


def _map(run: Callable[[Job], Row], work: list[Job], jobs: int) -> Iterable[Row]:
    if jobs == 1:
        return map(run, work)
    # TensorFlow does not survive a fork.
    pool = multiprocessing.get_context("spawn").Pool(jobs, maxtasksperchild=50)
    return pool.imap(run, work)


def _listed(text: str, names: Sequence[str]) -> Sequence[str]:
    return names if text == "all" else [name for name in text.split(",") if name]
