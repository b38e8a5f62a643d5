"""A picture as PNG, drawn from the SVG by ``resvg``."""

from __future__ import annotations

import re

from kerashape.picture.layout import INSTALL, lay_out
from kerashape.picture.model import Picture
from kerashape.picture.svg import flat

_SCALE = 2
_LARGEST = 60_000_000
"""Pixels; larger pictures are drawn with less of them."""


class NoRaster(Exception):
    """The library that draws pixels is not installed."""

    def __init__(self) -> None:
        super().__init__(f"PNG needs resvg: {INSTALL}")


def png(picture: Picture) -> bytes:
    """The bytes of the file.

    Raises:
        NoLayout: without the library that lays out.
        NoRaster: without the library that draws.
    """
    try:
        import resvg_py
    except ImportError:
        raise NoRaster from None
    text = flat(picture, lay_out(picture))
    size = re.search(r'width="(\d+)" height="(\d+)"', text)
    assert size is not None
    width, height = int(size[1]), int(size[2])
    scale = min(_SCALE, (_LARGEST / (width * height)) ** 0.5)
    drawn = resvg_py.svg_to_bytes(
        svg_string=text, width=int(width * scale), monospace_family="DejaVu Sans Mono"
    )
    return bytes(drawn)
