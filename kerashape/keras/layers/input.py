"""InputLayer: where a graph begins."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from kerashape.keras.dtypes import DTYPES
from kerashape.keras.graph import Call, DType, Operation, Tensor
from kerashape.keras.layers.arguments import settle, shown
from kerashape.keras.layers.base import Array, Layer
from kerashape.keras.layers.values import plain
from kerashape.keras.names import Names
from kerashape.keras.signature import Arguments, Bound, Signature, bind
from kerashape.keras.standardize import standardize_shape
from kerashape.shapes import Fault, Shape, Symbol, Undecided, Unknown, unknown_dim


class InputLayer(Layer):
    """Makes the symbolic tensor that a graph begins with, or takes one as it.

    ``layer.tensor`` is that tensor, and ``layer.calls[0]`` the call that made it.
    """

    is_input = True
    signature = (
        "shape=None, batch_size=None, dtype=None, sparse=None, ragged=None, batch_shape=None, "
        "input_tensor=None, optional=False, name=None"
    )
    call_signature = ""
    takes_base_arguments = False
    shape: Any
    batch_size: Any
    batch_shape: Any
    sparse: Any
    ragged: Any
    input_tensor: Any

    @classmethod
    def bind(cls, arguments: Arguments) -> Bound:
        """Keras takes any further keyword, and knows the old names of two."""
        bound = bind(
            Signature.parse(f"{cls.signature}, **kwargs"), arguments, "InputLayer.__init__"
        )
        for old, name in (("input_shape", "shape"), ("batch_input_shape", "batch_shape")):
            if old in bound.extra:
                bound.values[name] = bound.extra[old]
        return bound

    def _base_arguments(self, bound: Bound, names: Names) -> None:
        super()._base_arguments(Bound({"name": bound.values["name"]}, set(), {}), names)

    @property
    def tensor(self) -> Tensor:
        """The symbolic tensor."""
        output = self.calls[0].output
        assert isinstance(output, Tensor)
        return output

    def check(self) -> None:
        for name in ("shape", "batch_size", "batch_shape", "sparse", "ragged"):
            if not isinstance(getattr(self, name), Shape):
                settle(self, name)
        given = self.input_tensor
        if given is None:
            tensor = self._new_tensor()
        elif isinstance(given, Tensor):
            self._check_tensor(given)
            tensor = given
        elif plain(given) or isinstance(given, (Operation, Array)):
            raise Fault(
                "not-a-tensor",
                "Argument `input_tensor` must be a KerasTensor. Received invalid type: "
                "input_tensor=",
                argument="input_tensor",
                expected="a symbolic tensor",
                found=given,
            )
        else:
            tensor = Tensor(Shape.unknown(), Unknown("the dtype of the input tensor"))
        self.dtype = tensor.dtype
        self.built = True
        tensor.call = Call(self, [], tensor, site=self.site)
        self.calls = (tensor.call,)

    # -- a new tensor ---------------------------------------------------------------

    def _new_tensor(self) -> Tensor:
        if _given(self.shape) and _given(self.batch_shape):
            raise _refuse(
                "batch_shape",
                "You cannot pass both `shape` and `batch_shape` at the same time.",
                "`shape` or `batch_shape`",
                "both",
            )
        if _given(self.batch_size) and _given(self.batch_shape):
            raise _refuse(
                "batch_shape",
                "You cannot pass both `batch_size` and `batch_shape` at the same time.",
                "`batch_size` or `batch_shape`",
                "both",
            )
        if self.shape is None and self.batch_shape is None:
            raise _refuse("shape", "You must pass a `shape` argument.", "a shape", None)
        shape = self._full_shape()
        dtype = _dtype(self.dtype)
        if _true(self.sparse) and _true(self.ragged):
            raise _refuse(
                "ragged",
                "KerasTensor cannot have `sparse=True` and `ragged=True` at the same time.",
                "`sparse` or `ragged`",
                "both",
            )
        return Tensor(shape, dtype, name=self.name, sparse=_true(self.sparse))

    def _full_shape(self) -> Shape:
        if _given(self.batch_shape):
            return _standard("batch_shape", self.batch_shape)
        if not _given(self.shape) or self.batch_shape is not None:
            return Shape.unknown()
        rest = _standard("shape", self.shape)
        if rest.open:
            return rest
        batch = unknown_dim() if isinstance(self.batch_size, Unknown) else self.batch_size
        return standardize_shape((batch, *rest.dims))

    # -- a given tensor -------------------------------------------------------------

    def _check_tensor(self, tensor: Tensor) -> None:
        shape = tensor.shape
        self._agrees("batch_size", lambda size: not shape.dims or shape[0] != size)
        self._agrees("shape", lambda dims: _differs(dims, shape[1:]))
        self._agrees("batch_shape", lambda dims: _differs(dims, shape))
        self._agrees("dtype", lambda dtype: dtype != tensor.dtype)
        self._agrees("sparse", lambda sparse: bool(sparse) != tensor.sparse)

    def _agrees(self, name: str, wrong: Any) -> None:
        value = getattr(self, name)
        if not _given(value) or not plain(value):
            return
        try:
            differs = wrong(value)
        except Undecided:
            return
        if differs:
            raise _refuse(
                name,
                "When providing the `input_tensor` argument, you cannot provide an incompatible "
                f"`{name}` argument.",
                "what the tensor has",
                shown(value),
            )


def _given(value: Any) -> bool:
    """Whether a value is certainly not None."""
    return value is not None and not isinstance(value, (Unknown, Symbol))


def _standard(name: str, shape: Any) -> Shape:
    try:
        return standardize_shape(shape)
    except Fault as fault:
        fault.argument = name
        if isinstance(shape, int):
            fault.help = f"write {name}=({shape},), with a comma"
        raise


def _true(value: Any) -> bool:
    return _given(value) and bool(value)


def _differs(dims: Any, shape: Shape) -> bool:
    """As Python compares a shape, which is a tuple: no list is equal to it."""
    return not isinstance(dims, tuple) or shape != dims


def _dtype(dtype: Any) -> DType:
    """Keras: ``standardize_dtype``."""
    if dtype is None:
        return "float32"
    if not plain(dtype):
        return dtype if isinstance(dtype, Unknown) else Unknown("the dtype is not known")
    if dtype == "int":
        return "int64"
    if isinstance(dtype, (list, dict)):
        text = f"unhashable type: '{type(dtype).__name__}'"
        raise _refuse("dtype", text, "the name of a dtype", dtype)
    if dtype not in DTYPES:
        text = f"Invalid dtype: {shown(dtype)}"
        raise _refuse("dtype", text, "the name of a dtype", dtype, DTYPES)
    assert isinstance(dtype, str)
    return dtype


def _refuse(
    argument: str, text: str, expected: str, found: object, choices: Collection[str] = ()
) -> Fault:
    return Fault(
        "bad-argument",
        text,
        argument=argument,
        expected=expected,
        found=found,
        choices=tuple(sorted(choices)),
    )
