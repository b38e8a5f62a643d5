"""The same files with kerashape, the two parsers, Fixit and pylint, in processor seconds.

Every tool is a process of its own, start-up included, on one processor, with its built-in
rules. The files are drawn from a folder by a fixed seed.
"""

from __future__ import annotations

import random
import sys
import tempfile
from pathlib import Path

from tests.bench.processes import Cost, cheapest, cost, head, lint, row

_PARSE = """
import sys
from pathlib import Path
{imports}
for name in sys.argv[1:]:
    {parse}(Path(name).read_text(encoding="utf-8"))
"""


def compare(folder: Path, count: int, venv: Path | None, repeat: int) -> None:
    """Print the table. ``venv`` has Fixit and pylint; without it they are left out."""
    files = drawn(folder, count)
    names = [str(file.relative_to(folder)) for file in files]
    lines = sum(file.read_text(encoding="utf-8").count("\n") for file in files)
    print(f"\n{len(files)} files of {folder.name}, {lines:,} lines, processor seconds:\n")
    with tempfile.TemporaryDirectory() as cache:
        stored = ["--cache-dir", cache]
        lint(folder, "-j", "1", *stored, *names)
        options = {
            "kerashape": ["-j", "1", "--no-cache", *names],
            "kerashape, unchanged files": ["-j", "1", *stored, *names],
        }
        commands = {
            "`libcst.parse_module`": _python("import libcst", "libcst.parse_module", names),
            "`ast.parse`": _python("import ast", "ast.parse", names),
        }
        if venv is not None:
            program = venv / "bin"
            commands["Fixit"] = [str(program / "fixit"), "lint", *names]
            commands["pylint"] = [str(program / "pylint"), "-j", "1", "--score=n", *names]
        head("tool", "processor seconds", "lines a second", "of kerashape", "memory, MiB")
        first: Cost | None = None
        for name in (*options, *commands):
            times = range(1 if name in ("Fixit", "pylint") else repeat)
            if name in options:
                found = cheapest([lint(folder, *options[name]) for _ in times])
            else:
                found = cheapest([cost(commands[name], folder) for _ in times])
            first = first or found
            row(
                name,
                found.cpu,
                lines / found.cpu,
                f"{found.cpu / first.cpu:.2f} ×",
                found.mebibytes,
            )


def drawn(folder: Path, count: int | None = None) -> list[Path]:
    """Files that mention Keras, all of them or so many; the same every time."""
    from kerashape.config import Settings
    from kerashape.files import discover
    from kerashape.parsing import parse_ast
    from kerashape.source import mentions_keras

    found = [
        target.file
        for target in discover([folder], Settings())
        if target.file.suffix == ".py" and mentions_keras(target.file.read_bytes())
    ]
    for file in list(found):
        try:
            parse_ast(file.read_text(encoding="utf-8"))
        except (SyntaxError, UnicodeDecodeError):
            found.remove(file)
    random.Random(7).shuffle(found)
    return sorted(found[:count])


def _python(imports: str, parse: str, names: list[str]) -> list[str]:
    return [sys.executable, "-c", _PARSE.format(imports=imports, parse=parse), *names]


def sooner(model: Path, repeat: int) -> None:
    """Print how much sooner a broken model is reported than it fails under TensorFlow."""
    ours = min(lint(model.parent, "--no-cache", str(model)).wall for _ in range(repeat))
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
    theirs = cost([sys.executable, str(model)], model.parent, quiet)
    print(f"\n{model.name}: reported after {ours:.2f} s, fails after {theirs.wall:.2f} s ", end="")
    print(f"({theirs.wall / ours:.0f} times later; exit status {theirs.status})")
