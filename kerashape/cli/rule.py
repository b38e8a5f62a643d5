"""``kerashape rule`` (also ``kerashape explain``)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from kerashape.cli import common

if TYPE_CHECKING:
    from kerashape.report import Style
    from kerashape.rulebook import Rule, Rulebook


@click.command()
@click.argument("rule", required=False, metavar="[CODE|NAME]")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print.",
)
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="When to use colour; NO_COLOR and FORCE_COLOR are honoured.",
)
@click.option("--all", "every", is_flag=True, help="Every rule, with its whole page.")
def rule(rule: str | None, format_: str, color: str, every: bool) -> int:
    """Explain a rule, or list them all."""
    from kerashape.report.json import dump
    from kerashape.rulebook import UnknownRule, rulebook

    book = rulebook()
    style = common.style(color)
    if every:
        if rule is not None:
            raise common.UsageError("--all takes no rule")
        if format_ == "json":
            common.write([dump([_json(entry) | {"page": entry.page} for entry in book.values()])])
        else:
            common.write(piece for entry in book.values() for piece in _page(entry, style))
        return 0
    if rule is None:
        if format_ == "json":
            listed = [_json(entry) for entry in book.values()]
            common.write([dump(listed)])
        else:
            common.write(_list(book, style))
        return 0
    try:
        found = book.find(rule)
    except UnknownRule as error:
        raise common.UsageError(str(error)) from None
    if format_ == "json":
        common.write([dump(_json(found) | {"page": found.page})])
    else:
        common.write(_page(found, style))
    return 0


def _json(rule: Rule) -> dict[str, Any]:
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": str(rule.severity),
        "summary": rule.summary,
        "fixable": rule.fixable,
        "keras": list(rule.keras),
        "default": rule.default,
        "url": rule.url,
    }


def _list(book: Rulebook, style: Style) -> Iterator[str]:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from kerashape.report.console import console, rendered
    from kerashape.report.text import LOOKS

    table = Table(
        "code", "name", "severity", "what it reports", box=box.SIMPLE_HEAD, pad_edge=False
    )
    for entry in book.values():
        off = "" if entry.default else " (opt-in)"
        table.add_row(
            entry.code,
            Text(entry.name),
            Text(str(entry.severity), style=LOOKS[entry.severity]),
            Text(entry.summary.replace("`", "") + off),
        )
    yield rendered(console(style), [table], wrap=True)


def _page(rule: Rule, style: Style) -> Iterator[str]:
    from rich.markdown import Markdown
    from rich.text import Text

    from kerashape.report.console import console, rendered
    from kerashape.report.text import LOOKS

    versions = " and ".join(str(version) for version in rule.keras)
    facts = Text.assemble(
        (str(rule.severity), LOOKS[rule.severity]),
        f", Keras {versions}",
        "" if rule.default else ", opt-in",
        "" if rule.fixable == "none" else f", {rule.fixable} fix",
        "\n",
    )
    yield rendered(console(style), [facts, Markdown(rule.page, hyperlinks=style.links)], wrap=True)
