"""``model.summary()`` as Keras and as kerashape print it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kerashape.keras.summary import UNKNOWN, Summary
from kerashape.report import Style
from kerashape.report.model_summary import table

WIDTHS = (80, 140)
"""The widths of the terminal: words are cut in one, Keras's full length fits in the other."""
OPTIONS: tuple[dict[str, bool], ...] = ({}, {"expand_nested": True, "show_trainable": True})


def keras_lines(model: Any) -> list[str]:
    """What Keras prints, plain and with everything shown, on each width."""
    lines: list[str] = []
    for width in WIDTHS:
        for options in OPTIONS:
            with _columns(width):
                model.summary(print_fn=lambda text: lines.extend(text.splitlines()), **options)
    return [line.rstrip() for line in lines]


@contextmanager
def _columns(width: int) -> Iterator[None]:
    """A terminal of that width."""
    kept = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = str(width)
    try:
        yield
    finally:
        if kept is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = kept


def our_lines(model: Any) -> list[str]:
    """What kerashape prints of the same."""
    lines: list[str] = []
    for width in WIDTHS:
        for options in OPTIONS:
            summary = Summary(model, expand_nested=options.get("expand_nested", False))
            shown = options.get("show_trainable", False)
            text = table(summary, Style(width=width), show_trainable=shown)
            lines += [line.rstrip() for line in text.splitlines()]
    return lines


def is_known(model: Any) -> bool:
    """Whether nothing of it is unknown to kerashape."""
    summary = Summary(model, expand_nested=True)
    return summary.gap is None and UNKNOWN not in "".join(
        [
            summary.name,
            summary.total.text,
            summary.trainable.text,
            *(row.name + row.params_text + row.trainable_text for row in summary.rows),
        ]
    )
