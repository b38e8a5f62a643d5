"""Keras's automatic names: ``dense``, ``dense_1``, ``max_pooling2d``..."""

from __future__ import annotations

import re

from kerashape.keras.defaults import Defaults
from kerashape.shapes import Unknown


def snake_case(class_name: str) -> str:
    """``MaxPooling2D`` -> ``max_pooling2d``, as ``keras.src.utils.naming.to_snake_case``."""
    name = re.sub(r"\W+", "", class_name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


class Names:
    """The counters of one run of a program (Keras: a global, reset by ``clear_session``).

    A count is None where it is not known how many were made.

    Attributes:
        old: whether it is Keras 2, where it is ``input_1`` and ``model``.
        defaults: the global settings of the same run.
        registers: whether the program may give names to activations and the like of its own.
    """

    def __init__(self, old: bool = False) -> None:
        self.old = old
        self.counters: dict[str, int | None] = {}
        self.defaults = Defaults()
        self.registers = False

    def automatic(self, class_name: str) -> str | Unknown:
        """The next automatic name for an object of that class."""
        prefix = snake_case(class_name)
        count = self.counters.get(prefix, 0)
        if count is None:
            return Unknown("how many layers of the kind were made before is not known")
        self.counters[prefix] = count + 1
        if self.old and class_name in _OLD:
            prefix, start = _OLD[class_name]
            return f"{prefix}_{count + start}" if count + start else prefix
        return f"{prefix}_{count}" if count else prefix

    def lose(self, class_name: str) -> None:
        """From here on it is not known how many of that class were made."""
        self.counters[snake_case(class_name)] = None

    def forget(self) -> None:
        """From here on no automatic name is known."""
        self.counters = _Uncounted()

    def save(self) -> dict[str, int | None]:
        """The state, detached."""
        return self.counters.copy()

    def restore(self, state: dict[str, int | None]) -> None:
        """Put back what :meth:`save` returned."""
        self.counters = state.copy()


_OLD = {"InputLayer": ("input", 1), "Functional": ("model", 0)}
"""How Keras 2 names them, and from where it counts."""


class _Uncounted(dict[str, "int | None"]):
    def get(self, key: str, default: object = None) -> None:
        return None

    def copy(self) -> _Uncounted:
        return self
