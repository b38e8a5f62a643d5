"""The graph that Keras builds: tensors, operations, and the calls between them.

These are the abstract counterparts of ``KerasTensor``, ``Operation`` and ``Node``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from kerashape.shapes import Fault, Shape, Undecided, Unknown

if TYPE_CHECKING:
    from kerashape.site import Site

T = TypeVar("T")

DType = str | Unknown


class Tensor:
    """A symbolic tensor (Keras: ``KerasTensor``).

    Args:
        shape: its shape, batch axis included.
        dtype: ``"float32"`` and so on.
        call: the call that made it; None where that is not known.
        sparse: whether it is a sparse tensor.

    Attributes:
        mask: which of its time steps count, where Keras knows that.
    """

    __slots__ = ("call", "dtype", "mask", "name", "shape", "sparse")

    def __init__(
        self,
        shape: Shape,
        dtype: DType = "float32",
        call: Call | None = None,
        *,
        name: str | Unknown | None = None,
        sparse: bool = False,
    ) -> None:
        self.shape = shape
        self.dtype = dtype
        self.call = call
        self.name = name
        self.sparse = sparse
        self.mask: Tensor | None = None

    @property
    def is_input(self) -> bool:
        """Whether it is what an ``Input`` returns."""
        return self.call is not None and self.call.operation.is_input

    def __repr__(self) -> str:
        return f"<Tensor {self.shape} {self.dtype}>"


class Operation:
    """Something that maps tensors to tensors: a layer, a model or a function of ``keras.ops``."""

    is_input = False
    """Whether this is an InputLayer."""
    is_layer = False
    """Whether it counts among ``model.layers``."""
    callee = "keras.Operation"
    """Its public Keras 3 name."""

    name: str | Unknown
    site: Site | None = None
    calls: tuple[Call, ...] = ()
    """Its calls so far, oldest first (Keras: inbound nodes)."""

    @property
    def title(self) -> str:
        """Its class, and its name where that is known, for messages."""
        named = isinstance(self.name, str) and self.name
        return f"{self.class_name} `{self.name}`" if named else self.class_name

    def check_arguments(self, values: dict[str, Any]) -> None:
        """What a call checks about bound arguments before anything else.

        Raises:
            Fault: if Keras raises.
        """

    def replay(self, values: dict[str, Any]) -> Any:
        """The nested tensors for other arguments, without recording a call or building.

        ``values`` are bound arguments as in :attr:`Call.values`.

        Raises:
            Fault: if Keras raises.
            Undecided: if it is not known.
        """
        raise Undecided(f"what {self.name} does to another shape")

    @property
    def class_name(self) -> str:
        """The class's name, as ``model.summary()`` prints it."""
        return type(self).__name__


class Call:
    """One call of an operation: a node of the graph and a fact of the analysis.

    Args:
        operation: what was called.
        inputs: the arguments that hold tensors, nested as they were given.
        output: the tensors that it returned, nested; None after a fault or if unknown.
        site: where; None for the inner layers of an application.
        fault: why Keras raises here, if it does.
        reason: why the output is not known, if it is not.
        values: all bound arguments by parameter name.

    Attributes:
        masks: the masks of the inputs, which Keras passes along without being told.
        masked: whether the masks of the outputs are decided: their tensors have them, or none.
        traced: whether it happened within another layer's ``call``: Keras makes no node of it.
        inside: of a layer whose body is code: (what the code was given, what it returned).
    """

    __slots__ = (
        "fault",
        "inputs",
        "inside",
        "masked",
        "masks",
        "operation",
        "output",
        "reason",
        "site",
        "traced",
        "values",
    )

    def __init__(
        self,
        operation: Operation,
        inputs: Any,
        output: Any = None,
        *,
        site: Site | None = None,
        fault: Fault | None = None,
        reason: str | None = None,
        values: dict[str, Any] | None = None,
    ) -> None:
        self.values = {} if values is None else values
        self.operation = operation
        self.inputs = inputs
        self.output = output
        self.site = site
        self.fault = fault
        self.reason = reason
        self.traced = False
        self.inside: tuple[Any, Any] | None = None
        self.masks: tuple[Tensor, ...] = ()
        self.masked = False

    @property
    def input_tensors(self) -> list[Tensor]:
        """The tensors among the inputs, flattened."""
        return [t for t in flatten(self.inputs) if isinstance(t, Tensor)]

    @property
    def connected(self) -> list[Tensor]:
        """The tensors that it hangs on in the graph: the inputs, then their masks."""
        return [*self.input_tensors, *self.masks]

    @property
    def output_tensors(self) -> list[Tensor]:
        """The tensors that were returned, flattened."""
        return [t for t in flatten(self.output) if isinstance(t, Tensor)]

    @property
    def status(self) -> str:
        """``known``, ``partial``, ``unknown`` or ``error``: how much of the output is known."""
        if self.fault is not None:
            return "error"
        tensors = self.output_tensors
        if not tensors or (self.reason is not None and all(t.shape.open for t in tensors)):
            return "unknown"
        if all(t.shape.known for t in tensors):
            return "known"
        return "unknown" if all(t.shape.open and not t.shape.dims for t in tensors) else "partial"


def flatten(structure: Any) -> Iterator[Any]:
    """The leaves of nested lists, tuples and dicts (dicts by sorted key, as Keras does)."""
    leaves: list[Any] = []
    _collect(structure, leaves)
    return iter(leaves)


def _collect(structure: Any, leaves: list[Any]) -> None:
    kind = _nests.get(type(structure)) or _kind_of(type(structure))
    if kind == "leaf":
        leaves.append(structure)
    elif kind == "sequence":
        for item in structure:
            _collect(item, leaves)
    else:
        try:
            keys = sorted(structure)
        except TypeError:
            keys = list(structure)
        for key in keys:
            _collect(structure[key], leaves)


_nests: dict[type, str] = {}
"""By type, what it is to a nested structure: asking each value whether it is a Mapping costs more."""


def _kind_of(kind: type) -> str:
    if issubclass(kind, (list, tuple)):
        found = "sequence"
    else:
        found = "mapping" if issubclass(kind, Mapping) else "leaf"
    _nests[kind] = found
    return found


def map_structure(function: Callable[[Any], T], structure: Any) -> Any:
    """The same nesting with ``function`` applied to each leaf."""
    if (_nests.get(type(structure)) or _kind_of(type(structure))) == "mapping":
        return {key: map_structure(function, item) for key, item in structure.items()}
    if isinstance(structure, list):
        return [map_structure(function, item) for item in structure]
    if isinstance(structure, tuple):
        return tuple(map_structure(function, item) for item in structure)
    return function(structure)


def is_certainly_symbolic(value: Any) -> bool:
    """Whether a value is a symbolic tensor for certain: it is computed from an Input."""
    return isinstance(value, Tensor) and any(tensor.is_input for tensor in ancestors(value))


def ancestors(tensor: Tensor) -> Iterator[Tensor]:
    """Every tensor that ``tensor`` is computed from, itself first, nearest first."""
    seen: set[int] = set()
    queue = [tensor]
    while queue:
        current = queue.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        if current.call is not None:
            queue.extend(current.call.input_tensors)
