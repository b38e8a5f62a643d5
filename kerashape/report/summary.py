"""The closing words of the reports that people read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerashape.diagnostic import Severity
from kerashape.report import Style

if TYPE_CHECKING:
    from kerashape.linter import Result

_REASONS = 10


def closing_lines(result: Result, style: Style) -> Iterator[str]:
    """Statistics, where they were asked for, and the summary."""
    if style.statistics:
        yield from statistics(result)
    if not style.quiet:
        yield summary(result)
        if result.known_before:
            yield f"{count(result.known_before, 'diagnostic')} more in the baseline."
        if any(result.fixable):
            yield fixable(result)


def summary(result: Result) -> str:
    """What was found, in one line."""
    counts = [
        count(result.count(severity), str(severity))
        for severity in reversed(Severity)
        if result.count(severity)
    ]
    found = " and ".join(filter(None, [", ".join(counts[:-1]), *counts[-1:]])) or "nothing"
    shapes = count(result.known, "shape")
    coverage = f" ({count(result.calls, 'call')}, {shapes} known)" if result.calls else ""
    fixed = f"Fixed {count(result.fixed, 'fault')}. " if result.fixed else ""
    return f"{fixed}Found {found} in {count(result.files, 'file')}{coverage}."


def fixable(result: Result) -> str:
    """What can be repaired by machine, in one line."""
    safe, unsafe = result.fixable
    if safe and unsafe:
        return f"{safe} can be fixed with --fix, {unsafe} more with --fix --unsafe-fixes."
    return f"{safe or unsafe} can be fixed with --fix{'' if safe else ' --unsafe-fixes'}."


def statistics(result: Result) -> Iterator[str]:
    """How often each rule spoke, and how much was understood."""
    by_rule = Counter((d.code, d.name) for d in result.diagnostics)
    for (code, name), times in sorted(by_rule.items(), key=lambda item: (-item[1], item[0])):
        yield f"{times:5d}  {code}  {name}"
    yield from coverage(result)


def coverage(result: Result) -> Iterator[str]:
    """How much was understood, and why not more."""
    share = f" ({result.known / result.calls:.1%})" if result.calls else ""
    yield f"{result.known} of {count(result.calls, 'layer call')} with a known output shape{share}"
    if result.models:
        share = f" ({result.known_models / result.models:.1%})"
        models = count(result.models, "model")
        yield f"{result.known_models} of {models} with known inputs and outputs{share}"
    reasons = result.reasons.most_common(_REASONS)
    if reasons:
        yield "not known, because:"
        for reason, times in reasons:
            yield f"{times:5d}  {reason}"
    rest = len(result.reasons) - len(reasons)
    if rest:
        yield f"       and {count(rest, 'more reason')}"


def count(number: int, noun: str) -> str:
    """``1 file``, ``2 files``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
