"""What came of verifying programs: as tables for people, and as JSON."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from kerashape.dynamic.compare.verdicts import (
    CONFIRMED,
    CONTRADICTED,
    NOT_REACHED,
    ONLY_SEEN,
    REFUTED,
    SILENT,
    UNKNOWN,
    Compared,
)
from kerashape.dynamic.minimal import program
from kerashape.dynamic.verify import Verified, refused
from kerashape.report import Style
from kerashape.report.console import console, rendered
from kerashape.report.json import diagnostic_json, dump, place_json
from kerashape.report.summary import count

if TYPE_CHECKING:
    from kerashape.diagnostic import Span

VERSION = 1
ISSUES_URL = "https://github.com/kerashape/kerashape/issues"
_LOOKS = {
    CONFIRMED: "green",
    CONTRADICTED: "bold red",
    REFUTED: "bold red",
    ONLY_SEEN: "cyan",
    UNKNOWN: "cyan",
    SILENT: "yellow",
    NOT_REACHED: "yellow",
}


def render(verified: Sequence[Verified], style: Style) -> Iterator[str]:
    """The report, a program a piece, and the sums."""
    screen = console(style)
    for one in verified:
        yield rendered(screen, _program(one, style), wrap=True) + "\n"
    yield rendered(screen, _sums(verified))


def _program(one: Verified, style: Style) -> Iterator[RenderableType]:
    found = one.comparison
    yield Text.assemble((one.path, "bold"), (_how(one), "dim"))
    if found.calls and not style.quiet:
        table = _table("line", "call", "inferred", "actual", "verdict")
        for call in sorted(found.calls, key=lambda c: _order(c.span)):
            inferred, actual = shapes_text(call.inferred), shapes_text(call.actual)
            row = [_line(call.span, one.path), call.layer, inferred, actual]
            table.add_row(*row, _verdict(call.verdict, call.reason))
        yield table
    if found.models:
        table = _table("line", "model", "params", "forward", "peak", "verdict")
        params = {(entry.span, entry.layer): entry for entry in found.params}
        for model in found.models:
            size = params.get((model.span, model.layer))
            table.add_row(
                _line(model.span, one.path),
                Text(f"{model.layer} {ends_text(model.inferred)}"),
                Text("" if size is None else _params(size)),
                _seconds(model.seconds),
                _memory(model.peak),
                _verdict(model.verdict, model.reason),
            )
        yield table
    for step in found.trained:
        outcome = "runs" if not step.error else f"Keras raises {_short(step.error)}"
        time = f" ({_seconds(step.seconds)}, peak {_memory(step.peak)})" if step.seconds else ""
        line = _line(step.span, one.path)
        yield Text(f"line {line}: {step.how}: {outcome}{time}")
    for judged in found.diagnostics:
        diagnostic = judged.diagnostic
        yield Text.assemble(
            f"{diagnostic.span}: {diagnostic.code} ", (judged.verdict, _LOOKS[judged.verdict]),
            f": {_short(judged.exception)}" if judged.exception else "",
        )  # fmt: skip
    for raised in found.exceptions:
        if not any(j.exception.endswith(raised.message) for j in found.diagnostics):
            who = "Keras" if raised.keras else "the program"
            said = _short(f"{raised.error}: {raised.message}")
            yield Text(f"line {raised.statement[0]}: {who} raised {said}", style="cyan")
    for event in refused(one.ran):
        yield Text(f"the program tried to {_short(event.what)}: refused", style="yellow")
    if one.trouble:
        yield Text(one.trouble, style="bold yellow")
    yield from _bugs(one)


def _how(one: Verified) -> str:
    if one.ran.how == "none":
        return ": nothing of Keras to verify"
    about = one.about
    keras = f"Keras {about['keras']}, {about['backend']}" if about else "Keras"
    way = "replayed" if one.plan is not None else "run"
    return f": {way} on {keras}, in {one.ran.seconds:.1f} s"


def _bugs(one: Verified) -> Iterator[RenderableType]:
    """What to send where something is contradicted."""
    found = one.comparison
    wrong = [c for c in [*found.calls, *found.models, *found.params] if c.verdict == CONTRADICTED]
    wrong_claims = [j for j in found.diagnostics if j.verdict == REFUTED]
    if not wrong and not wrong_claims:
        return
    yield Text(f"This is a bug in kerashape. Please report it at {ISSUES_URL}:", style="bold red")
    for judged in wrong_claims:
        yield Text(
            f"{judged.diagnostic.span}: {judged.diagnostic.code} is wrong: nothing is raised"
        )
    told: set[str] = set()
    for entry in wrong:
        text = _minimal(one, entry)
        inferred, actual = _shown(entry.inferred), _shown(entry.actual)
        said = f"# {entry.span}: kerashape says {inferred}, Keras {actual or _short(entry.reason)}"
        whole = f"{said}\n{text or '# (a part of the program: send it with this line)'}"
        if whole not in told:
            told.add(whole)
            yield Text(whole)


def _minimal(one: Verified, entry: Compared) -> str | None:
    if one.plan is None or entry.fact is None:
        return None
    return program(one.plan, entry.fact)


def _sums(verified: Sequence[Verified]) -> Iterator[RenderableType]:
    calls = Counter(c.verdict for one in verified for c in one.comparison.calls)
    models = Counter(c.verdict for one in verified for c in one.comparison.models)
    claims = Counter(j.verdict for one in verified for j in one.comparison.diagnostics)
    parts = [_counted("call", calls), _counted("model", models), _counted("diagnostic", claims)]
    unfinished = sum(bool(one.trouble) for one in verified)
    tail = f" {count(unfinished, 'program')} did not come to an end." if unfinished else ""
    yield Text(f"Verified {count(len(verified), 'program')}: {'; '.join(parts)}.{tail}")


def _counted(noun: str, verdicts: Counter[str]) -> str:
    total = sum(verdicts.values())
    if not total:
        return f"no {noun}"
    listed = ", ".join(f"{number} {verdict}" for verdict, number in verdicts.most_common())
    return f"{count(total, noun)} ({listed})"


def _table(*headers: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for name in headers:
        right = name in ("line", "params", "forward", "peak")
        table.add_column(name, justify="right" if right else "left", overflow="fold")
    return table


def _verdict(verdict: str, reason: str) -> Text:
    text = Text(verdict, style=_LOOKS[verdict])
    if reason and verdict not in (CONFIRMED,):
        text.append(f": {_short(reason)}", style="dim")
    return text


def _params(size: Compared) -> str:
    if size.verdict == CONTRADICTED:
        return f"{_shown(size.inferred)}, not {_shown(size.actual)}"
    return _shown(size.actual)


def _seconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{1000 * seconds:.0f} ms"


def _memory(size: int | None) -> str:
    return "" if size is None else f"{size >> 20} MiB"


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 300 else f"{words[:297]}..."


def _shown(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else shapes_text(value)


def shapes_text(value: Any) -> str:
    """Recorded shapes as Keras prints them, one beside the other."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {shapes_text(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        if all(n is None or n == "?" or isinstance(n, int) for n in value):
            sizes = ", ".join(map(str, value))
            return f"({sizes},)" if len(value) == 1 else f"({sizes})"
        return ", ".join(map(shapes_text, value))
    return str(value)


def ends_text(value: Any) -> str:
    """``(None, 4) -> (None, 2)`` of a model's inputs and outputs."""
    if not isinstance(value, list) or len(value) != 2:
        return ""
    return f"{shapes_text(value[0])} → {shapes_text(value[1])}"


def _line(span: Span, path: str) -> str:
    cell = "" if span.cell is None else f"{span.cell}:"
    file = "" if span.path == path else f"{span.path}:"
    return f"{file}{cell}{span.line}"


def _order(span: Span) -> tuple[int, int, int]:
    return span.cell or 0, span.line, span.column


# -- JSON -------------------------------------------------------------------------------------


def render_json(verified: Sequence[Verified]) -> Iterator[str]:
    """One object."""
    yield dump({"version": VERSION, "programs": [_program_json(one) for one in verified]})


def _program_json(one: Verified) -> dict[str, Any]:
    found = one.comparison
    return {
        "path": one.path,
        "mode": "run" if one.plan is None else "replay",
        "ended": one.ran.how,
        "trouble": one.trouble or None,
        "seconds": one.ran.seconds,
        "keras": one.about.get("keras"),
        "backend": one.about.get("backend"),
        "calls": [_entry_json(c) | {"minimal": _bug_json(one, c)} for c in found.calls],
        "models": [_entry_json(c) | {"seconds": c.seconds, "peak": c.peak} for c in found.models],
        "params": [_entry_json(c) for c in found.params],
        "training": [
            place_json(step.span, path=True)
            | {"method": step.how, "error": step.error or None, "seconds": step.seconds,
               "peak": step.peak}
            for step in found.trained
        ],
        "diagnostics": [
            diagnostic_json(
                dataclasses.replace(j.diagnostic, verdict=j.verdict, exception=j.exception)
            )
            for j in found.diagnostics
        ],
        "exceptions": [f"{e.error}: {e.message}" for e in found.exceptions],
        "refused": [event.what for event in refused(one.ran)],
    }  # fmt: skip


def _entry_json(entry: Compared) -> dict[str, Any]:
    return place_json(entry.span, path=True) | {
        "layer": entry.layer,
        "inferred": entry.inferred,
        "actual": entry.actual,
        "verdict": entry.verdict,
        "reason": entry.reason or None,
    }


def _bug_json(one: Verified, entry: Compared) -> str | None:
    return _minimal(one, entry) if entry.verdict == CONTRADICTED else None
