"""What IPython reads before Python does, turned into Python of the same lines.

``%magic``, ``!shell`` and ``name?`` become ``pass``; ``x = !cmd`` and ``x = %magic`` become
a call whose value is not known; a cell in another language (``%%bash``) becomes empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

PYTHON_CELL_MAGICS = frozenset({"capture", "memit", "prun", "time", "timeit"})
"""The cell magics whose body runs as part of the program."""

_CELL_MAGIC = re.compile(r"\s*%%(\w+)")
# What %timeit assigns is gone afterwards; a loop cannot stand behind another statement.
_TIMED = re.compile(
    r"(\s*)%(?:time\s+|(?:timeit|memit)\s+(?:-[nrp]\s*\d+\s+|-[tcqov]+\s+)*(?![\w, ]+=[^=]))"
    r"(?=[^\s-])(?!(?:async|class|def|for|if|try|while|with)\b)"
)
_COMMAND = re.compile(r"\s*(?:[%!?]|[\w.]+(?:\[.*\])?\?{1,2}\s*$|\*?[\w.*]+\*[\w.*]*\?\s*$)")
_ASSIGNED = re.compile(r"(\s*[\w., \[\]'\"]+=\s*)[%!]")
# IPython runs these without a %, where no variable has the name.
_AUTOMAGIC = re.compile(
    r"\s*(?:pip3?|conda|mamba|cd|ls|ll|cat|cp|mv|rm|mkdir|rmdir|pwd|env|matplotlib)\s+[-\w./~\"']"
)


def to_python(lines: Sequence[str]) -> list[str]:
    """The lines of a cell with everything that is IPython's own replaced, line for line."""
    first = next((i for i, line in enumerate(lines) if line.strip()), None)
    found = list(lines)
    if first is not None and (magic := _CELL_MAGIC.match(lines[first])):
        if magic.group(1) not in PYTHON_CELL_MAGICS:
            return [""] * len(lines)
        found[first] = ""
    for start, end in _logical_lines(found):
        replacement = _replacement(found[start])
        if replacement is not None:
            found[start:end] = [replacement, *[""] * (end - start - 1)]
    return found


def _replacement(line: str) -> str | None:
    indent = line[: len(line) - len(line.lstrip())]
    if timed := _TIMED.match(line):
        # "0;" in place of the magic keeps the columns of the statement behind it.
        return indent + "0" + " " * (timed.end() - len(indent) - 2) + ";" + line[timed.end() :]
    if _COMMAND.match(line) or _AUTOMAGIC.match(line):
        return indent + "pass"
    if assigned := _ASSIGNED.match(line):
        return assigned.group(1) + "get_ipython()"
    return None


_LEXEME = re.compile(r"#.*|\\.|(?P<quote>'''|\"\"\"|'|\")|(?P<open>[(\[{])|(?P<close>[)\]}])")


def _logical_lines(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The rows (from, to) of every logical line, by its brackets, quotes and backslashes.

    A line that IPython takes for itself ends where it has no trailing backslash, whatever
    brackets or quotes are in it.
    """
    row = 0
    while row < len(lines):
        end = row
        depth, quote = 0, ""
        own = _replacement(lines[row]) is not None and not _TIMED.match(lines[row])
        while True:
            if not own:
                depth, quote = _scan(lines[end], depth, quote)
            continued = lines[end].endswith("\\")
            end += 1
            if end >= len(lines) or not (continued or depth > 0 or quote):
                break
        yield row, end
        row = end


def _scan(line: str, depth: int, quote: str) -> tuple[int, str]:
    """The bracket depth and the open triple quote after a line."""
    at = 0
    while True:
        if quote:
            at = _close(line, quote, at)
            if at < 0:
                # A single quote that does not close here ends with the line.
                return depth, quote if len(quote) == 3 else ""
            quote = ""
        match = _LEXEME.search(line, at)
        if match is None:
            return depth, quote
        at = match.end()
        quote = match.group("quote") or ""
        depth += (match.group("open") is not None) - (match.group("close") is not None)


def _close(line: str, quote: str, at: int) -> int:
    """Where the string ends; -1 if not in this line."""
    match = re.compile(r"(?:\\.|(?!" + quote + r").)*?" + quote).match(line, at)
    return match.end() if match else -1
