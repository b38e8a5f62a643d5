"""How fast kerashape is: ``python -m tests.bench [FOLDER]``.

With ``--peers VENV`` (an environment of its own, with Fixit and pylint) it compares tools on
a sample of the folder's files; with ``--growth`` it shows how time and memory grow; with
``--tensorflow`` how much later the broken model fails by itself.

Prints the wall time of ``--version`` and of linting the broken model (without what is kept from
run to run), each a process of its own, and for a folder (default: the installed Keras) the
processor time of the whole run over that of ``libcst.parse_module`` alone for the same files,
with the memory that it needs.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.growth import grow
from tests.bench.peers import compare, sooner

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "fixtures" / "multimodal_broken.py"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="default: the installed Keras")
    parser.add_argument("--repeat", type=int, default=7, help="processes a figure, the best counts")
    parser.add_argument("--peers", type=Path, metavar="VENV", help="compare with Fixit and pylint")
    parser.add_argument("--sample", type=int, default=60, help="how many files to compare on")
    parser.add_argument("--growth", action="store_true", help="how time and memory grow")
    parser.add_argument("--most-files", type=int, default=10_000)
    parser.add_argument("--most-lines", type=int, default=100_000)
    parser.add_argument("--tensorflow", action="store_true", help="when the broken model fails")
    arguments = parser.parse_args()
    if arguments.peers or arguments.growth or arguments.tensorflow:
        folder = arguments.folder or _keras()
        if arguments.peers and folder is not None:
            compare(folder.resolve(), arguments.sample, arguments.peers.resolve(), arguments.repeat)
        if arguments.growth:
            grow(arguments.most_files, arguments.most_lines)
        if arguments.tensorflow:
            sooner(MODEL, arguments.repeat)
        return
    _print("python -c pass", wall(["-c", "pass"], arguments.repeat), "s")
    _print("kerashape --version", wall(["-m", "kerashape", "--version"], arguments.repeat), "s")
    lint = ["-m", "kerashape", "lint", "--no-cache", str(MODEL)]
    _print("kerashape lint multimodal_broken.py", wall(lint, arguments.repeat), "s")
    folder = arguments.folder or _keras()
    if folder is None:
        print("no Keras is installed: name a folder to measure a run")
        return
    measure(folder)


def wall(arguments: list[str], repeat: int) -> float:
    """The least wall time of a Python process, in seconds; modules compiled, as installed."""
    times = []
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": cache, "PYTHONDONTWRITEBYTECODE": ""}
        command = [sys.executable, *arguments]
        for _ in range(repeat + 1):
            start = time.perf_counter()
            subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
            times.append(time.perf_counter() - start)
    return min(times[1:])


def measure(folder: Path) -> None:
    """Lint a folder, and parse the same files with libcst alone."""
    import libcst

    from kerashape.config import Settings
    from kerashape.files import discover
    from kerashape.linter import Linter
    from kerashape.parsing import check
    from kerashape.source import Source

    targets = discover([folder], Settings())
    sources = [Source.read(target.file, target.path) for target in targets]
    keras = [source for source in sources if source.mentions_keras]
    texts = []
    for source in keras:
        if check(source.text) is None:
            texts.append(source.text)
    lines = sum(text.count("\n") for text in texts)
    print(f"\n{folder}: {len(targets)} files, {len(keras)} mention Keras ({lines:,} lines)")

    first = _processor_time(lambda: [libcst.parse_module(text) and None for text in texts])
    before = _peak()
    results = []
    run = _processor_time(lambda: results.append(Linter().run(targets)))
    (result,) = results
    # The machine's speed varies, so that parsing is measured on both sides of the run.
    second = _processor_time(lambda: [libcst.parse_module(text) and None for text in texts])
    parsing = (first + second) / 2
    _print("libcst.parse_module", parsing, "s")
    _print("the whole run", run, "s")
    _print("the whole run / libcst.parse_module", run / parsing, "")
    _print("lines a second", lines / run, "")
    _print("peak memory of the run", _peak(), "MiB")
    _print("  of it before the run", before, "MiB")
    print(f"{result.known} of {result.calls} shapes known, {len(result.diagnostics)} diagnostics")


def _processor_time(action: Callable[[], object]) -> float:
    """How long it takes, in seconds of the processor: other processes do not count."""
    start = time.process_time()
    action()
    return time.process_time() - start


def _peak() -> float:
    """The most memory that this process has needed so far, in MiB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20


def _keras() -> Path | None:
    found = importlib.util.find_spec("keras")
    return Path(found.origin).parent if found is not None and found.origin else None


def _print(what: str, figure: float, unit: str) -> None:
    shown = f"{figure:,.0f}" if figure >= 100 else f"{figure:.3f}"
    print(f"{what:40}{shown:>10} {unit}".rstrip())


if __name__ == "__main__":
    main()
