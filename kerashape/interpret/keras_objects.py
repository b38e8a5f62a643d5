"""Objects of Keras that are no layers: losses, metrics, optimizers..."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kerashape.keras.names import snake_case
from kerashape.keras.public import exports
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


NAMED = ("keras.initializers", "keras.regularizers", "keras.constraints", "keras.optimizers")
"""The modules whose ``get`` makes an object of its name."""


def named(module: str, identifier: Any) -> Any:
    """``keras.initializers.get(identifier)``, and of the other modules in :data:`NAMED`."""
    if isinstance(identifier, KerasObject):
        return identifier
    if identifier is None and module != "keras.optimizers":
        return None
    if isinstance(identifier, str):
        for name in exports(module):
            if name[:1].isupper() and identifier in (name, snake_case(name), name.lower()):
                return KerasObject(f"{module}.{name}", (), {})
    return Unknown(f"what {module}.get returns")


def object_attribute(value: KerasObject, name: str) -> Any:
    """An attribute of such an object."""
    return value.keywords.get(name, Unknown(f"the attribute {name}"))
