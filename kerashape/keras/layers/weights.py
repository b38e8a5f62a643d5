"""The variables of a layer, and of the layers within it."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kerashape.keras.graph import DType
from kerashape.keras.layers.construction import Constructed
from kerashape.keras.standardize import standardize_shape
from kerashape.shapes import Dim, Fault, Shape, Undecided, Unknown

if TYPE_CHECKING:
    from kerashape.keras.layers.base import Layer


@dataclass(frozen=True, slots=True)
class Weight:
    """A variable of a layer. A shape may hold symbols; None is never allowed."""

    name: str
    shape: Shape
    trainable: bool = True
    dtype: DType = "float32"
    declared: bool = True
    """Whether it was made to be trained; ``trainable`` is also whether the layer is not frozen.
    Keras keeps those first."""

    @property
    def size(self) -> Dim:
        """The number of scalars."""
        return math.prod(self.shape.dims)  # type: ignore[arg-type]


class Weighted(Constructed):
    """A layer as what holds variables: its own, and those of the layers within."""

    variables: tuple[Weight, ...] = ()
    variables_unknown: str | None = None
    """Why the weights are not (all) known."""

    def weight(
        self,
        name: str,
        shape: Sequence[Dim] | Shape,
        *,
        trainable: bool = True,
        dtype: DType | None = None,
    ) -> None:
        """Add a weight, from :meth:`build`; its dtype is the layer's, unless given.

        Raises:
            Fault: ``undefined-dimension`` if the shape contains None, ``bad-argument`` if it
                is no shape at all.
        """
        standard = standardize_shape(tuple(shape))
        if any(d is None for d in standard):
            raise Fault(
                "undefined-dimension",
                "Shapes used to initialize variables must be fully-defined (no `None` "
                f"dimensions). Received: shape={standard}",
                expected="a known size",
                found=standard,
            )
        weight = Weight(
            name,
            standard,
            trainable and self.trainable is not False,
            self.variable_dtype if dtype is None else dtype,
            declared=trainable,
        )
        place = len(self.variables)
        if trainable:
            place = sum(variable.declared for variable in self.variables)
        self.variables = (*self.variables[:place], weight, *self.variables[place:])

    def freeze(self, value: Any) -> None:
        """``layer.trainable = value``, for the layer alone, not for those within."""
        self.trainable = value
        self.variables = tuple(
            dataclasses.replace(weight, trainable=weight.declared and value is not False)
            for weight in self.variables
        )

    @property
    def sublayers(self) -> Sequence[Layer]:
        """The layers within, whose weights count with this one's."""
        return ()

    def all_variables(self) -> list[Weight]:
        """The weights of the layer and of those within.

        Raises:
            Undecided: if some are not known.
        """
        found: list[Weight] = []
        for layer in self.with_sublayers():
            if layer.variables_unknown is not None:
                raise Undecided(layer.variables_unknown)
            built = getattr(layer, "built", None)
            if isinstance(built, Unknown):
                raise Undecided(built.reason)
            found += layer.variables
        return found

    def with_sublayers(self) -> Iterator[Weighted]:
        """The layer and those within, at any depth; one that is shared comes once."""
        return self._with_sublayers(set())

    def _with_sublayers(self, seen: set[int]) -> Iterator[Weighted]:
        if id(self) in seen:
            return
        seen.add(id(self))
        yield self
        for layer in self.sublayers:
            yield from layer._with_sublayers(seen)

    def count_params(self) -> int | None:
        """The number of scalars in the weights; None where it is not known."""
        try:
            sizes = [weight.size for weight in self.all_variables()]
        except Undecided:
            return None
        if any(not isinstance(size, int) for size in sizes):
            return None
        return sum(size for size in sizes if isinstance(size, int))
