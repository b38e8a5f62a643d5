"""InputLayer: the entry of a graph."""

from __future__ import annotations

from typing import Any

from kerashape.keras.graph import Call, Tensor
from kerashape.keras.layers.arguments import known
from kerashape.keras.layers.base import Layer
from kerashape.shapes import Fault, Shape, Unknown
from kerashape.shapes.symbol import Symbol


class InputLayer(Layer):
    """() -> (batch, *shape): the tensor that ``Input`` returns, as output of its only call."""

    is_input = True
    built = True
    signature = (
        "shape=None, batch_size=None, dtype=None, sparse=None, ragged=None, batch_shape=None, "
        "input_tensor=None, optional=False, name=None"
    )
    call_signature = ""

    def check(self) -> None:
        tensor = Tensor(self._batch_shape(), self._dtype(), sparse=self.sparse is True)
        call = Call(self, [], tensor, site=self.site)
        tensor.call = call
        self.calls = (call,)

    @property
    def tensor(self) -> Tensor:
        """What ``Input`` returns."""
        tensor = self.calls[0].output
        assert isinstance(tensor, Tensor)
        return tensor

    def _dtype(self) -> str | Unknown:
        given = self.arguments.get("dtype")
        if isinstance(self.input_tensor, Tensor):
            return self.input_tensor.dtype
        if given is None:
            return "float32"
        return given if isinstance(given, str) else Unknown("the dtype of the Input")

    def _batch_shape(self) -> Shape:
        if self.input_tensor is not None:
            return self._shape_of_tensor()
        shape, batch_shape = self.shape, self.batch_shape
        if shape is None:  # the Keras 2 name, still taken with a warning
            shape = self.arguments.get("input_shape")
        if shape is not None and batch_shape is not None and known(batch_shape):
            raise _wrong("You cannot pass both `shape` and `batch_shape` at the same time.", "shape")
        if self.batch_size is not None and batch_shape is not None and known(batch_shape):
            raise _wrong(
                "You cannot pass both `batch_size` and `batch_shape` at the same time.",
                "batch_size",
            )
        if shape is None and batch_shape is None:
            raise Fault(
                "bad-argument", "You must pass a `shape` argument.", expected="a `shape` argument"
            )
        if shape is not None:
            inner = standardize_shape(shape, "shape")
            return Shape((self.batch_size,)) + inner
        return standardize_shape(batch_shape, "batch_shape")

    def _shape_of_tensor(self) -> Shape:
        tensor = self.input_tensor
        if isinstance(tensor, Tensor):
            return tensor.shape
        if isinstance(tensor, (Unknown, Symbol)):
            return Shape.unknown()
        raise Fault(
            "not-a-tensor",
            "Argument `input_tensor` must be a KerasTensor. Received invalid type: ",
            argument="input_tensor",
            expected="a symbolic tensor",
            found=tensor,
        )


def standardize_shape(value: Any, argument: str) -> Shape:
    """A shape argument as a shape.

    Raises:
        Fault: ``bad-argument`` as ``keras.src.backend.common.variables.standardize_shape``.
    """
    if isinstance(value, Shape):
        return value
    if isinstance(value, Unknown):
        return Shape.unknown()
    if isinstance(value, (bool, int, float, Symbol)):
        shown = value if not isinstance(value, Symbol) else "?"
        raise Fault(
            "bad-argument",
            f"Cannot convert '{shown}' to a shape.",
            argument=argument,
            expected=f"a tuple such as ({shown},)",
            found=shown,
            help=f"write {argument}=({shown},), with a comma",
        )
    if not isinstance(value, (list, tuple)):
        return Shape.unknown()
    for dim in value:
        if isinstance(dim, (str, float)):
            raise Fault(
                "bad-argument",
                f"Cannot convert '{tuple(value)}' to a shape. Found invalid dimension '{dim}' of "
                f"type '{type(dim)}'.",
                argument=argument,
                expected="integers or None",
                found=dim,
            )
        if isinstance(dim, int) and dim < 0:
            raise Fault(
                "bad-argument",
                f"Cannot convert '{tuple(value)}' to a shape. Negative dimensions are not allowed.",
                argument=argument,
                expected="no negative dimension",
                found=dim,
            )
    return Shape(dim if isinstance(dim, (int, Symbol, type(None))) else Unknown("a size") for dim in value)


def _wrong(text: str, argument: str) -> Fault:
    return Fault("bad-argument", text, argument=argument, expected="one of the two", found="both")
