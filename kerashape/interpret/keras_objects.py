"""Objects of Keras that are no layers: losses, metrics, optimizers..."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kerashape.shapes import Unknown


@dataclass(frozen=True, slots=True, eq=False)
class KerasObject:
    """An object of Keras that is no layer: a loss, a metric, an optimizer..."""

    path: str
    positional: tuple[Any, ...]
    keywords: dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class LayerOfKeras2:
    """A layer that belongs to ``tf_keras`` whatever Keras the program uses."""

    path: str

    def __repr__(self) -> str:
        return f"`{self.path}`, which is a layer of Keras 2"


OF_KERAS_2 = frozenset(["tensorflow_hub.KerasLayer"])
"""Layers of libraries that stay with Keras 2."""


class UnknownModel(Unknown):
    """A model of Keras of which nothing else is known: one that was loaded, say."""

    __slots__ = ()


def object_attribute(value: KerasObject, name: str) -> Any:
    """An attribute of such an object."""
    return value.keywords.get(name, Unknown(f"the attribute {name}"))
