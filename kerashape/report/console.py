"""rich, set up so that it changes nothing of what it is given to print."""

from __future__ import annotations

import io
from collections.abc import Iterable

from rich.console import Console, RenderableType

from kerashape.report import Style


def console(style: Style) -> Console:
    """A console that writes nowhere: source text is neither markup nor emoji names to it."""
    return Console(
        file=io.StringIO(),
        width=style.width,
        force_terminal=style.color,
        color_system="standard" if style.color else None,
        no_color=not style.color,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
    )


def rendered(console: Console, pieces: Iterable[RenderableType], *, wrap: bool = False) -> str:
    """The pieces as text, each from a new line; lines that are too long stay so."""
    with console.capture() as captured:
        for piece in pieces:
            console.print(piece, soft_wrap=not wrap)
    lines = captured.get().splitlines()
    return "".join(f"{line.rstrip()}\n" for line in lines)
