"""Functional models: the graph between inputs and outputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from kerashape.keras.graph import Tensor, flatten
from kerashape.keras.input_rank import adjusted
from kerashape.keras.layers.base import Array, InputSpec, Layer
from kerashape.keras.models.base import Model
from kerashape.keras.models.cloning import clone
from kerashape.keras.names import Names
from kerashape.keras.network import Network
from kerashape.shapes import Fault, Shape, Undecided, Unknown, unknown_dim

if TYPE_CHECKING:
    from kerashape.site import Site


class Functional(Model):
    """A model made of the graph between its inputs and its outputs."""

    takes_list: ClassVar[bool] = True
    casts_inputs = False
    network: Network

    @classmethod
    def from_tensors(
        cls,
        inputs: Any,
        outputs: Any,
        *,
        name: Any = None,
        names: Names | None = None,
        site: Site | None = None,
    ) -> Functional:
        """What ``keras.Model(inputs, outputs, name=name)`` gives.

        Raises:
            Fault: ``not-a-tensor``, ``graph-disconnected``, ``duplicate-layer-name`` or
                ``bad-argument``, in Keras's order.
        """
        names = names or Names()
        model = cls.__new__(cls)
        model.site = site
        model.arguments = {}
        _require_tensors(inputs, "inputs")
        _require_tensors(outputs, "outputs")
        tensors = [t for t in flatten(inputs) if isinstance(t, Tensor)]
        model.intermediate = tuple(t for t in tensors if not t.is_input)
        model.given_ends = inputs, outputs
        if model.intermediate:
            inputs, outputs = clone(inputs, outputs, names)
        model.name = names.automatic(cls.__name__) if name is None else name
        model.inputs, model.outputs = inputs, outputs
        model.network = Network.between(inputs, outputs)
        model.built = True
        model.spec = _input_spec(inputs)
        return model

    @classmethod
    def draft(cls, inputs: Any, outputs: Any, *, name: Any = None) -> Functional:
        """What Keras refuses to make a model of, as far as it goes."""
        model = cls.__new__(cls)
        model.arguments = {}
        model.name = "functional" if name is None else name
        model.given_ends = model.inputs, model.outputs = inputs, outputs
        model.network = Network.draft(inputs, outputs)
        return model

    intermediate: tuple[Tensor, ...] = ()
    """The elements of ``inputs`` that are not Inputs: the model starts at clones of them."""
    given_ends: tuple[Any, Any]
    """``inputs`` and ``outputs`` as they were given, before the graph was cloned."""

    @property
    def sublayers(self) -> Sequence[Layer]:
        if self.network.open:
            raise Undecided(self.network.open)
        return [op for op in self.network.operations if isinstance(op, Layer)]

    @property
    def output_names(self) -> list[str | Unknown]:
        """The names of the layers that made the outputs, in order."""
        return [
            t.call.operation.name if isinstance(t, Tensor) and t.call else Unknown("its origin")
            for t in flatten(self.outputs)
        ]

    @property
    def input_names(self) -> list[str | Unknown]:
        """The names of the Inputs, in order."""
        return [
            t.call.operation.name if isinstance(t, Tensor) and t.call else Unknown("its origin")
            for t in flatten(self.inputs)
        ]

    def infer_output(self, values: dict[str, Any], shapes: dict[str, Any]) -> Any:
        return self.run(next(iter(values.values()), None), running=self.within)

    def replay(self, values: dict[str, Any]) -> Any:
        return self.run(next(iter(values.values()), None))

    def run(self, inputs: Any, *, running: bool = False) -> Any:
        """The outputs for other inputs: re-infer what is downstream of a changed shape.

        On data, and ``running`` within another layer's ``call``, the ranks are adjusted first.
        """
        given, expected = _reconcile(inputs, self.inputs), list(flatten(self.inputs))
        data = [leaf for leaf in given if isinstance(leaf, Array)]
        running = running or bool(data)
        if running:
            given = [_adjusted(g, e) for g, e in zip(given, expected)]
        if any(not isinstance(t, Tensor) for t in [*expected, *flatten(self.outputs)]):
            raise Undecided("the inputs or outputs of the model are not known")
        if any(isinstance(leaf, Unknown) for leaf in given):
            given = [
                _of_any_batch(e) if isinstance(g, Unknown) else g for g, e in zip(given, expected)
            ]
        if all(_same_shape(g, e) for g, e in zip(given, expected)):
            return self.outputs
        replaced = dict(zip(map(id, expected), given))
        return self.network.rerun(replaced, self.outputs, called=running, on_data=_is_sized(data))


def _is_sized(data: list[Array]) -> bool:
    """Whether the model runs on data of which every size is there, as none of a batch is."""
    return bool(data) and not any(dim is None for array in data for dim in array.shape.dims)


def _adjusted(given: Any, entry: Any) -> Any:
    if not isinstance(given, (Tensor, Array)) or not isinstance(entry, Tensor):
        return given
    shape = adjusted(given.shape, entry)
    return given if shape is given.shape else type(given)(shape, given.dtype)


def _of_any_batch(expected: Tensor) -> Tensor:
    """What is certain of a tensor that the model takes: not how many samples it has."""
    dims = expected.shape.dims
    if expected.shape.open or not dims or not isinstance(dims[0], int):
        return expected
    return Tensor(Shape((unknown_dim(), *dims[1:])), expected.dtype, None)


def _require_tensors(structure: Any, what: str) -> None:
    leaves = list(flatten(structure))
    for leaf in leaves:
        if not isinstance(leaf, (Tensor, Unknown)):
            raise Fault(
                "not-a-tensor",
                f"All `{what}` values must be KerasTensors. Received: {what}=",
                expected="a symbolic tensor",
                found=leaf,
                argument=what,
            )
    if not leaves:
        raise Fault(
            "bad-argument",
            f"`{what}` argument cannot be empty. Received:",
            argument=what,
            expected="one tensor or more",
        )


def _input_spec(inputs: Any) -> list[InputSpec | None] | None:
    tensors = list(flatten(inputs))
    if any(not isinstance(t, Tensor) for t in tensors):
        return None
    if isinstance(inputs, Mapping) and len(inputs) != len(tensors):
        return None  # a dict that nests deeper is not checked
    by_name = isinstance(inputs, Mapping)
    keys = sorted(inputs) if by_name and all(isinstance(k, str) for k in inputs) else []
    specs: list[InputSpec | None] = []
    for index, tensor in enumerate(tensors):
        name = tensor.call.operation.name if tensor.call else None
        if by_name and index < len(keys):
            name = keys[index]
        optional = tensor.call is not None and getattr(tensor.call.operation, "optional", False)
        shape = tensor.shape
        if not shape.open and shape.dims:
            shape = Shape((None, *shape.dims[1:]))
        specs.append(
            InputSpec(
                shape=shape,
                squeeze_last=True,
                name=name if isinstance(name, str) else None,
                optional=optional is not False,
            )
        )
    return specs


def _reconcile(inputs: Any, expected: Any) -> list[Any]:
    """The given inputs, flat, in the order of the expected ones (dicts by name)."""
    if isinstance(inputs, Unknown):
        return [inputs for _ in flatten(expected)]
    if isinstance(inputs, Mapping) and not isinstance(expected, Mapping):
        wanted = [t.call.operation.name for t in flatten(expected) if _has_call(t)]
        if all(isinstance(name, str) and name in inputs for name in wanted):
            return [inputs[name] for name in wanted]
        raise Undecided("a dict of inputs whose keys are not the names of the Inputs")
    return list(flatten(inputs))


def _has_call(value: Any) -> bool:
    return isinstance(value, Tensor) and value.call is not None


def _same_shape(given: Any, expected: Tensor) -> bool:
    return (
        isinstance(given, (Tensor, Array)) and given.shape.same(expected.shape)
    ) or given is expected
