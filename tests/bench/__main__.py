"""How fast kerashape is: ``python -m tests.bench [FOLDER]``.

With ``--peers VENV`` (an environment of its own, with Fixit and pylint) it compares tools on
a sample of the folder's files; with ``--growth`` it shows how time and memory grow; with
``--tensorflow`` how much later the broken model fails by itself.

Prints the wall time of ``--version`` and of linting the broken model (without what is kept from
run to run), and for a folder (default: the installed Keras) what a run takes on one core, on all
of them and again, beside ``libcst.parse_module`` alone on the same files. Every figure is that of
a process of its own.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.growth import grow
from tests.bench.peers import compare, drawn, sooner
from tests.bench.processes import cost, lint

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
    model = ["-m", "kerashape", "lint", "--no-cache", str(MODEL)]
    _print("kerashape lint multimodal_broken.py", wall(model, arguments.repeat), "s")
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
    """Lint a folder, and parse with libcst alone the same files: those that mention Keras."""
    files = drawn(folder)
    listed = "\n".join(map(str, files))
    lines = sum(file.read_bytes().count(b"\n") for file in files)
    print(f"\n{folder}: {len(files)} files mention Keras ({lines:,} lines)")
    with tempfile.TemporaryDirectory() as name:
        names = Path(name) / "files"
        names.write_text(listed)
        parse = [sys.executable, "-c", _PARSE, str(names)]
        nothing = cost([sys.executable, "-c", _PARSE, os.devnull], ROOT).cpu
        stored = ["--cache-dir", str(Path(name) / "cache")]
        # The machine's speed varies, so that parsing is measured on both sides of the runs.
        first = cost(parse, ROOT).cpu
        one = lint(ROOT, "-j", "1", "--no-cache", str(folder))
        cold = lint(ROOT, *stored, str(folder))
        second = cost(parse, ROOT).cpu
        warm = lint(ROOT, *stored, str(folder))
    parsing = (first + second) / 2 - nothing
    _print("libcst.parse_module", parsing, "s of the processor")
    _print("kerashape lint -j 1", one.cpu, "s of the processor")
    _print("  over libcst.parse_module", one.cpu / parsing, "(limit 2)")
    _print("  lines a second", lines / one.cpu, "")
    _print("  memory", one.mebibytes, "MiB (limit 400)")
    _print("kerashape lint, on all cores", cold.wall, "s of wall time")
    _print(
        "  over half of libcst.parse_module", cold.wall / (parsing / 2), "(limit 1.3 on 2 cores)"
    )
    _print("kerashape lint, unchanged files", warm.wall, "s of wall time (limit 0.5)")


_PARSE = """
import sys, libcst
for name in open(sys.argv[1]).read().splitlines():
    libcst.parse_module(open(name, encoding="utf-8").read())
"""


def _keras() -> Path | None:
    found = importlib.util.find_spec("keras")
    return Path(found.origin).parent if found is not None and found.origin else None


def _print(what: str, figure: float, unit: str) -> None:
    shown = f"{figure:,.0f}" if figure >= 100 else f"{figure:.3f}"
    print(f"{what:40}{shown:>10} {unit}".rstrip())


if __name__ == "__main__":
    main()
