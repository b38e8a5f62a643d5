"""What a layer is called on and what it returns: symbolic tensors, data, and shapes for them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kerashape.keras.graph import Call, DType, Tensor, flatten
from kerashape.keras.standardize import standardize_shape
from kerashape.shapes import Shape, Undecided, Unknown
from kerashape.shapes.symbol import Symbol

if TYPE_CHECKING:
    from kerashape.site import Site


@dataclass(frozen=True, slots=True)
class Spec:
    """A shape with a dtype of its own, for an ``output`` whose dtype is not the layer's."""

    shape: Shape
    dtype: DType
    sparse: bool = False


class Array:
    """Data, not symbolic: a numpy array, an eager tensor, a batch of a data set.

    Args:
        shape: its shape.
        dtype: its dtype.
        origin: a word on where it comes from, for messages.
        classes: how many different labels it holds, where that is known.
        one_hot: whether it is known to be one-hot encoded.
        eager: whether it is a tensor of the backend, not an array of numpy.

    Attributes:
        scaled: where its values were scaled down from those of pixels, if they were.
        numbers: what it holds, of one row of evenly spaced numbers.

    An array of numpy can be given another shape, or other numbers, in place.
    """

    __slots__ = ("classes", "dtype", "eager", "numbers", "one_hot", "origin", "scaled", "shape")

    def __init__(
        self,
        shape: Shape,
        dtype: DType = "float32",
        origin: str = "",
        *,
        classes: int | None = None,
        one_hot: bool = False,
        eager: bool = False,
    ) -> None:
        self.shape = shape
        self.dtype = dtype
        self.origin = origin
        self.classes = classes
        self.one_hot = one_hot
        self.eager = eager
        self.scaled: Site | None = None
        self.numbers: tuple[float, ...] | None = None

    def save(self) -> tuple[Shape, tuple[float, ...] | None]:
        return self.shape, self.numbers

    def restore(self, state: tuple[Shape, tuple[float, ...] | None]) -> None:
        self.shape, self.numbers = state

    @property
    def is_numeric(self) -> bool:
        """Whether its elements certainly are numbers or truth values."""
        return isinstance(self.dtype, str) and self.dtype not in ("object", "str", "string")

    def __repr__(self) -> str:
        return f"<Array {self.shape} {self.dtype}>"


def require_decided(first: Any) -> None:
    """A list that holds something unknown, and no tensor, may be plain data."""
    if not isinstance(first, (list, tuple, dict)):
        return
    leaves = list(flatten(first))
    unknown = next((leaf for leaf in leaves if isinstance(leaf, Unknown)), None)
    if unknown is not None and not any(isinstance(leaf, Tensor) for leaf in leaves):
        raise Undecided(unknown.reason)


def tensors_of(values: dict[str, Any], keywords: Collection[str] = ()) -> Any:
    """The arguments that hold tensors: the value alone if it is one, else a list of them.

    They come in the order in which Keras looks at them: the keywords last, by name.
    """
    holding = {
        name: value
        for name, value in values.items()
        if any(isinstance(leaf, (Tensor, Array, Unknown)) for leaf in flatten(value))
    }
    if len(holding) == 1:
        return next(iter(holding.values()))
    by_place = [value for name, value in holding.items() if name not in keywords]
    return by_place + [holding[name] for name in sorted(holding) if name in keywords]


def to_tensor(leaf: Any, dtype: DType, call: Call | None) -> Any:
    if isinstance(leaf, Spec):
        return Tensor(leaf.shape, leaf.dtype, call, sparse=leaf.sparse)
    if isinstance(leaf, Tensor):  # a model's own output tensor, seen from outside
        return Tensor(leaf.shape, leaf.dtype, call, sparse=leaf.sparse)
    if isinstance(leaf, Shape):
        return Tensor(_as_keras_tensor(leaf), dtype, call)
    return leaf


def _as_keras_tensor(shape: Shape) -> Shape:
    """The shape that a KerasTensor takes: integers of 0 and more."""
    if all((type(d) is int and d >= 0) or d is None or isinstance(d, Symbol) for d in shape.dims):
        return shape
    return Shape(standardize_shape(shape.dims, "empty-output").dims, open=shape.open)


def why_unknown(values: dict[str, Any]) -> str | None:
    for leaf in flatten(values):
        if isinstance(leaf, Unknown):
            return leaf.reason
        if isinstance(leaf, (Tensor, Array)) and not leaf.shape.known:
            return why_partial(leaf)
    return None


def why_partial(leaf: Tensor | Array) -> str:
    """Why not all sizes of a tensor are known."""
    call = leaf.call if isinstance(leaf, Tensor) else None
    if call is not None and call.reason:
        return call.reason
    if leaf.shape.open:
        return "its input is not known"
    rest = leaf.shape.dims[1:]
    if rest and not any(isinstance(dim, Symbol) for dim in rest):
        return "how many samples there are is not known"
    return "a size of its input is not known"


def shape_of(leaf: Any) -> Any:
    if isinstance(leaf, (Tensor, Array)):
        return leaf.shape
    return Shape.unknown() if isinstance(leaf, Unknown) else leaf
