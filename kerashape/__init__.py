"""kerashape: a static shape-linter for Keras model code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["__version__", "analyze", "lint"]

if TYPE_CHECKING:
    from kerashape.api import analyze as analyze
    from kerashape.api import lint as lint


def __getattr__(name: str) -> Any:
    """The functions of :mod:`kerashape.api`, loaded when they are used."""
    if name in ("analyze", "lint"):
        from kerashape import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
