"""Where Keras 3 saves: the endings that it takes, and what it says of others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kerashape.shapes import Fault, Unknown

WHOLE = (".keras", ".h5", ".hdf5")
WEIGHTS = (".weights.h5",)
CHECKPOINT = (".keras", ".h5")


@dataclass(frozen=True, slots=True)
class Ending:
    """How a path ends: all of it where ``whole``, else its last characters."""

    text: str
    whole: bool

    @property
    def words(self) -> str:
        """The path as messages show it."""
        return repr(self.text) if self.whole else f"one that ends in {self.text!r}"

    def certainly_not(self, allowed: tuple[str, ...]) -> bool:
        """Whether it ends in none of them, whatever stands before what is known."""
        if self.text.endswith(allowed):
            return False
        return self.whole or not any(ending.endswith(self.text) for ending in allowed)


def check_save(path: Ending, zipped: Any, save_format: Any) -> None:
    """``model.save(path)``.

    Raises:
        Fault: ``saved-format``.
    """
    if path.whole and path.text.startswith("hf://"):
        return
    if not path.certainly_not(WHOLE) or (zipped is not None and zipped is not True):
        return
    if isinstance(save_format, str) and save_format:
        text = "The `save_format` argument is deprecated in Keras 3."
    elif save_format is None or save_format is False or isinstance(save_format, Unknown):
        text = "Invalid filepath extension for saving."
    else:
        return
    raise Fault(
        "saved-format",
        text,
        argument="filepath",
        expected="a path that ends in .keras, or in .h5",
        found=path.words,
        help="let the path end in .keras; for a SavedModel use model.export(path)",
    )


def check_weights(path: Ending, max_shard_size: Any) -> None:
    """``model.save_weights(path)``. Raises ``saved-format``."""
    if max_shard_size is None and path.certainly_not(WEIGHTS):
        raise Fault(
            "saved-format",
            "The filename must end in `.weights.h5`.",
            argument="filepath",
            expected="a path that ends in .weights.h5",
            found=path.words,
            help="let the path end in .weights.h5",
        )


def check_checkpoint(path: Ending, weights_only: Any) -> None:
    """``ModelCheckpoint(path, save_weights_only=...)``. Raises ``saved-format``."""
    if weights_only is True and path.certainly_not(WEIGHTS):
        raise Fault(
            "saved-format",
            "When using `save_weights_only=True` in `ModelCheckpoint`, the filepath provided must "
            "end in `.weights.h5` (Keras weights format).",
            argument="filepath",
            expected="a path that ends in .weights.h5, with save_weights_only=True",
            found=path.words,
            help="let the path end in .weights.h5",
        )
    if weights_only is False and path.certainly_not(CHECKPOINT):
        raise Fault(
            "saved-format",
            "The filepath provided must end in `.keras` (Keras model format).",
            argument="filepath",
            expected="a path that ends in .keras",
            found=path.words,
            help="let the path end in .keras",
        )
